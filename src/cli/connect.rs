//! `grantdeck connect`.

mod checked;
pub(super) mod finished;

use serde_json::{Value, json};
use tokio::time::Instant;

use super::arguments::{ConnectArguments, LinkArguments};
use super::consent::{self, Consent, consent};
use super::report::{Report, refused};
use super::run::{Done, Run};
use super::{id, link, listing};
use crate::domain::connect::{
    ConnectOptions, ConnectPlan, Connected, Forecast, Owner, PlannedSession, SecretPath, SessionPlan,
};
use crate::domain::describe::{self, Section};
use crate::domain::{Clean, Diagnosis, Grant};
use crate::jobs::Context;
use crate::jobs::connect::{self as job, Begun};
use crate::platform::ending::interrupted;
use crate::session::Session;
use crate::session::exit::Exit;

/// Runs the subcommand.
pub(super) async fn connect(run: &mut Run<'_>, asked: &ConnectArguments) -> Done {
    checked::arguments(asked)?;
    let session = run.open().await?;
    let (context, report) = (&session.context, &mut run.report);
    consent::allowed(&asked.consent, &context.write_policy, "connect")?;
    let has_user = context.client.is_narrowed() || asked.link.as_user;
    let options = ConnectOptions {
        scopes: asked.scopes.clone(),
        label: asked.label.clone(),
        ttl_seconds: asked.ttl,
        agent: asked.agent.clone(),
        delegable: asked.delegable,
        switch_account: asked.switch_account,
    };
    let planned =
        job::plan_connection(context, &asked.providers, &options, has_user, |it| report.reading(it)).await;
    report.clear();
    let PlannedSession { plan, before, .. } = planned?;
    let shown = describe::connect::plan(&plan);
    match agreed(context, &plan, shown, &asked.consent, asked.output.is_some(), report).await? {
        Consent::Go => {}
        Consent::Dry => return Ok(Exit::Ok),
        Consent::No => return Ok(super::revoke::declined(&asked.consent, report)),
        Consent::Interrupted => return Ok(report.interrupted()),
    }
    let context = link::for_user(&session, &asked.link, report).await?;
    let begun = job::begin(&context, &plan, None).await?;
    if asked.no_wait {
        return Ok(hand_over(&begun, asked.output.is_some(), report)?);
    }
    let waited = wait(&session, &context, begun, &plan, &before, &asked.link, report).await;
    let Some(connected) = waited.transpose()? else { return Ok(report.interrupted()) };
    let finished = finished::read(&context, connected, None, report).await;
    finished::say(&finished, report);
    if finished.grants.is_empty() {
        return Err(finished.nothing().into());
    }
    let exit = finished::exit(&finished);
    if let Some(path) = &asked.write {
        // The id is known whatever becomes of the file.
        finished::print(&finished, asked.output, None, None, report)?;
        let written = id::write_confirmed(path, asked.name.as_deref(), &finished.named(), report).await?;
        return Ok(if exit == Exit::Ok { written } else { exit });
    }
    finished::print(&finished, asked.output, asked.format, asked.name.as_deref(), report)?;
    Ok(exit)
}

/// Shows the plan, and asks.
pub(super) async fn agreed(
    context: &Context,
    plan: &ConnectPlan,
    shown: Section,
    asked: &super::arguments::ConsentArguments,
    is_json: bool,
    report: &mut Report,
) -> Result<Consent, super::run::Abort> {
    let mut all = vec![describe::revoke::place(&context.write_policy, context.client.host())];
    all.extend(shown);
    if asked.dry_run {
        let text = if is_json { listing::line(&planned(context, plan)) + "\n" } else { consent::lines(&all) };
        listing::write(&text)?;
    } else {
        report.print(&consent::lines(&all));
    }
    Ok(consent(asked, &context.write_policy, "Make the link?", 1, report).await?)
}

/// The plan as data.
fn planned(context: &Context, plan: &ConnectPlan) -> Value {
    let (kind, scopes, label) = match &plan.session {
        SessionPlan::Oauth(request) => {
            let scopes = json!(request.required_scopes);
            let label = request.requested_grant.as_ref().map(|grant| grant.label.clone());
            ("oauth", scopes, label)
        }
        SessionPlan::Secret(request) => ("managed_secret", json!({}), request.label.clone()),
    };
    let id = match plan.forecast {
        Forecast::New => "new",
        Forecast::Kept(_) => "kept",
        Forecast::UsuallyKept(_) => "usually_kept",
        Forecast::MayChange(_) => "may_change",
    };
    json!({
        "act": if plan.renews().is_some() { "reconnect" } else { "connect" },
        "dry_run": true,
        "profile": context.write_policy.profile,
        "production": context.write_policy.production,
        "backend": context.client.host(),
        "session": kind,
        "providers": plan.providers(),
        "scopes": scopes,
        "label": label,
        "owner": match plan.owner { Owner::Application => "application", Owner::User => "user" },
        "grant_id": plan.renews().map(|id| id.to_string()),
        "id": id,
        "repair": plan.repairs().is_some(),
    })
}

/// Prints the link and leaves it to whoever reads it.
pub(super) fn hand_over(begun: &Begun, is_json: bool, report: &mut Report) -> std::io::Result<Exit> {
    let text = if is_json {
        let link = json!({ "connect_url": begun.link.reveal(), "expires_at": begun.expires_at });
        listing::line(&link) + "\n"
    } else {
        format!("{}\n", Clean::line(begun.link.reveal()))
    };
    listing::write(&text)?;
    report.remark("nobody waits for it: the list of grants shows what comes of it");
    Ok(Exit::Ok)
}

/// Shows the link and waits. None = somebody stopped the waiting.
pub(super) async fn wait(
    session: &Session,
    context: &Context,
    begun: Begun,
    plan: &ConnectPlan,
    before: &[Grant],
    asked: &LinkArguments,
    report: &mut Report,
) -> Option<Result<Connected, Diagnosis>> {
    let what = match begun.path {
        None => "Connect the account with this link",
        Some(SecretPath::KeyEntry) => "Enter the key with this link",
        Some(SecretPath::FastPath) => "Approve the use of the stored key with this link",
        Some(SecretPath::Repair) => "Replace the stored key with this link",
    };
    for warning in &begun.warnings {
        report.notice(&format!("scope: {}", Clean::brief(warning)));
    }
    link::show(session, what, &begun.link, begun.lives, asked, report).await;
    let (ends, mut declined) = (Instant::now() + begun.lives, Vec::new());
    let waited = {
        let heard = |one: &crate::domain::connect::DeclinedProvider| declined.push(one.provider.clone());
        let work = job::wait(context, begun, plan, before, asked.timeout, heard);
        tokio::pin!(work);
        tokio::select! {
            biased;
            _ = interrupted() => None,
            done = &mut work => Some(done),
            never = link::count_down(ends, report) => match never {},
        }
    };
    report.clear();
    for provider in &declined {
        report.notice(&format!("{} was declined", Clean::brief(provider)));
    }
    if waited.is_none() {
        report.notice("stopped waiting; the link goes on living, and the list shows what comes of it");
    }
    waited
}

/// The id may be written only where the file takes it; checked before anything is sent.
pub(super) fn writable(asked: &ConnectArguments) -> Result<(), Diagnosis> {
    match &asked.write {
        Some(path) => id::check_writable(path, asked.name.as_deref()),
        None if asked.name.is_some() && asked.format.is_none() => {
            Err(refused("--name", "a name needs --as or --write"))
        }
        None => Ok(()),
    }
}
