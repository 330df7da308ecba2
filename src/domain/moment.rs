//! Instants on the wire, and the instant that is now.

use std::fmt;

use jiff::Timestamp;

/// The time, passed in: nothing in the core reads a clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Now {
    /// Milliseconds since the program started, never backwards. For durations, spinners, toasts.
    pub millis: u64,
    /// The wall clock. For "in 12 days".
    pub wall: Timestamp,
}

/// A timestamp of the wire. The protocol gives strings and promises no format (grants.md section 1), so a
/// text that is no instant is kept and shown as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Moment {
    /// An instant whose canonical print is exactly what was received.
    At(Timestamp),
    /// Any other text, with the instant it names where it names one.
    Unusual(Box<UnusualMoment>),
}

/// A timestamp that would print differently from how it came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnusualMoment {
    /// As received. Untrusted text.
    pub text: Box<str>,
    /// What it means, where it means something.
    pub at: Option<Timestamp>,
}

impl Moment {
    /// Reads a wire timestamp; never fails, the text is kept.
    pub fn new(text: &str) -> Self {
        let at = text.parse::<Timestamp>().ok();
        match at {
            Some(at) if is_canonical(text) || at.to_string() == text => Self::At(at),
            _ => Self::Unusual(Box::new(UnusualMoment { text: text.into(), at })),
        }
    }

    /// The instant, where the text names one.
    pub fn at(&self) -> Option<Timestamp> {
        match self {
            Self::At(at) => Some(*at),
            Self::Unusual(unusual) => unusual.at,
        }
    }
}

/// Whether a text that names an instant has the very form in which it is printed: `2026-01-01T08:00:00Z`, with a
/// fraction that does not end in zero. Lists have three of them per row, and printing each to compare is slow.
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
        // A leap second is read as the second before it.
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
}
