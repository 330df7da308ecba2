//! What is said on standard error while a call is under way.

use std::pin::pin;
use std::time::Duration;

use jiff::SignedDuration;
use tokio::sync::mpsc;
use tokio::time::{Interval, MissedTickBehavior, interval};

use super::Ended;
use crate::cli::report::Report;
use crate::domain::words::countdown;
use crate::domain::{Approval, ApprovalId, CallEvent, Code, Diagnosis, Retry, Who};

/// Counts the seconds that something is waited for. What is quick is not told.
struct Seconds {
    ticks: Interval,
    past: i64,
}

impl Seconds {
    fn begin() -> Self {
        let mut ticks = interval(Duration::from_secs(1));
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        ticks.reset();
        Self { ticks, past: 0 }
    }

    fn again(&mut self) {
        self.ticks.reset();
        self.past = 0;
    }

    async fn next(&mut self) -> SignedDuration {
        self.ticks.tick().await;
        self.past += 1;
        SignedDuration::from_secs(self.past)
    }
}

/// Does something, and says what is waited for where it takes its time.
pub(super) async fn patiently<T>(work: impl Future<Output = T>, what: &str, report: &mut Report) -> T {
    let mut work = pin!(work);
    let mut seconds = Seconds::begin();
    loop {
        tokio::select! {
            biased;
            done = &mut work => {
                report.clear();
                return done;
            }
            past = seconds.next() => report.waiting(what, &countdown(past)),
        }
    }
}

/// How a call ended, and how it stood in the end where it was held.
pub(super) struct Followed {
    pub(super) ended: Ended,
    pub(super) standing: Option<Approval>,
    /// Where it was held for approval: under which id.
    pub(super) held: Option<ApprovalId>,
}

impl From<Diagnosis> for Followed {
    fn from(failed: Diagnosis) -> Self {
        Self { ended: Ended::Failed(failed), standing: None, held: None }
    }
}

/// Takes the events of a call in until it has ended.
pub(super) async fn follow(mut events: mpsc::Receiver<CallEvent>, report: &mut Report) -> Followed {
    let (mut last, mut under) = (None, None);
    // The call always ends with one of the three.
    let mut ended = Ended::Failed(Diagnosis::new(Code::Cancelled, Who::Grantdeck, Retry::Later(None)));
    let mut seconds = Seconds::begin();
    let mut what = "getting ready";
    loop {
        let event = tokio::select! {
            biased;
            event = events.recv() => match event {
                Some(event) => event,
                None => break,
            },
            past = seconds.next() => {
                report.waiting(what, &countdown(past));
                continue;
            }
        };
        let next = match event {
            CallEvent::Sent => "waiting for the answer",
            CallEvent::Waiting { reason, millis } => {
                let pause = countdown(SignedDuration::from_millis(millis.cast_signed()));
                report.remark(&format!("{} Trying again in {pause}.", reason.headline()));
                "waiting to retry"
            }
            CallEvent::Held(held) => {
                under = Some(held.id);
                if let Some(link) = held.link() {
                    report.notice(&format!("held for approval; approve at {link}"));
                }
                "waiting for the decision"
            }
            CallEvent::Standing(standing) => {
                report.notice(&format!("approval {} is {}", standing.id, standing.state));
                last = Some(standing);
                what
            }
            CallEvent::Progress { received, total } => {
                report.received(received, total);
                "waiting for the rest"
            }
            CallEvent::Done(done) => {
                ended = Ended::Done(done);
                "sending the audit row"
            }
            CallEvent::Kept(held) => {
                ended = Ended::Kept(held);
                "storing it in the history"
            }
            CallEvent::Failed(diagnosis) => {
                ended = Ended::Failed(diagnosis);
                "sending the audit row"
            }
            CallEvent::NotRecorded(why) => {
                report.hint(&why);
                what
            }
            CallEvent::NotAudited(why) => {
                report.notice("not audited: Alter did not receive the audit row");
                if let Some(why) = why {
                    report.failure(&why);
                }
                what
            }
            // Nothing cancels it from here: an interrupt ends all of this.
            CallEvent::Recorded(_) | CallEvent::Cancelled { .. } => what,
        };
        what = next;
        seconds.again();
    }
    report.clear();
    Followed { ended, standing: last, held: under }
}
