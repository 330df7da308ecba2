//! Smoke tests: what a safe, read-only probe shows about a grant.
//!
//! Everything here is a pure function of the list ([`preflight`](mod@preflight)), the answer ([`judge`]) and the time.
//! Verdicts are derived from typed errors and from a probe's assertions, never by guessing from text.

#[cfg(test)]
pub mod docs;
pub mod estimate;
mod event;
pub mod judge;
pub mod objection;
pub mod preflight;
mod result;
mod tally;
mod verdict;

pub use estimate::{Estimate, estimate};
pub use event::{Pause, SmokeEvent, SmokePlan, SmokeSummary, left_words};
pub use judge::{Judged, ReasonDetail, of_answer, of_failure};
pub use preflight::{Preflight, preflight};
pub use result::{Before, Caveat, Change, Past, RunId, SmokeResult, is_faded, sparkline};
pub use tally::{BOUNDS, Tally};
pub use verdict::{Standing, Verdict};
