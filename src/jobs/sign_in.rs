//! An end user signs in (docs/protocol/connect.md section 4).

use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::connect::{ended, timed_out};
use crate::api::{ApiError, Client};
use crate::domain::connect::{Pace, SessionLink, SessionToken};
use crate::domain::{Diagnosis, Who};
use crate::protocol::UserToken;
use crate::protocol::sign_in::{SignInState, wait};

/// Somebody signed in.
#[derive(Clone, Debug)]
pub struct SignedIn {
    /// Their token. It lives in this process and nowhere else.
    pub token: UserToken,
    /// How the identity provider calls them: an e-mail or a subject. Untrusted.
    pub name: Option<String>,
}

/// A sign-in that was begun. Its link is a capability.
pub struct Begun {
    /// What the user opens.
    pub link: SessionLink,
    /// How long it is waited for.
    pub pace: Pace,
    token: SessionToken,
}

/// Begins a sign-in; `wanted` bounds the waiting.
///
/// # Errors
/// The backend refused, such as an agent's key.
pub async fn begin(client: &Client, wanted: Option<Duration>) -> Result<Begun, Diagnosis> {
    let session = client.begin_sign_in().await.map_err(|error| error.diagnose())?;
    let pace = Pace::of(session.expires_in, wanted);
    Ok(Begun { link: session.auth_url, pace, token: session.session_token })
}

impl Begun {
    /// Waits until somebody signed in. Dropping the future stops the waiting.
    ///
    /// # Errors
    /// Nobody signed in, and why.
    pub async fn wait(self, client: &Client) -> Result<SignedIn, Diagnosis> {
        wait_for_user(client, &self.token, self.pace).await
    }
}

/// Polls a sign-in. As in the official SDK, whatever may pass is asked again until the time is over.
///
/// # Errors
/// Nobody signed in, and why.
pub async fn wait_for_user(client: &Client, token: &SessionToken, pace: Pace) -> Result<SignedIn, Diagnosis> {
    let start = Instant::now();
    loop {
        let began = start.elapsed();
        match client.poll_sign_in(token, wait(pace.left(began))).await {
            Ok(SignInState::Completed { token, about }) => {
                let own = |name: &str| about.get(name).and_then(serde_json::Value::as_str);
                let name = ["email", "name", "sub"].into_iter().find_map(own).map(str::to_owned);
                return Ok(SignedIn { token, name });
            }
            Ok(SignInState::Failed(failure)) => return Err(failure.diagnose()),
            Ok(SignInState::Expired) => return Err(timed_out("session_expired", &[])),
            Ok(SignInState::Other(status)) => return Err(ended(&status)),
            Err(error) if is_final(&error) => return Err(error.diagnose()),
            Ok(SignInState::Pending) | Err(_) => {}
        }
        let Some(pause) = pace.pause(began, start.elapsed(), None) else {
            return Err(timed_out("poll_deadline_elapsed", &[]));
        };
        sleep(pause).await;
    }
}

/// Whether asking again cannot help.
fn is_final(error: &ApiError) -> bool {
    match error {
        ApiError::Alter(refusal) => matches!(refusal.status, 400 | 401 | 403 | 404 | 422),
        // A broken way may be mended meanwhile; what was refused here was never sent.
        ApiError::Transport(error) => error.diagnose().who == Who::You,
        _ => true,
    }
}
