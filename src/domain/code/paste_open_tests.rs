//! What a pasted command leaves open.

use pretty_assertions::assert_eq;

use super::*;
use crate::GrantId;

fn read(text: &str) -> Pasted {
    curl(text).unwrap_or_else(|error| panic!("{error}\n{text}"))
}

fn headers(pasted: &Pasted) -> Vec<(&str, &str)> {
    pasted.headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect()
}

#[test]
fn braces_of_a_query_are_open_unless_they_are_plain() {
    for (text, url, places) in [
        ("curl 'https://h/x?q={term}'", "https://h/x?q={term}", &["term"][..]),
        ("curl -g 'https://h/x?fields=posts{message}'", "https://h/x?fields=posts{message}", &[]),
        (
            "curl -g \"https://h/x?fields=posts{message}&id=$ID\"",
            "https://h/x?fields=posts{message}&id={ID}",
            &["ID"],
        ),
        (
            "curl -g 'https://h/x?f=posts{message}&t=<term>'",
            "https://h/x?f=posts{message}&t={term}",
            &["term"],
        ),
        ("curl 'https://h/x?t=1' -G -d 't=a{b}'", "https://h/x?t=1&t=a{b}", &[]),
    ] {
        let mut draft =
            RequestDraft::new(GrantId::parse("7c1f0a52-0000-4000-8000-000000009e2a").unwrap(), "GET", "");
        read(text).fill(&mut draft);
        assert_eq!(draft.url, url);
        assert_eq!(template::places(&draft.url, &draft.path_parameters), places, "{text}");
    }
}

#[test]
fn a_body_that_is_elsewhere_is_left_out_and_the_rest_is_taken() {
    let file = |option: &str| format!("Body skipped: {option} reads it from a file, which is not read here.");
    let form = |option: &str| format!("Body skipped: {option} sends a multipart form.");
    for (options, method, reported) in [
        ("-d @body.json", "POST", file("-d")),
        ("-d a=1 -d @more", "POST", file("-d")),
        ("--json @body.json", "POST", file("--json")),
        ("--data-binary=@-", "POST", file("--data-binary")),
        ("--data-urlencode name@file", "POST", file("--data-urlencode")),
        ("-X PATCH -d @body.json", "PATCH", file("-d")),
        ("-T up.bin", "PUT", file("-T")),
        ("-F a=b -F file=@x.png", "POST", form("-F")),
        ("--form a=b -H 'Content-Type: multipart/form-data'", "POST", form("--form")),
    ] {
        let found = read(&format!("curl https://h/a -H 'X-A: 1' {options}"));
        assert_eq!((found.method.as_str(), found.url.as_str()), (method, "https://h/a"), "{options}");
        assert_eq!(headers(&found), [("X-A", "1")], "{options}");
        assert_eq!((found.body, found.no_body), (DraftBody::Empty, Some(reported)), "{options}");
    }
    assert_eq!(read("curl https://h -d a=1").no_body, None);
}
