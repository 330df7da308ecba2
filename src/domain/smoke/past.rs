//! What earlier tests of a grant say about now.

use jiff::{SignedDuration, Timestamp};

use super::{Past, Standing};

/// A verdict older than this fades: it says little about now.
const FRESH: SignedDuration = SignedDuration::from_hours(24);

/// Whether a verdict is too old to be relied on.
pub fn is_faded(at: Timestamp, now: Timestamp) -> bool {
    now.duration_since(at) > FRESH
}

/// The latencies of the last runs, the oldest first, one character each; a cross where it failed, a dot where nothing
/// was sent. `past` comes with the latest first.
pub fn sparkline(past: &[Past]) -> String {
    const BARS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
    let fine = |past: &&Past| past.verdict.standing() == Standing::Fine;
    let highest = past.iter().filter(fine).filter_map(|past| past.latency_ms).max().unwrap_or(1).max(1);
    let one = |past: &Past| match (past.verdict.standing(), past.latency_ms) {
        (Standing::Failing, _) => '×',
        (Standing::Fine, Some(millis)) => {
            let step = (millis * 7).div_ceil(highest).min(7);
            BARS.get(step as usize).copied().unwrap_or('█')
        }
        _ => '·',
    };
    past.iter().rev().map(one).collect()
}
