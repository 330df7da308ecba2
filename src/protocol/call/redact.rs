//! Texts without secrets: what may leave this program about a call, or be kept of it.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE};
use serde_json::Value;
use zeroize::Zeroizing;

use super::json::{self, Style};
use super::token::Credential;
use crate::domain::secret_names::{Place, is_secret_name};
use crate::domain::secret_shapes::{self, masked};
use crate::protocol::identity::ascii_json;
use crate::protocol::target;

pub use crate::domain::record::REDACTED;

/// Shorter texts cannot be told from chance: a token `ab` would be found in every sentence.
const SHORTEST: usize = 4;

/// Shorter texts, in bytes, are not looked for in the middle of base64, where only a part of their digits is known.
const SHORTEST_WITHIN: usize = 8;

/// Takes secrets out of texts. Never printed, wiped when dropped.
pub struct Redactor {
    /// Every form in which a secret may be met, the longest first.
    forms: Vec<Zeroizing<String>>,
}

impl Redactor {
    /// For calls with a credential.
    pub fn new(credential: &Credential) -> Self {
        Self::of(credential.secrets())
    }

    /// For calls whose credential stays at Alter: only what stands under the name of a secret is taken out.
    pub fn without_credential() -> Self {
        Self { forms: Vec::new() }
    }

