//! What the list says of a grant's last test, and the picture of the last few.

use jiff::{SignedDuration, Timestamp};

use super::known::Latest;
use crate::domain::smoke::{Past, Standing, Verdict};
use crate::domain::words::short;
use crate::ui::{Role, text};

/// A verdict older than this fades: it says little about now.
const FRESH: SignedDuration = SignedDuration::from_hours(24);

/// How a verdict looks.
pub(crate) fn role(verdict: Verdict) -> Role {
    match (verdict, verdict.standing()) {
        (Verdict::WorksBut, _) => Role::HealthSoon,
        (_, Standing::Fine) => Role::HealthOk,
        (_, Standing::Failing) => Role::HealthBroken,
        (_, Standing::Untold) => Role::HealthUnknown,
    }
}

/// Whether a verdict is too old to be relied on.
pub(crate) fn is_faded(at: Timestamp, now: Timestamp) -> bool {
    now.duration_since(at) > FRESH
}

/// The cell of the column TEST in so many cells: "✓ works 142 ms", and "✓ works 3d" once it is old. Where there is
/// no room for both, what failed says why, and what works says how fast.
pub(crate) fn test_cell(latest: &Latest, cells: usize, now: Timestamp) -> (String, Role) {
    let Latest { verdict, latency_ms, at } = *latest;
    let faded = is_faded(at, now);
    let role = if faded { Role::TextDim } else { role(verdict) };
    let word = format!("{} {}", verdict.sign(), verdict.word());
    let more = match latency_ms {
        _ if faded => Some(short(now.duration_since(at))),
        latency => latency.map(brief),
    };
    let Some(more) = more else { return (word, role) };
    let whole = format!("{word} {more}");
    if text::width(&whole) <= cells {
        return (whole, role);
    }
    let says_more = faded || verdict == Verdict::Works;
    (if says_more { format!("{} {more}", verdict.sign()) } else { word }, role)
}

/// A reason as a sentence: a capital in front, a full stop behind.
pub(crate) fn sentence(text: &str) -> String {
    let mut rest = text.chars();
    let first = rest.next().map(|first| first.to_ascii_uppercase());
    let end = if text.ends_with(['.', '!', '?', '…']) { "" } else { "." };
    first.into_iter().chain(rest).chain(end.chars()).collect()
}

/// A time in few cells: "142ms", "2.4s".
pub(crate) fn brief(millis: u64) -> String {
    match millis {
        0..1_000 => format!("{millis}ms"),
        1_000..100_000 => format!("{}.{}s", millis / 1_000, millis % 1_000 / 100),
        _ => format!("{}s", millis / 1_000),
    }
}

/// The latencies of the last runs, the oldest first, one character each; a cross where it failed, a dot where nothing
/// was sent. `past` comes with the latest first.
pub(crate) fn sparkline(past: &[Past]) -> String {
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
