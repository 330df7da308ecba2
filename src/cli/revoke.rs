//! `grantdeck revoke`.

mod delegation;
mod reached;
mod tested;
mod wanted;

use std::cell::RefCell;
use std::time::Duration;

use serde_json::{Value, json};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use self::reached::Reached;
use self::tested::Tested;
use super::arguments::{ConsentArguments, RevokeArguments};
use super::consent::{self, Consent, consent};
use super::report::Report;
use super::run::{Done, Run};
use super::{failure, link, listing, smoke};
use crate::domain::describe::{self, revoke::Surroundings as _};
use crate::domain::revoke::{RevokeEvent, RevokeOutcome, RevokePlan, RevokeTally, RevokeTarget, name};
use crate::domain::smoke::Verdict;
use crate::domain::{Diagnosis, Health, Retry, provider};
use crate::jobs::Context;
use crate::platform::clock::wall;
use crate::platform::ending::interrupted;
use crate::session::exit::Exit;

/// Events that wait between the work and the printer.
const EVENTS: usize = 64;

/// How long an interrupted revocation may still take to end.
const LAST_WORDS: Duration = Duration::from_secs(5);

/// Targets that a plan describes in words; more are counted. All of them are in JSON.
const DESCRIBED: usize = 20;

/// Runs the subcommand.
pub(super) async fn revoke(run: &mut Run<'_>, asked: &RevokeArguments) -> Done {
    // What is read from a file or a pipe is there before the network is asked.
    let selectors = wanted::read(asked)?;
    let session = run.open().await?;
    let report = &mut run.report;
    consent::allowed(&asked.consent, &session.context.write_policy, "revoke")?;
    let context = &link::for_user(&session, &asked.link, report).await?;
    if asked.agent.is_some() || asked.own {
        return delegation::revoke(context, asked, report).await;
    }
    let (ids, grants) = wanted::find(context, &selectors, report).await?;
    let plan = RevokePlan::new(&ids, &grants, asked.reason.clone(), wall());
    let reached = Reached::of(context, &plan, &asked.paths, &grants).await?;
    report.clear();
    let mut shown = vec![describe::revoke::place(&context.write_policy, context.client.host())];
    shown.extend(describe::revoke::plan(&plan, &reached, DESCRIBED, wall()));
    let is_json = asked.output.is_some();
    if asked.consent.dry_run {
        let text = if is_json {
            listing::line(&planned(&plan, &reached, context)) + "\n"
        } else {
            consent::lines(&shown)
        };
        listing::write(&text)?;
    } else {
        report.print(&consent::lines(&shown));
    }
    let question = describe::revoke::question(&plan);
    // Where there is nothing to do, there is nothing to ask.
    let answer = if plan.targets.is_empty() && !asked.consent.dry_run {
        Consent::Go
    } else {
        consent(&asked.consent, &context.write_policy, &question, plan.targets.len(), report).await?
    };
    match answer {
        Consent::Go => {}
        Consent::Dry => return Ok(Exit::Ok),
        Consent::No => return Ok(declined(&asked.consent, report)),
        Consent::Interrupted => return Ok(report.interrupted()),
    }
    let (outcomes, stopped) = send(context, &plan, is_json, report).await;
    let mut siblings = Tested::not(&reached::siblings(&plan, &outcomes), &grants);
    if !siblings.is_empty() && !stopped && !asked.no_test {
        // A mistake in a file of the person's is told, and costs its own row.
        let table = smoke::providers::table(&run.arguments.source, None, report);
        let table = table.unwrap_or_else(|_| provider::table().clone());
        siblings.test(context, table, report).await;
    }
    Ok(end(&plan, &outcomes, &siblings, stopped, is_json, report)?)
}

/// Somebody said no.
pub(super) fn declined(asked: &ConsentArguments, report: &mut Report) -> Exit {
    debug_assert!(!asked.yes, "who confirms is not asked");
    report.ended(&super::report::refused("--yes", "it was not confirmed"))
}

/// Sends what was confirmed, and prints each outcome as it comes; also whether somebody stopped it.
async fn send(
    context: &Context,
    plan: &RevokePlan,
    is_json: bool,
    report: &mut Report,
) -> (Vec<RevokeOutcome>, bool) {
    let (sender, mut events) = mpsc::channel(EVENTS);
    let cancel = CancellationToken::new();
    // Beside the work: what is known when it is given up is known.
    let outcomes = RefCell::new(vec![RevokeOutcome::NotTried; plan.targets.len()]);
    let work = crate::jobs::revoke::revoke(context, plan, cancel.clone(), sender);
    let read = async {
        let (mut tally, all) = (RevokeTally::default(), plan.targets.len());
        while let Some(event) = events.recv().await {
            match event {
                RevokeEvent::Waiting { reason, millis } => {
                    report.remark(&format!("waiting {} s. {}", millis.div_ceil(1000), reason.headline()));
                }
                RevokeEvent::Started { index } => put(&outcomes, index, RevokeOutcome::Uncertain(given_up())),
                RevokeEvent::Ended { index, outcome } => {
                    tally.add(&outcome);
                    let target = plan.targets.get(index).filter(|_| !is_json);
                    if let Some(target) = target.filter(|_| outcome != RevokeOutcome::NotTried) {
                        report.clear();
                        // Who has seen enough has not said that the rest shall stay.
                        let _ = listing::write(&line(target, &outcome));
                    }
                    put(&outcomes, index, outcome);
                    report.standing(&format!("{} of {all}", describe::revoke::summary(tally)));
                }
                RevokeEvent::Done { .. } => {}
            }
        }
        report.clear();
    };
    let stopped = {
        let both = async { tokio::join!(work, read).1 };
        tokio::pin!(both);
        tokio::select! {
            biased;
            _ = interrupted() => {
                cancel.cancel();
                // What is under way may still end; who waits for an answer that hangs does not wait for ever.
                let _ = tokio::time::timeout(LAST_WORDS, both).await;
                true
            }
            () = &mut both => false,
        }
    };
    (outcomes.into_inner(), stopped)
}

