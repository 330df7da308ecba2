//! The HTTP front: carries requests into the world and replies out of it, and nothing else.

use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::Router;
use axum::extract::State;
use axum::extract::connect_info::{ConnectInfo, Connected};
use axum::response::Response;
use axum::serve::IncomingStream;
use jiff::Timestamp;
use secrecy::SecretString;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::call::{AuditRow, Decision, Held};
use super::connection::{Listener, Scissors};
use super::delivery;
use super::faults::FaultSpec;
use super::journal::JournalEntry;
use super::keys::Credentials;
use super::message::{Reply, Request};
use super::options::Options;
use super::provider::ProviderCall;
use super::world::World;

/// The largest body taken, in bytes; a longer one is refused with 413.
const BODY_LIMIT: usize = 64 * 1024 * 1024;

/// Where the front reads the time.
pub type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// A sandbox that answers. Dropping it stops it.
pub struct Running {
    base_url: String,
    credentials: Credentials,
    world: Arc<Mutex<World>>,
    clock: Clock,
    stop: CancellationToken,
    task: tokio::task::JoinHandle<()>,
}

impl fmt::Debug for Running {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Running").field("base_url", &self.base_url).finish_non_exhaustive()
    }
}

impl Running {
    /// `http://127.0.0.1:PORT`, to be used as `ALTER_BASE_URL`.
    pub fn base_url(&self) -> &str {
        &self.base_url
    }

    /// Every key and token.
    pub fn credentials(&self) -> &Credentials {
        &self.credentials
    }

    /// The application key that works.
    pub fn app_key(&self) -> &SecretString {
        &self.credentials.app_key
    }

    /// Look at the world or change it. The front waits meanwhile, so be brief and do not await.
    pub fn world(&self) -> MutexGuard<'_, World> {
        lock(&self.world)
    }

    /// Replace the faults.
    pub fn set_faults(&self, specs: impl IntoIterator<Item = FaultSpec>) {
        self.world().set_faults(specs);
    }

    /// Add faults.
    pub fn add_fault(&self, spec: FaultSpec) {
        self.world().add_fault(spec);
    }

    /// The latest requests, oldest first.
    pub fn journal(&self) -> Vec<JournalEntry> {
        self.world().journal()
    }

    /// Where a provider's URL is answered: `https://api.github.com/user` is `{base}/provider/https/api.github.com/user`.
    /// `None` for what is no http or https URL.
    pub fn provider_url(&self, url: &str) -> Option<String> {
        let (scheme, rest) = url.split_once("://")?;
        let known = matches!(scheme, "http" | "https");
        known.then(|| format!("{}/provider/{scheme}/{rest}", self.base_url))
    }

    /// The audit log, oldest first.
    pub fn audit(&self) -> Vec<AuditRow> {
        self.world().audit()
    }

    /// The calls that reached simulated providers, oldest first.
    pub fn provider_calls(&self) -> Vec<ProviderCall> {
        self.world().provider_calls()
    }

    /// The calls that were held, oldest first.
    pub fn held(&self) -> Vec<Held> {
        let now = (self.clock)();
        self.world().held(now)
    }

    /// Decide as a person would: about one gate by its id, about all that are open by the group's. False where there
    /// is nothing to decide any more.
    pub fn decide(&self, id: Uuid, decision: Decision, reason: Option<&str>) -> bool {
        let now = (self.clock)();
        self.world().decide(id, decision, reason, now)
    }

    /// Wait until it stops by itself, which it does only when its listener fails.
    pub async fn wait(mut self) {
        // The task ends by being stopped or by failing to accept; both mean that it is over.
        let _over = (&mut self.task).await;
    }

    /// Stop answering; requests that hang are let go.
    pub async fn shutdown(self) {
        self.stop.cancel();
        self.wait().await;
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

fn lock(world: &Mutex<World>) -> MutexGuard<'_, World> {
    // A world that panicked in the middle of a request is still the one to show in a test's failure.
    world.lock().unwrap_or_else(PoisonError::into_inner)
}

#[derive(Clone)]
struct Front {
    world: Arc<Mutex<World>>,
    clock: Clock,
    stop: CancellationToken,
}

