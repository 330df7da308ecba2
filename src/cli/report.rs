//! What goes to standard error: failures with who, why and what to do; notices; progress.

use std::fmt::Write as _;
use std::io::{self, IsTerminal, Write};

use crate::domain::remedy::render;
use crate::domain::words::count;
use crate::domain::{Clean, Diagnosis, Who};

/// Writes to standard error; a closed one is nobody's problem.
#[derive(Debug)]
pub(super) struct Report {
    /// A person looks, and the rows do not go to the same terminal: progress is welcome.
    progress: bool,
    shown: bool,
}

impl Report {
    /// `quiet_terminal`: rows appear on the terminal themselves, so progress would stand in their way.
    pub(super) fn new(quiet_terminal: bool) -> Self {
        Self { progress: io::stderr().is_terminal() && !quiet_terminal, shown: false }
    }

    /// How far a walk is.
    pub(super) fn progress(&mut self, here: u64, total: u64) {
        if self.progress {
            self.shown = true;
            write(&format!("\r\u{1b}[K{} of {} grants", count(here), count(total)));
        }
    }

    /// Takes the progress line away.
    pub(super) fn clear(&mut self) {
        if std::mem::take(&mut self.shown) {
            write("\r\u{1b}[K");
        }
    }

    /// One sentence.
    pub(super) fn notice(&mut self, sentence: &str) {
        self.clear();
        write(&format!("grantdeck: {}\n", Clean::line(sentence)));
    }

    /// What is no failure and still wants something done: what it is, what to do, the facts.
    pub(super) fn hint(&mut self, diagnosis: &Diagnosis) {
        let words = render(diagnosis);
        let facts = words.facts.iter().map(|(label, value)| format!(" ({label} {value})"));
        self.notice(&format!("{} {}{}", words.headline, words.remedy, facts.collect::<String>()));
    }

    /// A failure: who refused, why, the facts, and what can be done.
    pub(super) fn failure(&mut self, diagnosis: &Diagnosis) {
        self.clear();
        write(&failure(diagnosis));
    }
}

/// A failure in words: what happened and who says so, the other side's own sentence, the facts, cause and remedy.
pub(crate) fn failure(diagnosis: &Diagnosis) -> String {
    let words = render(diagnosis);
    let mut text = format!("grantdeck: {}\n", words.headline);
    let mut line = |label: &str, value: &str| {
        if !value.is_empty() {
            // Writing to a text cannot fail.
            let _ = writeln!(text, "  {label:<9} {value}");
        }
    };
    line("who", words.who);
    line("said", words.said.as_ref().map_or("", Clean::as_str));
    for (label, value) in &words.facts {
        line(label, value.as_str());
    }
    line("cause", words.cause);
    line("remedy", words.remedy);
    if diagnosis.who != Who::You {
        line("again", &words.retry_line);
    }
    line("code", diagnosis.code.name());
    text
}

fn write(text: &str) {
    // Where standard error is closed, there is nobody to tell that it is.
    let _ = io::stderr().lock().write_all(text.as_bytes());
}
