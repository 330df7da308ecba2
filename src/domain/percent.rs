//! Percent-encoding and URL query parameters.

use std::borrow::Cow;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode, percent_encode};

/// Everything except `A-Z a-z 0-9 _ . - ~`.
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'_').remove(b'.').remove(b'-').remove(b'~');

/// Encodes everything except `A-Z a-z 0-9 _ . - ~`.
pub(super) fn encode(text: &str) -> String {
    encode_bytes(text.as_bytes())
}

/// Like [`encode`], for bytes.
pub(super) fn encode_bytes(bytes: &[u8]) -> String {
    percent_encode(bytes, ESCAPED).to_string()
}

/// Appends encoded bytes; a space becomes `+` if `plus`, else `%20`.
pub fn encode_into(out: &mut String, bytes: &[u8], plus: bool) {
    for (index, word) in bytes.split(|byte| plus && *byte == b' ').enumerate() {
        out.extend((index > 0).then_some("+").into_iter().chain(percent_encode(word, ESCAPED)));
    }
}

/// Decodes escapes once; malformed ones stay as they are.
pub fn decode_bytes(bytes: &[u8]) -> Vec<u8> {
    Cow::from(percent_decode(bytes)).into_owned()
}

/// Decodes a text, reading `+` as a space in parameters. Returns `None` if the result is not UTF-8.
pub(super) fn decode(text: &str, parameter: bool) -> Option<String> {
    let spaced = if parameter { text.replace('+', " ") } else { text.to_owned() };
    String::from_utf8(decode_bytes(spaced.as_bytes())).ok()
}

/// Splits a query parameter into encoded name and value.
pub(super) fn pair(piece: &str) -> (Cow<'_, str>, Cow<'_, str>) {
    let (name, value) = piece.split_once('=').unwrap_or((piece, ""));
    let decoded = |text| decode(text, true).map_or(Cow::Borrowed(text), Cow::Owned);
    (decoded(name), decoded(value))
}

/// Splits a URL into the part before the query, the query, and the fragment.
pub(super) fn parts(url: &str) -> (&str, Option<&str>, Option<&str>) {
    let (url, fragment) = url.split_once('#').map_or((url, None), |(url, end)| (url, Some(end)));
    let (place, query) = url.split_once('?').map_or((url, None), |(url, query)| (url, Some(query)));
    (place, query, fragment)
}

/// Merges parameters into the query of a URL, replacing those of the same name, as a call does.
pub(super) fn merge(url: &str, parameters: &[(String, String)]) -> String {
    if parameters.is_empty() {
        return url.to_owned();
    }
    let (place, query, fragment) = parts(url);
    let own = query.into_iter().flat_map(|query| query.split('&')).filter(|piece| {
        let (name, _) = pair(piece);
        !piece.is_empty() && !parameters.iter().any(|(known, _)| *known == name)
    });
    let new = parameters.iter().map(|(name, value)| format!("{}={}", encode(name), encode(value)));
    let query: Vec<String> = own.map(str::to_owned).chain(new).collect();
    let fragment = fragment.map(|fragment| format!("#{fragment}")).unwrap_or_default();
    format!("{place}?{}{fragment}", query.join("&"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn same_names_are_replaced_and_others_stay() {
        let more = [("b".to_owned(), "x y".to_owned()), ("c&".to_owned(), String::new())];
        assert_eq!(merge("https://h/p?a=1&b=2#f", &more), "https://h/p?a=1&b=x%20y&c%26=#f");
        assert_eq!(merge("https://h", &more), "https://h?b=x%20y&c%26=");
        assert_eq!(merge("https://h?", &[]), "https://h?");
        assert_eq!(decode("%zz%4", false).as_deref(), Some("%zz%4"));
        assert_eq!(decode("%ff", false), None);
    }

    proptest! {
        #[test]
        fn what_is_encoded_is_read_back(text in any::<String>()) {
            prop_assert_eq!(decode(&encode(&text), true), Some(text));
        }
    }
}
