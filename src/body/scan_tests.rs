use proptest::prelude::*;
use serde_json::value::RawValue;

use super::super::problem::JsonProblem;
use super::*;

fn build(text: &[u8]) -> Result<Tape, TapeError> {
    Tape::build(text, &|| false)
}

fn problem(text: &[u8]) -> JsonProblem {
    match build(text) {
        Err(TapeError::Invalid(problem)) => problem,
        other => panic!("{other:?} for {:?}", String::from_utf8_lossy(text)),
    }
}

/// The serde parser, configured to accept the whole grammar: numbers of any size, lone surrogates, any depth.
fn is_valid(text: &[u8]) -> bool {
    serde_json::from_slice::<&RawValue>(text).is_ok()
}

#[test]
fn each_line_is_an_entry() {
    let text = br#"{"a":[1,{"b":null},[]],"c":{},"d":"x"}"#;
    let tape = build(text).unwrap();
    let want = [
        (Shape::Object, 0, "{\"a\":[1,{\"b\":null},[]],\"c\":{},\"d\":\"x\"}"),
        (Shape::Array, 1, "[1,{\"b\":null},[]]"),
        (Shape::Number, 2, "1"),
        (Shape::Object, 2, "{\"b\":null}"),
        (Shape::Literal, 3, "null"),
        (Shape::ObjectEnd, 2, "{\"b\":null}"),
        (Shape::EmptyArray, 2, "[]"),
        (Shape::ArrayEnd, 1, "[1,{\"b\":null},[]]"),
        (Shape::EmptyObject, 1, "{}"),
        (Shape::String, 1, "\"x\""),
        (Shape::ObjectEnd, 0, "{\"a\":[1,{\"b\":null},[]],\"c\":{},\"d\":\"x\"}"),
    ];
    assert_eq!(tape.len(), want.len());
    for (index, (shape, depth, value)) in want.into_iter().enumerate() {
        let token = tape.token(index).unwrap();
        assert_eq!((tape.shape(token), tape.depth(token)), (Some(shape), depth), "{index}");
        assert_eq!(text.get(tape.value(token)).unwrap(), value.as_bytes(), "{index}");
    }
    assert_eq!((tape.values(), tape.documents()), (8, 1));
    assert_eq!([0, 1, 3, 8].map(|at| tape.children(tape.token(at).unwrap())), [3, 3, 1, 0]);
    assert_eq!(tape.token(11), None);
}

#[test]
fn an_entry_takes_sixteen_bytes() {
    assert_eq!(size_of::<Entry>(), 16);
}

#[test]
fn what_is_wrong_is_said_with_its_place() {
    for (text, line, column, words) in [
        ("", 1, 1, "a value is missing at the end"),
        ("{\"a\": 1\n \"b\": 2}", 2, 2, "a comma is missing before the string"),
        ("[1 2]", 1, 4, "a comma is missing before `2`"),
        ("[1,]", 1, 3, "trailing comma"),
        ("[,1]", 1, 2, "a value is missing before `,`"),
        ("{\"a\" 1}", 1, 6, "a colon is missing before `1`"),
        ("{\"a\":}", 1, 6, "a value is missing before `}`"),
        ("{a:1}", 1, 2, "a name in double quotes is needed, not `a`"),
        ("{'a':1}", 1, 2, "a name in double quotes"),
        ("['a']", 1, 2, "a string needs double quotes"),
        ("[\"ü\", True]", 1, 7, "`True` is not a value; write `true`"),
        ("[nul]", 1, 2, "`nul` is not a value"),
        ("NaN", 1, 1, "write `null`"),
        ("\"abc", 1, 1, "a string is not closed"),
        ("[\"a\nb\"]", 1, 4, "a string is not closed on its line"),
        ("\"a\tb\"", 1, 3, "a tab in a string"),
        ("\"\u{1}\"", 1, 2, "`\\u0001`"),
        ("\"\\x\"", 1, 2, "a backslash cannot stand before `x`"),
        ("\"\\u12g4\"", 1, 2, "four hexadecimal digits"),
        ("{\"a\":[1}", 1, 8, "`}` closes a list"),
        ("[{\"a\":1]", 1, 8, "`]` closes an object"),
        ("\n [{\"a\":1}", 2, 2, "a list is not closed"),
        ("{", 1, 1, "an object is not closed"),
        ("01", 1, 1, "does not begin with 0"),
        ("[-]", 1, 3, "a digit is missing after the minus"),
        ("1.", 1, 3, "a digit is missing after the point"),
        ("1e+", 1, 4, "a digit is missing in the exponent"),
        (".5", 1, 1, "begins with a digit"),
        ("1 2", 1, 3, "the value ends before `2`"),
        ("[1, // one\n2]", 1, 5, "no comments"),
        ("\u{202e}", 1, 1, "the character U+202E is not a value"),
        ("\u{feff}{}", 1, 1, "U+FEFF"),
    ] {
        let problem = problem(text.as_bytes());
        assert_eq!((problem.line, problem.column), (line, column), "{text:?}: {problem}");
        assert!(problem.problem.contains(words), "{text:?}: {problem}");
    }
}

#[test]
fn a_byte_that_is_not_utf8_is_named_unless_something_is_wrong_before() {
    for (text, offset) in [
        (&b"[\"\xff\"]"[..], 2),
        (b"\xff", 0),
        (b"[1]\xff", 3),
        (b"[\"\xe2\x28\xa1\"]", 2),
        (b"[\"\xed\xa0\x80\"]", 2),
    ] {
        let problem = problem(text);
        assert_eq!((problem.offset, problem.problem.as_str()), (offset, "a byte that is not UTF-8"));
    }
    assert_eq!(problem(b"[1,]\xff").offset, 2);
}

