//! What the faults do to a reply.

use bytes::Bytes;
use serde_json::{Value, json};

use super::faults::{Fault, OddEnvelope, OddRow};
use super::hostile;
use super::message::{Ending, Reply};
use super::provider::{gzip_bomb, large_body};

const HTML: &str = "<!DOCTYPE html>\n<html><head><title>Bad gateway</title></head>\n<body>\
<center><h1>The service is taking a break</h1></center><hr><center>edge/1.27.1</center></body></html>\n";

/// An intermediary's answer, given before the backend sees the request.
pub(super) fn intercept(faults: &[Fault]) -> Option<Reply> {
    faults.iter().find_map(|fault| match fault {
        Fault::Html(status) => Some(Reply::raw(*status, "text/html; charset=utf-8", HTML)),
        Fault::ThrottleHeader(seconds) => {
            Some(throttle(&json!({})).with_header("Retry-After", seconds.to_string()))
        }
        Fault::ThrottleBody(seconds) => Some(throttle(&json!({ "retry_after": seconds }))),
        _ => None,
    })
}

/// The backend's refusal that was asked for.
pub(super) fn refused(faults: &[Fault]) -> Option<Reply> {
    faults.iter().find_map(|fault| match fault {
        Fault::Refused(status, code, reason) => {
            let mut detail = json!({ "error": code, "message": "The request is refused on purpose." });
            if let Some(reason) = reason {
                detail["details"] = json!({ "reason": reason });
            }
            Some(Reply::json(*status, &json!({ "detail": detail })))
        }
        _ => None,
    })
}

fn throttle(extra: &Value) -> Reply {
    let mut detail = json!({
        "error": "rate_limit_exceeded", "message": "Too many requests.", "scope": "ip",
        "limit": 1000, "window_seconds": 60,
    });
    if let (Some(detail), Some(extra)) = (detail.as_object_mut(), extra.as_object()) {
        detail.extend(extra.clone());
    }
    Reply::json(429, &json!({ "detail": detail }))
}

/// Faults of body bytes.
pub(super) fn spoil_body(reply: &mut Reply, faults: &[Fault]) {
    if faults.contains(&Fault::TruncatedJson) {
        reply.body = reply.body.slice(..reply.body.len() / 2);
    }
}

/// What is done to a body has to have one: of a flood, this much.
const LARGEST_MADE: u64 = 64 << 20;

fn needs_the_body(fault: &Fault) -> bool {
    matches!(fault, Fault::CutBody | Fault::Stall | Fault::Slow(_) | Fault::LengthOff(_))
}

/// Faults of headers, body bytes and delivery.
pub(super) fn deliver(reply: &mut Reply, faults: &[Fault]) {
    if let (Ending::Flood(size), true) = (reply.ending, faults.iter().any(needs_the_body)) {
        reply.body = large_body(size, LARGEST_MADE);
    }
    if faults.contains(&Fault::HostileText) {
        hostile::spoil(reply);
    }
    spoil_body(reply, faults);
    for fault in faults {
        match fault {
            Fault::Latency(delay) => reply.delay += *delay,
            Fault::Hang => reply.ending = Ending::Hang,
            Fault::Refuse => reply.ending = Ending::Refuse,
            Fault::CutBody => reply.ending = Ending::Cut,
            Fault::Stall => reply.ending = Ending::Stall,
            // What was refused was not done: its answer comes.
            Fault::AnswerLost(_) if reply.status < 400 => reply.ending = Ending::Refuse,
            Fault::Slow(rate) => reply.ending = Ending::Slow(*rate),
            Fault::LengthOff(off) => reply.ending = Ending::LengthOff(*off),
            Fault::AnswerGzip(size) => {
                (reply.body, reply.ending) = (gzip_bomb(*size), Ending::Whole);
                reply.headers.push(("Content-Encoding", "gzip".to_owned()));
            }
            Fault::NoBudgetHeaders => {
                reply
                    .headers
                    .retain(|(name, _)| !name.starts_with("X-RateLimit") && !name.starts_with("RateLimit"));
            }
            Fault::KeyDeprecated => reply.headers.push(("X-Alter-Key-Deprecated", "true".to_owned())),
            _ => {}
        }
    }
}

