//! Handles a probe that has returned: a verdict or a retry, and what it says about the places involved.

use std::sync::Arc;
use std::time::Duration;

use super::{Outcome, ReceiverGone, Returned, Run};
use crate::domain::smoke::{Before, Judged, Pause, SmokeEvent, SmokeResult, SmokeSummary, Verdict};
use crate::domain::words::length;
use crate::domain::{Clean, Code, Diagnosis, Grant, RecordId, Retry, Who};
use crate::smoke::clock::{Tick, Until};
use crate::smoke::gate::{COOL_DOWN, Consequence};
use crate::smoke::pace::{self, Task, Turn};
use crate::smoke::signal::{Signal, should_retry};
use crate::smoke::source::Source;

impl<S: Source> Run<'_, S> {
    pub(super) async fn settle(&mut self, fired: Returned) -> Result<(), ReceiverGone> {
        let Returned { mut task, began, outcome, record, took } = fired;
        self.pace.leave(&task);
        let grants = self.grants;
        let Some(grant) = grants.get(task.grant) else { return Ok(()) };
        let (tick, awake_since) = (self.clock.tick(), self.clock.awake_since());
        let (judged, signal, failure) = match outcome {
            Outcome::Judged(judged, signal, failure) => (judged, signal, failure),
            Outcome::Held(judged) => {
                self.answered = true;
                self.pace.is_held(task.provider);
                self.learn(&task, tick, began, &Signal::Fine, &judged, None).await?;
                self.verdict(grant, judged, &task, Some(took), record).await?;
                return self.spare_approvers(task.provider).await;
            }
            Outcome::Lapsed => {
                task.open = None;
                if !self.pace.is_full(task.provider) {
                    self.pace.again(task, Turn::First);
                    return Ok(());
                }
                (skipped_for_approval(), Signal::Fine, None)
            }
            Outcome::Objected(judged, headers) => {
                let known = self.left_out.entry(Arc::clone(&grant.provider)).or_default();
                known.extend(headers);
                task.bare = true;
                if !self.pace.is_full(task.provider) {
                    self.pace.again(task, Turn::First);
                    return Ok(());
                }
                (judged, Signal::Fine, None)
            }
            Outcome::Stop(why) => {
                self.stopped.get_or_insert(*why);
                return Ok(());
            }
            Outcome::Cancelled => return Ok(()),
        };
        // A new call may be held in turn.
        let may_go = task.open.is_some() || !self.pace.is_full(task.provider);
        if may_go && judged.verdict == Verdict::Network && began < awake_since {
            // The machine was suspended meanwhile; a broken connection says nothing then.
            task.attempts -= 1;
            self.pace.again(task, Turn::First);
            return Ok(());
        }
        self.answered |= judged.verdict != Verdict::Network;
        let goes_on = self.learn(&task, tick, began, &signal, &judged, failure).await?;
        if goes_on && may_go && should_retry(&signal, task.attempts) {
            let turn = match signal {
                // The gate stays shut as long as necessary.
                Signal::HostSlow(_) | Signal::AlterSlow(_) => Turn::First,
                _ => Turn::At(Until::after(tick, pace::pause(task.attempts))),
            };
            task.last = Some(Box::new(judged));
            self.pace.again(task, turn);
            return Ok(());
        }
        self.verdict(grant, judged, &task, Some(took), record).await
    }

    /// Updates the gates of the places involved. Returns false if nothing more is sent there.
    async fn learn(
        &mut self,
        task: &Task,
        tick: Tick,
        began: Duration,
        signal: &Signal,
        judged: &Judged,
        failure: Option<Box<Diagnosis>>,
    ) -> Result<bool, ReceiverGone> {
        if !matches!(signal, Signal::AlterFailed | Signal::AlterSlow(_) | Signal::NobodyAnswered) {
            self.pace.alter.succeeded();
        }
        let patience = self.limits.patience;
        match signal {
            Signal::Fine => {
                if let Some(gate) = self.pace.gate(task.host) {
                    gate.succeeded();
                }
            }
            Signal::HostSlow(asked) if *asked > patience => {
                let pause = length(jiff::SignedDuration::try_from(*asked).unwrap_or_default());
                let why = format!("skipped: the provider asked for a pause of {pause}");
                self.skip_host(task.host, &Judged::new(Verdict::RateLimited).because(&why)).await?;
                return Ok(false);
            }
            Signal::HostSlow(asked) => {
                let until = Until::after(tick, *asked);
                if let Some(gate) = self.pace.gate(task.host) {
                    gate.slow_down(until);
                }
                let reason = Diagnosis::new(Code::ProviderRefused, Who::Provider, Retry::Later(Some(*asked)))
                    .fact("status", "429");
                self.pause(tick, until, reason, Some(task.host)).await?;
            }
            Signal::HostFailed | Signal::NobodyAnswered => {
                let consequence = self.pace.gate(task.host).map(|gate| gate.failed(tick, began));
                match consequence {
                    Some(Consequence::Shut(until)) => {
                        let reason = Diagnosis::new(
                            Code::ProviderFailed,
                            Who::Provider,
                            Retry::Later(Some(COOL_DOWN)),
                        );
                        self.pause(tick, until, reason, Some(task.host)).await?;
                    }
                    Some(Consequence::Down) => {
                        let why = "skipped: every call to this provider failed, even after a pause";
                        self.skip_host(task.host, &Judged::new(judged.verdict).because(why)).await?;
                        return Ok(false);
                    }
                    Some(Consequence::Bearable) | None => {}
                }
            }
            Signal::AlterSlow(asked) => {
                let reason = failure.map_or_else(
                    || Diagnosis::new(Code::RateLimitExceeded, Who::Alter, Retry::Later(Some(*asked))),
                    |failure| *failure,
                );
                if *asked > patience {
                    self.stopped.get_or_insert(reason);
                    return Ok(false);
                }
                let until = Until::after(tick, *asked);
                self.pace.alter.slow_down(until);
                self.pause(tick, until, reason, None).await?;
            }
            Signal::AlterFailed => {
                let consequence = self.pace.alter.failed(tick, began);
                let reason = failure.map_or_else(
                    || Diagnosis::new(Code::NetworkFailed, Who::Network, Retry::Later(None)),
                    |failure| *failure,
                );
                match consequence {
                    Consequence::Bearable => {}
                    Consequence::Shut(until) => self.pause(tick, until, reason, None).await?,
                    Consequence::Down => {
                        self.stopped.get_or_insert(reason);
                        return Ok(false);
                    }
                }
            }
        }
        Ok(true)
    }

    /// Gives each waiting task of a host the verdict of its last attempt, else this one.
    async fn skip_host(&mut self, host: usize, judged: &Judged) -> Result<(), ReceiverGone> {
        let tasks = self.pace.remove_host(host);
        self.end_tasks(tasks, judged).await
    }

    /// Skips the remaining tasks of a provider if it holds as many calls as allowed; other providers continue.
    pub(super) async fn spare_approvers(&mut self, provider: usize) -> Result<(), ReceiverGone> {
        if !self.pace.is_full(provider) {
            return Ok(());
        }
        let tasks = self.pace.remove_provider(provider);
        self.end_tasks(tasks, &skipped_for_approval()).await
    }

    async fn end_tasks(&mut self, tasks: Vec<Task>, judged: &Judged) -> Result<(), ReceiverGone> {
        let grants = self.grants;
        for mut task in tasks {
            let Some(grant) = grants.get(task.grant) else { continue };
            let judged = task.last.take().map_or_else(|| judged.clone(), |last| *last);
            self.verdict(grant, judged, &task, None, None).await?;
        }
        Ok(())
    }

    pub(super) async fn verdict(
        &mut self,
        grant: &Grant,
        judged: Judged,
        task: &Task,
        took: Option<Duration>,
        record: Option<RecordId>,
    ) -> Result<(), ReceiverGone> {
        let Some(result) = self.result(grant, judged, took) else { return Ok(()) };
        let result = SmokeResult { attempts: task.attempts, record, ..result };
        self.past.keep([&result]);
        self.report_result(result).await
    }

    pub(super) fn result(
        &self,
        grant: &Grant,
        judged: Judged,
        took: Option<Duration>,
    ) -> Option<SmokeResult> {
        let id = grant.row.grant()?;
        let before: Option<Before> = self.past.before(id);
        let Judged { verdict, caveats, why, code, provider_status } = judged;
        let latency_ms = took.and_then(|took| u64::try_from(took.as_millis()).ok());
        let blank = SmokeResult::blank(grant, id, verdict, self.clock.tick().wall);
        Some(SmokeResult { caveats, why, code, provider_status, latency_ms, before, ..blank })
    }

    pub(super) async fn report_result(&mut self, result: SmokeResult) -> Result<(), ReceiverGone> {
        self.tally.add(&result);
        self.emit(SmokeEvent::Verdict(Arc::new(result))).await
    }

    /// Reports a pause, unless one as long was reported. A pause of one host does not affect the others.
    pub(super) async fn pause(
        &mut self,
        tick: Tick,
        until: Until,
        reason: Diagnosis,
        host: Option<usize>,
    ) -> Result<(), ReceiverGone> {
        if host.is_none() {
            if self
                .reported
                .is_some_and(|reported| !reported.is_over(tick) && reported.left(tick) >= until.left(tick))
            {
                return Ok(());
            }
            self.reported = Some(until);
        }
        let host = host.map(|host| Clean::line(self.pace.host_name(host)));
        self.emit(SmokeEvent::Paused(Pause { until: until.wall, length: until.left(tick), reason, host }))
            .await
    }

    pub(super) async fn end(&mut self, cancelled: bool) -> Result<(), ReceiverGone> {
        let tick = self.clock.tick();
        let left = (self.grants.len() as u32).saturating_sub(self.tally.total());
        self.past.end(left == 0, tick.wall);
        let elapsed = self.clock.elapsed(tick);
        let (tally, stopped, unreadable) = (self.tally.clone(), self.stopped.take(), self.unreadable);
        let summary = SmokeSummary { tally, left, unreadable, cancelled, stopped, elapsed };
        self.emit(SmokeEvent::Done(summary)).await
    }

    pub(super) async fn emit(&self, event: SmokeEvent) -> Result<(), ReceiverGone> {
        self.events.send(event).await.or(Err(ReceiverGone))
    }
}

/// The verdict for a skipped grant: calls like it are held, and each bothers an approver.
fn skipped_for_approval() -> Judged {
    Judged::new(Verdict::Skipped)
        .because("skipped: calls to this provider are held, and each one would ask an approver")
}
