//! A held call that is asked about again: later, or from another program than the one that sent it
//! (docs/protocol/calls.md section B4).

use std::sync::atomic::AtomicBool;
use std::time::Duration;

use tokio::sync::mpsc::Sender;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::recording::Recording;
use super::{Keeps, ReceiverGone, Run};
use crate::domain::{CallEvent, CallRecord, Code, Diagnosis, FollowRequest, Outcome, RecordId, Retry, Who};
use crate::jobs::Context;
use crate::protocol::call::approval::Next;
use crate::protocol::call::stream::LARGEST_BODY;

/// Asks how a held call stands, once or until it is decided, and fetches the answer where there is one. Events are those
/// of a call that is held; what comes of it is kept with the call in the history, where that has it. Ends when `cancel` is
/// cancelled: the call stays held.
pub async fn follow(
    context: &Context,
    request: FollowRequest,
    cancel: CancellationToken,
    events: Sender<CallEvent>,
) {
    follow_keeping(context, request, cancel, events, None).await;
}

/// [`follow`], of whose answer the history keeps only this.
pub(in crate::jobs) async fn follow_keeping(
    context: &Context,
    mut request: FollowRequest,
    cancel: CancellationToken,
    events: Sender<CallEvent>,
    keeps: Option<Keeps<'_>>,
) {
    let known = match kept(context, &request).await {
        Ok(known) => known,
        Err(refused) => {
            // That nobody listens is an end like any other.
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
        // It was sent long ago; stopping to ask changes nothing.
        sent: AtomicBool::new(true),
        over: AtomicBool::new(false),
        cancel: &cancel,
        patience: None,
        bounds: None,
        largest: LARGEST_BODY,
        keeps,
    };
    run.unless_given_up(run.asks(request, id)).await;
}

/// The call as the history has it.
///
/// # Errors
/// It was made elsewhere: this key must not ask about it.
async fn kept(
    context: &Context,
    request: &FollowRequest,
) -> Result<Option<(RecordId, CallRecord)>, Diagnosis> {
    let Some(recorder) = &context.recorder else { return Ok(None) };
    // Without a history it can be asked about all the same.
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
    async fn asks(&self, request: FollowRequest, id: Option<RecordId>) -> Result<(), ReceiverGone> {
        if let Some(id) = id {
            self.emit(CallEvent::Recorded(id)).await?;
        }
        self.emit(CallEvent::Held(request.held.clone())).await?;
        self.decided(request.held, request.wait, Next::Ask { wait: Duration::ZERO }).await
    }
}
