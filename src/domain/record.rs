//! A test call as stored in the history: request and answer without secrets.
//!
//! Secrets are removed before a record is created (`protocol::call::keep`) and replaced by [`REDACTED`].

use jiff::Timestamp;
use serde_json::Value;
use strum::{Display, EnumIter, EnumString, IntoStaticStr};

use super::{ApprovalId, Body, DraftBody, GrantId, Mode, RequestDraft, template};

/// The placeholder for a secret.
pub const REDACTED: &str = "[redacted]";

/// Maximum number of body bytes stored; the rest is cut.
pub const LONGEST_KEPT_BODY: usize = 256 << 10;

/// The id of a call in the history; later calls have higher ids.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RecordId(pub i64);

impl CallRecord {
    /// Recorded in place of a profile name if the session has no profile: `ALTER_*`, a typed key, the demo.
    pub const NAMELESS: [&str; 3] = ["environment", "typed", "demo"];
}

/// A recorded call. Texts are as received and untrusted: show them through [`super::Clean`].
#[derive(Clone, Debug, PartialEq)]
pub struct CallRecord {
    /// When it started.
    pub at: Timestamp,
    /// The profile, or one of [`Self::NAMELESS`].
    pub profile: String,
    /// The backend's host.
    pub host: String,
    /// The grant it used.
    pub grant: GrantId,
    /// The grant's provider, if known.
    pub provider: Option<String>,
    /// The grant's account, if known.
    pub account: Option<String>,
    /// Who called the provider.
    pub mode: Mode,
    /// As requested, in any case.
    pub method: String,
    /// As requested; may contain `{name}` placeholders.
    pub url: String,
    /// Values of the placeholders.
    pub path_parameters: Vec<(String, String)>,
    /// Query parameters in addition to those of the URL.
    pub query: Vec<(String, Value)>,
    /// Requested headers, in order; never those with the credential.
    pub request_headers: Vec<(String, String)>,
    /// The body that was sent; `None` if there was none.
    pub request_body: Option<KeptBody>,
    /// Whether the request body is JSON rather than raw bytes.
    pub request_is_json: bool,
    /// Reason, for the audit log and approvers.
    pub reason: Option<String>,
    /// Further attribution.
    pub context: Vec<(String, String)>,
    /// Time from sending to the end, as measured here.
    pub elapsed_ms: Option<u64>,
    /// The provider's response time, if measured.
    pub duration_ms: Option<u64>,
    /// The approval id if the call was held, whatever happened to it.
    pub approval: Option<ApprovalId>,
    /// How it ended.
    pub outcome: Outcome,
    /// Whether the backend's audit log has the call.
    pub audited: Audited,
}

/// How a call ended.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Outcome {
    /// Still running; or the program ended before the call, which may have been carried out.
    #[default]
    Unfinished,
    /// The provider answered.
    Answered {
        /// The status of Alter's response.
        alter_status: u16,
        /// The provider's own status.
        provider_status: u16,
        /// In the order received.
        headers: Vec<(String, String)>,
        /// The body of the answer; `None` if there was none.
        body: Option<KeptBody>,
        /// The backend or this program truncated the body.
        truncated: bool,
    },
    /// Waiting for approval. Held calls cannot be listed, so the id must be kept.
    Held {
        /// The approval id.
        approval: ApprovalId,
        /// When the approval expires.
        expires_at: Timestamp,
    },
    /// It failed.
    Failed {
        /// The stable name of the failure (`Code`).
        code: String,
        /// Who refused (`Who`).
        who: String,
        /// The headline, in one sentence.
        headline: String,
        /// The other side's message.
        said: Option<String>,
    },
    /// Cancelled here.
    Cancelled {
        /// It was already sent.
        may_have_happened: bool,
    },
}

