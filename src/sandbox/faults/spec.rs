//! How a fault is written, and which requests it meets.

use std::str::FromStr;
use std::time::Duration;

use strum::IntoEnumIterator;
use thiserror::Error;

use super::{FAULTS, Fault};
use crate::call::CallError;

/// A fault, and which requests it meets.
///
/// Written `NAME[=VALUE][,path=PREFIX][,grant=UUID-PREFIX][,after=N][,first=N]`: requests whose path starts with
/// `PREFIX` and that are about a grant whose id starts with `UUID-PREFIX`, of those all but the first `after`, of
/// those the first `first`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FaultSpec {
    /// What goes wrong.
    pub fault: Fault,
    /// Only requests whose path starts so.
    pub path: Option<String>,
    /// Only requests about a grant whose id starts so, in lower case.
    pub grant: Option<String>,
    /// So many requests are spared first.
    pub after: u32,
    /// Then so many are met; `None`: all.
    pub first: Option<u32>,
}

impl From<Fault> for FaultSpec {
    fn from(fault: Fault) -> Self {
        Self { fault, path: None, grant: None, after: 0, first: None }
    }
}

impl FaultSpec {
    /// Only requests whose path starts with `prefix`.
    #[must_use]
    pub fn on(mut self, prefix: impl Into<String>) -> Self {
        self.path = Some(prefix.into());
        self
    }

    /// Only requests about a grant whose id starts with `prefix`.
    #[must_use]
    pub fn about(mut self, prefix: &str) -> Self {
        self.grant = Some(prefix.to_ascii_lowercase());
        self
    }

    /// Spare the first `count` requests.
    #[must_use]
    pub fn after(mut self, count: u32) -> Self {
        self.after = count;
        self
    }

    /// Meet only `count` requests.
    #[must_use]
    pub fn first(mut self, count: u32) -> Self {
        self.first = Some(count);
        self
    }
}

/// A fault that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum FaultError {
    /// The name is not in [`FAULTS`].
    #[error("there is no fault named {0:?}; known are: {known}", known = names())]
    Unknown(String),
    /// The value is missing, not wanted, or of another kind.
    #[error("fault {name} wants {wanted}, not {given:?}")]
    Value {
        /// The fault's name.
        name: &'static str,
        /// What it takes.
        wanted: &'static str,
        /// What it was given.
        given: String,
    },
    /// The value of `call-error` is none of its codes.
    #[error("there is no call error {0:?}; known are: {known}", known = codes())]
    Code(String),
    /// A scope other than `path=`, `grant=`, `after=`, `first=`, or one whose value is of another kind.
    #[error("{0:?} is not path=PREFIX, grant=UUID-PREFIX, after=N or first=N")]
    Scope(String),
}

fn codes() -> String {
    CallError::iter().map(|error| error.to_string()).collect::<Vec<_>>().join(", ")
}

fn names() -> String {
    FAULTS.iter().map(|entry| entry.name).collect::<Vec<_>>().join(", ")
}

impl FromStr for FaultSpec {
    type Err = FaultError;

    fn from_str(text: &str) -> Result<Self, FaultError> {
        let mut parts = text.split(',');
        let fault = parts.next().unwrap_or_default();
        let mut spec = Self::from(parse_fault(fault)?);
        for part in parts {
            let bad = || FaultError::Scope(part.to_owned());
            let (name, value) = part.split_once('=').ok_or_else(bad)?;
            let number = || value.parse().ok().ok_or_else(bad);
            match name {
                "path" => spec.path = Some(value.to_owned()),
                "grant" if is_id_prefix(value) => spec = spec.about(value),
                "after" => spec.after = number()?,
                "first" => spec.first = Some(number()?),
                _ => return Err(bad()),
            }
        }
        Ok(spec)
    }
}

