//! When a session is asked about again (docs/protocol/transport.md section 6).

use std::time::Duration;

/// The usual pause between two polls.
pub const INTERVAL: Duration = Duration::from_secs(2);

/// How long somebody waits for a session, and how often they ask.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pace {
    /// Between two polls.
    pub interval: Duration,
    /// How long in all. One more poll follows it: the user may have finished meanwhile.
    pub limit: Duration,
}

impl Pace {
    /// For a session that lives so many seconds, where nobody wants to wait for less.
    pub fn of(expires_in: u64, wanted: Option<Duration>) -> Self {
        let lives = Duration::from_secs(expires_in);
        Self { interval: INTERVAL, limit: wanted.map_or(lives, |wanted| wanted.min(lives)) }
    }

    /// The pause after a poll that began and ended so long after the beginning; `asked`: how long the backend wants to be
    /// left alone. None = that was the last poll.
    pub fn pause(&self, began: Duration, ended: Duration, asked: Option<Duration>) -> Option<Duration> {
        let left = self.limit.saturating_sub(ended);
        (began < self.limit).then(|| self.interval.max(asked.unwrap_or_default()).min(left))
    }

    /// What is left of the time.
    pub fn left(&self, elapsed: Duration) -> Duration {
        self.limit.saturating_sub(elapsed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_poll_follows_the_end_of_the_time_and_none_after_that() {
        let seconds = Duration::from_secs;
        let pace = Pace { interval: seconds(2), limit: seconds(10) };
        for (began, ended, asked, want) in [
            (0, 0, None, Some(2)),
            (0, 1, Some(5), Some(5)),
            (8, 9, None, Some(1)),
            (8, 9, Some(60), Some(1)),
            // Slow: the last one follows at once.
            (9, 12, None, Some(0)),
            (10, 10, None, None),
            (12, 13, None, None),
        ] {
            let pause = pace.pause(seconds(began), seconds(ended), asked.map(seconds));
            assert_eq!(pause, want.map(seconds), "{began} {ended} {asked:?}");
        }
        assert!(
            Pace { limit: seconds(0), ..pace }.pause(seconds(0), seconds(0), None).is_none(),
            "one is enough"
        );
    }

    #[test]
    fn nobody_waits_longer_than_the_session_lives() {
        let limit = |wanted: Option<u64>| Pace::of(600, wanted.map(Duration::from_secs)).limit.as_secs();
        assert_eq!((limit(None), limit(Some(30)), limit(Some(9_999))), (600, 30, 600));
    }
}
