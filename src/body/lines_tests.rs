use proptest::prelude::*;

use super::*;
use crate::domain::Clean;

fn open(bytes: &[u8], content_type: &str) -> Document {
    Document::open(bytes.to_vec().into(), Some(content_type), &|| false).unwrap()
}

fn json(text: &str) -> Document {
    open(text.as_bytes(), "application/json")
}

fn all(document: &Document, view: View, folds: &Folds, fit: Fit) -> Vec<String> {
    document.lines(view, folds, 0, usize::MAX, fit, None).iter().map(Line::text).collect()
}

fn pretty(text: &str, width: usize) -> Vec<String> {
    all(&json(text), View::Pretty, &Folds::default(), Fit::Cut(width))
}

#[test]
fn json_is_printed_prettily() {
    let text = r#"{"a":[1,{"b":null},[]],"c":{},"d":"x\ny\/z\u00e9","e":1e999999}"#;
    let want = [
        "{",
        "  \"a\": [",
        "    1,",
        "    {",
        "      \"b\": null",
        "    },",
        "    []",
        "  ],",
        "  \"c\": {},",
        "  \"d\": \"x\\ny\\/zé\",",
        "  \"e\": 1e999999",
        "}",
    ];
    assert_eq!(pretty(text, 80), want);
}

#[test]
fn a_fold_says_what_it_hides() {
    let document = json(r#"{"a":[1,2],"b":{"c":1},"d":0}"#);
    let mut folds = Folds::default();
    folds.fold_below(document.tape().unwrap(), 1);
    let lines = document.lines(View::Pretty, &folds, 0, 9, Fit::Cut(80), None);
    let text: Vec<String> = lines.iter().map(Line::text).collect();
    assert_eq!(text, ["{", "  \"a\": [ … 2 elements ],", "  \"b\": { … 1 member },", "  \"d\": 0", "}"]);
    let foldable: Vec<Option<bool>> = lines.iter().map(|line| line.foldable).collect();
    assert_eq!(foldable, [Some(false), Some(true), Some(true), None, None]);
    assert_eq!(document.text().get(lines[1].source.clone()).unwrap(), b"\"a\":[1,2]");
}

#[test]
fn classes_are_those_of_the_tokens() {
    let line = &json(r#"{"a":[true]}"#).lines(View::Pretty, &Folds::default(), 1, 1, Fit::Cut(80), None)[0];
    let pieces: Vec<(Class, &str)> =
        line.pieces.iter().map(|(class, text)| (*class, text.as_str())).collect();
    assert_eq!(pieces, [(Class::Key, "\"a\""), (Class::Punctuation, ": [")]);
    assert_eq!((line.indent, line.token), (2, json("[1]").tape().unwrap().token(1)));
}

#[test]
fn what_is_too_long_is_cut_and_says_how_much_is_missing() {
    let text = format!("[\"{}\"]", "x".repeat(49_000_000));
    let line = &pretty(&text, 40)[1];
    assert_eq!(line, "  \"xxxxxxxxxxxxxxxxxxxxxxxx… 48 MB more");
    assert_eq!(pretty("[123456789012345]", 12)[1], "  123456789…");
    assert_eq!(pretty("{\"a long name indeed\":1}", 12)[1], "  \"a long n…");
    assert_eq!(pretty("{\"a\":1}", 0), ["", "", ""]);
    let raw = all(&open(&[b'x'; 100], "text/plain"), View::Raw, &Folds::default(), Fit::Cut(40));
    assert_eq!(raw, ["xxxxxxxxxxxxxxxxxxxxxxxx… 76 bytes more"]);
}

#[test]
fn indentation_leaves_half_of_the_width() {
    let text = format!("{}1{}", "[".repeat(50), "]".repeat(50));
    let lines = pretty(&text, 20);
    assert_eq!(lines[50], format!("{}1", " ".repeat(10)));
}

#[test]
fn hostile_strings_are_seen_to_be_odd() {
    for (source, want) in [
        ("\u{202e}moc", "\\u202emoc"),
        ("pay\u{200b}pal", "pay\\u200bpal"),
        ("\u{7f}\u{9b}31m", "\\u007f\\u009b31m"),
        ("\\u202e", "\\u202e"),
        ("\\u001b[31m", "\\u001b[31m"),
        ("\\u00e9\\u0041", "é\\u0041"),
        ("\\ud83d\\ude00", "😀"),
        ("\\ud800x", "\\ud800x"),
        ("\\udc00\\ud800", "\\udc00\\ud800"),
        ("\\ud800\\u0041", "\\ud800\\u0041"),
        ("\\u0022,\\u0022", "\\u0022,\\u0022"),
        ("\u{e0041}", "\\udb40\\udc41"),
        ("日本", "日本"),
    ] {
        assert_eq!(pretty(&format!("[\"{source}\"]"), 80)[1], format!("  \"{want}\""), "{source:?}");
    }
}

#[test]
fn text_goes_on_in_the_next_row() {
    let rows = |text: &str, width| {
        let document = open(text.as_bytes(), "text/plain");
        all(&document, View::Raw, &Folds::default(), Fit::Wrap(width))
    };
    assert_eq!(rows("abcdefghij\r\n\nxy", 8), ["abcdefgh", "ij", "", "xy"]);
    assert_eq!(rows("日本語日本語", 8), ["日本語日", "本語"]);
    assert_eq!(rows("abcdefghij", 3), ["abcdefgh", "ij"], "never narrower than eight");
    let document = open(b"abcdefghij\n", "text/plain");
    let lines = document.lines(View::Raw, &Folds::default(), 0, 9, Fit::Wrap(8), None);
    assert_eq!(lines.iter().map(|line| line.continued).collect::<Vec<_>>(), [false, true]);
}

#[test]
fn bytes_are_a_table() {
    let document = open(b"\x00\x01PK hello world!\x1b[31m", "application/octet-stream");
    assert_eq!(
        all(&document, View::Hex, &Folds::default(), Fit::Cut(80)),
        [
            "00000000  00 01 50 4b 20 68 65 6c  6c 6f 20 77 6f 72 6c 64  ..PK hello world",
            "00000010  21 1b 5b 33 31 6d                                 !.[31m",
        ]
    );
    // The pretty view of binary data is a hex dump.
    assert_eq!(document.visible_len(View::Pretty, &Folds::default(), Fit::Cut(80)), 2);
}

#[test]
fn what_is_searched_is_lit() {
    let lit = |document: &Document, view, needle: &str| {
        let needle = Needle::new(needle, document.tape().is_some()).unwrap();
        let lines = document.lines(view, &Folds::default(), 0, 99, Fit::Cut(80), Some(&needle));
        let pieces = lines.into_iter().flat_map(|line| line.pieces);
        pieces
            .filter(|(class, _)| *class == Class::Match)
            .map(|(_, text)| text.as_str().to_owned())
            .collect::<Vec<_>>()
    };
    let document = json("{\"Name\":\"Søren \\u00e9 name\",\"other\":12345}");
    assert_eq!(lit(&document, View::Pretty, "name"), ["Name", "name"]);
    assert_eq!(lit(&document, View::Pretty, "É"), Vec::<String>::new());
    assert_eq!(lit(&document, View::Pretty, "é"), ["é"]);
    assert_eq!(lit(&document, View::Pretty, "234"), ["234"]);
    assert_eq!(lit(&document, View::Raw, "søren"), ["Søren"]);
    assert_eq!(
        lit(&document, View::Hex, "name\""),
        ["4e 61 6d 65 22", "Name\"", "6e  61 6d 65 22", "name\""]
    );
}

#[test]
fn a_match_across_rows_is_lit_on_both() {
    let document = open(b"abcdefghijkl", "text/plain");
    let needle = Needle::new("ghij", false).unwrap();
    let lines = document.lines(View::Raw, &Folds::default(), 0, 9, Fit::Wrap(8), Some(&needle));
    let lit: Vec<&Clean> = lines
        .iter()
        .flat_map(|line| &line.pieces)
        .filter(|(class, _)| *class == Class::Match)
        .map(|(_, text)| text)
        .collect();
    assert_eq!(lit, [&Clean::line("gh"), &Clean::line("ij")]);
}

fn value() -> impl Strategy<Value = serde_json::Value> {
    let leaf = prop_oneof![
        Just(serde_json::Value::Null),
        any::<bool>().prop_map(Into::into),
        any::<i64>().prop_map(Into::into),
        any::<f64>().prop_map(Into::into),
        "[ -~éß日]{0,20}".prop_map(Into::into),
    ];
    leaf.prop_recursive(4, 40, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Into::into),
            prop::collection::btree_map("[ -~é]{0,6}", inner, 0..6)
                .prop_map(|map| serde_json::Value::Object(map.into_iter().collect())),
        ]
    })
}

