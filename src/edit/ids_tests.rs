use proptest::prelude::*;

use super::*;

const ID: &str = "7c1f0a52-1111-4222-8333-44445555ee2a";

/// The same, the slow and obvious way.
fn slowly(bytes: &[u8]) -> Vec<(usize, Uuid, usize, usize)> {
    let (mut out, mut at) = (Vec::new(), 0);
    while at + LENGTH <= bytes.len() {
        let part = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_alphanumeric);
        let is_part = at > 0 && part(at - 1) || part(at + LENGTH);
        match std::str::from_utf8(&bytes[at..at + LENGTH]).ok().and_then(|text| Uuid::try_parse(text).ok()) {
            Some(id) if !is_part => {
                let line = bytes[..at].split(|byte| *byte == b'\n').count();
                let column = bytes[..at].iter().rev().take_while(|byte| **byte != b'\n').count() + 1;
                out.push((at, id, line, column));
                at += LENGTH;
            }
            _ => at += 1,
        }
    }
    out
}

fn quickly(bytes: &[u8]) -> Vec<(usize, Uuid, usize, usize)> {
    find(bytes).map(|found| (found.offset, found.id, found.line, found.column)).collect()
}

#[test]
fn ids_are_found_where_they_stand_alone() {
    for (text, want) in [
        (ID.to_owned(), 1),
        (ID.to_uppercase(), 1),
        (format!("a\n{ID}\r\n  \"{ID}\""), 2),
        (format!("{ID}-{ID}"), 2),
        (format!("x-{ID}_y"), 1),
        (format!("é{ID}é"), 1),
        (format!("a{ID}"), 0),
        (format!("{ID}0"), 0),
        (ID.replace('-', ""), 0),
        (ID.replace('7', "g"), 0),
        (ID.strip_suffix('a').unwrap().to_owned(), 0),
        (String::new(), 0),
        ("-".repeat(200), 0),
        ("0".repeat(200), 0),
        (format!("{}-{ID}", "0".repeat(100)), 1),
        (format!("00000000-0000-0000-{ID}"), 1),
    ] {
        assert_eq!(find(text.as_bytes()).count(), want, "{text}");
        assert_eq!(quickly(text.as_bytes()), slowly(text.as_bytes()), "{text}");
    }
}

#[test]
fn the_name_is_the_one_it_stands_under() {
    for (before, want, grant) in [
        ("GOOGLE_GRANT_ID=", Some("GOOGLE_GRANT_ID"), true),
        ("export GOOGLE_GRANT_ID = '", Some("GOOGLE_GRANT_ID"), true),
        ("  grant_id: ", Some("grant_id"), true),
        ("{\"grantId\" : \"", Some("grantId"), true),
        ("let grant = Uuid::parse(\"", Some("grant"), true),
        ("const grantId: string = \"", Some("grantId"), true),
        ("let id = domain::parse(\"", Some("id"), false),
        ("grant_id=UUID(\"", Some("grant_id"), true),
        ("grantdeck call --grant ", Some("grant"), true),
        ("a.grants.google = \"", Some("a.grants.google"), true),
        ("request_id=", Some("request_id"), false),
        ("grants: [x, ", None, false),
        ("see ", None, false),
        ("", None, false),
        ("grant_id=1\n", None, false),
    ] {
        let text = format!("{before}{ID}\"");
        let found = find(text.as_bytes()).next().unwrap();
        assert_eq!((found.guess(), found.is_named_like_a_grant()), (want, grant), "{text}");
    }
}

proptest! {
    #[test]
    fn the_quick_way_finds_what_the_slow_way_finds(
        pieces in proptest::collection::vec(
            prop_oneof![
                Just(ID.to_owned()),
                Just(ID.to_uppercase()),
                "[0-9a-f]{1,40}",
                "[0-9a-f-]{1,40}",
                "[a-z0-9 =:\n-]{1,50}",
                "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{3,5}-[0-9a-f]{11,13}",
                "(-|\n|g|é| )",
            ],
            0..12,
        )
    ) {
        let text = pieces.concat();
        prop_assert_eq!(quickly(text.as_bytes()), slowly(text.as_bytes()));
    }

    #[test]
    fn any_bytes_will_do(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        prop_assert_eq!(quickly(&bytes), slowly(&bytes));
    }
}
