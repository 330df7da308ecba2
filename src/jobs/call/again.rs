//! Follows up on a held call: later, or from another program than the one that sent it (docs/protocol/calls.md section
//! B4).

use std::sync::atomic::AtomicBool;
use std::time::Duration;

use tokio::sync::mpsc::Sender;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::recording::Recording;
use super::{KeepAnswer, ReceiverGone, Run};
use crate::Context;
use crate::domain::{CallEvent, CallRecord, Code, Diagnosis, FollowRequest, Outcome, RecordId, Retry, Who};
use crate::protocol::call::approval::Next;
use crate::protocol::call::stream::LARGEST_BODY;

/// Checks a held call, once or until it is decided, and fetches the answer if there is one. Reports the events of a
/// held call; if the history has the call, the outcome is recorded with it. Ends when `cancel` is cancelled: the call
/// stays held.
pub async fn follow(
    context: &Context,
    request: FollowRequest,
    cancel: CancellationToken,
    events: Sender<CallEvent>,
) {
    follow_keeping(context, request, cancel, events, None).await;
}

/// Like [`follow`]; the history keeps only what `keeps` returns of the answer.
pub(crate) async fn follow_keeping(
    context: &Context,
    mut request: FollowRequest,
    cancel: CancellationToken,
    events: Sender<CallEvent>,
    keeps: Option<KeepAnswer<'_>>,
) {
    let known = match recorded_call(context, &request).await {
        Ok(known) => known,
        Err(refused) => {
            // If the receiver is gone, this ends too.
            let _ = events.send(CallEvent::Failed(refused)).await;
            return;
        }
    };
    let id = known.as_ref().map(|(id, _)| *id);
    if let Some((_, record)) = &known
        && let Outcome::Held { expires_at, .. } = record.outcome
    {
        request.held.expires_at = expires_at;
    }
    let run = Run {
        context,
        events,
        began: Instant::now(),
        recording: Recording::again(context, known),
        // It was sent long ago; a cancelled check changes nothing.
        sent: AtomicBool::new(true),
        over: AtomicBool::new(false),
        cancel: &cancel,
        patience: None,
        bounds: None,
        largest: LARGEST_BODY,
        keeps,
    };
    run.until_cancelled(run.check_again(request, id)).await;
}

/// The call from the history.
///
/// # Errors
/// If the call was made with another profile or backend: this key must not be used to check it.
async fn recorded_call(
    context: &Context,
    request: &FollowRequest,
) -> Result<Option<(RecordId, CallRecord)>, Diagnosis> {
    let Some(recorder) = &context.recorder else { return Ok(None) };
    // Without a history the call can be checked nonetheless.
    let Ok(Some((id, record))) = recorder.held(request.held.id).await else { return Ok(None) };
    let here = (recorder.profile(), context.client.host());
    if (record.profile.as_str(), record.host.as_str()) != here {
        return Err(Diagnosis::new(Code::ArgumentRefused, Who::You, Retry::AfterRemedy)
            .fact("problem", "the call was made with another profile; check it from that one")
            .fact("profile", &record.profile)
            .fact("backend", &record.host));
    }
    Ok(matches!(record.outcome, Outcome::Held { .. }).then_some((id, record)))
}

impl Run<'_> {
    async fn check_again(&self, request: FollowRequest, id: Option<RecordId>) -> Result<(), ReceiverGone> {
        if let Some(id) = id {
            self.emit(CallEvent::Recorded(id)).await?;
        }
        self.emit(CallEvent::Held(request.held.clone())).await?;
        self.decided(request.held, request.wait, Next::Ask { wait: Duration::ZERO }).await
    }
}
