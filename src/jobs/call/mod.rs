//! A test call: sent once; in proxy mode a held call is followed until it is decided, in retrieve mode an audit row is
//! sent afterwards (docs/protocol/calls.md).

mod again;
mod credential_hosts;
mod meter;
mod proxied;
mod recording;
mod retrieved;

use std::pin::pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::sync::mpsc::Sender;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

pub use self::again::follow;
pub(super) use self::again::follow_keeping;
use self::recording::Recording;
use super::Context;
use super::record::{Kept, NotKept};
use crate::api::arrival::Deadline;
use crate::api::error::Stage;
use crate::api::retry::{self, Next, Policy};
use crate::api::{ApiError, proxy};
use crate::domain::draft::refuse_user;
use crate::domain::log::LogEntry;
use crate::domain::{
    CallEvent, CallReport, CallRequest, ClearedDraft, Code, Diagnosis, Mode, ProviderAnswer, RequestDraft,
    Retry, TimeLimit,
};
use crate::protocol::ApiKey;
use crate::protocol::call::refused_to_agent;
use crate::protocol::call::stream::LARGEST_BODY;
use crate::protocol::key::KeyKind;

/// How long a finished call waits for confirmation that it is recorded. It is recorded even later.
const RECORD_WAIT: Duration = Duration::from_secs(1);

/// The receiver of the events is gone.
struct ReceiverGone;

/// Sends a test call and reports to `events`; see [`CallEvent`]. Ends when `cancel` is cancelled, and reports whether
/// the call may have happened by then; ends silently if the receiver is gone. Once a provider may have been called from
/// here, the audit row is sent in any case, within five seconds.
pub async fn call(
    context: &Context,
    request: CallRequest,
    cancel: CancellationToken,
    events: Sender<CallEvent>,
) {
    call_or_probe(context, request, cancel, events, None).await;
}

/// What the history keeps of an answer; `None` = do not record the call.
pub(super) type KeepAnswer<'a> = &'a (dyn Fn(&ProviderAnswer) -> Option<ProviderAnswer> + Send + Sync);

/// How a smoke test's probe differs from a user's call.
pub(super) struct Probing<'a> {
    /// Limit for the body, in bytes.
    pub(super) largest: usize,
    /// It only reads, whatever its method: the built-in table vouches for it.
    pub(super) only_reads: bool,
    /// What the history keeps of an answer. `None` for an unremarkable one: such a probe is not recorded, or the
    /// history would contain little else.
    pub(super) keeps: KeepAnswer<'a>,
}

/// Like [`call`], also for probes. Probes are recorded only if they ended, and only unless `keeps` returns `None`.
pub(super) async fn call_or_probe(
    context: &Context,
    request: CallRequest,
    cancel: CancellationToken,
    events: Sender<CallEvent>,
    probing: Option<Probing<'_>>,
) {
    // Checked here, so that no screen or subcommand can forget it.
    let only_reads = probing.as_ref().is_some_and(|probing| probing.only_reads);
    let may_write = || context.write_policy.allows(request.draft.write().filter(|_| !only_reads).as_deref());
    if let Err(refused) = refuse_user(&request.draft.url).and_then(|()| may_write()) {
        // If the receiver is gone, this ends too.
        let _ = events.send(CallEvent::Failed(refused)).await;
        return;
    }
    let began = Instant::now();
    let (recording, kept) = Recording::new(context, &request, began, probing.is_some());
    let run = Run {
        context,
        events: events.clone(),
        began,
        recording,
        sent: AtomicBool::new(false),
        over: AtomicBool::new(false),
        cancel: &cancel,
        patience: request.patience,
        bounds: request.patience.map(Deadline::total),
        largest: probing.as_ref().map_or(LARGEST_BODY, |probing| probing.largest),
        keeps: probing.map(|probing| probing.keeps),
    };
    let work = async {
        run.until_cancelled(run.run(request)).await;
        // Dropping it records the outcome, at the latest now.
        drop(run);
    };
    let announcement = announce(context, kept, events, &cancel);
    let (mut work, mut announcement) = (pin!(work), pin!(announcement));
    tokio::select! {
        () = &mut work => {
            // Too late or not at all: recording is not part of the call.
            let _ = tokio::time::timeout(RECORD_WAIT, announcement).await;
        }
        () = &mut announcement => work.await,
    }
}

