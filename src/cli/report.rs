//! What goes to standard error: failures with who, why and what to do; notices; progress.

use std::io::{self, IsTerminal, Write};

use serde_json::Value;

use super::arguments::Arguments;
use super::{failure, listing};
use crate::api::Client;
use crate::domain::describe::facts;
use crate::domain::log::{Log, LogEntry};
use crate::domain::words::count;
use crate::domain::{Clean, Code, Diagnosis, Retry, Who};
use crate::jobs::{Progress, Selected};
use crate::platform::progress;
use crate::session::exit::Exit;
use crate::session::failure::complain;
use crate::store::Source;

/// Writes to standard error; a closed one is nobody's problem.
#[derive(Debug, Default)]
pub(super) struct Report {
    /// A person looks, and the rows do not go to the same terminal: progress is welcome.
    progress: bool,
    shown: bool,
    /// Remarks are not wanted.
    quiet: bool,
    log: Log,
    /// A program reads JSON: a failure is an object on standard output, too.
    json: bool,
    /// Who asks: facts that a refusal of Alter's is told with.
    asker: Vec<(&'static str, Clean)>,
}

impl Report {
    /// `quiet_terminal`: rows appear on the terminal themselves, so progress would stand in their way.
    pub(super) fn new(arguments: &Arguments, quiet_terminal: bool) -> Self {
        let quiet = arguments.report.quiet;
        let progress = io::stderr().is_terminal() && !quiet_terminal && !quiet;
        let json = arguments.reads_json(io::stdout().is_terminal());
        Self { progress, quiet, json, log: arguments.source.entries.clone(), ..Self::default() }
    }

    /// From here on refusals name profile, backend and key, which are three ways to be wrong.
    pub(super) fn asks_as(&mut self, source: &Source, client: &Client) {
        let profile = match source {
            // There is nothing to be mixed up.
            Source::Demo => return,
            Source::Profile(name) => Some(("profile", Clean::line(name))),
            Source::Environment | Source::Typed => None,
        };
        let others = [("backend", Clean::line(client.host())), ("key", Clean::line(&client.masked_key()))];
        self.asker = profile.into_iter().chain(others).collect();
    }

    /// A failure with who asked, where that matters: what Alter says depends on the key, and so does what is found.
    pub(super) fn attributed(&self, diagnosis: &Diagnosis) -> Diagnosis {
        let mut reported = diagnosis.clone();
        let matters = matches!(Exit::from(diagnosis), Exit::Auth | Exit::NotFound | Exit::Denied);
        if matters || diagnosis.who == Who::Alter {
            for (label, value) in &self.asker {
                if reported.facts.iter().all(|(known, _)| known != label) {
                    reported.facts.push((label, value.clone()));
                }
            }
        }
        reported
    }

    /// How far a walk is.
    pub(super) fn progress(&mut self, here: u64, total: u64) {
        self.line(&format!("{} of {} grants", count(here), count(total)));
    }

    /// How the reading of a whole list stands.
    pub(super) fn reading(&mut self, reading: &Progress) {
        match reading {
            Progress::Rows { here, total } => self.progress(*here, (*total).max(*here)),
            Progress::Waiting { reason, millis } => {
                let headline = reason.headline();
                self.remark(&format!("waiting {} s. {headline}", millis.div_ceil(1_000)));
            }
        }
    }

    /// How something stands, where a person looks.
    pub(super) fn standing(&mut self, sentence: &str) {
        self.line(Clean::line(sentence).as_str());
    }

    /// Whether a person looks.
    pub(super) fn is_watched(&self) -> bool {
        self.progress
    }

    /// How much of an answer is here.
    pub(super) fn received(&mut self, bytes: u64, total: Option<u64>) {
        let of = total.map_or_else(String::new, |total| format!(" of {}", count(total)));
        self.line(&format!("{}{of} bytes", count(bytes)));
    }

    /// What is waited for, and how long.
    pub(super) fn waiting(&mut self, what: &str, since: &str) {
        self.line(&format!("{what}, {since}"));
    }

    /// How far a scan is.
    pub(super) fn scanned(&mut self, files: u64, ids: usize) {
        self.line(&format!("{} files, {} ids", count(files), count(ids as u64)));
    }

