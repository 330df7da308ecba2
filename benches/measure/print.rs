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