fn put(outcomes: &RefCell<Vec<RevokeOutcome>>, index: usize, outcome: RevokeOutcome) {
    if let Some(slot) = outcomes.borrow_mut().get_mut(index) {
        *slot = outcome;
    }
}

/// What is said of a grant whose answer nobody waited for.
fn given_up() -> Diagnosis {
    Diagnosis { retry: Retry::Unsafe, ..failure::cancelled() }
}

fn line(target: &RevokeTarget, outcome: &RevokeOutcome) -> String {
    let sign = if outcome.is_done() { "✓" } else { "✗" };
    format!("{sign} {}  {}  {}\n", target.id, name(&target.grant), describe::revoke::outcome(outcome))
}

/// Says what became of it.
fn end(
    plan: &RevokePlan,
    outcomes: &[RevokeOutcome],
    siblings: &Tested,
    stopped: bool,
    is_json: bool,
    report: &mut Report,
) -> std::io::Result<Exit> {
    let mut tally = RevokeTally::default();
    for outcome in outcomes {
        tally.add(outcome);
    }
    tally.gone += plan.gone.len() as u32;
    let is_stopped = stopped && !tally.is_done();
    // One grant is one failure; of several each has its own.
    let one = (outcomes.len() == 1).then(|| outcomes.first().and_then(RevokeOutcome::why)).flatten();
    let failed = if is_stopped { Some(failure::cancelled()) } else { one.cloned() };
    if let Some(why) = one.filter(|_| !is_stopped) {
        report.failure(why);
    }
    if is_json {
        let error = failed.as_ref().map(|why| report.fields(why));
        let mut object = result(plan, outcomes, tally, siblings, report);
        if let (Some(error), Some(fields)) = (error, object.as_object_mut()) {
            fields.insert("error".to_owned(), error);
        }
        listing::write(&(listing::line(&object) + "\n"))?;
    } else {
        listing::write(&siblings.lines())?;
    }
    let summary = describe::revoke::summary(tally);
    report.notice(&if is_stopped { format!("interrupted; {summary}") } else { summary });
    if let Some(why) = &siblings.stopped {
        report.failure(why);
    }
    if let Some(notice) = siblings.notice(wall()) {
        report.notice(&notice);
    }
    Ok(match (is_stopped, one) {
        (true, _) => Exit::Interrupted,
        (false, Some(why)) => Exit::from(why),
        (false, None) if !tally.is_done() => Exit::Found,
        (false, None) if siblings.interrupted => Exit::Interrupted,
        (false, None) if siblings.broken(wall()) > 0 => Exit::Found,
        (false, None) => siblings.stopped.as_ref().map_or(Exit::Ok, Exit::from),
    })
}

/// The plan as data.
fn planned(plan: &RevokePlan, reached: &Reached, context: &Context) -> Value {
    let targets = plan.targets.iter().map(|target| {
        let texts = |ids: &[crate::domain::GrantId]| ids.iter().map(ToString::to_string).collect::<Vec<_>>();
        json!({
            "grant_id": target.id.to_string(),
            "provider": target.grant.provider,
            "account": target.grant.account(),
            "label": target.grant.label,
            "health": Health::of(&target.grant, wall()).name(),
            "last_used_at": target.grant.last_used_at.as_ref().map(ToString::to_string),
            "verdict": reached.verdict(target.id).map(Verdict::name),
            "agent_ids": target.reach.agents.iter().map(ToString::to_string).collect::<Vec<_>>(),
            "children": texts(&target.reach.children),
            "siblings": texts(&target.reach.siblings),
            "files": reached.files(target.id),
        })
    });
    json!({
        "act": "revoke",
        "dry_run": true,
        "profile": context.write_policy.profile,
        "production": context.write_policy.production,
        "backend": context.client.host(),
        "reason": plan.reason,
        "grants": targets.collect::<Vec<_>>(),
        "gone": plan.gone.iter().map(|gone| gone.id.to_string()).collect::<Vec<_>>(),
    })
}

/// What became of it, as data.
fn result(
    plan: &RevokePlan,
    outcomes: &[RevokeOutcome],
    tally: RevokeTally,
    siblings: &Tested,
    report: &Report,
) -> Value {
    let targets = plan.targets.iter().zip(outcomes).map(|(target, outcome)| {
        let request_id = match outcome {
            RevokeOutcome::Revoked { request_id } => request_id.clone(),
            _ => None,
        };
        json!({
            "grant_id": target.id.to_string(),
            "provider": target.grant.provider,
            "account": target.grant.account(),
            "outcome": outcome.name(),
            "request_id": request_id,
            "error": outcome.why().map(|why| report.fields(why)),
        })
    });
    let gone = plan.gone.iter().map(|gone| {
        json!({
            "grant_id": gone.id.to_string(),
            "provider": gone.grant.as_ref().map(|grant| &grant.provider),
            "account": gone.grant.as_ref().map(crate::domain::Grant::account),
            "outcome": RevokeOutcome::Gone.name(),
            "request_id": null,
            "error": null,
        })
    });
    json!({
        "act": "revoke",
        "revoked": tally.revoked,
        "gone": tally.gone,
        "failed": tally.failed,
        "uncertain": tally.uncertain,
        "not_tried": tally.left,
        "grants": targets.chain(gone).collect::<Vec<_>>(),
        "siblings": siblings.fields(),
    })
}