#[test]
fn what_the_rfc_leaves_open_is_allowed() {
    for text in ["1e999999", "\"\\ud800\"", "-0", "{\"a\":1,\"a\":2}", " [ ] ", "\"\\u0000\"", "\"\u{7f}\""] {
        assert!(build(text.as_bytes()).is_ok(), "{text}");
    }
}

#[test]
fn deep_nesting_needs_no_stack() {
    const DEEP: usize = 200_000;
    let text = format!("{}{}", "[".repeat(DEEP), "]".repeat(DEEP));
    let tape = build(text.as_bytes()).unwrap();
    assert_eq!(tape.len(), 2 * DEEP - 1);
    assert_eq!(tape.depth(tape.token(DEEP - 1).unwrap()), DEEP - 1);
    assert!(matches!(problem("{\"a\":".repeat(DEEP).as_bytes()).offset, 1_000_000));
    assert_eq!(build("[".repeat(MAX_DEPTH + 2).as_bytes()), Err(TapeError::TooDeep { offset: MAX_DEPTH }));
}

#[test]
fn it_stops_when_asked() {
    assert_eq!(Tape::build(b"[1]", &|| true), Err(TapeError::Cancelled));
}

#[test]
fn json_lines_stand_on_their_own_lines() {
    let lines = |text: &str| scan(text.as_bytes(), 0, true, &|| false).map(|tape| tape.documents());
    assert_eq!(lines("{\"a\":1}\n[2]\n\n3\n"), Ok(3));
    assert_eq!(lines("{}"), Ok(1));
    assert!(matches!(lines("{} {}"), Err(TapeError::Invalid(_))));
    assert!(matches!(build(b"{}\n{}"), Err(TapeError::Invalid(_))));
    // No comma follows the last entry of a line.
    let tape = scan(b"1\n2", 0, true, &|| false).unwrap();
    assert!(!tape.comma(tape.token(0).unwrap()));
    assert_eq!(tape.next_sibling(tape.token(0).unwrap()), tape.token(1));
}

#[test]
fn parents_and_places_are_found_across_marks() {
    let inner = format!("[{}9]", "1,".repeat(3000));
    let text = format!("{{\"x\":{{}},\"list\":[{}0]}}", format!("{inner},").repeat(3));
    let tape = build(text.as_bytes()).unwrap();
    let mut stack: Vec<(TokenId, usize)> = Vec::new();
    for index in 0..tape.len() {
        let token = tape.token(index).unwrap();
        let shape = tape.shape(token).unwrap();
        if shape.closes() {
            assert_eq!(tape.opening(token), stack.pop().unwrap().0);
        }
        let parent = stack.last().copied();
        let opening = tape.opening(token);
        if !shape.closes() {
            assert_eq!(
                tape.place(token),
                (parent.map(|(open, _)| open), parent.map_or(0, |(_, count)| count))
            );
            if let Some((_, count)) = stack.last_mut() {
                *count += 1;
            }
        }
        assert_eq!(tape.parent(opening), parent.map(|(open, _)| open));
        if shape.opens() {
            stack.push((token, 0));
        }
    }
}

use super::super::tape::TokenId;

fn json_like() -> impl Strategy<Value = String> {
    let pieces = prop_oneof![
        Just("{"),
        Just("}"),
        Just("["),
        Just("]"),
        Just(","),
        Just(":"),
        Just("\"a\""),
        Just("\""),
        Just("\\"),
        Just("1"),
        Just("-"),
        Just("0"),
        Just("."),
        Just("e"),
        Just("+"),
        Just("true"),
        Just("null"),
        Just("fals"),
        Just(" "),
        Just("\n"),
        Just("\\u00e9"),
        Just("\\ud800"),
        Just("é"),
        Just("\u{1}"),
        Just("\"k\":"),
        Just("[1,2]"),
        Just("{\"b\":[]}"),
        Just("\u{feff}"),
    ];
    prop::collection::vec(pieces, 0..12).prop_map(|pieces| pieces.concat())
}

fn value() -> impl Strategy<Value = serde_json::Value> {
    let leaf = prop_oneof![
        Just(serde_json::Value::Null),
        any::<bool>().prop_map(Into::into),
        any::<i64>().prop_map(Into::into),
        any::<f64>().prop_map(Into::into),
        any::<String>().prop_map(Into::into),
    ];
    leaf.prop_recursive(4, 40, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Into::into),
            prop::collection::btree_map(any::<String>(), inner, 0..6)
                .prop_map(|map| serde_json::Value::Object(map.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn it_takes_what_the_general_reader_takes(text in json_like()) {
        prop_assert_eq!(build(text.as_bytes()).is_ok(), is_valid(text.as_bytes()), "{:?}", text);
    }

    #[test]
    fn it_takes_every_value_and_judges_its_mutations_alike(
        value in value(),
        at in any::<prop::sample::Index>(),
        byte in any::<u8>(),
        cut in any::<bool>(),
    ) {
        let mut text = serde_json::to_vec(&value).unwrap();
        prop_assert!(build(&text).is_ok());
        let at = at.index(text.len());
        if cut {
            text.truncate(at);
        } else {
            text[at] = byte;
        }
        prop_assert_eq!(build(&text).is_ok(), is_valid(&text), "{:?}", String::from_utf8_lossy(&text));
    }

    #[test]
    fn any_bytes_are_judged_alike(bytes in prop::collection::vec(any::<u8>(), 0..40)) {
        prop_assert_eq!(build(&bytes).is_ok(), is_valid(&bytes));
    }
}
