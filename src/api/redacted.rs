//! What comes back, without the secrets of this client: a backend, or a page of something on the way, may say back what
//! it was sent.

use serde_json::{Map, Value};

use super::{ApiError, Client};
use crate::domain::{Body, Clean, ProviderAnswer};
use crate::protocol::call::Redactor;
use crate::protocol::call::redact::REDACTED;
use crate::protocol::{AlterError, Malformed};

/// From this size on, in bytes, a body is looked through on a thread of its own.
const LONG: usize = 1 << 20;

impl Client {
    /// A refusal, also without what was secret in the request that was refused: its signature, what it asked about.
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

    /// What was read of a success; the sentence about one that cannot be read may quote it.
    pub(super) fn read<T>(&self, read: Result<T, Malformed>) -> Result<T, ApiError> {
        read.map_err(|malformed| {
            let redactor = Redactor::without_credential().with(self.secrets());
            let Malformed { endpoint, position, problem } = malformed;
            let (position, problem) = (text(&redactor, &position), text(&redactor, &problem));
            ApiError::Malformed(Malformed { endpoint, position, problem })
        })
    }

    /// A provider's answer without these secrets and those of the client. What cannot be looked through is not shown.
    pub(crate) async fn without_secrets(&self, redactor: Redactor, answer: ProviderAnswer) -> ProviderAnswer {
        let redactor = redactor.with(self.secrets());
        if answer.body.len() < LONG {
            return redactor.answer(answer);
        }
        let bare = ProviderAnswer { headers: Vec::new(), body: Body::default(), ..answer.clone() };
        tokio::task::spawn_blocking(move || redactor.answer(answer)).await.unwrap_or(bare)
    }
}

/// Of a text that is shown without its invisible characters, what is shown is looked through too.
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
        // A token may be made of digits alone.
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
