//! One test call: sent once; in proxy mode followed until a held one is decided, in retrieve mode told to the
//! backend afterwards (docs/protocol/calls.md).

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
use crate::api::arrival::Patience;
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

/// How long a call that is over waits for the word that it is kept. It is kept all the same.
const KEEPING: Duration = Duration::from_secs(1);

/// Nobody reads the events any more.
struct ReceiverGone;

/// Sends a test call and reports to `events`; see [`CallEvent`]. Ends when `cancel` is cancelled, and tells whether the
/// call may have happened by then, or silently when nobody listens. Once a provider may have been called from here, the
/// audit log is told of it whatever happens, within five seconds.
pub async fn call(
    context: &Context,
    request: CallRequest,
    cancel: CancellationToken,
    events: Sender<CallEvent>,
) {
    fire(context, request, cancel, events, None).await;
}

/// What is kept of an answer; None for none of the call.
pub(super) type Keeps<'a> = &'a (dyn Fn(&ProviderAnswer) -> Option<ProviderAnswer> + Send + Sync);

/// What sets a probe of many apart from a call that somebody made.
pub(super) struct Probing<'a> {
    /// Bytes of the body that are kept.
    pub(super) largest: usize,
    /// It only reads, whatever its method: our own table says so.
    pub(super) only_reads: bool,
    /// What the history keeps of an answer. None where it is as it should be: such a call is left out of the history,
    /// which would hold nothing else.
    pub(super) keeps: Keeps<'a>,
}

/// [`call`], as a probe where it is one. Of probes only those are kept in the history that ended, and not dully.
pub(super) async fn fire(
    context: &Context,
    request: CallRequest,
    cancel: CancellationToken,
    events: Sender<CallEvent>,
    probing: Option<Probing<'_>>,
) {
    // Whoever asks: no screen and no subcommand can forget it.
    let only_reads = probing.as_ref().is_some_and(|probing| probing.only_reads);
    let may_write = || context.write_policy.allows(request.draft.write().filter(|_| !only_reads).as_deref());
    if let Err(refused) = refuse_user(&request.draft.url).and_then(|()| may_write()) {
        // That nobody listens is an end like any other.
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
        bounds: request.patience.map(Patience::in_all),
        largest: probing.as_ref().map_or(LARGEST_BODY, |probing| probing.largest),
        keeps: probing.map(|probing| probing.keeps),
    };
    let work = async {
        run.unless_given_up(run.run(request)).await;
        // Now the record says at the latest how it ended.
        drop(run);
    };
    let announcement = announce(context, kept, events, &cancel);
    let (mut work, mut announcement) = (pin!(work), pin!(announcement));
    tokio::select! {
        () = &mut work => {
            // Too late or not at all: it is no part of the call.
            let _ = tokio::time::timeout(KEEPING, announcement).await;
        }
        () = &mut announcement => work.await,
    }
}

/// Tells whether the call is kept, once that is known.
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
        // That nobody listens is an end like any other.
        _ = events.send(event) => {}
        () = cancel.cancelled() => {}
    }
}

/// How long a refresh of the credential is waited for: 1, 2 and 4 s (docs/protocol/errors.md). A backend that asks for a
/// longer pause leaves it to the user.
const REFRESH: Policy = Policy {
    attempts: 4,
    first_pause: Duration::from_secs(1),
    longest_pause: Duration::from_secs(4),
    patience: Duration::from_secs(4),
    deadline: Duration::from_secs(16),
};

