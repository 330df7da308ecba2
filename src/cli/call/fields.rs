//! What the object of a call says of a body and of an approval.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use jiff::Timestamp;
use serde_json::value::RawValue;
use serde_json::{Map, Value, json};

use super::filtered;
use crate::body::{Document, Kind, Note, reading};
use crate::cli::output::json;
use crate::domain::{Approval, ApprovalState, Body, BodySize, PendingApproval, PendingGate, ProviderAnswer};

/// How a held call stands, as fields.
pub(super) fn stands(standing: &Approval) -> Map<String, Value> {
    let time = |at: Option<Timestamp>| json!(at.map(|at| at.to_string()));
    let gates: Value = standing
        .gates
        .iter()
        .map(|gate| {
            json!({
                "approval_id": gate.id.to_string(),
                "state": gate.state.to_string(),
                "expires_at": gate.expires_at.to_string(),
                "decided_at": time(gate.decided_at),
            })
        })
        .collect();
    let mut fields = Map::new();
    fields.insert("state".to_owned(), json!(standing.state.to_string()));
    fields.insert("decided_at".to_owned(), time(standing.decided_at));
    fields.insert("decision_reason".to_owned(), json!(standing.decision_reason));
    fields.insert("executed_at".to_owned(), time(standing.executed_at));
    fields.insert("gates".to_owned(), gates);
    fields
}

/// The same for one that was just held.
pub(super) fn pending(held: &PendingApproval) -> Map<String, Value> {
    let state = ApprovalState::Pending.to_string();
    let gate = |gate: &PendingGate| {
        json!({
            "approval_id": gate.id.to_string(),
            "state": state,
            "expires_at": gate.expires_at.to_string(),
            "approval_url": gate.url,
        })
    };
    let gates: Value = held.gates.iter().map(gate).collect();
    let mut fields = Map::new();
    fields.insert("state".to_owned(), json!(state));
    fields.insert("gates".to_owned(), gates);
    fields
}

/// A body as UTF-8, where it is a text in any charset; else as it came.
pub(super) fn as_text(answer: &ProviderAnswer) -> Body {
    reading::as_text(&answer.body, answer.header("content-type"))
}

/// A body: as JSON, else as text, with its charset where that is not UTF-8, else in base64.
pub(super) fn body(answer: &ProviderAnswer) -> Vec<(String, Value)> {
    let field = |name: &str, value: Value| (name.to_owned(), value);
    if let Ok(body) = serde_json::from_slice(&answer.body) {
        return vec![field("body", body)];
    }
    let base64 = || vec![field("body_base64", json!(BASE64_STANDARD.encode(&answer.body)))];
    let read = Document::open(answer.body.clone(), answer.header("content-type"), &|| false);
    let Some(document) = read.filter(|document| !matches!(document.kind(), Kind::Binary(_))) else {
        return base64();
    };
    if let Ok(body) = serde_json::from_slice(document.text()) {
        return vec![field("body", body)];
    }
    // With replaced characters it would be another text.
    let is_whole = !document.notes().iter().any(|note| matches!(note, Note::Broken(_)));
    let text = std::str::from_utf8(document.text()).ok().filter(|_| is_whole);
    let Some(text) = text else { return base64() };
    let charset = document.charset().name;
    let charset = (charset != "UTF-8").then(|| field("body_charset", json!(charset)));
    std::iter::once(field("body_text", json!(text))).chain(charset).collect()
}

/// Who cut a body, and how long it was as far as anybody saw.
pub(super) fn cut(answer: &ProviderAnswer) -> Vec<(String, Value)> {
    let by = |who: &str| ("truncated_by".to_owned(), json!(who));
    match answer.cut_here {
        Some(size) => vec![
            by("grantdeck"),
            ("body_bytes".to_owned(), json!(size.bytes())),
            ("body_bytes_exact".to_owned(), json!(matches!(size, BodySize::Exactly(_)))),
        ],
        None if answer.truncated => vec![by("alter")],
        None => Vec::new(),
    }
}

pub(super) fn object(fields: &Map<String, Value>, body: Option<&RawValue>, terminal: bool) -> Vec<u8> {
    // It always serialises: all names are texts.
    let plain = serde_json::to_string(&filtered::Object { fields, body }).unwrap_or_default();
    let mut line = String::with_capacity(plain.len() + 1);
    json::raw(&mut line, &plain, terminal);
    line.push('\n');
    line.into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(content_type: &str, body: Vec<u8>) -> ProviderAnswer {
        let headers = vec![("Content-Type".to_owned(), content_type.to_owned())];
        ProviderAnswer::new(200, headers, body)
    }

    #[test]
    fn a_body_is_json_or_text_or_bytes() {
        let wide = |text: &str| text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>();
        let png = b"\x89PNG\r\n\x1a\n\xff".to_vec();
        for (content_type, bytes, want) in [
            ("text/html", b"<html>hi".to_vec(), json!({ "body_text": "<html>hi" })),
            (
                "text/html; charset=ISO-8859-1",
                b"<p>caf\xe9".to_vec(),
                json!({ "body_text": "<p>caf\u{e9}", "body_charset": "windows-1252" }),
            ),
            ("text/plain", wide("\u{feff}hé"), json!({ "body_text": "hé", "body_charset": "UTF-16LE" })),
            ("application/json", wide("\u{feff}{\"a\":1}"), json!({ "body": { "a": 1 } })),
            ("application/json; charset=latin1", b"[\"\xe9\"]".to_vec(), json!({ "body": ["é"] })),
            ("application/json", b"\xef\xbb\xbf[1]".to_vec(), json!({ "body": [1] })),
            ("application/x-ndjson", b"{\"a\":1}\n2\n".to_vec(), json!({ "body_text": "{\"a\":1}\n2\n" })),
            ("application/json", b"{\"a\":".to_vec(), json!({ "body_text": "{\"a\":" })),
            ("text/plain", Vec::new(), json!({ "body_text": "" })),
            ("text/plain; charset=utf-8", b"a\xff".to_vec(), json!({ "body_base64": "Yf8=" })),
            ("image/png", png, json!({ "body_base64": "iVBORw0KGgr/" })),
        ] {
            let fields = Value::Object(body(&answer(content_type, bytes)).into_iter().collect());
            assert_eq!(fields, want, "{content_type}");
        }
    }

    #[test]
    fn who_cut_a_body_is_reported() {
        let fields = |truncated, cut_here| {
            let answer = ProviderAnswer { truncated, cut_here, ..answer("", Vec::new()) };
            Value::Object(cut(&answer).into_iter().collect())
        };
        assert_eq!(fields(false, None), json!({}));
        assert_eq!(fields(true, None), json!({ "truncated_by": "alter" }));
        for (size, exact) in [(BodySize::Exactly(9), true), (BodySize::AtLeast(9), false)] {
            let want = json!({ "truncated_by": "grantdeck", "body_bytes": 9, "body_bytes_exact": exact });
            assert_eq!(fields(true, Some(size)), want);
        }
    }
}
