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
            Some(at) if at.to_string() == text => Self::At(at),
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
