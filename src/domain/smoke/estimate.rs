//! Estimates the duration of a run before it starts.

use std::time::Duration;

use jiff::Timestamp;

use crate::budget::WINDOW;
use crate::{Budget, Reading, Spending};

/// Assumed duration of a probe: Alter, the provider, and the network to both.
const TYPICAL: Duration = Duration::from_millis(400);

/// The estimated duration of a run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Estimate {
    /// The approximate duration.
    pub length: Duration,
    /// Calls per minute that the rate budget allows, if it is the bottleneck.
    pub per_minute: Option<u64>,
}

/// Estimates the duration of `calls` probes with the given concurrency and rate budget.
pub fn estimate(
    calls: u64,
    at_once: usize,
    spending: Spending,
    reading: Option<&Reading>,
    now: Timestamp,
) -> Estimate {
    let turns = calls.div_ceil(at_once.max(1) as u64);
    let working = TYPICAL.saturating_mul(u32::try_from(turns).unwrap_or(u32::MAX));
    let free = Estimate { length: working, per_minute: None };
    let Some(Reading { budget, .. }) = reading else { return free };
    let each = Budget { remaining: budget.limit, ..*budget }.spendable(spending).max(1);
    let left = reading.map(|reading| reading.window_left(now)).unwrap_or_default();
    let at_hand = if left.is_zero() { each } else { budget.spendable(spending) };
    let later = calls.saturating_sub(at_hand);
    if later == 0 {
        return free;
    }
    // The remaining calls wait for the end of this window, and of every further one except the last.
    let further = u32::try_from(later.div_ceil(each) - 1).unwrap_or(u32::MAX);
    let first = if left.is_zero() { WINDOW } else { left };
    let waiting = first.saturating_add(WINDOW.saturating_mul(further));
    if waiting > working { Estimate { length: waiting, per_minute: Some(each) } } else { free }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_budget_decides_where_it_is_short() {
        let now = Timestamp::from_second(1_000).unwrap();
        let at = |limit, remaining, reset| Reading {
            budget: Budget { limit, remaining, reset },
            theirs: Some(now),
            ours: now,
        };
        let (leave, all) = (Spending::LeavesAQuarter, Spending::Everything);
        for (calls, at_once, spending, reading, seconds, per_minute) in [
            // 45 of 60 in a minute, 30 of them at once: (10,000 - 30) / 45 = 221.6 windows.
            (10_000, 8, leave, Some(at(60, 45, 1_060)), 60 * 222, Some(45)),
            (10_000, 8, all, Some(at(60, 60, 1_060)), 60 * 166, Some(60)),
            (45, 8, leave, Some(at(60, 60, 1_060)), 2, None),
            (46, 8, leave, Some(at(60, 60, 1_007)), 7, Some(45)),
            (1_000, 8, leave, Some(at(60_000, 60_000, 1_060)), 50, None),
            (1_000, 32, leave, None, 12, None),
            (0, 8, leave, None, 0, None),
            // At least one call per minute is allowed, or the run would never end.
            (3, 8, leave, Some(at(1, 1, 1_060)), 120, Some(1)),
        ] {
            let found = estimate(calls, at_once, spending, reading.as_ref(), now);
            assert_eq!(
                (found.length.as_secs(), found.per_minute),
                (seconds, per_minute),
                "{calls} {reading:?}"
            );
        }
        let reading = at(60, 0, 1_007);
        let later = Timestamp::from_second(2_000).unwrap();
        let found = estimate(46, 8, leave, Some(&reading), later);
        assert_eq!(found.length, WINDOW, "a window that is over begins anew");
    }
}
