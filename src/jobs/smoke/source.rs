//! Sends a probe.

use std::future::Future;
use std::time::Duration;

use tokio::sync::mpsc::{self, Receiver};
use tokio_util::sync::CancellationToken;

use crate::Context;
use crate::call::{KeepAnswer, Probing, call_or_probe, follow_keeping};
use crate::domain::smoke::ReasonDetail;
use crate::domain::smoke::judge::LARGEST_JUDGED;
use crate::domain::{
    ApprovalId, CallEvent, CallReport, CallRequest, Diagnosis, FollowRequest, PendingApproval, Reading,
    RecordId,
};

/// Capacity of the channel for a call's events.
const EVENTS: usize = 4;

/// How a probe ended.
#[derive(Debug)]
pub(super) enum Ended {
    /// The provider answered.
    Answered(Box<CallReport>),
    /// It is held, and not waited for.
    Held,
    /// It failed.
    Failed(Diagnosis),
    /// It was cancelled.
    Cancelled,
}

/// Sends probes.
pub(super) trait Source: Sync {
    /// Sends a probe; `only_reads` if the built-in table vouches that it only reads, whatever its method. Also returns
    /// its id in the history, if it was recorded.
    fn probe(
        &self,
        request: CallRequest,
        only_reads: bool,
        keeps: KeepAnswer<'_>,
    ) -> impl Future<Output = (Ended, Option<RecordId>, Duration)> + Send;

    /// Checks a held call once. Also returns its id in the history, if it is recorded.
    fn follow(
        &self,
        approval: ApprovalId,
        keeps: KeepAnswer<'_>,
    ) -> impl Future<Output = (Ended, Option<RecordId>, Duration)> + Send;

    /// How much of an answer may be reported and recorded.
    fn detail(&self) -> ReasonDetail;

    /// The rate budget of the last answer.
    fn reading(&self) -> Option<Reading>;
}

/// Sends probes through the client of a session.
pub(super) struct ClientSource<'a> {
    pub(super) context: &'a Context,
    pub(super) cancel: CancellationToken,
}

impl Source for ClientSource<'_> {
    async fn probe(
        &self,
        mut request: CallRequest,
        only_reads: bool,
        keeps: KeepAnswer<'_>,
    ) -> (Ended, Option<RecordId>, Duration) {
        // The user's own attribution is better than the default sentence.
        self.context.attribution.replace(&mut request.draft);
        let (sender, events) = mpsc::channel(EVENTS);
        let probing = Probing { largest: LARGEST_JUDGED, only_reads, keeps };
        let call = call_or_probe(self.context, request, self.cancel.clone(), sender, Some(probing));
        tokio::join!(call, collect(events)).1
    }

    async fn follow(
        &self,
        approval: ApprovalId,
        keeps: KeepAnswer<'_>,
    ) -> (Ended, Option<RecordId>, Duration) {
        let (sender, events) = mpsc::channel(EVENTS);
        // The history knows when it expires.
        let held = PendingApproval::remembered(approval, (self.context.now)());
        let request = FollowRequest { held, wait: Duration::ZERO };
        let call = follow_keeping(self.context, request, self.cancel.clone(), sender, Some(keeps));
        tokio::join!(call, collect(events)).1
    }

    fn detail(&self) -> ReasonDetail {
        if self.context.write_policy.production { ReasonDetail::Kinds } else { ReasonDetail::Values }
    }

    fn reading(&self) -> Option<Reading> {
        self.context.client.reading()
    }
}

/// Collects events until a call has ended.
async fn collect(mut events: Receiver<CallEvent>) -> (Ended, Option<RecordId>, Duration) {
    let (mut ended, mut record) = (Ended::Cancelled, None);
    let (mut sent, mut took) = (tokio::time::Instant::now(), Duration::ZERO);
    while let Some(event) = events.recv().await {
        match event {
            // Measure from the last attempt: earlier waits say nothing about the network.
            CallEvent::Sent => sent = tokio::time::Instant::now(),
            CallEvent::Done(report) => {
                (ended, took) = (Ended::Answered(Box::new(report)), sent.elapsed());
            }
            CallEvent::Kept(_) => (ended, took) = (Ended::Held, sent.elapsed()),
            CallEvent::Failed(diagnosis) => (ended, took) = (Ended::Failed(diagnosis), sent.elapsed()),
            CallEvent::Recorded(id) => record = Some(id),
            _ => {}
        }
    }
    (ended, record, took)
}
