//! Sign-in of an end user (docs/protocol/connect.md section 4).

use std::time::Duration;

use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::lenient;
use super::malformed::{self, Malformed};
use super::user_token::UserToken;
use crate::domain::connect::{SessionFailure, SessionLink, SessionToken};

/// Method and path that open a session.
pub const SESSION: &str = "POST /sdk/auth/session";
/// Method and path that poll a session.
pub const POLL: &str = "POST /sdk/auth/poll";
/// Method and path that verify a token.
pub const VERIFY: &str = "POST /sdk/auth/verify-token";

/// The longest time the backend is asked to hold a poll.
pub const LONGEST_WAIT: Duration = Duration::from_secs(25);
/// Added to the wait of a held poll to get its timeout.
const MARGIN: Duration = Duration::from_secs(15);

/// A sign-in session that the backend has opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignInSession {
    /// Token for polling the session.
    pub session_token: SessionToken,
    /// URL for the user to open.
    pub auth_url: SessionLink,
    /// Lifetime in seconds.
    pub expires_in: u64,
    /// Expiry time, as received.
    pub expires_at: String,
}

/// State of a sign-in.
#[derive(Clone, Debug)]
pub enum SignInState {
    /// Not finished yet.
    Pending,
    /// The user signed in.
    Completed {
        /// The user's token.
        token: UserToken,
        /// Claims of the identity provider about the user. Untrusted.
        about: Map<String, Value>,
    },
    /// It ended without a sign-in.
    Failed(SessionFailure),
    /// The session has expired.
    Expired,
    /// A state unknown to this version.
    Other(String),
}

#[derive(Serialize)]
struct PollBody<'a> {
    session_token: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    wait_ms: Option<u64>,
}

/// Returns how long to hold a poll, given the time left; whole seconds.
pub fn wait(left: Duration) -> Duration {
    Duration::from_secs(left.min(LONGEST_WAIT).as_secs())
}

/// Returns the timeout of a poll that is held for `wait`.
pub fn patience(wait: Duration) -> Duration {
    wait + MARGIN
}

/// Builds the request body of a poll that is held for `wait`.
pub fn poll_body(token: &SessionToken, wait: Duration) -> Vec<u8> {
    let wait_ms = u64::try_from(wait.as_millis()).ok().filter(|wait| *wait > 0);
    // A string and a number always serialise.
    serde_json::to_vec(&PollBody { session_token: token.reveal(), wait_ms }).unwrap_or_default()
}

/// Parses the response that opens a session.
///
/// # Errors
/// Fails at the first place that does not have the expected shape.
pub fn parse_session(bytes: &[u8]) -> Result<SignInSession, Malformed> {
    #[derive(Deserialize)]
    struct Answer {
        #[serde(deserialize_with = "lenient::filled")]
        session_token: String,
        #[serde(deserialize_with = "lenient::filled")]
        auth_url: String,
        expires_in: u64,
        #[serde(deserialize_with = "lenient::filled")]
        expires_at: String,
    }
    let answer: Answer = malformed::read(SESSION, bytes).map_err(Malformed::unquoted)?;
    Ok(SignInSession {
        session_token: SessionToken::new(answer.session_token),
        auth_url: SessionLink::new(answer.auth_url),
        expires_in: answer.expires_in,
        expires_at: answer.expires_at,
    })
}

/// Parses the response to a poll.
///
/// # Errors
/// Fails at the first place that does not have the expected shape; the error never contains the token.
pub fn parse_poll(bytes: &[u8]) -> Result<SignInState, Malformed> {
    let mut answer: Map<String, Value> = malformed::read(POLL, bytes)?;
    let wrong = |field: &str| Malformed {
        endpoint: POLL,
        position: field.to_owned(),
        problem: "expected a text".to_owned(),
    };
    let Some(Value::String(status)) = answer.remove("status") else { return Err(wrong("status")) };
    let own = |answer: &Map<String, Value>, name: &str| {
        answer.get(name).and_then(Value::as_str).unwrap_or_default().to_owned()
    };
    Ok(match status.as_str() {
        "pending" => SignInState::Pending,
        "completed" => {
            let Some(Value::String(token)) = answer.remove("user_token") else {
                return Err(wrong("user_token"));
            };
            let token = UserToken::new(SecretString::from(token))
                .map_err(|error| Malformed { problem: error.to_string(), ..wrong("user_token") })?;
            let about = match answer.remove("user_info") {
                Some(Value::Object(about)) => about,
                _ => Map::new(),
            };
            SignInState::Completed { token, about }
        }
        "error" => {
            let wait = answer.get("retry_after_seconds").and_then(Value::as_u64).map(Duration::from_secs);
            let (code, message) = (own(&answer, "error_code"), own(&answer, "error_message"));
            SignInState::Failed(SessionFailure::new(&code, &message, wait))
        }
        "expired" => SignInState::Expired,
        other => SignInState::Other(other.to_owned()),
    })
}

/// Parses the subject of a verified token; None if the response has none.
///
/// # Errors
/// Fails if the response is not a JSON object.
pub fn parse_subject(bytes: &[u8]) -> Result<Option<String>, Malformed> {
    let answer: Map<String, Value> = malformed::read(VERIFY, bytes)?;
    Ok(answer.get("sub").and_then(Value::as_str).filter(|sub| !sub.is_empty()).map(str::to_owned))
}
