//! Held calls.

use std::time::Duration;

use grantdeck::domain::{Approval, ApprovalId, ApprovalState, Code, PendingApproval, ProviderAnswer, Retry};
use grantdeck::protocol::AlterError;
use grantdeck::protocol::call::approval::{self, Ending, Next};
use grantdeck::protocol::error::{Refusal, Surface};
use jiff::Timestamp;
use pretty_assertions::assert_eq;
use serde_json::{Value, json};
use strum::IntoEnumIterator;

use crate::errors::some_day;
use crate::exchanges::exchange;
use crate::support::{file, id, resolve, rows};

/// An answer as the SDK shows it.
pub(crate) fn answer(answer: &ProviderAnswer) -> Value {
    use base64::Engine as _;
    let headers: serde_json::Map<String, Value> =
        answer.headers.iter().map(|(name, value)| (name.clone(), json!(value))).collect();
    json!({
        "approval_id": answer.approval,
        "status_code": answer.status,
        "headers": headers,
        "body_b64": base64::engine::general_purpose::STANDARD.encode(&answer.body),
        "body_truncated": answer.truncated,
        "duration_ms": answer.duration_ms,
        "credential_hint": answer.credential_hint,
    })
}

/// A held call as the SDK shows it.
pub(crate) fn pending(pending: &PendingApproval) -> Value {
    let gate = |gate: &grantdeck::domain::PendingGate| {
        json!({
            "approval_id": gate.id,
            "expires_at": gate.expires_at.to_string(),
            "expires_in": gate.expires_in,
            "approval_url": gate.url,
        })
    };
    json!({
        "approval_id": pending.id,
        "approval_group_id": pending.group,
        "status": "pending",
        "expires_at": pending.expires_at.to_string(),
        "expires_in": pending.expires_in,
        "approval_url": pending.url,
        "gates": pending.gates.iter().map(gate).collect::<Vec<_>>(),
    })
}

/// A state as the SDK shows it.
fn status(approval: &Approval) -> Value {
    let gate = |gate: &grantdeck::domain::ApprovalGate| {
        json!({
            "approval_id": gate.id,
            "status": gate.state.to_string(),
            "expires_at": gate.expires_at.to_string(),
            "decided_at": gate.decided_at.map(|at| at.to_string()),
        })
    };
    json!({
        "approval_id": approval.id,
        "status": approval.state.to_string(),
        "approval_group_id": approval.group,
        "gates": approval.gates.iter().map(gate).collect::<Vec<_>>(),
        "expires_at": approval.expires_at.to_string(),
        "decided_at": approval.decided_at.map(|at| at.to_string()),
        "decision_reason": approval.decision_reason,
        "executed_at": approval.executed_at.map(|at| at.to_string()),
        "execution_error": approval.execution_error,
        "has_result": approval.has_result,
    })
}

/// The SDK prints an instant with the offset that it came with, or without one; here instants are instants.
fn as_instants(mut value: Value) -> Value {
    for name in ["expires_at", "decided_at", "executed_at"] {
        let Some(text) = value.get(name).and_then(Value::as_str) else { continue };
        let with_zone =
            if text.len() == "2026-01-01T01:00:00".len() { format!("{text}Z") } else { text.into() };
        value[name] = json!(with_zone.parse::<Timestamp>().expect("an instant").to_string());
    }
    value
}

#[test]
fn every_answer_about_a_held_call() {
    let file = file("approvals.json");
    for row in rows("approvals") {
        let (input, output) = resolve(&file, &row);
        let bytes = input.to_string().into_bytes();
        let have = match row["base"].as_str().expect("base") {
            "pending_approval" => approval::parse_pending(&bytes).map(|held| pending(&held)),
            "approval_status" => approval::parse_status(&bytes).map(|approval| status(&approval)),
            "approval_result" => approval::parse_result(&bytes).map(|result| answer(&result)),
            other => panic!("{other}"),
        };
        match (have, output) {
            (Ok(have), Some(want)) => assert_eq!(have, as_instants(want), "{}", id(&row)),
            (Err(error), None) => {
                let place = row["fails_at"][0].as_str().expect("a place");
                let parent = place.rsplit_once('.').map_or("", |(parent, _)| parent);
                let position = error.position.replace('[', ".").replace(']', "");
                assert!(position == place || position.starts_with(parent), "{}: {position}", id(&row));
            }
            (have, want) => panic!("{}: {have:?} instead of {want:?}", id(&row)),
        }
    }
}

const ID: &str = "56902bb8-43a5-5a5f-83eb-06a31f94a0cf";

fn held() -> ApprovalId {
    serde_json::from_value(json!(ID)).expect("an id")
}

