//! The only module that reads clocks. All others are passed a [`Now`] or one of these functions.

use std::time::Duration;

use jiff::Timestamp;
use tokio::time::Instant;

use crate::domain::Now;

/// The program's clock: milliseconds since it was started, and wall-clock time.
#[derive(Clone, Copy, Debug)]
pub struct Clock {
    start: Instant,
}

impl Clock {
    /// Starts a clock at zero. It is tokio's clock, so tests can pause it.
    pub fn start() -> Self {
        Self { start: Instant::now() }
    }

    /// The current time, in the form that the core uses.
    pub fn now(&self) -> Now {
        Now { millis: self.elapsed().as_millis() as u64, wall: wall() }
    }

    /// Time since the clock was started.
    pub fn elapsed(&self) -> Duration {
        self.start.elapsed()
    }

    /// The instant for a value of [`Now::millis`].
    pub fn at(&self, millis: u64) -> Instant {
        self.start + Duration::from_millis(millis)
    }
}

/// Wall-clock time, for jobs, client and sandbox.
pub fn wall() -> Timestamp {
    #[expect(clippy::disallowed_methods, reason = "this is the one place that reads the wall clock")]
    Timestamp::now()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn milliseconds_follow_the_paused_clock() {
        let clock = Clock::start();
        assert_eq!(clock.now().millis, 0);
        tokio::time::advance(Duration::from_millis(1500)).await;
        assert_eq!(clock.now().millis, 1500);
        tokio::time::sleep_until(clock.at(2000)).await;
        assert_eq!(clock.now().millis, 2000);
    }
}
