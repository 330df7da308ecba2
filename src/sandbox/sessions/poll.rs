//! `POST /sdk/oauth/connect/session/poll` (docs/protocol/connect.md section 2).

use serde_json::{Value, json};

use super::{End, Purpose, with};
use crate::call::stamp;
use crate::input::Fields;
use crate::message::{Reply, Request};
use crate::world::{Caller, World};

/// Answers a poll. A managed-secret session has none: its token is unknown here.
pub(crate) fn poll(world: &World, request: &Request, caller: Caller) -> Reply {
    let token = match Fields::read(&request.body, &["session_token"])
        .and_then(|fields| fields.needed("session_token"))
    {
        Ok(token) => token,
        Err(refusal) => return *refusal,
    };
    let place = world.session_of(&token, caller);
    let session = place.and_then(|place| world.sessions.0.get(place));
    let session = session.filter(|session| matches!(session.purpose, Purpose::Connect(_)));
    let Some(session) = session else { return Reply::json(200, &json!({ "status": "expired" })) };
    let reported = match &session.end {
        None if session.declined.is_empty() => json!({ "status": "pending" }),
        None => {
            let declined: Vec<Value> = session
                .declined
                .iter()
                .map(|(provider, when)| {
                    json!({ "provider_id": provider, "error_code": "connect_denied", "declined_at": stamp(*when) })
                })
                .collect();
            json!({ "status": "pending", "declined_providers": declined })
        }
        Some(End::Connected(grants, failed)) => {
            let reported = json!({ "status": "completed", "grants": grants });
            if failed.is_empty() { reported } else { with(reported, &json!({ "failed_grants": failed })) }
        }
        Some(End::Failed(code)) => failure(code, false),
        Some(End::Expired | End::SignedIn(..)) => json!({ "status": "expired" }),
    };
    Reply::json(200, &reported)
}

/// The last word of a session that failed; a sign-in's has its fields at the top.
pub(super) fn failure(code: &str, flat: bool) -> Value {
    let message = match code {
        "connect_denied" | "access_denied" => "The user declined.",
        "connect_config_error" => "The provider is not configured correctly.",
        "service_unavailable" => "The identity provider cannot be reached at the moment.",
        "identity_provider_inactive" => "The identity provider is switched off.",
        "identity_group_name_ambiguous" => "Two groups of the identity provider have the same name.",
        _ => "The session failed on purpose.",
    };
    let mut error = json!({ "error_code": code, "error_message": message });
    if code == "service_unavailable" {
        error = with(error, &json!({ "retry_after_seconds": 5 }));
    }
    if flat {
        with(json!({ "status": "error" }), &error)
    } else {
        json!({ "status": "error", "error": error })
    }
}
