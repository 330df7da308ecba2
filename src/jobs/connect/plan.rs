//! Plans a session from a list that is read just now: nothing is sent that changes anything.

use std::sync::Arc;

use crate::api::ApiError;
use crate::domain::code::shell_word;
use crate::domain::connect::{
    ConnectOptions, ConnectPlan, NoReconnect, PlannedSession, ReconnectOptions, SessionPlan, reconnect,
};
use crate::domain::describe;
use crate::domain::provider::{ProviderKind, known};
use crate::domain::{
    Catalog, Clean, Code, Diagnosis, Grant, GrantKind, Health, Reference, Retry, ServerFilter, Who,
};
use crate::protocol::specs::SpecKind;
use crate::{Context, Progress, everything};

/// Plans a new connection. `has_user`: it will be sent with a user token.
///
/// # Errors
/// If the list cannot be read, the label is taken, or the options do not fit the providers.
pub async fn plan_connection(
    context: &Context,
    providers: &[String],
    options: &ConnectOptions,
    has_user: bool,
    mut reading: impl FnMut(&Progress),
) -> Result<PlannedSession, Diagnosis> {
    let now = || (context.now)();
    let mut before = Vec::new();
    for provider in providers {
        let filter = ServerFilter { provider: Some(provider.as_str().into()), ..ServerFilter::default() };
        before.extend(everything(&context.client, &now, filter, &mut reading).await?.grants);
    }
    let secret = secret(context, providers, &before).await;
    if let Some(slug) = &secret {
        if providers.len() > 1 {
            return Err(refused("PROVIDER", "a managed secret is connected alone").fact("secret", slug));
        }
        if !options.scopes.is_empty() || options.switch_account {
            let problem = "a managed secret has neither scopes nor accounts to switch";
            return Err(refused("--scope", problem).fact("secret", slug));
        }
    }
    if let Some(label) = &options.label {
        let is_taken = |grant: &&Grant| {
            grant.label.as_deref() == Some(label)
                && !matches!(Health::of(grant, now()), Health::Revoked | Health::Expired)
        };
        if let Some(taken) = before.iter().find(is_taken) {
            return Err(Diagnosis::new(Code::SiblingLabelConflict, Who::You, Retry::AfterRemedy)
                .fact("label", label)
                .fact("grant", &taken.row.to_string()));
        }
    }
    let plan = if let Some(slug) = &secret {
        ConnectPlan::secret(slug, options, has_user)
    } else {
        let providers = providers.iter().map(|provider| provider.as_str().into()).collect();
        ConnectPlan::oauth(providers, options, has_user)
    };
    sendable(&plan, has_user)?;
    Ok(PlannedSession { plan, about: None, before })
}

/// Which of the providers is a managed secret. A narrowed list may have no grant of it: then the backend's own tables
/// tell, as far as this key may read them, and the built-in one.
async fn secret(context: &Context, providers: &[String], before: &[Grant]) -> Option<String> {
    let listed = |provider: &&String| {
        let mut own = before.iter().filter(|grant| *grant.provider == ***provider);
        own.any(|grant| grant.kind == GrantKind::ManagedSecret)
    };
    if let Some(slug) = providers.iter().find(listed) {
        return Some(slug.clone());
    }
    let catalog = context.client.catalog().await.ok()?;
    let unlisted = |provider: &&String| {
        !catalog.providers.contains_key(provider.as_str())
            && before.iter().all(|grant| *grant.provider != ***provider)
    };
    let slug = providers.iter().find(unlisted)?;
    let is_known = known(slug).is_some_and(|provider| provider.kind == ProviderKind::Secret);
    let specs = context.client.specs(Some(SpecKind::Managed)).await.unwrap_or_default();
    (is_known || specs.iter().any(|spec| spec.provider_id == *slug)).then(|| slug.clone())
}

