use std::io::{BufReader, Cursor};

use proptest::prelude::*;
use serde_json::Value;

use super::child::serve;
use super::*;

/// The output of a filter for an input, and the reported outcome.
fn asked(header: &Header, input: &[u8]) -> (String, ChildEnd) {
    let mut out = Vec::new();
    let reported = serve(header, &mut Cursor::new(input), &mut out).unwrap();
    (String::from_utf8(out).unwrap(), reported)
}

fn header(filter: &str) -> Header {
    let (filter, most) = (filter.to_owned(), 1 << 20);
    Header { filter, raw: false, pretty: false, most, memory: 1 << 30, seconds: 10, parent: 0 }
}

fn given(filter: &str, input: &[u8]) -> String {
    let (text, reported) = asked(&header(filter), input);
    assert!(matches!(reported, ChildEnd::Done { truncated: false, .. }), "{filter}: {reported:?}");
    text
}

/// The message for a mistake in a filter.
fn mistake(filter: &str) -> (String, Option<usize>) {
    let (_, reported) = asked(&header(filter), b"null");
    let error = error::from_child(reported, filter);
    assert!(matches!(error, JqError::Filter { .. }), "{filter}: {error:?}");
    let problem = error.problem();
    (problem.message.to_string(), problem.at)
}

#[test]
fn a_header_takes_its_line_and_nothing_of_the_input() {
    let sent = Header { raw: true, ..header("\"\n\0\\\" | é") };
    let mut bytes = sent.line().unwrap();
    bytes.extend_from_slice(b"{\"a\":1}\n2");
    let mut from = BufReader::with_capacity(7, Cursor::new(bytes));
    assert_eq!(Header::read(&mut from).unwrap(), sent);
    let mut rest = Vec::new();
    std::io::Read::read_to_end(&mut from, &mut rest).unwrap();
    assert_eq!(rest, b"{\"a\":1}\n2");
    for nothing in [&b""[..], b"\n", b"{}\n", b"[1]"] {
        assert!(Header::read(&mut Cursor::new(nothing)).is_err());
    }
}

#[test]
fn the_last_line_reports_whatever_was_said_before() {
    let done = ChildEnd::Done { values: 3, truncated: true };
    let line = serde_json::to_string(&done).unwrap();
    assert_eq!(ChildEnd::read(format!("noise\n{line}\n").as_bytes()), Some(done));
    assert_eq!(ChildEnd::read(b"thread 'jq' has overflowed its stack\n"), None);
    assert_eq!(ChildEnd::read(line.get(..9).unwrap().as_bytes()), None);
}

#[test]
fn each_value_of_the_input_is_filtered() {
    for (filter, input, want) in [
        (".", "", ""),
        (".", " \n ", ""),
        (".a", "{\"a\":1}\n{\"a\":[2]}\n", "1\n[2]\n"),
        (".", "1 2[3]\"x\"", "1\n2\n[3]\n\"x\"\n"),
        ("[., inputs]", "1 2 3", "[1,2,3]\n"),
        ("first(inputs)", "1 2 3 4", "2\n4\n"),
        ("empty", "1 2", ""),
        (".[] | ., halt", "[1,2]", "1\n"),
        (".", "\u{feff}[]", "[]\n"),
        ("env, $ENV, env.PATH", "1", "{}\n{}\nnull\n"),
        ("test(\"^b+$\"), (\"a b\" | @uri)", "\"bb\"", "true\n\"a%20b\"\n"),
    ] {
        assert_eq!(given(filter, input.as_bytes()), want, "{filter} over {input:?}");
    }
}

#[test]
fn numbers_keep_their_text_until_they_are_calculated_with() {
    let long = "[12345678901234567890123,1.10,1e999,0.1e-2,1E5]\n";
    assert_eq!(given(".", long.as_bytes()), long);
    assert_eq!(given(".[0] + 1", long.as_bytes()), "12345678901234567890124\n", "whole numbers have no end");
    assert_eq!(given(".[1] * 1, 6 / 3", long.as_bytes()), "1.1\n2.0\n", "what is divided has a point");
    let none = "nan, infinite, -infinite, (\"+1.5\" | fromjson)";
    assert_eq!(given(none, b"1"), "null\n1.7976931348623157e308\n-1.7976931348623157e308\n1.5\n");
}

