//! A write as the history keeps it: what was done to which grant, and what became of it. Never a token, never a link.

use jiff::Timestamp;
use strum::{Display, EnumIter, EnumString, IntoStaticStr};

use super::{Diagnosis, GrantId};

/// What was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Display, EnumIter, EnumString, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum WriteAct {
    /// A new connection.
    Connect,
    /// A grant renewed.
    Reconnect,
    /// A grant ended.
    Revoke,
    /// An agent's access to a grant ended.
    RevokeDelegation,
}

/// What became of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Display, EnumIter, EnumString, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum WriteOutcome {
    /// It is under way; or the program was ended before it was over, and it may have happened.
    #[default]
    Begun,
    /// It is done.
    Done,
    /// There was nothing to do any more.
    Gone,
    /// It was not done.
    Failed,
    /// Nobody knows whether it was done.
    Uncertain,
    /// It was stopped here.
    Stopped,
}

/// One write. Texts are as received, untrusted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WriteRecord {
    /// When it was begun.
    pub at: Timestamp,
    /// The profile, or one of [`super::CallRecord::NAMELESS`].
    pub profile: String,
    /// The backend.
    pub backend: String,
    /// What was done.
    pub act: WriteAct,
    /// To which grant.
    pub grant: Option<GrantId>,
    /// The grant that came of it, where it is another one.
    pub new_grant: Option<GrantId>,
    /// The grant's provider.
    pub provider: Option<String>,
    /// The grant's account.
    pub account: Option<String>,
    /// The agent that it was about.
    pub agent: Option<String>,
    /// Why.
    pub reason: Option<String>,
    /// What became of it.
    pub outcome: WriteOutcome,
    /// The stable name of the failure.
    pub code: Option<String>,
    /// The name under which the backend knows the request.
    pub request_id: Option<String>,
}

impl WriteRecord {
    /// A write that begins now. Whose it is, is filled in by whoever keeps it.
    pub fn begin(act: WriteAct, at: Timestamp) -> Self {
        Self {
            at,
            profile: String::new(),
            backend: String::new(),
            act,
            grant: None,
            new_grant: None,
            provider: None,
            account: None,
            agent: None,
            reason: None,
            outcome: WriteOutcome::Begun,
            code: None,
            request_id: None,
        }
    }

    /// The same, about a grant of the list.
    #[must_use]
    pub fn about(self, grant: &super::Grant) -> Self {
        let account = Some(grant.account()).filter(|account| !account.is_empty());
        Self {
            grant: grant.row.grant(),
            provider: Some(grant.provider.to_string()),
            account: account.map(str::to_owned),
            ..self
        }
    }

    /// The same, over.
    #[must_use]
    pub fn ended(self, outcome: WriteOutcome, why: Option<&Diagnosis>) -> Self {
        let request = why.and_then(|why| why.facts.iter().find(|(label, _)| *label == "request"));
        let request_id = request.map(|(_, id)| id.to_string()).or(self.request_id);
        Self { outcome, code: why.map(|why| why.code.name().to_owned()), request_id, ..self }
    }
}
