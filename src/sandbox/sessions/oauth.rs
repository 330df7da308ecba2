//! `POST /sdk/oauth/connect/session` (docs/protocol/connect.md section 1).

use std::sync::Arc;

use jiff::Timestamp;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::{Purpose, with};
use crate::faults::Fault;
use crate::grant::Kind;
use crate::input::{Fields, invalid};
use crate::keys::Holder;
use crate::manage::{Lifetime, agent_named, atoms, bad_constraint, label_taken, origin, restrictions};
use crate::message::{Reply, Request};
use crate::tables::Provider;
use crate::world::{Caller, World};

const FIELDS: [&str; 15] = [
    "allowed_providers",
    "return_url",
    "allowed_origin",
    "metadata",
    "direct",
    "switch_account",
    "allow_user_policy_rules",
    "grant_policy",
    "required_scopes",
    "requested_grant",
    "repair_grant_id",
    "agent",
    "delegable",
    "scope_constraint",
    "user_token",
];

/// Provider scopes.
type Scopes = Vec<Arc<str>>;

/// What a session is to bring.
#[derive(Debug, Clone, Default)]
pub(super) struct Wanted {
    /// The providers offered; none named: every one.
    pub(super) providers: Vec<Arc<str>>,
    /// Scopes beyond the provider's required ones.
    pub(super) required: Vec<(Arc<str>, Scopes)>,
    /// Whose grant it will be; nobody's: the application's.
    pub(super) user: Option<usize>,
    pub(super) agent: Option<usize>,
    pub(super) delegable: Option<bool>,
    pub(super) constraint: Option<Scopes>,
    pub(super) label: Option<Arc<str>>,
    pub(super) restrictions: Option<Map<String, Value>>,
    pub(super) repair: Option<Uuid>,
    pub(super) switch: bool,
    pub(super) lifetime: Lifetime,
    direct: bool,
    warnings: Vec<String>,
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
    let more = json!({
        "scope_constraint_warnings": wanted.warnings, "single_provider": wanted.providers.len() == 1,
        "direct": wanted.direct,
    });
    let place = world.begin("sess", caller, Purpose::Connect(wanted), now, faults);
    let shown = world.sessions.0.get(place).map(|session| session.show(request, "connect_url", now));
    Reply::json(201, &with(shown.unwrap_or_default(), &more))
}

fn read(world: &mut World, request: &Request, caller: Caller, now: i64) -> Result<Wanted, Box<Reply>> {
    let fields = Fields::read(&request.body, &FIELDS)?;
    let providers = providers(world, &fields)?;
    fields.text("return_url")?;
    origin(&fields)?;
    if let Some(metadata) = fields.inner("metadata", &["ip_address", "user_agent"])? {
        metadata.text("ip_address")?;
        metadata.text("user_agent")?;
    }
    fields.flag("allow_user_policy_rules")?;
    let direct = fields.flag("direct")?.unwrap_or(false);
    if direct && providers.len() != 1 {
        return Err(invalid("direct", "value_error", "direct needs exactly one provider"));
    }
    let lifetime = Lifetime::read(&fields, false)?;
    let required = required_scopes(world, &fields, &providers)?;
    let (label, restrictions) = match fields.inner("requested_grant", &["label", "restrictions"])? {
        None => (None, None),
        Some(grant) => {
            let label =
                grant.name("label", 255)?.ok_or_else(|| invalid("label", "missing", "Field required"))?;
            (Some(Arc::from(label)), restrictions(&grant, "restrictions")?)
        }
    };
    let user = fields.text("user_token")?.map(|token| world.user_of(&token, now)).transpose()?;
    let switch = fields.flag("switch_account")?.unwrap_or(false);
    let delegable = fields.flag("delegable")?;
    let named = fields.name("agent", 255)?;
    if named.is_some() && user.is_none() {
        let message = "A grant can be delegated only for a user: send the user's token.";
        return Err(Box::new(Reply::refusal(400, "agent_requires_user_token", message)));
    }
    let agent = match (&named, caller.holder) {
        (Some(name), _) => Some(agent_named(world, name)?),
        // Not stated; as with managed secrets, an agent's own key asks for itself.
        (None, Holder::Agent(own)) => user.map(|_| own),
        (None, Holder::App) => None,
    };
    let (constraint, warnings) = constraint(world, &fields, &providers, agent)?;
    let repair = fields.uuid("repair_grant_id")?;
    if let Some(id) = repair {
        if providers.len() != 1 {
            return Err(invalid("repair_grant_id", "value_error", "A repair needs exactly one provider"));
        }
        if named.is_some() || label.is_some() || switch {
            let message = "A repair takes no agent, requested_grant or switch_account";
            return Err(invalid("repair_grant_id", "value_error", message));
        }
        repairable(world, id, &providers, user, now)?;
    }
    let direct = direct && !(agent.is_some() && delegable == Some(true));
    Ok(Wanted {
        providers,
        required,
        user,
        agent,
        delegable,
        constraint,
        label,
        restrictions,
        repair,
        switch,
        lifetime,
        direct,
        warnings,
    })
}

