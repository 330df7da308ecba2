//! One test call: sent once; in proxy mode followed until a held one is decided, in retrieve mode told to the
//! backend afterwards (protocol: calls.md).

mod law;
mod proxied;
mod retrieved;

use tokio::sync::mpsc::Sender;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::Context;
use crate::api::ApiError;
use crate::api::error::Stage;
use crate::domain::{
    CallEvent, CallReport, CallRequest, Code, Diagnosis, Mode, ProviderAnswer, RequestDraft, Retry, Who,
};
use crate::protocol::ApiKey;
use crate::protocol::call::refused_to_agent;
use crate::protocol::key::KeyKind;

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
    let run = Run { context, events, began: Instant::now() };
    tokio::select! {
        biased;
        () = cancel.cancelled() => {}
        // That nobody listens is an end like any other.
        _ = run.run(request) => {}
    }
}

struct Run<'a> {
    context: &'a Context,
    events: Sender<CallEvent>,
    began: Instant,
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
