//! Who a token or id stands for (docs/protocol/grants.md section 12).

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use crate::grant::instant;
use crate::input::{Fields, invalid};
use crate::keys::Holder;
use crate::message::{Reply, Request};
use crate::world::{Caller, World};

/// The most characters of a user token and of an audience.
const TOKEN: usize = 8192;
const AUDIENCE: usize = 512;
/// How long an assertion is good for unless told otherwise, in seconds.
const ASSERTION: i64 = 120;

type Answer = Result<Reply, Box<Reply>>;

/// Whose token this is (docs/protocol/connect.md section 4): its subject, or 401.
pub(super) fn verify_token(world: &World, request: &Request, now: i64) -> Answer {
    let fields = Fields::read(&request.body, &["token"])?;
    let user = world.user_of(&fields.needed("token")?, now)?;
    let subject = world.users.get(user).map(|user| &user.subject);
    Ok(Reply::json(200, &json!({ "sub": subject })))
}

pub(super) fn resolve(world: &World, request: &Request, caller: Caller, now: i64) -> Answer {
    let fields = Fields::read(&request.body, &["include_profile", "user_token", "app_user_id"])?;
    Ok(Reply::json(200, &identity(world, request, caller, &fields, now)?))
}

/// A statement about who somebody is, for another service. The signature is one only in looks.
pub(super) fn assert(world: &mut World, request: &Request, caller: Caller, now: i64) -> Answer {
    let known = ["include_profile", "user_token", "app_user_id", "audience", "ttl_seconds"];
    let fields = Fields::read(&request.body, &known)?;
    let audience = fields.name("audience", AUDIENCE)?;
    let audience = audience.ok_or_else(|| invalid("audience", "missing", "Field required"))?;
    let has_scheme = audience.split_once(':').is_some_and(|(scheme, _)| {
        scheme.starts_with(|first: char| first.is_ascii_alphabetic())
            && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+.-".contains(&byte))
    });
    if !has_scheme {
        return Err(Box::new(Reply::refusal(422, "invalid_audience", "An audience is a URI with a scheme.")));
    }
    let life = fields.whole("ttl_seconds", 10..=300)?.unwrap_or(ASSERTION);
    let identity = identity(world, request, caller, &fields, now)?;
    let subject =
        if identity["app_user_id"].is_null() { &identity["app_id"] } else { &identity["app_user_id"] };
    let claims = json!({ "sub": subject, "aud": audience, "iat": now, "exp": now + life });
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let head = json!({ "alg": "ES256", "typ": "JWT", "kid": "sandbox" });
    let signature: [u8; 64] = std::array::from_fn(|_| world.rng.u8(..));
    let token = format!("{}.{}.{}", part(&head), part(&claims), URL_SAFE_NO_PAD.encode(signature));
    let body = json!({ "token": token, "expires_at": instant(now + life), "identity": identity });
    Ok(Reply::json(200, &body))
}

fn identity(
    world: &World,
    request: &Request,
    caller: Caller,
    fields: &Fields,
    now: i64,
) -> Result<Value, Box<Reply>> {
    let with_profile = fields.flag("include_profile")?.unwrap_or(false);
    let user = match (fields.name("user_token", TOKEN)?, fields.text("app_user_id")?) {
        (Some(token), _) => world.users.get(world.user_of(&token, now)?),
        (None, Some(id)) => Some(world.user_with(&id, caller)?),
        (None, None) => None,
    };
    let agent = match caller.holder {
        Holder::Agent(index) => world.agents.get(index),
        Holder::App => None,
    };
    let profile = user.filter(|_| with_profile);
    Ok(json!({
        "app_id": world.app_id,
        "app_user_id": user.map(|user| user.id),
        "external_subject_id": user.map(|user| &user.subject),
        "idp_id": user.map(|_| world.idp_id),
        "user_status": user.map(|_| "active"),
        "group_ids": [],
        "agent_id": agent.map(|agent| agent.id),
        "actor_id": caller.actor,
        "trace": trace(request),
        "email": profile.map(|user| &user.email),
        "display_name": profile.map(|user| &user.name),
    }))
}

/// The run and the thread that the request's context names.
fn trace(request: &Request) -> Option<Value> {
    let context: Value = serde_json::from_str(request.header("X-Alter-Context")?).ok()?;
    let text = |name: &str| context.get(name).and_then(Value::as_str);
    let (run, thread) = (text("run_id"), text("thread_id"));
    (run.is_some() || thread.is_some()).then(|| json!({ "run_id": run, "thread_id": thread }))
}

impl World {
    /// The user with this id; an agent may ask only for users who let it have a grant. Others do not exist for it.
    fn user_with(&self, id: &str, caller: Caller) -> Result<&crate::seed::User, Box<Reply>> {
        let place = self.users.iter().position(|user| user.id.to_string() == id.to_lowercase());
        let knows = |place: &usize| match caller.holder {
            Holder::App => true,
            Holder::Agent(agent) => self.grants.iter().any(|grant| {
                grant.user == Some(*place) && grant.holder.is_some_and(|(holder, _)| holder == agent)
            }),
        };
        let found = place.filter(knows).and_then(|place| self.users.get(place));
        found.ok_or_else(|| Box::new(Reply::refusal(404, "user_not_found", "This app has no such user.")))
    }
}
