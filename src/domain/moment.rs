//! Timestamps on the wire, and the current time.

use std::fmt;

use jiff::Timestamp;

use super::Clean;
use super::clean::BRIEF;

/// The current time, passed in: the core never reads a clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Now {
    /// Monotonic milliseconds since the program started. For durations, spinners, toasts.
    pub millis: u64,
    /// The wall clock. For "in 12 days".
    pub wall: Timestamp,
}

/// A timestamp on the wire. The protocol sends strings and promises no format (docs/protocol/grants.md
/// section 1), so unparsable text is kept and shown as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Moment {
    /// An instant whose canonical form is exactly the text received.
    At(Timestamp),
    /// Any other text, with the instant it denotes, if any.
    Unusual(Box<UnusualMoment>),
}

/// A timestamp that is not in canonical form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnusualMoment {
    /// As received. Untrusted text.
    pub text: Box<str>,
    /// Its instant, if the text denotes one.
    pub at: Option<Timestamp>,
}

impl Moment {
    /// Parses a timestamp. Never fails, because the text is kept.
    pub fn new(text: &str) -> Self {
        if let Some(at) = parse_fast(text) {
            return Self::At(at);
        }
        let at = text.parse::<Timestamp>().ok();
        match at {
            Some(at) if is_canonical(text) || at.to_string() == text => Self::At(at),
            _ => Self::Unusual(Box::new(UnusualMoment { text: text.into(), at })),
        }
    }

    /// The text as received, for the screen: cut if it is longer than any timestamp.
    pub fn brief(&self) -> Clean {
        self.cut(BRIEF)
    }

    /// The text as received, cut to `bytes` bytes.
    pub fn cut(&self, bytes: usize) -> Clean {
        match self {
            Self::At(at) => Clean::line(&at.to_string()),
            Self::Unusual(unusual) => Clean::cut(&unusual.text, bytes),
        }
    }

    /// The instant, if the text denotes one.
    pub fn at(&self) -> Option<Timestamp> {
        match self {
            Self::At(at) => Some(*at),
            Self::Unusual(unusual) => unusual.at,
        }
    }
}

/// Fast path for texts like `2026-01-01T08:00:00Z`, which is what backends nearly always send. A list has
/// four timestamps per row, and the general parser takes several times as long.
fn parse_fast(text: &str) -> Option<Timestamp> {
    let bytes: &[u8; 20] = text.as_bytes().try_into().ok()?;
    let [y0, y1, y2, y3, b'-', m0, m1, b'-', d0, d1, b'T', h0, h1, b':', n0, n1, b':', s0, s1, b'Z'] = *bytes
    else {
        return None;
    };
    let digits = [y0, y1, y2, y3, m0, m1, d0, d1, h0, h1, n0, n1, s0, s1];
    if !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let two = |tens: u8, ones: u8| i64::from(tens - b'0') * 10 + i64::from(ones - b'0');
    let (year, month, day) = (two(y0, y1) * 100 + two(y2, y3), two(m0, m1), two(d0, d1));
    let (hour, minute, second) = (two(h0, h1), two(n0, n1), two(s0, s1));
    // Days that do not exist in every month are left to the general parser.
    if year == 0
        || !(1..=12).contains(&month)
        || !(1..=28).contains(&day)
        || hour > 23
        || minute > 59
        || second > 59
    {
        return None;
    }
    // Days since 1970-01-01, counted in years that start in March.
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let days = year * 365 + year / 4 - year / 100 + year / 400 + (month * 153 + 2) / 5 + day - 1 - 719_468;
    Timestamp::from_second(days * 86_400 + hour * 3600 + minute * 60 + second).ok()
}

/// Whether a valid timestamp is in canonical form: `2026-01-01T08:00:00Z`, with no fraction or one that does
/// not end in zero. Printing to compare would be slow, with several timestamps per row of a list.
fn is_canonical(text: &str) -> bool {
    let digits = |range: std::ops::Range<usize>| {
        text.as_bytes().get(range).is_some_and(|part| part.iter().all(u8::is_ascii_digit))
    };
    let at = |index: usize| text.as_bytes().get(index).copied();
    let end = text.len().saturating_sub(1);
    let fraction = end == 19
        || ((21..=29).contains(&end) && at(19) == Some(b'.') && digits(20..end) && at(end - 1) != Some(b'0'));
    fraction
        && at(end) == Some(b'Z')
        && [(4, b'-'), (7, b'-'), (10, b'T'), (13, b':'), (16, b':')].iter().all(|(index, sign)| at(*index) == Some(*sign))
        && [0..4, 5..7, 8..10, 11..13, 14..16, 17..19].into_iter().all(digits)
        // A leap second is parsed as the second before it.
        && at(17) < Some(b'6')
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::At(at) => at.fmt(f),
            Self::Unusual(unusual) => f.write_str(&unusual.text),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_survives_and_instants_are_found() {
        for (text, is_instant) in [
            ("2026-01-01T08:00:00Z", true),
            ("2026-01-01T08:00:00.123456Z", true),
            ("2026-01-01T08:00:00+00:00", true),
            ("2026-01-01 08:00:00.5+02:00", true),
            ("2026-01-01T08:00:00.50Z", true),
            ("2026-12-31T23:59:60Z", true),
            ("2026-01-01t08:00:00z", true),
            ("2026-13-01T08:00:00Z", false),
            ("0000-01-01T08:00:00Z", true),
            ("2026-01-01T08:00:00.123456789Z", true),
            ("2026-01-01T08:00:00.Z", false),
            ("soon", false),
            ("", false),
        ] {
            let moment = Moment::new(text);
            assert_eq!(moment.to_string(), text);
            assert_eq!(moment.at().is_some(), is_instant, "{text}");
        }
        assert!(matches!(Moment::new("2026-01-01T08:00:00Z"), Moment::At(_)));
    }

    #[test]
    fn the_usual_form_is_read_as_any_other() {
        let mut usual_ones = 0;
        for year in (0..=9999).step_by(3).chain([1, 1900, 1970, 2000, 2024, 2100, 9999]) {
            for month in 0..=13 {
                for (day, time) in [
                    (0, "00:00:00"),
                    (1, "23:59:59"),
                    (28, "08:01:02"),
                    (29, "00:00:00"),
                    (31, "24:00:00"),
                    (7, "12:60:00"),
                    (8, "12:00:60"),
                ] {
                    let text = format!("{year:04}-{month:02}-{day:02}T{time}Z");
                    if let Some(at) = parse_fast(&text) {
                        usual_ones += 1;
                        assert_eq!(Some(at), text.parse().ok(), "{text}");
                        assert_eq!(at.to_string(), text);
                    }
                }
            }
        }
        assert!(usual_ones > 80_000, "{usual_ones}");
    }
}
