//! `POST /sdk/managed-secrets/connect/session` (docs/protocol/connect.md section 3).

use std::sync::Arc;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::{Purpose, with};
use crate::faults::Fault;
use crate::grant::{Grant, Kind};
use crate::input::{Fields, invalid};
use crate::keys::Holder;
use crate::manage::{Lifetime, agent_named, label_taken, origin};
use crate::message::{Reply, Request};
use crate::world::{Caller, World};

const FIELDS: [&str; 15] = [
    "provider",
    "template_slug",
    "agent",
    "delegated_agent_id",
    "user_token",
    "requested_ttl_seconds",
    "allowed_origin",
    "return_url",
    "allow_user_policy_rules",
    "delegable",
    "requested_grant",
    "grant_policy",
    "direct",
    "repair_grant_id",
    "scope_constraint",
];

/// The longest that a delegation lives, in seconds.
const LONGEST: i64 = 90 * 86_400;

/// How the session completes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Path {
    /// The user approves the use of this grant.
    Existing(usize),
    /// The user types a key.
    KeyEntry,
    /// The user replaces the key of this grant.
    Repair(usize),
}

/// What a session is to bring.
#[derive(Debug, Clone)]
pub(super) struct Wanted {
    /// The managed secret, by its place in the table.
    pub(super) secret: usize,
    pub(super) user: usize,
    pub(super) agent: Option<usize>,
    pub(super) delegable: bool,
    pub(super) label: Option<Arc<str>>,
    pub(super) lifetime: Lifetime,
    pub(super) path: Path,
    direct: bool,
}

pub(crate) fn create(
    world: &mut World,
    request: &Request,
    caller: Caller,
    now: Timestamp,
    faults: &[Fault],
) -> Reply {
    let wanted = match read(world, request, caller, now.as_second()) {
        Ok(wanted) => wanted,
        Err(refusal) => return *refusal,
    };
    if let (true, Some(label)) = (faults.contains(&Fault::LabelTaken), &wanted.label) {
        return label_taken(label);
    }
    // What the user holds is not told to an agent.
    let reported = caller.holder == Holder::App;
    let (path, existing) = match wanted.path {
        Path::Existing(index) => ("fast_path", Some(index)),
        Path::KeyEntry => ("key_entry", None),
        Path::Repair(index) => ("repair", Some(index)),
    };
    let existing = existing.and_then(|index| world.grants.get(index)).map(|grant| grant.id);
    let slug = world.providers.secret.get(wanted.secret).map(|row| Arc::clone(&row.slug)).unwrap_or_default();
    let agent = wanted.agent.and_then(|agent| world.agents.get(agent)).map(|agent| agent.id);
    let more = json!({
        "delegable_requested": wanted.delegable, "path": reported.then_some(path),
        "existing_grant_id": existing.filter(|_| reported), "direct": wanted.direct, "secret_slug": slug,
        "template_slug": template(&slug), "agent_id": agent,
    });
    let place = world.begin("ms_sess", caller, Purpose::Secret(wanted), now, faults);
    let shown = world.sessions.0.get(place).map(|session| session.show(request, "connect_url", now));
    Reply::json(201, &with(shown.unwrap_or_default(), &more))
}

/// The template of a managed secret. Nothing says what templates an app has; here each secret has one of its own.
fn template(slug: &str) -> String {
    format!("{slug}-api-key")
}

fn read(world: &mut World, request: &Request, caller: Caller, now: i64) -> Result<Wanted, Box<Reply>> {
    let fields = Fields::read(&request.body, &FIELDS)?;
    if fields.get("scope_constraint").is_some() {
        return Err(invalid("scope_constraint", "value_error", "A managed secret has no provider scopes"));
    }
    let secret = secret_of(world, &fields)?;
    let token = fields.needed("user_token")?;
    let user = world.user_of(&token, now)?;
    let agent = agent_of(world, &fields, caller)?;
    let asked = fields.whole("requested_ttl_seconds", 1..=i64::from(u32::MAX))?;
    if asked.is_some() && fields.get("grant_policy").is_some() {
        return Err(invalid("requested_ttl_seconds", "value_error", "Not together with grant_policy"));
    }
    let lifetime = match asked {
        Some(seconds) => Lifetime::seconds(Some(seconds.min(LONGEST))),
        None => Lifetime::read(&fields, false)?,
    };
    origin(&fields)?;
    fields.text("return_url")?;
    fields.flag("allow_user_policy_rules")?;
    let delegable = fields.flag("delegable")?.unwrap_or(false);
    let direct = fields.flag("direct")?.unwrap_or(false);
    let label: Option<Arc<str>> = match fields.inner("requested_grant", &["label"])? {
        None => None,
        Some(grant) => grant.name("label", 255)?.map(Arc::from),
    };
    let repair = fields.uuid("repair_grant_id")?;
    let path = match repair {
        Some(_) if agent.is_some() || label.is_some() => {
            let message = "A repair takes no agent and no requested_grant";
            return Err(invalid("repair_grant_id", "value_error", message));
        }
        Some(id) => {
            let index = world.index_of(id);
            let own = index.filter(|index| {
                world.grants.get(*index).is_some_and(|grant| is_own_key(grant, world, secret, user))
            });
            let message = "There is no key of this user's own to repair.";
            own.map(Path::Repair).ok_or_else(|| Box::new(Reply::refusal(404, "grant_not_found", message)))?
        }
        None => path(world, secret, user, label.as_deref(), now),
    };
    let is_repair = matches!(path, Path::Repair(_));
    Ok(Wanted {
        secret,
        user,
        agent,
        delegable,
        label,
        lifetime,
        path,
        direct: is_repair || (direct && !delegable),
    })
}

