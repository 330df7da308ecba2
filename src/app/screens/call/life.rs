//! The life of one call: one function for each transition, and what is impossible is left alone.

use std::sync::Arc;

use crate::domain::{Approval, CallOutcome, Now, PendingApproval, RequestDraft};

/// Where a call stands.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Life {
    /// Nothing was sent since the request was last changed or looked at.
    #[default]
    Building,
    /// It is made ready, or on its way.
    Sending {
        /// Since when, in [`Now::millis`].
        since: u64,
        /// The request goes out, or has gone: it may happen whatever is done here.
        left: bool,
        /// What was sent.
        draft: Arc<RequestDraft>,
    },
    /// It is held until somebody decides.
    Waiting(Box<Waiting>),
    /// It has ended; the response tells how.
    Ended,
}

/// A call that waits for a decision.
#[derive(Clone, Debug, PartialEq)]
pub struct Waiting {
    /// Since when, in [`Now::millis`].
    pub since: u64,
    /// What was sent.
    pub draft: Arc<RequestDraft>,
    /// What it waits for.
    pub held: PendingApproval,
    /// How it stands, once that was asked.
    pub standing: Option<Approval>,
}

/// What stopping means.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Stopped {
    /// There is nothing to stop.
    Nothing,
    /// It ends here and now.
    Ended(CallOutcome),
    /// Its end will be told.
    Asked,
}

impl Life {
    /// It is begun; until it [leaves](Life::leaves) nothing happens.
    pub(crate) fn begun(&mut self, draft: Arc<RequestDraft>, now: Now) {
        *self = Self::Sending { since: now.millis, left: false, draft };
    }

    /// It leaves, or was refused for now and certainly not carried out.
    pub(crate) fn leaves(&mut self, now_it_does: bool) {
        if let Self::Sending { left, .. } = self {
            *left = now_it_does;
        }
    }

    /// It is held.
    pub(crate) fn held(&mut self, held: PendingApproval, now: Now) {
        if let Self::Sending { draft, .. } = self {
            let draft = Arc::clone(draft);
            let since = now.millis;
            *self = Self::Waiting(Box::new(Waiting { since, draft, held, standing: None }));
        }
    }

    /// The decision, or a step towards it.
    pub(crate) fn stands(&mut self, standing: Approval) {
        if let Self::Waiting(waiting) = self {
            waiting.standing = Some(standing);
        }
    }

    /// It has ended; gives what was sent. A call that is not under way has nothing to end: it was cancelled as it
    /// finished.
    pub(crate) fn ended(&mut self) -> Option<Arc<RequestDraft>> {
        match std::mem::replace(self, Self::Ended) {
            Self::Sending { draft, .. } => Some(draft),
            Self::Waiting(waiting) => Some(waiting.draft),
            before @ (Self::Building | Self::Ended) => {
                *self = before;
                None
            }
        }
    }

    /// How a call ends that the person stops: a held one stays held, one on its way may have happened. Of one that
    /// has not left as far as is known here, only the one who sends it can tell: it may leave at this very moment.
    pub(crate) fn stopped(&self) -> Stopped {
        match self {
            Self::Sending { left: true, .. } => {
                Stopped::Ended(CallOutcome::Cancelled { may_have_happened: true })
            }
            Self::Sending { left: false, .. } => Stopped::Asked,
            Self::Waiting(waiting) => Stopped::Ended(CallOutcome::Kept(waiting.held.clone())),
            Self::Building | Self::Ended => Stopped::Nothing,
        }
    }

    /// Whether something is on its way or held.
    pub fn is_under_way(&self) -> bool {
        matches!(self, Self::Sending { .. } | Self::Waiting(_))
    }

    /// When what is shown of it changes by itself: seconds are counted while something is waited for.
    pub(crate) fn next_wake(&self, now: Now) -> Option<u64> {
        let since = match self {
            Self::Sending { since, .. } => *since,
            Self::Waiting(waiting) => waiting.since,
            Self::Building | Self::Ended => return None,
        };
        Some(since + (now.millis.saturating_sub(since) / 1_000 + 1) * 1_000)
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;
    use crate::domain::{ApprovalId, GrantId};

    fn at(millis: u64) -> Now {
        Now { millis, wall: Timestamp::UNIX_EPOCH }
    }

    fn draft() -> Arc<RequestDraft> {
        Arc::new(RequestDraft::new(GrantId(uuid::Uuid::nil()), "GET", "https://api.example.com/"))
    }

    fn held() -> PendingApproval {
        let id = ApprovalId(uuid::Uuid::nil());
        let url = String::new();
        let expires_at = Timestamp::UNIX_EPOCH;
        PendingApproval { id, group: id, expires_at, expires_in: 60, url, gates: Vec::new() }
    }

    #[test]
    fn a_call_lives_once() {
        let mut life = Life::default();
        assert_eq!(life.ended(), None, "nothing was sent");
        life.held(held(), at(0));
        assert_eq!(life, Life::Building, "what was not sent cannot be held");
        life.leaves(true);
        assert_eq!((&life, life.stopped()), (&Life::Building, Stopped::Nothing), "nothing can leave");
        life.begun(draft(), at(100));
        assert_eq!(life.stopped(), Stopped::Asked, "it may leave at this very moment");
        life.leaves(true);
        assert_eq!(life.stopped(), Stopped::Ended(CallOutcome::Cancelled { may_have_happened: true }));
        life.leaves(false);
        assert_eq!(life.stopped(), Stopped::Asked, "it was refused, and is sent again later");
        assert_eq!((life.next_wake(at(100)), life.next_wake(at(1_250))), (Some(1_100), Some(2_100)));
        life.held(held(), at(2_000));
        assert!(life.is_under_way());
        assert_eq!(life.stopped(), Stopped::Ended(CallOutcome::Kept(held())));
        assert_eq!(life.ended(), Some(draft()));
        assert_eq!((life.ended(), life.next_wake(at(0))), (None, None), "it ends once");
    }
}
