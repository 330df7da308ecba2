//! The state of a Connect session (docs/protocol/connect.md section 2).

use std::time::Duration;

use serde_json::{Map, Value};

use super::malformed::{self, Malformed};
use crate::domain::connect::{
    ConnectState, ConnectedGrant, DeclinedProvider, FailedGrant, GrantedDelegation, Operation, SessionFailure,
};
use crate::domain::{GrantId, Origin};

/// Method and path.
pub const ENDPOINT: &str = "POST /sdk/oauth/connect/session/poll";
/// The path.
pub const TARGET: &str = "/sdk/oauth/connect/session/poll";

fn wrong(field: &str, problem: &str) -> Malformed {
    Malformed { endpoint: ENDPOINT, position: field.to_owned(), problem: problem.to_owned() }
}

/// Parses the answer to a poll.
///
/// # Errors
/// The first place that departs from its shape. An unknown state is accepted.
pub fn parse(bytes: &[u8]) -> Result<ConnectState, Malformed> {
    let answer: Map<String, Value> = malformed::read(ENDPOINT, bytes)?;
    let status = answer.get("status").and_then(Value::as_str).filter(|status| !status.is_empty());
    Ok(match status.ok_or_else(|| wrong("status", "expected a text"))? {
        "pending" => ConnectState::Pending { declined: declined(answer.get("declined_providers")) },
        "completed" => {
            let failed = failed(answer.get("failed_grants"))?;
            let grants = match answer.get("grants") {
                None => Vec::new(),
                Some(Value::Array(items)) => items.iter().map(grant).collect::<Result<_, _>>()?,
                Some(_) => return Err(wrong("grants", "expected a list")),
            };
            match SessionFailure::nothing_kept(&failed).filter(|_| grants.is_empty()) {
                Some(failure) => ConnectState::Failed(failure),
                None => ConnectState::Completed { grants, failed },
            }
        }
        "error" => ConnectState::Failed(failure(answer.get("error"))?),
        "expired" => ConnectState::Expired,
        other => ConnectState::Other(other.to_owned()),
    })
}

/// Malformed entries are left out: they only concern what did not happen.
fn declined(list: Option<&Value>) -> Vec<DeclinedProvider> {
    let items = list.and_then(Value::as_array).into_iter().flatten();
    items
        .filter_map(|item| {
            let own = |name: &str| item.get(name).and_then(Value::as_str).map(str::to_owned);
            Some(DeclinedProvider { provider: own("provider_id")?, error_code: own("error_code")? })
        })
        .collect()
}

fn failure(error: Option<&Value>) -> Result<SessionFailure, Malformed> {
    let error = error.and_then(Value::as_object).ok_or_else(|| wrong("error", "expected an object"))?;
    let text = |name: &str| {
        let text = error.get(name).and_then(Value::as_str).filter(|text| !text.trim().is_empty());
        text.ok_or_else(|| wrong(&format!("error.{name}"), "expected a text"))
    };
    let (code, message) = (text("error_code")?, text("error_message")?);
    let wait = error.get("retry_after_seconds").and_then(Value::as_u64).map(Duration::from_secs);
    Ok(SessionFailure::new(code, message, wait))
}

fn failed(list: Option<&Value>) -> Result<Vec<FailedGrant>, Malformed> {
    let wrong = || wrong("failed_grants", "expected a list of providers, reasons and messages");
    let items = match list {
        None | Some(Value::Null) => return Ok(Vec::new()),
        Some(list) => list.as_array().ok_or_else(wrong)?,
    };
    let read = |item: &Value| {
        let own = |name: &str| {
            let text = item.get(name).and_then(Value::as_str).filter(|text| !text.is_empty());
            text.map(str::to_owned).ok_or_else(wrong)
        };
        Ok(FailedGrant { provider: own("provider_id")?, reason: own("reason")?, message: own("message")? })
    };
    items.iter().map(read).collect()
}

fn grant(item: &Value) -> Result<ConnectedGrant, Malformed> {
    let entry = item.as_object().ok_or_else(|| wrong("grants", "expected an object"))?;
    let text = |name: &str| entry.get(name).and_then(Value::as_str);
    let id = text("grant_id").and_then(GrantId::parse);
    let scopes = match entry.get("scopes") {
        None => Vec::new(),
        Some(Value::Array(scopes)) => scopes
            .iter()
            .map(|scope| scope.as_str().map(str::to_owned))
            .collect::<Option<_>>()
            .ok_or_else(|| wrong("scopes", "expected texts"))?,
        Some(_) => return Err(wrong("scopes", "expected a list")),
    };
    let account = match entry.get("account_identifier") {
        None | Some(Value::Null) => None,
        Some(Value::String(account)) => Some(account.clone()),
        Some(_) => return Err(wrong("account_identifier", "expected a text")),
    };
    if entry.get("grant_policy").is_some_and(|policy| !policy.is_object() && !policy.is_null()) {
        return Err(wrong("grant_policy", "expected an object"));
    }
    let operation = match entry.get("operation") {
        None | Some(Value::Null) => Operation::Creation,
        Some(Value::String(word)) if word == "creation" => Operation::Creation,
        Some(Value::String(word)) if word == "reauth" => Operation::Reauth,
        Some(_) => return Err(wrong("operation", "expected creation or reauth")),
    };
    Ok(ConnectedGrant {
        id: id.ok_or_else(|| wrong("grants", "expected a grant id"))?,
        provider: text("provider_id").ok_or_else(|| wrong("grants", "expected a provider"))?.to_owned(),
        account,
        scopes,
        api_base_url: text("api_base_url").and_then(Origin::parse),
        operation,
        delegation: delegation(entry.get("delegation"))?,
    })
}

fn delegation(value: Option<&Value>) -> Result<Option<GrantedDelegation>, Malformed> {
    let wrong = || wrong("delegation", "expected an agent and whether it may pass the grant on");
    let entry = match value {
        None | Some(Value::Null) => return Ok(None),
        Some(value) => value.as_object().ok_or_else(wrong)?,
    };
    let agent = entry.get("agent_id").and_then(Value::as_str).and_then(GrantId::parse).ok_or_else(wrong)?;
    let delegable = entry.get("delegable").and_then(Value::as_bool).ok_or_else(wrong)?;
    let policy_refused = match entry.get("policy_refused") {
        None => false,
        Some(refused) => refused.as_bool().ok_or_else(wrong)?,
    };
    Ok(Some(GrantedDelegation { agent, delegable, policy_refused }))
}