impl Outcome {
    /// The kind of outcome.
    pub fn ending(&self) -> Ending {
        match self {
            Self::Unfinished => Ending::Unfinished,
            Self::Answered { .. } => Ending::Answered,
            Self::Held { .. } => Ending::Held,
            Self::Failed { .. } => Ending::Failed,
            Self::Cancelled { .. } => Ending::Cancelled,
        }
    }
}

/// The kind of an [`Outcome`], without its data.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Display, EnumIter, EnumString, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum Ending {
    /// See [`Outcome::Unfinished`].
    #[default]
    Unfinished,
    /// See [`Outcome::Answered`].
    Answered,
    /// See [`Outcome::Held`].
    Held,
    /// See [`Outcome::Failed`].
    Failed,
    /// See [`Outcome::Cancelled`].
    Cancelled,
}

/// Whether the backend's audit log has a call.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Display, EnumIter, EnumString, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum Audited {
    /// Alter made the call and logged it.
    ByAlter,
    /// A retrieve-mode call that was reported to Alter.
    Yes,
    /// The provider may have been called, but Alter has no audit row yet.
    Missing,
    /// There was nothing to report. For calls before version 0.2: or it was not reported.
    #[default]
    No,
}

impl Audited {
    /// Whether Alter should have an audit row for a call of this mode with this ending, but has none.
    pub fn is_missing(self, mode: Mode, ending: Ending) -> bool {
        match self {
            Self::Missing => true,
            // Records of older versions do not say `Missing`; an answered call always has to be reported.
            Self::No => mode == Mode::Retrieve && ending == Ending::Answered,
            Self::ByAlter | Self::Yes => false,
        }
    }
}

/// The stored part of a body.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KeptBody {
    /// At most [`LONGEST_KEPT_BODY`] bytes, without secrets.
    pub bytes: Body,
    /// The original size in bytes, as far as known.
    pub whole_length: u64,
    /// Whether only a part is stored.
    pub cut: bool,
    /// Why nothing is stored.
    pub omitted: Option<Omitted>,
}

/// Why a body is not stored at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Display, EnumIter, EnumString, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum Omitted {
    /// The profile is a production profile, which never stores bodies.
    Production,
    /// It is compressed, or in an encoding that cannot be searched for secrets.
    Encoded,
    /// It contains the credential in a form that cannot be removed.
    Secret,
    /// It answers a probe. Probes may be sent for thousands of accounts, so only the account name is kept.
    Probe,
}

impl CallRecord {
    /// Restores the draft of the call. Secrets are still placeholders, see [`CallRecord::redacted`]; an
    /// incomplete body is left out, see [`CallRecord::body_lost`].
    pub fn draft(&self) -> RequestDraft {
        let whole = self.request_body.as_ref().filter(|_| !self.body_lost());
        let body = match whole {
            None => DraftBody::Empty,
            Some(kept) if self.request_is_json => {
                DraftBody::Json(String::from_utf8_lossy(&kept.bytes).into_owned())
            }
            Some(kept) => DraftBody::Raw(kept.bytes.to_vec()),
        };
        RequestDraft {
            grant: self.grant,
            mode: self.mode,
            method: self.method.clone(),
            url: self.url.clone(),
            path_parameters: self.path_parameters.clone(),
            query: self.query.clone(),
            headers: self.request_headers.clone(),
            body,
            reason: self.reason.clone(),
            context: self.context.clone(),
        }
    }

    /// Whether a part of the request was redacted, and has to be filled in before the call is sent again.
    pub fn redacted(&self) -> bool {
        let is = |text: &str| text.contains(REDACTED);
        let texts = self.path_parameters.iter().chain(&self.request_headers).chain(&self.context);
        let body = self.request_body.as_ref().map(|kept| String::from_utf8_lossy(&kept.bytes));
        is(&self.url)
            || is(&self.method)
            || self.reason.as_deref().is_some_and(is)
            || texts.into_iter().any(|(name, value)| is(name) || is(value))
            || self.query.iter().any(|(name, value)| is(name) || is(&value.to_string()))
            || body.is_some_and(|body| is(&body))
    }

