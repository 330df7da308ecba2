//! One test call: sent once; in proxy mode followed until a held one is decided, in retrieve mode told to the
//! backend afterwards (protocol: calls.md).

mod law;
mod proxied;
mod recording;
mod retrieved;

use std::pin::pin;
use std::time::Duration;

use tokio::sync::mpsc::Sender;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use self::recording::Recording;
use super::Context;
use super::record::{Kept, NotKept};
use crate::api::ApiError;
use crate::api::error::Stage;
use crate::domain::{
    CallEvent, CallReport, CallRequest, Code, Diagnosis, Mode, ProviderAnswer, RequestDraft, Retry, Who,
};
use crate::protocol::ApiKey;
use crate::protocol::call::refused_to_agent;
use crate::protocol::key::KeyKind;

/// How long a call that is over waits for the word that it is kept. It is kept all the same.
const KEEPING: Duration = Duration::from_secs(1);

/// Nobody reads the events any more.
struct Left;

/// Sends a test call and reports to `events`; see [`CallEvent`]. Ends silently when `cancel` is cancelled or nobody
/// listens: a call that was sent by then may have happened.
pub async fn call(
    context: &Context,
    request: CallRequest,
    cancel: CancellationToken,
    events: Sender<CallEvent>,
) {
    let began = Instant::now();
    let (recording, kept) = Recording::new(context, &request, began);
    let run = Run { context, events: events.clone(), began, recording };
    let work = async {
        tokio::select! {
            biased;
            () = cancel.cancelled() => {}
            // That nobody listens is an end like any other.
            _ = run.run(request) => {}
        }
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

struct Run<'a> {
    context: &'a Context,
    events: Sender<CallEvent>,
    began: Instant,
    recording: Recording,
}

impl Run<'_> {
    async fn run(&self, request: CallRequest) -> Result<(), Left> {
        let draft = &request.draft;
        if draft.is_write() && request.permit.is_none() {
            return self.failed(not_confirmed(&draft.method)).await;
        }
        match draft.mode {
            Mode::Proxy => self.proxied(request).await,
            Mode::Retrieve => self.retrieved(request).await,
        }
    }

    async fn done(&self, alter_status: u16, mode: Mode, answer: ProviderAnswer) -> Result<(), Left> {
        let elapsed = self.began.elapsed();
        self.tell(CallEvent::Done(CallReport { mode, alter_status, answer, elapsed })).await
    }

    async fn failed(&self, diagnosis: Diagnosis) -> Result<(), Left> {
        self.tell(CallEvent::Failed(diagnosis)).await
    }

    async fn tell(&self, event: CallEvent) -> Result<(), Left> {
        self.recording.note(&event);
        self.events.send(event).await.or(Err(Left))
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
    let sent = matches!(stage, Stage::Lost | Stage::TimedOut | Stage::Other);
    if draft.is_write() && sent {
        diagnosis.fact("beware", "the call may have happened all the same")
    } else {
        diagnosis
    }
}

fn not_confirmed(method: &str) -> Diagnosis {
    Diagnosis::new(Code::ArgumentRefused, Who::You, Retry::AfterRemedy)
        .fact("problem", &format!("{} may change something, and nobody confirmed it", method.to_uppercase()))
}
