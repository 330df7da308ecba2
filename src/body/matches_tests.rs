use proptest::prelude::*;

use super::*;

fn open(text: &str) -> Document {
    Document::open(text.as_bytes().to_vec().into(), None, &|| false).unwrap()
}

fn found(text: &str, needle: &str) -> Vec<String> {
    let matches = search(&open(text), needle, View::Raw, &|| false).unwrap();
    assert_eq!(matches.total, matches.places().count());
    matches.places().map(|place| text.get(place).unwrap().to_owned()).collect()
}

#[test]
fn case_counts_where_there_is_a_capital() {
    assert_eq!(found("Ab ab AB", "ab"), ["Ab", "ab", "AB"]);
    assert_eq!(found("Ab ab AB", "Ab"), ["Ab"]);
    assert_eq!(found("É é e", "é"), ["É", "é"]);
    assert_eq!(found("İ ı straße STRASSE", "straße"), ["straße"]);
    assert_eq!(found("Жук жук ЖУК", "жук"), ["Жук", "жук", "ЖУК"]);
    assert_eq!(found("aaaa", "aa"), ["aa", "aa"]);
}

#[test]
fn json_is_found_as_it_reads_and_as_it_is_written() {
    let text = r#"{"a":"caf\u00e9 CAF\u00C9 café","b":"x\/y x/y \u003Cb\u003E <b>","c":"say \"hi\" a\\b\n"}"#;
    assert_eq!(found(text, "café"), ["caf\\u00e9", "CAF\\u00C9", "café"]);
    assert_eq!(found(text, "x/y"), ["x\\/y", "x/y"]);
    assert_eq!(found(text, "<b>"), ["\\u003Cb\\u003E", "<b>"]);
    assert_eq!(found(text, "\"hi\""), ["\\\"hi\\\""]);
    assert_eq!(found(text, "a\\b"), ["a\\\\b"]);
    assert_eq!(found(text, "\\n"), ["\\n"]);
    assert_eq!(found(text, "\\u00e9 "), ["\\u00e9 "]);
    assert_eq!(found("{\"a\":\"\\ud83d\\uDE00 😀\"}", "😀"), ["\\ud83d\\uDE00", "😀"]);
    // Plain text has no escapes.
    assert_eq!(found(r"caf\u00e9", "café"), Vec::<String>::new());
}

#[test]
fn bytes_are_searched_as_bytes() {
    let document =
        Document::open(vec![0, 0xde, 0xad, 0xbe, 0xef, b'd', b'e'].into(), None, &|| false).unwrap();
    let places = |needle: &str| {
        let found = search(&document, needle, View::Hex, &|| false).unwrap();
        found.places().map(|place| (place.start, place.end)).collect::<Vec<_>>()
    };
    assert_eq!(places("0xdeadbeef"), [(1, 5)]);
    assert_eq!(places("ad be"), [(2, 4)]);
    assert_eq!(places("de"), [(1, 2)]);
    assert_eq!(places("def"), []);
}

#[test]
fn nothing_to_look_for_is_no_search() {
    assert_eq!(search(&open("a"), "", View::Raw, &|| false), None);
    assert_eq!(Search::start(&open("a"), "", View::Hex), None);
    assert_eq!(search(&open(""), "a", View::Raw, &|| false).unwrap().total, 0);
}

#[test]
fn ways_lead_around() {
    let matches = search(&open("-ab-ab-ab"), "ab", View::Raw, &|| false).unwrap();
    for (from, next, previous) in [(0, 1, 7), (1, 4, 7), (2, 4, 1), (7, 1, 4), (8, 1, 7), (99, 1, 7)] {
        assert_eq!(matches.next(from).unwrap().start, next, "next of {from}");
        assert_eq!(matches.previous(from).unwrap().start, previous, "previous of {from}");
    }
    assert_eq!([matches.number(4), matches.number(5)], [Some(2), None]);
    let none = search(&open("abc"), "x", View::Raw, &|| false).unwrap();
    assert_eq!((none.next(0), none.previous(9)), (None, None));
}

#[test]
fn any_of_very_many_is_reached_from_its_neighbours() {
    // A match spans two blocks: searching again must find what was counted.
    let count = BLOCK;
    let text = format!("----{}", "aba-".repeat(count));
    let matches = search(&open(&text), "aba-aba", View::Raw, &|| false).unwrap();
    assert_eq!(matches.total, count / 2);
    assert!(
        matches.blocks.len() > 3
            && matches.blocks.iter().any(|block| !(block.from as usize).is_multiple_of(BLOCK))
    );
    for number in [0, 1, BLOCK / 8, BLOCK / 8 + 1, count / 4, count / 2 - 2] {
        let start = 4 + number * 8;
        assert_eq!(matches.number(start), Some(number + 1));
        assert_eq!(matches.next(start).unwrap().start, start + 8);
        assert_eq!(matches.previous(start + 8).unwrap().start, start);
    }
    assert_eq!(matches.previous(0).unwrap().start, count * 4 - 4);
    assert_eq!(matches.next(count * 4).unwrap().start, 4);
}

#[test]
fn it_stops_when_asked() {
    let document = open(&"a".repeat(3 << 20));
    assert_eq!(search(&document, "a", View::Raw, &|| true), None);
}

proptest! {
    #[test]
    fn slices_find_what_a_plain_search_finds(
        text in "[abA\\\\é]{0,60}",
        needle in "[abé]{1,3}|[abA]{1,3}",
        step in 1usize..9,
    ) {
        let document = open(&text);
        let mut search = Search::start(&document, &needle, View::Raw).unwrap();
        while !search.step(step) {}
        // The naive search: all characters here have one other case of the same length.
        let fold = |text: &str| if needle.contains('A') { text.to_owned() } else { text.to_lowercase() };
        let (folded, wanted) = (fold(&text), fold(&needle));
        let want: Vec<usize> = folded.match_indices(&wanted).map(|(at, _)| at).collect();
        let got: Vec<usize> = search.found().places().map(|place| place.start).collect();
        prop_assert_eq!(search.found().total, want.len());
        for (number, place) in got.iter().enumerate() {
            prop_assert_eq!(search.found().number(*place), Some(number + 1));
            prop_assert_eq!(search.found().next(*place).map(|next| next.start), got.get(number + 1).or(got.first()).copied());
        }
        prop_assert_eq!(got, want);
    }
}
