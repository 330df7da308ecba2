//! The rate budget, as the backend last told it (docs/protocol/transport.md section 7).

use std::time::Duration;

use jiff::Timestamp;

use super::{Code, Diagnosis, Retry, Spending, Who};

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
    /// How many requests may still be spent. Background work leaves a quarter of the limit to the user, but for a limit so
    /// low that a quarter is all of it.
    pub fn spendable(&self, spending: Spending) -> u64 {
        match spending {
            Spending::LeavesAQuarter if self.limit > 1 => {
                self.remaining.saturating_sub(self.limit.div_ceil(4))
            }
            Spending::LeavesAQuarter | Spending::Everything => self.remaining,
        }
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
        let reported =
            u64::try_from(i64::try_from(self.budget.reset).unwrap_or(i64::MAX).saturating_sub(clock))
                .unwrap_or(0);
        let reported = match Duration::from_secs(reported) {
            // Both are whole seconds: the same one may still have some of it left.
            Duration::ZERO if self.theirs.is_some() => Duration::from_secs(1),
            Duration::ZERO => WINDOW,
            reported => reported.min(WINDOW),
        };
        // A clock that was set back makes the reading no younger than new.
        let age = Duration::try_from(now.duration_since(self.ours)).unwrap_or_default();
        reported.saturating_sub(age)
    }

    /// How long to wait, and why, where fewer than `needed` requests may be spent before the window ends. None for a window
    /// that is over: it says nothing about the one that began.
    pub fn wait(&self, spending: Spending, needed: u64, now: Timestamp) -> Option<(Duration, Diagnosis)> {
        let left = self.window_left(now);
        if left.is_zero() || self.budget.spendable(spending) >= needed {
            return None;
        }
        // Both clocks count whole seconds.
        let pause = left.max(Duration::from_secs(1));
        let code = match spending {
            Spending::LeavesAQuarter => Code::KeepingAQuarter,
            Spending::Everything => Code::BudgetUsedUp,
        };
        let reason = Diagnosis::new(code, Who::You, Retry::Later(Some(pause)))
            .fact("remaining", &self.budget.remaining.to_string())
            .fact("limit", &self.budget.limit.to_string());
        Some((pause, reason))
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
        for (limit, remaining, want) in [
            (1000, 942, 692),
            (60, 15, 0),
            (60, 16, 1),
            (60, 3, 0),
            (0, 0, 0),
            (1, 1, 1),
            (1, 0, 0),
            (4, 2, 1),
        ] {
            let budget = Budget { limit, remaining, reset: 0 };
            assert_eq!(budget.spendable(Spending::LeavesAQuarter), want, "{remaining} of {limit}");
            assert_eq!(budget.spendable(Spending::Everything), remaining);
        }
    }

    #[test]
    fn a_window_is_waited_for_until_there_is_enough() {
        let at = |second| Timestamp::from_second(second).unwrap();
        let budget = Budget { limit: 60, remaining: 16, reset: 1007 };
        let reading = Reading { budget, theirs: Some(at(1000)), ours: at(1000) };
        let wait = |spending, needed, now| {
            let (pause, reason) = reading.wait(spending, needed, at(now))?;
            assert_eq!(reason.retry, Retry::Later(Some(pause)));
            Some((pause.as_secs(), reason.code))
        };
        assert_eq!(wait(Spending::LeavesAQuarter, 1, 1000), None);
        assert_eq!(wait(Spending::LeavesAQuarter, 2, 1001), Some((6, Code::KeepingAQuarter)));
        assert_eq!(wait(Spending::Everything, 16, 1000), None);
        assert_eq!(wait(Spending::Everything, 17, 1000), Some((7, Code::BudgetUsedUp)));
        assert_eq!(wait(Spending::Everything, 17, 1007), None, "that window is over");
    }
}
