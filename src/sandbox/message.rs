//! Requests and replies as plain data, so that the world needs no HTTP library.

use std::time::Duration;

use bytes::Bytes;
use serde_json::{Value, json};
use uuid::Uuid;

use super::faults::Fault;

/// A request as it stood on the wire.
#[derive(Debug, Clone, Default)]
pub struct Request {
    /// The method as received.
    pub method: String,
    /// Path and query as received, undecoded.
    pub target: String,
    /// Names and values in the order received.
    pub headers: Vec<(String, String)>,
    /// The raw body.
    pub body: Bytes,
}

impl Request {
    /// The first value of a header, its name compared without case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(given, _)| given.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }

    pub(super) fn count(&self, name: &str) -> usize {
        self.headers.iter().filter(|(given, _)| given.eq_ignore_ascii_case(name)).count()
    }

    /// The target up to the first `?`, undecoded.
    pub fn path(&self) -> &str {
        self.target.split_once('?').map_or(self.target.as_str(), |(path, _)| path)
    }
}

/// How the front hands the reply over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// As HTTP wants it.
    Whole,
    /// Never: the request stays open until the caller gives up.
    Hang,
    /// The connection is closed without a byte.
    Refuse,
    /// The connection is closed after half of the announced body.
    Cut,
    /// Half of the announced body comes, then nothing until the caller gives up.
    Stall,
    /// So many bytes of the body come a second.
    Slow(u64),
    /// The announced length is wrong by this much. One that is too large ends in a closed connection.
    LengthOff(i64),
    /// As HTTP wants it; the body is made while it is sent, and has so many bytes.
    Flood(u64),
    /// The same, in base64 within the body's empty `body_b64`.
    Wrapped(u64),
}

/// An answer, and the manner of its delivery.
#[derive(Debug, Clone)]
pub struct Reply {
    /// The HTTP status.
    pub status: u16,
    /// Headers, `Content-Type` and `Date` among them.
    pub headers: Vec<(&'static str, String)>,
    /// The body.
    pub body: Bytes,
    /// How long the front waits before it answers.
    pub delay: Duration,
    /// Whether and how the answer arrives.
    pub ending: Ending,
    /// What the answer may be held for; the body is what is known at once.
    pub hold: Option<Hold>,
}

/// What a held answer waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Awaited {
    /// News of this approval (docs/protocol/calls.md B4).
    Approval(Uuid),
    /// The end of the sign-in session at this place (docs/protocol/connect.md section 4).
    SignIn(usize),
}

/// An answer that may wait for news.
#[derive(Debug, Clone)]
pub struct Hold {
    /// What is asked about.
    pub(super) awaited: Awaited,
    /// How long the answer may be held.
    pub at_most: Duration,
    /// The status it waits to change.
    pub(super) seen: &'static str,
    /// The faults that the request met.
    pub(super) faults: Vec<Fault>,
}

impl Reply {
    /// The first value of a header, its name compared without case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(given, _)| given.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }

    pub(super) fn raw(status: u16, content_type: &'static str, body: impl Into<Bytes>) -> Self {
        Self {
            status,
            headers: vec![("Content-Type", content_type.to_owned())],
            body: body.into(),
            delay: Duration::ZERO,
            ending: Ending::Whole,
            hold: None,
        }
    }

    pub(super) fn bytes(body: impl Into<Bytes>) -> Self {
        Self::raw(200, "application/json", body)
    }

    pub(super) fn json(status: u16, value: &Value) -> Self {
        Self::raw(status, "application/json", value.to_string())
    }

    /// An error in the usual envelope (docs/protocol/transport.md section 9).
    pub(super) fn refusal(status: u16, code: &str, message: &str) -> Self {
        Self::json(status, &json!({ "detail": { "error": code, "message": message } }))
    }

    /// An error with the next step.
    pub(super) fn refusal_with_hint(status: u16, code: &str, message: &str, hint: &str) -> Self {
        Self::json(status, &json!({ "detail": { "error": code, "message": message, "hint": hint } }))
    }

    /// The list form of a request-validation error (docs/protocol/transport.md section 9).
    pub(super) fn invalid(place: &str, field: &str, kind: &str, message: &str) -> Self {
        Self::json(422, &json!({ "detail": [{ "type": kind, "loc": [place, field], "msg": message }] }))
    }

    pub(super) fn with_header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }
}
