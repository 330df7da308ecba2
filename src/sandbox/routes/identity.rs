//! Who a token or id stands for (docs/protocol/grants.md section 12).

use serde_json::{Value, json};

use crate::keys::Holder;
use crate::message::{Reply, Request};
use crate::world::{Caller, World};

/// Whose token this is (docs/protocol/connect.md section 4): its subject, or 401.
pub(super) fn verify_token(world: &World, request: &Request) -> Reply {
    let Ok(Value::Object(fields)) = serde_json::from_slice(&request.body) else {
        return Reply::invalid("body", "body", "json_invalid", "JSON decode error");
    };
    let Some(token) = fields.get("token").and_then(Value::as_str) else {
        return Reply::invalid("body", "token", "missing", "Field required");
    };
    match world.tokens.get(token).filter(|(_, valid)| *valid).and_then(|(index, _)| world.users.get(*index)) {
        Some(user) => Reply::json(200, &json!({ "sub": user.subject })),
        None => Reply::refusal(401, "jwt_validation_error", "The user token is not valid."),
    }
}

pub(super) fn resolve(world: &World, request: &Request, caller: Caller) -> Reply {
    let Ok(Value::Object(fields)) = serde_json::from_slice(&request.body) else {
        return Reply::invalid("body", "body", "json_invalid", "JSON decode error");
    };
    let text = |name: &str| fields.get(name).and_then(Value::as_str);
    let with_profile = fields.get("include_profile") == Some(&Value::Bool(true));
    let user = match (text("user_token"), text("app_user_id")) {
        (Some(token), _) => match world.tokens.get(token) {
            Some((index, true)) => world.users.get(*index),
            _ => return Reply::refusal(401, "jwt_validation_error", "The user token is not valid."),
        },
        (None, Some(id)) => match world.users.iter().find(|user| user.id.to_string() == id.to_lowercase()) {
            None => return Reply::refusal(404, "user_not_found", "This app has no such user."),
            found => found,
        },
        (None, None) => None,
    };
    let agent = match caller.holder {
        Holder::Agent(index) => world.agents.get(index),
        Holder::App => None,
    };
    let profile = user.filter(|_| with_profile);
    Reply::json(
        200,
        &json!({
            "app_id": world.app_id,
            "app_user_id": user.map(|user| user.id),
            "external_subject_id": user.map(|user| &user.subject),
            "idp_id": user.map(|_| world.idp_id),
            "user_status": user.map(|_| "active"),
            "group_ids": [],
            "agent_id": agent.map(|agent| agent.id),
            "actor_id": caller.actor,
            "trace": null,
            "email": profile.map(|user| &user.email),
            "display_name": profile.map(|user| &user.name),
        }),
    )
}
