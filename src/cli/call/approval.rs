//! `grantdeck approval`.

use std::pin::pin;

use jiff::Timestamp;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::filtered;
use super::following::follow;
use super::printing::Printing;
use super::{EVENTS, LAST_WORDS};
use crate::cli::arguments::{ApprovalArguments, Arguments};
use crate::cli::exit::Exit;
use crate::cli::report::Report;
use crate::cli::session;
use crate::domain::{FollowRequest, Mode, PendingApproval};
use crate::jobs;

/// Runs the subcommand.
pub(in crate::cli) async fn approval(
    arguments: &Arguments,
    asked: &ApprovalArguments,
    now: fn() -> Timestamp,
) -> Exit {
    let mut report = Report::new(arguments, false);
    // Only calls that Alter carries out are held.
    let printing = Printing::new(&asked.answer, Mode::Proxy);
    if let Some(filter) = &asked.answer.jq
        && let Err(diagnosis) = filtered::check(filter).await
    {
        return printing.failed(None, &diagnosis, &mut report);
    }
    let session = match session::open(&arguments.source, now, &mut report).await {
        Ok(session) => session,
        Err(diagnosis) => return printing.failed(None, &diagnosis, &mut report),
    };
    // Until when it is held is told with the first answer.
    let held = PendingApproval::remembered(asked.id, now());
    let request = FollowRequest { held, wait: asked.wait.unwrap_or_default() };
    let cancel = CancellationToken::new();
    let run = async {
        let (sender, events) = mpsc::channel(EVENTS);
        let run = jobs::follow(&session.context, request, cancel.clone(), sender);
        let ((), ended) = tokio::join!(run, follow(events, &mut report));
        let filtered = printing.filtered(&ended).await;
        (ended, filtered)
    };
    let ended = {
        let mut run = pin!(run);
        tokio::select! {
            biased;
            _ = tokio::signal::ctrl_c() => {
                cancel.cancel();
                let _ = tokio::time::timeout(LAST_WORDS, run).await;
                None
            }
            ended = &mut run => Some(ended),
        }
    };
    let exit = if let Some((ended, filtered)) = ended {
        printing.ended(None, &ended, filtered, now(), &mut report)
    } else {
        report.notice("interrupted; the call stays held and can be asked about again");
        Exit::Interrupted
    };
    session.keep(&mut report).await;
    exit
}