#[test]
fn questions_are_the_sdks() {
    for (name, seconds) in
        [("approval_status", 0.0), ("approval_status_wait", 20.9), ("approval_denied", 60.0)]
    {
        let step = &exchange(name)["steps"][0];
        let target = approval::status_target(held(), Duration::from_secs_f64(seconds));
        assert_eq!(step["request"]["target"], target, "{name}");
    }
    // The SDK asks with 60 and is refused; here the wait is brought down to what is possible.
    let asked = &exchange("approval_status_wait_over_cap")["steps"][0]["request"]["target"];
    assert_eq!(asked, &json!(format!("/sdk/approvals/{ID}?wait=60")));
    let minute = Duration::from_mins(1);
    assert_eq!(approval::status_target(held(), minute), format!("/sdk/approvals/{ID}?wait=25"));
    assert_eq!(approval::patience(minute), Duration::from_secs(40));
    assert_eq!(approval::patience(Duration::ZERO), Duration::from_secs(15));
}

#[test]
fn waiting_goes_as_recorded() {
    let exchange = exchange("proxy_202_approved_result");
    let steps = exchange["steps"].as_array().expect("steps");
    // The wait of the first question tells the deadline that was set; all of it happens within a second.
    let mut next = approval::before_asking(Some(Duration::from_mins(1)));
    for step in steps.iter().skip(1) {
        if next == Next::Pause(approval::PAUSE) {
            next = approval::before_asking(Some(Duration::from_mins(1)));
        }
        let body = step["response"]["body"].as_str().expect("body").as_bytes();
        let target = step["request"]["target"].as_str().expect("target");
        match next {
            Next::Ask { wait } => {
                assert_eq!(target, approval::status_target(held(), wait));
                next = match step["response"]["status"].as_u64().expect("status") {
                    200 => approval::after(&approval::parse_status(body).expect("a state")),
                    status => refused(status, "{}", None).expect("asked again"),
                };
            }
            Next::Fetch => {
                assert_eq!(target, approval::result_target(held()));
                let result = approval::parse_result(body).expect("a result");
                assert_eq!(answer(&result), exchange["returned"]["value"]);
                return;
            }
            other => panic!("{other:?} before {target}"),
        }
    }
    panic!("the result was never fetched");
}

fn refused(status: u64, body: &str, retry_after: Option<&str>) -> Option<Next> {
    approval::after_refusal(&AlterError::read(&Refusal {
        surface: Surface::Approval,
        status: u16::try_from(status).expect("a status"),
        body: body.as_bytes(),
        retry_after,
        request_id: None,
        date: None,
        now: some_day(),
    }))
}

#[test]
fn endings_are_the_sdks() {
    for (name, code) in [
        ("approval_denied", Code::ApprovalDenied),
        ("approval_expired", Code::ApprovalExpired),
        ("approval_failed", Code::ApprovalExecutionFailed),
    ] {
        let exchange = exchange(name);
        let body = exchange["steps"][0]["response"]["body"].as_str().expect("body");
        let Next::Ended(ending) = approval::after(&approval::parse_status(body.as_bytes()).expect("a state"))
        else {
            panic!("{name} is an end");
        };
        let diagnosis = ending.diagnose();
        assert_eq!(diagnosis.code, code);
        let reported = exchange["raised"]["message"].as_str();
        assert_eq!(diagnosis.said.as_ref().map(grantdeck::domain::Clean::as_str), reported, "{name}");
    }
}

#[test]
fn every_state_has_a_next_step() {
    let base = file("approvals.json")["bases"]["approval_status"]["input"].clone();
    for state in ApprovalState::iter() {
        for has_result in [false, true] {
            let mut wire = base.clone();
            wire["status"] = json!(state.to_string());
            wire["has_result"] = json!(has_result);
            let next =
                approval::after(&approval::parse_status(wire.to_string().as_bytes()).expect("a state"));
            let on_its_way = state == ApprovalState::Executed && !has_result;
            assert_eq!(matches!(next, Next::Pause(_)), !state.is_terminal() || on_its_way, "{state}");
            assert_eq!(next == Next::Fetch, state == ApprovalState::Executed && has_result, "{state}");
        }
    }
}

#[test]
fn deadlines_and_faults() {
    let ask = |seconds| Next::Ask { wait: Duration::from_secs(seconds) };
    assert_eq!(approval::before_asking(Some(Duration::ZERO)), Next::Ended(Ending::StillOpen));
    assert_eq!(approval::before_asking(Some(Duration::from_millis(900))), ask(0));
    assert_eq!(approval::before_asking(Some(Duration::from_millis(7900))), ask(7));
    assert_eq!(approval::before_asking(None), ask(25));
    assert_eq!(Ending::StillOpen.diagnose().retry, Retry::Later(None));
    let pause = |seconds| Some(Next::Pause(Duration::from_secs(seconds)));
    for (status, body, retry_after, want) in [
        (502, "", None, pause(2)),
        (503, "{}", Some("9"), pause(2)),
        (504, "{}", None, pause(2)),
        (500, "{}", None, None),
        (401, "{}", None, None),
        (404, "{}", None, None),
        (429, r#"{"error":"rate_limit_exceeded"}"#, Some("7"), pause(7)),
        (429, r#"{"error":"rate_limit_exceeded"}"#, Some("0"), pause(2)),
        (429, "slow down", None, pause(2)),
        (429, r#"{"error":"quota_exceeded"}"#, Some("7"), None),
    ] {
        assert_eq!(refused(status, body, retry_after), want, "{status} {body}");
    }
}