fn fits() -> impl Strategy<Value = Fit> {
    prop_oneof![(0usize..60).prop_map(Fit::Cut), (0usize..60).prop_map(Fit::Wrap)]
}

proptest! {
    #[test]
    fn pretty_lines_are_those_of_the_general_printer(value in value()) {
        let want = serde_json::to_string_pretty(&value).unwrap();
        let lines = pretty(&value.to_string(), 1000);
        prop_assert_eq!(lines.join("\n"), want);
    }

    #[test]
    fn a_window_is_a_slice_of_the_whole(
        bytes in prop_oneof![
            prop::collection::vec(any::<u8>(), 0..200),
            "([a\té日\u{301}\u{1f600}\n\u{202e}]{0,30}\r?\n){0,8}".prop_map(String::into_bytes),
            value().prop_map(|value| value.to_string().into_bytes()),
        ],
        kind in prop_oneof![Just("application/json"), Just("text/plain"), Just("image/png")],
        fit in fits(),
        first in 0usize..30,
        count in 0usize..20,
        depth in 0usize..4,
        needle in prop_oneof![Just("a"), Just("é"), Just("\n"), Just("1")],
    ) {
        let document = open(&bytes, kind);
        let mut folds = Folds::default();
        if let Some(tape) = document.tape() {
            folds.fold_below(tape, depth);
        }
        let needle = Needle::new(needle, true);
        for view in [View::Pretty, View::Raw, View::Hex] {
            let whole = document.lines(view, &folds, 0, usize::MAX, fit, needle.as_ref());
            prop_assert_eq!(whole.len(), document.visible_len(view, &folds, fit), "{:?}", view);
            let slice: Vec<Line> = whole.iter().skip(first).take(count).cloned().collect();
            prop_assert_eq!(document.lines(view, &folds, first, count, fit, needle.as_ref()), slice);
            for (number, line) in whole.iter().enumerate() {
                if view == View::Hex || document.views().contains(&view) {
                    let at = document.line_of(view, &folds, fit, line.source.start);
                    // An empty row has the offset of the next one.
                    prop_assert!(at == number || line.source.is_empty(), "{:?} {} {}", view, at, number);
                }
                if line.token.is_some() || document.views().first() == Some(&View::Raw) && view != View::Hex {
                    let text = line.text();
                    let wide: usize = unicode_width::UnicodeWidthStr::width(text.as_str());
                    prop_assert!(wide <= fit.width(), "{:?} {:?} {:?}", view, fit, text);
                }
                for (_, piece) in &line.pieces {
                    prop_assert_eq!(&Clean::line(piece.as_str()), piece);
                }
            }
        }
    }

    #[test]
    fn raw_rows_are_the_whole_text(text in "[a-c\t éあ\u{1f600}]{0,80}(\n[a-cé]{0,30}){0,3}", width in 8usize..20) {
        let document = open(text.as_bytes(), "text/plain");
        let mut got = String::new();
        for line in document.lines(View::Raw, &Folds::default(), 0, usize::MAX, Fit::Wrap(width), None) {
            if !line.continued && line.source.start > 0 {
                got.push('\n');
            }
            got.push_str(text.get(line.source.clone()).unwrap());
            prop_assert!(!line.text().contains('…'));
        }
        prop_assert_eq!(got.trim_end_matches('\n'), text.trim_end_matches('\n'));
    }
}
