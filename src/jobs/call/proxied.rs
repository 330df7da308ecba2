//! Calls made by Alter, and following those that it holds for approval (docs/protocol/calls.md part B).

use std::time::Duration;

use tokio::time::Instant;

use super::meter::Meter;
use super::{ReceiverGone, Run, Tries, is_outcome_unknown, warn, warn_if_unknown};
use crate::api::ApiError;
use crate::api::arrival::Deadline;
use crate::domain::{
    Approval, ApprovalId, CallEvent, CallRequest, Clean, ClearedDraft, Diagnosis, Mode, PendingApproval,
};
use crate::protocol::call::approval::{self, Ending, Next};
use crate::protocol::call::proxy::ProxyReply;

/// How long after the waiting time the last check may still be answered.
const GRACE: Duration = Duration::from_secs(1);

impl Run<'_> {
    pub(super) async fn proxied(
        &self,
        request: CallRequest,
        cleared: ClearedDraft,
    ) -> Result<(), ReceiverGone> {
        let CallRequest { draft, wait, .. } = request;
        let client = &self.context.client;
        let call = match client.proxy_call(&cleared) {
            Ok(call) => call,
            Err(error) => return self.failed(error.diagnose()).await,
        };
        self.recording.begin();
        let mut tries = Tries::default();
        let (outcome, first_byte) = loop {
            self.emit(CallEvent::Sent).await?;
            let meter = Meter::start(self.events.clone());
            let outcome = client
                .send_proxy(&call, self.bounds(), self.largest, &|arrival| meter.observe(arrival))
                .await;
            let again = match &outcome {
                Ok(_) => false,
                Err(error) => self.retries(error, &mut tries).await?,
            };
            if !again {
                break (outcome, meter.first_byte());
            }
        };
        match outcome {
            Ok(ProxyReply::Done(answer)) => self.done(Mode::Proxy, answer, first_byte).await,
            Ok(ProxyReply::Held(held)) => self.follow(held, wait).await,
            Err(ApiError::Transport(error)) => {
                let stage = error.stage;
                self.failed(warn_if_unknown(error.diagnose(), &draft, stage)).await
            }
            // A success that cannot be parsed: the call was made, or is held.
            Err(error @ (ApiError::Malformed(_) | ApiError::TooLarge { .. })) => {
                self.failed(warn(error.diagnose(), &draft, true)).await
            }
            Err(error) => {
                let open = is_outcome_unknown(&error);
                self.failed(warn(self.diagnose(error), &draft, open)).await
            }
        }
    }

    /// Waits for the decision on a held call.
    async fn follow(&self, held: PendingApproval, wait: Duration) -> Result<(), ReceiverGone> {
        if wait.is_zero() {
            return self.emit(CallEvent::Kept(held)).await;
        }
        self.emit(CallEvent::Held(held.clone())).await?;
        self.decided(held, wait, approval::before_asking(Some(wait))).await
    }

    /// Checks until the call is decided or the waiting time is over.
    pub(super) async fn decided(
        &self,
        held: PendingApproval,
        wait: Duration,
        first: Next,
    ) -> Result<(), ReceiverGone> {
        let client = &self.context.client;
        let id = held.id;
        let began = Instant::now();
        let deadline = began + wait;
        let left = || deadline.saturating_duration_since(Instant::now());
        // A check may be answered shortly after the waiting time, but must not last for a full pause. A single check
        // has its own limit.
        let bounds = |asked: Duration| match left() {
            left if left.is_zero() => Deadline::new(approval::patience(asked)),
            left => Deadline::total(approval::patience(asked).min(left + GRACE)),
        };
        let meter = Meter::start(self.events.clone());
        let mut reported: Option<Approval> = None;
        // The last check that failed. A call from earlier may no longer exist until a check succeeds.
        let mut unanswered = None;
        let mut next = first;
        loop {
            next = match next {
                Next::Ask { wait } => match client.approval(id, wait, bounds(wait)).await {
                    Ok(standing) => {
                        let next = approval::after(&standing);
                        unanswered = None;
                        if reported.as_ref() != Some(&standing) {
                            self.emit(CallEvent::Standing(standing.clone())).await?;
                            reported = Some(standing);
                        }
                        next
                    }
                    Err(error) => {
                        let (next, why) = (next_after_failure(&error), error.diagnose());
                        let Some(next) = next else { return self.failed(with_approval_id(why, id)).await };
                        unanswered = Some(why);
                        next
                    }
                },
                Next::Pause(pause) => {
                    tokio::time::sleep(pause.min(left())).await;
                    approval::before_asking(Some(left()))
                }
                Next::Fetch => {
                    match client
                        .approval_result(id, self.fresh_deadline(), &|arrival| meter.observe(arrival))
                        .await
                    {
                        Ok(answer) => return self.done(Mode::Proxy, answer, None).await,
                        Err(error) => match next_after_failure(&error) {
                            Some(next) => next,
                            None => return self.failed(with_approval_id(self.diagnose(error), id)).await,
                        },
                    }
                }
                Next::Ended(Ending::StillOpen) => {
                    return match (reported, unanswered) {
                        (None, Some(why)) if held.gates.is_empty() => {
                            self.failed(with_approval_id(with_total_wait(why, began.elapsed()), id)).await
                        }
                        (reported, _) => {
                            self.emit(CallEvent::Kept(as_reported(held, reported.as_ref()))).await
                        }
                    };
                }
                Next::Ended(ending) => return self.failed(with_approval_id(ending.diagnose(), id)).await,
            }
        }
    }
}

/// Updates the approval with what was last reported.
fn as_reported(held: PendingApproval, reported: Option<&Approval>) -> PendingApproval {
    match reported {
        Some(reported) => PendingApproval { expires_at: reported.expires_at, ..held },
        None => held,
    }
}

/// The next step after a failed check; `None` if retrying does not help.
fn next_after_failure(error: &ApiError) -> Option<Next> {
    match error {
        ApiError::Alter(refusal) => approval::after_refusal(refusal),
        ApiError::Transport(_) => Some(Next::Pause(approval::PAUSE)),
        _ => None,
    }
}

/// Sets the time waited in total, instead of the limit of the last check. In tenths of a second: it was not measured
/// more precisely.
fn with_total_wait(mut why: Diagnosis, took: Duration) -> Diagnosis {
    let tenths = took.as_millis() / 100;
    for (label, value) in &mut why.facts {
        if *label == "waited" {
            *value = Clean::line(&match tenths % 10 {
                0 => format!("{} s", tenths / 10),
                rest => format!("{}.{rest} s", tenths / 10),
            });
        }
    }
    why
}

/// Adds the approval's id: approvals cannot be listed, so without it the result is lost.
fn with_approval_id(diagnosis: Diagnosis, id: ApprovalId) -> Diagnosis {
    diagnosis.fact("approval", &id.to_string())
}
