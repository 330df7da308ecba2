//! Removes this client's secrets from answers: a backend, or an error page of something in between, may repeat what it
//! was sent.

use serde_json::{Map, Value};

use super::{ApiError, Client};
use crate::domain::{Body, Clean, ProviderAnswer};
use crate::protocol::call::Redactor;
use crate::protocol::call::redact::REDACTED;
use crate::protocol::{AlterError, Malformed};

/// Bodies of at least this size, in bytes, are redacted on a blocking thread.
const MAX_INLINE: usize = 1 << 20;

impl Client {
    /// Redacts a refusal, including the secrets of the refused request: its signature and the sensitive values in it.
    pub(super) fn redacted<'a>(
        &self,
        refusal: AlterError,
        hidden: impl Iterator<Item = &'a str>,
    ) -> AlterError {
        let redactor = Redactor::without_credential().with(self.secrets()).and(hidden);
        let own = |said: Option<Box<str>>| said.map(|said| text(&redactor, &said).into());
        AlterError {
            error: own(refusal.error),
            message: own(refusal.message),
            hint: own(refusal.hint),
            request_id: own(refusal.request_id),
            details: fields(&redactor, refusal.details),
            ..refusal
        }
    }

    /// Redacts the error of a success that cannot be parsed, as it may quote the answer.
    pub(super) fn read<T>(&self, read: Result<T, Malformed>) -> Result<T, ApiError> {
        read.map_err(|malformed| {
            let redactor = Redactor::without_credential().with(self.secrets());
            let Malformed { endpoint, position, problem } = malformed;
            let (position, problem) = (text(&redactor, &position), text(&redactor, &problem));
            ApiError::Malformed(Malformed { endpoint, position, problem })
        })
    }

    /// Redacts a provider's answer, with the given secrets and those of the client. If redaction fails, headers and
    /// body are dropped.
    pub async fn without_secrets(&self, redactor: Redactor, answer: ProviderAnswer) -> ProviderAnswer {
        let redactor = redactor.with(self.secrets());
        if answer.body.len() < MAX_INLINE {
            return redactor.answer(answer);
        }
        let bare = ProviderAnswer { headers: Vec::new(), body: Body::default(), ..answer.clone() };
        tokio::task::spawn_blocking(move || redactor.answer(answer)).await.unwrap_or(bare)
    }
}

/// Redacts a text, and again as it is shown, without invisible characters.
fn text(redactor: &Redactor, text: &str) -> String {
    let clean = redactor.text(text);
    if clean.is_ascii() {
        return clean;
    }
    let shown = Clean::lines(&clean);
    let hidden = redactor.text(shown.as_str());
    if hidden == shown.as_str() { clean } else { hidden }
}

fn fields(redactor: &Redactor, fields: Map<String, Value>) -> Map<String, Value> {
    fields.into_iter().map(|(name, field)| (text(redactor, &name), value(redactor, field))).collect()
}

fn value(redactor: &Redactor, whole: Value) -> Value {
    match whole {
        Value::String(said) => Value::String(text(redactor, &said)),
        Value::Array(items) => items.into_iter().map(|item| value(redactor, item)).collect(),
        Value::Object(object) => Value::Object(fields(redactor, object)),
        // A token may consist of digits only.
        Value::Number(number) => {
            let written = number.to_string();
            let is_clean = redactor.text(&written) == written;
            if is_clean { Value::Number(number) } else { Value::String(REDACTED.to_owned()) }
        }
        Value::Null | Value::Bool(_) => whole,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_token_of_digits_is_taken_out_of_numbers_too() {
        let redactor = Redactor::without_credential().and(["12345678"]);
        let said = json!({ "sent": 12_345_678, "list": [12_345_678, 7], "ok": true });
        assert_eq!(value(&redactor, said), json!({ "sent": REDACTED, "list": [REDACTED, 7], "ok": true }));
    }

    #[test]
    fn what_is_hidden_by_invisible_characters_is_taken_out_too() {
        let redactor = Redactor::without_credential().and(["tok-1234"]);
        assert_eq!(text(&redactor, "say tok-\u{200c}1234!"), format!("say {REDACTED}!"));
        assert_eq!(text(&redactor, "é stays \u{200c} as it is"), "é stays \u{200c} as it is");
    }
}