/// A page of the grant list before it is written.
#[derive(Debug)]
pub(super) struct Page {
    pub(super) items: Vec<Bytes>,
    pub(super) total: i64,
    pub(super) limit: u64,
    pub(super) offset: u64,
    pub(super) has_more: bool,
}

impl Page {
    /// The body, with what the faults make of it.
    pub(super) fn write(mut self, faults: &[Fault], drift: &mut i64) -> Vec<u8> {
        let mut odd_envelope = None;
        for fault in faults {
            match fault {
                // The second row, so that there are good ones on both sides; the only one where there is one.
                Fault::OddRow(odd) => {
                    let row = 1.min(self.items.len().saturating_sub(1));
                    if let Some(item) = self.items.get_mut(row) {
                        *item = spoil(item, *odd);
                    }
                }
                Fault::OddEnvelope(odd) => odd_envelope = Some(*odd),
                Fault::TotalOff(off) => self.total += off,
                Fault::TotalDrifts => {
                    self.total += *drift;
                    *drift += 1;
                }
                _ => {}
            }
        }
        let size: usize = self.items.iter().map(|item| item.len() + 1).sum();
        let mut body = Vec::with_capacity(size + 128);
        let array = odd_envelope == Some(OddEnvelope::Array);
        if odd_envelope == Some(OddEnvelope::GrantsNull) {
            body.extend_from_slice(b"{\"grants\":null");
        } else {
            body.extend_from_slice(if array { b"[" } else { b"{\"grants\":[" });
            for (position, item) in self.items.iter().enumerate() {
                if position > 0 {
                    body.push(b',');
                }
                body.extend_from_slice(item);
            }
            body.push(b']');
        }
        if array {
            return body;
        }
        let quote = if odd_envelope == Some(OddEnvelope::TotalString) { "\"" } else { "" };
        let Self { total, limit, offset, has_more, .. } = self;
        let mut tail = format!(",\"total\":{quote}{total}{quote},\"limit\":{limit},\"offset\":{offset}");
        if odd_envelope != Some(OddEnvelope::NoHasMore) {
            tail.push_str(if has_more { ",\"has_more\":true" } else { ",\"has_more\":false" });
        }
        tail.push('}');
        body.extend_from_slice(tail.as_bytes());
        body
    }
}

fn spoil(item: &[u8], odd: OddRow) -> Bytes {
    let mut value: Value = serde_json::from_slice(item).unwrap_or_default();
    let Some(fields) = value.as_object_mut() else { return Bytes::copy_from_slice(item) };
    let mut set = |name: &str, value: Value| {
        fields.insert(name.to_owned(), value);
    };
    match odd {
        OddRow::MissingKind => {
            fields.shift_remove("grant_kind");
        }
        OddRow::UnknownKind => set("grant_kind", json!("passkey")),
        OddRow::BadId => set("grant_id", json!("not-a-uuid")),
        OddRow::NullScopes => set("scopes", Value::Null),
        OddRow::UnknownEnum => {
            set("principal_type", json!("household"));
            set("access_via", json!("inheritance"));
            set("status", json!("hibernating"));
        }
        OddRow::ExtraFields => {
            set("risk_score", json!(0.87));
            set("x_region", json!({ "primary": "eu-central-1", "replicas": ["eu-west-1"] }));
            set("\u{1b}[31mfield", json!("a name with an escape sequence"));
        }
        OddRow::WrongTypes => {
            set("depth", json!("deep"));
            set("delegable", json!("perhaps"));
            set("created_at", json!(1_767_225_600));
            set("needs_reconnect", json!([true]));
            set("label", json!({ "text": "work" }));
        }
        OddRow::NotObject => value = json!("a grant, honestly"),
    }
    Bytes::from(value.to_string())
}
