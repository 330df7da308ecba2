//! What the list says of a grant's last test.

use jiff::Timestamp;

use super::known::Latest;
use crate::domain::smoke::Verdict;
use crate::domain::smoke::is_faded;
use crate::domain::words::short;
use crate::ui::{Role, text};

/// The cell of the column TEST in so many cells: "✓ works 142 ms", and "✓ works 3d" once it is old. Where there is
/// no room for both, what failed says why, and what works says how fast.
pub(crate) fn test_cell(latest: &Latest, cells: usize, now: Timestamp) -> (String, Role) {
    let Latest { verdict, latency_ms, at } = *latest;
    let faded = is_faded(at, now);
    let role = if faded { Role::TextDim } else { Role::of(verdict) };
    let word = format!("{} {}", verdict.sign(), verdict.word());
    let more = match latency_ms {
        _ if faded => Some(short(now.duration_since(at))),
        latency => latency.map(brief),
    };
    let word = if text::width(&word) <= cells {
        word
    } else {
        let fits = |word: &String| text::width(word) <= cells;
        let sign = verdict.sign();
        let spaced = Some(format!("{sign} {}", verdict.short())).filter(fits);
        spaced.unwrap_or_else(|| format!("{sign}{}", verdict.short()))
    };
    let Some(more) = more else { return (word, role) };
    let whole = format!("{word} {more}");
    if text::width(&whole) <= cells {
        return (whole, role);
    }
    let says_more = faded || verdict == Verdict::Works;
    (if says_more { format!("{} {more}", verdict.sign()) } else { word }, role)
}

/// A time in few cells: "142ms", "2.4s".
pub(crate) fn brief(millis: u64) -> String {
    match millis {
        0..1_000 => format!("{millis}ms"),
        1_000..100_000 => format!("{}.{}s", millis / 1_000, millis % 1_000 / 100),
        _ => format!("{}s", millis / 1_000),
    }
}
