//! One probe, sent.

use std::future::Future;
use std::time::Duration;

use tokio::sync::mpsc::{self, Receiver};
use tokio_util::sync::CancellationToken;

use crate::domain::smoke::ReasonDetail;
use crate::domain::smoke::judge::LARGEST_JUDGED;
use crate::domain::{
    ApprovalId, CallEvent, CallReport, CallRequest, Diagnosis, FollowRequest, PendingApproval, Reading,
    RecordId,
};
use crate::jobs::Context;
use crate::jobs::call::{Keeps, Probing, fire, follow_keeping};

/// Events that wait between a call and the one who judges it.
const EVENTS: usize = 4;

/// How a probe ended.
#[derive(Debug)]
pub(super) enum Ended {
    /// The provider answered.
    Answered(Box<CallReport>),
    /// It is held; nobody waits.
    Held,
    /// It failed.
    Failed(Diagnosis),
    /// It was given up here.
    Cancelled,
}

/// Where probes go.
pub(super) trait Source: Sync {
    /// Sends one, which our own table may say only reads, whatever its method; also where it is kept, if it is.
    fn probe(
        &self,
        request: CallRequest,
        only_reads: bool,
        keeps: Keeps<'_>,
    ) -> impl Future<Output = (Ended, Option<RecordId>, Duration)> + Send;

    /// Asks once what became of a call that was held; also where it is kept, if it is.
    fn follow(
        &self,
        approval: ApprovalId,
        keeps: Keeps<'_>,
    ) -> impl Future<Output = (Ended, Option<RecordId>, Duration)> + Send;

    /// How much of an answer may be told and kept.
    fn detail(&self) -> ReasonDetail;

    /// The rate budget as it was told last.
    fn reading(&self) -> Option<Reading>;
}

/// Through the client of a session.
pub(super) struct Through<'a> {
    pub(super) context: &'a Context,
    pub(super) cancel: CancellationToken,
}

impl Source for Through<'_> {
    async fn probe(
        &self,
        mut request: CallRequest,
        only_reads: bool,
        keeps: Keeps<'_>,
    ) -> (Ended, Option<RecordId>, Duration) {
        // Who runs the test, and why, is known better by them than by the usual sentence.
        self.context.attribution.replace(&mut request.draft);
        let (sender, events) = mpsc::channel(EVENTS);
        let probing = Probing { largest: LARGEST_JUDGED, only_reads, keeps };
        let call = fire(self.context, request, self.cancel.clone(), sender, Some(probing));
        tokio::join!(call, collect(events)).1
    }

    async fn follow(&self, approval: ApprovalId, keeps: Keeps<'_>) -> (Ended, Option<RecordId>, Duration) {
        let (sender, events) = mpsc::channel(EVENTS);
        // Until when it is held stands in the history.
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

/// Listens until a call has ended.
async fn collect(mut events: Receiver<CallEvent>) -> (Ended, Option<RecordId>, Duration) {
    let (mut ended, mut record) = (Ended::Cancelled, None);
    let (mut sent, mut took) = (tokio::time::Instant::now(), Duration::ZERO);
    while let Some(event) = events.recv().await {
        match event {
            // The last time it was sent: what was waited before says nothing about the way.
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
