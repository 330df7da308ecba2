//! `grantdeck reconnect`: the session that brings a broken grant back, and what became of it.

use super::arguments::ReconnectArguments;
use super::connect::{agreed, finished, hand_over, wait};
use super::consent::{self, Consent};
use super::link;
use super::report::Report;
use super::run::{Done, Run};
use crate::domain::code::shell_word;
use crate::domain::connect::{AccountCheck, ConnectPlan, PlannedSession, instead_of_repair};
use crate::domain::describe;
use crate::domain::{Code, Diagnosis, Grant, GrantKind, Retry, Selector, Who};
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
    let planned = job::plan_renewal(
        context,
        grant.clone(),
        before,
        asked.agent.clone(),
        asked.switch_account,
        has_user,
    );
    let PlannedSession { plan, before, .. } = planned.await?;
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
    let finished = finished::read(&context, connected, Some(grant), report).await;
    finished::say(&finished, report);
    if finished.grants.is_empty() {
        return Err(finished.nothing().into());
    }
    finished::print(&finished, asked.output, None, None, report)?;
    // Where another one was asked for, it is no surprise.
    if finished.account_check() == AccountCheck::Another && !asked.switch_account {
        let another = finished.another_account();
        report.failure(&another);
        return Ok(Exit::from(&another));
    }
    Ok(finished::exit(&finished))
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
