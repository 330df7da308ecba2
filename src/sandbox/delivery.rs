//! How replies arrive: as HTTP wants it, or as faults make them.

use std::io;
use std::time::Duration;

use axum::body::Body;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::Response;
use bytes::Bytes;
use futures_util::stream::{self, Stream, StreamExt as _};
use tokio_util::sync::CancellationToken;

use super::connection::Scissors;
use super::message::{Ending, Reply};
use super::provider::{Encoded, Flood};

/// Where a wrapped body is put.
const WRAPPING: &str = "\"body_b64\":\"";
/// How often a slow body goes on.
const BEAT: Duration = Duration::from_millis(50);

/// Turns a reply into what the connection carries. What hangs is let go by `stop`.
pub(super) async fn deliver(reply: &Reply, scissors: &Scissors, stop: &CancellationToken) -> Response {
    let body = reply.body.clone();
    let length = body.len() as u64;
    match reply.ending {
        Ending::Whole => response(reply),
        Ending::Flood(size) => streamed(reply, size, stream::iter(Flood::new(size).map(Ok))),
        Ending::Wrapped(size) => {
            let at = memchr::memmem::find(&body, WRAPPING.as_bytes()).map_or(0, |at| at + WRAPPING.len());
            let (head, tail) = (body.slice(..at), body.slice(at..));
            let pieces = [head].into_iter().chain(Encoded::new(size)).chain([tail]);
            streamed(reply, length + Encoded::length(size), stream::iter(pieces.map(Ok)))
        }
        Ending::Hang => {
            stop.cancelled().await;
            scissors.cut();
            response(reply)
        }
        Ending::Refuse => {
            scissors.cut();
            response(reply)
        }
        Ending::Cut => {
            let torn = stream::once(async {
                // A pause lets the first half leave; an error at once would take it along.
                tokio::task::yield_now().await;
                Err(broken())
            });
            streamed(reply, length, stream::iter([Ok(half(&body))]).chain(torn))
        }
        Ending::Stall => {
            let stop = stop.clone();
            let silence = stream::once(async move {
                stop.cancelled().await;
                Err(broken())
            });
            streamed(reply, length, stream::iter([Ok(half(&body))]).chain(silence))
        }
        Ending::Slow(rate) => {
            let beats = 1000 / BEAT.as_millis() as u64;
            let portion = usize::try_from(rate.div_ceil(beats)).unwrap_or(usize::MAX);
            let drops = stream::unfold(body, move |mut left| async move {
                if left.is_empty() {
                    return None;
                }
                tokio::time::sleep(BEAT).await;
                let drop = left.split_to(portion.min(left.len()));
                Some((Ok(drop), left))
            });
            streamed(reply, length, drops)
        }
        Ending::LengthOff(off) => {
            // As above: an end that comes at once would take the body along.
            let end = stream::once(tokio::task::yield_now()).filter_map(async |()| None);
            streamed(reply, length.saturating_add_signed(off), stream::iter([Ok(body)]).chain(end))
        }
    }
}

fn half(body: &Bytes) -> Bytes {
    body.slice(..body.len() / 2)
}

fn broken() -> io::Error {
    io::ErrorKind::ConnectionReset.into()
}

/// A reply whose body comes from elsewhere, with a length that is announced whatever comes.
fn streamed(
    reply: &Reply,
    length: u64,
    pieces: impl Stream<Item = io::Result<Bytes>> + Send + 'static,
) -> Response {
    let mut response = response(reply);
    response.headers_mut().insert(header::CONTENT_LENGTH, HeaderValue::from(length));
    *response.body_mut() = Body::from_stream(pieces);
    response
}

/// A reply as HTTP wants it.
pub(super) fn response(reply: &Reply) -> Response {
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
