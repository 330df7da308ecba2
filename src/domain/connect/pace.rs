//! When to poll a session (docs/protocol/transport.md section 6).

use std::time::Duration;

/// The default pause between two polls.
pub const INTERVAL: Duration = Duration::from_secs(2);

/// How long to wait for a session, and how often to poll it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pace {
    /// The pause between two polls.
    pub interval: Duration,
    /// The total time. It is followed by one more poll, because the user may have finished meanwhile.
    pub limit: Duration,
}

impl Pace {
    /// For a session with a lifetime of `expires_in` seconds, or a shorter time if wanted.
    pub fn of(expires_in: u64, wanted: Option<Duration>) -> Self {
        let lives = Duration::from_secs(expires_in);
        Self { interval: INTERVAL, limit: wanted.map_or(lives, |wanted| wanted.min(lives)) }
    }

    /// The pause after a poll that began and ended at these times since the start; `asked` is the pause that
    /// the backend requested. `None` = that was the last poll.
    pub fn pause(&self, began: Duration, ended: Duration, asked: Option<Duration>) -> Option<Duration> {
        let left = self.limit.saturating_sub(ended);
        (began < self.limit).then(|| self.interval.max(asked.unwrap_or_default()).min(left))
    }

    /// The remaining time.
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
            // A slow poll: the last one follows at once.
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
