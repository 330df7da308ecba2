//! What a pasted command leaves open.

use pretty_assertions::assert_eq;

use super::*;
use crate::domain::GrantId;

fn read(text: &str) -> Pasted {
    curl(text).unwrap_or_else(|error| panic!("{error}\n{text}"))
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