/// Plans the session that brings a grant back. `others`: its provider's grants, read just now; `agent`: whose grant it
/// is, if the list does not tell.
///
/// # Errors
/// If no session does, with the ways out.
pub async fn plan_renewal(
    context: &Context,
    grant: Grant,
    others: Vec<Grant>,
    agent: Option<String>,
    switch_account: bool,
    has_user: bool,
) -> Result<PlannedSession, Diagnosis> {
    let catalog = match grant.kind {
        GrantKind::ManagedSecret => None,
        // What it does not tell is not asked for.
        _ => context.client.catalog().await.ok(),
    };
    let options = ReconnectOptions {
        has_user,
        required: catalog.map(|catalog| required(&catalog, &grant.provider)).unwrap_or_default(),
        agent: agent.or_else(|| holder(&grant, &others)),
        switch_account,
    };
    let plan = reconnect(&grant, &options, (context.now)()).map_err(|why| impossible(why, &grant))?;
    sendable(&plan, has_user)?;
    Ok(PlannedSession { plan, about: Some(grant), before: others })
}

/// The scopes that the application requires of a provider, as far as the catalog tells.
fn required(catalog: &Catalog, provider: &str) -> Vec<String> {
    let Some(entry) = catalog.providers.get(provider) else { return Vec::new() };
    let flagged = entry.scopes.iter().filter(|(_, scope)| scope.required).map(|(name, _)| name);
    let mut all: Vec<&Arc<str>> = entry.required_scopes.iter().chain(flagged).collect();
    all.sort();
    all.dedup();
    all.into_iter().map(ToString::to_string).collect()
}

/// The agent whose grant it is, where its parent has one agent and one child.
fn holder(grant: &Grant, others: &[Grant]) -> Option<String> {
    let parent = grant.parent_grant_id.as_ref().and_then(Reference::grant)?;
    let row = others.iter().find(|other| other.row.grant() == Some(parent))?;
    let is_child = |other: &&Grant| other.parent_grant_id.as_ref().and_then(Reference::grant) == Some(parent);
    match (row.delegated_agent_ids(), others.iter().filter(is_child).count()) {
        ([agent], 1) => Some(agent.to_string()),
        _ => None,
    }
}

/// Checks that a session can be asked for at all.
fn sendable(plan: &ConnectPlan, has_user: bool) -> Result<(), Diagnosis> {
    let checked = match &plan.session {
        SessionPlan::Oauth(request) => request.check(has_user),
        SessionPlan::Secret(request) => request.check(has_user),
    };
    checked.map_err(|error| ApiError::from(error).diagnose())
}

fn refused(argument: &str, problem: &str) -> Diagnosis {
    Diagnosis::new(Code::ArgumentRefused, Who::You, Retry::AfterRemedy)
        .fact("argument", argument)
        .fact("problem", problem)
}

/// Why there is no session, with the ways out.
fn impossible(why: NoReconnect, grant: &Grant) -> Diagnosis {
    let code = match why {
        NoReconnect::UserNeeded => Code::UserTokenNeeded,
        NoReconnect::DeveloperKey => Code::ManagedElsewhere,
        NoReconnect::AgentUnknown => Code::ArgumentRefused,
        NoReconnect::NoId => Code::RowsUnreadable,
    };
    let sentence = describe::connect::no_reconnect(why);
    let refused = Diagnosis::new(code, Who::You, Retry::AfterRemedy).fact("problem", sentence);
    let provider = shell_word(&grant.provider);
    match why {
        NoReconnect::UserNeeded => refused.fact(
            "or",
            &format!("send that person a link: grantdeck connect {provider} --as-user --no-wait"),
        ),
        NoReconnect::DeveloperKey => {
            let id = grant.secret.as_ref().map_or("SECRET_ID", |secret| &*secret.id);
            refused
                .fact("command", &format!("alter managed-secrets rotate {}", Clean::brief(id)))
                .fact("effect", "every grant id of this secret stays")
        }
        NoReconnect::AgentUnknown | NoReconnect::NoId => refused,
    }
}
