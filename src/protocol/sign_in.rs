//! An end user signs in (docs/protocol/connect.md section 4).

use std::time::Duration;

use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::lenient;
use super::malformed::{self, Malformed};
use super::user_token::UserToken;
use crate::domain::connect::{SessionFailure, SessionLink, SessionToken};

/// Method and path of the session.
pub const SESSION: &str = "POST /sdk/auth/session";
/// Method and path of its poll.
pub const POLL: &str = "POST /sdk/auth/poll";
/// Method and path that check a token.
pub const VERIFY: &str = "POST /sdk/auth/verify-token";

/// The longest time that the backend is asked to hold a poll.
pub const LONGEST_WAIT: Duration = Duration::from_secs(25);
/// What a held poll takes beyond its wait.
const MARGIN: Duration = Duration::from_secs(15);

/// A sign-in that was begun.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignInSession {
    /// What it is polled with.
    pub session_token: SessionToken,
    /// What the user opens.
    pub auth_url: SessionLink,
    /// How long it lives, in seconds.
    pub expires_in: u64,
    /// When it ends, as received.
    pub expires_at: String,
}

/// How a sign-in stands.
#[derive(Clone, Debug)]
pub enum SignInState {
    /// Nobody has finished it.
    Pending,
    /// Somebody signed in.
    Completed {
        /// Their token.
        token: UserToken,
        /// What the identity provider says of them. Untrusted.
        about: Map<String, Value>,
    },
    /// It ended without anybody signed in.
    Failed(SessionFailure),
    /// Its time is over.
    Expired,
    /// A state that this version does not know.
    Other(String),
}

#[derive(Serialize)]
struct PollBody<'a> {
    session_token: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    wait_ms: Option<u64>,
}

/// How long a poll is held when so much time is left; whole seconds.
pub fn wait(left: Duration) -> Duration {
    Duration::from_secs(left.min(LONGEST_WAIT).as_secs())
}

/// How long to wait for the answer to a poll that is held so long.
pub fn patience(wait: Duration) -> Duration {
    wait + MARGIN
}

/// The body of a poll that is held for `wait`.
pub fn poll_body(token: &SessionToken, wait: Duration) -> Vec<u8> {
    let wait_ms = u64::try_from(wait.as_millis()).ok().filter(|wait| *wait > 0);
    // A text and a number always serialise.
    serde_json::to_vec(&PollBody { session_token: token.reveal(), wait_ms }).unwrap_or_default()
}

/// Reads a session.
///
/// # Errors
/// The first place that departs from its shape.
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

/// Reads how a sign-in stands.
///
/// # Errors
/// The first place that departs from its shape; never with the token.
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

/// Reads whose token it is; None where the answer does not say.
///
/// # Errors
/// No JSON object.
pub fn parse_subject(bytes: &[u8]) -> Result<Option<String>, Malformed> {
    let answer: Map<String, Value> = malformed::read(VERIFY, bytes)?;
    Ok(answer.get("sub").and_then(Value::as_str).filter(|sub| !sub.is_empty()).map(str::to_owned))
}
