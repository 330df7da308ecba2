//! Filling the `{name}` places of a URL (protocol: calls.md section A3).

use super::draft::DraftError;
use crate::protocol::target;

/// The names of a URL's places, each once, in order. What is no `{name}` is left for [`fill`] to refuse.
pub fn places(url: &str) -> Vec<&str> {
    let mut names = Vec::new();
    for piece in pieces(url) {
        if let Piece::Place(name) = piece
            && !names.contains(&name)
        {
            names.push(name);
        }
    }
    names
}

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

/// Whether a text can be the name of a place.
pub fn is_name(text: &str) -> bool {
    let mut bytes = text.bytes();
    bytes.next().is_some_and(|first| first.is_ascii_alphabetic() || first == b'_')
        && bytes.all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

enum Piece<'a> {
    Text(&'a str),
    Place(&'a str),
}

fn pieces(url: &str) -> Vec<Piece<'_>> {
    let mut out = Vec::new();
    let mut rest = url;
    // Where the search for the next place goes on, so that a brace that opens none is passed over.
    let mut from = 0;
    while let Some(open) = rest.get(from..).and_then(|tail| tail.find('{')).map(|at| from + at) {
        let inside = rest.get(open + 1..).unwrap_or_default();
        match inside.split_once('}') {
            Some((name, after)) if is_name(name) => {
                out.push(Piece::Text(rest.get(..open).unwrap_or_default()));
                out.push(Piece::Place(name));
                rest = after;
                from = 0;
            }
            _ => from = open + 1,
        }
    }
    out.push(Piece::Text(rest));
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn places_are_found_in_order() {
        assert_eq!(places("https://{host}/{a}/{b}?q={a}"), ["host", "a", "b"]);
        assert_eq!(places("https://h/{/{1}/{a}/}/{ b }/{é}"), ["a"]);
        assert!(places("").is_empty());
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
