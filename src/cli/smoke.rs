//! `grantdeck smoke`.

mod choose;
mod file;
mod progress;
pub(super) mod providers;
mod report;

use std::io::{self, IsTerminal};
use std::sync::Arc;

use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use self::file::File;
use self::progress::Progress;
use self::report::{Reporting, print};
use super::arguments::{SmokeArguments, SmokeFormat};
use super::confirm::{forget_typed, said_yes};
use super::failure;
use super::report::{Report, refused};
use super::run::{Abort, Done, Run};
use crate::domain::listing::unreadable;
use crate::domain::smoke::{SmokeEvent, SmokePlan, SmokeResult, SmokeSummary};
use crate::domain::words::{count, length};
use crate::domain::{Code, Spending};
use crate::jobs;
use crate::jobs::smoke::{Limits, Resume, SmokeRequest, TIMEOUT, preview};
use crate::platform::clock::wall;
use crate::platform::ending::interrupted;
use crate::session::exit::Exit;

/// Events that wait between the run and the printer.
const EVENTS: usize = 64;

/// Calls above which a person is asked first.
const ASK_ABOVE: u32 = 100;

/// Runs the subcommand.
pub(super) async fn smoke(run: &mut Run<'_>, smoke: &SmokeArguments) -> Done {
    let terminal = io::stdout().is_terminal();
    let source = &run.arguments.source;
    let table = providers::table(source, smoke.provider_file.as_deref(), &mut run.report);
    let table = Arc::new(table.map_err(Abort::Printed)?);
    // Before hours of work: a folder that is not there is told now.
    let file = smoke.report.as_ref().map(|wanted| File::prepare(wanted, smoke.force)).transpose()?;
    let session = run.open().await?;
    let (context, report) = (&session.context, &mut run.report);
    let (grants, not_whole) = choose::choose(context, smoke, report).await?;
    let request = SmokeRequest {
        table,
        mode: smoke.mode,
        limits: Limits {
            concurrency: smoke.concurrency.into(),
            timeout: smoke.timeout.unwrap_or(TIMEOUT),
            spending: Spending::LeavesAQuarter,
            ..Limits::default()
        },
        resume: if smoke.resume { Resume::Latest } else { Resume::Nothing },
        ..SmokeRequest::new(grants)
    };
    let plan = preview(context, &request);
    report.clear();
    if !is_wanted(&plan, smoke, report).await {
        return Err(Abort::Printed(refused("--yes", "many calls need a confirmation")));
    }
    let grants = request.grants.clone();
    let (results, summary, signal) = test(context, request, report).await;
    let broken_off = signal.map(|_| failure::cancelled()).or_else(|| summary.stopped.clone());
    let mut reporting = Reporting::new(results, &grants, &summary, smoke.failing(), wall());
    // What was found is found; where nothing was, those that are missing could have failed.
    let may_fail = broken_off.is_none() && !reporting.fails();
    let not_whole = not_whole.filter(|_| may_fail);
    if not_whole.is_some() {
        reporting.aborted = Some("the list of grants is incomplete".to_owned());
    }
    let not_whole = not_whole.or_else(|| unreadable(summary.unreadable.into()).filter(|_| may_fail));
    let error = broken_off.as_ref().or(not_whole.as_ref()).map(|why| report.object(why));
    let reporting = reporting.broken_off(error);
    let format = smoke.output.unwrap_or(if terminal { SmokeFormat::Table } else { SmokeFormat::Jsonl });
    // Of a demonstration nothing is remembered.
    let goes_on = if context.simulator.is_some() { "" } else { " (continue with --resume)" };
    let mut exit = end(&reporting, &summary, signal, goes_on, report);
    if let Some(why) = &not_whole {
        report.failure(why);
        exit = Exit::from(why);
    }
    // The table ends with it.
    let is_reported = matches!(exit, Exit::Ok | Exit::Found) || not_whole.is_some();
    if format != SmokeFormat::Table && is_reported {
        report.remark(&reporting.sentence());
    }
    if let Some(file) = &file
        && let Err(diagnosis) = file.write(&reporting)
    {
        report.failure(&diagnosis);
        exit = if exit == Exit::Ok { Exit::from(&diagnosis) } else { exit };
    }
    let printed = print(&reporting, format, terminal, run.arguments.color.wanted());
    let printed = report.written(printed);
    exit = if exit == Exit::Ok { printed } else { exit };
    if let Some(notice) = context.key_notice() {
        report.hint(&notice);
    }
    Ok(exit)
}