impl Front {
    /// Hold an answer until the world has news for it, or its time is over. Nothing is asked in between: a decision
    /// wakes it, and what happens by the clock is known in advance.
    async fn wait_for_news(&self, reply: &mut Reply) {
        let Some(at_most) = reply.hold.as_ref().map(|hold| hold.at_most) else { return };
        let mut news = lock(&self.world).news();
        let end = tokio::time::sleep(at_most);
        tokio::pin!(end);
        loop {
            let now = (self.clock)();
            let next = match lock(&self.world).look_again(reply, now) {
                Ok(()) => return,
                Err(next) => next.unwrap_or(at_most),
            };
            tokio::select! {
                () = &mut end => {
                    let now = (self.clock)();
                    // The last look: whatever it says is the answer.
                    let _still_held = lock(&self.world).look_again(reply, now);
                    return;
                }
                () = tokio::time::sleep(next) => {}
                _ = news.changed() => {}
                () = self.stop.cancelled() => return,
            }
        }
    }
}

#[derive(Clone)]
struct Wire(Scissors);

impl Connected<IncomingStream<'_, Listener>> for Wire {
    fn connect_info(stream: IncomingStream<'_, Listener>) -> Self {
        Self(stream.io().scissors())
    }
}

/// Serve a world on a loopback address (port 0: a free one), in the runtime of the caller.
///
/// # Errors
/// [`io::ErrorKind::InvalidInput`] for an address that is not loopback, for keys travel in clear; else what binding
/// says.
pub async fn serve(world: World, address: SocketAddr, clock: Clock) -> io::Result<Running> {
    if !address.ip().is_loopback() {
        let reason = "the sandbox speaks plain HTTP and listens on a loopback address only";
        return Err(io::Error::new(io::ErrorKind::InvalidInput, reason));
    }
    let listener = TcpListener::bind(address).await?;
    let base_url = format!("http://{}", listener.local_addr()?);
    let credentials = world.credentials().clone();
    let world = Arc::new(Mutex::new(world));
    let stop = CancellationToken::new();
    let front = Front { world: Arc::clone(&world), clock: Arc::clone(&clock), stop: stop.clone() };
    let router = Router::new().fallback(answer).with_state(front);
    let service = router.into_make_service_with_connect_info::<Wire>();
    let stopped = stop.clone();
    let task = tokio::spawn(async move {
        let server = axum::serve(Listener::new(listener), service);
        // `axum::serve` never returns an error; what it cannot accept it tries again.
        let _ended = server.with_graceful_shutdown(async move { stopped.cancelled().await }).await;
    });
    Ok(Running { base_url, credentials, world, clock, stop, task })
}

/// Grow a world at the clock's instant and serve it: what demo and `sandbox` start with.
///
/// # Errors
/// As [`serve`].
pub async fn start(options: &Options, address: SocketAddr, clock: Clock) -> io::Result<Running> {
    let world = World::grow(options, clock());
    serve(world, address, clock).await
}

async fn answer(
    State(front): State<Front>,
    ConnectInfo(Wire(scissors)): ConnectInfo<Wire>,
    request: axum::extract::Request,
) -> Response {
    let (head, body) = request.into_parts();
    let Ok(body) = axum::body::to_bytes(body, BODY_LIMIT).await else {
        return delivery::response(&Reply::refusal(
            413,
            "payload_too_large",
            "The body is too large or did not arrive.",
        ));
    };
    let target = head.uri.path_and_query().map_or_else(|| "/".to_owned(), ToString::to_string);
    let headers = head.headers.iter().map(|(name, value)| {
        (name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned())
    });
    let request =
        Request { method: head.method.as_str().to_owned(), target, headers: headers.collect(), body };
    let mut reply = lock(&front.world).handle(&request, (front.clock)());
    if reply.hold.is_some() {
        front.wait_for_news(&mut reply).await;
    }
    if !reply.delay.is_zero() {
        tokio::select! {
            () = tokio::time::sleep(reply.delay) => {}
            () = front.stop.cancelled() => {}
        }
    }
    delivery::deliver(&reply, &scissors, &front.stop).await
}
