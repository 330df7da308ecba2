//! Formats times, sizes and counts for people: "ends in 12 days", "used 2 min ago". Times are rounded down to
//! one unit, so they do not tick.

use jiff::{SignedDuration, Timestamp, tz::TimeZone};

const MINUTE: i64 = 60;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// Formats a duration in the largest whole unit: "43 min", "5 hours", "12 days", "3 months", "2 years". The
/// sign is ignored.
pub fn length(duration: SignedDuration) -> String {
    let seconds = duration.as_secs().unsigned_abs() as i64;
    match seconds {
        0..MINUTE => "under a minute".to_owned(),
        MINUTE..HOUR => format!("{} min", seconds / MINUTE),
        HOUR..DAY => counted((seconds / HOUR) as u64, "hour"),
        seconds if seconds < 60 * DAY => counted((seconds / DAY) as u64, "day"),
        seconds if seconds < 730 * DAY => counted((seconds / (30 * DAY)) as u64, "month"),
        seconds => counted((seconds / (365 * DAY)) as u64, "year"),
    }
}

/// Like [`length`] in at most four cells: "<1m", "43m", "5h", "12d", "3mo", "2y".
pub fn short(duration: SignedDuration) -> String {
    let seconds = duration.as_secs().unsigned_abs() as i64;
    match seconds {
        0..MINUTE => "<1m".to_owned(),
        MINUTE..HOUR => format!("{}m", seconds / MINUTE),
        HOUR..DAY => format!("{}h", seconds / HOUR),
        seconds if seconds < 60 * DAY => format!("{}d", seconds / DAY),
        seconds if seconds < 730 * DAY => format!("{}mo", seconds / (30 * DAY)),
        seconds => format!("{}y", seconds / (365 * DAY)),
    }
}

/// "2 min ago", or "in 12 days" for a future time.
pub fn relative(at: Timestamp, now: Timestamp) -> String {
    let distance = at.duration_since(now);
    if distance.is_positive() {
        format!("in {}", length(distance))
    } else {
        format!("{} ago", length(distance))
    }
}

/// Formats a day: "4 Dec", with the year if it is not the current one: "4 Dec 2027". UTC.
pub fn day(at: Timestamp, now: Timestamp) -> String {
    let (at, now) = (at.to_zoned(TimeZone::UTC), now.to_zoned(TimeZone::UTC));
    let format = if at.year() == now.year() { "%-d %b" } else { "%-d %b %Y" };
    at.strftime(format).to_string()
}

/// Formats a countdown: "4 min 32 s" below an hour, otherwise like [`length`]; "no time" once it is over.
pub fn countdown(left: SignedDuration) -> String {
    match left.as_secs() {
        ..=0 => "no time".to_owned(),
        seconds @ 1..MINUTE => format!("{seconds} s"),
        seconds @ MINUTE..HOUR => format!("{} min {} s", seconds / MINUTE, seconds % MINUTE),
        _ => length(left),
    }
}

/// Formats a short duration: "142 ms", "2.4 s".
pub fn millis(time: std::time::Duration) -> String {
    match time.as_millis() {
        millis @ 0..1_000 => format!("{millis} ms"),
        millis => format!("{}.{} s", millis / 1_000, millis % 1_000 / 100),
    }
}

/// Formats a size in bytes: "812 bytes", "1.4 kB", "12 kB", "50 MB"; units of 1000, not 1024.
pub fn bytes(size: u64) -> String {
    let tenths =
        |unit: u64, name: &str| format!("{}.{} {name}", count(size / unit), size % unit / (unit / 10));
    match size {
        1 => "1 byte".to_owned(),
        0..1_000 => format!("{size} bytes"),
        1_000..10_000 => tenths(1_000, "kB"),
        10_000..1_000_000 => format!("{} kB", size / 1_000),
        1_000_000..10_000_000 => tenths(1_000_000, "MB"),
        10_000_000..1_000_000_000 => format!("{} MB", size / 1_000_000),
        _ => tenths(1_000_000_000, "GB"),
    }
}

/// "1 value", "12,345 values".
pub fn counted(number: u64, thing: &str) -> String {
    format!("{} {thing}{}", count(number), if number == 1 { "" } else { "s" })
}

/// Formats a number with thousands separators: "4,112".
pub fn count(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// Formats a reason as a sentence: with a capital and a full stop.
pub fn sentence(text: &str) -> String {
    let mut rest = text.chars();
    let first = rest.next().map(|first| first.to_ascii_uppercase());
    let end = if text.ends_with(['.', '!', '?', '…']) { "" } else { "." };
    first.into_iter().chain(rest).chain(end.chars()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_and_countdowns_read_well() {
        for (size, want) in [
            (0, "0 bytes"),
            (1, "1 byte"),
            (999, "999 bytes"),
            (1_000, "1.0 kB"),
            (9_999, "9.9 kB"),
            (12_345, "12 kB"),
            (999_999, "999 kB"),
            (1_400_000, "1.4 MB"),
            (50_000_000, "50 MB"),
            (u64::MAX, "18,446,744,073.7 GB"),
        ] {
            assert_eq!(bytes(size), want);
        }
        for (seconds, want) in
            [(-5, "no time"), (0, "no time"), (59, "59 s"), (272, "4 min 32 s"), (HOUR, "1 hour")]
        {
            assert_eq!(countdown(SignedDuration::from_secs(seconds)), want);
        }
    }

    #[test]
    fn lengths_read_well() {
        let cases = [
            (0, "under a minute", "<1m"),
            (59, "under a minute", "<1m"),
            (60, "1 min", "1m"),
            (43 * MINUTE + 5, "43 min", "43m"),
            (HOUR, "1 hour", "1h"),
            (23 * HOUR, "23 hours", "23h"),
            (DAY, "1 day", "1d"),
            (12 * DAY + HOUR, "12 days", "12d"),
            (59 * DAY, "59 days", "59d"),
            (61 * DAY, "2 months", "2mo"),
            (800 * DAY, "2 years", "2y"),
        ];
        for (seconds, long, brief) in cases {
            for sign in [1, -1] {
                let duration = SignedDuration::from_secs(sign * seconds);
                assert_eq!((length(duration).as_str(), short(duration).as_str()), (long, brief));
            }
        }
    }

    #[test]
    fn relative_knows_both_directions() {
        let now: Timestamp = "2026-11-22T10:00:00Z".parse().unwrap();
        assert_eq!(relative("2026-11-22T09:58:00Z".parse().unwrap(), now), "2 min ago");
        assert_eq!(relative("2026-12-04T11:00:00Z".parse().unwrap(), now), "in 12 days");
        assert_eq!(day("2026-12-04T11:00:00Z".parse().unwrap(), now), "4 Dec");
        assert_eq!(day("2027-01-04T11:00:00Z".parse().unwrap(), now), "4 Jan 2027");
    }

    #[test]
    fn thousands_are_set_apart() {
        for (number, want) in [
            (0, "0"),
            (999, "999"),
            (1000, "1,000"),
            (4112, "4,112"),
            (100_000, "100,000"),
            (1_234_567, "1,234,567"),
        ] {
            assert_eq!(count(number), want);
        }
    }
}
