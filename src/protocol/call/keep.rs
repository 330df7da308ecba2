//! Redacts calls for the history, before anything is passed on.

use jiff::Timestamp;
use serde_json::Value;

use super::redact::{Redactor, without_parameters};
use super::scrub;
use crate::domain::record::{LONGEST_KEPT_BODY, REDACTED};
use crate::domain::secret_names::{Place, is_secret_name, secret_label};
use crate::domain::secret_shapes::{is_url, masked};
use crate::domain::{
    Audited, Body, CallRecord, Diagnosis, DraftBody, KeptBody, Mode, Omitted, Outcome, ProviderAnswer,
    RequestDraft,
};

/// How many levels of strings within strings are parsed.
const MAX_DEPTH: u8 = 3;

/// The context of a call.
#[derive(Clone, Debug)]
pub struct Surroundings {
    /// When it began.
    pub at: Timestamp,
    /// The profile.
    pub profile: String,
    /// The backend's host.
    pub host: String,
    /// The grant's provider.
    pub provider: Option<String>,
    /// The grant's account.
    pub account: Option<String>,
    /// Whether bodies are stored.
    pub bodies: bool,
}

impl Redactor {
    /// The record of a call that begins.
    pub fn keep_request(&self, draft: &RequestDraft, around: &Surroundings) -> CallRecord {
        let body = match &draft.body {
            DraftBody::Empty => None,
            DraftBody::Json(text) => Some(text.as_bytes()),
            DraftBody::Raw(bytes) => Some(bytes.as_slice()),
        };
        let encoded = is_encoded(&draft.headers);
        let pair = |place, (name, value): &(String, String)| {
            (masked(&self.text(name), REDACTED), self.redact_named(place, name, value))
        };
        CallRecord {
            at: around.at,
            profile: around.profile.clone(),
            host: around.host.clone(),
            grant: draft.grant,
            provider: around.provider.clone(),
            account: around.account.clone(),
            mode: draft.mode,
            method: self.text(&draft.method),
            url: self.url(&draft.url),
            path_parameters: draft.path_parameters.iter().map(|one| pair(Place::Parameter, one)).collect(),
            query: draft.query.iter().map(|(name, value)| self.parameter(name, value)).collect(),
            request_headers: draft.headers.iter().map(|one| pair(Place::Header, one)).collect(),
            request_body: body.map(|bytes| self.keep_body(bytes, encoded, around.bodies)),
            request_is_json: matches!(draft.body, DraftBody::Json(_)),
            reason: draft.reason.as_deref().map(|reason| self.value(reason, MAX_DEPTH)),
            context: draft.context.iter().map(|one| pair(Place::Field, one)).collect(),
            elapsed_ms: None,
            duration_ms: None,
            approval: None,
            outcome: Outcome::Unfinished,
            audited: if draft.mode == Mode::Proxy { Audited::ByAlter } else { Audited::No },
        }
    }

    /// The outcome of an answered call.
    pub fn keep_answer(&self, alter_status: u16, answer: &ProviderAnswer, bodies: bool) -> Outcome {
        let headers = answer.headers.iter();
        let kept = headers
            .map(|(name, value)| (self.text(name), self.redact_named(Place::Header, name, value)))
            .collect();
        let encoded = is_encoded(&answer.headers);
        let mut body = (!answer.body.is_empty()).then(|| self.keep_body(&answer.body, encoded, bodies));
        if let (Some(body), Some(size)) = (&mut body, answer.cut_here) {
            body.whole_length = size.bytes();
        }
        Outcome::Answered {
            alter_status,
            provider_status: answer.status,
            headers: kept,
            body,
            truncated: !answer.is_whole(),
        }
    }

    /// The outcome of a failed call.
    pub fn keep_failure(&self, diagnosis: &Diagnosis) -> Outcome {
        Outcome::Failed {
            code: diagnosis.code.name().to_owned(),
            who: diagnosis.who.to_string(),
            headline: diagnosis.headline().to_owned(),
            said: diagnosis.said.as_ref().map(|said| self.value(said.as_str(), MAX_DEPTH)),
        }
    }

