//! Redaction: what may leave this program, or be stored, about a call.

use std::ops::Range;
use std::sync::Arc;

use serde::de::IgnoredAny;
use serde_json::Value;
use zeroize::Zeroizing;

use super::encoded::{SecretForms, find, masked as masked_bytes, masked_each};
use super::inject::ProviderRequest;
use super::json::{self, Style};
use super::token::Credential;
use crate::domain::percent;
use crate::domain::secret_names::{Place, is_name_of_pair, is_secret_name, is_value_of_pair, names_secret};
use crate::domain::secret_shapes::{self, masked};
use crate::identity::ascii_json;

pub use crate::domain::record::REDACTED;

/// Removes secrets from texts, in any encoding. Never printed, wiped on drop.
pub struct Redactor {
    secrets: Vec<Arc<SecretForms>>,
}

impl Redactor {
    /// For calls with a credential.
    pub fn new(credential: &Credential) -> Self {
        Self::without_credential().with(credential.forms())
    }

    /// For one call with a credential: also removes the secret derived for it.
    pub fn for_call(credential: &Credential, sent: &ProviderRequest) -> Self {
        let all = Self::new(credential);
        if sent.proof().is_some() { all.and(sent.proof()) } else { all }
    }

    /// For calls whose credential stays with Alter: removes only the values of secret names.
    pub fn without_credential() -> Self {
        Self { secrets: Vec::new() }
    }

