//! One test call: sent once, and where it is held, followed until it is decided (protocol: calls.md part B).

use std::time::Duration;

use tokio::sync::mpsc::Sender;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::api::{ApiError, Client, proxy};
use crate::domain::{
    ApprovalId, CallEvent, CallReport, CallRequest, Code, Diagnosis, Mode, PendingApproval, Retry, Who,
};
use crate::protocol::call::approval::{self, Ending, Next};
use crate::protocol::call::proxy::ProxyReply;

/// Nobody reads the events any more.
struct Left;

/// Sends a test call and reports to `events`; see [`CallEvent`]. Ends silently when `cancel` is cancelled or nobody
/// listens: a call that was sent by then may have happened.
pub async fn call(
    client: &Client,
    request: CallRequest,
    cancel: CancellationToken,
    events: Sender<CallEvent>,
) {
    let run = Run { client, events, began: Instant::now() };
    tokio::select! {
        biased;
        () = cancel.cancelled() => {}
        // That nobody listens is an end like any other.
        _ = run.run(request) => {}
    }
}

struct Run<'a> {
    client: &'a Client,
    events: Sender<CallEvent>,
    began: Instant,
}

impl Run<'_> {
    async fn run(&self, request: CallRequest) -> Result<(), Left> {
        let CallRequest { draft, patience, wait, permit } = request;
        if draft.is_write() && permit.is_none() {
            return self.failed(not_confirmed(&draft.method)).await;
        }
        if draft.mode == Mode::Retrieve {
            let refused = Diagnosis::new(Code::ArgumentRefused, Who::You, Retry::No)
                .fact("problem", "retrieve mode is not built yet; proxy mode is");
            return self.failed(refused).await;
        }
        match self.client.proxy(&draft, patience.unwrap_or(proxy::PATIENCE)).await {
            Ok(ProxyReply::Done(answer)) => self.done(200, answer).await,
            Ok(ProxyReply::Held(held)) => self.follow(held, wait).await,
            Err(error) => {
                let diagnosis = error.diagnose();
                let unsure = draft.is_write() && diagnosis.who == Who::Network && was_sent(&error);
                let diagnosis = if unsure {
                    diagnosis.fact("beware", "the call may have happened all the same")
                } else {
                    diagnosis
                };
                self.failed(diagnosis).await
            }
        }
    }

    /// Waits for the decision on a held call.
    async fn follow(&self, held: PendingApproval, wait: Duration) -> Result<(), Left> {
        if wait.is_zero() {
            return self.tell(CallEvent::Kept(held)).await;
        }
        let id = held.id;
        self.tell(CallEvent::Held(held.clone())).await?;
        let deadline = Instant::now() + wait;
        let mut told = None;
        let mut next = approval::before_asking(Some(wait));
        loop {
            next = match next {
                Next::Ask { wait } => match self.client.approval(id, wait).await {
                    Ok(standing) => {
                        let next = approval::after(&standing);
                        if told.as_ref() != Some(&standing) {
                            self.tell(CallEvent::Standing(standing.clone())).await?;
                            told = Some(standing);
                        }
                        next
                    }
                    Err(error) => match again(&error) {
                        Some(next) => next,
                        None => return self.failed(named(error.diagnose(), id)).await,
                    },
                },
                Next::Pause(pause) => {
                    let left = deadline.saturating_duration_since(Instant::now());
                    tokio::time::sleep(pause.min(left)).await;
                    approval::before_asking(Some(deadline.saturating_duration_since(Instant::now())))
                }
                Next::Fetch => match self.client.approval_result(id).await {
                    Ok(answer) => return self.done(200, answer).await,
                    Err(error) => match again(&error) {
                        Some(next) => next,
                        None => return self.failed(named(error.diagnose(), id)).await,
                    },
                },
                Next::Ended(Ending::StillOpen) => return self.tell(CallEvent::Kept(held)).await,
                Next::Ended(ending) => return self.failed(named(ending.diagnose(), id)).await,
            }
        }
    }

    async fn done(&self, alter_status: u16, answer: crate::domain::ProviderAnswer) -> Result<(), Left> {
        let elapsed = self.began.elapsed();
        self.tell(CallEvent::Done(CallReport { mode: Mode::Proxy, alter_status, answer, elapsed })).await
    }

    async fn failed(&self, diagnosis: Diagnosis) -> Result<(), Left> {
        self.tell(CallEvent::Failed(diagnosis)).await
    }

    async fn tell(&self, event: CallEvent) -> Result<(), Left> {
        self.events.send(event).await.or(Err(Left))
    }
}

/// What comes after a question that failed; None where asking again does not help.
fn again(error: &ApiError) -> Option<Next> {
    match error {
        ApiError::Alter(refusal) => approval::after_refusal(refusal),
        ApiError::Transport(_) => Some(Next::Pause(approval::PAUSE)),
        _ => None,
    }
}

/// Whether the request may have reached the backend.
fn was_sent(error: &ApiError) -> bool {
    use crate::api::error::Stage;
    matches!(error, ApiError::Transport(error)
        if matches!(error.stage, Stage::Lost | Stage::TimedOut | Stage::Other))
}

/// Nothing lists approvals: who loses the id cannot ask for the result.
fn named(diagnosis: Diagnosis, id: ApprovalId) -> Diagnosis {
    diagnosis.fact("approval", &id.to_string())
}

fn not_confirmed(method: &str) -> Diagnosis {
    Diagnosis::new(Code::ArgumentRefused, Who::You, Retry::AfterRemedy)
        .fact("problem", &format!("{} may change something, and nobody confirmed it", method.to_uppercase()))
}
