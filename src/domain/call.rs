//! What a test call is asked for, and what it reports.

use std::sync::Arc;
use std::time::Duration;

use super::{
    Approval, Code, Diagnosis, Grant, Mode, Origin, PendingApproval, ProviderAnswer, RecordId, RequestDraft,
    Retry, Who,
};

/// Proof that a person, or a command line on their behalf, confirmed one call that may change something
/// (safety rule 5). Whoever asks for the confirmation makes it; it is spent by the call.
#[derive(Debug, PartialEq, Eq)]
pub struct WritePermit(());

impl WritePermit {
    /// The call was shown and confirmed.
    pub fn confirmed() -> Self {
        Self(())
    }
}

/// A draft that may be sent: nothing in it is known to change something, or somebody confirmed it. The client sends no
/// other, so that no job can leave the question out.
#[derive(Clone, Debug, PartialEq)]
pub struct ClearedDraft(RequestDraft);

impl ClearedDraft {
    /// Clears a draft; a permit is spent by it.
    ///
    /// # Errors
    /// What of it may change something, where nobody confirmed that.
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

    /// What is sent.
    pub fn as_draft(&self) -> &RequestDraft {
        &self.0
    }
}

/// How long something may take, where a part of that may be gone before it begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TimeLimit {
    /// What was asked for. A failure says this.
    pub given: Duration,
    /// What is left of it.
    pub left: Duration,
}

impl TimeLimit {
    /// What so much work before leaves of it.
    pub fn after(given: Duration, spent: Duration) -> Self {
        Self { given, left: given.saturating_sub(spent) }
    }
}

impl From<Duration> for TimeLimit {
    fn from(given: Duration) -> Self {
        Self { given, left: given }
    }
}

/// One test call.
#[derive(Debug, PartialEq)]
pub struct CallRequest {
    /// What is sent.
    pub draft: RequestDraft,
    /// How long all of it may take: credential, connection, answer and whatever is tried again. None = each request as long
    /// as the backend may take.
    pub patience: Option<TimeLimit>,
    /// How long to wait for the decision where the call is held; zero = not at all.
    pub wait: Duration,
    /// Needed where the draft [may change something](RequestDraft::is_write).
    pub permit: Option<WritePermit>,
    /// The grant's provider, where it is known.
    pub provider: Option<Arc<str>>,
    /// The grant's account, for the history only.
    pub account: Option<Arc<str>>,
    /// The grant's own origin. Like the next one, for retrieve mode: where the credential may go.
    pub home: Option<Origin>,
    /// Hosts that were named on purpose, with their port unless it is the usual one.
    pub allowed: Vec<String>,
}

impl CallRequest {
    /// A call with a grant, as far as the list knows it: neither waited for nor confirmed, and to known hosts only.
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

/// A held call that is asked about again (docs/protocol/calls.md section B4).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FollowRequest {
    /// What is known of it here.
    pub held: PendingApproval,
    /// How long to wait for the decision; zero = ask once.
    pub wait: Duration,
}

/// What a running call reports. Exactly one of `Done`, `Kept`, `Failed` and `Cancelled` tells how it ended.
#[derive(Clone, Debug, PartialEq)]
pub enum CallEvent {
    /// The request goes out now and its answer is waited for. Told before the first byte leaves: a call that was
    /// cancelled earlier has certainly not happened. In retrieve mode it is the request to the provider.
    Sent,
    /// It was refused for now, certainly not carried out, and is sent again after this pause.
    Waiting {
        /// Why.
        reason: Diagnosis,
        /// The pause, in milliseconds.
        millis: u64,
    },
    /// The answer arrives: now and then, at most every 64 KiB and every 50 ms, and never for a small one.
    Progress {
        /// Bytes of the answer so far, unpacked. In proxy mode those of Alter's answer, in which the provider's body
        /// stands in base64: a third more than the body.
        received: u64,
        /// How many were announced.
        total: Option<u64>,
    },
    /// It is held; the decision is waited for.
    Held(PendingApproval),
    /// How the held call stands now.
    Standing(Approval),
    /// The provider answered.
    Done(CallReport),
    /// It stays held: the time for waiting is over, or there was none.
    Kept(PendingApproval),
    /// It failed. Whether the provider was reached is not known where a write was on its way.
    Failed(Diagnosis),
    /// It was cancelled from here.
    Cancelled {
        /// It may have happened all the same: it was on its way. Else it was certainly not sent, or certainly not
        /// carried out.
        may_have_happened: bool,
    },
    /// After the end: the backend could not be told of a call of our own, and why; None = not in time.
    NotAudited(Option<Diagnosis>),
    /// The call is kept in the history, from now on; at any time, also after the end.
    Recorded(RecordId),
    /// It is not, and why; told once in a session. Nothing else is wrong.
    NotRecorded(Diagnosis),
}

/// How a call ended, for those who show it.
#[derive(Clone, Debug, PartialEq)]
pub enum CallOutcome {
    /// The provider answered.
    Done(CallReport),
    /// It stays held; its id asks again later.
    Kept(PendingApproval),
    /// It failed, or was refused.
    Failed(Diagnosis),
    /// It was cancelled here.
    Cancelled {
        /// It may have happened all the same: it was on its way.
        may_have_happened: bool,
    },
}

/// A call that the provider answered.
#[derive(Clone, Debug, PartialEq)]
pub struct CallReport {
    /// Who called the provider.
    pub mode: Mode,
    /// The status with which Alter answered; the provider's own is in the answer.
    pub alter_status: u16,
    /// The answer.
    pub answer: ProviderAnswer,
    /// From sending to the head of the answer: connecting and, in proxy mode, all of the provider's time included.
    /// None for a call that was held, whose answer was fetched later.
    pub first_byte: Option<Duration>,
    /// From the beginning to the whole answer, as measured here; waiting of any kind included.
    pub elapsed: Duration,
}
