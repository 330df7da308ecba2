//! A test call as the history keeps it: everything that was asked and answered, without its secrets.
//!
//! Whoever makes a record has taken the secrets out (`protocol::call::keep`); [`REDACTED`] stands where they were.

use jiff::Timestamp;
use serde_json::Value;
use strum::{Display, EnumIter, EnumString, IntoStaticStr};

use super::{ApprovalId, Body, DraftBody, GrantId, Mode, RequestDraft, template};

/// What stands where a secret was.
pub const REDACTED: &str = "[redacted]";

/// How many bytes of a body are kept at most; what is behind them is cut off.
pub const LONGEST_KEPT_BODY: usize = 256 << 10;

/// The handle of a call in the history; a later call has a higher one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RecordId(pub i64);

impl CallRecord {
    /// What stands for a profile where a session has none: `ALTER_*`, a typed key, the demonstration.
    pub const NAMELESS: [&str; 3] = ["environment", "typed", "demo"];
}

/// One call. Texts are as received, untrusted: show them through [`super::Clean`].
#[derive(Clone, Debug, PartialEq)]
pub struct CallRecord {
    /// When it was begun.
    pub at: Timestamp,
    /// The profile, or one of [`Self::NAMELESS`].
    pub profile: String,
    /// The backend's host.
    pub host: String,
    /// With which grant.
    pub grant: GrantId,
    /// The grant's provider, where it was known.
    pub provider: Option<String>,
    /// The grant's account, where it was known.
    pub account: Option<String>,
    /// Who called the provider.
    pub mode: Mode,
    /// As it was asked for, in any case.
    pub method: String,
    /// As it was asked for; may hold `{name}` places.
    pub url: String,
    /// What filled the places.
    pub path_parameters: Vec<(String, String)>,
    /// Query parameters beside those of the URL.
    pub query: Vec<(String, Value)>,
    /// Headers that were asked for, in order; never those of the credential.
    pub request_headers: Vec<(String, String)>,
    /// What was sent; None for no body.
    pub request_body: Option<KeptBody>,
    /// The request's body is JSON; else it is bytes as they are.
    pub request_is_json: bool,
    /// Why.
    pub reason: Option<String>,
    /// Further attribution.
    pub context: Vec<(String, String)>,
    /// From sending to the end, as measured here.
    pub elapsed_ms: Option<u64>,
    /// How long the provider took, where that was measured.
    pub duration_ms: Option<u64>,
    /// The handle under which it was held, whatever became of it.
    pub approval: Option<ApprovalId>,
    /// How it ended.
    pub outcome: Outcome,
    /// Whether the backend knows of it.
    pub audited: Audited,
}

/// How a call ended.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Outcome {
    /// It is under way; or the program was ended before the call was, and it may have happened.
    #[default]
    Unfinished,
    /// The provider answered.
    Answered {
        /// The status with which Alter answered.
        alter_status: u16,
        /// The provider's own.
        provider_status: u16,
        /// In the order received.
        headers: Vec<(String, String)>,
        /// What was answered; None for no body.
        body: Option<KeptBody>,
        /// There was more of the body than reached this program, or than it took.
        truncated: bool,
    },
    /// It waits for somebody's yes; nothing lists such calls, so the handle must not be lost.
    Held {
        /// The handle.
        approval: ApprovalId,
        /// When it lapses.
        expires_at: Timestamp,
    },
    /// It failed.
    Failed {
        /// The stable name of the failure (`Code`).
        code: String,
        /// Who refused (`Who`).
        who: String,
        /// What happened, in one sentence.
        headline: String,
        /// The other side's own sentence.
        said: Option<String>,
    },
    /// It was given up here.
    Cancelled {
        /// It was on its way by then.
        may_have_happened: bool,
    },
}

impl Outcome {
    /// Which of them it is.
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

/// An [`Outcome`] without what belongs to it.
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

/// Whether the backend's audit log knows of a call.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Display, EnumIter, EnumString, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum Audited {
    /// Alter made the call, and wrote its own row.
    ByAlter,
    /// It was told of a call of our own.
    Yes,
    /// The provider may have been called, and Alter was not told of it so far.
    Missing,
    /// There was nothing to tell. Of calls before version 0.2: or it was not told.
    #[default]
    No,
}