/// What was tried of one sending.
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
    /// It was told that the request goes out, and no answer said that nothing was done.
    sent: AtomicBool,
    /// The provider may have been called from here: whatever comes of it is told, and cancelling is seen to there.
    over: AtomicBool,
    cancel: &'a CancellationToken,
    /// How long it may take, the waiting for a decision aside; None = each request has its own time.
    patience: Option<TimeLimit>,
    /// The same, begun.
    bounds: Option<Patience>,
    /// Bytes of the provider's body that are kept.
    largest: usize,
    /// What is kept of an answer, where it is not all of it.
    keeps: Option<Keeps<'a>>,
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

    /// Works until the call is over or cancelled.
    async fn unless_given_up(&self, work: impl Future<Output = Result<(), ReceiverGone>>) {
        tokio::select! {
            biased;
            () = self.given_up() => {
                let may_have_happened = self.sent.load(Ordering::Relaxed);
                // That nobody listens is an end like any other.
                let _ = self.events.send(CallEvent::Cancelled { may_have_happened }).await;
            }
            // As above.
            _ = work => {}
        }
    }

    /// Ends when the call is cancelled before it is over.
    async fn given_up(&self) {
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
        // Whatever comes from here was a plain success of Alter's.
        let report = CallReport { mode, alter_status: 200, answer, first_byte, elapsed };
        self.emit(CallEvent::Done(report)).await
    }

    /// After a refusal that passes by itself and tells that nothing was done: waits, and says whether to send again.
    async fn waits(&self, error: &ApiError, tries: &mut Tries) -> Result<bool, ReceiverGone> {
        let ApiError::Alter(refusal) = error else { return Ok(false) };
        if refusal.code != Code::TokenRefreshInProgress {
            return Ok(false);
        }
        let reason = refusal.diagnose();
        tries.made += 1;
        let Next::Wait(pause) = retry::next(&REFRESH, tries.made, &reason.retry, true, tries.waited) else {
            return Ok(false);
        };
        // A pause that outlasts the call is none.
        if self.bounds.is_some_and(|bounds| bounds.left() <= pause) {
            return Ok(false);
        }
        tries.waited += pause;
        self.context.log().write(&LogEntry::Again { code: reason.code, pause });
        self.emit(CallEvent::Waiting { reason, millis: pause.as_millis() as u64 }).await?;
        tokio::time::sleep(pause).await;
        Ok(true)
    }

    /// What the next request may take.
    fn bounds(&self) -> Patience {
        self.bounds.unwrap_or_else(|| Patience::new(proxy::PATIENCE))
    }

    /// What a request may take that comes after somebody decided.
    fn afresh(&self) -> Patience {
        self.patience.map_or_else(|| Patience::new(proxy::PATIENCE), Patience::in_all)
    }

    async fn failed(&self, diagnosis: Diagnosis) -> Result<(), ReceiverGone> {
        self.emit(CallEvent::Failed(diagnosis)).await
    }

    async fn emit(&self, event: CallEvent) -> Result<(), ReceiverGone> {
        match (&event, self.keeps) {
            (CallEvent::Done(report), Some(keeps)) => match keeps(&report.answer) {
                Some(answer) => {
                    self.recording.note(&CallEvent::Done(CallReport { answer, ..report.clone() }));
                }
                None => self.recording.leave_out(),
            },
            _ => self.recording.note(&event),
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

    /// What a refusal of the backend means to the holder of this key.
    fn diagnose(&self, error: ApiError) -> Diagnosis {
        let key: &ApiKey = &self.context.client.settings().key;
        match error {
            ApiError::Alter(refusal) if key.kind() == KeyKind::Agent => refused_to_agent(*refusal).diagnose(),
            error => error.diagnose(),
        }
    }
}

/// Says that a write may have happened, where nobody knows.
fn beware(diagnosis: Diagnosis, draft: &RequestDraft, stage: Stage) -> Diagnosis {
    let sent = matches!(stage, Stage::Lost | Stage::TimedOut | Stage::Encoding | Stage::Other);
    warn(diagnosis, draft, sent)
}

/// Says that a write may have happened, where it was sent.
fn warn(diagnosis: Diagnosis, draft: &RequestDraft, sent: bool) -> Diagnosis {
    if draft.is_write() && sent {
        let reported = diagnosis.fact("beware", Retry::MAY_HAVE_HAPPENED);
        Diagnosis { retry: Retry::Unsafe, ..reported }
    } else {
        diagnosis
    }
}

/// Whether a refusal leaves open what became of the call: something on the way gave up on it, or Alter failed.
fn leaves_open(error: &ApiError) -> bool {
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
