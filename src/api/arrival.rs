//! Reads answers as they arrive, with limits on memory and time.

use std::time::Duration;

use tokio::time::Instant;

use super::error::{Arrived, Stage, TransportError};
use crate::domain::TimeLimit;

/// The time limit for a whole answer, as a multiple of the limit for a pause within it.
pub(super) const WHOLE_FACTOR: u32 = 4;

/// Progress of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Arrival {
    /// Status and headers have arrived.
    Head,
    /// A piece of the body has arrived.
    Piece {
        /// Bytes so far, decompressed.
        received: u64,
        /// The announced length in bytes; `None` if there is none, or the body is compressed.
        total: Option<u64>,
    },
}

/// Called for each piece, so it must be fast.
pub type Watch<'a> = &'a (dyn Fn(Arrival) + Send + Sync);

/// Ignores progress.
pub(super) fn unwatched(_: Arrival) {}

/// Consumes the body of an answer.
pub(super) trait Sink {
    /// Starts with the status and the announced length. Returns false if that is too large.
    fn begin(&mut self, status: u16, announced: Option<u64>) -> bool;

    /// Consumes the next piece.
    fn feed(&mut self, piece: &[u8]) -> Feed;

    /// Bytes of the body consumed; of the provider's body, if it is wrapped.
    fn arrived(&self) -> u64;
}

/// A sink's response to a piece.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Feed {
    /// Continue.
    More,
    /// Stop: no more is needed.
    Enough,
    /// Stop: the body is too large.
    TooLarge,
}

/// How reading ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ended {
    /// At the end of the answer.
    Whole,
    /// Early: the sink needs no more.
    Enough,
    /// Early: the body is too large.
    TooLarge,
}

/// Time limits for a call, or for one request of it.
#[derive(Clone, Copy, Debug)]
pub struct Deadline {
    /// The longest pause.
    silence: Duration,
    /// The limit for the whole, including time already spent when it began.
    whole: Duration,
    end: Instant,
}

impl Deadline {
    /// Limits pauses to `silence` and the whole to four times that. Starts now.
    pub fn new(silence: Duration) -> Self {
        let whole = silence.saturating_mul(WHOLE_FACTOR);
        Self::begun(silence, whole, whole)
    }

    /// Limits everything to a total, however the time is spent. Starts now.
    pub fn total(limit: impl Into<TimeLimit>) -> Self {
        let TimeLimit { given, left } = limit.into();
        Self::begun(given, given, left)
    }

    fn begun(silence: Duration, whole: Duration, left: Duration) -> Self {
        let end = Instant::now().checked_add(left);
        // An overflowing deadline is as good as a very late one.
        let end = end.unwrap_or_else(|| Instant::now() + Duration::from_hours(24 * 365));
        Self { silence, whole, end }
    }

    /// The time left.
    pub fn left(&self) -> Duration {
        self.end.saturating_duration_since(Instant::now())
    }

    /// Runs `work`, limited by the longest pause and the end.
    pub(super) async fn run<T>(
        &self,
        host: &str,
        work: impl Future<Output = T>,
    ) -> Result<T, TransportError> {
        let until = self.end.min(Instant::now().checked_add(self.silence).unwrap_or(self.end));
        let done = tokio::time::timeout_at(until, work).await;
        done.map_err(|_elapsed| TransportError {
            waited: Some(self.waited()),
            ..TransportError::new(Stage::TimedOut, host, "no answer came")
        })
    }

    /// The limit that was exceeded: that of the whole, or of a pause.
    fn waited(&self) -> Duration {
        if Instant::now() >= self.end { self.whole } else { self.silence }
    }

    fn late(&self, host: &str, arrived: Arrived) -> TransportError {
        let over = Instant::now() >= self.end;
        let detail = match () {
            () if over && self.silence == self.whole => "the answer did not finish in time",
            () if over => "the answer did not end",
            () => "the answer was cut off",
        };
        TransportError {
            waited: Some(self.waited()),
            arrived: Some(arrived),
            ..TransportError::new(Stage::TimedOut, host, detail)
        }
    }
}

/// Reads a body piece by piece, so that a hostile one, compressed or not, can exhaust neither memory nor time.
pub(super) async fn read(
    mut response: reqwest::Response,
    host: &str,
    patience: &Deadline,
    sink: &mut (impl Sink + Send),
    watch: Watch<'_>,
) -> Result<Ended, TransportError> {
    let (status, announced) = (response.status().as_u16(), response.content_length());
    watch(Arrival::Head);
    if !sink.begin(status, announced) {
        return Ok(Ended::TooLarge);
    }
    let mut received = 0;
    loop {
        let arrived = || {
            let body = sink.arrived();
            // The announced length is that of the bytes on the wire, which may include the wrapping.
            Arrived { status, body, announced: announced.filter(|_| body == received) }
        };
        let until = patience.end.min(Instant::now() + patience.silence);
        let piece = tokio::time::timeout_at(until, response.chunk()).await;
        // If data arrives without a pause, the timer is never polled.
        let piece = piece.ok().filter(|_| Instant::now() < patience.end);
        let piece = piece.ok_or_else(|| patience.late(host, arrived()))?;
        let piece = piece.map_err(|error| TransportError {
            arrived: Some(arrived()),
            ..TransportError::read(error, host, patience.silence)
        })?;
        let Some(piece) = piece else { return Ok(Ended::Whole) };
        received += piece.len() as u64;
        watch(Arrival::Piece { received, total: announced });
        match sink.feed(&piece) {
            Feed::More => {}
            Feed::Enough => return Ok(Ended::Enough),
            Feed::TooLarge => return Ok(Ended::TooLarge),
        }
    }
}

/// Collects an answer as is, up to a limit.
#[derive(Debug)]
pub(super) struct WholeBody {
    bytes: Vec<u8>,
    at_most: usize,
}

impl WholeBody {
    pub(super) fn new(at_most: usize) -> Self {
        Self { bytes: Vec::new(), at_most }
    }

    pub(super) fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }
}

impl Sink for WholeBody {
    fn begin(&mut self, _: u16, announced: Option<u64>) -> bool {
        let announced = announced.map_or(0, |length| usize::try_from(length).unwrap_or(usize::MAX));
        if announced > self.at_most {
            return false;
        }
        self.bytes.reserve_exact(announced);
        true
    }

    fn feed(&mut self, piece: &[u8]) -> Feed {
        if self.bytes.len() + piece.len() > self.at_most {
            return Feed::TooLarge;
        }
        self.bytes.extend_from_slice(piece);
        Feed::More
    }

    fn arrived(&self) -> u64 {
        self.bytes.len() as u64
    }
}
