//! A held call, and what became of it (docs/protocol/calls.md sections B3 and B4).

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use strum::{Display, EnumIter, EnumString, IntoStaticStr};
use uuid::Uuid;

/// The handle of a held call. Nothing lists them: who loses it cannot ask for the result.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ApprovalId(pub Uuid);

impl fmt::Display for ApprovalId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.hyphenated().fmt(f)
    }
}

/// A call that waits for somebody's yes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PendingApproval {
    /// The one to ask about.
    pub id: ApprovalId,
    /// The group that all gates belong to.
    pub group: ApprovalId,
    /// When it lapses.
    pub expires_at: Timestamp,
    /// Seconds until then, as the backend counts.
    pub expires_in: i64,
    /// Where it is decided. Untrusted text; empty where nobody knows any more: the history does not keep it.
    pub url: String,
    /// Every one of them must say yes; one no, or one that lapses, ends the group. Empty only
    /// where it is [remembered](PendingApproval::remembered).
    pub gates: Vec<PendingGate>,
}

impl PendingApproval {
    /// What is left of one that was held earlier: its handle. No gate and no link is known.
    pub fn remembered(id: ApprovalId, expires_at: Timestamp) -> Self {
        Self { id, group: id, expires_at, expires_in: 0, url: String::new(), gates: Vec::new() }
    }

    /// The link, where it is known.
    pub fn link(&self) -> Option<&str> {
        Some(self.url.as_str()).filter(|url| !url.is_empty())
    }
}

/// One of the decisions that a held call waits for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PendingGate {
    /// Its own id.
    pub id: ApprovalId,
    /// When it lapses.
    pub expires_at: Timestamp,
    /// Seconds until then.
    pub expires_in: i64,
    /// Where it is decided. Untrusted text.
    pub url: String,
}

/// Where a held call stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Display, EnumIter, EnumString, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum ApprovalState {
    /// Nobody has decided.
    Pending,
    /// Allowed, not yet carried out.
    Approved,
    /// Being carried out.
    Executing,
    /// Somebody said no.
    Denied,
    /// Nobody decided in time.
    Expired,
    /// Carried out.
    Executed,
    /// Approved, but execution failed.
    Failed,
}

impl ApprovalState {
    /// Whether nothing can change any more. `Executed` is terminal, though its result may still be on its way.
    pub fn is_terminal(self) -> bool {
        matches!(self, Self::Denied | Self::Expired | Self::Executed | Self::Failed)
    }
}

/// The present state of a held call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Approval {
    /// The one that was asked about.
    pub id: ApprovalId,
    /// The group of all gates.
    pub group: ApprovalId,
    /// Where the call stands.
    pub state: ApprovalState,
    /// The decisions. Never empty.
    pub gates: Vec<ApprovalGate>,
    /// When it lapses.
    pub expires_at: Timestamp,
    /// When it was decided.
    pub decided_at: Option<Timestamp>,
    /// What the decider said. Untrusted text.
    pub decision_reason: Option<String>,
    /// When it was carried out.
    pub executed_at: Option<Timestamp>,
    /// Why it could not be. Untrusted text.
    pub execution_error: Option<String>,
    /// Whether the result can be fetched.
    pub has_result: bool,
}

/// One decision of a held call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApprovalGate {
    /// Its own id.
    pub id: ApprovalId,
    /// What was decided.
    pub state: ApprovalState,
    /// When it lapses.
    pub expires_at: Timestamp,
    /// When it was decided.
    pub decided_at: Option<Timestamp>,
}