/// Reports whether the call was recorded, once that is known.
async fn announce(context: &Context, kept: Kept, events: Sender<CallEvent>, cancel: &CancellationToken) {
    let event = match (kept.await, &context.recorder) {
        (Ok(Ok(id)), _) => CallEvent::Recorded(id),
        (Ok(Err(NotKept)), Some(recorder)) => match recorder.trouble() {
            Some(why) => CallEvent::NotRecorded(why),
            None => return,
        },
        _ => return,
    };
    tokio::select! {
        biased;
        // If the receiver is gone, this ends too.
        _ = events.send(event) => {}
        () = cancel.cancelled() => {}
    }
}

/// Retries while the credential is being refreshed: after 1, 2 and 4 s (docs/protocol/errors.md). If the backend asks
/// for a longer pause, this gives up.
const REFRESH: Policy = Policy {
    attempts: 4,
    first_pause: Duration::from_secs(1),
    longest_pause: Duration::from_secs(4),
    patience: Duration::from_secs(4),
    deadline: Duration::from_secs(16),
};

/// The attempts so far.
#[derive(Default)]
struct Tries {
    made: u32,
    waited: Duration,
}

struct Run<'a> {
    context: &'a Context,
    events: Sender<CallEvent>,
    began: Instant,
    recording: Recording,
    /// The request was sent, and no answer said that nothing was done.
    sent: AtomicBool,
    /// The provider may have been called from here: the outcome is always reported, and cancelling is handled there.
    over: AtomicBool,
    cancel: &'a CancellationToken,
    /// Time limit, excluding the wait for a decision; `None` = each request has its own.
    patience: Option<TimeLimit>,
    /// The same, running.
    bounds: Option<Deadline>,
    /// Limit for the provider's body, in bytes.
    largest: usize,
    /// What the history keeps of an answer, if not all of it.
    keeps: Option<KeepAnswer<'a>>,
}