/// Runs until the end, or until somebody wants it to end; then also how the program is to end.
pub(super) async fn test(
    context: &jobs::Context,
    request: SmokeRequest,
    report: &mut Report,
) -> (Vec<Arc<SmokeResult>>, SmokeSummary, Option<Exit>) {
    let (sender, mut events) = mpsc::channel(EVENTS);
    let cancel = CancellationToken::new();
    let resume = request.resume != Resume::Nothing;
    let work = jobs::smoke(context, request, cancel.clone(), sender);
    let read = async {
        let mut progress = Progress::default();
        let mut summary = SmokeSummary::default();
        let mut results = Vec::new();
        while let Some(event) = events.recv().await {
            match event {
                SmokeEvent::Planned(plan) => {
                    if resume {
                        report.remark(&gone_on(&plan));
                    }
                    progress.begin(plan.grants, (context.now)());
                }
                SmokeEvent::Started(_) => {}
                SmokeEvent::Verdict(result) => {
                    progress.add(&result);
                    results.push(result);
                }
                SmokeEvent::Paused(pause) => {
                    // Pauses of the budget come every minute, and the estimate foretold them.
                    let foretold = matches!(pause.reason.code, Code::KeepingAQuarter | Code::BudgetUsedUp);
                    if !foretold {
                        report.remark(&progress::paused(&pause));
                    } else if report.is_watched() {
                        report.standing(&format!("{}; {}", progress.now(), progress::paused(&pause)));
                        continue;
                    }
                }
                SmokeEvent::NotKept(why) => report.hint(&why),
                SmokeEvent::Done(done) => summary = done,
            }
            if let Some(line) = progress.line((context.now)()) {
                report.standing(&line);
            }
        }
        report.clear();
        (results, summary)
    };
    let watch = async {
        interrupted().await;
        cancel.cancel();
    };
    let mut signal = None;
    let both = async { tokio::join!(work, read).1 };
    tokio::pin!(both);
    let (results, summary) = tokio::select! {
        biased;
        () = watch => {
            signal = Some(Exit::Interrupted);
            both.await
        }
        done = &mut both => done,
    };
    (results, summary, signal)
}

fn gone_on(plan: &SmokePlan) -> String {
    match plan.resumed {
        0 => "no interrupted run in the last day; starting a new one".to_owned(),
        known => {
            format!("resuming the last run: {} of {} done", count(known.into()), count(plan.grants.into()))
        }
    }
}

/// Says what will be done and how long it takes; asks a person before many calls.
async fn is_wanted(plan: &SmokePlan, smoke: &SmokeArguments, report: &mut Report) -> bool {
    let (grants, calls) = (count(plan.grants.into()), count(plan.calls.into()));
    if plan.unreadable > 0 {
        let rows = count(plan.unreadable.into());
        report.notice(&match plan.unreadable {
            1 => "1 row has an unreadable id and cannot be tested".to_owned(),
            _ => format!("{rows} rows have unreadable ids and cannot be tested"),
        });
    }
    let seconds = plan.estimate.length.as_secs();
    let time = if seconds < 60 {
        format!("{} s", seconds.max(1))
    } else {
        length(jiff::SignedDuration::from_secs(seconds.cast_signed()))
    };
    let because = plan
        .estimate
        .per_minute
        .map_or_else(String::new, |each| format!(" (rate budget: {} calls a minute)", count(each)));
    let many = plan.calls > ASK_ABOVE;
    if many || seconds >= 60 || report.is_watched() {
        report.remark(&format!("{grants} grants, {calls} calls: about {time}{because}"));
    }
    let person = report.is_watched() && io::stdin().is_terminal();
    if !many || smoke.yes || !person {
        return true;
    }
    forget_typed();
    report.standing("Each is a real, read-only call that its end user may see. Continue? [y/N] ");
    let yes = said_yes().await;
    if !yes {
        report.notice("nothing was sent");
    }
    yes
}

/// Says how it ended where the report does not.
fn end(
    reporting: &Reporting,
    summary: &SmokeSummary,
    signal: Option<Exit>,
    goes_on: &str,
    report: &mut Report,
) -> Exit {
    let left = count(summary.left.into());
    if let Some(why) = &summary.stopped {
        report.failure(why);
        report.notice(&format!("the run was aborted; {left} grants were not tested{goes_on}"));
        return Exit::from(why);
    }
    if let Some(exit) = signal {
        report.notice(&format!("interrupted; {left} grants were not tested{goes_on}"));
        return exit;
    }
    if reporting.fails() { Exit::Found } else { Exit::Ok }
}
