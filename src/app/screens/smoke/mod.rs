//! Smoke tests on the screen: the run that is under way or was made last, and what is known of each grant.

mod availability;
mod board;
mod caveat;
mod cell;
mod known;
mod screen;
mod start;
mod update;
mod view;

pub(crate) use availability::{BUSY, availability};
pub use board::{Board, Subject};
pub(crate) use caveat::caveat;
pub(crate) use cell::test_cell;
pub use known::{Known, Latest};
pub(crate) use screen::SmokeScreen;
pub(crate) use start::{ask_about_what_is_seen, begin, previewed, test_rows};
pub(crate) use update::{answer, is_anything_tested, progress_line, under_way_in_words, verdicts};

use crate::app::keymap::Place;
use crate::app::requests::SmokeTargets;

/// A run with more calls than this asks first.
pub const ASK_ABOVE: u32 = 100;

/// What the screen knows of smoke tests.
#[derive(Debug, Default)]
pub struct Smoke {
    /// The run that is under way or was made last; it stays when its screen is left.
    pub board: Option<Board>,
    /// What is known of each grant.
    pub known: Known,
    /// What is to be tested, while it is found out how long that takes.
    asked: Option<Asked>,
}

/// A request to test something.
#[derive(Clone, Debug, PartialEq)]
pub struct Asked {
    /// What is tested.
    pub job: SmokeTargets,
    /// In words.
    pub subject: Subject,
    /// Where it was asked for.
    pub place: Place,
}

#[cfg(test)]
#[path = "smoke_tests.rs"]
mod tests;
