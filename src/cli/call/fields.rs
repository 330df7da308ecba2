//! What the object of a call says of a body and of an approval.

use jiff::Timestamp;
use serde_json::value::RawValue;
use serde_json::{Map, Value, json};

use super::filtered;
use crate::cli::output::json;
use crate::domain::words::count;
use crate::domain::{Approval, ApprovalState, BodySize, PendingApproval, PendingGate, ProviderAnswer};

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

/// That a body is not whole, in words.
pub(super) fn cut_in_words(answer: &ProviderAnswer) -> Option<String> {
    let told = match answer.cut_here {
        Some(size) => {
            let least = if matches!(size, BodySize::AtLeast(_)) { "at least " } else { "" };
            let (kept, all) = (count(answer.body.len() as u64), count(size.bytes()));
            format!("only the first {kept} of {least}{all} bytes were kept; the body is not whole")
        }
        None if answer.truncated => "the backend cut the body; it is not whole".to_owned(),
        None => return None,
    };
    Some(told)
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

    #[test]
    fn who_cut_a_body_is_told() {
        let fields = |truncated, cut_here| {
            let answer = ProviderAnswer {
                approval: None,
                status: 200,
                headers: Vec::new(),
                body: Vec::new().into(),
                truncated,
                cut_here,
                duration_ms: None,
                credential_hint: None,
            };
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
