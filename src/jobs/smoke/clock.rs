//! Time during a run: two clocks, because the machine may be suspended. Depending on the system, one of them stops
//! meanwhile; a deadline has passed as soon as either says so.

use std::time::Duration;

use jiff::Timestamp;
use tokio::time::Instant;

/// Minimum divergence of the clocks that counts as a suspend.
const MIN_SUSPEND: Duration = Duration::from_secs(10);

/// How often a pause checks the wall clock.
const CHECK_INTERVAL: Duration = Duration::from_secs(2);

/// An instant on both clocks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Tick {
    /// Wall-clock time.
    pub(super) wall: Timestamp,
    /// Time since the run began, monotonic.
    pub(super) run: Duration,
}

/// A future instant on both clocks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Until {
    pub(super) wall: Timestamp,
    run: Duration,
}

impl Until {
    pub(super) fn after(tick: Tick, pause: Duration) -> Self {
        let wall = tick.wall.checked_add(pause).unwrap_or(Timestamp::MAX);
        Self { wall, run: tick.run.saturating_add(pause) }
    }

    pub(super) fn is_over(self, tick: Tick) -> bool {
        self.left(tick).is_zero()
    }

    pub(super) fn left(self, tick: Tick) -> Duration {
        let wall = Duration::try_from(self.wall.duration_since(tick.wall)).unwrap_or_default();
        wall.min(self.run.saturating_sub(tick.run))
    }

    /// The later of the two.
    pub(super) fn or_later(self, other: Option<Self>) -> Self {
        other.filter(|other| other.run > self.run).unwrap_or(self)
    }
}

/// Both clocks.
pub(super) struct Clock<'a> {
    now: &'a (dyn Fn() -> Timestamp + Send + Sync),
    began: Tick,
    start: Instant,
    /// The divergence of the clocks at the last check.
    apart: Duration,
    /// When the machine last resumed, in time of the run.
    awake_since: Duration,
}

impl<'a> Clock<'a> {
    pub(super) fn start(now: &'a (dyn Fn() -> Timestamp + Send + Sync)) -> Self {
        let began = Tick { wall: now(), run: Duration::ZERO };
        Self { now, began, start: Instant::now(), apart: Duration::ZERO, awake_since: Duration::ZERO }
    }

    pub(super) fn tick(&self) -> Tick {
        Tick { wall: (self.now)(), run: self.start.elapsed() }
    }

    /// When the machine last resumed, in time of the run; zero if it was not suspended.
    pub(super) fn awake_since(&mut self) -> Duration {
        let tick = self.tick();
        let wall = self.elapsed(tick);
        let apart = wall.abs_diff(tick.run);
        if apart.saturating_sub(self.apart) > MIN_SUSPEND {
            self.awake_since = tick.run;
        }
        self.apart = apart;
        self.awake_since
    }

    /// The duration of the run, by the wall clock.
    pub(super) fn elapsed(&self, tick: Tick) -> Duration {
        Duration::try_from(tick.wall.duration_since(self.began.wall)).unwrap_or_default()
    }

    /// Waits, and ends within moments if the machine resumes after the deadline.
    pub(super) async fn wait(&self, until: Until) {
        loop {
            let left = until.left(self.tick());
            if left.is_zero() {
                return;
            }
            tokio::time::sleep(left.min(CHECK_INTERVAL)).await;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU64, Ordering};

    use super::*;

    fn tick(wall: i64, run: u64) -> Tick {
        Tick { wall: Timestamp::from_second(wall).unwrap(), run: Duration::from_secs(run) }
    }

    #[test]
    fn a_deadline_is_over_as_soon_as_either_clock_says_so() {
        let until = Until::after(tick(1_000, 10), Duration::from_secs(30));
        for (now, left) in [
            (tick(1_000, 10), 30),
            (tick(1_020, 30), 10),
            // Suspended: the wall clock went on.
            (tick(1_025, 12), 5),
            (tick(9_999, 12), 0),
            // The wall clock was set back.
            (tick(1, 30), 10),
            (tick(1, 40), 0),
        ] {
            assert_eq!((until.left(now).as_secs(), until.is_over(now)), (left, left == 0), "{now:?}");
        }
        let later = Until::after(tick(1_000, 10), Duration::from_secs(40));
        assert_eq!((until.or_later(Some(later)), later.or_later(Some(until))), (later, later));
    }

    #[tokio::test(start_paused = true)]
    async fn sleep_is_noticed_and_shortens_a_pause() {
        let slept = AtomicU64::new(0);
        let start = Instant::now();
        let now = || {
            let seconds = start.elapsed().as_secs() + slept.load(Ordering::Relaxed);
            Timestamp::from_second(1_000 + seconds.cast_signed()).unwrap()
        };
        let mut clock = Clock::start(&now);
        tokio::time::advance(Duration::from_secs(5)).await;
        assert_eq!(clock.awake_since(), Duration::ZERO);
        let until = Until::after(clock.tick(), Duration::from_mins(10));
        slept.store(3_600, Ordering::Relaxed);
        clock.wait(until).await;
        assert!(start.elapsed() < Duration::from_secs(10), "{:?}", start.elapsed());
        let awake = clock.awake_since();
        assert_eq!(awake, start.elapsed());
        tokio::time::advance(Duration::from_secs(50)).await;
        assert_eq!(clock.awake_since(), awake, "once");
        assert_eq!(clock.elapsed(clock.tick()).as_secs(), 3_600 + start.elapsed().as_secs());
    }
}
