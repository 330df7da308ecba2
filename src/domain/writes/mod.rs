//! Decides whether a request may change data at the provider (safety rule 5). The method says most of it, but
//! a GET may override its method in a header, parameter or body, and some providers accept every procedure by
//! GET.
//!
//! Checks the URL as it will be sent, and as other parsers may read it, with normalised names.

mod address;
mod content;
mod graphql;
mod names;
mod procedures;

use serde_json::Value;

use self::content::WriteHint;
use super::RequestDraft;
use super::percent;
use super::template::{self, Piece};

/// Whether the method alone may change data: any except GET, HEAD and OPTIONS.
pub fn by_method(method: &str) -> bool {
    !["GET", "HEAD", "OPTIONS"].iter().any(|safe| method.trim().eq_ignore_ascii_case(safe))
}

impl RequestDraft {
    /// Whether it may change data at the provider (safety rule 5).
    pub fn is_write(&self) -> bool {
        self.write().is_some()
    }

    /// What may change data, in a few words: `POST`, `GET with X-HTTP-Method-Override`; `None` = nothing
    /// known.
    pub fn write(&self) -> Option<String> {
        let method = self.method.trim().to_uppercase();
        if by_method(&method) {
            return Some(method);
        }
        if let Some((name, _)) = self.headers.iter().find(|(name, _)| names::is_override_header(name)) {
            return Some(format!("{method} with {name}"));
        }
        // Both as people read it and as it is sent: a value may hide what follows it in either form.
        let shown = template::shown(&self.url, &self.path_parameters);
        for url in [&self.filled(), &shown] {
            if let Some(what) = write_in_url(url) {
                return Some(format!("{method} {what}"));
            }
        }
        let in_query = self.query.iter().find_map(|(name, value)| write_in_query(name, value));
        if let Some(asked) = in_query {
            return Some(format!("{method} {}", asked.words()));
        }
        content::in_body(&self.body).map(|asked| format!("{method} {} in its body", asked.words()))
    }

    /// The URL with its placeholders filled, encoded as it is sent.
    fn filled(&self) -> String {
        let pieces =
            template::split_url(&self.url, &self.path_parameters).into_iter().map(|piece| match piece {
                Piece::Text(text) => text.to_owned(),
                Piece::Place(name) => match self.path_parameters.iter().find(|(known, _)| known == name) {
                    Some((_, value)) => percent::encode(value),
                    None => format!("{{{name}}}"),
                },
            });
        pieces.collect()
    }
}

/// What in a URL may change data.
fn write_in_url(url: &str) -> Option<String> {
    let readings = address::interpretations(url);
    if readings.is_empty() && !is_incomplete(url) {
        return Some("of a URL that cannot be read".to_owned());
    }
    readings.iter().find_map(|address| {
        let parameter =
            address.parameters.iter().find_map(|(name, value)| content::in_parameter(name, value));
        parameter
            .map(|asked| asked.words())
            .or_else(|| procedures::procedure(address).map(|procedure| format!("of {procedure}")))
    })
}

/// Whether there is only the beginning of a URL.
fn is_incomplete(url: &str) -> bool {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    rest.trim_matches(|character: char| character.is_whitespace() || "/\\:?#".contains(character)).is_empty()
}

/// What a parameter outside the URL requests.
fn write_in_query(name: &str, value: &Value) -> Option<WriteHint> {
    match value {
        Value::Array(values) => values.iter().find_map(|value| write_in_query(name, value)),
        Value::String(value) => content::in_parameter(name, value),
        value => content::in_parameter(name, &value.to_string()),
    }
}

#[cfg(test)]
#[path = "writes_tests.rs"]
mod tests;
