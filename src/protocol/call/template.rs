//! Filling the `{name}` places of a URL (protocol: calls.md section A3).

use super::draft::DraftError;
use crate::domain::template::{Piece, pieces};
pub use crate::domain::template::{is_name, places};
use crate::protocol::target;

/// Puts values into the places, percent-encoded, so that no value can leave its place. Parameters that the URL
/// does not name are ignored.
///
/// # Errors
/// A name that is none, a place without a value, a brace left over.
pub fn fill(url: &str, parameters: &[(String, String)]) -> Result<String, DraftError> {
    if let Some((name, _)) = parameters.iter().find(|(name, _)| !is_name(name)) {
        return Err(DraftError::ParameterName(name.clone()));
    }
    let mut out = String::with_capacity(url.len());
    for piece in pieces(url) {
        match piece {
            Piece::Text(text) if text.contains(['{', '}']) => return Err(DraftError::Brace),
            Piece::Text(text) => out.push_str(text),
            Piece::Place(name) => {
                let value = parameters.iter().find(|(known, _)| known == name);
                let (_, value) = value.ok_or_else(|| DraftError::ParameterMissing(name.to_owned()))?;
                target::encode_into(&mut out, value, false);
            }
        }
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

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
            // Whoever gives a value to each place is told of braces at most.
            let all: Vec<(String, String)> =
                places(&url).iter().map(|name| ((*name).to_owned(), "x/{y}".to_owned())).collect();
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
