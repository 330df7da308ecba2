//! The tape of a body against the general reader of JSON.

use serde_json::Value;
use serde_json::value::RawValue;

use super::choices::Choices;
use crate::body::{Document, Fit, Folds, Needle, Shape, Tape, View, scan, search};
use crate::domain::Body;

const LEAVES: &[&str] = &[
    "null",
    "true",
    "false",
    "0",
    "-0",
    "-1.5e3",
    "12345678901234567890",
    "1e999999",
    "0.1",
    "\"\"",
    "\"a\"",
    "\"é東\"",
    "\"\\u00e9\\n\\\"\\\\\\/\"",
    "\"\\ud800\"",
    "\"\\ud83d\\ude00\"",
    "\"\u{7f}\"",
    "\"\u{202e}\"",
    "[]",
    "{}",
    "[ ]",
    "{ }",
    "\"{[,:]}\"",
];

const NAMES: &[&str] =
    &["\"a\"", "\"b\"", "\"a\"", "\"\"", "\"é\"", "\"\\u0061\"", "\"a.b\"", "\"\\\"\"", "\"0\""];

const SIGNS: &[&str] = &[
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    "\"",
    "\\",
    "1",
    "-",
    "0",
    ".",
    "e",
    "+",
    "true",
    "nul",
    " ",
    "\n",
    "\t",
    "\\u00e9",
    "\\ud800",
    "é",
    "\u{1}",
    "\u{feff}",
    "//",
    "'",
    "{\"b\":[]}",
    "[1,2]",
];

const BLANKS: &[&str] = &["", "", "", " ", "\n", "\r\n\t", "  "];

const TYPES: &[Option<&str>] = &[
    None,
    Some("application/json"),
    Some("text/plain; charset=utf-16"),
    Some("application/json; charset=latin1"),
    Some("text/html"),
    Some("application/x-ndjson"),
    Some("image/png"),
    Some("text/csv; charset=nonsense"),
];

/// The tape takes what the general reader takes, holds its values, and whatever a body is, it can be looked at.
pub fn json(data: &[u8]) -> bool {
    let mut choices = Choices::new(data);
    let text = match choices.below(16) {
        15 => choices.bytes(300).to_vec(),
        _ => written(&mut choices),
    };
    let is_whole = whole(&text);
    lines(&text);
    look(&mut choices, &text);
    is_whole
}

fn whole(text: &[u8]) -> bool {
    let shown = String::from_utf8_lossy(text);
    let general = serde_json::from_slice::<&RawValue>(text);
    let tape = Tape::build(text, &|| false);
    assert_eq!(tape.is_ok(), general.is_ok(), "{shown}");
    let (Ok(tape), Ok(general)) = (tape, general) else { return false };
    assert_eq!(tape.documents(), 1, "{shown}");
    holds(&tape, text, general.get());
    true
}

/// Every entry of the tape is the value that stands there.
fn holds(tape: &Tape, text: &[u8], general: &str) {
    let shown = String::from_utf8_lossy(text);
    let mut values = 0;
    for index in 0..tape.len() {
        let Some(token) = tape.token(index) else { continue };
        let (shape, value) = (tape.shape(token), text.get(tape.value(token)).unwrap_or_default());
        assert!(serde_json::from_slice::<&RawValue>(value).is_ok(), "entry {index} of {shown}");
        let first = match shape {
            Some(Shape::Object | Shape::ObjectEnd | Shape::EmptyObject) => Some(b'{'),
            Some(Shape::Array | Shape::ArrayEnd | Shape::EmptyArray) => Some(b'['),
            Some(Shape::String) => Some(b'"'),
            Some(Shape::Number | Shape::Literal) | None => None,
        };
        assert!(first.is_none() || value.first().copied() == first, "entry {index} of {shown}");
        values += usize::from(shape.is_some_and(|shape| !shape.closes()));
        let parent = tape.parent(token);
        assert!(tape.depth(token) == 0 || parent.is_some(), "entry {index} of {shown}");
    }
    assert_eq!(values, tape.values(), "{shown}");
    let first = tape.token(0).and_then(|token| text.get(tape.value(token)));
    assert_eq!(first, Some(general.trim().as_bytes()), "{shown}");
    // Names that come twice are one member of a value, but two of a tape.
    if let Ok(value) = serde_json::from_str::<Value>(general) {
        assert!(count(&value) <= values, "{shown}");
    }
}

