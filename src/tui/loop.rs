//! The event loop: messages in, frames out, then effects.
//!
//! The order matters. Signals come before input and input before answers, so that a stream of pages cannot starve the
//! keys. The frame comes before the effects, so that a woken worker does not compete with it for the core. Keys and the
//! first rows are drawn at once, other answers at most every [`FRAME_MILLIS`]. When idle, nothing runs and nothing is written.

mod handoff;

use std::collections::VecDeque;
use std::future::poll_fn;
use std::io;
use std::pin::pin;
use std::task::Poll;
use std::time::Duration;

use futures_util::StreamExt;
use tokio::sync::mpsc;

use super::delivery::Delivery;
use super::effects::EffectRunner;
use super::input;
use super::parts::{App, Host, LoopState};
use super::signals::{SignalEvent, SignalSource};
use crate::app::msg::Signal;
use crate::app::requests::EditText;
use crate::app::{Effect, ExitReason, Msg, Ticket};
use crate::platform::clock::Clock;
use crate::platform::suspend::Scope;

/// The shortest time between two frames without a key press, in milliseconds.
const FRAME_MILLIS: u64 = 8;

/// The most messages per round.
const ROUND_MESSAGES: usize = 256;

/// The longest time spent on messages per round.
const ROUND_TIME: Duration = Duration::from_millis(2);

/// The loop and everything it owns.
pub(crate) struct Loop<M, D: Host<M>, S, H> {
    app: M,
    host: D,
    signals: S,
    runner: H,
    answers: mpsc::Receiver<Delivery>,
    clock: Clock,
    input: Option<D::Input>,
    waiting: VecDeque<Msg>,
    requested: Vec<Effect>,
    /// Texts that wait for the user's editor.
    edits: Vec<(Ticket, EditText)>,
    drawn: Option<u64>,
    last_frame: u64,
    last_wake: u64,
    /// The wake-up time that the loop is sleeping until.
    wake_at: Option<u64>,
    /// Draw at once: a key was pressed, or the first rows arrived.
    draw_now: bool,
    answers_waited: bool,
    handled: u64,
    reported: LoopState,
}

/// What woke the loop.
enum Event {
    Signal(SignalEvent),
    Input(Option<io::Result<Msg>>),
    Delivery(Option<Delivery>),
    Time,
}

impl<M: App, D: Host<M>, S: SignalSource, H: EffectRunner> Loop<M, D, S, H> {
    /// A loop that has not started.
    pub(crate) fn new(
        app: M,
        host: D,
        signals: S,
        runner: H,
        answers: mpsc::Receiver<Delivery>,
        clock: Clock,
    ) -> Self {
        Self {
            app,
            host,
            signals,
            runner,
            answers,
            clock,
            input: None,
            waiting: VecDeque::new(),
            requested: Vec::new(),
            edits: Vec::new(),
            drawn: None,
            last_frame: 0,
            last_wake: 0,
            wake_at: None,
            draw_now: false,
            answers_waited: false,
            handled: 0,
            reported: LoopState::default(),
        }
    }

    /// Runs until something ends it, then restores the terminal. Also returns the runner, so that its tasks can be
    /// ended.
    ///
    /// # Errors
    ///
    /// If the terminal can no longer be read or written.
    pub(crate) async fn run(mut self) -> (io::Result<ExitReason>, H) {
        let outcome = self.until_quit().await;
        self.input = None;
        self.host.leave();
        (outcome, self.runner)
    }

    async fn until_quit(&mut self) -> io::Result<ExitReason> {
        let (width, height) = self.host.enter()?;
        self.feed(Msg::Start { width, height });
        self.draw_now = true;
        self.draw_if_due()?;
        self.input = Some(self.host.open_input());
        loop {
            if let Some(reason) = self.settle().await? {
                return Ok(reason);
            }
            if let Some(reason) = self.round().await? {
                return Ok(reason);
            }
        }
    }

