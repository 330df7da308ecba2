//! What the loop is put together from: an app, a host, and what it tells tests. Tests bring their own.

use std::io;

use futures_util::Stream;

use crate::app::{Effect, Model, Msg, update};
use crate::domain::Now;
use crate::platform::suspend::Scope;

/// What the loop asks of the app; a fake in tests.
pub(crate) trait App {
    /// Takes a message in.
    fn update(&mut self, message: Msg, now: Now) -> Vec<Effect>;
    /// Equal revisions draw equal pictures.
    fn revision(&self) -> u64;
    /// Whether there is something to see yet. The answer that brings it is drawn at once, as a key is.
    fn has_rows(&self) -> bool;
    /// When the picture changes by itself, in [`Now::millis`].
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

/// What the loop needs of a terminal and of the operating system; a fake in tests.
pub(crate) trait Host<M> {
    /// What the terminal sends.
    type Input: Stream<Item = io::Result<Msg>> + Unpin;
    /// Takes the terminal and answers its size.
    fn enter(&mut self) -> io::Result<(u16, u16)>;
    /// Gives the terminal back.
    fn leave(&mut self);
    /// Begins to read; ends when the answer is dropped.
    fn open_input(&mut self) -> Self::Input;
    /// Forgets what is on the screen and takes a new size; None = the one it has.
    fn reset(&mut self, size: Option<(u16, u16)>) -> io::Result<()>;
    /// Draws a frame.
    fn draw(&mut self, app: &M, now: Now) -> io::Result<()>;
    /// Tells a test what the loop is at: revision, keys handled, idle or busy.
    fn report(&mut self, state: &LoopState) -> io::Result<()>;
    /// Writes bytes that are no part of the picture, between two frames.
    fn write(&mut self, bytes: &[u8]) -> io::Result<()>;
    /// Whether stopping makes sense here.
    fn can_stop(&self) -> bool;
    /// Stops; returns when the signal was sent. The group's own signal is caught here: it comes as a
    /// [`super::signals::SignalEvent::Stop`], and then this process is still to be stopped.
    fn stop(&mut self, scope: Scope);
}

/// What a test waits for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct LoopState {
    /// The revision that is on the screen.
    pub(crate) revision: u64,
    /// Keys, pastes and mouse events that were handled.
    pub(crate) handled: u64,
    /// Work is under way, or a frame is owed.
    pub(crate) busy: bool,
    /// Nothing is under way and nothing will change by itself: a program at rest.
    pub(crate) rests: bool,
}