fn count(value: &Value) -> usize {
    1 + match value {
        Value::Array(items) => items.iter().map(count).sum(),
        Value::Object(map) => map.values().map(count).sum(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => 0,
    }
}

/// JSON lines are values of their own.
fn lines(text: &[u8]) {
    let Ok(tape) = scan::scan(text, 0, true, &|| false) else {
        assert!(Tape::build(text, &|| false).is_err(), "one value is lines too");
        return;
    };
    let mut count = 0;
    for value in serde_json::Deserializer::from_slice(text).into_iter::<&RawValue>() {
        assert!(value.is_ok(), "{}", String::from_utf8_lossy(text));
        count += 1;
    }
    assert_eq!(tape.documents(), count, "{}", String::from_utf8_lossy(text));
}

/// Opens a body and looks at it in every way.
fn look(choices: &mut Choices<'_>, text: &[u8]) {
    let kind = choices.pick(TYPES);
    let Some(document) = Document::open(Body::from(text.to_vec()), kind, &|| false) else { return };
    let (width, at) = (1 + choices.below(60), choices.below(text.len() + 2));
    let typed = choices.pick(&["a", "é", "[", "\\u00e9", "null", "\""]);
    let mut folds = Folds::default();
    if let Some(tape) = document.tape() {
        folds.fold_below(tape, 1 + choices.below(3));
        folds.reveal(tape, at);
        if let Some(token) = tape.token_at(at) {
            folds.toggle(tape, token);
            let _ = (document.path(token), document.string(token));
        }
    }
    let needle = Needle::new(typed, true);
    for view in [View::Pretty, View::Raw, View::Hex] {
        for fit in [Fit::Cut(width), Fit::Wrap(width)] {
            let rows = document.visible_len(view, &folds, fit);
            let shown = document.lines(view, &folds, 0, rows, fit, needle.as_ref());
            assert_eq!(shown.len(), rows, "{}", String::from_utf8_lossy(text));
            assert!(document.line_of(view, &folds, fit, at) <= rows, "{}", String::from_utf8_lossy(text));
        }
        if let Some(found) = search(&document, typed, view, &|| false) {
            let _ = (found.next(at), found.previous(at));
        }
    }
    let _ = document.summary();
}

fn written(choices: &mut Choices<'_>) -> Vec<u8> {
    let mut out = String::new();
    out.push_str(choices.pick(BLANKS));
    value(choices, 0, &mut out);
    if choices.one_in(6) {
        out.push_str(choices.pick(&["\n", "\n\n", "\r\n", " "]));
        value(choices, 3, &mut out);
    }
    out.push_str(choices.pick(BLANKS));
    let mut out = out.into_bytes();
    if choices.one_in(2) {
        choices.damage(&mut out, SIGNS);
    }
    out
}

fn value(choices: &mut Choices<'_>, depth: usize, out: &mut String) {
    let most = if depth > 4 { 1 } else { 3 };
    match choices.below(most) {
        1 => children(choices, depth, out, ('[', ']')),
        2 => children(choices, depth, out, ('{', '}')),
        _ => out.push_str(choices.pick(LEAVES)),
    }
}

fn children(choices: &mut Choices<'_>, depth: usize, out: &mut String, (open, close): (char, char)) {
    out.push(open);
    let blank = choices.pick(BLANKS);
    for at in 0..choices.below(5) {
        out.push_str(if at == 0 { "" } else { "," });
        out.push_str(blank);
        if open == '{' {
            out.push_str(choices.pick(NAMES));
            out.push_str(choices.pick(BLANKS));
            out.push(':');
            out.push_str(blank);
        }
        value(choices, depth + 1, out);
    }
    out.push_str(blank);
    out.push(close);
}
