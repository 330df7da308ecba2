//! The client: signs a request, sends it, reads the answer within limits, classifies it.

use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use reqwest::header::{HeaderMap, HeaderValue};
use reqwest::redirect;

use super::arrival::{self, Deadline, Ended, Sink, Watch, WholeBody, unwatched};
use super::error::{Stage, TransportError};
use super::http_proxy::HttpProxy;
pub(crate) use super::request::Call;
use super::request::MAX_BYTES;
use super::{ApiError, Settings};
use crate::domain::log::{Host, LogEntry};
use crate::domain::{Budget, Reading, Spending};
use crate::protocol::call::SecretForms;
use crate::protocol::error::Refusal;
use crate::protocol::identity::{Identification, is_actor_id};
use crate::protocol::sign::{Request, Signer};
use crate::protocol::{AlterError, KeyKind, UserToken, rate};

/// The User-Agent header.
pub const USER_AGENT: &str = concat!("grantdeck/", env!("CARGO_PKG_VERSION"));

/// A client of one backend with one key. Cheap to clone; clones share connections, actor id and budget.
#[derive(Clone, Debug)]
pub struct Client {
    shared: Arc<Shared>,
    user: Arc<User>,
}

/// The end user whose grants are meant: the settings' user, a user who signed in, or none.
#[derive(Debug, Default)]
struct User {
    token: Option<UserToken>,
    /// The client's own secrets, prepared for searching answers for them; built on first use.
    secrets: OnceLock<Arc<SecretForms>>,
}

/// A success: its status, how reading its body ended, and the backend's id of the request.
pub(super) struct Answered {
    pub(super) status: u16,
    pub(super) ended: Ended,
    pub(super) request_id: Option<Box<str>>,
}

#[derive(Debug)]
struct Shared {
    http: reqwest::Client,
    /// The HTTP proxy for the requests.
    proxy: Option<HttpProxy>,
    /// A client that keeps no idle connections; built on first use.
    unpooled: OnceLock<reqwest::Client>,
    settings: Settings,
    signer: Signer,
    reading: Mutex<Option<Reading>>,
    actor_id: OnceLock<Box<str>>,
    key_deprecated: AtomicBool,
}

impl Client {
    /// Builds a client. Takes well under a millisecond for a backend on this machine; for any other it loads the
    /// platform's certificates, so it must not be called before the first frame.
    ///
    /// # Errors
    /// [`Stage::Building`] if TLS cannot be set up, [`Stage::ProxySetting`] if the proxy's address cannot be parsed.
    pub fn new(settings: Settings) -> Result<Self, ApiError> {
        // Fails if another client was built before: the same provider is installed then.
        let _ = rustls::crypto::ring::default_provider().install_default();
        // This machine is reached without a proxy.
        let away = !settings.base_url.is_loopback();
        let proxy = if away { HttpProxy::on_the_way_to(settings.base_url.as_str())? } else { None };
        let http = connections(&settings, proxy.as_ref(), 20)?;
        let signer = Signer::new(&settings.key);
        let user = User { token: settings.user_token.clone(), ..User::default() };
        let shared = Shared {
            http,
            proxy,
            unpooled: OnceLock::new(),
            settings,
            signer,
            reading: Mutex::new(None),
            actor_id: OnceLock::new(),
            key_deprecated: AtomicBool::new(false),
        };
        Ok(Self { shared: Arc::new(shared), user: Arc::new(user) })
    }

    /// The same client for an end user who signed in. Shares connections, actor id and budget.
    #[must_use]
    pub fn as_user(&self, token: UserToken) -> Self {
        let user = User { token: Some(token), ..User::default() };
        Self { shared: Arc::clone(&self.shared), user: Arc::new(user) }
    }

    /// The rate budget of the last answer that had one; `None` = unknown.
    pub fn budget(&self) -> Option<Budget> {
        self.reading().map(|reading| reading.budget)
    }

