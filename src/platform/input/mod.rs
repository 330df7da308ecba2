//! What the terminal sends, as events.
//!
//! On Unix there is one parser for all of it ([`scan`]): what the terminal answers to questions, whoever asked them,
//! never becomes a key. Windows tells keys as such, and the terminal library reads them (never tried by us).

#[cfg(unix)]
mod controls;
#[cfg(unix)]
mod introducers;
#[cfg(unix)]
mod keyboard;
#[cfg(unix)]
mod reading;
#[cfg(unix)]
pub(crate) mod scan;
#[cfg(any(windows, test))]
mod windows;

#[cfg(unix)]
pub(crate) use keyboard::Keyboard;
#[cfg(unix)]
pub(crate) use reading::Input;
#[cfg(windows)]
pub(crate) use windows::{Input, Keyboard};

use super::clock::Clock;
use crate::domain::Background;
use crate::domain::input::{Key, Mouse};

/// What a terminal sends.
#[derive(Debug)]
pub(crate) enum TerminalEvent {
    /// A key was pressed.
    Key(Key),
    /// A key that came in one read with something else, or again because it is held down.
    Burst(Key),
    /// The mouse did something.
    Mouse(Mouse),
    /// A text was pasted, raw.
    Paste(String),
    /// The terminal has another size now, in cells.
    Resize { width: u16, height: u16 },
    /// The terminal window got or lost the focus.
    Focus(bool),
    /// The terminal says what its own background is.
    Background(Background),
}

/// What the terminal was asked and has not answered yet: the thread that asks and the one that reads both know of it.
#[derive(Debug, Default)]
pub(crate) struct Question {
    asked: std::sync::OnceLock<Clock>,
    answered: std::sync::atomic::AtomicBool,
}

impl Question {
    /// The terminal was asked.
    pub(crate) fn ask(&self) {
        self.asked.get_or_init(Clock::start);
    }

    /// The answer came.
    pub(crate) fn answer(&self) {
        self.answered.store(true, std::sync::atomic::Ordering::Relaxed);
    }

    /// How long the answer has been waited for; None = there is none to come.
    pub(crate) fn age(&self) -> Option<std::time::Duration> {
        let open = !self.answered.load(std::sync::atomic::Ordering::Relaxed);
        self.asked.get().filter(|_| open).map(Clock::elapsed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_waited_for_from_the_question_until_it_comes() {
        let question = Question::default();
        assert_eq!(question.age(), None);
        question.ask();
        assert!(question.age().is_some());
        question.answer();
        assert_eq!(question.age(), None);
    }
}
