//! Reading answers as they arrive, within bounds of memory and of time.

use std::time::Duration;

use tokio::time::Instant;

use super::error::{Arrived, Stage, TransportError};
use crate::domain::TimeLimit;

/// A whole answer may take this many times the pause that is allowed within it.
pub(super) const WHOLE: u32 = 4;

/// What is told of an answer while it arrives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Arrival {
    /// Its status and headers are there.
    Head,
    /// More of it is there.
    Piece {
        /// Bytes so far, unpacked.
        received: u64,
        /// How many were announced; None where nothing was, or where they come packed.
        total: Option<u64>,
    },
}

/// Is told of each piece, so it must be quick.
pub type Watch<'a> = &'a (dyn Fn(Arrival) + Send + Sync);

/// Nobody wants to know.
pub(super) fn unwatched(_: Arrival) {}

/// What becomes of the bytes of an answer.
pub(super) trait Sink {
    /// Status and length of what comes. False: it is too large.
    fn begin(&mut self, status: u16, announced: Option<u64>) -> bool;

    /// The next piece.
    fn take(&mut self, piece: &[u8]) -> Take;

    /// Bytes of the body that were taken: that of the provider, where it is wrapped.
    fn arrived(&self) -> u64;
}

/// What a sink says to a piece.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Take {
    /// Go on.
    More,
    /// No more is wanted.
    Enough,
    /// It is beyond any sensible size.
    TooLarge,
}

/// How reading ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ended {
    /// At the answer's end.
    Whole,
    /// In the middle, for the sink had enough.
    Enough,
    /// In the middle, for it was too large.
    TooLarge,
}

/// How long a call, or one request of it, may take.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    /// The longest silence.
    silence: Duration,
    /// All of it, whatever of that was gone when it began.
    whole: Duration,
    end: Instant,
}

impl Patience {
    /// So long a silence, and four times that for all of it. Begins now.
    pub fn new(silence: Duration) -> Self {
        let whole = silence.saturating_mul(WHOLE);
        Self::begun(silence, whole, whole)
    }

    /// So long for everything that is done under it, whatever the time is spent on. Begins now.
    pub fn in_all(limit: impl Into<TimeLimit>) -> Self {
        let TimeLimit { given, left } = limit.into();
        Self::begun(given, given, left)
    }

    fn begun(silence: Duration, whole: Duration, left: Duration) -> Self {
        let end = Instant::now().checked_add(left);
        // A time that no clock reaches is as good as any far one.
        let end = end.unwrap_or_else(|| Instant::now() + Duration::from_hours(24 * 365));
        Self { silence, whole, end }
    }

    /// What is left of all of it.
    pub fn left(&self) -> Duration {
        self.end.saturating_duration_since(Instant::now())
    }

    /// Waits for something, but for no longer silence and not beyond the end.
    pub(super) async fn of<T>(&self, host: &str, work: impl Future<Output = T>) -> Result<T, TransportError> {
        let until = self.end.min(Instant::now().checked_add(self.silence).unwrap_or(self.end));
        let done = tokio::time::timeout_at(until, work).await;
        done.map_err(|_elapsed| TransportError {
            waited: Some(self.waited()),
            ..TransportError::new(Stage::TimedOut, host, "no answer came")
        })
    }

    /// What was waited for in vain: all of it, or a silence within it.
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

/// Reads a body piece by piece, so that a hostile one can fill neither memory nor time, compressed or not.
pub(super) async fn read(
    mut response: reqwest::Response,
    host: &str,
    patience: &Patience,
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
            // What was announced is the length of what came, which may be the wrapping.
            Arrived { status, body, announced: announced.filter(|_| body == received) }
        };
        let until = patience.end.min(Instant::now() + patience.silence);
        let piece = tokio::time::timeout_at(until, response.chunk()).await;
        // A flood leaves no time for the alarm to ring.
        let piece = piece.ok().filter(|_| Instant::now() < patience.end);
        let piece = piece.ok_or_else(|| patience.late(host, arrived()))?;
        let piece = piece.map_err(|error| TransportError {
            arrived: Some(arrived()),
            ..TransportError::read(error, host, patience.silence)
        })?;
        let Some(piece) = piece else { return Ok(Ended::Whole) };
        received += piece.len() as u64;
        watch(Arrival::Piece { received, total: announced });
        match sink.take(&piece) {
            Take::More => {}
            Take::Enough => return Ok(Ended::Enough),
            Take::TooLarge => return Ok(Ended::TooLarge),
        }
    }
}

/// Keeps an answer as it is, up to a bound.
#[derive(Debug)]
pub(super) struct Whole {
    bytes: Vec<u8>,
    at_most: usize,
}

impl Whole {
    pub(super) fn new(at_most: usize) -> Self {
        Self { bytes: Vec::new(), at_most }
    }

    pub(super) fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }
}

impl Sink for Whole {
    fn begin(&mut self, _: u16, announced: Option<u64>) -> bool {
        let announced = announced.map_or(0, |length| usize::try_from(length).unwrap_or(usize::MAX));
        if announced > self.at_most {
            return false;
        }
        self.bytes.reserve_exact(announced);
        true
    }

    fn take(&mut self, piece: &[u8]) -> Take {
        if self.bytes.len() + piece.len() > self.at_most {
            return Take::TooLarge;
        }
        self.bytes.extend_from_slice(piece);
        Take::More
    }

    fn arrived(&self) -> u64 {
        self.bytes.len() as u64
    }
}