fn parse_fault(text: &str) -> Result<Fault, FaultError> {
    let (name, value) = text.split_once('=').map_or((text, None), |(name, value)| (name, Some(value)));
    let Some(entry) = FAULTS.iter().find(|entry| entry.name == name) else {
        return Err(FaultError::Unknown(name.to_owned()));
    };
    let wanted = if entry.value.is_empty() { "no value" } else { entry.value };
    let bad = || FaultError::Value { name: entry.name, wanted, given: value.unwrap_or_default().to_owned() };
    let plain = |fault: Fault| if value.is_none() { Ok(fault) } else { Err(bad()) };
    let given = || value.ok_or_else(bad);
    match entry.name {
        "latency" => parse_duration(given()?).map(Fault::Latency).ok_or_else(bad),
        "hang" => plain(Fault::Hang),
        "refuse" => plain(Fault::Refuse),
        "cut-body" => plain(Fault::CutBody),
        "stall" => plain(Fault::Stall),
        "slow" => match given()?.parse() {
            Ok(rate @ 1..) => Ok(Fault::Slow(rate)),
            _ => Err(bad()),
        },
        "length-off" => given()?.parse().ok().map(Fault::LengthOff).ok_or_else(bad),
        "answer-gzip" => given()?.parse().ok().map(Fault::AnswerGzip).ok_or_else(bad),
        "proxy-large" => given()?.parse().ok().map(Fault::ProxyLarge).ok_or_else(bad),
        "truncated-json" => plain(Fault::TruncatedJson),
        "html" => match given()?.parse() {
            Ok(status @ 400..=599) => Ok(Fault::Html(status)),
            _ => Err(bad()),
        },
        "throttle-header" => given()?.parse().ok().map(Fault::ThrottleHeader).ok_or_else(bad),
        "throttle-body" => given()?.parse().ok().map(Fault::ThrottleBody).ok_or_else(bad),
        "odd-row" => given()?.parse().ok().map(Fault::OddRow).ok_or_else(bad),
        "odd-envelope" => given()?.parse().ok().map(Fault::OddEnvelope).ok_or_else(bad),
        "shifting" => plain(Fault::Shifting),
        "total-off" => given()?.parse().ok().map(Fault::TotalOff).ok_or_else(bad),
        "total-drifts" => plain(Fault::TotalDrifts),
        "key-revoked" => plain(Fault::KeyRevoked),
        "clock-skew" => given()?.parse().ok().map(Fault::ClockSkew).ok_or_else(bad),
        "no-budget-headers" => plain(Fault::NoBudgetHeaders),
        "key-deprecated" => plain(Fault::KeyDeprecated),
        "call-error" => {
            let code = given()?;
            code.parse().map(Fault::CallError).ok().ok_or_else(|| FaultError::Code(code.to_owned()))
        }
        "flagged-token" => plain(Fault::FlaggedToken),
        "needs-approval" => match given()?.parse() {
            Ok(people @ 1..=9) => Ok(Fault::NeedsApproval(people)),
            _ => Err(bad()),
        },
        "approve-after" => given()?.parse().ok().map(Fault::ApproveAfter).ok_or_else(bad),
        "deny-after" => given()?.parse().ok().map(Fault::DenyAfter).ok_or_else(bad),
        "expire-after" => given()?.parse().ok().map(Fault::ExpireAfter).ok_or_else(bad),
        "fail-execution" => plain(Fault::FailExecution),
        "truncate-result" => given()?.parse().ok().map(Fault::TruncateResult).ok_or_else(bad),
        "answer-lost" => given()?.parse().ok().map(Fault::AnswerLost).ok_or_else(bad),
        "no-right" => given()?.parse().ok().map(Fault::NoRight).ok_or_else(bad),
        "refused" => parse_refusal(given()?).ok_or_else(bad),
        "hostile-text" => plain(Fault::HostileText),
        "agent-key" => plain(Fault::AgentKey),
        "label-taken" => plain(Fault::LabelTaken),
        "siblings-die" => plain(Fault::SiblingsDie),
        "list-lags" => given()?.parse().ok().map(Fault::ListLags).ok_or_else(bad),
        "session-ends" => given()?.parse().ok().map(Fault::SessionEnds).ok_or_else(bad),
        "session-after" => given()?.parse().ok().map(Fault::SessionAfter).ok_or_else(bad),
        "session-at-deadline" => plain(Fault::SessionAtDeadline),
        "session-error" => match given()? {
            "" => Err(bad()),
            code => Ok(Fault::SessionError(code.to_owned())),
        },
        "token-life" => given()?.parse().ok().map(Fault::TokenLife).ok_or_else(bad),
        "provider-status" => match given()?.parse() {
            Ok(status @ 200..=599) => Ok(Fault::ProviderStatus(status)),
            _ => Err(bad()),
        },
        "provider-hang" => plain(Fault::ProviderHang),
        "provider-html" => plain(Fault::ProviderHtml),
        "provider-redirect" => match given()? {
            "" => Err(bad()),
            address => Ok(Fault::ProviderRedirect(address.to_owned())),
        },
        "provider-large" => given()?.parse().ok().map(Fault::ProviderLarge).ok_or_else(bad),
        "provider-gzip" => given()?.parse().ok().map(Fault::ProviderGzip).ok_or_else(bad),
        "provider-cut" => plain(Fault::ProviderCut),
        _ => Err(FaultError::Unknown(name.to_owned())),
    }
}

/// `STATUS:CODE` or `STATUS:CODE:REASON`.
fn parse_refusal(text: &str) -> Option<Fault> {
    let mut parts = text.splitn(3, ':');
    let status = parts.next()?.parse().ok().filter(|status| (400..=599).contains(status))?;
    let (code, reason) = (parts.next()?, parts.next());
    let whole = !code.is_empty() && reason != Some("");
    whole.then(|| Fault::Refused(status, code.to_owned(), reason.map(str::to_owned)))
}

/// The beginning of a UUID, in either case.
fn is_id_prefix(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'-')
}

/// `250ms`, `2s`, `5m`.
fn parse_duration(text: &str) -> Option<Duration> {
    let digits = text.trim_end_matches(|letter: char| letter.is_ascii_alphabetic());
    let number: u64 = digits.parse().ok()?;
    match text.strip_prefix(digits)? {
        "ms" => Some(Duration::from_millis(number)),
        "s" => Some(Duration::from_secs(number)),
        "m" => Some(Duration::from_secs(number.checked_mul(60)?)),
        _ => None,
    }
}