    /// The same, with the clocks of both sides at that moment.
    pub fn reading(&self) -> Option<Reading> {
        *self.shared.reading.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How long background work must wait to leave a quarter of the budget to the user; zero if the budget is unknown.
    pub fn background_pause(&self) -> Duration {
        let now = (self.shared.settings.now)();
        let wait = self.reading().and_then(|reading| reading.wait(Spending::LeavesAQuarter, 1, now));
        wait.map_or(Duration::ZERO, |(pause, _)| pause)
    }

    /// Whether an answer said that this key still works but should be replaced.
    pub fn key_deprecated(&self) -> bool {
        self.shared.key_deprecated.load(Ordering::Relaxed)
    }

    /// The key for display: an ellipsis and its last four characters.
    pub fn masked_key(&self) -> String {
        self.shared.settings.key.masked()
    }

    /// What the key's prefix says.
    pub fn key_kind(&self) -> KeyKind {
        self.shared.settings.key.kind()
    }

    /// The backend's host.
    pub fn host(&self) -> &str {
        self.shared.settings.base_url.host()
    }

    /// The HTTP proxy for requests to the backend.
    pub fn proxy_on_the_way(&self) -> Option<&HttpProxy> {
        self.shared.proxy.as_ref()
    }

    /// Whether list calls are limited to one end user.
    pub fn is_narrowed(&self) -> bool {
        self.user.token.is_some()
    }

    /// What it was made with.
    pub fn settings(&self) -> &Settings {
        &self.shared.settings
    }

    /// The key, whole and without its public prefix, and the user token, in all forms in which an answer may repeat
    /// them.
    pub fn secrets(&self) -> Arc<SecretForms> {
        let key = &self.settings().key;
        let token = self.user_token().map(UserToken::expose);
        let all = || [Some(key.expose()), key.secret_part(), token];
        Arc::clone(self.user.secrets.get_or_init(|| SecretForms::of(all().into_iter().flatten())))
    }

    /// The end user whose grants are asked for, if any.
    pub fn user_token(&self) -> Option<&UserToken> {
        self.user.token.as_ref()
    }

    /// Sends a request, once, and returns the body of a success.
    pub(crate) async fn send(&self, call: Call) -> Result<Vec<u8>, ApiError> {
        self.send_named(call).await.map(|(body, _)| body)
    }

    /// Sends a request, once, and returns the body of a success and the request's id.
    pub(crate) async fn send_named(&self, call: Call) -> Result<(Vec<u8>, Option<Box<str>>), ApiError> {
        let mut whole = WholeBody::new(call.max_bytes);
        let answered = self.exchange_into(call, &mut whole, &unwatched).await?;
        Ok((whole.into_bytes(), answered.request_id))
    }

    /// Sends a request, once, and reads the body of a success into the sink.
    pub(super) async fn exchange_into(
        &self,
        call: Call,
        sink: &mut (impl Sink + Send),
        watch: Watch<'_>,
    ) -> Result<Answered, ApiError> {
        let (endpoint, began) = (call.endpoint, tokio::time::Instant::now());
        let exchanged = self.exchanged(call, sink, watch).await;
        self.log_exchange(endpoint, began.elapsed(), &exchanged);
        exchanged
    }

    /// Logs the result of a request.
    fn log_exchange(&self, endpoint: &'static str, took: Duration, exchanged: &Result<Answered, ApiError>) {
        let host = Host::new(self.host());
        let status = match exchanged {
            Ok(answered) => Ok(answered.status),
            Err(ApiError::Alter(error)) => Ok(error.status),
            Err(ApiError::Transport(error)) => Err(error.stage.into()),
            Err(_) => Err("unreadable"),
        };
        self.settings().log.write(&match status {
            Ok(status) => LogEntry::Answered { endpoint, host, status, took },
            Err(why) => LogEntry::Unanswered { endpoint, host, why, took },
        });
    }

    async fn exchanged(
        &self,
        call: Call,
        sink: &mut (impl Sink + Send),
        watch: Watch<'_>,
    ) -> Result<Answered, ApiError> {
        let shared = &self.shared;
        let settings = &shared.settings;
        let headers = self.headers(&call)?;
        let signature = headers.get("x-alter-signature").cloned();
        let http = if call.unpooled { self.unpooled()? } else { shared.http.clone() };
        let mut request =
            http.request(call.method.clone(), settings.base_url.join(&call.target)).headers(headers);
        if let Some(body) = call.body.clone() {
            request = request.header("Content-Type", "application/json").body(body);
        }
        // Not left to reqwest: its errors do not say which of the two limits was exceeded.
        let patience = call.patience.unwrap_or(settings.timeout);
        let bounds = call.bounds.unwrap_or_else(|| Deadline::new(patience));
        let proxy = shared.proxy.as_ref();
        let sent =
            bounds.run(self.host(), request.send()).await.map_err(|late| late.by_way_of(proxy, false))?;
        let response = sent.map_err(|error| {
            let is_connecting = error.is_connect();
            TransportError::read(error, self.host(), patience).by_way_of(proxy, is_connecting)
        })?;
        let now = (settings.now)();
        let status = response.status().as_u16();
        let answer_headers = response.headers().clone();
        self.learn(&answer_headers, now);
        if (call.accepts)(status) {
            let too_large = || ApiError::TooLarge { endpoint: call.endpoint, limit: call.max_bytes };
            return match arrival::read(response, self.host(), &bounds, sink, watch).await? {
                Ended::TooLarge => Err(too_large()),
                ended => {
                    let request_id = text(&answer_headers, "x-request-id").map(Into::into);
                    Ok(Answered { status, ended, request_id })
                }
            };
        }
        let mut refusal = WholeBody::new(MAX_BYTES);
        let read = arrival::read(response, self.host(), &bounds, &mut refusal, &unwatched).await;
        // The body is only part of a refusal: if it breaks off, status and headers remain.
        let body = if read == Ok(Ended::Whole) { refusal.into_bytes() } else { Vec::new() };
        let header = |name: &str| text(&answer_headers, name);
        let refusal = AlterError::read(&Refusal {
            surface: call.surface,
            status,
            body: &body,
            retry_after: header("retry-after"),
            request_id: header("x-request-id"),
            date: header("date"),
            now,
        });
        let signature = signature.as_ref().and_then(|value| value.to_str().ok());
        let hidden = signature.into_iter().chain(call.hidden.iter().map(|hidden| hidden.as_str()));
        Err(ApiError::Alter(Box::new(self.redacted(refusal, hidden))))
    }

    fn unpooled(&self) -> Result<reqwest::Client, ApiError> {
        if let Some(http) = self.shared.unpooled.get() {
            return Ok(http.clone());
        }
        let http = connections(&self.shared.settings, self.shared.proxy.as_ref(), 0)?;
        Ok(self.shared.unpooled.get_or_init(|| http).clone())
    }

    /// The headers: key, identification and signature.
    fn headers(&self, call: &Call) -> Result<HeaderMap, ApiError> {
        let shared = &self.shared;
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

    /// Learns from the headers of any answer: budget, actor id, deprecation of the key.
    fn learn(&self, headers: &HeaderMap, now: Timestamp) {
        let shared = &self.shared;
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

/// Builds the HTTP client, with at most `kept` idle connections.
fn connections(
    settings: &Settings,
    proxy: Option<&HttpProxy>,
    kept: usize,
) -> Result<reqwest::Client, ApiError> {
    let mut builder = reqwest::Client::builder()
        .user_agent(USER_AGENT)
        .redirect(redirect::Policy::none())
        .retry(reqwest::retry::never())
        .connect_timeout(settings.timeout)
        .pool_max_idle_per_host(kept)
        .pool_idle_timeout(Duration::from_secs(30))
        .tcp_nodelay(true);
    builder = match proxy {
        Some(proxy) => proxy.through(builder, settings.base_url.host())?,
        None => builder.no_proxy(),
    };
    if settings.base_url.is_loopback() && !settings.base_url.is_tls() {
        builder = builder.tls_certs_only([]);
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
