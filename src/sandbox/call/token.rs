//! `POST /sdk/token` (docs/protocol/calls.md A2, and "Which mode").

use jiff::Timestamp;
use serde_json::{Map, Value, json};
use url::Url;

use super::CallError;
use super::address::{Address, FIELDS};
use super::input::{Fields, invalid};
use super::proxy::forced;
use super::state::{About, held_scopes};
use crate::faults::Fault;
use crate::grant::{Kind, instant};
use crate::message::{Reply, Request};
use crate::provider::row_of;
use crate::world::{Caller, World};

pub(crate) fn token(
    world: &mut World,
    request: &Request,
    caller: Caller,
    now: Timestamp,
    faults: &[Fault],
) -> Reply {
    match hand_out(world, request, caller, now.as_second(), faults) {
        Ok(reply) => reply,
        Err(refusal) => *refusal,
    }
}

fn hand_out(
    world: &mut World,
    request: &Request,
    caller: Caller,
    now: i64,
    faults: &[Fault],
) -> Result<Reply, Box<Reply>> {
    let fields = Fields::read(&request.body, &[&["reason", "request"][..], &FIELDS].concat())?;
    // "Always" sent: docs/protocol/calls.md A2.
    if !fields.has("reason") {
        return Err(invalid("reason", "missing", "Field required"));
    }
    fields.text("reason")?;
    read_request(&fields)?;
    let address = Address::read(&fields)?;
    let index = world.resolve(caller, &address, now);
    if let Some(error) = forced(faults) {
        let about = index.as_ref().map_or_else(|_| About::default(), |index| world.about(*index));
        return Err(Box::new(error.reply(&about)));
    }
    let index = index?;
    let about = world.about(index);
    if let Some(refusal) = world.refuse_state(index, now) {
        return Err(Box::new(refusal));
    }
    let Some(grant) = world.grants.get(index) else {
        return Err(Box::new(CallError::GrantNotFound.reply(&about)));
    };
    let rule = |name: &str| {
        grant.policy.as_ref().is_some_and(|policy| policy.get(name).is_some_and(Value::is_object))
    };
    let of_agent = |index: usize| {
        world.agents.get(index).is_some_and(|agent| agent.policy.get("requires_approval").is_some())
    };
    let agent = caller.agent();
    let proxy_only = if rule("restrictions") {
        Some(CallError::RestrictedGrantRequiresProxy)
    } else if grant.parent.is_some() || grant.scope_constraint.is_some() {
        Some(CallError::DelegatedGrantRequiresProxy)
    } else if rule("requires_approval") || agent.is_some_and(of_agent) {
        Some(CallError::HitlGrantRequiresProxy)
    } else if grant.user_limits {
        Some(CallError::UserLimitsRequireProxy)
    } else {
        None
    };
    if let Some(error) = proxy_only {
        return Err(Box::new(error.reply(&about)));
    }
    let Some(row) = row_of(&grant.selector) else {
        return Err(Box::new(CallError::BindingHostsRequired.reply(&about)));
    };
    let credential = world.calls.secrets.of(grant, row);
    let scopes = held_scopes(grant).to_vec();
    let selector = grant.selector.clone();
    let id = grant.id;
    world.calls.handed_out.insert(credential.token.clone(), index);
    let token_end = world.refresh(index, now);
    let grant_end = world.grants.get(index).and_then(|grant| grant.grant_expires_at);
    let end = [token_end, grant_end].into_iter().flatten().min();
    let additional: Map<String, Value> =
        credential.additional.iter().map(|(name, value)| ((*name).to_owned(), json!(value))).collect();
    let injections: Vec<Value> = credential
        .injections
        .iter()
        .map(|(target, key, source)| json!({ "target": target, "key": key, "value_source": source }))
        .collect();
    let body = json!({
        "access_token": credential.token, "token_type": "Bearer",
        "expires_in": end.map(|end| end - now), "expires_at": end.map(instant),
        "token_expires_at": token_end.map(instant), "grant_expires_at": grant_end.map(instant),
        "scopes": scopes, "grant_id": id, "provider_id": selector,
        "token_generation": credential.generation, "scope_mismatch": faults.contains(&Fault::FlaggedToken),
        "injection_header": credential.header, "injection_format": credential.format,
        "additional_credentials": (!additional.is_empty()).then_some(additional),
        "additional_injections": (!injections.is_empty()).then_some(injections),
    });
    Ok(Reply::json(200, &body))
}

/// `{method, url}`: the method in upper case, an absolute URL.
fn read_request(fields: &Fields) -> Result<(), Box<Reply>> {
    let request = fields.object("request")?.ok_or_else(|| invalid("request", "missing", "Field required"))?;
    let text = |name: &str| request.get(name).and_then(Value::as_str).unwrap_or_default();
    let (method, url) = (text("method"), text("url"));
    if request.len() != 2 || method.is_empty() || method != method.to_uppercase() {
        return Err(invalid("request", "value_error", "Give method, in upper case, and url"));
    }
    match Url::parse(url) {
        Ok(url) if matches!(url.scheme(), "http" | "https") => Ok(()),
        _ => Err(invalid("request", "url_parsing", "Input should be a valid URL")),
    }
}

impl World {
    /// Note a use, refresh a token that has run out, and say when it runs out now.
    fn refresh(&mut self, index: usize, now: i64) -> Option<i64> {
        let Self { grants, providers, .. } = self;
        let grant = grants.get_mut(index)?;
        grant.use_at(now);
        let Kind::Oauth(_) = &grant.kind else { return None };
        let row = providers.provider.iter().find(|row| row.id == grant.selector)?;
        if row.token_minutes > 0 && grant.expires_at.is_none_or(|end| end <= now) {
            grant.expires_at = Some(now + row.token_minutes * 60);
        }
        grant.expires_at
    }
}
