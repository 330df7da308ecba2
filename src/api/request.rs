//! A request of the client.

use std::fmt;
use std::time::Duration;

use bytes::Bytes;
use reqwest::Method;
use serde::Serialize;
use zeroize::Zeroizing;

use super::arrival::Deadline;
use crate::protocol::error::Surface;
use crate::protocol::identity::Context;

/// Default limit for an answer, in bytes; families with larger answers set their own.
pub(super) const MAX_BYTES: usize = 16 << 20;

/// A request to be sent.
pub(crate) struct Call {
    pub(super) endpoint: &'static str,
    pub(super) method: Method,
    pub(super) target: String,
    pub(super) body: Option<Bytes>,
    pub(super) surface: Surface,
    pub(super) max_bytes: usize,
    pub(super) context: Option<Context>,
    pub(super) patience: Option<Duration>,
    pub(super) bounds: Option<Deadline>,
    pub(super) accepts: fn(u16) -> bool,
    pub(super) unpooled: bool,
    pub(super) hidden: Vec<Zeroizing<String>>,
}

/// Prints neither the target's query, which may contain account names, nor the body, which may contain a user token.
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
            unpooled: false,
            hidden: Vec::new(),
        }
    }

    /// A request with a JSON body.
    pub(crate) fn post(endpoint: &'static str, target: &str, body: &impl Serialize) -> Self {
        // Bodies are plain structs of strings and numbers, which always serialise.
        let body = serde_json::to_vec(body).unwrap_or_default();
        Self::post_bytes(endpoint, target, body.into())
    }

    /// A request with a JSON body that is already serialised.
    pub(crate) fn post_bytes(endpoint: &'static str, target: &str, body: Bytes) -> Self {
        Self { method: Method::POST, body: Some(body), ..Self::get(endpoint, target.to_owned()) }
    }

    /// A DELETE request without a body.
    pub(crate) fn delete(endpoint: &'static str, target: String) -> Self {
        Self { method: Method::DELETE, ..Self::get(endpoint, target) }
    }

    /// Values to redact in a refusal, in addition to the secrets of the client.
    pub(crate) fn hiding(mut self, secret: &str) -> Self {
        self.hidden.push(Zeroizing::new(secret.to_owned()));
        self
    }

    /// Sets the table of errors for its refusals.
    pub(crate) fn on(self, surface: Surface) -> Self {
        Self { surface, ..self }
    }

    /// Sets the limit for its answer, in bytes.
    pub(crate) fn at_most(self, max_bytes: usize) -> Self {
        Self { max_bytes, ..self }
    }

    /// Sets the attribution.
    pub(crate) fn with_context(self, context: Option<Context>) -> Self {
        Self { context, ..self }
    }

    /// Sets the longest pause, instead of the settings' timeout.
    pub(crate) fn within(self, patience: Duration) -> Self {
        Self { patience: Some(patience), ..self }
    }

    /// Sets its share of a whole call's time limits.
    pub(crate) fn bounded(self, bounds: Deadline) -> Self {
        Self { bounds: Some(bounds), ..self }
    }

    /// Sets which statuses are successes, instead of 200 to 299.
    pub(crate) fn accepting(self, accepts: fn(u16) -> bool) -> Self {
        Self { accepts, ..self }
    }

    /// Uses a separate connection, closed afterwards. A pooled connection keeps the last data read in its buffers,
    /// where a credential must not remain.
    pub(crate) fn unpooled(self) -> Self {
        Self { unpooled: true, ..self }
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
