//! `grantdeck reconnect`: the session that brings a broken grant back, and what became of it.

use super::arguments::ReconnectArguments;
use super::connect::finished::{Finished, required};
use super::connect::{agreed, hand_over, sendable, wait};
use super::consent::{self, Consent};
use super::link;
use super::report::Report;
use super::run::{Done, Run};
use crate::domain::code::shell_word;
use crate::domain::connect::{
    AccountCheck, ConnectPlan, NoReconnect, ReconnectOptions, instead_of_repair, reconnect as plan_for,
};
use crate::domain::describe;
use crate::domain::{Clean, Code, Diagnosis, Grant, GrantKind, Reference, Retry, Selector, Who};
use crate::jobs::connect as job;
use crate::jobs::{self, Context};
use crate::platform::clock::wall;
use crate::session::exit::Exit;

/// Runs the subcommand.
pub(super) async fn reconnect(run: &mut Run<'_>, asked: &ReconnectArguments) -> Done {
    let session = run.open().await?;
    let (context, report) = (&session.context, &mut run.report);
    consent::allowed(&asked.consent, &context.write_policy, "reconnect")?;
    let (grant, before) = find(context, &asked.selector, report).await?;
    let has_user = context.client.is_narrowed() || asked.link.as_user;
    let catalog = match grant.kind {
        GrantKind::ManagedSecret => None,
        // What it does not tell is not asked for.
        _ => context.client.catalog().await.ok(),
    };
    let options = ReconnectOptions {
        has_user,
        required: catalog.map(|catalog| required(&catalog, &grant.provider)).unwrap_or_default(),
        agent: asked.agent.clone().or_else(|| holder(&grant, &before)),
        switch_account: asked.switch_account,
    };
    let plan = plan_for(&grant, &options, wall()).map_err(|why| refused(why, &grant))?;
    sendable(&plan, has_user)?;
    let mut shown = grant.row.grant().map(|id| describe::revoke::headline(&grant, id, wall()));
    let shown = shown.take().into_iter().chain(describe::connect::plan(&plan)).collect();
    match agreed(context, &plan, shown, &asked.consent, asked.output.is_some(), report).await? {
        Consent::Go => {}
        Consent::Dry => return Ok(Exit::Ok),
        Consent::No => return Ok(super::revoke::declined(&asked.consent, report)),
        Consent::Interrupted => return Ok(report.interrupted()),
    }
    let context = link::for_user(&session, &asked.link, report).await?;
    let begun = job::begin(&context, &plan, Some(&grant)).await;
    let begun = begun.map_err(|why| offered(why, &plan, &grant, has_user))?;
    if asked.no_wait {
        return Ok(hand_over(&begun, asked.output.is_some(), report)?);
    }
    let waited = wait(&session, &context, begun, &plan, &before, &asked.link, report).await;
    let Some(connected) = waited.transpose()? else { return Ok(report.interrupted()) };
    let finished = Finished::read(&context, connected, Some(grant), report).await;
    finished.say(report);
    if finished.grants.is_empty() {
        return Err(finished.nothing().into());
    }
    finished.print(asked.output, None, None, report)?;
    if finished.account_check() == AccountCheck::Another {
        let another = finished.another_account();
        report.failure(&another);
        return Ok(Exit::from(&another));
    }
    Ok(finished.exit())
}

/// The grant, and all of its provider, from a list that is read just now.
async fn find(
    context: &Context,
    selector: &Selector,
    report: &mut Report,
) -> Result<(Grant, Vec<Grant>), Diagnosis> {
    let filter = selector.wide_filter();
    let list = jobs::everything(&context.client, &wall, filter, |reading| report.reading(reading)).await?;
    report.clear();
    let selected = jobs::select::find_in(selector, &list.grants, wall()).map_err(|none| {
        let hint = "a grant that the list no longer has is connected anew: grantdeck connect PROVIDER";
        match list.doubt() {
            Some(why) if none.code == Code::GrantNotFound => why,
            _ if none.code == Code::GrantNotFound => none.fact("instead", hint),
            _ => none,
        }
    })?;
    report.chosen(&selected);
    let grant = selected.grant.ok_or_else(|| Diagnosis::new(Code::GrantNotFound, Who::You, Retry::No))?;
    let provider = std::sync::Arc::clone(&grant.provider);
    let others = list.grants.into_iter().filter(|other| other.provider == provider).collect();
    Ok((grant, others))
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

/// Why there is no session, with the ways out.
fn refused(why: NoReconnect, grant: &Grant) -> Diagnosis {
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
        NoReconnect::UserNeeded => refused
            .fact("either", "sign in as that user (--as-user), or set user_token_command in the profile")
            .fact(
                "or",
                &format!(
                    "send them a link to finish signed in: grantdeck connect {provider} --as-user --no-wait"
                ),
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

/// Of a repair that finds no grant: the other session is named, never begun.
fn offered(why: Diagnosis, plan: &ConnectPlan, grant: &Grant, has_user: bool) -> Diagnosis {
    let not_found = matches!(why.code, Code::GrantNotFound | Code::NotFound);
    if plan.repairs().is_none() || !not_found || grant.kind == GrantKind::ManagedSecret {
        return why;
    }
    let other = instead_of_repair(grant, has_user);
    let provider = other.providers().first().map(|provider| shell_word(provider)).unwrap_or_default();
    let label = grant.label.as_deref().filter(|label| !label.is_empty());
    let label = label.map(|label| format!(" --label {}", shell_word(label))).unwrap_or_default();
    why.fact("instead", &format!("grantdeck connect {provider}{label} (a new id results)"))
}