fn secret_of(world: &World, fields: &Fields) -> Result<usize, Box<Reply>> {
    let slug = fields.text("provider")?;
    let by_template = fields.text("template_slug")?.map(|text| text.to_lowercase());
    let found = |wanted: &dyn Fn(&str) -> bool| {
        world.providers.secret.iter().position(|row| wanted(&row.slug)).ok_or_else(|| {
            Box::new(Reply::refusal(404, "secret_not_found", "This app has no managed secret of this name."))
        })
    };
    match (slug, by_template) {
        (Some(slug), wanted) => {
            if wanted.is_some_and(|wanted| wanted != template(&slug)) {
                let message = "The managed secret is not of this template.";
                return Err(Box::new(Reply::refusal(422, "secret_template_mismatch", message)));
            }
            found(&|row| row == slug)
        }
        (None, Some(wanted)) => found(&|row| template(row) == wanted),
        (None, None) => Err(invalid("provider", "missing", "Field required")),
    }
}

/// The agent that is to get a delegation: the one named, or the agent whose own key asks.
fn agent_of(world: &World, fields: &Fields, caller: Caller) -> Result<Option<usize>, Box<Reply>> {
    let (name, id) = (fields.name("agent", 255)?, fields.uuid("delegated_agent_id")?);
    if name.is_some() && id.is_some() {
        return Err(invalid("delegated_agent_id", "value_error", "Not together with agent"));
    }
    let named = name.or(id.map(|id| id.to_string())).map(|name| agent_named(world, &name)).transpose()?;
    match caller.holder {
        Holder::App => Ok(named),
        Holder::Agent(own) if named.is_none_or(|agent| agent == own) => Ok(Some(own)),
        Holder::Agent(_) => {
            let message = "An agent's key asks for itself only.";
            Err(Box::new(Reply::refusal(400, "agent_cannot_delegate_to_other_agent", message)))
        }
    }
}

/// Whether a grant is this user's own key for this managed secret.
fn is_own_key(grant: &Grant, world: &World, secret: usize, user: usize) -> bool {
    let slug = world.providers.secret.get(secret).map(|row| &row.slug);
    Some(&grant.selector) == slug
        && grant.user == Some(user)
        && grant.parent.is_none()
        && matches!(&grant.kind, Kind::Secret(kind) if &*kind.credential_kind == "end_user")
}

/// What the user holds decides.
fn path(world: &World, secret: usize, user: usize, label: Option<&str>, now: i64) -> Path {
    let slug = world.providers.secret.get(secret).map(|row| &row.slug);
    let holds = |grant: &Grant| {
        Some(&grant.selector) == slug
            && grant.user == Some(user)
            && grant.parent.is_none()
            && grant.status_at(now) == "active"
    };
    let grant = |index: &usize| world.grants.get(*index);
    let held: Vec<usize> =
        world.order.iter().copied().filter(|index| grant(index).is_some_and(holds)).collect();
    let labelled = held
        .iter()
        .find(|index| label.is_some() && grant(index).is_some_and(|grant| grant.label.as_deref() == label));
    if let Some(index) = labelled.or(held.first()) {
        return Path::Existing(*index);
    }
    let ended = |index: &&usize| {
        grant(index)
            .is_some_and(|grant| is_own_key(grant, world, secret, user) && grant.status_at(now) == "expired")
    };
    world.order.iter().find(ended).map_or(Path::KeyEntry, |index| Path::Repair(*index))
}

/// What the page says.
pub(super) fn words(world: &World, wanted: &Wanted) -> (Value, &'static str) {
    let name = world.providers.secret.get(wanted.secret).map(|row| Arc::clone(&row.name)).unwrap_or_default();
    let does = match wanted.path {
        Path::Existing(_) => "wants to use the key that you hold",
        Path::KeyEntry => "asks you for a key of your own",
        Path::Repair(_) => "asks you to replace your key",
    };
    (Value::from(&*name), does)
}
