//! Settings of a client.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;

use crate::domain::log::Log;
use crate::protocol::{ApiKey, BaseUrl, Caller, CallerType, UserToken};

/// The wall clock, passed in.
pub type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// A source of 16 random bytes, passed in.
pub type NonceSource = Arc<dyn Fn() -> [u8; 16] + Send + Sync>;

/// The longest pause of the backend (docs/protocol/transport.md section 6).
pub const DEFAULT_TIMEOUT: Duration = Duration::from_secs(30);

/// Settings of a client. Key and base URL must come from the same source.
#[derive(Clone)]
pub struct Settings {
    /// The backend.
    pub base_url: BaseUrl,
    /// The key.
    pub key: ApiKey,
    /// Limits the list to one end user's grants; sent with list calls only.
    pub user_token: Option<UserToken>,
    /// The caller's name in the backend's log.
    pub caller: Option<(Caller, CallerType)>,
    /// Time limit for connecting, and for each pause within an answer.
    pub timeout: Duration,
    /// The log of answers.
    pub log: Log,
    /// The clock for timestamps and budgets.
    pub now: Clock,
    /// Nonces for signatures.
    pub nonce: NonceSource,
}

impl Settings {
    /// Settings with the default timeout, random nonces and neither user token nor caller.
    pub fn new(base_url: BaseUrl, key: ApiKey, now: impl Fn() -> Timestamp + Send + Sync + 'static) -> Self {
        Self {
            base_url,
            key,
            user_token: None,
            caller: None,
            timeout: DEFAULT_TIMEOUT,
            log: Log::default(),
            now: Arc::new(now),
            nonce: Arc::new(random_nonce),
        }
    }
}

/// 16 bytes from the system's random source, six bits of which mark a version 4 UUID.
fn random_nonce() -> [u8; 16] {
    uuid::Uuid::new_v4().into_bytes()
}

impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Settings")
            .field("base_url", &self.base_url)
            .field("key", &self.key)
            .field("user_token", &self.user_token)
            .field("caller", &self.caller)
            .field("timeout", &self.timeout)
            .finish_non_exhaustive()
    }
}
