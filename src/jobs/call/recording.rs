//! Records one call in the history: begun before it is sent, updated with each step, always ended.

use std::sync::{Mutex, PoisonError};

use jiff::Timestamp;
use tokio::sync::oneshot;
use tokio::time::Instant;

use crate::Context;
use crate::domain::{
    Audited, CallEvent, CallRecord, CallRequest, Code, Diagnosis, Grant, Mode, Omitted, Outcome,
    PendingApproval, RecordId, RequestDraft, Who,
};
use crate::protocol::call::keep::Surroundings;
use crate::protocol::call::{Credential, Redactor};
use crate::record::{Kept, KeptSender, RecordHandle, Recorder};
use crate::store::HistoryPolicy;

/// The record of a running call. Dropping it early records that the call was cancelled. Never blocks.
pub(super) struct Recording(Option<Mutex<RecordState>>);

struct RecordState {
    recorder: Recorder,
    redactor: Redactor,
    surroundings: Surroundings,
    record: CallRecord,
    /// Taken when the record is handed to the history.
    reported: Option<KeptSender>,
    entry: Option<RecordHandle>,
    /// `None` if the call was sent elsewhere.
    began: Option<Instant>,
    /// A credential was issued for it, so it counts as a call, whatever its outcome.
    known: bool,
    sent: bool,
    ended: bool,
    /// A smoke test's probe: recorded once it has ended, or not at all.
    quiet: bool,
}

impl Recording {
    /// For a call that may be sent. The second value resolves to its id in the history, or to why it could not be
    /// recorded.
    pub(super) fn new(context: &Context, request: &CallRequest, began: Instant, quiet: bool) -> (Self, Kept) {
        let (reported, kept) = oneshot::channel();
        let recorder = context.recorder.as_ref().filter(|recorder| recorder.keep() != HistoryPolicy::Nothing);
        let Some(recorder) = recorder else { return (Self(None), kept) };
        let redactor = with_session_secrets(context, Redactor::without_credential());
        let surroundings = Surroundings {
            at: (context.now)(),
            profile: recorder.profile().to_owned(),
            host: context.client.host().to_owned(),
            provider: request.provider.as_deref().map(str::to_owned),
            account: request.account.as_deref().map(str::to_owned),
            bodies: recorder.keep() == HistoryPolicy::Everything,
        };
        let record = redactor.keep_request(&request.draft, &surroundings);
        let state = RecordState {
            recorder: recorder.clone(),
            redactor,
            surroundings,
            record,
            reported: Some(reported),
            entry: None,
            began: Some(began),
            known: false,
            sent: false,
            ended: false,
            quiet,
        };
        (Self(Some(Mutex::new(state))), kept)
    }

    /// For a held call from the history; `None` = it is not there.
    pub(super) fn again(context: &Context, known: Option<(RecordId, CallRecord)>) -> Self {
        let recorder = context.recorder.as_ref().filter(|recorder| recorder.keep() != HistoryPolicy::Nothing);
        let (Some(recorder), Some((id, record))) = (recorder, known) else { return Self(None) };
        let surroundings = Surroundings {
            at: record.at,
            profile: record.profile.clone(),
            host: record.host.clone(),
            provider: record.provider.clone(),
            account: record.account.clone(),
            bodies: recorder.keep() == HistoryPolicy::Everything,
        };
        Self(Some(Mutex::new(RecordState {
            recorder: recorder.clone(),
            redactor: with_session_secrets(context, Redactor::without_credential()),
            surroundings,
            record,
            reported: None,
            entry: Some(recorder.entry(id)),
            // It is not known here when it was sent.
            began: None,
            known: true,
            sent: true,
            ended: false,
            quiet: false,
        })))
    }

    fn update(&self, work: impl FnOnce(&mut RecordState)) {
        if let Some(state) = &self.0 {
            work(&mut state.lock().unwrap_or_else(PoisonError::into_inner));
        }
    }

    /// Adds the provider and account of a grant that was not known before.
    pub(super) fn set_grant(&self, draft: &RequestDraft, grant: &Grant) {
        self.update(|state| {
            state.surroundings.provider = Some(grant.provider.to_string());
            state.surroundings.account = grant.account_identifier.as_deref().map(str::to_owned);
            state.record = state.redactor.keep_request(draft, &state.surroundings);
        });
    }

    /// Redacts the credential from now on.
    pub(super) fn set_credential(&self, context: &Context, draft: &RequestDraft, credential: &Credential) {
        self.update(|state| {
            state.redactor = with_session_secrets(context, Redactor::new(credential));
            if state.surroundings.provider.is_none() && !credential.provider().is_empty() {
                state.surroundings.provider = Some(credential.provider().to_owned());
            }
            state.record = state.redactor.keep_request(draft, &state.surroundings);
            state.known = true;
        });
    }