/// The providers, each once, as they are written in the catalog.
fn providers(world: &World, fields: &Fields) -> Result<Vec<Arc<str>>, Box<Reply>> {
    let Some(texts) = fields.texts("allowed_providers")? else { return Ok(Vec::new()) };
    if texts.is_empty() {
        return Err(invalid("allowed_providers", "too_short", "Name at least one provider, or leave it out"));
    }
    let mut found: Vec<Arc<str>> = Vec::new();
    for text in texts {
        let name = text.trim().to_lowercase();
        let Some(row) = row(world, &name) else {
            // The code is a choice.
            let message = format!("The app has no OAuth provider named {name}.");
            return Err(Box::new(Reply::refusal(400, "provider_not_configured", &message)));
        };
        if !found.contains(&row.id) {
            found.push(Arc::clone(&row.id));
        }
    }
    Ok(found)
}

pub(super) fn row<'world>(world: &'world World, id: &str) -> Option<&'world Provider> {
    world.providers.provider.iter().find(|row| *row.id == *id)
}

/// The scopes per provider, which must be the app's.
fn required_scopes(
    world: &World,
    fields: &Fields,
    providers: &[Arc<str>],
) -> Result<Vec<(Arc<str>, Scopes)>, Box<Reply>> {
    let Some(given) = fields.object("required_scopes")? else { return Ok(Vec::new()) };
    let mut all = Vec::new();
    for (provider, scopes) in given {
        let offered = providers.is_empty() || providers.iter().any(|id| **id == **provider);
        let Some(row) = row(world, provider).filter(|_| offered) else {
            return Err(invalid("required_scopes", "value_error", "Name only providers of the session"));
        };
        let texts: Option<Vec<&str>> =
            scopes.as_array().and_then(|list| list.iter().map(Value::as_str).collect());
        let Some(texts) = texts else {
            return Err(invalid("required_scopes", "list_type", "Input should be lists of texts"));
        };
        let mut known = Vec::new();
        for text in texts {
            let Some(scope) = row.scopes().find(|scope| **scope.name == *text) else {
                let message = format!("The app may not ask {provider} for {text}.");
                return Err(Box::new(Reply::refusal(400, "scope_not_allowed", &message)));
            };
            known.push(Arc::clone(scope.name));
        }
        all.push((Arc::clone(&row.id), known));
    }
    Ok(all)
}

/// The constraint, and a warning for each provider that it does not fit.
fn constraint(
    world: &World,
    fields: &Fields,
    providers: &[Arc<str>],
    agent: Option<usize>,
) -> Result<(Option<Scopes>, Vec<String>), Box<Reply>> {
    let Some(atoms) = atoms(fields)? else { return Ok((None, Vec::new())) };
    if agent.is_none() {
        return Err(bad_constraint("There is no agent whose scopes could be narrowed."));
    }
    let fits = |row: &Provider| atoms.iter().all(|atom| row.scopes().any(|scope| scope.name == atom));
    let offered: Vec<&Provider> = world
        .providers
        .provider
        .iter()
        .filter(|row| providers.is_empty() || providers.contains(&row.id))
        .collect();
    let warnings: Vec<String> = offered
        .iter()
        .filter(|row| !fits(row))
        .map(|row| format!("The constraint does not fit {}.", row.id))
        .collect();
    if warnings.len() == offered.len() {
        return Err(bad_constraint("The constraint fits none of the providers."));
    }
    Ok((Some(atoms), warnings))
}

/// A repair is for an active grant of the provider, which is the user's or, without one, the application's.
fn repairable(
    world: &mut World,
    id: Uuid,
    providers: &[Arc<str>],
    user: Option<usize>,
    now: i64,
) -> Result<(), Box<Reply>> {
    let index = world.index_of(id);
    let grant = index.and_then(|index| world.grants.get(index));
    let right = grant.is_some_and(|grant| {
        let owned = match user {
            Some(_) => grant.user == user && grant.principal == "user",
            None => grant.principal == "system",
        };
        matches!(grant.kind, Kind::Oauth(_))
            && grant.parent.is_none()
            && grant.status_at(now) == "active"
            && providers.contains(&grant.selector)
            && owned
    });
    if right {
        return Ok(());
    }
    let message = "There is no active grant of this caller to repair.";
    Err(Box::new(Reply::refusal(404, "grant_not_found", message)))
}