#[test]
fn results_are_json_in_utf8_whatever_comes() {
    assert_eq!(given(".", b"\"a\xff\xc3\""), "\"a\u{fffd}\u{fffd}\"\n");
    assert_eq!(given("\"/w==\" | @base64d", b"1"), "\"\u{fffd}\"\n");
    assert_eq!(given("{(1): 2}", b"1"), "{\"1\":2}\n", "a name is a text");
    assert_eq!(
        given(".", br#""\u0000\u001b\n\"\\\u007f\ud83d\ude00""#),
        "\"\\u0000\\u001b\\n\\\"\\\\\\u007f😀\"\n"
    );
    assert_eq!(given("\"x\" | tobytes", b"1"), "\"x\"\n");
    let raw = Header { raw: true, ..header(".[]") };
    assert_eq!(asked(&raw, br#"["a\nb", ["c"], "\u001b"]"#).0, "a\nb\n[\"c\"]\n\u{1b}\n");
    let pretty = Header { pretty: true, ..header(".") };
    let want = "{\n  \"a\": [\n    1,\n    {}\n  ],\n  \"b\": []\n}\n";
    assert_eq!(asked(&pretty, br#"{"a":[1,{}],"b":[]}"#).0, want);
}

#[test]
fn what_is_no_json_is_reported_with_its_place() {
    for (input, problem, place) in [
        (&b"<html>"[..], "expected value", (1, 1)),
        (b"# a comment", "expected value", (1, 1)),
        (b"[NaN]", "expected value", (1, 2)),
        (b"{\"a\":\n [1,,2]}", "expected value", (2, 5)),
        ("[\"é\", é]".as_bytes(), "expected value", (1, 7)),
        (b"{\"a\":tru", "it ends too early", (1, 8)),
        (b"1 2 }", "expected value", (1, 5)),
        (b"\0", "expected value", (1, 1)),
        (b"[1] \xff", "expected value", (1, 5)),
    ] {
        let (text, reported) = asked(&header("."), input);
        let (line, column) = place;
        assert_eq!(reported, ChildEnd::Input { message: problem.to_owned(), line, column });
        assert_eq!(text, "", "nothing is filtered before all is known to be right");
    }
    let half = asked(&header("."), b"[1]\n\"\\ud800\"").1;
    assert!(matches!(half, ChildEnd::Input { line: 2, .. }), "half a pair of surrogates: {half:?}");
}

#[test]
fn nesting_has_a_bound() {
    let nested = |depth: usize| "[".repeat(depth) + &"]".repeat(depth);
    for (input, is_reported) in [
        (nested(10_001), true),
        (format!("{} {}", nested(9), nested(10_001)), true),
        (format!("[\"{}\\\"[\"]", "[".repeat(20_000)), false),
        (format!("[{}]", "[],".repeat(20_000) + "[]"), false),
    ] {
        let reported = input::check(&input);
        assert_eq!(reported.is_err(), is_reported, "{reported:?}");
    }
    let (message, at) = mistake(&("(".repeat(50_000) + "1" + &")".repeat(50_000)));
    assert_eq!((message.as_str(), at), ("jq: brackets nest more than 1000 deep at column 1001", Some(1000)));
}

#[test]
fn mistakes_are_reported_in_plain_words_with_their_place() {
    for (filter, want, at) in [
        (".a | | .b", "unexpected `|` at column 6", 5),
        ("\n .a\n  é", "unexpected `é` at line 3, column 3", 7),
        ("\"é\" & 1", "unexpected `&` at column 5", 5),
        (".a |", "the filter ends too early, a step is missing at column 5", 4),
        ("1)", "unexpected `)` at column 2", 1),
        ("(1", "a bracket is not closed: `(` at column 1", 0),
        (". + \"a", "a text is not closed: `\"` at column 5", 4),
        ("\"\\q\"", "there is no such escape in a text at column 3", 2),
        ("if . then 1", "the filter ends too early, `else` or `end` is missing at column 12", 11),
        ("{a;}", "unexpected `;` instead of `,` or `}` at column 3", 2),
        (". | nosuch", "there is no filter `nosuch` at column 5", 4),
        ("map(1; 2)", "there is no filter `map` with 2 arguments at column 1", 0),
        ("$x", "there is no variable `$x` at column 1", 0),
        ("break $x", "there is no label `$x` around this at column 7", 6),
        ("include \"a\"; .", "modules cannot be loaded here at column 10", 9),
        ("import \"a\" as $a; .", "modules cannot be loaded here at column 9", 8),
        ("import \"a\" as a; .", "modules cannot be loaded here at column 9", 8),
        ("input_filename", "`input_filename` is not available here at column 1", 0),
        ("now | localtime", "`localtime` is not available here at column 7", 6),
        ("\0", "unexpected `�` at column 1", 0),
    ] {
        assert_eq!(mistake(filter), (format!("jq: {want}"), Some(at)), "{filter}");
    }
    assert_eq!(mistake("").0, "jq: the filter ends too early, a step is missing at column 1");
}

#[test]
fn failures_name_what_failed_and_how_far_it_came() {
    for (filter, want, before) in [
        (".[]", "cannot use \"text\" as an array or an object", 0),
        ("1, 2, error(\"mine\")", "mine", 2),
        ("error({code: 1})", "{\"code\":1}", 0),
        ("error(null)", "null", 0),
        ("1, halt_error", "the filter stopped itself with code 5", 1),
        ("implode", "cannot use \"text\" as an array", 0),
    ] {
        let (_, reported) = asked(&header(filter), b"\"text\"");
        assert_eq!(reported, ChildEnd::Run { message: want.to_owned(), values: before }, "{filter}");
    }
    let long = format!("[{}]", "\"x\",".repeat(100_000) + "1");
    let (_, reported) = asked(&header(".a"), long.as_bytes());
    let ChildEnd::Run { message, .. } = reported else { panic!("{reported:?}") };
    assert!(
        message.starts_with("cannot index [\"x\",\"x\"") && message.ends_with("\"x\",1] with \"a\""),
        "{message}"
    );
    assert!(message.contains('…') && message.chars().count() < 200, "{message}");
}

#[test]
fn results_end_at_what_is_kept() {
    let most = |most| Header { most, ..header("repeat(1)") };
    assert_eq!(asked(&most(10), b"0"), ("1\n".repeat(5), ChildEnd::Done { values: 5, truncated: true }));
    assert_eq!(
        asked(&most(9), b"0"),
        ("1\n1\n1\n1\n1".to_owned(), ChildEnd::Done { values: 4, truncated: true })
    );
    assert_eq!(asked(&most(0), b"0").1, ChildEnd::Done { values: 0, truncated: true });
    let fits = Header { most: 2, ..header("1") };
    assert_eq!(asked(&fits, b"0").1, ChildEnd::Done { values: 1, truncated: false });
    for (cut, kept) in [("aé", "aé"), ("a😀", "a😀"), ("a", "a"), ("", "")] {
        for missing in 0..2.min(cut.len()) {
            let mut bytes = cut.as_bytes().get(..cut.len() - missing).unwrap().to_vec();
            end_at_a_character(&mut bytes);
            let want =
                if missing == 0 { kept } else { cut.trim_end_matches(|last: char| cut.ends_with(last)) };
            assert_eq!(String::from_utf8(bytes).unwrap(), want, "{cut} without {missing}");
        }
    }
}

#[cfg(unix)]
#[test]
fn a_silent_end_is_explained_by_its_signal_and_the_last_words() {
    use std::os::unix::process::ExitStatusExt;
    use std::process::ExitStatus;
    let reported = |status, words| error::silent(ExitStatus::from_raw(status), words).to_string();
    assert_eq!(reported(6, "thread 'jq' has overflowed its stack"), JqError::TooDeep.to_string());
    assert_eq!(reported(6, "memory allocation of 5 bytes failed"), JqError::Memory.to_string());
    assert_eq!(reported(9, ""), JqError::Memory.to_string());
    assert_eq!(reported(24, ""), JqError::TimedOut.to_string());
    assert_eq!(reported(11, ""), JqError::Crashed.to_string());
    assert_eq!(reported(0, ""), JqError::Crashed.to_string(), "an end without a word is none");
}

/// Arbitrary JSON that two parsers print alike: whole numbers only.
fn json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 32, 5, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            prop::collection::vec((".{0,6}", inner), 0..5).prop_map(|fields| fields.into_iter().collect()),
        ]
    })
}

proptest! {
    #[test]
    fn the_dot_changes_nothing(value in json()) {
        let compact = value.to_string();
        let text = given(".", compact.as_bytes());
        prop_assert_eq!(serde_json::from_str::<Value>(&text).unwrap(), value.clone());
        let (pretty, _) = asked(&Header { pretty: true, ..header(".") }, compact.as_bytes());
        prop_assert_eq!(serde_json::from_str::<Value>(&pretty).unwrap(), value);
        prop_assert_eq!(text.matches('\n').count(), 1);
    }

    #[test]
    fn no_filter_breaks_the_reader(filter in "[-a-c.|,()\\[\\]{}\"\\\\$@é0-1 \n?:;=]{0,24}") {
        let (_, reported) = asked(&Header { most: 1 << 10, ..header(&format!("if false then {filter} else 1 end")) }, b"0");
        if let ChildEnd::Filter { at: Some(at), .. } = reported {
            prop_assert!(at <= filter.len() + 30);
        }
    }
}
