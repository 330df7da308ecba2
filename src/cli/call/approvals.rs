//! `grantdeck approvals`.

use std::pin::pin;

use jiff::Timestamp;
use serde_json::json;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::following::follow;
use super::printing::Printing;
use super::{EVENTS, LAST_WORDS};
use crate::cli::arguments::{ApprovalsArguments, CallFormat, ListingFormat};
use crate::cli::report::Report;
use crate::cli::run::{Done, Run};
use crate::cli::{failure, listing};
use crate::domain::{
    ApprovalId, Clean, Diagnosis, Ending, FollowRequest, Grant, Mode, Outcome, PendingApproval, RecordQuery,
    RecordSummary, RowId, words,
};
use crate::jobs::{self, Context, Selected};
use crate::platform::clock::wall;
use crate::platform::ending::interrupted;
use crate::session::exit::Exit;

/// Runs the subcommand.
pub(in crate::cli) async fn approvals(run: &mut Run<'_>, asked: &ApprovalsArguments) -> Done {
    // Only calls that Alter carries out are held.
    let mut printing = Printing::new(&asked.answer, Mode::Proxy, &run.arguments.source);
    let session = match printing.open(run).await {
        Ok(session) => session,
        Err(exit) => return Ok(exit),
    };
    let report = &mut run.report;
    let Some(id) = asked.id else {
        return list(asked, &held(&session.context).await?, wall(), report);
    };
    // Until when it is held is told with the first answer.
    let held = PendingApproval::remembered(id, wall());
    let request = FollowRequest { held, wait: asked.wait.unwrap_or_default() };
    let selected = grant_of(&session.context, id).await;
    let cancel = CancellationToken::new();
    let run = async {
        let (sender, events) = mpsc::channel(EVENTS);
        let run = jobs::follow(&session.context, request, cancel.clone(), sender);
        let ((), followed) = tokio::join!(run, follow(events, report));
        let filtered = printing.filtered(&followed).await;
        (followed, filtered)
    };
    let ended = {
        let mut run = pin!(run);
        tokio::select! {
            biased;
            _ = interrupted() => {
                cancel.cancel();
                let _ = tokio::time::timeout(LAST_WORDS, run).await;
                None
            }
            ended = &mut run => Some(ended),
        }
    };
    let exit = if let Some((ended, filtered)) = ended {
        printing.ended(selected.as_ref(), &ended, filtered, wall(), report)
    } else {
        report.notice("interrupted; the call stays held and can be checked again");
        let cancelled = failure::cancelled().fact("approval", &id.to_string());
        printing.finish(selected.as_ref(), None, &cancelled, report)
    };
    Ok(exit)
}

/// The grant of a held call, as far as the history knows it.
async fn grant_of(context: &Context, id: ApprovalId) -> Option<Selected> {
    let (_, record) = context.recorder.as_ref()?.held(id).await.ok().flatten()?;
    let mut grant = Grant::blank(RowId::Grant(record.grant));
    grant.provider = record.provider?.into();
    Some(Selected { grant: Some(grant), ..Selected::unseen(record.grant) })
}

/// Calls that are listed at most.
const MOST: usize = 1_000;

/// A held call, and until when it is.
struct Held {
    summary: RecordSummary,
    approval: ApprovalId,
    expires_at: Timestamp,
}

/// The calls of this profile that the history has as held, the latest first.
async fn held(context: &Context) -> Result<Vec<Held>, Diagnosis> {
    let Some(recorder) = &context.recorder else { return Ok(Vec::new()) };
    let query = RecordQuery {
        profile: Some(recorder.profile().to_owned()),
        ending: Some(Ending::Held),
        limit: MOST,
        ..RecordQuery::default()
    };
    let mut all = Vec::new();
    for summary in recorder.list(query).await? {
        let record = recorder.get(summary.id).await?;
        if let Some(Outcome::Held { approval, expires_at }) = record.map(|record| record.outcome) {
            all.push(Held { summary, approval, expires_at });
        }
    }
    Ok(all)
}

fn list(asked: &ApprovalsArguments, held: &[Held], now: Timestamp, report: &mut Report) -> Done {
    if held.is_empty() {
        report.remark("no held calls of this profile in the local history");
    }
    let format = asked.answer.output.map(|CallFormat::Json| ListingFormat::Json);
    let name = |held: &Held| {
        let provider = held.summary.provider.clone().unwrap_or_default();
        [provider, held.summary.account.clone().unwrap_or_default()].join(" ")
    };
    listing::print(
        format,
        held,
        ["APPROVAL", "GRANT", "CALL", "SENT", "LAPSES"],
        |held| {
            let call = format!("{} {}", held.summary.method, held.summary.called);
            let texts = [held.approval.to_string(), name(held), call];
            let [approval, grant, call] = texts.map(|text| Clean::line(&text).as_str().to_owned());
            let lapses = if held.expires_at <= now {
                "over".to_owned()
            } else {
                words::relative(held.expires_at, now)
            };
            [approval, grant, call, words::relative(held.summary.at, now), lapses]
        },
        |held| {
            json!({
                "approval_id": held.approval.to_string(),
                "grant_id": held.summary.grant.to_string(),
                "provider": held.summary.provider,
                "account": held.summary.account,
                "method": held.summary.method,
                "url": held.summary.called,
                "sent_at": held.summary.at.to_string(),
                "expires_at": held.expires_at.to_string(),
            })
        },
    )?;
    Ok(Exit::Ok)
}
