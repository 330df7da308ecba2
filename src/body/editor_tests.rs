use proptest::prelude::*;

use super::*;

#[test]
fn a_text_is_formatted_as_it_is_written() {
    for (text, want) in [
        (r#"{"b":1.50,"a":1e5,"b":[ ]}"#, "{\n  \"b\": 1.50,\n  \"a\": 1e5,\n  \"b\": []\n}"),
        ("[1,{\"x\" : \"\\u00e9\\/\"}]", "[\n  1,\n  {\n    \"x\": \"\\u00e9\\/\"\n  }\n]"),
        ("  null\n", "null"),
        ("12345678901234567890123", "12345678901234567890123"),
        ("{\"a:\" \n:\n1}", "{\n  \"a:\": 1\n}"),
    ] {
        assert_eq!(format(text).unwrap(), want);
        assert_eq!(format(want).unwrap(), want, "formatted again it stays");
    }
}

#[test]
fn what_is_wrong_is_found() {
    let problem = check("{\n  \"a\": 1\n  \"b\": 2\n}").unwrap_err();
    assert_eq!((problem.line, problem.column, problem.offset), (3, 3, 13));
    assert_eq!(problem.to_string(), "line 3, column 3: a comma is missing before the string");
    assert_eq!(format("[1").unwrap_err().problem, "a list is not closed: `]` is missing");
    let deep = format!("{}{}", "[".repeat(20_000), "]".repeat(20_000));
    assert!(check(&deep).is_ok());
    assert_eq!(format(&deep).unwrap_err().problem, "nested too deep to be formatted");
}

#[test]
fn each_part_has_its_class() {
    let seen = |text: &str| {
        let all = classes(text).into_iter();
        all.map(|(range, class)| (text.get(range).unwrap().to_owned(), class)).collect::<Vec<_>>()
    };
    let want = |all: &[(&str, Class)]| {
        all.iter().map(|(text, class)| ((*text).to_owned(), *class)).collect::<Vec<_>>()
    };
    assert_eq!(
        seen("{\"a\" :-1.5e3,\"b\\\"\":true}"),
        want(&[
            ("{", Class::Punctuation),
            ("\"a\"", Class::Key),
            (" ", Class::Text),
            (":", Class::Punctuation),
            ("-1.5e3", Class::Number),
            (",", Class::Punctuation),
            ("\"b\\\"\"", Class::Key),
            (":", Class::Punctuation),
            ("true", Class::Literal),
            ("}", Class::Punctuation),
        ])
    );
    assert_eq!(
        seen("\"open\nnul nulls ü"),
        want(&[("\"open", Class::String), ("\nnul nulls ü", Class::Text)])
    );
}

proptest! {
    #[test]
    fn classes_are_the_whole_text(text in "[\\[\\]{},:\"\\\\a-f\\-0-9.\n éA]{0,60}|\\PC{0,40}") {
        let mut end = 0;
        for (range, _) in classes(&text) {
            prop_assert_eq!(range.start, end);
            prop_assert!(text.get(range.clone()).is_some_and(|part| !part.is_empty()));
            end = range.end;
        }
        prop_assert_eq!(end, text.len());
    }

    #[test]
    fn formatting_keeps_the_value(text in "[\\[\\]{},:\"a1 ]{0,12}") {
        if let Ok(formatted) = format(&text) {
            let value = |text: &str| serde_json::from_str::<serde_json::Value>(text).unwrap();
            prop_assert_eq!(value(&formatted), value(&text));
        }
    }
}
