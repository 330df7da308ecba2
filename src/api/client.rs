//! Sending: sign, send, read within bounds, classify.

use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use jiff::Timestamp;
use reqwest::header::{HeaderMap, HeaderValue};
use reqwest::{Method, redirect};
use serde::Serialize;

use super::arrival::{self, Ended, Patience, Sink, Watch, Whole, unwatched};
use super::error::{Stage, TransportError};
use super::{ApiError, Settings};
use crate::domain::log::{Entry, Host};
use crate::domain::{Budget, Reading};
use crate::protocol::error::{Refusal, Surface};
use crate::protocol::identity::{Context, Identification, is_actor_id};
use crate::protocol::sign::{Request, Signer};
use crate::protocol::{AlterError, rate};

/// What this program calls itself.
pub const USER_AGENT: &str = concat!("grantdeck/", env!("CARGO_PKG_VERSION"));

/// Most answers are small; families with larger ones say so.
const MAX_BYTES: usize = 16 << 20;

/// A client of one backend under one key. Cheap to clone; clones share connections, actor id and budget.
#[derive(Clone, Debug)]
pub struct Client(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    http: reqwest::Client,
    /// Keeps no connection; made when it is first needed.
    alone: OnceLock<reqwest::Client>,
    settings: Settings,
    signer: Signer,
    reading: Mutex<Option<Reading>>,
    actor_id: OnceLock<Box<str>>,
    key_deprecated: AtomicBool,
}

/// One request to be sent.
pub(crate) struct Call {
    endpoint: &'static str,
    method: Method,
    target: String,
    body: Option<Bytes>,
    surface: Surface,
    max_bytes: usize,
    context: Option<Context>,
    patience: Option<Duration>,
    accepts: fn(u16) -> bool,
    alone: bool,
}

/// Neither the target's query, which may name accounts, nor the body, which may hold a user token.
impl fmt::Debug for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Call").field("endpoint", &self.endpoint).finish_non_exhaustive()
    }
}

impl Call {
    /// A request without a body. `target` is path and query.
    pub(crate) fn get(endpoint: &'static str, target: String) -> Self {
        Self {
            endpoint,
            method: Method::GET,
            target,
            body: None,
            surface: Surface::Main,
            max_bytes: MAX_BYTES,
            context: None,
            patience: None,
            accepts: |status| (200..300).contains(&status),
            alone: false,
        }
    }

    /// A request with a JSON body.
    pub(crate) fn post(endpoint: &'static str, target: &str, body: &impl Serialize) -> Self {
        // Bodies are plain structs of texts and numbers: they always serialise.
        let body = serde_json::to_vec(body).unwrap_or_default();
        Self::post_bytes(endpoint, target, body.into())
    }

    /// A request with a JSON body that is written already.
    pub(crate) fn post_bytes(endpoint: &'static str, target: &str, body: Bytes) -> Self {
        Self { method: Method::POST, body: Some(body), ..Self::get(endpoint, target.to_owned()) }
    }

    /// Which table of errors its refusals belong to.
    pub(crate) fn on(self, surface: Surface) -> Self {
        Self { surface, ..self }
    }

    /// The largest answer that is read.
    pub(crate) fn at_most(self, max_bytes: usize) -> Self {
        Self { max_bytes, ..self }
    }

    /// Attribution that is sent along.
    pub(crate) fn told(self, context: Option<Context>) -> Self {
        Self { context, ..self }
    }

    /// How long the backend may stay silent, instead of the settings' timeout.
    pub(crate) fn within(self, patience: Duration) -> Self {
        Self { patience: Some(patience), ..self }
    }

    /// Which statuses are successes, instead of all from 200 to 299.
    pub(crate) fn accepting(self, accepts: fn(u16) -> bool) -> Self {
        Self { accepts, ..self }
    }

    /// On a connection of its own, which ends with it. A connection that is kept holds what it read last in its
    /// buffers, and a credential must not stay there.
    pub(crate) fn alone(self) -> Self {
        Self { alone: true, ..self }
    }
}

impl Client {
    /// Builds a client. For a backend on this machine it takes well under a millisecond; for any other it
    /// loads the platform's certificates, so never call it on the path to the first frame.
    ///
    /// # Errors
    /// [`Stage::Building`] where no TLS can be set up.
    pub fn new(settings: Settings) -> Result<Self, ApiError> {
        // Installing fails when another client was built before: the same provider is then already there.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let http = connections(&settings, 20)?;
        let signer = Signer::new(&settings.key);
        Ok(Self(Arc::new(Shared {
            http,
            alone: OnceLock::new(),
            settings,
            signer,
            reading: Mutex::new(None),
            actor_id: OnceLock::new(),
            key_deprecated: AtomicBool::new(false),
        })))
    }

