//! What the history left out of a request: the placeholder must not be sent in place of a secret.

use super::Composer;
use crate::domain::record::REDACTED;
use crate::domain::{Clean, DraftBody};

impl Composer {
    /// Where a secret was left out, in words; None where nothing is missing.
    pub(super) fn secret_place(&self) -> Option<String> {
        let is = |text: &str| text.contains(REDACTED);
        let draft = &self.draft;
        let named = |what: &str, name: &str| Some(format!("{what} “{}”", Clean::line(name)));
        if is(&draft.url) {
            return Some("the URL".to_owned());
        }
        if let Some((name, _)) = draft.path_parameters.iter().find(|(name, value)| is(name) || is(value)) {
            return named("the place", name);
        }
        if let Some((name, _)) = draft.query.iter().find(|(name, value)| is(name) || is(&value.to_string())) {
            return named("the query parameter", name);
        }
        if let Some((name, _)) = draft.headers.iter().find(|(name, value)| is(name) || is(value)) {
            return named("the header", name);
        }
        let body = match &draft.body {
            DraftBody::Empty => false,
            DraftBody::Json(text) => is(text),
            DraftBody::Raw(bytes) => is(&String::from_utf8_lossy(bytes)),
        };
        if body {
            return Some("the body".to_owned());
        }
        if draft.reason.as_deref().is_some_and(is) {
            return Some("the reason".to_owned());
        }
        let (name, _) = draft.context.iter().find(|(name, value)| is(name) || is(value))?;
        named("the context", name)
    }
}