    /// Draws, starts effects, reports the state to tests.
    async fn settle(&mut self) -> io::Result<Option<ExitReason>> {
        let mut requested = std::mem::take(&mut self.requested);
        if let Some(at) = requested.iter().position(|effect| matches!(effect, Effect::Quit(_))) {
            let Effect::Quit(reason) = requested.swap_remove(at) else { return Ok(None) };
            return Ok(Some(reason));
        }
        if requested.contains(&Effect::Repaint) {
            self.host.reset(None)?;
            self.force_redraw();
        }
        self.draw_if_due()?;
        let mut suspend = false;
        for effect in requested {
            match effect {
                Effect::Suspend => suspend = true,
                Effect::Repaint | Effect::Quit(_) => {}
                effect @ (Effect::Start { .. }
                | Effect::Cancel(_)
                | Effect::Discard(_)
                | Effect::Remember(_)) => self.runner.carry_out(effect),
            }
        }
        if suspend && let Some(reason) = self.suspend(Scope::Group).await? {
            return Ok(Some(reason));
        }
        for (ticket, edit) in std::mem::take(&mut self.edits) {
            if let Some(reason) = self.edit(ticket, &edit).await? {
                return Ok(Some(reason));
            }
        }
        let busy =
            self.runner.is_busy() || !self.waiting.is_empty() || self.drawn != Some(self.app.revision());
        let rests = !busy && self.next_time().is_none();
        let state = LoopState { revision: self.app.revision(), handled: self.handled, busy, rests };
        if state != self.reported {
            self.reported = state;
            self.host.report(&state)?;
        }
        Ok(None)
    }

    /// Waits for an event, then handles what is available, within limits.
    async fn round(&mut self) -> io::Result<Option<ExitReason>> {
        if let Some(signal) = self.pending_signal().await {
            return self.signal(signal).await;
        }
        if self.waiting.is_empty() {
            match self.wait().await {
                Event::Signal(signal) => return self.signal(signal).await,
                Event::Input(message) => {
                    if !self.queue_input(message) {
                        return Ok(Some(ExitReason::Terminated));
                    }
                }
                Event::Delivery(delivery) => self.handle_delivery(delivery)?,
                Event::Time => self.handle_timer(),
            }
        }
        let began = self.clock.elapsed();
        let mut taken = 1;
        let clock = self.clock;
        let more =
            |taken: usize| taken < ROUND_MESSAGES && clock.elapsed().saturating_sub(began) < ROUND_TIME;
        while self.waiting.len() < ROUND_MESSAGES {
            let Some(message) = self.pending_input().await else { break };
            if !self.queue_input(message) {
                return Ok(Some(ExitReason::Terminated));
            }
        }
        let mut pressed = false;
        while let Some(message) = self.waiting.pop_front() {
            pressed = true;
            self.handle_input(message)?;
            taken += 1;
            if !more(taken) {
                break;
            }
        }
        // After a key, answers wait for a single frame: neither can starve the other.
        if pressed && !self.answers_waited {
            self.answers_waited = true;
            return Ok(None);
        }
        self.answers_waited = false;
        while let Ok(delivery) = self.answers.try_recv() {
            self.handle_delivery(Some(delivery))?;
            taken += 1;
            if !more(taken) {
                break;
            }
        }
        Ok(None)
    }

