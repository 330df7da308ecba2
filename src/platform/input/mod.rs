//! Input from the terminal, as events.
//!
//! On Unix, one parser handles all of it ([`scan`]): replies of the terminal, whoever queried it, never become keys.
//! Windows reports keys as records, which crossterm reads (not yet tried on Windows).

#[cfg(unix)]
mod controls;
#[cfg(unix)]
mod introducers;
#[cfg(unix)]
mod keyboard;
#[cfg(unix)]
mod reading;
#[cfg(unix)]
pub mod scan;
#[cfg(any(windows, test))]
#[cfg_attr(not(windows), expect(unreachable_pub, reason = "only its tests are compiled here"))]
mod windows;

#[cfg(unix)]
pub use keyboard::Keyboard;
#[cfg(unix)]
pub use reading::Input;
#[cfg(windows)]
pub use windows::{Input, Keyboard};

use super::clock::Clock;
use crate::domain::Background;
use crate::domain::input::{Key, Mouse};

/// An event from the terminal.
#[derive(Debug)]
pub enum TerminalEvent {
    /// A key was pressed.
    Key(Key),
    /// A key that arrived together with other input, or was repeated because it is held down.
    Burst(Key),
    /// A mouse event.
    Mouse(Mouse),
    /// Text was pasted, unsanitised.
    Paste(String),
    /// The terminal was resized, in cells.
    Resize {
        /// Columns.
        width: u16,
        /// Lines.
        height: u16,
    },
    /// The terminal window gained or lost focus.
    Focus(bool),
    /// The terminal reported its background.
    Background(Background),
}

/// An outstanding query to the terminal, shared between the thread that sends it and the one that reads the reply.
#[derive(Debug, Default)]
pub struct Question {
    asked: std::sync::OnceLock<Clock>,
    answered: std::sync::atomic::AtomicBool,
}

impl Question {
    /// Records that the query was sent.
    pub fn ask(&self) {
        self.asked.get_or_init(Clock::start);
    }

    /// Records that the reply arrived.
    pub fn answer(&self) {
        self.answered.store(true, std::sync::atomic::Ordering::Relaxed);
    }

    /// How long the reply has been outstanding; `None` = none is expected.
    pub fn age(&self) -> Option<std::time::Duration> {
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
