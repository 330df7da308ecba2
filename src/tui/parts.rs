//! The parts of the loop as traits: an app and a host, and the state that it reports to tests, which supply their own.

use std::io;

use futures_util::Stream;

use crate::app::{Effect, Model, Msg, update};
use crate::domain::Now;
use crate::platform::suspend::Scope;

/// What the loop needs of the app; a fake in tests.
pub(crate) trait App {
    /// Handles a message.
    fn update(&mut self, message: Msg, now: Now) -> Vec<Effect>;
    /// Models with equal revisions draw equal frames.
    fn revision(&self) -> u64;
    /// Whether there are rows to show. The answer that brings the first ones is drawn at once, as a key is.
    fn has_rows(&self) -> bool;
    /// When the display changes by itself, in [`Now::millis`].
    fn next_wake(&self, now: Now) -> Option<u64>;
}

impl App for Model {
    fn update(&mut self, message: Msg, now: Now) -> Vec<Effect> {
        update(self, message, now)
    }

    fn revision(&self) -> u64 {
        self.revision
    }

    fn has_rows(&self) -> bool {
        self.grants.shown() > 0
    }

    fn next_wake(&self, now: Now) -> Option<u64> {
        Self::next_wake(self, now)
    }
}

/// What the loop needs of terminal and operating system; a fake in tests.
pub(crate) trait Host<M> {
    /// Events from the terminal.
    type Input: Stream<Item = io::Result<Msg>> + Unpin;
    /// Takes the terminal and returns its size.
    fn enter(&mut self) -> io::Result<(u16, u16)>;
    /// Restores the terminal.
    fn leave(&mut self);
    /// Starts reading; dropping the result stops it.
    fn open_input(&mut self) -> Self::Input;
    /// Discards the screen's content and sets the size; `None` = the current one.
    fn reset(&mut self, size: Option<(u16, u16)>) -> io::Result<()>;
    /// Draws a frame.
    fn draw(&mut self, app: &M, now: Now) -> io::Result<()>;
    /// Reports the state to a test: revision, keys handled, idle or busy.
    fn report(&mut self, state: &LoopState) -> io::Result<()>;
    /// Writes bytes that are not part of a frame, between two frames.
    fn write(&mut self, bytes: &[u8]) -> io::Result<()>;
    /// Whether this process can be suspended.
    fn can_stop(&self) -> bool;
    /// Stops the process or its group; returns once the signal is sent. The signal to the group is caught and arrives
    /// as a [`super::signals::SignalEvent::Stop`]; then this process still has to be stopped.
    fn stop(&mut self, scope: Scope);
}

/// The loop's state, for tests to wait on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct LoopState {
    /// The revision on the screen.
    pub(crate) revision: u64,
    /// Keys, pastes and mouse events handled.
    pub(crate) handled: u64,
    /// Tasks are running, or a frame is due.
    pub(crate) busy: bool,
    /// No tasks, and nothing will change by itself: an idle program.
    pub(crate) rests: bool,
}
