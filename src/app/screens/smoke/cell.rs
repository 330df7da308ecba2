//! What the list says of a grant's last test, and the picture of the last few.

use jiff::{SignedDuration, Timestamp};

use crate::domain::smoke::{Past, Standing, Verdict};
use crate::domain::words::short;
use crate::ui::Role;

/// A verdict older than this fades: it says little about now.
const FRESH: SignedDuration = SignedDuration::from_hours(24);

/// Whether a verdict is too old to be relied on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Faded(pub bool);

/// A cell of the column TEST.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TestCell {
    /// Sign and age: "✓ 2m".
    pub text: String,
    /// How it looks.
    pub role: Role,
    /// Whether it is old.
    pub faded: Faded,
}

/// The cell of a verdict.
pub fn test_cell(verdict: Verdict, at: Timestamp, now: Timestamp) -> TestCell {
    let age = now.duration_since(at);
    let faded = age > FRESH;
    let role = match (verdict, verdict.standing()) {
        _ if faded => Role::TextDim,
        (Verdict::WorksBut, _) => Role::HealthSoon,
        (_, Standing::Fine) => Role::HealthOk,
        (_, Standing::Failing) => Role::HealthBroken,
        (_, Standing::Untold) => Role::HealthUnknown,
    };
    TestCell { text: format!("{} {}", verdict.sign(), short(age)), role, faded: Faded(faded) }
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
