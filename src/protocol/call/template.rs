//! Fills the `{name}` placeholders of a URL (docs/protocol/calls.md section A3).

use super::draft::DraftError;
use crate::domain::percent;
use crate::domain::template::{Piece, split_url};
pub use crate::domain::template::{is_name, places, plain};

/// Fills the placeholders with percent-encoded values, so that no value can escape its place. Unused parameters are
/// ignored. In the query, braces that are not placeholders, and placeholders without a value, are percent-encoded:
/// providers document `?filter={"a":1}` and `?fields=posts{message}`. The official SDK refuses them there too.
///
/// # Errors
/// An invalid name, a placeholder without a value, or a stray brace before the query.
pub fn fill(url: &str, parameters: &[(String, String)]) -> Result<String, DraftError> {
    if let Some((name, _)) = parameters.iter().find(|(name, _)| !is_name(name)) {
        return Err(DraftError::ParameterName(name.clone()));
    }
    let mut out = String::with_capacity(url.len());
    let mut in_query = false;
    for piece in split_url(url, parameters) {
        match piece {
            Piece::Text(text) => {
                let begin = if in_query { 0 } else { text.find('?').unwrap_or(text.len()) };
                let (before, query) = text.split_at(begin);
                if before.contains(['{', '}']) {
                    return Err(DraftError::Brace);
                }
                in_query |= !query.is_empty();
                out.push_str(before);
                out.push_str(&query.replace('{', "%7B").replace('}', "%7D"));
            }
            Piece::Place(name) => {
                let value = parameters.iter().find(|(known, _)| known == name);
                let (_, value) = value.ok_or_else(|| DraftError::ParameterMissing(name.to_owned()))?;
                percent::encode_into(&mut out, value.as_bytes(), false);
            }
        }
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn braces_of_a_query_are_encoded() {
        let fill = |url: &str| fill(url, &[("a".to_owned(), "1".to_owned())]);
        for (url, want) in [
            (
                r#"https://h/{a}?filter={"x":{"y":{a}}}&z=?{"#,
                Some(r#"https://h/1?filter=%7B"x":%7B"y":1%7D%7D&z=?%7B"#),
            ),
            ("https://h/{a}?{a}", Some("https://h/1?1")),
            ("https://h/?fields=posts{message}&x={a}", Some("https://h/?fields=posts%7Bmessage%7D&x=1")),
            ("https://h/{b}?{a}", None),
            ("https://h/{?x", None),
            ("https://h/}", None),
        ] {
            assert_eq!(fill(url).ok().as_deref(), want, "{url}");
        }
    }

    proptest! {
        #[test]
        fn a_filled_url_has_no_braces(
            url in "[a-c{}/?é]{0,24}",
            values in prop::collection::vec(("[a-c]", ".*"), 0..4),
        ) {
            let values: Vec<(String, String)> = values;
            if let Ok(filled) = fill(&url, &values) {
                prop_assert!(!filled.contains(['{', '}']), "{}", filled);
            }
            // With a value for every placeholder, only braces can be refused.
            let all: Vec<(String, String)> =
                places(&url, &[]).iter().map(|name| ((*name).to_owned(), "x/{y}".to_owned())).collect();
            let filled = fill(&url, &all);
            prop_assert!(matches!(filled, Ok(_) | Err(DraftError::Brace)), "{:?}", filled);
        }

        #[test]
        fn a_value_stays_in_its_place(value in ".*") {
            let filled = fill("https://h/{a}/end", &[("a".to_owned(), value)]).unwrap();
            let inside = filled.strip_prefix("https://h/").and_then(|rest| rest.strip_suffix("/end")).unwrap();
            prop_assert!(inside.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_.-~%".contains(&byte)));
        }
    }
}
