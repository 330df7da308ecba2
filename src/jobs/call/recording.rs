//! One call on its way into the history: begun before it is sent, changed with each step, ended in any case.

use std::sync::{Mutex, PoisonError};

use jiff::Timestamp;
use tokio::sync::oneshot;
use tokio::time::Instant;

use crate::domain::{
    Audited, CallEvent, CallRecord, CallRequest, Code, Diagnosis, Grant, Mode, Omitted, Outcome,
    PendingApproval, RecordId, RequestDraft, Who,
};
use crate::jobs::Context;
use crate::jobs::record::{Kept, KeptSender, RecordHandle, Recorder};
use crate::protocol::call::keep::Surroundings;
use crate::protocol::call::{Credential, Redactor};
use crate::store::HistoryPolicy;

/// The record of a running call. Dropped before the end, it says that the call was given up. Nothing here waits.
pub(super) struct Recording(Option<Mutex<State>>);

struct State {
    recorder: Recorder,
    redactor: Redactor,
    around: Surroundings,
    record: CallRecord,
    /// Until it is handed over.
    reported: Option<KeptSender>,
    entry: Option<RecordHandle>,
    /// None where it was begun elsewhere.
    began: Option<Instant>,
    /// A credential was handed out for it: it is a call, whatever becomes of it.
    known: bool,
    sent: bool,
    ended: bool,
    /// One probe of many: kept when it has ended, or not at all.
    quiet: bool,
}

impl Recording {
    /// For a call that may be sent. The second value learns whether and as what it is kept, once that is known.
    pub(super) fn new(context: &Context, request: &CallRequest, began: Instant, quiet: bool) -> (Self, Kept) {
        let (reported, kept) = oneshot::channel();
        let recorder = context.recorder.as_ref().filter(|recorder| recorder.keep() != HistoryPolicy::Nothing);
        let Some(recorder) = recorder else { return (Self(None), kept) };
        let redactor = own(context, Redactor::without_credential());
        let around = Surroundings {
            at: (context.now)(),
            profile: recorder.profile().to_owned(),
            host: context.client.host().to_owned(),
            provider: request.provider.as_deref().map(str::to_owned),
            account: request.account.as_deref().map(str::to_owned),
            bodies: recorder.keep() == HistoryPolicy::Everything,
        };
        let record = redactor.keep_request(&request.draft, &around);
        let state = State {
            recorder: recorder.clone(),
            redactor,
            around,
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

    /// For a held call that the history has already; None = it has not.
    pub(super) fn again(context: &Context, known: Option<(RecordId, CallRecord)>) -> Self {
        let recorder = context.recorder.as_ref().filter(|recorder| recorder.keep() != HistoryPolicy::Nothing);
        let (Some(recorder), Some((id, record))) = (recorder, known) else { return Self(None) };
        let around = Surroundings {
            at: record.at,
            profile: record.profile.clone(),
            host: record.host.clone(),
            provider: record.provider.clone(),
            account: record.account.clone(),
            bodies: recorder.keep() == HistoryPolicy::Everything,
        };
        Self(Some(Mutex::new(State {
            recorder: recorder.clone(),
            redactor: own(context, Redactor::without_credential()),
            around,
            record,
            reported: None,
            entry: Some(recorder.entry(id)),
            // Nobody here measured when it was sent.
            began: None,
            known: true,
            sent: true,
            ended: false,
            quiet: false,
        })))
    }

    fn with(&self, work: impl FnOnce(&mut State)) {
        if let Some(state) = &self.0 {
            work(&mut state.lock().unwrap_or_else(PoisonError::into_inner));
        }
    }

    /// Whose grant it is, where that was not known.
    pub(super) fn of(&self, draft: &RequestDraft, grant: &Grant) {
        self.with(|state| {
            state.around.provider = Some(grant.provider.to_string());
            state.around.account = grant.account_identifier.as_deref().map(str::to_owned);
            state.record = state.redactor.keep_request(draft, &state.around);
        });
    }

    /// From now on nothing of the credential is kept.
    pub(super) fn knows(&self, context: &Context, draft: &RequestDraft, credential: &Credential) {
        self.with(|state| {
            state.redactor = own(context, Redactor::new(credential));
            if state.around.provider.is_none() && !credential.provider().is_empty() {
                state.around.provider = Some(credential.provider().to_owned());
            }
            state.record = state.redactor.keep_request(draft, &state.around);
            state.known = true;
        });
    }

    /// It is about to be sent.
    pub(super) fn begin(&self) {
        self.with(|state| {
            state.sent = true;
            if state.record.mode == Mode::Retrieve {
                state.record.audited = Audited::Missing;
            }
            state.keep();
        });
    }

    /// It is not worth keeping.
    pub(super) fn leave_out(&self) {
        self.with(|state| {
            state.ended = true;
            state.reported = None;
        });
    }

    /// What is reported of it.
    pub(super) fn note(&self, event: &CallEvent) {
        self.with(|state| match event {
            CallEvent::Held(held) => state.held(held),
            CallEvent::Kept(held) => {
                state.held(held);
                state.end();
            }
            CallEvent::Done(report) => {
                let bodies = state.around.bodies;
                state.record.outcome =
                    state.redactor.keep_answer(report.alter_status, &report.answer, bodies);
                if let (true, Outcome::Answered { body, .. }) = (state.quiet, &mut state.record.outcome) {
                    body.get_or_insert_default().omitted.get_or_insert(Omitted::Probe);
                }
                state.record.duration_ms = report.answer.duration_ms;
                state.record.approval = report.answer.approval.or(state.record.approval);
                state.end();
            }
            CallEvent::Standing(standing) => state.stands(standing.expires_at),
            CallEvent::Failed(diagnosis) => state.failed(diagnosis),
            CallEvent::Cancelled { may_have_happened } => state.cancelled(*may_have_happened),
            // It was refused, and certainly not carried out, until it is sent again.
            CallEvent::Waiting { .. } => state.sent = false,
            CallEvent::Sent => state.sent = true,
            _ => {}
        });
    }

    /// Alter was told of a call of our own.
    pub(super) fn audited(&self) {
        self.with(|state| {
            state.record.audited = Audited::Yes;
            state.keep();
        });
    }
}

impl State {
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

    /// Until when it is held, as is told now.
    fn stands(&mut self, until: Timestamp) {
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
            // A question failed, not the call: it is held all the same, and can be asked about again.
            self.end();
            return;
        }
        let refused_here = diagnosis.who == Who::You
            && matches!(diagnosis.code, Code::ArgumentRefused | Code::HostNotAllowed);
        if refused_here && !self.known {
            // Nothing left this machine: it was no call.
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
        self.with(|state| {
            // One that is held stays so, whether somebody waits or not.
            if !state.ended {
                state.cancelled(state.sent);
            }
        });
    }
}

/// With the secrets of the session itself.
fn own(context: &Context, redactor: Redactor) -> Redactor {
    redactor.with(context.client.secrets())
}

#[cfg(test)]
#[path = "recording_tests.rs"]
mod tests;
