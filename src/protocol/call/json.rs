//! JSON bodies: validation, and formatting for each receiver without changing any number.

use serde::de::IgnoredAny;

use crate::identity::ascii_json;

/// How JSON is formatted. The content stays the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// No spaces, non-ASCII escaped: bodies for the backend (docs/protocol/transport.md section 6).
    Ascii,
    /// No spaces, UTF-8: bodies for providers (docs/protocol/calls.md section A4).
    Utf8,
    /// A space after `,` and `:`, non-ASCII escaped: bodies for AWS (docs/protocol/calls.md section A5).
    Aws,
}

/// Where a text is not valid JSON.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}, column {column}: {problem}")]
pub struct JsonError {
    /// Counted from 1.
    pub line: usize,
    /// Counted from 1; 0 at the very start of a line.
    pub column: usize,
    /// What is wrong.
    pub problem: String,
}

/// Validates a text; `None` if it is `null`, which stands for no body (docs/protocol/calls.md section A4).
///
/// # Errors
/// Where it is not valid JSON. `NaN`, infinities and depths over 127 are refused.
pub fn check(text: &str) -> Result<Option<&str>, JsonError> {
    let Err(error) = serde_json::from_str::<IgnoredAny>(text) else {
        return Ok(Some(text.trim_ascii()).filter(|text| *text != "null"));
    };
    let whole = error.to_string();
    let problem = whole.rfind(" at line ").and_then(|end| whole.get(..end)).unwrap_or(&whole).to_owned();
    Err(JsonError { line: error.line(), column: error.column(), problem })
}

/// Reformats valid JSON. Numbers, order and repeated names are kept as written.
pub fn restyle(text: &str, style: Style) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(character) = rest.chars().next() {
        if character == '"' {
            let end = string_end(rest);
            let (string, after) = rest.split_at_checked(end).unwrap_or((rest, ""));
            write_string(&mut out, string, style);
            rest = after;
            continue;
        }
        rest = rest.get(character.len_utf8()..).unwrap_or_default();
        match character {
            ' ' | '\t' | '\n' | '\r' => {}
            ',' | ':' if style == Style::Aws => {
                out.push(character);
                out.push(' ');
            }
            _ => out.push(character),
        }
    }
    out
}

/// The length of the string at the start of a text, quotes included.
fn string_end(text: &str) -> usize {
    let mut escaped = false;
    for (index, byte) in text.bytes().enumerate().skip(1) {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => return index + 1,
            _ => {}
        }
    }
    text.len()
}

fn write_string(out: &mut String, string: &str, style: Style) {
    let Ok(content) = serde_json::from_str::<String>(string) else {
        // Half a surrogate pair: valid JSON, but not decodable. Keep the escape.
        out.push_str(string);
        return;
    };
    match style {
        Style::Ascii | Style::Aws => ascii_json(out, &content),
        Style::Utf8 => out.push_str(&utf8_json(&content)),
    }
}

fn utf8_json(text: &str) -> String {
    // A string always serialises.
    serde_json::to_string(text).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn content_survives_every_style() {
        let text = " { \"n\" : 1.0e5 , \"big\":12345678901234567890123, \"caf\\u00e9\" : [ \"a\\/b\\n\" , \"é\" ] , \"n\":2,\"half\":\"\\ud800\" } ";
        assert_eq!(
            restyle(text, Style::Ascii),
            r#"{"n":1.0e5,"big":12345678901234567890123,"caf\u00e9":["a/b\n","\u00e9"],"n":2,"half":"\ud800"}"#
        );
        assert_eq!(
            restyle(text, Style::Utf8),
            r#"{"n":1.0e5,"big":12345678901234567890123,"café":["a/b\n","é"],"n":2,"half":"\ud800"}"#
        );
        assert_eq!(restyle("{\"a\":[1,\"b, c: d\"]}", Style::Aws), r#"{"a": [1, "b, c: d"]}"#);
    }

    #[test]
    fn faults_have_a_place() {
        assert_eq!(check(" null\n"), Ok(None));
        assert_eq!(check("false"), Ok(Some("false")));
        let error = check("{\n  \"a\": NaN\n}").unwrap_err();
        assert_eq!((error.line, error.column), (2, 8));
        assert!(check("").is_err() && check("{} x").is_err());
        assert!(check(&"[".repeat(200_000)).is_err());
    }

    fn json() -> impl Strategy<Value = serde_json::Value> {
        let leaf = prop_oneof![
            Just(serde_json::Value::Null),
            any::<bool>().prop_map(Into::into),
            any::<i64>().prop_map(Into::into),
            ".*".prop_map(Into::into),
        ];
        leaf.prop_recursive(4, 32, 6, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..6).prop_map(Into::into),
                prop::collection::btree_map(".*", inner, 0..6)
                    .prop_map(|map| serde_json::Value::Object(map.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn every_value_means_the_same_in_every_style(value in json()) {
            for written in [value.to_string(), serde_json::to_string_pretty(&value).unwrap()] {
                for style in [Style::Ascii, Style::Utf8, Style::Aws] {
                    let text = restyle(&written, style);
                    prop_assert!(style == Style::Utf8 || text.is_ascii());
                    prop_assert_eq!(&serde_json::from_str::<serde_json::Value>(&text).unwrap(), &value);
                }
            }
        }

        #[test]
        fn no_text_makes_it_panic(text in ".*") {
            let _ = (check(&text), restyle(&text, Style::Aws));
        }
    }
}
