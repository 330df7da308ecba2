//! Waiting for the user of a Connect session (docs/protocol/connect.md section 2).

mod finish;
mod plan;
mod session;

use std::time::Duration;

use tokio::time::{Instant, sleep};

use crate::api::{ApiError, Client};
use crate::domain::connect::{
    ConnectState, Connected, DeclinedProvider, Pace, SessionFailure, SessionFailureKind, SessionToken,
};
use crate::domain::log::LogEntry;
use crate::domain::{Code, Diagnosis, Retry, Who};

pub use finish::finish;
pub use plan::{plan_connection, plan_renewal};
pub use session::{Begun, begin, wait};

/// Polls a session until it is finished, is over, or nobody wants to wait any longer. `declined` hears of each provider
/// that the user declines, once. Dropping the future stops the waiting; the session goes on living.
///
/// # Errors
/// The user declined, the session ended, the time is over, or a poll was refused. As in the official SDK only a rate
/// limit is waited out.
pub async fn wait_for_connection(
    client: &Client,
    token: &SessionToken,
    pace: Pace,
    mut declined: impl FnMut(&DeclinedProvider),
) -> Result<Connected, Diagnosis> {
    let start = Instant::now();
    let mut known: Vec<DeclinedProvider> = Vec::new();
    let mut was_pending = false;
    loop {
        let began = start.elapsed();
        let (reason, asked) = match client.poll_connect(token, client.settings().timeout).await {
            Ok(ConnectState::Completed { grants, failed }) => {
                return Ok(Connected { grants, failed, declined: known });
            }
            Ok(ConnectState::Failed(failure)) => return Err(with_declined(failure.diagnose(), &known)),
            Ok(ConnectState::Expired) if was_pending => return Err(timed_out("session_expired", &known)),
            Ok(ConnectState::Expired) => return Err(ended("expired")),
            Ok(ConnectState::Other(status)) => return Err(ended(&status)),
            Ok(ConnectState::Pending { declined: now }) => {
                was_pending = true;
                for one in now {
                    if known.iter().all(|other| other.provider != one.provider) {
                        declined(&one);
                        known.push(one);
                    }
                }
                ("poll_deadline_elapsed", None)
            }
            Err(error) => ("rate_limited", Some(limited(&error).ok_or_else(|| still_open(&error))?)),
        };
        let Some(pause) = pace.pause(began, start.elapsed(), asked) else {
            return Err(timed_out(reason, &known));
        };
        if asked.is_some() {
            client.settings().log.write(&LogEntry::Again { code: Code::RateLimitExceeded, pause });
        }
        sleep(pause).await;
    }
}

/// How long a rate limit asks to wait; None where it is none.
fn limited(error: &ApiError) -> Option<Duration> {
    let ApiError::Alter(refusal) = error else { return None };
    let is_one = matches!(refusal.code, Code::RateLimitExceeded | Code::ThrottledOnTheWay);
    is_one.then(|| refusal.retry_after.unwrap_or_default())
}

/// A poll that failed says nothing about the session.
fn still_open(error: &ApiError) -> Diagnosis {
    // Its user may still finish it: to begin again could make a second grant.
    let failed = Diagnosis { retry: Retry::Unsafe, ..error.diagnose() };
    failed.fact("session", "goes on without grantdeck: the list shows what comes of it")
}

/// A session that ended in a way without a sentence of the backend.
pub(super) fn ended(status: &str) -> Diagnosis {
    let failure = SessionFailure {
        kind: SessionFailureKind::Other,
        error_code: status.to_owned(),
        message: String::new(),
        retry_after: None,
    };
    failure.diagnose()
}

/// The time is over.
pub(super) fn timed_out(reason: &str, declined: &[DeclinedProvider]) -> Diagnosis {
    let late = Diagnosis::new(Code::SessionTimedOut, Who::You, Retry::AfterRemedy).fact("reason", reason);
    with_declined(late, declined)
}

fn with_declined(diagnosis: Diagnosis, declined: &[DeclinedProvider]) -> Diagnosis {
    if declined.is_empty() {
        return diagnosis;
    }
    let all: Vec<&str> = declined.iter().map(|one| one.provider.as_str()).collect();
    diagnosis.fact("declined", &all.join(", "))
}