    /// Redacts a body; `encoded` if it is compressed.
    pub fn keep_body(&self, bytes: &[u8], encoded: bool, bodies: bool) -> KeptBody {
        let whole_length = bytes.len() as u64;
        let without = |omitted| KeptBody { whole_length, omitted: Some(omitted), ..KeptBody::default() };
        if !bodies {
            return without(Omitted::Production);
        }
        if encoded || bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
            return without(Omitted::Encoded);
        }
        // Read no more than can be stored: a body may have 50 MB.
        let window = bytes.get(..LONGEST_KEPT_BODY).unwrap_or(bytes);
        let cut = window.len() < bytes.len();
        // In any charset, and in encodings that are not text; the rest is searched by secret names.
        let clean = self.bytes(window, cut);
        let window = clean.as_deref().unwrap_or(window);
        let text = match std::str::from_utf8(window) {
            Ok(text) => Some(text),
            // A character split by the cut does not make it another encoding.
            Err(error) if cut && error.error_len().is_none() => {
                window.get(..error.valid_up_to()).and_then(|whole| std::str::from_utf8(whole).ok())
            }
            Err(_) => None,
        };
        let kept = if let Some(text) = text {
            self.redact_text(text).into_bytes()
        } else {
            // Treat each byte as a character, to search supersets of ASCII too.
            let wide: String = window.iter().map(|byte| char::from(*byte)).collect();
            self.redact_text(&wide).chars().map(|character| character as u32 as u8).collect()
        };
        let longer = kept.len() > LONGEST_KEPT_BODY;
        let kept = if longer { shortened(kept) } else { kept };
        KeptBody { bytes: Body::from(kept), whole_length, cut: cut || longer, omitted: None }
    }

    /// Redacts a whole text, according to what it looks like.
    fn redact_text(&self, text: &str) -> String {
        // Some APIs put this before JSON, so that no script can include it.
        let start = text.trim_start_matches('\u{feff}').trim_start_matches(")]}'").trim_start_matches(',');
        let start = start.trim_start();
        if start.starts_with(['{', '[', '"']) {
            return self.text(&self.redact_json(text, MAX_DEPTH));
        }
        if start.starts_with('<') {
            return self.redact_lines(&scrub::markup(text));
        }
        self.redact_lines(text)
    }

    fn redact_json(&self, text: &str, depth: u8) -> String {
        scrub::json(text, &|inner| self.value(inner, depth.saturating_sub(1)))
    }

    fn redact_lines(&self, text: &str) -> String {
        let lines = text.split_inclusive('\n').map(|line| {
            let (line, end) =
                line.split_at_checked(line.trim_end_matches(['\r', '\n']).len()).unwrap_or((line, ""));
            if let Some((_, value)) = secret_label(line) {
                let label = line.strip_suffix(value).unwrap_or_default();
                return format!("{label} {REDACTED}{end}");
            }
            // Server-sent events.
            if let Some(data) = line.strip_prefix("data:") {
                return format!("data:{}{end}", self.value(data, MAX_DEPTH));
            }
            let name = line.split_once('=').map(|(name, _)| name.trim());
            let pairs = name.is_some_and(|name| !name.contains(char::is_whitespace) && !name.contains('<'));
            let line = if pairs { self.pairs(line) } else { line.to_owned() };
            self.value(&line, 0) + end
        });
        let lines: String = lines.collect();
        self.text(&lines)
    }

    /// Redacts a text that may contain URLs and credentials, or may be JSON itself.
    fn value(&self, text: &str, depth: u8) -> String {
        if depth > 0 && text.trim_start().starts_with(['{', '[']) {
            return self.text(&self.redact_json(text, depth));
        }
        let markup = (depth > 0 && text.trim_start().starts_with('<')).then(|| scrub::markup(text));
        let text = markup.as_deref().unwrap_or(text);
        // A form's value may contain spaces, if only its name precedes it.
        let lines = text.split_inclusive('\n').map(|line| {
            let name = line.split_once('=').map_or(" ", |(name, _)| name);
            let (line, end) = line.split_at_checked(line.trim_end().len()).unwrap_or((line, ""));
            let form = !name.contains(|c: char| c.is_whitespace() || "<:".contains(c));
            if form { without_parameters(line) + end } else { line.to_owned() + end }
        });
        let text: String = lines.collect();
        let words = text.split_inclusive(char::is_whitespace).map(|word| {
            let (word, blank) = word.split_at_checked(word.trim_end().len()).unwrap_or((word, ""));
            let clean = match () {
                () if is_url(word) => self.url(word),
                () if word.contains(['%', '+']) => self.piece(word),
                () => word.to_owned(),
            };
            let clean = if is_url(word) { clean } else { without_parameters(&clean) };
            clean + blank
        });
        let words: String = words.collect();
        masked(&self.text(&words), REDACTED)
    }

    /// Redacts the value of a header, a parameter or a field.
    fn redact_named(&self, place: Place, name: &str, value: &str) -> String {
        if is_secret_name(name, place) && !value.is_empty() {
            REDACTED.to_owned()
        } else {
            self.value(value, MAX_DEPTH)
        }
    }

    /// Redacts a query parameter: a text, a number, or a list of those.
    fn parameter(&self, name: &str, value: &Value) -> (String, Value) {
        let clean = |value: &Value| match value {
            Value::String(text) => self.redact_named(Place::Parameter, name, text).into(),
            Value::Null | Value::Bool(_) => value.clone(),
            other => {
                let written = other.to_string();
                let clean = self.redact_named(Place::Parameter, name, &written);
                if clean == written { other.clone() } else { clean.into() }
            }
        };
        let value = match value {
            Value::Array(items) => items.iter().map(clean).collect(),
            value => clean(value),
        };
        (self.text(name), value)
    }
}

/// Cuts to the length that can be stored, at a character boundary if it is text.
fn shortened(mut kept: Vec<u8>) -> Vec<u8> {
    kept.truncate(LONGEST_KEPT_BODY);
    if let Err(error) = std::str::from_utf8(&kept)
        && error.error_len().is_none()
    {
        kept.truncate(error.valid_up_to());
    }
    kept
}

fn is_encoded(headers: &[(String, String)]) -> bool {
    headers.iter().any(|(name, value)| {
        name.eq_ignore_ascii_case("content-encoding")
            && !value.trim().is_empty()
            && !value.trim().eq_ignore_ascii_case("identity")
    })
}

#[cfg(test)]
#[path = "keep_tests.rs"]
mod tests;
