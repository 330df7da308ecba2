//! Sends a probe and judges its outcome.

use jiff::Timestamp;

use super::{Outcome, ReceiverGone, Returned, Run, Sending};
use crate::domain::provider::{Probe, Table};
use crate::domain::smoke::preflight::{Preflight, preflight};
use crate::domain::smoke::{Judged, ReasonDetail, SmokeEvent, Verdict, judge, objection};
use crate::domain::{CallRequest, Code, Grant, ProviderAnswer, WritePermit};
use crate::protocol::call::classify;
use crate::smoke::clock::Tick;
use crate::smoke::pace::Task;
use crate::smoke::signal::{self, Signal};
use crate::smoke::source::{Ended, Source};

impl<'a, S: Source> Run<'a, S> {
    /// Starts the probe of a task; `None` if there is a verdict without one.
    pub(super) async fn start(
        &mut self,
        task: Task,
        tick: Tick,
        table: &'a Table,
    ) -> Result<Option<Sending<'a>>, ReceiverGone> {
        let Some(grant) = self.grants.get(task.grant) else { return Ok(None) };
        // Check again: a grant may expire while it waits for its turn.
        let Preflight::Ask { mut draft, probe } = preflight(grant, table, self.mode, tick.wall) else {
            self.pace.leave(&task);
            let judged = Judged::new(Verdict::Expired).because("its permission ended while it waited");
            return self.verdict(grant, judged, &task, None, None).await.map(|()| None);
        };
        if task.attempts == 0
            && let Some(id) = grant.row.grant()
        {
            self.emit(SmokeEvent::Started(id)).await?;
        }
        let task = Task { attempts: task.attempts + 1, ..task };
        let (source, wall) = (self.source, tick.wall);
        let asking = Asking { grant, probe, detail: source.detail(), now: wall, attempts: task.attempts };
        if let Some(approval) = task.open {
            return Ok(Some(Box::pin(async move {
                // The call is already in the history, so its outcome is recorded there in any case.
                let keeps = |answer: &ProviderAnswer| Some(judge::kept(probe, answer));
                let (ended, record, took) = source.follow(approval, &keeps).await;
                Returned { task, began: tick.run, outcome: asking.followed(ended), record, took }
            })));
        }
        let unwanted = self.left_out.get(&grant.provider).map_or(&[][..], Vec::as_slice);
        let left_out = objection::leave_out(&mut draft.headers, unwanted);
        let own: Vec<String> = draft.headers.iter().map(|(name, _)| name.clone()).collect();
        let request = CallRequest {
            // A probe by POST only reads, too: the table vouches for it.
            permit: (draft.is_write() && probe.is_vouched_for()).then(WritePermit::confirmed),
            patience: Some(self.limits.timeout.into()),
            ..CallRequest::for_grant(*draft, Some(grant))
        };
        Ok(Some(Box::pin(async move {
            let Asking { detail, .. } = asking;
            let keeps = |answer: &ProviderAnswer| {
                let judged = judge::of_answer(grant, probe, answer, None, detail, wall);
                (judged.verdict != Verdict::Works).then(|| judge::kept(probe, answer))
            };
            let (ended, record, took) = source.probe(request, probe.is_vouched_for(), &keeps).await;
            let objected = match &ended {
                Ended::Answered(report) if !task.bare => objection::rejected_headers(&report.answer, &own),
                _ => Vec::new(),
            };
            let outcome = match asking.outcome(ended) {
                Outcome::Judged(judged, ..) if !objected.is_empty() => Outcome::Objected(judged, objected),
                Outcome::Judged(judged, signal, failure) if !left_out.is_empty() => {
                    Outcome::Judged(judged.and(&objection::note(&left_out)), signal, failure)
                }
                outcome => outcome,
            };
            Returned { task, began: tick.run, outcome, record, took }
        })))
    }
}

/// The context for judging a probe.
#[derive(Clone, Copy)]
struct Asking<'a> {
    grant: &'a Grant,
    probe: &'a Probe,
    detail: ReasonDetail,
    now: Timestamp,
    attempts: u32,
}

impl Asking<'_> {
    /// Judges how a probe ended. Drops its body.
    fn outcome(&self, ended: Ended) -> Outcome {
        match ended {
            Ended::Answered(report) => {
                let lacking = match classify::classify(&report.answer, false) {
                    classify::Verdict::ScopesMissing { missing, .. } => Some(missing.unwrap_or_default()),
                    _ => None,
                };
                let Self { grant, probe, detail, now, .. } = *self;
                let judged = judge::of_answer(grant, probe, &report.answer, lacking.as_deref(), detail, now);
                let signal = signal::of_report(&report, judged.verdict);
                Outcome::Judged(judged, signal, None)
            }
            Ended::Held => Outcome::Held(judge::of_held()),
            Ended::Failed(failure) => match judge::of_failure(&failure) {
                Some(judged) => {
                    let signal = signal::of_failure(&failure, &judged, self.attempts);
                    Outcome::Judged(judged, signal, Some(Box::new(failure)))
                }
                None => Outcome::Stop(Box::new(failure)),
            },
            Ended::Cancelled => Outcome::Cancelled,
        }
    }

    /// Judges the outcome of a call that was held before.
    fn followed(&self, ended: Ended) -> Outcome {
        match ended {
            Ended::Held => Outcome::Held(judge::of_still_held()),
            Ended::Failed(failure) => match failure.code {
                Code::ApprovalExpired | Code::NotFound => Outcome::Lapsed,
                Code::ApprovalDenied => Outcome::Judged(judge::of_denied(), Signal::Fine, None),
                _ => self.outcome(Ended::Failed(failure)),
            },
            ended => self.outcome(ended),
        }
    }
}
