//! What a world is grown from.

use std::time::Duration;

use super::faults::FaultSpec;
use super::sessions::SessionEnd;

/// How big, how random and how patient the emulated backend is.
///
/// The same `seed`, `grants` and growth instant give the same world: the same ids, keys and tokens.
#[derive(Debug, Clone)]
pub struct Options {
    /// How many grants the operator's list holds. 500 unless told otherwise; 0 is an empty account.
    pub grants: u32,
    /// The seed of everything random.
    pub seed: u64,
    /// Added to every answer of the grant list, to make slow pages visible.
    pub page_latency: Duration,
    /// Requests a key may make in any 60 seconds; `None` meters nothing and sends no budget headers.
    pub rate_limit: Option<u32>,
    /// When a held call is approved by itself, counted from when it was asked for; `None`: never.
    pub approve_after: Option<Duration>,
    /// How Connect and sign-in sessions end by themselves.
    pub sessions: SessionEnd,
    /// How long a simulated provider thinks about each call.
    pub provider_latency: Duration,
    /// The faults from the start; they can be changed while the sandbox runs.
    pub faults: Vec<FaultSpec>,
    /// How many requests the journal remembers; as many audit rows and calls of providers are.
    pub journal: usize,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            grants: 500,
            seed: 1,
            page_latency: Duration::ZERO,
            rate_limit: Some(1000),
            approve_after: Some(Duration::from_secs(4)),
            sessions: SessionEnd::Wait,
            provider_latency: Duration::ZERO,
            faults: Vec::new(),
            journal: 1024,
        }
    }
}
