//! How figures are printed: one row each, beside its bar.

use std::time::Duration;

pub(crate) fn row(what: &str, measured: &str, bar: &str) {
    println!("{what:<52} {measured:>24}   {bar}");
}

/// The middle and the worst of a hundred; the times are in order afterwards.
pub(crate) fn spread(times: &mut [Duration]) -> String {
    times.sort_unstable();
    let at = |share: f64| times[((times.len() - 1) as f64 * share).round() as usize];
    format!("p50 {} p99 {}", milliseconds(at(0.5)), milliseconds(at(0.99)))
}

pub(crate) fn milliseconds(time: Duration) -> String {
    format!("{:.2} ms", time.as_secs_f64() * 1000.0)
}

/// The middle, the worst of a hundred, and the worst of all.
#[allow(dead_code, reason = "each bench prints what it needs")]
pub(crate) fn spread_and_worst(times: &mut [Duration]) -> String {
    let spread = spread(times);
    let worst = times.last().copied().unwrap_or_default();
    format!("{spread} max {}", milliseconds(worst))
}