    /// Adds secrets.
    #[must_use]
    pub fn and<'a>(self, secrets: impl IntoIterator<Item = &'a str>) -> Self {
        self.with(SecretForms::of(secrets.into_iter()))
    }

    /// Adds prepared secrets: the app's key, an end user's token.
    #[must_use]
    pub fn with(mut self, secrets: Arc<SecretForms>) -> Self {
        self.secrets.push(secrets);
        self
    }

    /// Removes secrets from a text.
    pub fn text(&self, text: &str) -> String {
        let clean = self.bytes(text.as_bytes(), false);
        // A range may end within a character of another charset.
        clean.map_or_else(|| text.to_owned(), |clean| String::from_utf8_lossy(&clean).into_owned())
    }

    /// Removes secrets from bytes of any kind; `None` if there are none. If the bytes were `cut`, also the beginning of
    /// a secret at the end.
    pub(super) fn bytes(&self, bytes: &[u8], cut: bool) -> Option<Vec<u8>> {
        let found = find(&self.secrets, bytes, cut);
        let clean = masked_bytes(bytes, &found, REDACTED, cut)?;
        let is_list = |range: &Range<usize>| bytes.get(range.clone()).is_some_and(is_list_of_numbers);
        if !found.iter().any(is_list) || is_json(&clean) || !is_json(bytes) {
            return Some(clean);
        }
        // Within a JSON list, the mask needs quotes of its own.
        let quoted = |range: &Range<usize>| if is_list(range) { "\"[redacted]\"" } else { REDACTED };
        masked_each(bytes, &found, quoted, cut).filter(|quoted| is_json(quoted)).or(Some(clean))
    }

    /// Redacts a URL: removes user information, values of secret parameters, the credential, and anything that looks
    /// like one.
    pub fn url(&self, url: &str) -> String {
        let (before, fragment) = url.split_once('#').map_or((url, None), |(url, end)| (url, Some(end)));
        let (place, query) = before.split_once('?').map_or((before, None), |(url, query)| (url, Some(query)));
        let segments: Vec<String> =
            without_user(place).split('/').map(|segment| self.pairs(segment)).collect();
        let mut out = segments.join("/");
        for (mark, part) in [('?', query), ('#', fragment)] {
            if let Some(part) = part {
                out.push(mark);
                out.push_str(&self.pairs(part));
            }
        }
        masked(&self.text(&out), REDACTED)
    }

    /// Redacts a body: in JSON the values of secret fields, in a form those of secret parameters, in any text the
    /// credential. A body without secrets stays unchanged.
    pub fn body(&self, text: &str) -> String {
        if text.trim_start().starts_with(['{', '[', '"'])
            && let Ok(mut value) = serde_json::from_str::<Value>(text)
        {
            return if self.scrub(&mut value) { self.text(&value.to_string()) } else { self.text(text) };
        }
        let form = !text.contains(char::is_whitespace) && text.contains('=');
        if form { self.text(&self.pairs(text)) } else { self.text(text) }
    }

    /// Redacts JSON; the result is JSON.
    pub(super) fn json(&self, text: &str) -> String {
        let body = self.body(text);
        if serde_json::from_str::<IgnoredAny>(&body).is_ok() {
            return json::restyle(&body, Style::Ascii);
        }
        // The credential was not within a string but, for example, a bare number.
        let mut quoted = String::new();
        ascii_json(&mut quoted, &body);
        quoted
    }

    /// Redacts parameters joined by `&` or `;`.
    pub(super) fn pairs(&self, query: &str) -> String {
        let pieces = query.split('&').map(|piece| {
            let (kept, end) = match secret_parameter(piece) {
                Some(value) => (piece.get(..value).unwrap_or_default(), REDACTED),
                None => (piece, ""),
            };
            let clean = match kept.split_once('=') {
                Some((name, value)) => format!("{}={}", self.piece(name), self.piece(value)),
                None => self.piece(kept),
            };
            clean + end
        });
        pieces.collect::<Vec<_>>().join("&")
    }

    /// Redacts a part of a URL. It is removed as a whole if, decoded, it looks like a secret or has a secret name.
    pub(super) fn piece(&self, piece: &str) -> String {
        let decoded = percent::decode_bytes(piece.as_bytes());
        let decoded = Zeroizing::new(String::from_utf8_lossy(&decoded).into_owned());
        let named = *decoded != piece && decoded.split('&').any(|part| secret_parameter(part).is_some());
        if named || secret_shapes::holds(&decoded) { REDACTED.to_owned() } else { self.text(piece) }
    }

    /// Redacts a value; returns whether it contained secrets.
    fn scrub(&self, value: &mut Value) -> bool {
        let redacted = || Value::String(REDACTED.to_owned());
        match value {
            Value::Null | Value::Bool(_) => false,
            Value::Number(number) => {
                let written = number.to_string();
                let found = self.text(&written) != written;
                if found {
                    *value = redacted();
                }
                found
            }
            Value::String(text) => {
                let clean = self.text(text);
                let found = clean != *text;
                *text = clean;
                found
            }
            Value::Array(items) => items.iter_mut().fold(false, |any, item| self.scrub(item) | any),
            Value::Object(fields) => {
                let mut found = false;
                let whole = std::mem::take(fields);
                let paired = whole
                    .iter()
                    .any(|(name, value)| is_name_of_pair(name) && value.as_str().is_some_and(names_secret));
                for (name, mut value) in whole {
                    let filled =
                        matches!(&value, Value::String(text) if !text.is_empty()) || value.is_number();
                    let named = is_secret_name(&name, Place::Field) || (paired && is_value_of_pair(&name));
                    if filled && named {
                        value = redacted();
                        found = true;
                    }
                    let clean = self.text(&name);
                    found |= self.scrub(&mut value);
                    found |= clean != name;
                    fields.insert(clean, value);
                }
                found
            }
        }
    }

    /// Redacts the value of a header.
    pub fn header(&self, name: &str, value: &str) -> String {
        if is_secret_name(name, Place::Header) { REDACTED.to_owned() } else { self.text(value) }
    }
}

/// Whether this is a list of at least two numbers: `115,107`.
fn is_list_of_numbers(bytes: &[u8]) -> bool {
    let is_part = |byte: &u8| byte.is_ascii_digit() || byte.is_ascii_whitespace() || *byte == b',';
    bytes.iter().all(is_part) && bytes.contains(&b',')
}

