//! Limits concurrent calls to one place, and decides when to give it up: pure.

use std::time::Duration;

use super::clock::{Tick, Until};

/// How long to avoid a place that fails repeatedly before one more call is tried.
pub(super) const COOL_DOWN: Duration = Duration::from_secs(30);

/// A place that calls go to: a provider's host, or Alter itself.
#[derive(Clone, Debug)]
pub(super) struct Gate {
    /// The most concurrent calls ever, and the most at this time.
    cap: usize,
    most: usize,
    in_flight: usize,
    shut: Option<Until>,
    /// Consecutive failures, and the limit for them.
    failures: u32,
    limit: u32,
    /// Set after too many failures, when only one call at a time is tried: since when.
    trial: Option<Duration>,
    /// Successes since the limit last changed.
    successes: usize,
}

/// The consequence of a failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Consequence {
    /// None yet.
    Bearable,
    /// Avoid it until then; afterwards one call is tried.
    Shut(Until),
    /// That call failed too: the place is down.
    Down,
}

impl Gate {
    pub(super) fn new(cap: usize, limit: u32) -> Self {
        let cap = cap.max(1);
        Self { cap, most: cap, in_flight: 0, shut: None, failures: 0, limit, trial: None, successes: 0 }
    }

    /// Whether one more call may be sent.
    pub(super) fn is_open(&self, tick: Tick) -> bool {
        let most = if self.trial.is_some() { 1 } else { self.most };
        self.in_flight < most && self.shut_until(tick).is_none()
    }

    /// Until when no call may be sent.
    pub(super) fn shut_until(&self, tick: Tick) -> Option<Until> {
        self.shut.filter(|until| !until.is_over(tick))
    }

    pub(super) fn enter(&mut self) {
        self.in_flight += 1;
    }

    pub(super) fn leave(&mut self) {
        self.in_flight = self.in_flight.saturating_sub(1);
    }

    pub(super) fn in_flight(&self) -> usize {
        self.in_flight
    }

    /// A call succeeded. After enough of them, one more concurrent call is allowed.
    pub(super) fn succeeded(&mut self) {
        (self.failures, self.trial) = (0, None);
        self.successes += 1;
        if self.successes >= 4 * self.most && self.most < self.cap {
            self.most += 1;
            self.successes = 0;
        }
    }

    /// The place asks for a pause: halve the concurrency from then on.
    pub(super) fn slow_down(&mut self, until: Until) {
        self.most = (self.most / 2).max(1);
        self.successes = 0;
        self.shut = Some(until.or_later(self.shut));
    }

    /// A call that began at `began` failed because of the place itself.
    pub(super) fn failed(&mut self, tick: Tick, began: Duration) -> Consequence {
        self.failures += 1;
        match self.trial {
            Some(since) if began > since => Consequence::Down,
            None if self.failures >= self.limit => {
                let until = Until::after(tick, COOL_DOWN).or_later(self.shut);
                (self.trial, self.shut) = (Some(tick.run), Some(until));
                Consequence::Shut(until)
            }
            // Not often enough; or the call began before the trial.
            _ => Consequence::Bearable,
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;

    fn at(second: u64) -> Tick {
        let wall = Timestamp::from_second(1_000 + second.cast_signed()).unwrap();
        Tick { wall, run: Duration::from_secs(second) }
    }

    #[test]
    fn a_place_that_asks_for_a_pause_gets_it_and_half_the_crowd() {
        let mut gate = Gate::new(8, 5);
        (0..8).for_each(|_| gate.enter());
        assert!(!gate.is_open(at(0)), "no more than that");
        (0..8).for_each(|_| gate.leave());
        gate.slow_down(Until::after(at(0), Duration::from_secs(30)));
        // A shorter pause afterwards changes nothing.
        gate.slow_down(Until::after(at(0), Duration::from_secs(3)));
        assert!(!gate.is_open(at(29)) && gate.is_open(at(30)));
        gate.enter();
        gate.enter();
        assert!(!gate.is_open(at(30)), "8, 4, 2");
        (0..8).for_each(|_| gate.succeeded());
        assert!(gate.is_open(at(30)), "three now");
        (0..1_000).for_each(|_| gate.succeeded());
        (0..6).for_each(|_| gate.enter());
        assert!(!gate.is_open(at(30)), "never more than at first");
    }

    #[test]
    fn a_place_that_fails_in_a_row_is_tried_once_more_and_then_given_up() {
        let mut gate = Gate::new(8, 3);
        let second = Duration::from_secs;
        assert_eq!(gate.failed(at(1), second(0)), Consequence::Bearable);
        assert_eq!(gate.failed(at(1), second(0)), Consequence::Bearable);
        gate.succeeded();
        assert_eq!(gate.failed(at(2), second(1)), Consequence::Bearable, "not in a row");
        gate.failed(at(2), second(1));
        let Consequence::Shut(until) = gate.failed(at(3), second(1)) else { panic!("open") };
        assert_eq!(until.left(at(3)), COOL_DOWN);
        assert_eq!(gate.failed(at(4), second(2)), Consequence::Bearable, "it began before");
        assert!(!gate.is_open(at(20)) && gate.is_open(at(33)));
        gate.enter();
        assert!(!gate.is_open(at(33)), "one alone is tried");
        gate.leave();
        assert_eq!(gate.failed(at(40), second(33)), Consequence::Down);
        gate.succeeded();
        assert_eq!(gate.failed(at(41), second(40)), Consequence::Bearable, "it is back");
    }
}
