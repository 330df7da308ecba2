//! Held calls: polling their state, and what to do next (docs/protocol/calls.md sections B3 to B6).

use std::time::Duration;

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde::de::{Error, Visitor};
use serde::{Deserialize, Deserializer};

use super::proxy;
use crate::AlterError;
use crate::domain::{
    Approval, ApprovalGate, ApprovalId, ApprovalState, Code, Diagnosis, PendingApproval, PendingGate,
    ProviderAnswer, Retry, Who,
};
use crate::lenient;
use crate::malformed::{self, Malformed};

/// Method and path of the state.
pub const STATUS: &str = "GET /sdk/approvals/{approval_id}";
/// Method and path of the result.
pub const RESULT: &str = "GET /sdk/approvals/{approval_id}/result";

/// The longest time that the backend holds a poll; a longer one is answered with 422.
pub const LONGEST_WAIT: Duration = Duration::from_secs(25);
/// The pause between two polls.
pub const PAUSE: Duration = Duration::from_secs(2);
/// Time allowed for a held poll beyond its wait.
const MARGIN: Duration = Duration::from_secs(15);

/// The target of a poll. The backend may hold it for `wait` (whole seconds, at most [`LONGEST_WAIT`]) until something
/// changes.
pub fn status_target(id: ApprovalId, wait: Duration) -> String {
    match wait.min(LONGEST_WAIT).as_secs() {
        0 => format!("/sdk/approvals/{id}"),
        seconds => format!("/sdk/approvals/{id}?wait={seconds}"),
    }
}

/// The time limit for the answer to a poll with that `wait`.
pub fn patience(wait: Duration) -> Duration {
    wait.min(LONGEST_WAIT) + MARGIN
}

/// The target of the result.
pub fn result_target(id: ApprovalId) -> String {
    format!("/sdk/approvals/{id}/result")
}

/// The next step when waiting for a held call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Next {
    /// Poll the state; the backend may hold the poll for `wait`.
    Ask {
        /// For [`status_target`] and [`patience`].
        wait: Duration,
    },
    /// Pause, then see [`before_asking`].
    Pause(Duration),
    /// Fetch the result.
    Fetch,
    /// Waiting is over.
    Ended(Ending),
}

/// How waiting for a held call ended without a result.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ending {
    /// Denied, possibly with a reason. Untrusted text.
    Denied(Option<String>),
    /// Not decided in time.
    Expired,
    /// Approved, but making the call failed. Untrusted text.
    Failed(Option<String>),
    /// Waiting was stopped; the call is still held and can be polled again.
    StillOpen,
}

/// The step before a poll: with no time left nothing is sent. `None` = no deadline.
pub fn before_asking(left: Option<Duration>) -> Next {
    match left {
        Some(left) if left.is_zero() => Next::Ended(Ending::StillOpen),
        left => Next::Ask { wait: whole_seconds(left.unwrap_or(LONGEST_WAIT)).min(LONGEST_WAIT) },
    }
}

/// The step after an answer.
pub fn after(approval: &Approval) -> Next {
    match approval.state {
        ApprovalState::Executed if approval.has_result => Next::Fetch,
        ApprovalState::Denied => Next::Ended(Ending::Denied(approval.decision_reason.clone())),
        ApprovalState::Expired => Next::Ended(Ending::Expired),
        ApprovalState::Failed => {
            let why = approval.execution_error.as_ref().or(approval.decision_reason.as_ref());
            Next::Ended(Ending::Failed(why.cloned()))
        }
        // Executed, but without a result yet.
        _ => Next::Pause(PAUSE),
    }
}

/// The step after a refusal of a poll or of the result; `None` if retrying does not help. After a timeout or another
/// transport failure, pause for [`PAUSE`] and poll again.
///
/// The official SDK gives up on 429; this waits as requested, as the call is still held.
pub fn after_refusal(error: &AlterError) -> Option<Next> {
    match error.status {
        502..=504 => Some(Next::Pause(PAUSE)),
        429 if matches!(error.code, Code::RateLimitExceeded | Code::ThrottledOnTheWay) => {
            Some(Next::Pause(error.retry_after.unwrap_or(PAUSE).max(PAUSE)))
        }
        _ => None,
    }
}

fn whole_seconds(length: Duration) -> Duration {
    Duration::from_secs(length.as_secs())
}

impl Ending {
    /// The end as a diagnosis.
    pub fn diagnose(&self) -> Diagnosis {
        let (code, retry, said) = match self {
            Self::Denied(said) => (Code::ApprovalDenied, Retry::No, said.as_deref()),
            Self::Expired => (Code::ApprovalExpired, Retry::AfterRemedy, None),
            Self::Failed(said) => (Code::ApprovalExecutionFailed, Retry::AfterRemedy, said.as_deref()),
            Self::StillOpen => (Code::ApprovalStillOpen, Retry::Later(None), None),
        };
        Diagnosis::new(code, Who::Alter, retry).said(said.unwrap_or_default())
    }
}