    async fn wait(&mut self) -> Event {
        // Remember the time: when it has come, the model may already name the next one.
        self.wake_at = self.next_wake();
        let until = self.next_time().map(|millis| self.clock.at(millis));
        let timer = pin!(async {
            match until {
                Some(until) => tokio::time::sleep_until(until).await,
                None => std::future::pending().await,
            }
        });
        let input = async {
            match &mut self.input {
                Some(input) => input.next().await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            biased;
            signal = self.signals.next() => Event::Signal(signal),
            message = input => Event::Input(message),
            delivery = self.answers.recv() => Event::Delivery(delivery),
            () = timer => Event::Time,
        }
    }

    /// When to continue without an event: a frame is due, or the model wants to be woken.
    fn next_time(&self) -> Option<u64> {
        let frame = (self.drawn != Some(self.app.revision())).then_some(self.last_frame + FRAME_MILLIS);
        frame.into_iter().chain(self.next_wake()).min()
    }

    /// When the model wants to be woken. A time in the past must not make the loop spin.
    fn next_wake(&self) -> Option<u64> {
        self.app.next_wake(self.clock.now()).map(|wake| wake.max(self.last_wake + FRAME_MILLIS))
    }

    fn handle_timer(&mut self) {
        let now = self.clock.now();
        if self.wake_at.take().is_some_and(|wake| wake <= now.millis) {
            self.last_wake = now.millis;
            self.feed(Msg::Wake);
        }
    }

    /// Input that is already available. Polls with the task's own context, so that later input wakes the task.
    async fn pending_input(&mut self) -> Option<Option<io::Result<Msg>>> {
        let input = self.input.as_mut()?;
        poll_fn(|context| {
            Poll::Ready(match input.poll_next_unpin(context) {
                Poll::Ready(message) => Some(message),
                Poll::Pending => None,
            })
        })
        .await
    }

    /// Returns false if the terminal is gone.
    fn queue_input(&mut self, message: Option<io::Result<Msg>>) -> bool {
        match message {
            Some(Ok(message)) => {
                input::queue(&mut self.waiting, message);
                true
            }
            Some(Err(_)) | None => false,
        }
    }

    fn handle_input(&mut self, message: Msg) -> io::Result<()> {
        match message {
            Msg::Resize { width, height } => self.host.reset(Some((width, height)))?,
            Msg::Focus(_) => {}
            Msg::Start { .. }
            | Msg::Key(_)
            | Msg::Burst(_)
            | Msg::Mouse(_)
            | Msg::Paste(_)
            | Msg::Background(_)
            | Msg::Wake
            | Msg::Resumed
            | Msg::Signal(_)
            | Msg::Answer { .. }
            | Msg::Budget(_)
            | Msg::Fault(_) => {
                self.draw_now = true;
                self.handled += 1;
            }
        }
        self.feed(message);
        Ok(())
    }

    fn handle_delivery(&mut self, delivery: Option<Delivery>) -> io::Result<()> {
        match delivery {
            Some(Delivery::Msg(message)) => {
                let had_rows = self.app.has_rows();
                self.feed(message);
                self.draw_now |= !had_rows && self.app.has_rows();
            }
            Some(Delivery::Write(bytes)) => self.host.write(&bytes)?,
            Some(Delivery::Edit(ticket, edit)) => self.edits.push((ticket, edit)),
            Some(Delivery::Ended(ticket)) => self.runner.ended(ticket),
            None => {}
        }
        Ok(())
    }

    fn feed(&mut self, message: Msg) {
        let now = self.clock.now();
        self.requested.extend(self.app.update(message, now));
    }

    fn force_redraw(&mut self) {
        self.drawn = None;
        self.draw_now = true;
    }

    fn draw_if_due(&mut self) -> io::Result<()> {
        let now = self.clock.now();
        let due = self.draw_now || self.drawn.is_none() || now.millis >= self.last_frame + FRAME_MILLIS;
        self.draw_now = false;
        if self.drawn != Some(self.app.revision()) && due {
            self.host.draw(&self.app, now)?;
            self.drawn = Some(self.app.revision());
            self.last_frame = now.millis;
        }
        Ok(())
    }

    async fn signal(&mut self, signal: SignalEvent) -> io::Result<Option<ExitReason>> {
        let (signal, reason) = match signal {
            // The terminal is gone: reading it would spin, and there is nothing to draw on.
            SignalEvent::HangUp => return Ok(Some(ExitReason::Terminated)),
            SignalEvent::Terminate => (Signal::Terminate, ExitReason::Terminated),
            SignalEvent::Interrupt => (Signal::Interrupt, ExitReason::Interrupted),
            SignalEvent::Stop => return self.suspend(Scope::Process).await,
            // Stopped by SIGSTOP and continued: the terminal's state is unknown.
            SignalEvent::Continue => return self.resume().map(|()| None),
        };
        self.feed(Msg::Signal(signal));
        let said = self.requested.drain(..).find_map(|effect| match effect {
            Effect::Quit(reason) => Some(reason),
            Effect::Start { .. }
            | Effect::Cancel(_)
            | Effect::Discard(_)
            | Effect::Remember(_)
            | Effect::Suspend
            | Effect::Repaint => None,
        });
        Ok(Some(said.unwrap_or(reason)))
    }

    async fn pending_signal(&mut self) -> Option<SignalEvent> {
        let mut next = pin!(self.signals.next());
        poll_fn(|context| {
            Poll::Ready(match next.as_mut().poll(context) {
                Poll::Ready(signal) => Some(signal),
                Poll::Pending => None,
            })
        })
        .await
    }
}

#[cfg(test)]
#[path = "loop_tests.rs"]
mod tests;
