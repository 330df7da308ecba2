//! How a run stands, in a line that a person watches.

use std::fmt::Write as _;

use jiff::{SignedDuration, Timestamp};

use crate::domain::smoke::{Pause, SmokeResult, Standing, Tally};
use crate::domain::words::{count, length};

/// The line is drawn anew at most so often, in milliseconds.
const EVERY: i64 = 100;

/// How a run stands.
#[derive(Default)]
pub(super) struct Progress {
    tally: Tally,
    grants: u32,
    began: Option<Timestamp>,
    drawn: Option<Timestamp>,
}

impl Progress {
    pub(super) fn begin(&mut self, grants: u32, now: Timestamp) {
        (self.grants, self.began) = (grants, Some(now));
    }

    pub(super) fn add(&mut self, result: &SmokeResult) {
        self.tally.add(result);
    }

    /// How far it is.
    pub(super) fn now(&self) -> String {
        let failing = self.tally.standing(Standing::Failing);
        let (done, all) = (count(self.tally.total().into()), count(self.grants.into()));
        format!("{done} of {all} tested, {failing} fail")
    }

    /// The line, where it is time to draw it.
    pub(super) fn line(&mut self, now: Timestamp) -> Option<String> {
        let since = |then: Option<Timestamp>| then.map(|then| now.duration_since(then).as_millis() as i64);
        if since(self.drawn).is_some_and(|since| since.abs() < EVERY) {
            return None;
        }
        self.drawn = Some(now);
        let mut line = self.now();
        let done = self.tally.total();
        let millis = since(self.began).unwrap_or_default().max(1);
        let (called, left) = (i64::from(self.tally.called), i64::from(self.grants.saturating_sub(done)));
        // A rate of the first moments would only frighten people.
        if called >= 10 && millis >= 1_000 && left > 0 {
            let tenths = called * 10_000 / millis;
            let rest = SignedDuration::from_millis(left.saturating_mul(millis) / called);
            // Writing to a text cannot fail.
            let _ = write!(line, ", {}.{} a second, {} left", tenths / 10, tenths % 10, length(rest));
        }
        Some(line)
    }
}

/// Why nothing is sent at the moment.
pub(super) fn paused(pause: &Pause) -> String {
    let seconds = pause.length.as_millis().div_ceil(1_000);
    let headline = pause.reason.headline();
    match &pause.host {
        Some(host) => format!("pausing calls to {host} for {seconds} s. {headline}"),
        None => format!("waiting {seconds} s. {headline}"),
    }
}
