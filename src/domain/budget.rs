//! The rate budget, as the backend last told it (protocol: transport.md section 7).

use std::time::Duration;

use jiff::Timestamp;

/// How long the window of the rate budget is.
pub const WINDOW: Duration = Duration::from_mins(1);

/// A reading of the rate limit headers. No reading = unknown, never unlimited.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Budget {
    /// Requests allowed in the window.
    pub limit: u64,
    /// Requests left in it.
    pub remaining: u64,
    /// When the window resets, Unix seconds of the backend's clock.
    pub reset: u64,
}

impl Budget {
    /// How many requests background work may still spend: three quarters of the limit, the last quarter stays
    /// the user's.
    pub fn for_background(&self) -> u64 {
        self.remaining.saturating_sub(self.limit.div_ceil(4))
    }
}

/// A budget, and the clocks of both sides when it was told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reading {
    /// What was told.
    pub budget: Budget,
    /// The backend's clock, where the answer told that too.
    pub theirs: Option<Timestamp>,
    /// Our clock.
    pub ours: Timestamp,
}

impl Reading {
    /// How long the window still goes on; zero once it is over. The two clocks may be hours apart, so the reset
    /// is only ever compared with the backend's, and ours only with itself. Where the backend did not tell its
    /// own, ours stands in, and a reset that is no time within a window means a whole one.
    pub fn window_left(&self, now: Timestamp) -> Duration {
        let clock = self.theirs.unwrap_or(self.ours).as_second();
        let told = u64::try_from(i64::try_from(self.budget.reset).unwrap_or(i64::MAX).saturating_sub(clock))
            .unwrap_or(0);
        let told = match Duration::from_secs(told) {
            // Both are whole seconds: the same one may still have some of it left.
            Duration::ZERO if self.theirs.is_some() => Duration::from_secs(1),
            Duration::ZERO => WINDOW,
            told => told.min(WINDOW),
        };
        // A clock that was set back makes the reading no younger than new.
        let age = Duration::try_from(now.duration_since(self.ours)).unwrap_or_default();
        told.saturating_sub(age)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_of_a_window_is_right_whatever_our_clock_says() {
        let at = |second| Timestamp::from_second(second).unwrap();
        let seconds = Duration::from_secs;
        for (reset, theirs, ours, now, want) in [
            (1007, Some(1000), 1000, 1000, 7),
            (1007, Some(1000), 1000, 1003, 4),
            (1007, Some(1000), 1000, 1007, 0),
            (1007, Some(1000), 1000, 99_999, 0),
            // Hours ahead, hours behind.
            (1007, Some(1000), 9000, 9000, 7),
            (1007, Some(1000), 9000, 9006, 1),
            (10_007, Some(10_000), 1000, 1000, 7),
            (10_007, Some(10_000), 1000, 1008, 0),
            // Set back while the window goes on.
            (1007, Some(1000), 1000, 10, 7),
            // A reset that is no time within the window.
            (1000, Some(1000), 1000, 1000, 1),
            (900, Some(1000), 1000, 1000, 1),
            (5000, Some(1000), 1000, 1000, 60),
            (u64::MAX, Some(1000), 1000, 1000, 60),
            // The backend's clock is unknown.
            (1007, None, 1000, 1000, 7),
            (1007, None, 9000, 9000, 60),
            (1007, None, 9000, 9050, 10),
            (10_007, None, 1000, 1000, 60),
            (10_007, None, 1000, 1060, 0),
        ] {
            let budget = Budget { limit: 60, remaining: 0, reset };
            let reading = Reading { budget, theirs: theirs.map(at), ours: at(ours) };
            assert_eq!(reading.window_left(at(now)), seconds(want), "{reading:?} {now}");
        }
    }

    #[test]
    fn background_leaves_a_quarter() {
        for (limit, remaining, want) in
            [(1000, 942, 692), (60, 15, 0), (60, 16, 1), (60, 3, 0), (0, 0, 0), (1, 1, 0)]
        {
            assert_eq!(
                Budget { limit, remaining, reset: 0 }.for_background(),
                want,
                "{remaining} of {limit}"
            );
        }
    }
}