    /// Takes these out too: the app's key, an end user's token.
    #[must_use]
    pub fn and<'a>(self, secrets: impl IntoIterator<Item = &'a str>) -> Self {
        let mut all = Self::of(secrets.into_iter());
        all.forms.extend(self.forms);
        all.sorted()
    }

    fn of<'a>(secrets: impl Iterator<Item = &'a str>) -> Self {
        let mut forms: Vec<Zeroizing<String>> = Vec::new();
        for secret in secrets.filter(|secret| secret.chars().count() >= SHORTEST) {
            for plus in [false, true] {
                let mut encoded = String::new();
                target::encode_into(&mut encoded, secret, plus);
                forms.push(Zeroizing::new(lower_escapes(&encoded)));
                forms.push(Zeroizing::new(encoded));
            }
            let mut escaped = Zeroizing::new(String::new());
            ascii_json(&mut escaped, secret);
            let utf8 = Zeroizing::new(serde_json::to_string(secret).unwrap_or_default());
            for quoted in [escaped, utf8] {
                let inside = quoted.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
                forms.push(Zeroizing::new(inside.unwrap_or_default().to_owned()));
            }
            forms.push(Zeroizing::new(STANDARD.encode(secret).trim_end_matches('=').to_owned()));
            if secret.len() >= SHORTEST_WITHIN {
                forms.extend(within_base64(secret));
            }
            forms.push(Zeroizing::new(secret.to_owned()));
            // A stored `user:password` is as secret in its parts.
            if let Ok(Ok(pair)) = STANDARD.decode(secret).map(String::from_utf8) {
                let pair = Zeroizing::new(pair);
                let password = pair.split_once(':').map(|(_, password)| password);
                let long = password.filter(|password| password.chars().count() >= 8);
                forms.extend(long.map(|password| Zeroizing::new(password.to_owned())));
            }
        }
        Self { forms }.sorted()
    }

    fn sorted(mut self) -> Self {
        self.forms.sort_by(|a, b| b.len().cmp(&a.len()).then_with(|| a.cmp(b)));
        self.forms.dedup();
        self
    }

    /// Every form in which a secret may be met, the longest first.
    pub(super) fn forms(&self) -> impl Iterator<Item = &str> {
        self.forms.iter().map(|form| form.as_str())
    }

    /// A text without the credential.
    pub fn text(&self, text: &str) -> String {
        let mut out = text.to_owned();
        for form in &self.forms {
            if out.contains(form.as_str()) {
                out = out.replace(form.as_str(), REDACTED);
            }
        }
        out
    }

    /// A URL without user information, without the values of parameters with names of secrets, without the credential and
    /// whatever looks like one.
    pub fn url(&self, url: &str) -> String {
        let (before, fragment) = url.split_once('#').map_or((url, None), |(url, end)| (url, Some(end)));
        let (place, query) = before.split_once('?').map_or((before, None), |(url, query)| (url, Some(query)));
        let segments: Vec<String> =
            without_user(place).split('/').map(|segment| self.piece(segment)).collect();
        let mut out = segments.join("/");
        for (mark, part) in [('?', query), ('#', fragment)] {
            if let Some(part) = part {
                out.push(mark);
                out.push_str(&self.pairs(part));
            }
        }
        masked(&self.text(&out), REDACTED)
    }

    /// A body: JSON loses the values of fields with names of secrets, a form those of its parameters; any text the
    /// credential. A body in which nothing is secret stays as it is.
    pub fn body(&self, text: &str) -> String {
        if text.trim_start().starts_with(['{', '[', '"'])
            && let Ok(mut value) = serde_json::from_str::<Value>(text)
        {
            return if self.scrub(&mut value) { self.text(&value.to_string()) } else { self.text(text) };
        }
        let form = !text.contains(char::is_whitespace) && text.contains('=');
        if form { self.text(&self.pairs(text)) } else { self.text(text) }
    }

    /// A JSON text, which stays one.
    pub(super) fn json(&self, text: &str) -> String {
        let body = self.body(text);
        if serde_json::from_str::<serde::de::IgnoredAny>(&body).is_ok() {
            return json::restyle(&body, Style::Ascii);
        }
        // The credential was no part of a text: a bare number, for one.
        let mut quoted = String::new();
        ascii_json(&mut quoted, &body);
        quoted
    }

    /// Parameters joined by `&`.
    pub(super) fn pairs(&self, query: &str) -> String {
        let is_secret = |name: &str| {
            let name = target::decode(name.as_bytes());
            is_secret_name(&String::from_utf8_lossy(&name), Place::Parameter)
        };
        let pieces = query.split('&').map(|piece| match piece.split_once('=') {
            Some((name, value)) if !value.is_empty() && is_secret(name) => format!("{name}={REDACTED}"),
            Some((name, value)) => format!("{}={}", self.piece(name), self.piece(value)),
            None => self.piece(piece),
        });
        pieces.collect::<Vec<_>>().join("&")
    }

    /// A part of a URL, however much of it is percent-encoded.
    pub(super) fn piece(&self, piece: &str) -> String {
        let holds = |text: &str| {
            let decoded = target::decode(text.as_bytes());
            let decoded = Zeroizing::new(String::from_utf8_lossy(&decoded).into_owned());
            secret_shapes::holds(&decoded) || self.forms.iter().any(|form| decoded.contains(form.as_str()))
        };
        if holds(piece) || holds(&piece.replace('+', " ")) { REDACTED.to_owned() } else { piece.to_owned() }
    }

    /// Takes secrets out of a value; whether there were any.
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
                for (name, mut value) in whole {
                    let filled =
                        matches!(&value, Value::String(text) if !text.is_empty()) || value.is_number();
                    if filled && is_secret_name(&name, Place::Field) {
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

    /// The value of a header.
    pub fn header(&self, name: &str, value: &str) -> String {
        if is_secret_name(name, Place::Header) { REDACTED.to_owned() } else { self.text(value) }
    }
}

/// The digits that a text has within base64 of something longer, wherever it begins there: those that depend on
/// nothing else.
fn within_base64(secret: &str) -> impl Iterator<Item = Zeroizing<String>> {
    let shifts = [("", 0), ("x", 2), ("xx", 3)];
    shifts.into_iter().flat_map(move |(before, first)| {
        let text = Zeroizing::new(format!("{before}{secret}"));
        let last = text.len() / 3 * 4;
        [STANDARD, URL_SAFE].map(|engine| {
            let digits = Zeroizing::new(engine.encode(text.as_bytes()));
            Zeroizing::new(digits.get(first..last).unwrap_or_default().to_owned())
        })
    })
}

fn without_user(place: &str) -> String {
    let Some((scheme, rest)) = place.split_once("://") else {
        // Not a URL yet, but it may have been meant as one.
        let user = place.split_once('/').map_or(place, |(authority, _)| authority).rsplit_once('@');
        let user = user.filter(|(user, _)| user.contains(':')).map_or(0, |(user, _)| user.len() + 1);
        return place.get(user..).unwrap_or_default().to_owned();
    };
    let end = rest.find('/').unwrap_or(rest.len());
    let (authority, path) = rest.split_at_checked(end).unwrap_or((rest, ""));
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    format!("{scheme}://{host}{path}")
}

/// Percent escapes as some write them.
fn lower_escapes(encoded: &str) -> String {
    let mut pieces = encoded.split('%');
    let mut out = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let (digits, rest) = piece.split_at_checked(2).unwrap_or((piece, ""));
        out.push('%');
        out.push_str(&digits.to_ascii_lowercase());
        out.push_str(rest);
    }
    out
}
