//! What the world tells the screen.

use super::{Answer, Ticket, input};
use crate::domain::{Background, Budget, Diagnosis};

/// One message.
#[derive(Debug)]
pub enum Msg {
    /// The first message: the size of the terminal, in cells.
    Start {
        /// Columns.
        width: u16,
        /// Rows.
        height: u16,
    },
    /// A key was pressed.
    Key(input::Key),
    /// A key that came in one read with something else, or again because it is held down. It answers no question.
    Burst(input::Key),
    /// The mouse did something.
    Mouse(input::Mouse),
    /// A text was pasted, raw.
    Paste(String),
    /// The terminal has another size now.
    Resize {
        /// Columns.
        width: u16,
        /// Rows.
        height: u16,
    },
    /// The terminal window got or lost the focus.
    Focus(bool),
    /// The terminal says what its own background is.
    Background(Background),
    /// The time that [`super::Model::next_wake`] named has come.
    Wake,
    /// The program was stopped and goes on; the screen is drawn anew.
    Resumed,
    /// A signal asks the program to leave.
    Signal(Signal),
    /// The answer to a question.
    Answer {
        /// Which question.
        ticket: Ticket,
        /// What it says. Boxed: pages are large.
        answer: Box<Answer>,
    },
    /// What is left of the rate budget, as it was told with whatever was asked last.
    Budget(Budget),
    /// Something broke inside (a task panicked, a worker was lost).
    Fault(Diagnosis),
}

/// A signal that asks the program to leave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signal {
    /// SIGINT.
    Interrupt,
    /// SIGTERM or SIGHUP.
    Terminate,
}
