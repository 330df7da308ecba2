use proptest::prelude::*;

use super::*;
use crate::{DiffOptions, Fit, Folds, Needle, diff, search};

fn open(bytes: &[u8], content_type: Option<&str>) -> Document {
    Document::open(bytes.to_vec().into(), content_type, &|| false).unwrap()
}

#[test]
fn bodies_are_what_they_are() {
    for (bytes, content_type, want) in [
        (&b""[..], "application/json", "empty"),
        (b"{\"a\":[1]}", "application/json", "JSON, 3 values, 9 bytes"),
        (b"{\"a\":[1]}", "", "JSON, 3 values, 9 bytes"),
        (b"{\"a\":1}", "application/octet-stream", "JSON, 2 values, 7 bytes"),
        (b"\"x\"", "application/problem+json; charset=utf-8", "JSON, 1 value, 3 bytes"),
        (b"123", "", "text, 1 line, 3 bytes"),
        (b"{\"a\":1}\n{\"a\":2}\n", "", "JSON lines, 2 values, 16 bytes"),
        (b"1\n2\n", "application/x-ndjson", "JSON lines, 2 values, 4 bytes"),
        (b"{curly} text", "text/plain", "text, 1 line, 12 bytes"),
        (b"\xef\xbb\xbf{\"a\":1}", "application/json", "JSON, 2 values, 10 bytes"),
        (b"\xff\xfe{\0}\0", "application/json", "JSON, 1 value, 6 bytes, UTF-16LE"),
        (b"caf\xe9 au lait", "text/plain", "text, 1 line, 12 bytes, windows-1252 (guessed)"),
        (b"caf\xe9", "text/plain; charset=\"ISO-8859-1\"", "text, 1 line, 4 bytes, windows-1252"),
        (b"\x83e\x83X\x83g", "text/plain; charset=Shift_JIS", "text, 1 line, 6 bytes, Shift_JIS"),
        (b"<!DOCTYPE html><p>", "text/html", "HTML, 1 line, 18 bytes"),
        (b"<!-- x -->\n<HTML>", "", "HTML, 2 lines, 17 bytes"),
        (b"<?xml version=\"1.0\"?><a/>", "", "XML, 1 line, 25 bytes"),
        (b"\x89PNG\r\n\x1a\n....", "image/png", "PNG image, 12 bytes"),
        (b"\xff\xd8\xff\xe0", "", "JPEG image, 4 bytes"),
        (b"RIFF....WEBP", "", "WebP image, 12 bytes"),
        (b"....ftypmp42", "", "MP4 media, 12 bytes"),
        (b"%PDF-1.7", "", "PDF document, 8 bytes"),
        (b"PK\x03\x04", "", "ZIP archive, 4 bytes"),
        (b"\x1f\x8b\x08\0", "application/json", "gzip data, 4 bytes"),
        (b"ID3 is a tag", "text/plain", "text, 1 line, 12 bytes"),
        (b"a\0b", "", "binary, 3 bytes"),
        (b"\x01\x02\x03\x04\xfe", "", "binary, 5 bytes"),
    ] {
        assert_eq!(open(bytes, Some(content_type)).summary(), want, "{:?}", String::from_utf8_lossy(bytes));
    }
}

#[test]
fn what_is_not_what_it_was_said_to_be_is_reported() {
    let notes = |bytes: &[u8], content_type: &str| {
        open(bytes, Some(content_type)).notes().iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    assert_eq!(
        notes(b"{\"a\":\n 1,}", "application/json"),
        ["declared as JSON, but it is not: line 2, column 3: trailing comma (not allowed in JSON)"]
    );
    assert_eq!(notes(b"<html>busy</html>", "application/json"), ["declared as JSON, but it is an HTML page"]);
    assert_eq!(
        notes(b"\"\xff\"", "application/json"),
        [
            "some bytes are not UTF-8; they are shown as \u{fffd}",
            "declared as JSON, but it is not: line 1, column 2: a byte that is not UTF-8"
        ]
    );
    assert_eq!(
        notes(b"x", "text/plain; charset=klingon"),
        ["the declared charset is not known; read as UTF-8"]
    );
    assert_eq!(notes(b"{}", "application/json"), Vec::<String>::new());
    let problem = open(b"[1,]", Some("application/json"));
    assert!(matches!(problem.problem(), Some(TapeError::Invalid(problem)) if problem.offset == 2));
    assert_eq!(problem.kind(), &Kind::Text(Markup::Plain));
}

#[test]
fn other_charsets_are_read() {
    for (bytes, content_type, want) in [
        (&b"caf\xe9"[..], "text/plain", "café"),
        (b"\xfe\xff\0h\0i", "", "hi"),
        (b"\x83e\x83X\x83g", "text/plain; charset=shift_jis", "テスト"),
        (b"\xef\xbb\xbfhi", "text/plain; charset=windows-1252", "hi"),
    ] {
        let document = open(bytes, Some(content_type));
        assert_eq!(String::from_utf8_lossy(document.text()), want);
        assert_eq!(document.body().as_ref(), bytes);
    }
}

#[test]
fn values_are_taken_as_they_are_written() {
    let document = open(b"{\"a\":[1.50, \"x\\ny\"]}", None);
    let tape = document.tape().unwrap();
    assert_eq!(document.value(tape.token(1).unwrap()), b"[1.50, \"x\\ny\"]");
    assert_eq!(document.value(tape.token(2).unwrap()), b"1.50");
    assert_eq!(document.string(tape.token(3).unwrap()).as_deref(), Some("x\ny"));
    assert_eq!(document.path(tape.token(3).unwrap()), ".a[1]");
}

#[test]
fn it_stops_when_asked_and_shows_no_text_in_logs() {
    assert!(Document::open(b"{}".to_vec().into(), None, &|| true).is_none());
    assert_eq!(format!("{:?}", open(b"{\"secret\":1}", None)), "Document(JSON, 2 values, 12 bytes)");
}

proptest! {
    /// No input panics in any view.
    #[test]
    fn any_bytes_can_be_looked_at(
        bytes in prop_oneof![
            prop::collection::vec(any::<u8>(), 0..300),
            "[\\[\\]{},:\"\\\\u0d8e\\.1tn \n\u{1b}\u{202e}é]{0,80}".prop_map(String::into_bytes),
        ],
        content_type in prop_oneof![
            Just(None), Just(Some("application/json")), Just(Some("text/plain; charset=utf-16")),
            Just(Some("application/x-ndjson; charset=gb18030")), Just(Some(";;charset=")),
        ],
        needle in ".{0,3}",
        at in 0usize..400,
        width in 0usize..50,
    ) {
        let document = open(&bytes, content_type);
        let mut folds = Folds::default();
        if let Some(tape) = document.tape() {
            folds.fold_below(tape, 1);
            folds.reveal(tape, at);
            for index in 0..tape.len() {
                let token = tape.token(index).unwrap();
                folds.toggle(tape, token);
                let _ = (document.path(token), document.value(token), document.string(token));
            }
        }
        let needle = Needle::new(&needle, true);
        for view in [View::Pretty, View::Raw, View::Hex] {
            for fit in [Fit::Cut(width), Fit::Wrap(width)] {
                document.lines(view, &folds, at / 10, 20, fit, needle.as_ref());
                document.line_of(view, &folds, fit, at);
            }
            if let Some(needle) = &needle
                && let Some(found) = search(&document, needle.typed(), view, &|| false)
            {
                found.next(at);
                found.previous(at);
            }
        }
        diff(&document, &open(b"{\"a\":1}", None), DiffOptions::default());
    }
}
