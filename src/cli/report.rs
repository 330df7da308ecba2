//! What goes to standard error: failures with who, why and what to do; notices; progress.

use std::io::{self, IsTerminal, Write};

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

    /// A failure: who refused, why, the facts, and what can be done.
    pub(super) fn failure(&mut self, diagnosis: &Diagnosis) {
        self.clear();
        write(&failure(diagnosis));
    }
}

/// A failure in words.
pub(super) fn failure(diagnosis: &Diagnosis) -> String {
    let code = diagnosis.code.name().replace('_', " ");
    let who = match diagnosis.who {
        Who::You => "refused here, nothing was sent".to_owned(),
        Who::Network => "the way to the backend is broken".to_owned(),
        who => format!("refused by {}", who.name()),
    };
    let mut text = format!("grantdeck: {code} ({who})\n");
    if let Some(said) = &diagnosis.said {
        text.push_str(&format!("  {said}\n"));
    }
    for (label, value) in &diagnosis.facts {
        text.push_str(&format!("  {label}: {value}\n"));
    }
    text
}

fn write(text: &str) {
    // Where standard error is closed, there is nobody to tell that it is.
    let _ = io::stderr().lock().write_all(text.as_bytes());
}
