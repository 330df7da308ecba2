//! The rate budget as last reported by the backend (docs/protocol/transport.md section 7).

use std::time::Duration;

use jiff::Timestamp;

use super::{Code, Diagnosis, Retry, Spending, Who};

/// Length of the rate-limit window.
pub const WINDOW: Duration = Duration::from_mins(1);

/// The rate-limit headers of an answer. If there are none, the budget is unknown, never unlimited.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Budget {
    /// Requests allowed per window.
    pub limit: u64,
    /// Requests left in the window.
    pub remaining: u64,
    /// When the window resets, in Unix seconds of the backend's clock.
    pub reset: u64,
}

impl Budget {
    /// Number of requests that may still be sent. Background work leaves a quarter of the limit to the user,
    /// unless the limit is so low that a quarter would be all of it.
    pub fn spendable(&self, spending: Spending) -> u64 {
        match spending {
            Spending::LeavesAQuarter if self.limit > 1 => {
                self.remaining.saturating_sub(self.limit.div_ceil(4))
            }
            Spending::LeavesAQuarter | Spending::Everything => self.remaining,
        }
    }
}

/// A budget, with both clocks at the time it was received.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reading {
    /// The budget.
    pub budget: Budget,
    /// The backend's clock, if the answer contained it.
    pub theirs: Option<Timestamp>,
    /// Our clock.
    pub ours: Timestamp,
}

impl Reading {
    /// Remaining time of the window; zero once it is over. The clocks may be hours apart, so the reset is
    /// only compared with the backend's clock, and our clock only with itself. If the backend's clock is
    /// unknown, ours is used instead, and an implausible reset counts as a whole window.
    pub fn window_left(&self, now: Timestamp) -> Duration {
        let clock = self.theirs.unwrap_or(self.ours).as_second();
        let reported =
            u64::try_from(i64::try_from(self.budget.reset).unwrap_or(i64::MAX).saturating_sub(clock))
                .unwrap_or(0);
        let reported = match Duration::from_secs(reported) {
            // Both are whole seconds: some of the last one may be left.
            Duration::ZERO if self.theirs.is_some() => Duration::from_secs(1),
            Duration::ZERO => WINDOW,
            reported => reported.min(WINDOW),
        };
        // If our clock was set back, treat the reading as new.
        let age = Duration::try_from(now.duration_since(self.ours)).unwrap_or_default();
        reported.saturating_sub(age)
    }

    /// Returns how long to wait for the window to end, and why, if fewer than `needed` requests are
    /// available. Returns `None` if the window is over: the reading says nothing about the next one.
    pub fn wait(&self, spending: Spending, needed: u64, now: Timestamp) -> Option<(Duration, Diagnosis)> {
        let left = self.window_left(now);
        if left.is_zero() || self.budget.spendable(spending) >= needed {
            return None;
        }
        // Both clocks have a resolution of one second.
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
            // Clocks hours apart.
            (1007, Some(1000), 9000, 9000, 7),
            (1007, Some(1000), 9000, 9006, 1),
            (10_007, Some(10_000), 1000, 1000, 7),
            (10_007, Some(10_000), 1000, 1008, 0),
            // Clock set back during the window.
            (1007, Some(1000), 1000, 10, 7),
            // A reset outside the window.
            (1000, Some(1000), 1000, 1000, 1),
            (900, Some(1000), 1000, 1000, 1),
            (5000, Some(1000), 1000, 1000, 60),
            (u64::MAX, Some(1000), 1000, 1000, 60),
            // Unknown backend clock.
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
