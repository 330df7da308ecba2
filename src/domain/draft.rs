//! A test call before it is sent: what a person, a preset or a command line put together.

use serde_json::Value;
use strum::{Display, EnumIter, EnumString, IntoStaticStr};

use super::GrantId;

/// Who calls the provider (protocol: calls.md).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Display, EnumIter, EnumString, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum Mode {
    /// Alter does; the credential stays there.
    #[default]
    Proxy,
    /// This program does, with the credential that Alter hands out for this one call.
    Retrieve,
}

impl Mode {
    /// The other one.
    #[must_use]
    pub fn other(self) -> Self {
        match self {
            Self::Proxy => Self::Retrieve,
            Self::Retrieve => Self::Proxy,
        }
    }
}

/// The body of a call.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum DraftBody {
    /// None.
    #[default]
    Empty,
    /// JSON as it was written, not yet checked; the text `null` is no body.
    Json(String),
    /// Bytes as they are, also none at all. Retrieve mode only.
    Raw(Vec<u8>),
}

/// A test call, not yet checked: every field may hold what a person has typed so far.
#[derive(Clone, Debug, PartialEq)]
pub struct RequestDraft {
    /// With which grant. Always by its id, so that no other one can be meant.
    pub grant: GrantId,
    /// Who calls the provider.
    pub mode: Mode,
    /// Any case.
    pub method: String,
    /// May hold `{name}` places, also in host and query.
    pub url: String,
    /// What fills the places; names that the URL does not have are ignored.
    pub path_parameters: Vec<(String, String)>,
    /// Query parameters: texts, numbers, truth values, null (empty), or lists of those. A repeated name is a list.
    pub query: Vec<(String, Value)>,
    /// Headers, in order.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: DraftBody,
    /// Why, for the audit trail and for approvers.
    pub reason: Option<String>,
    /// Further attribution, name and value.
    pub context: Vec<(String, String)>,
}

impl RequestDraft {
    /// A bare call in proxy mode.
    pub fn new(grant: GrantId, method: &str, url: &str) -> Self {
        Self {
            grant,
            mode: Mode::default(),
            method: method.to_owned(),
            url: url.to_owned(),
            path_parameters: Vec::new(),
            query: Vec::new(),
            headers: Vec::new(),
            body: DraftBody::Empty,
            reason: None,
            context: Vec::new(),
        }
    }
}
