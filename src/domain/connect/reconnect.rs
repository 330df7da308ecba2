//! Chooses the session that repairs a broken grant: a table, decided from the list before anything is sent.

use std::sync::Arc;

use jiff::Timestamp;

use super::{ConnectPlan, ConnectRequest, Forecast, Owner, RequestedGrant, SecretRequest, SessionPlan};
use crate::{Grant, GrantId, GrantKind, Health, PrincipalType};

/// What is known in addition to the grant.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ReconnectOptions {
    /// A user token is sent.
    pub has_user: bool,
    /// The scopes that the application requires of the provider, as far as the catalog says.
    pub required: Vec<String>,
    /// The agent that the grant belongs to, by id or name, if any.
    pub agent: Option<String>,
    /// Let the user choose another account: then the grant is not repaired, but connected anew.
    pub switch_account: bool,
}

/// Why no session can repair a grant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoReconnect {
    /// It belongs to a user who is not signed in: the session's grant would belong to the application.
    UserNeeded,
    /// Its key was stored by the application's developers.
    DeveloperKey,
    /// It belongs to an agent, and the list does not say which.
    AgentUnknown,
    /// Its id is unreadable.
    NoId,
}

/// Returns the session for a grant.
///
/// | The row | Session | Id |
/// |---|---|---|
/// | OAuth, active | repair | stays |
/// | OAuth, active, scopes missing | plain, with the required scopes | usually stays |
/// | a user's, not signed in | none | |
/// | OAuth, ended | plain, with the old label | new |
/// | managed secret, a user's key | repair, by that user | stays |
/// | managed secret, a developer's key | none: the portal | |
/// | an agent's | naming the agent, by the user who owns it | may change |
///
/// # Errors
/// There is none, and why.
pub fn reconnect(
    grant: &Grant,
    options: &ReconnectOptions,
    now: Timestamp,
) -> Result<ConnectPlan, NoReconnect> {
    let id = grant.row.grant().ok_or(NoReconnect::NoId)?;
    let is_secret = grant.kind == GrantKind::ManagedSecret;
    let owner = Owner::of(options.has_user);
    let plan = |session, forecast| Ok(ConnectPlan { session, owner, forecast });
    let user = if options.has_user { Ok(()) } else { Err(NoReconnect::UserNeeded) };
    if grant.is_agents() {
        let agent = agent(grant, options).ok_or(NoReconnect::AgentUnknown)?;
        user?;
        let session = if is_secret {
            let provider = grant.provider.to_string();
            SessionPlan::Secret(SecretRequest { provider, agent: Some(agent), ..SecretRequest::default() })
        } else {
            SessionPlan::Oauth(ConnectRequest { agent: Some(agent), ..plain(grant) })
        };
        return plan(session, Forecast::MayChange(id));
    }
    if is_secret {
        return secret(grant, id).and_then(|session| user.and_then(|()| plan(session, Forecast::Kept(id))));
    }
    // Without its user, a person's grant would silently become the application's.
    if matches!(grant.principal_type, PrincipalType::User | PrincipalType::Group) {
        user?;
    }
    let labelled = || {
        let label = grant.label.as_deref().filter(|label| !label.is_empty());
        label.map(|label| RequestedGrant { label: label.to_owned(), restrictions: None })
    };
    match Health::of(grant, now) {
        Health::Revoked | Health::Expired | Health::Unknown => {
            let requested_grant = labelled();
            let switch_account = options.switch_account;
            let request = ConnectRequest { switch_account, requested_grant, ..plain(grant) };
            plan(SessionPlan::Oauth(request), Forecast::New)
        }
        _ if options.switch_account => {
            let request = ConnectRequest { switch_account: true, ..plain(grant) };
            plan(SessionPlan::Oauth(request), Forecast::UsuallyKept(id))
        }
        Health::MissingScopes => {
            let scopes = Some(&options.required).filter(|scopes| !scopes.is_empty());
            let required = scopes.map(|scopes| (Arc::clone(&grant.provider), scopes.clone()));
            let required_scopes = required.into_iter().collect();
            let request = ConnectRequest { required_scopes, ..plain(grant) };
            plan(SessionPlan::Oauth(request), Forecast::UsuallyKept(id))
        }
        Health::NeedsReconnect | Health::Expiring | Health::Ok => {
            let request = ConnectRequest { repair: Some(id), ..plain(grant) };
            plan(SessionPlan::Oauth(request), Forecast::Kept(id))
        }
    }
}

/// The session to offer if the backend answers a repair with "no such grant": a new connection with the old
/// label.
pub fn instead_of_repair(grant: &Grant, has_user: bool) -> ConnectPlan {
    let label = grant.label.clone().filter(|label| !label.is_empty());
    let requested = label.map(|label| RequestedGrant { label: label.to_string(), restrictions: None });
    let request = ConnectRequest { requested_grant: requested, ..plain(grant) };
    let (session, owner) = (SessionPlan::Oauth(request), Owner::of(has_user));
    ConnectPlan { session, owner, forecast: Forecast::New }
}

fn plain(grant: &Grant) -> ConnectRequest {
    ConnectRequest { providers: vec![Arc::clone(&grant.provider)], ..ConnectRequest::default() }
}

fn secret(grant: &Grant, id: GrantId) -> Result<SessionPlan, NoReconnect> {
    let kind = grant.secret.as_ref().and_then(|secret| secret.credential_kind.as_deref());
    if kind != Some("end_user") {
        return Err(NoReconnect::DeveloperKey);
    }
    let provider = grant.provider.to_string();
    Ok(SessionPlan::Secret(SecretRequest { provider, repair: Some(id), ..SecretRequest::default() }))
}

fn agent(grant: &Grant, options: &ReconnectOptions) -> Option<String> {
    let own = || Some(grant.secret.as_ref()?.agent_id.as_ref()?.to_string());
    options.agent.clone().or_else(own)
}

#[cfg(test)]
#[path = "reconnect_tests.rs"]
mod tests;
