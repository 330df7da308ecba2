//! A write as stored in the history: what was done to which grant, and the outcome. Never contains a token or
//! link.

use jiff::Timestamp;
use strum::{Display, EnumIter, EnumString, IntoStaticStr};

use super::{Diagnosis, GrantId};

/// The operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Display, EnumIter, EnumString, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum WriteAct {
    /// A new connection.
    Connect,
    /// A grant was renewed.
    Reconnect,
    /// A grant was revoked.
    Revoke,
    /// An agent's access to a grant was revoked.
    RevokeDelegation,
}

/// The outcome.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Display, EnumIter, EnumString, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum WriteOutcome {
    /// Still running; or the program ended before it was over, and it may have happened.
    #[default]
    Begun,
    /// It succeeded.
    Done,
    /// There was nothing left to do.
    Gone,
    /// It failed and was not carried out.
    Failed,
    /// It is unknown whether it was carried out.
    Uncertain,
    /// It was cancelled here.
    Stopped,
}

/// The id of a write in the history; later writes have higher ids.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct WriteId(pub i64);

/// A write with its id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredWrite {
    /// Its id.
    pub id: WriteId,
    /// The write.
    pub record: WriteRecord,
}

/// A recorded write. Texts are as received and untrusted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WriteRecord {
    /// When it started.
    pub at: Timestamp,
    /// The profile, or one of [`super::CallRecord::NAMELESS`].
    pub profile: String,
    /// The backend.
    pub backend: String,
    /// The operation.
    pub act: WriteAct,
    /// The grant concerned.
    pub grant: Option<GrantId>,
    /// The resulting grant, if it is a different one.
    pub new_grant: Option<GrantId>,
    /// The grant's provider.
    pub provider: Option<String>,
    /// The grant's account.
    pub account: Option<String>,
    /// The agent concerned.
    pub agent: Option<String>,
    /// The reason given.
    pub reason: Option<String>,
    /// The outcome.
    pub outcome: WriteOutcome,
    /// The stable name of the failure.
    pub code: Option<String>,
    /// The backend's id of the request.
    pub request_id: Option<String>,
}

impl WriteRecord {
    /// Starts a record. Profile and backend are filled in when it is stored.
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

    /// Sets the grant from a row of the list.
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

    /// The grant that it left, else the one it was about.
    pub fn latest_grant(&self) -> Option<GrantId> {
        self.new_grant.or(self.grant)
    }

    /// Sets the outcome.
    #[must_use]
    pub fn ended(self, outcome: WriteOutcome, why: Option<&Diagnosis>) -> Self {
        let request = why.and_then(|why| why.facts.iter().find(|(label, _)| *label == "request"));
        let request_id = request.map(|(_, id)| id.to_string()).or(self.request_id);
        Self { outcome, code: why.map(|why| why.code.name().to_owned()), request_id, ..self }
    }
}