    /// The rate budget as the last answer that named one told it; None = unknown.
    pub fn budget(&self) -> Option<Budget> {
        self.reading().map(|reading| reading.budget)
    }

    /// The same, with the clocks of both sides at that moment.
    pub fn reading(&self) -> Option<Reading> {
        *self.0.reading.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How long work in the background has to wait so that a quarter of the budget stays the user's; zero where
    /// the budget is unknown.
    pub(crate) fn background_pause(&self) -> Duration {
        let spent = self.reading().filter(|reading| reading.budget.for_background() == 0);
        spent.map_or(Duration::ZERO, |reading| reading.window_left((self.0.settings.now)()))
    }

    /// Whether an answer said that this key still works but should be replaced.
    pub fn key_deprecated(&self) -> bool {
        self.0.key_deprecated.load(Ordering::Relaxed)
    }

    /// The key for people: an ellipsis and four characters.
    pub fn masked_key(&self) -> String {
        self.0.settings.key.masked()
    }

    /// The backend's host.
    pub fn host(&self) -> &str {
        self.0.settings.base_url.host()
    }

    /// Whether list calls are narrowed to one end user.
    pub fn is_narrowed(&self) -> bool {
        self.0.settings.user_token.is_some()
    }

    pub(crate) fn settings(&self) -> &Settings {
        &self.0.settings
    }

    pub(crate) fn user_token(&self) -> Option<&str> {
        self.0.settings.user_token.as_ref().map(crate::protocol::UserToken::expose)
    }

    /// Sends one request, once, and gives the body of a success.
    pub(crate) async fn send(&self, call: Call) -> Result<Vec<u8>, ApiError> {
        self.exchange(call).await.map(|(_, body)| body)
    }

    /// Sends one request, once, and gives status and body of a success.
    pub(crate) async fn exchange(&self, call: Call) -> Result<(u16, Vec<u8>), ApiError> {
        let mut whole = Whole::new(call.max_bytes);
        let (status, _) = self.exchange_into(call, &mut whole, &unwatched).await?;
        Ok((status, whole.into_bytes()))
    }

    /// Sends one request, once; what a success brings goes into the sink. Gives its status, and whether it was read
    /// to its end.
    pub(super) async fn exchange_into(
        &self,
        call: Call,
        sink: &mut (impl Sink + Send),
        watch: Watch<'_>,
    ) -> Result<(u16, Ended), ApiError> {
        let (endpoint, began) = (call.endpoint, tokio::time::Instant::now());
        let exchanged = self.exchanged(call, sink, watch).await;
        self.note(endpoint, began.elapsed(), &exchanged);
        exchanged
    }

    /// Writes what became of a request into the log.
    fn note(&self, endpoint: &'static str, took: Duration, exchanged: &Result<(u16, Ended), ApiError>) {
        let host = Host::new(self.host());
        let status = match exchanged {
            Ok((status, _)) => Ok(*status),
            Err(ApiError::Alter(error)) => Ok(error.status),
            Err(ApiError::Transport(error)) => Err(error.stage.into()),
            Err(_) => Err("unreadable"),
        };
        self.settings().log.write(&match status {
            Ok(status) => Entry::Answered { endpoint, host, status, took },
            Err(why) => Entry::Unanswered { endpoint, host, why, took },
        });
    }

    async fn exchanged(
        &self,
        call: Call,
        sink: &mut (impl Sink + Send),
        watch: Watch<'_>,
    ) -> Result<(u16, Ended), ApiError> {
        let shared = &self.0;
        let settings = &shared.settings;
        let patience = call.patience.unwrap_or(settings.timeout);
        let headers = self.headers(&call)?;
        let http = if call.alone { self.alone()? } else { shared.http.clone() };
        let mut request =
            http.request(call.method.clone(), settings.base_url.join(&call.target)).headers(headers);
        if let Some(body) = call.body.clone() {
            request = request.header("Content-Type", "application/json").body(body);
        }
        // Not left to the library: its errors do not say which of the two limits was reached.
        let bounds = Patience::new(patience);
        let sent = tokio::time::timeout(patience, request.send()).await.map_err(|_elapsed| {
            let late = TransportError::new(Stage::TimedOut, self.host(), "no answer came");
            TransportError { waited: Some(patience), ..late }
        })?;
        let response = sent.map_err(|error| TransportError::read(error, self.host(), patience))?;
        let now = (settings.now)();
        let status = response.status().as_u16();
        let answer_headers = response.headers().clone();
        self.learn(&answer_headers, now);
        if (call.accepts)(status) {
            let too_large = || ApiError::TooLarge { endpoint: call.endpoint, limit: call.max_bytes };
            return match arrival::read(response, self.host(), &bounds, sink, watch).await? {
                Ended::TooLarge => Err(too_large()),
                ended => Ok((status, ended)),
            };
        }
        let mut refusal = Whole::new(MAX_BYTES);
        let read = arrival::read(response, self.host(), &bounds, &mut refusal, &unwatched).await;
        // What a refusal says is only a part of it: a body that breaks off still leaves status and headers.
        let body = if read == Ok(Ended::Whole) { refusal.into_bytes() } else { Vec::new() };
        let header = |name: &str| text(&answer_headers, name);
        Err(ApiError::Alter(Box::new(AlterError::read(&Refusal {
            surface: call.surface,
            status,
            body: &body,
            retry_after: header("retry-after"),
            request_id: header("x-request-id"),
            date: header("date"),
            now,
        }))))
    }

    fn alone(&self) -> Result<reqwest::Client, ApiError> {
        if let Some(http) = self.0.alone.get() {
            return Ok(http.clone());
        }
        let http = connections(&self.0.settings, 0)?;
        Ok(self.0.alone.get_or_init(|| http).clone())
    }

    /// Key, identity and signature.
    fn headers(&self, call: &Call) -> Result<HeaderMap, ApiError> {
        let shared = &self.0;
        let settings = &shared.settings;
        let identification = Identification {
            caller: settings.caller.clone(),
            actor_id: shared.actor_id.get().cloned(),
            context: call.context.clone(),
        };
        let signed = shared.signer.headers(&Request {
            method: call.method.as_str(),
            target: &call.target,
            body: call.body.as_deref().unwrap_or_default(),
            timestamp: (settings.now)().as_second(),
            nonce: (settings.nonce)(),
            identification: &identification,
            attenuation: None,
        });
        let mut headers = HeaderMap::with_capacity(signed.len() + 2);
        let unsendable = |name: &str, error: &dyn fmt::Display| {
            let detail = format!("{name} cannot stand in a header: {error}");
            ApiError::Transport(TransportError::new(Stage::Other, settings.base_url.host(), detail))
        };
        let mut key =
            HeaderValue::from_str(settings.key.expose()).map_err(|error| unsendable("x-api-key", &error))?;
        key.set_sensitive(true);
        headers.insert("x-api-key", key);
        for (name, value) in signed {
            headers.insert(
                reqwest::header::HeaderName::from_bytes(name.as_bytes())
                    .map_err(|error| unsendable(name, &error))?,
                HeaderValue::from_str(&value).map_err(|error| unsendable(name, &error))?,
            );
        }
        Ok(headers)
    }

    /// Keeps what any answer tells: budget, actor id, a key on its way out.
    fn learn(&self, headers: &HeaderMap, now: Timestamp) {
        let shared = &self.0;
        let header = |name: &str| text(headers, name);
        let theirs = header("date").and_then(rate::clock);
        let clock = theirs.unwrap_or(now).as_second().max(0).unsigned_abs();
        if let Some(budget) = rate::read(header, clock) {
            let reading = Reading { budget, theirs, ours: now };
            *shared.reading.lock().unwrap_or_else(PoisonError::into_inner) = Some(reading);
        }
        if let Some(id) = header("x-alter-actor-id").filter(|id| is_actor_id(id)) {
            // The first one counts; later ones are ignored.
            let _ = shared.actor_id.set(id.into());
        }
        if header("x-alter-key-deprecated") == Some("true") {
            shared.key_deprecated.store(true, Ordering::Relaxed);
        }
    }
}

/// What requests are sent with: at most so many connections wait for the next one.
fn connections(settings: &Settings, kept: usize) -> Result<reqwest::Client, ApiError> {
    let mut builder = reqwest::Client::builder()
        .user_agent(USER_AGENT)
        .redirect(redirect::Policy::none())
        .retry(reqwest::retry::never())
        .connect_timeout(settings.timeout)
        .pool_max_idle_per_host(kept)
        .pool_idle_timeout(Duration::from_secs(30))
        .tcp_nodelay(true);
    if settings.base_url.is_loopback() {
        builder = builder.no_proxy();
        if !settings.base_url.is_tls() {
            builder = builder.tls_certs_only([]);
        }
    }
    builder.build().map_err(|error| {
        let mut error = TransportError::read(error, settings.base_url.host(), settings.timeout);
        error.stage = Stage::Building;
        ApiError::Transport(error)
    })
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_prints_neither_its_body_nor_its_query() {
        let body = serde_json::json!({ "user_token": "tok-en" });
        let mut call = Call::post("POST /sdk/grants/list", "/sdk/grants/list?account=ann", &body);
        let printed = format!("{call:?}");
        call.body = None;
        assert_eq!(printed, format!("{call:?}"));
        assert!(printed.contains("POST /sdk/grants/list\"") && !printed.contains("ann"), "{printed}");
    }
}