    /// A line of progress, where it is welcome.
    fn line(&mut self, text: &str) {
        if self.progress {
            self.shown = true;
            progress::show(text);
        }
    }

    /// Text that is printed as it is: its parts from outside are clean.
    pub(super) fn print(&mut self, text: &str) {
        self.clear();
        progress::write(text);
    }

    /// Takes the progress line away.
    pub(super) fn clear(&mut self) {
        if std::mem::take(&mut self.shown) {
            progress::clear();
        }
    }

    /// One sentence.
    pub(super) fn notice(&mut self, sentence: &str) {
        self.clear();
        progress::write(&format!("grantdeck: {}\n", Clean::line(sentence)));
    }

    /// Which of several grants of a name was taken, where that was not said by the name.
    pub(super) fn chosen(&mut self, selected: &Selected) {
        if let Some(words) = selected.words() {
            self.notice(&words);
        }
    }

    /// One sentence that nobody misses where it is not wanted.
    pub(super) fn remark(&mut self, sentence: &str) {
        if !self.quiet {
            self.notice(sentence);
        }
    }

    /// What is no failure and still wants something done: what it is, what to do, the facts.
    pub(super) fn hint(&mut self, diagnosis: &Diagnosis) {
        let facts = diagnosis
            .facts
            .iter()
            .map(|(label, value)| format!(" ({} {value})", facts::label(label).to_lowercase()));
        self.notice(&format!("{}{}", diagnosis.advice(), facts.collect::<String>()));
    }

    /// A failure: who refused, why, the facts, and what can be done.
    pub(super) fn failure(&mut self, diagnosis: &Diagnosis) {
        self.clear();
        self.log.write(&LogEntry::failed(diagnosis));
        complain(&self.attributed(diagnosis));
    }

    /// The same, as the end of a subcommand: what reads JSON gets it as an object, in place of a result.
    pub(super) fn failed(&mut self, diagnosis: &Diagnosis) -> Exit {
        self.failure(diagnosis);
        self.ended(diagnosis)
    }

    /// The end of a subcommand by a failure that was told in words before.
    pub(super) fn ended(&mut self, diagnosis: &Diagnosis) -> Exit {
        self.clear();
        if self.json {
            let line = listing::line(&self.object(diagnosis)) + "\n";
            let mut out = io::stdout().lock();
            // Where nobody reads it, the exit code still says so.
            let _ = out.write_all(line.as_bytes()).and_then(|()| out.flush());
        }
        Exit::from(diagnosis)
    }

    /// What became of standard output. A reader that has seen enough, as `head` does, is no failure.
    pub(super) fn written(&mut self, written: io::Result<()>) -> Exit {
        match written {
            Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
                self.notice(&format!("cannot write: {error}"));
                Exit::Error
            }
            _ => Exit::Ok,
        }
    }

    /// The end of a subcommand that somebody stopped.
    pub(super) fn interrupted(&mut self) -> Exit {
        self.ended(&failure::cancelled())
    }

    /// A failure as an object, with who asked.
    pub(super) fn object(&self, diagnosis: &Diagnosis) -> Value {
        failure::object(&self.attributed(diagnosis))
    }

    /// What is inside of that object.
    pub(super) fn fields(&self, diagnosis: &Diagnosis) -> Value {
        failure::fields(&self.attributed(diagnosis))
    }

    /// Whether a program reads JSON.
    pub(super) fn is_json(&self) -> bool {
        self.json
    }
}

/// A log on standard error, for `--verbose`.
pub(super) fn stderr_log() -> Log {
    // A line of progress may stand there.
    let before = if io::stderr().is_terminal() { "\r\u{1b}[K" } else { "" };
    Log::to(move |entry| progress::write(&format!("{before}grantdeck: {entry}\n")))
}

/// An argument that cannot be meant.
pub(super) fn refused(argument: &str, problem: &str) -> Diagnosis {
    Diagnosis::new(Code::ArgumentRefused, Who::You, Retry::AfterRemedy)
        .fact("argument", argument)
        .fact("problem", problem)
}