impl Run<'_> {
    async fn run(&self, mut request: CallRequest) -> Result<(), ReceiverGone> {
        let draft = match ClearedDraft::new(request.draft.clone(), request.permit.take()) {
            Ok(draft) => draft,
            Err(refused) => return self.failed(refused).await,
        };
        match request.draft.mode {
            Mode::Proxy => Box::pin(self.proxied(request, draft)).await,
            Mode::Retrieve => Box::pin(self.retrieved(request, draft)).await,
        }
    }

    /// Runs `work` until it ends or the call is cancelled.
    async fn until_cancelled(&self, work: impl Future<Output = Result<(), ReceiverGone>>) {
        tokio::select! {
            biased;
            () = self.cancelled() => {
                let may_have_happened = self.sent.load(Ordering::Relaxed);
                // If the receiver is gone, this ends too.
                let _ = self.events.send(CallEvent::Cancelled { may_have_happened }).await;
            }
            // As above.
            _ = work => {}
        }
    }

    /// Resolves when the call is cancelled before it is over.
    async fn cancelled(&self) {
        self.cancel.cancelled().await;
        if self.over.load(Ordering::Relaxed) {
            std::future::pending::<()>().await;
        }
    }

    async fn done(
        &self,
        mode: Mode,
        answer: ProviderAnswer,
        first_byte: Option<Duration>,
    ) -> Result<(), ReceiverGone> {
        let elapsed = self.began.elapsed();
        // Answers from here were all a 200 of Alter's.
        let report = CallReport { mode, alter_status: 200, answer, first_byte, elapsed };
        self.emit(CallEvent::Done(report)).await
    }

    /// After a refusal that is temporary and says that nothing was done: waits, and returns whether to send again.
    async fn retries(&self, error: &ApiError, tries: &mut Tries) -> Result<bool, ReceiverGone> {
        let ApiError::Alter(refusal) = error else { return Ok(false) };
        if refusal.code != Code::TokenRefreshInProgress {
            return Ok(false);
        }
        let reason = refusal.diagnose();
        tries.made += 1;
        let Next::Wait(pause) = retry::next(&REFRESH, tries.made, &reason.retry, true, tries.waited) else {
            return Ok(false);
        };
        // Do not wait beyond the time limit.
        if self.bounds.is_some_and(|bounds| bounds.left() <= pause) {
            return Ok(false);
        }
        tries.waited += pause;
        self.context.log().write(&LogEntry::Again { code: reason.code, pause });
        self.emit(CallEvent::Waiting { reason, millis: pause.as_millis() as u64 }).await?;
        tokio::time::sleep(pause).await;
        Ok(true)
    }

    /// Time limits of the next request.
    fn bounds(&self) -> Deadline {
        self.bounds.unwrap_or_else(|| Deadline::new(proxy::PATIENCE))
    }

    /// Time limits of a request after the decision.
    fn fresh_deadline(&self) -> Deadline {
        self.patience.map_or_else(|| Deadline::new(proxy::PATIENCE), Deadline::total)
    }

    async fn failed(&self, diagnosis: Diagnosis) -> Result<(), ReceiverGone> {
        self.emit(CallEvent::Failed(diagnosis)).await
    }

    async fn emit(&self, event: CallEvent) -> Result<(), ReceiverGone> {
        match (&event, self.keeps) {
            (CallEvent::Done(report), Some(keeps)) => match keeps(&report.answer) {
                Some(answer) => {
                    self.recording.apply(&CallEvent::Done(CallReport { answer, ..report.clone() }));
                }
                None => self.recording.leave_out(),
            },
            _ => self.recording.apply(&event),
        }
        let sent = match event {
            CallEvent::Sent => Some(true),
            CallEvent::Waiting { .. } => Some(false),
            _ => None,
        };
        self.events.send(event).await.or(Err(ReceiverGone))?;
        if let Some(sent) = sent {
            self.sent.store(sent, Ordering::Relaxed);
        }
        Ok(())
    }

    /// Diagnoses a refusal, with regard to the kind of key.
    fn diagnose(&self, error: ApiError) -> Diagnosis {
        let key: &ApiKey = &self.context.client.settings().key;
        match error {
            ApiError::Alter(refusal) if key.kind() == KeyKind::Agent => refused_to_agent(*refusal).diagnose(),
            error => error.diagnose(),
        }
    }
}

/// Warns that a write may have happened, if the transport error leaves that open.
fn warn_if_unknown(diagnosis: Diagnosis, draft: &RequestDraft, stage: Stage) -> Diagnosis {
    let sent = matches!(stage, Stage::Lost | Stage::TimedOut | Stage::Encoding | Stage::Other);
    warn(diagnosis, draft, sent)
}

/// Warns that a write may have happened, if it was sent.
fn warn(diagnosis: Diagnosis, draft: &RequestDraft, sent: bool) -> Diagnosis {
    if draft.is_write() && sent {
        let reported = diagnosis.fact("beware", Retry::MAY_HAVE_HAPPENED);
        Diagnosis { retry: Retry::Unsafe, ..reported }
    } else {
        diagnosis
    }
}

/// Whether a refusal leaves open whether the call was made: something in between gave up on it, or Alter failed.
fn is_outcome_unknown(error: &ApiError) -> bool {
    let ApiError::Alter(refusal) = error else { return false };
    match refusal.code {
        Code::BadGateway | Code::ServiceUnavailable | Code::GatewayTimeout => true,
        Code::UnexpectedStatus => refusal.status < 300 || refusal.status >= 500,
        _ => false,
    }
}

#[cfg(test)]
#[path = "deadline_tests.rs"]
mod deadlines;
#[cfg(test)]
#[path = "permit_tests.rs"]
mod permits;
#[cfg(test)]
mod tests;
