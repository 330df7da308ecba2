//! What every job needs, built once per session.

use std::fmt;
use std::sync::Arc;

use jiff::Timestamp;

use super::Recorder;
use crate::api::settings::Clock;
use crate::api::{Client, Settings};
use crate::domain::log::Log;
use crate::domain::{Attribution, Code, Diagnosis, Retry, Who, WritePolicy};
use crate::protocol::identity::IdentityError;
use crate::protocol::key::KeyError;
use crate::protocol::{ApiKey, BaseUrl, Caller, CallerType, UserToken, base_url};
use crate::store::Credentials;

/// A client and its surroundings. Cheap to clone.
#[derive(Clone)]
pub struct Context {
    /// The client.
    pub client: Client,
    /// The wall clock.
    pub now: Clock,
    /// In a demo, the base URL of the simulator that replaces every provider.
    pub simulator: Option<String>,
    /// What the profile allows.
    pub write_policy: WritePolicy,
    /// The default attribution of calls.
    pub attribution: Attribution,
    /// Records calls; `None` if there is nowhere to store them.
    pub recorder: Option<Recorder>,
}

impl Context {
    /// Checks credentials offline and builds the client. For any backend but one on this machine this loads the
    /// platform's certificates, so it must not be called before the first frame.
    ///
    /// # Errors
    /// If a key, base URL or user token is malformed: with its source, never with its text.
    pub fn open(
        credentials: Credentials,
        now: impl Fn() -> Timestamp + Send + Sync + 'static,
    ) -> Result<Self, Diagnosis> {
        Self::open_with(credentials, now, Log::default())
    }

    /// Like [`Self::open`], with a log of requests and answers.
    ///
    /// # Errors
    /// As for [`Self::open`].
    pub fn open_with(
        credentials: Credentials,
        now: impl Fn() -> Timestamp + Send + Sync + 'static,
        log: Log,
    ) -> Result<Self, Diagnosis> {
        let base_url = match &credentials.base_url {
            None => BaseUrl::default(),
            Some(text) => BaseUrl::parse(text)
                .map_err(|error| refused(Code::BaseUrlMalformed, &credentials.base_url_from, &error))?,
        };
        let key = ApiKey::new(credentials.key).map_err(|error| {
            let code = match error {
                KeyError::Checksum => Code::KeyChecksum,
                _ => Code::KeyMalformed,
            };
            refused(code, &credentials.key_from, &error)
        })?;
        let user_token = credentials.user_token.map(UserToken::new).transpose();
        let user_token = user_token
            .map_err(|error| refused(Code::UserTokenMalformed, &credentials.user_token_from, &error))?;
        let caller = credentials.caller.as_deref().map(Caller::new).transpose();
        let caller = caller.map_err(IdentityError::diagnose)?.map(|caller| (caller, CallerType::Service));
        let now: Clock = Arc::new(now);
        let clock = Arc::clone(&now);
        let settings = Settings { user_token, caller, log, ..Settings::new(base_url, key, move || clock()) };
        let client = Client::new(settings).map_err(|error| error.diagnose())?;
        Ok(Self {
            client,
            now,
            simulator: None,
            write_policy: WritePolicy::default(),
            attribution: Attribution::default(),
            recorder: None,
        })
    }

    /// The backend's base URL, which is part of the identity of its grants.
    pub fn backend(&self) -> String {
        self.client.settings().base_url.as_str().to_owned()
    }

    /// The log of requests and answers.
    pub fn log(&self) -> &Log {
        &self.client.settings().log
    }

    /// A notice about the key itself, from the answers so far (docs/protocol/transport.md section 8).
    pub fn key_notice(&self) -> Option<Diagnosis> {
        self.client.key_deprecated().then(|| {
            Diagnosis::new(Code::KeyDeprecated, Who::Alter, Retry::No).fact("key", &self.client.masked_key())
        })
    }
}

fn refused(code: Code, variable: &str, error: &dyn fmt::Display) -> Diagnosis {
    let refused = Diagnosis::new(code, Who::You, Retry::AfterRemedy).fact("variable", variable);
    let refused = refused.fact("problem", &error.to_string());
    if code == Code::BaseUrlMalformed { refused.fact("default", base_url::DEFAULT) } else { refused }
}

impl fmt::Debug for Context {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Context").field("client", &self.client).finish_non_exhaustive()
    }
}