/// Parses the 202 answer of `/sdk/proxy`.
///
/// # Errors
/// The first place that departs from its shape.
pub fn parse_pending(bytes: &[u8]) -> Result<PendingApproval, Malformed> {
    let wire: WirePending = malformed::read(proxy::ENDPOINT, bytes)?;
    let gate = |gate: WirePendingGate| PendingGate {
        id: gate.approval_id,
        expires_at: gate.expires_at.0,
        expires_in: gate.expires_in,
        url: gate.approval_url,
    };
    Ok(PendingApproval {
        id: wire.approval_id,
        group: wire.approval_group_id,
        expires_at: wire.expires_at.0,
        expires_in: wire.expires_in,
        url: wire.approval_url,
        gates: wire.gates.into_iter().map(gate).collect(),
    })
}

/// Parses the state of a held call.
///
/// # Errors
/// The first place that departs from its shape.
pub fn parse_status(bytes: &[u8]) -> Result<Approval, Malformed> {
    let wire: WireApproval = malformed::read(STATUS, bytes)?;
    let gate = |gate: WireGate| ApprovalGate {
        id: gate.approval_id,
        state: gate.status.0,
        expires_at: gate.expires_at.0,
        decided_at: gate.decided_at.map(|at| at.0),
    };
    Ok(Approval {
        id: wire.approval_id,
        group: wire.approval_group_id,
        state: wire.status.0,
        gates: wire.gates.into_iter().map(gate).collect(),
        expires_at: wire.expires_at.0,
        decided_at: wire.decided_at.map(|at| at.0),
        decision_reason: wire.decision_reason,
        executed_at: wire.executed_at.map(|at| at.0),
        execution_error: wire.execution_error,
        has_result: wire.has_result,
    })
}

/// Parses the result of a held call.
///
/// # Errors
/// The first place that departs from its shape.
pub fn parse_result(bytes: &[u8]) -> Result<ProviderAnswer, Malformed> {
    proxy::parse_answer(RESULT, bytes)
}

#[derive(Deserialize)]
struct WirePending {
    approval_id: ApprovalId,
    approval_group_id: ApprovalId,
    #[serde(rename = "status")]
    _status: OnlyPending,
    expires_at: When,
    #[serde(deserialize_with = "lenient::whole")]
    expires_in: i64,
    #[serde(deserialize_with = "lenient::filled")]
    approval_url: String,
    #[serde(deserialize_with = "some")]
    gates: Vec<WirePendingGate>,
}

#[derive(Deserialize)]
enum OnlyPending {
    #[serde(rename = "pending")]
    Pending,
}

#[derive(Deserialize)]
struct WirePendingGate {
    approval_id: ApprovalId,
    expires_at: When,
    #[serde(deserialize_with = "lenient::whole")]
    expires_in: i64,
    #[serde(deserialize_with = "lenient::filled")]
    approval_url: String,
}

#[derive(Deserialize)]
struct WireApproval {
    approval_id: ApprovalId,
    approval_group_id: ApprovalId,
    status: State,
    #[serde(deserialize_with = "some")]
    gates: Vec<WireGate>,
    expires_at: When,
    #[serde(default)]
    decided_at: Option<When>,
    #[serde(default)]
    decision_reason: Option<String>,
    #[serde(default)]
    executed_at: Option<When>,
    #[serde(default)]
    execution_error: Option<String>,
    #[serde(deserialize_with = "lenient::flag")]
    has_result: bool,
}

#[derive(Deserialize)]
struct WireGate {
    approval_id: ApprovalId,
    status: State,
    expires_at: When,
    #[serde(default)]
    decided_at: Option<When>,
}

struct State(ApprovalState);

impl<'de> Deserialize<'de> for State {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let word = String::deserialize(deserializer)?;
        word.parse().map(Self).ok().ok_or_else(|| D::Error::custom("not a state of an approval"))
    }
}

fn some<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<Vec<T>, D::Error> {
    let items = Vec::deserialize(deserializer)?;
    if items.is_empty() { Err(D::Error::custom("an empty list")) } else { Ok(items) }
}

/// An instant: a text with an offset, one without (taken as UTC), or seconds since 1970.
struct When(Timestamp);

impl<'de> Deserialize<'de> for When {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader;
        impl Visitor<'_> for Reader {
            type Value = When;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("an instant")
            }

            fn visit_i64<E: Error>(self, seconds: i64) -> Result<When, E> {
                Timestamp::from_second(seconds).map(When).map_err(E::custom)
            }

            fn visit_u64<E: Error>(self, seconds: u64) -> Result<When, E> {
                self.visit_i64(i64::try_from(seconds).unwrap_or(i64::MAX))
            }

            fn visit_f64<E: Error>(self, seconds: f64) -> Result<When, E> {
                let since = SignedDuration::try_from_secs_f64(seconds).map_err(E::custom)?;
                Timestamp::from_duration(since).map(When).map_err(E::custom)
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<When, E> {
                let naive =
                    || text.parse::<DateTime>()?.to_zoned(TimeZone::UTC).map(|zoned| zoned.timestamp());
                text.parse::<Timestamp>().or_else(|_| naive()).map(When).map_err(E::custom)
            }
        }
        deserializer.deserialize_any(Reader)
    }
}
