//! An agent loses a grant; the grant stays.

use serde_json::json;

use super::{declined, wanted};
use crate::cli::arguments::RevokeArguments;
use crate::cli::consent::{self, Consent, consent};
use crate::cli::listing;
use crate::cli::report::{Report, refused};
use crate::cli::run::Done;
use crate::domain::describe::{Entry, Tone, revoke as describe};
use crate::domain::revoke::{delegations, name};
use crate::domain::{Agent, Clean, Code, Diagnosis, Grant, GrantId, GrantKind, Identity, Retry, Who};
use crate::jobs::{Context, revoke as job};
use crate::platform::clock::wall;
use crate::session::exit::Exit;

/// Whose access ends.
struct Holder {
    /// None = the caller's own.
    id: Option<GrantId>,
    /// For people.
    name: Clean,
    /// The list says that it has access.
    has_access: bool,
}

pub(super) async fn revoke(context: &Context, asked: &RevokeArguments, report: &mut Report) -> Done {
    let selectors = wanted::read(asked)?;
    // The kind of the key decides what may be asked, and nothing was sent then that changes something.
    let identity = context.client.me().await.map_err(|error| error.diagnose())?;
    let is_own = match (&identity, asked.own) {
        (Identity::Application, true) => {
            let problem =
                "--own needs an agent's own key; with an application key name the agent: --agent NAME";
            return Err(refused("--own", problem).into());
        }
        (Identity::Agent(_), false) => {
            let problem = "this is an agent's key: it can give up its own access only (--own)";
            return Err(refused("--agent", problem).into());
        }
        (Identity::Application, false) => false,
        (Identity::Agent(_), true) => true,
    };
    let (ids, grants) = wanted::find(context, &selectors, report).await?;
    let found =
        ids.first().and_then(|id| Some((*id, grants.iter().find(|grant| grant.row.grant() == Some(*id))?)));
    let Some((id, grant)) = found else {
        return Err(Diagnosis::new(Code::GrantNotFound, Who::You, Retry::AfterRemedy).into());
    };
    let holder = match (&identity, is_own) {
        (Identity::Agent(agent), true) => {
            Holder { id: None, name: Clean::brief(&agent.name), has_access: true }
        }
        _ => holder(context, grant, asked.agent.as_deref().unwrap_or_default()).await?,
    };
    let sentence = format!("The grant stays; {} loses it, and whatever it passed on.", holder.name);
    let shown = [
        describe::place(&context.write_policy, context.client.host()),
        describe::headline(grant, id, wall()),
        Entry::line(sentence, Tone::Strong),
    ];
    if asked.consent.dry_run {
        let text = match asked.output {
            Some(_) => listing::line(&object(grant, id, &holder, None)) + "\n",
            None => consent::lines(&shown),
        };
        listing::write(&text)?;
    } else {
        report.print(&consent::lines(&shown));
    }
    if !holder.has_access {
        report.notice(&format!("{} has no access to this grant: nothing to do", holder.name));
        return end(grant, id, &holder, "gone", asked);
    }
    let question = format!("Take {} away from {}?", name(grant), holder.name);
    match consent(&asked.consent, &context.write_policy, &question, 1, report).await? {
        Consent::Go => {}
        Consent::Dry => return Ok(Exit::Ok),
        Consent::No => return Ok(declined(&asked.consent, report)),
        Consent::Interrupted => return Ok(report.interrupted()),
    }
    job::revoke_delegation(context, grant, id, holder.id).await?;
    report.notice(&format!("{} lost access; the grant stays", holder.name));
    end(grant, id, &holder, "revoked", asked)
}

fn end(grant: &Grant, id: GrantId, holder: &Holder, outcome: &str, asked: &RevokeArguments) -> Done {
    if asked.consent.dry_run {
        return Ok(Exit::Ok);
    }
    let text = match asked.output {
        Some(_) => listing::line(&object(grant, id, holder, Some(outcome))) + "\n",
        None => format!("✓ {id}  {}  {}: {outcome}\n", name(grant), holder.name),
    };
    listing::write(&text)?;
    Ok(Exit::Ok)
}

fn object(grant: &Grant, id: GrantId, holder: &Holder, outcome: Option<&str>) -> serde_json::Value {
    json!({
        "act": "revoke_delegation",
        "dry_run": outcome.is_none(),
        "grant_id": id.to_string(),
        "provider": grant.provider,
        "account": grant.account(),
        "agent_id": holder.id.map(|id| id.to_string()),
        "agent": holder.name.as_str(),
        "outcome": outcome,
    })
}

/// The agent of a name or id.
async fn holder(context: &Context, grant: &Grant, wanted: &str) -> Result<Holder, Diagnosis> {
    let holders = delegations(grant);
    let with = |id: GrantId, name: &str| Holder {
        id: Some(id),
        name: Clean::brief(name),
        // Rows of managed secrets do not say who has access.
        has_access: holders.contains(&id) || grant.kind == GrantKind::ManagedSecret,
    };
    if let Some(id) = GrantId::parse(wanted) {
        return Ok(with(id, wanted));
    }
    let agents = context.client.agents().await.map_err(|error| error.diagnose())?;
    let is_meant = |agent: &&Agent| {
        &*agent.name == wanted || agent.display_name.as_deref().is_some_and(|name| name == wanted)
    };
    let found: Vec<&Agent> = agents.iter().filter(is_meant).collect();
    // A name may have been used before; the agent that has access is meant.
    let having =
        found.iter().filter(|agent| GrantId::parse(&agent.id).is_some_and(|id| holders.contains(&id)));
    let meant = having.copied().next().or_else(|| found.first().copied());
    let unknown = || Diagnosis::new(Code::AgentNotFound, Who::You, Retry::AfterRemedy).fact("agent", wanted);
    let agent = meant.ok_or_else(unknown)?;
    GrantId::parse(&agent.id).map(|id| with(id, &agent.name)).ok_or_else(unknown)
}
