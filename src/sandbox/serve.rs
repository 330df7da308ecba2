//! The HTTP front: carries requests into the world and replies out of it, and nothing else.

use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::extract::connect_info::{ConnectInfo, Connected};
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::Response;
use axum::serve::IncomingStream;
use bytes::Bytes;
use futures_util::StreamExt as _;
use jiff::Timestamp;
use secrecy::SecretString;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use super::connection::{Listener, Scissors};
use super::faults::Spell;
use super::journal::Entry;
use super::keys::Credentials;
use super::message::{Ending, Reply, Request};
use super::options::Options;
use super::world::World;

/// The largest body taken, in bytes; a longer one is refused with 413.
const BODY_LIMIT: usize = 64 * 1024 * 1024;

/// Where the front reads the time.
pub type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// A sandbox that answers. Dropping it stops it.
#[derive(Debug)]
pub struct Running {
    base_url: String,
    credentials: Credentials,
    world: Arc<Mutex<World>>,
    stop: CancellationToken,
    task: tokio::task::JoinHandle<()>,
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

    /// Replace the weather.
    pub fn set_faults(&self, spells: impl IntoIterator<Item = Spell>) {
        self.world().set_faults(spells);
    }

    /// Add to the weather.
    pub fn add_fault(&self, spell: Spell) {
        self.world().add_fault(spell);
    }

    /// The latest requests, oldest first.
    pub fn journal(&self) -> Vec<Entry> {
        self.world().journal()
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
    let front = Front { world: Arc::clone(&world), clock, stop: stop.clone() };
    let router = Router::new().fallback(answer).with_state(front);
    let service = router.into_make_service_with_connect_info::<Wire>();
    let stopped = stop.clone();
    let task = tokio::spawn(async move {
        let server = axum::serve(Listener::new(listener), service);
        // `axum::serve` never returns an error; what it cannot accept it tries again.
        let _ended = server.with_graceful_shutdown(async move { stopped.cancelled().await }).await;
    });
    Ok(Running { base_url, credentials, world, stop, task })
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
        return response(&Reply::refusal(
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
    let reply = lock(&front.world).handle(&request, (front.clock)());
    if !reply.delay.is_zero() {
        tokio::select! {
            () = tokio::time::sleep(reply.delay) => {}
            () = front.stop.cancelled() => {}
        }
    }
    match reply.ending {
        Ending::Whole => response(&reply),
        Ending::Hang => {
            front.stop.cancelled().await;
            scissors.cut();
            response(&reply)
        }
        Ending::Refuse => {
            scissors.cut();
            response(&reply)
        }
        Ending::Cut => {
            let half = reply.body.slice(..reply.body.len() / 2);
            let begun = futures_util::stream::iter([Ok(half)]);
            let torn = futures_util::stream::once(async {
                // A pause lets the first half leave; an error at once would take it along.
                tokio::task::yield_now().await;
                Err::<Bytes, _>(io::Error::from(io::ErrorKind::ConnectionReset))
            });
            let mut response = response(&reply);
            response.headers_mut().insert(header::CONTENT_LENGTH, HeaderValue::from(reply.body.len()));
            *response.body_mut() = Body::from_stream(begun.chain(torn));
            response
        }
    }
}

fn response(reply: &Reply) -> Response {
    let mut response = Response::new(Body::from(reply.body.clone()));
    *response.status_mut() = StatusCode::from_u16(reply.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    for (name, value) in &reply.headers {
        let name = HeaderName::from_bytes(name.as_bytes());
        if let (Ok(name), Ok(value)) = (name, HeaderValue::from_str(value)) {
            response.headers_mut().append(name, value);
        }
    }
    response
}
