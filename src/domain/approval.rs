//! Held calls and their approval (docs/protocol/calls.md sections B3 and B4).

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use strum::{Display, EnumIter, EnumString, IntoStaticStr};
use uuid::Uuid;

/// The id of a held call. The backend does not list held calls: without the id the result is lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ApprovalId(pub Uuid);

impl fmt::Display for ApprovalId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.hyphenated().fmt(f)
    }
}

/// A call that waits for approval.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PendingApproval {
    /// The id to poll.
    pub id: ApprovalId,
    /// The id of the group that all gates belong to.
    pub group: ApprovalId,
    /// When the approval expires.
    pub expires_at: Timestamp,
    /// Seconds until then, by the backend's clock.
    pub expires_in: i64,
    /// The approval link. Untrusted text; empty if unknown, because the history does not store it.
    pub url: String,
    /// All gates must be approved; one that is denied or expires ends the group. Only empty if it is
    /// [remembered](PendingApproval::remembered).
    pub gates: Vec<PendingGate>,
}

impl PendingApproval {
    /// Restores a call that was held earlier from its id. Gates and link are unknown.
    pub fn remembered(id: ApprovalId, expires_at: Timestamp) -> Self {
        Self { id, group: id, expires_at, expires_in: 0, url: String::new(), gates: Vec::new() }
    }

    /// The approval link, if known.
    pub fn link(&self) -> Option<&str> {
        Some(self.url.as_str()).filter(|url| !url.is_empty())
    }
}

/// One of the approvals that a held call waits for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PendingGate {
    /// Its own id.
    pub id: ApprovalId,
    /// When it expires.
    pub expires_at: Timestamp,
    /// Seconds until then.
    pub expires_in: i64,
    /// The approval link. Untrusted text.
    pub url: String,
}

/// The state of a held call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Display, EnumIter, EnumString, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum ApprovalState {
    /// Not decided yet.
    Pending,
    /// Approved, but not executed yet.
    Approved,
    /// Being executed.
    Executing,
    /// Denied by the approver.
    Denied,
    /// Not decided in time.
    Expired,
    /// Executed.
    Executed,
    /// Approved, but execution failed.
    Failed,
}

impl ApprovalState {
    /// Whether the state is final. `Executed` is final, but its result may not be available yet.
    pub fn is_terminal(self) -> bool {
        matches!(self, Self::Denied | Self::Expired | Self::Executed | Self::Failed)
    }
}

/// A held call as last polled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Approval {
    /// The id that was polled.
    pub id: ApprovalId,
    /// The id of the group of all gates.
    pub group: ApprovalId,
    /// The state of the call.
    pub state: ApprovalState,
    /// The individual gates. Never empty.
    pub gates: Vec<ApprovalGate>,
    /// When it expires.
    pub expires_at: Timestamp,
    /// When it was decided.
    pub decided_at: Option<Timestamp>,
    /// The approver's reason. Untrusted text.
    pub decision_reason: Option<String>,
    /// When it was executed.
    pub executed_at: Option<Timestamp>,
    /// Why execution failed. Untrusted text.
    pub execution_error: Option<String>,
    /// Whether the result can be fetched.
    pub has_result: bool,
}

/// One gate of a held call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApprovalGate {
    /// Its own id.
    pub id: ApprovalId,
    /// Its state.
    pub state: ApprovalState,
    /// When it expires.
    pub expires_at: Timestamp,
    /// When it was decided.
    pub decided_at: Option<Timestamp>,
}