    /// Records the call before it is sent.
    pub(super) fn begin(&self) {
        self.update(|state| {
            state.sent = true;
            if state.record.mode == Mode::Retrieve {
                state.record.audited = Audited::Missing;
            }
            state.keep();
        });
    }

    /// Drops the record: the call is not worth recording.
    pub(super) fn leave_out(&self) {
        self.update(|state| {
            state.ended = true;
            state.reported = None;
        });
    }

    /// Updates the record from an event.
    pub(super) fn apply(&self, event: &CallEvent) {
        self.update(|state| match event {
            CallEvent::Held(held) => state.held(held),
            CallEvent::Kept(held) => {
                state.held(held);
                state.end();
            }
            CallEvent::Done(report) => {
                let bodies = state.surroundings.bodies;
                state.record.outcome =
                    state.redactor.keep_answer(report.alter_status, &report.answer, bodies);
                if let (true, Outcome::Answered { body, .. }) = (state.quiet, &mut state.record.outcome) {
                    body.get_or_insert_default().omitted.get_or_insert(Omitted::Probe);
                }
                state.record.duration_ms = report.answer.duration_ms;
                state.record.approval = report.answer.approval.or(state.record.approval);
                state.end();
            }
            CallEvent::Standing(standing) => state.set_expiry(standing.expires_at),
            CallEvent::Failed(diagnosis) => state.failed(diagnosis),
            CallEvent::Cancelled { may_have_happened } => state.cancelled(*may_have_happened),
            // It was refused and certainly not made, until it is sent again.
            CallEvent::Waiting { .. } => state.sent = false,
            CallEvent::Sent => state.sent = true,
            _ => {}
        });
    }

    /// The audit row of a call made from here was sent.
    pub(super) fn audited(&self) {
        self.update(|state| {
            state.record.audited = Audited::Yes;
            state.keep();
        });
    }
}

impl RecordState {
    fn keep(&mut self) {
        if self.quiet && !self.ended {
            return;
        }
        match (&self.entry, self.reported.take()) {
            (Some(entry), _) => entry.change(self.record.clone()),
            (None, Some(reported)) => self.entry = Some(self.recorder.begin(self.record.clone(), reported)),
            (None, None) => {}
        }
    }

    fn held(&mut self, held: &PendingApproval) {
        self.record.approval = Some(held.id);
        self.record.outcome = Outcome::Held { approval: held.id, expires_at: held.expires_at };
        self.keep();
    }

    /// Updates when a held call expires.
    fn set_expiry(&mut self, until: Timestamp) {
        if let Outcome::Held { expires_at, .. } = &mut self.record.outcome
            && *expires_at != until
        {
            *expires_at = until;
            self.keep();
        }
    }

    fn failed(&mut self, diagnosis: &Diagnosis) {
        let decided = matches!(
            diagnosis.code,
            Code::ApprovalDenied | Code::ApprovalExpired | Code::ApprovalExecutionFailed
        );
        if matches!(self.record.outcome, Outcome::Held { .. }) && !decided {
            // The check failed, not the call: it is still held, and can be checked again.
            self.end();
            return;
        }
        let refused_here = diagnosis.who == Who::You
            && matches!(diagnosis.code, Code::ArgumentRefused | Code::HostNotAllowed);
        if refused_here && !self.known {
            // Nothing was sent: it was no call.
            self.ended = true;
            self.reported = None;
            if let Some(entry) = self.entry.take() {
                entry.forget();
            }
            return;
        }
        self.record.outcome = self.redactor.keep_failure(diagnosis);
        self.end();
    }

    fn cancelled(&mut self, may_have_happened: bool) {
        if self.quiet {
            self.ended = true;
            self.reported = None;
        } else if !matches!(self.record.outcome, Outcome::Held { .. }) {
            self.record.outcome = Outcome::Cancelled { may_have_happened };
            self.end();
        }
    }

    fn end(&mut self) {
        self.record.elapsed_ms = self.began.and_then(|began| u64::try_from(began.elapsed().as_millis()).ok());
        self.ended = true;
        self.keep();
    }
}

impl Drop for Recording {
    fn drop(&mut self) {
        self.update(|state| {
            // A held call stays held, whether someone waits or not.
            if !state.ended {
                state.cancelled(state.sent);
            }
        });
    }
}

/// Adds the secrets of the session.
fn with_session_secrets(context: &Context, redactor: Redactor) -> Redactor {
    redactor.with(context.client.secrets())
}

#[cfg(test)]
#[path = "recording_tests.rs"]
mod tests;
