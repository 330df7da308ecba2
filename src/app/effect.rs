//! What the screen wants from the world: plain data that a test can compare.

use super::{Discarded, Job, Slot, Ticket};
use crate::domain::Diagnosis;
use crate::domain::remembered::MemoryChange;

/// One effect. The host runs it and answers with a [`super::Msg`].
#[derive(Debug, PartialEq)]
pub enum Effect {
    /// Do some work; answers carry the ticket.
    Start {
        /// The question.
        ticket: Ticket,
        /// The work.
        job: Job,
    },
    /// Stop what runs under this slot. A courtesy: its ticket is no longer current anyway.
    Cancel(Slot),
    /// Free what takes longer to free than a frame may last.
    Discard(Discarded),
    /// Remember a choice or a view; nobody waits for it.
    Remember(MemoryChange),
    /// Give the terminal back and stop, as Ctrl-Z does.
    Suspend,
    /// Forget what is on the screen and draw all of it again.
    Repaint,
    /// Leave.
    Quit(ExitReason),
}

/// Why the program ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ExitReason {
    /// The user left.
    User,
    /// Interrupted (Ctrl-C outside an input, SIGINT).
    Interrupted,
    /// SIGTERM or SIGHUP.
    Terminated,
    /// The screen begins anew with another session.
    Switch(Switch),
    /// It cannot go on; printed after the terminal is given back.
    Failed(Box<Diagnosis>),
}

/// A session that takes the place of this one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Switch {
    /// Which one.
    pub to: Destination,
    /// Ids and accounts stay masked.
    pub private: bool,
}

/// Where a session comes from. Never a key: that is typed where no screen sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Destination {
    /// The demonstration.
    Demo,
    /// The variables of the environment.
    Environment,
    /// A key that is typed, once the screen has given the terminal back.
    TypedKey,
    /// A profile of the configuration.
    Profile(String),
}