fn is_json(bytes: &[u8]) -> bool {
    serde_json::from_slice::<IgnoredAny>(bytes).is_ok()
}

/// Offset of the value of the first secret parameter in a piece between two `&`. Everything after it may belong to it,
/// as a secret may contain a `;`.
fn secret_parameter(piece: &str) -> Option<usize> {
    let mut at = 0;
    for part in piece.split_inclusive([';', '?', '#']) {
        if let Some((name, _)) = part.split_once('=') {
            let value = at + name.len() + 1;
            let filled = piece.get(value..).is_some_and(|value| !value.trim_start_matches('=').is_empty());
            let name = percent::decode_bytes(name.as_bytes());
            if filled && is_secret_name(&String::from_utf8_lossy(&name), Place::Parameter) {
                return Some(value);
            }
        }
        at += part.len();
    }
    None
}

/// Removes the values of secret parameters from a text that may contain parameters.
pub(super) fn without_parameters(text: &str) -> String {
    let pieces = text.split('&').map(|piece| match secret_parameter(piece) {
        Some(value) => format!("{}{REDACTED}", piece.get(..value).unwrap_or_default()),
        None => piece.to_owned(),
    });
    pieces.collect::<Vec<_>>().join("&")
}

fn without_user(place: &str) -> String {
    let Some((scheme, rest)) = place.split_once("://") else {
        // Not a URL, but possibly meant as one.
        let user = place.split_once('/').map_or(place, |(authority, _)| authority).rsplit_once('@');
        let user = user.filter(|(user, _)| user.contains(':')).map_or(0, |(user, _)| user.len() + 1);
        return place.get(user..).unwrap_or_default().to_owned();
    };
    let end = rest.find('/').unwrap_or(rest.len());
    let (authority, path) = rest.split_at_checked(end).unwrap_or((rest, ""));
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    format!("{scheme}://{host}{path}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn body(text: &str) -> String {
        Redactor::without_credential().and(["tok-1234"]).body(text)
    }

    #[test]
    fn of_a_body_the_values_of_secret_names_are_taken_out() {
        for (text, want) in [
            ("a=1&password=x&b=", "a=1&password=[redacted]&b="),
            (r#"{"a":{"password":"x","n":7}}"#, r#"{"a":{"password":"[redacted]","n":7}}"#),
            (r#"[{"key":"token","value":"x"}]"#, r#"[{"key":"token","value":"[redacted]"}]"#),
            (r#"{"pin":[1],"tok-1234":"tok-1234"}"#, r#"{"pin":[1],"[redacted]":"[redacted]"}"#),
        ] {
            assert_eq!(body(text), want);
        }
    }

    #[test]
    fn a_body_in_which_nothing_is_secret_stays_as_it_is() {
        for text in [
            r#"{ "a" : "b", "n": 1.50, "list": [ true, null ] }"#,
            r#"[{"key": "colour", "value": "red"}]"#,
            r#"{"value": "alone"}"#,
            r#"{"password": ""}"#,
            "password=",
            "who says password=x in a sentence",
            "plain",
        ] {
            assert_eq!(body(text), text);
        }
    }

    #[test]
    fn a_url_loses_its_user_and_what_stands_under_secret_names() {
        let url = |text: &str| Redactor::without_credential().url(text);
        assert_eq!(
            url("https://me:pw@h/x?password=a#sig=b"),
            "https://h/x?password=[redacted]#sig=[redacted]"
        );
        // Not a URL: a name with a password is meant as a user, a bare name could be anything.
        assert_eq!((url("me:pw@h/x").as_str(), url("me@h/x").as_str()), ("h/x", "me@h/x"));
        for text in ["https://h/?password=&a=1", "https://h/?password==", "https://h/a;b?c"] {
            assert_eq!(url(text), text);
        }
    }
}
