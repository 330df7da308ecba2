//! Smoke tests: what a safe, read-only probe says about a grant.
//!
//! Everything here is a pure function of what the list says ([`preflight`]), what came back ([`judge`]) and the
//! time. A verdict is made from typed errors and from the assertions of a probe, never from guessing at text.

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
