//! Test calls: the request, and the events it reports.

use std::sync::Arc;
use std::time::Duration;

use super::{
    Approval, Code, Diagnosis, Grant, Mode, Origin, PendingApproval, ProviderAnswer, RecordId, RequestDraft,
    Retry, Who,
};

/// Proof that a call that may change data was confirmed by a person, or by a command line on their behalf
/// (safety rule 5). Created where the confirmation happens and consumed by the call.
#[derive(Debug, PartialEq, Eq)]
pub struct WritePermit(());

impl WritePermit {
    /// Asserts that the call was shown and confirmed.
    pub fn confirmed() -> Self {
        Self(())
    }
}

/// A draft that may be sent: it is not known to change data, or it was confirmed. The client accepts nothing
/// else, so no job can skip the confirmation.
#[derive(Clone, Debug, PartialEq)]
pub struct ClearedDraft(RequestDraft);

impl ClearedDraft {
    /// Clears a draft, consuming the permit.
    ///
    /// # Errors
    /// The draft may change data, and there is no permit.
    pub fn new(draft: RequestDraft, permit: Option<WritePermit>) -> Result<Self, Diagnosis> {
        match (draft.write(), permit) {
            (Some(write), None) => {
                let problem = format!("{write} may change data and was not confirmed");
                let refused = Diagnosis::new(Code::ArgumentRefused, Who::You, Retry::AfterRemedy);
                Err(refused.fact("problem", &problem))
            }
            (_, _spent) => Ok(Self(draft)),
        }
    }

    /// The cleared draft.
    pub fn as_draft(&self) -> &RequestDraft {
        &self.0
    }
}

/// A time limit, part of which may be used up before the work starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TimeLimit {
    /// The limit as requested; failures report this one.
    pub given: Duration,
    /// What is left of it.
    pub left: Duration,
}

impl TimeLimit {
    /// The limit after `spent` of it was used up.
    pub fn after(given: Duration, spent: Duration) -> Self {
        Self { given, left: given.saturating_sub(spent) }
    }
}

impl From<Duration> for TimeLimit {
    fn from(given: Duration) -> Self {
        Self { given, left: given }
    }
}

/// A test call.
#[derive(Debug, PartialEq)]
pub struct CallRequest {
    /// What to send.
    pub draft: RequestDraft,
    /// Limit for the whole call: credential, connection, answer and retries. `None` limits each request by
    /// the backend's maximum.
    pub patience: Option<TimeLimit>,
    /// How long to wait for an approval; zero = not at all.
    pub wait: Duration,
    /// Required if the draft [may change data](RequestDraft::is_write).
    pub permit: Option<WritePermit>,
    /// The grant's provider, if known.
    pub provider: Option<Arc<str>>,
    /// The grant's account, only for the history.
    pub account: Option<Arc<str>>,
    /// The grant's own origin. In retrieve mode, the credential may be sent there.
    pub home: Option<Origin>,
    /// Further hosts that the user allowed for the credential in retrieve mode, with their port unless it is
    /// the default.
    pub allowed: Vec<String>,
}

impl CallRequest {
    /// A call with a grant from the list: no waiting, no permit, known hosts only.
    pub fn for_grant(draft: RequestDraft, grant: Option<&Grant>) -> Self {
        let account = grant.map(Grant::account).filter(|account| !account.is_empty());
        Self {
            draft,
            patience: None,
            wait: Duration::ZERO,
            permit: None,
            provider: grant.map(|grant| Arc::clone(&grant.provider)),
            account: account.map(Arc::from),
            home: grant.and_then(Grant::api_base_url).cloned(),
            allowed: Vec::new(),
        }
    }
}

/// Polls a held call again (docs/protocol/calls.md section B4).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FollowRequest {
    /// What is known about the held call.
    pub held: PendingApproval,
    /// How long to wait for the decision; zero = poll once.
    pub wait: Duration,
}

/// Events of a running call. It ends with exactly one of `Done`, `Kept`, `Failed` and `Cancelled`.
#[derive(Clone, Debug, PartialEq)]
pub enum CallEvent {
    /// The request is about to be sent. Reported before the first byte: a call that was cancelled earlier was
    /// certainly not made. In retrieve mode this is the request to the provider.
    Sent,
    /// The request was refused temporarily, certainly not carried out, and will be retried after a pause.
    Waiting {
        /// Why.
        reason: Diagnosis,
        /// The pause in milliseconds.
        millis: u64,
    },
    /// Download progress, at most every 64 KiB and every 50 ms, and never for a small answer.
    Progress {
        /// Decompressed bytes received so far. In proxy mode they are bytes of Alter's answer, whose base64
        /// body is a third larger than the provider's.
        received: u64,
        /// The announced total.
        total: Option<u64>,
    },
    /// The call is held, and the decision is awaited.
    Held(PendingApproval),
    /// The current state of the held call.
    Standing(Approval),
    /// The provider answered.
    Done(CallReport),
    /// The call is still held: the waiting time is over, or there was none.
    Kept(PendingApproval),
    /// The call failed. If a write was already sent, the provider may have carried it out.
    Failed(Diagnosis),
    /// The call was cancelled here.
    Cancelled {
        /// True if it was already sent, so the provider may have carried it out. If false, it was certainly
        /// not sent or not carried out.
        may_have_happened: bool,
    },
    /// Reported after the end: the audit row of a retrieve-mode call was not accepted, and why; `None` = not
    /// in time.
    NotAudited(Option<Diagnosis>),
    /// The call is in the history from now on. May be reported at any time, also after the end.
    Recorded(RecordId),
    /// The call could not be stored in the history, and why; reported once per session. Nothing else is
    /// affected.
    NotRecorded(Diagnosis),
}

/// How a call ended, for display.
#[derive(Clone, Debug, PartialEq)]
pub enum CallOutcome {
    /// The provider answered.
    Done(CallReport),
    /// Still held; poll again with its id.
    Kept(PendingApproval),
    /// The call failed or was refused.
    Failed(Diagnosis),
    /// Cancelled here.
    Cancelled {
        /// True if it was already sent, so the provider may have carried it out.
        may_have_happened: bool,
    },
}

/// A call that the provider answered.
#[derive(Clone, Debug, PartialEq)]
pub struct CallReport {
    /// Who called the provider.
    pub mode: Mode,
    /// The status of Alter's response; the provider's own is in `answer`.
    pub alter_status: u16,
    /// The provider's answer.
    pub answer: ProviderAnswer,
    /// Time from sending to the response headers, including connecting and, in proxy mode, the provider's
    /// time. `None` for a held call, whose answer was fetched later.
    pub first_byte: Option<Duration>,
    /// Total time as measured here, including all waiting.
    pub elapsed: Duration,
}
