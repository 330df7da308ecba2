//! How long the backend asks to wait (docs/protocol/transport.md section 7, Retry-After).

use std::time::Duration;

use serde_json::Value;

/// Longest wait after `rate_limit_exceeded` and on 500 and 503, in seconds.
pub const RATE_LIMIT_CEILING: u64 = 3600;
/// Longest wait after `quota_exceeded`, in seconds: 31 days.
pub const QUOTA_CEILING: u64 = 2_678_400;

/// The header if it is a plain number of seconds, else the body's own `retry_after`; clamped.
pub fn read(header: Option<&str>, body: Option<&Value>, ceiling: u64) -> Option<Duration> {
    header
        .and_then(header_seconds)
        .or_else(|| body.and_then(body_seconds))
        .map(|seconds| Duration::from_secs(seconds.min(ceiling)))
}

/// ASCII digits with surrounding whitespace; a number that overflows counts as a very long wait. HTTP dates and signs
/// are not accepted.
fn header_seconds(text: &str) -> Option<u64> {
    let digits = text.trim_matches([' ', '\t']);
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    Some(digits.parse().unwrap_or(u64::MAX))
}

/// A non-negative whole number; `7.0` counts.
fn body_seconds(value: &Value) -> Option<u64> {
    let Value::Number(number) = value else { return None };
    number.as_u64().or_else(|| {
        let seconds = number.as_f64()?;
        (seconds >= 0.0 && seconds.fract() == 0.0).then_some(seconds as u64)
    })
}
