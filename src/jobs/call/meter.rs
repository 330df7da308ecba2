//! Reports the progress of a call at intervals.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::mpsc::Sender;
use tokio::time::Instant;

use crate::api::arrival::Arrival;
use crate::domain::CallEvent;

/// Bytes between two reports.
const MIN_BYTES: u64 = 64 << 10;
/// Time between two reports.
const MIN_INTERVAL: Duration = Duration::from_millis(50);

/// Observes one answer.
pub(super) struct Meter {
    events: Sender<CallEvent>,
    sent: Instant,
    observed: Mutex<Observed>,
}

#[derive(Default)]
struct Observed {
    first_byte: Option<Duration>,
    /// The last report: bytes so far, and when.
    last_report: Option<(u64, Instant)>,
}

impl Meter {
    /// Starts when the request is sent.
    pub(super) fn start(events: Sender<CallEvent>) -> Self {
        Self { events, sent: Instant::now(), observed: Mutex::default() }
    }

    /// Time from sending to the head of the answer.
    pub(super) fn first_byte(&self) -> Option<Duration> {
        self.observed.lock().unwrap_or_else(PoisonError::into_inner).first_byte
    }

    pub(super) fn observe(&self, arrival: Arrival) {
        let now = Instant::now();
        let mut observed = self.observed.lock().unwrap_or_else(PoisonError::into_inner);
        match arrival {
            Arrival::Head => {
                observed.first_byte = Some(now - self.sent);
                observed.last_report = Some((0, now));
            }
            Arrival::Piece { received, total } => {
                let (before, when) = observed.last_report.unwrap_or((0, self.sent));
                if received - before >= MIN_BYTES && now - when >= MIN_INTERVAL {
                    observed.last_report = Some((received, now));
                    // If the channel is full, the report is dropped.
                    let _ = self.events.try_send(CallEvent::Progress { received, total });
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use tokio::sync::mpsc;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn little_is_reported_and_never_a_crowd() {
        let (sender, mut events) = mpsc::channel(100);
        let meter = Meter::start(sender);
        tokio::time::advance(Duration::from_millis(30)).await;
        meter.observe(Arrival::Head);
        assert_eq!(meter.first_byte(), Some(Duration::from_millis(30)));
        let total = Some(1 << 20);
        let mut reports = Vec::new();
        for step in 1..=64 {
            tokio::time::advance(Duration::from_millis(10)).await;
            meter.observe(Arrival::Piece { received: step << 14, total });
            while let Ok(CallEvent::Progress { received, total: of }) = events.try_recv() {
                assert_eq!(of, total);
                reports.push(received >> 14);
            }
        }
        // 80 KiB every 50 ms: the interval is what limits the reports.
        assert_eq!(reports, [5, 10, 15, 20, 25, 30, 35, 40, 45, 50, 55, 60]);
        tokio::time::advance(Duration::from_secs(9)).await;
        meter.observe(Arrival::Piece { received: (60 << 14) + MIN_BYTES - 1, total });
        assert!(events.try_recv().is_err(), "too little more");
    }

    #[tokio::test(start_paused = true)]
    async fn a_reader_who_sleeps_holds_nothing_up() {
        let (sender, mut events) = mpsc::channel(1);
        let meter = Meter::start(sender);
        for step in 1..10 {
            tokio::time::advance(MIN_INTERVAL).await;
            meter.observe(Arrival::Piece { received: step * MIN_BYTES, total: None });
        }
        assert_eq!(events.recv().await, Some(CallEvent::Progress { received: MIN_BYTES, total: None }));
        assert!(events.try_recv().is_err());
    }
}
