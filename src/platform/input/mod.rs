//! What the terminal sends, as messages.
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
mod scan;
#[cfg(any(windows, test))]
mod windows;

use std::collections::VecDeque;

#[cfg(unix)]
pub(crate) use keyboard::Keyboard;
#[cfg(unix)]
pub(crate) use reading::Input;
#[cfg(windows)]
pub(crate) use windows::{Input, Keyboard};

use super::clock::Clock;
use crate::app::Msg;

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

/// Puts a message behind those that wait; of several sizes only the last one counts, and pastes that follow
/// each other are one.
pub(crate) fn queue(waiting: &mut VecDeque<Msg>, message: Msg) {
    match (waiting.back_mut(), message) {
        (Some(Msg::Paste(before)), Msg::Paste(text)) => before.push_str(&text),
        (Some(before @ Msg::Resize { .. }), message @ Msg::Resize { .. }) => *before = message,
        (_, message) => waiting.push_back(message),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::input::Key;

    #[test]
    fn sizes_and_pastes_in_a_row_are_one() {
        let mut waiting = VecDeque::new();
        for message in [
            Msg::Resize { width: 80, height: 24 },
            Msg::Resize { width: 1, height: 1 },
            Msg::Paste("a\n".into()),
            Msg::Paste("b".into()),
            Msg::Key(Key::char('x')),
            Msg::Paste("c".into()),
            Msg::Resize { width: 90, height: 30 },
        ] {
            queue(&mut waiting, message);
        }
        let printed: Vec<String> = waiting.iter().map(|message| format!("{message:?}")).collect();
        assert_eq!(printed.len(), 5);
        assert_eq!(printed[0], "Resize { width: 1, height: 1 }");
        assert_eq!(printed[1], "Paste(\"a\\nb\")");
        assert_eq!(printed[4], "Resize { width: 90, height: 30 }");
    }

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