    /// The URL that was called, with its placeholders filled.
    pub fn called(&self) -> String {
        template::shown(&self.url, &self.path_parameters)
    }

    /// Whether the request had a body that is not stored completely.
    pub fn body_lost(&self) -> bool {
        self.request_body.as_ref().is_some_and(|kept| kept.cut || kept.omitted.is_some())
    }
}

impl CallRecord {
    /// The row for the list of calls.
    pub fn summary(&self, id: RecordId) -> RecordSummary {
        let (alter_status, provider_status) = match &self.outcome {
            Outcome::Answered { alter_status, provider_status, .. } => {
                (Some(*alter_status), Some(*provider_status))
            }
            _ => (None, None),
        };
        let code = match &self.outcome {
            Outcome::Failed { code, .. } => Some(code.clone()),
            _ => None,
        };
        RecordSummary {
            id,
            at: self.at,
            profile: self.profile.clone(),
            grant: self.grant,
            provider: self.provider.clone(),
            account: self.account.clone(),
            mode: self.mode,
            method: self.method.clone(),
            url: self.url.clone(),
            called: self.called(),
            ending: self.outcome.ending(),
            alter_status,
            provider_status,
            code,
            elapsed_ms: self.elapsed_ms,
            approval: self.approval,
            audited: self.audited,
        }
    }
}

/// A row in the list of calls.
#[derive(Clone, Debug, PartialEq)]
pub struct RecordSummary {
    /// Its handle.
    pub id: RecordId,
    /// When it started.
    pub at: Timestamp,
    /// The profile.
    pub profile: String,
    /// The grant it used.
    pub grant: GrantId,
    /// The grant's provider.
    pub provider: Option<String>,
    /// The grant's account.
    pub account: Option<String>,
    /// Who called the provider.
    pub mode: Mode,
    /// The method.
    pub method: String,
    /// The URL as requested, with `{name}` placeholders.
    pub url: String,
    /// The URL that was called, with the placeholders filled.
    pub called: String,
    /// How it ended.
    pub ending: Ending,
    /// Alter's status, if there was an answer.
    pub alter_status: Option<u16>,
    /// The provider's status, if there was an answer.
    pub provider_status: Option<u16>,
    /// The code of the failure, if it failed.
    pub code: Option<String>,
    /// How long it took.
    pub elapsed_ms: Option<u64>,
    /// The approval id if it was held.
    pub approval: Option<ApprovalId>,
    /// Whether the backend's audit log has it.
    pub audited: Audited,
}

/// Selects calls that match all conditions, latest first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordQuery {
    /// Each word must occur in provider, account, URL, method, status, failure or reason, ignoring case.
    /// Empty = all.
    pub text: String,
    /// Only calls with this grant.
    pub grant: Option<GrantId>,
    /// Only calls of this profile.
    pub profile: Option<String>,
    /// Only calls with this ending.
    pub ending: Option<Ending>,
    /// Only calls before this one: the next page starts after the last row of the previous one.
    pub before: Option<RecordId>,
    /// Maximum number of calls.
    pub limit: usize,
}

impl Default for RecordQuery {
    fn default() -> Self {
        Self { text: String::new(), grant: None, profile: None, ending: None, before: None, limit: 100 }
    }
}

/// What is stored of a session's calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HistoryPolicy {
    /// No calls. Earlier ones can still be viewed.
    Nothing,
    /// Calls without the bodies of requests and answers.
    WithoutBodies,
    /// Calls with their bodies, up to a limit.
    Everything,
}

/// Selects a call of the history by its id or its neighbour's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Which {
    /// This call.
    This(RecordId),
    /// The call before it.
    Older(RecordId),
    /// The call after it.
    Newer(RecordId),
}

#[cfg(test)]
#[path = "record_tests.rs"]
mod tests;
