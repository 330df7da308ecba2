//! One request of the client.

use std::fmt;
use std::time::Duration;

use bytes::Bytes;
use reqwest::Method;
use serde::Serialize;
use zeroize::Zeroizing;

use super::arrival::Patience;
use crate::protocol::error::Surface;
use crate::protocol::identity::Context;

/// Most answers are small; families with larger ones say so.
pub(super) const MAX_BYTES: usize = 16 << 20;

/// One request to be sent.
pub(crate) struct Call {
    pub(super) endpoint: &'static str,
    pub(super) method: Method,
    pub(super) target: String,
    pub(super) body: Option<Bytes>,
    pub(super) surface: Surface,
    pub(super) max_bytes: usize,
    pub(super) context: Option<Context>,
    pub(super) patience: Option<Duration>,
    pub(super) bounds: Option<Patience>,
    pub(super) accepts: fn(u16) -> bool,
    pub(super) alone: bool,
    pub(super) hidden: Vec<Zeroizing<String>>,
}

/// Neither the target's query, which may name accounts, nor the body, which may hold a user token.
impl fmt::Debug for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Call").field("endpoint", &self.endpoint).finish_non_exhaustive()
    }
}

impl Call {
    /// A request without a body. `target` is path and query.
    pub(crate) fn get(endpoint: &'static str, target: String) -> Self {
        Self {
            endpoint,
            method: Method::GET,
            target,
            body: None,
            surface: Surface::Main,
            max_bytes: MAX_BYTES,
            context: None,
            patience: None,
            bounds: None,
            accepts: |status| (200..300).contains(&status),
            alone: false,
            hidden: Vec::new(),
        }
    }

    /// A request with a JSON body.
    pub(crate) fn post(endpoint: &'static str, target: &str, body: &impl Serialize) -> Self {
        // Bodies are plain structs of texts and numbers: they always serialise.
        let body = serde_json::to_vec(body).unwrap_or_default();
        Self::post_bytes(endpoint, target, body.into())
    }

    /// A request with a JSON body that is written already.
    pub(crate) fn post_bytes(endpoint: &'static str, target: &str, body: Bytes) -> Self {
        Self { method: Method::POST, body: Some(body), ..Self::get(endpoint, target.to_owned()) }
    }

    /// A request that takes something away, without a body.
    pub(crate) fn delete(endpoint: &'static str, target: String) -> Self {
        Self { method: Method::DELETE, ..Self::get(endpoint, target) }
    }

    /// What must not come back in a refusal, beside the secrets of the client.
    pub(crate) fn hiding(mut self, secret: &str) -> Self {
        self.hidden.push(Zeroizing::new(secret.to_owned()));
        self
    }

    /// Which table of errors its refusals belong to.
    pub(crate) fn on(self, surface: Surface) -> Self {
        Self { surface, ..self }
    }

    /// The largest answer that is read.
    pub(crate) fn at_most(self, max_bytes: usize) -> Self {
        Self { max_bytes, ..self }
    }

    /// Attribution that is sent along.
    pub(crate) fn with_context(self, context: Option<Context>) -> Self {
        Self { context, ..self }
    }

    /// How long the backend may stay silent, instead of the settings' timeout.
    pub(crate) fn within(self, patience: Duration) -> Self {
        Self { patience: Some(patience), ..self }
    }

    /// What it may take of the time that a whole call has.
    pub(crate) fn bounded(self, bounds: Patience) -> Self {
        Self { bounds: Some(bounds), ..self }
    }

    /// Which statuses are successes, instead of all from 200 to 299.
    pub(crate) fn accepting(self, accepts: fn(u16) -> bool) -> Self {
        Self { accepts, ..self }
    }

    /// On a connection of its own, which ends with it. A connection that is kept holds what it read last in its
    /// buffers, and a credential must not stay there.
    pub(crate) fn alone(self) -> Self {
        Self { alone: true, ..self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_prints_neither_its_body_nor_its_query() {
        let body = serde_json::json!({ "user_token": "tok-en" });
        let mut call = Call::post("POST /sdk/grants/list", "/sdk/grants/list?account=ann", &body);
        let printed = format!("{call:?}");
        call.body = None;
        assert_eq!(printed, format!("{call:?}"));
        assert!(printed.contains("POST /sdk/grants/list\"") && !printed.contains("ann"), "{printed}");
    }
}