impl Audited {
    /// Whether Alter should have been told of a call of this mode that ended so, and was not.
    pub fn is_missing(self, mode: Mode, ending: Ending) -> bool {
        match self {
            Self::Missing => true,
            // As it was written before there was a word for it: an answer is always to be told.
            Self::No => mode == Mode::Retrieve && ending == Ending::Answered,
            Self::ByAlter | Self::Yes => false,
        }
    }
}

/// What is kept of a body.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KeptBody {
    /// At most [`LONGEST_KEPT_BODY`] bytes, without secrets.
    pub bytes: Body,
    /// How many bytes there were, as far as anybody counted.
    pub whole_length: u64,
    /// There were more than are kept.
    pub cut: bool,
    /// Why none is kept.
    pub omitted: Option<Omitted>,
}

/// Why a body is not kept at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Display, EnumIter, EnumString, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum Omitted {
    /// The profile is a production one: it keeps no bodies.
    Production,
    /// It is compressed or in an encoding in which secrets cannot be looked for.
    Encoded,
    /// The credential is in it in a way that does not let itself be taken out.
    Secret,
    /// It answers a probe, which may be sent to thousands of accounts: only what names the account is kept of it.
    Probe,
}

impl CallRecord {
    /// The call as a draft again. Secrets are still the placeholder, see [`CallRecord::redacted`]; a body that is
    /// not whole is left out, see [`CallRecord::body_lost`].
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

    /// Whether a part of the request was secret and is a placeholder now: it must be filled in before the call is
    /// sent again.
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

    /// What was called: the URL with its places filled.
    pub fn called(&self) -> String {
        template::shown(&self.url, &self.path_parameters)
    }

    /// Whether the request had a body that is not kept whole.
    pub fn body_lost(&self) -> bool {
        self.request_body.as_ref().is_some_and(|kept| kept.cut || kept.omitted.is_some())
    }
}

impl CallRecord {
    /// The call as the list shows it.
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

/// What a row of the list of calls needs.
#[derive(Clone, Debug, PartialEq)]
pub struct RecordSummary {
    /// Its handle.
    pub id: RecordId,
    /// When it was begun.
    pub at: Timestamp,
    /// The profile.
    pub profile: String,
    /// With which grant.
    pub grant: GrantId,
    /// The grant's provider.
    pub provider: Option<String>,
    /// The grant's account.
    pub account: Option<String>,
    /// Who called the provider.
    pub mode: Mode,
    /// The method.
    pub method: String,
    /// The URL, as it was asked for: with `{name}` places.
    pub url: String,
    /// What was called: the same with the places filled.
    pub called: String,
    /// How it ended.
    pub ending: Ending,
    /// Alter's status, where there was an answer.
    pub alter_status: Option<u16>,
    /// The provider's status, where there was an answer.
    pub provider_status: Option<u16>,
    /// The name of the failure, where it failed.
    pub code: Option<String>,
    /// How long it took.
    pub elapsed_ms: Option<u64>,
    /// The handle under which it was held.
    pub approval: Option<ApprovalId>,
    /// Whether the backend knows of it.
    pub audited: Audited,
}

/// Which calls are wanted: those for which everything holds, the latest first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordQuery {
    /// Every word of it must be somewhere in provider, account, URL, method, status, failure or reason, in any case.
    /// Empty = all.
    pub text: String,
    /// Those of one grant.
    pub grant: Option<GrantId>,
    /// Those of one profile.
    pub profile: Option<String>,
    /// Those that ended so.
    pub ending: Option<Ending>,
    /// Those before this one: the next page begins behind the last row of the one before.
    pub before: Option<RecordId>,
    /// How many at most.
    pub limit: usize,
}

impl Default for RecordQuery {
    fn default() -> Self {
        Self { text: String::new(), grant: None, profile: None, ending: None, before: None, limit: 100 }
    }
}

/// What is kept of a session's calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HistoryPolicy {
    /// No call. Those of before can still be looked at.
    Nothing,
    /// Calls without the bodies of requests and answers.
    WithoutBodies,
    /// Calls, and their bodies up to a bound.
    Everything,
}

/// A part of the list of calls.
#[derive(Clone, Debug, PartialEq)]
pub struct RecordPage {
    /// The calls, the latest first.
    pub rows: Vec<RecordSummary>,
    /// What is kept of new ones.
    pub keep: HistoryPolicy,
}

/// One call of the history, by itself or by the one next to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Which {
    /// This one.
    This(RecordId),
    /// The one that was made before it.
    Older(RecordId),
    /// The one that was made after it.
    Newer(RecordId),
}

#[cfg(test)]
#[path = "record_tests.rs"]
mod tests;
