//! Short notices that leave by themselves.

use super::private;
use super::shared::Shared;
use crate::domain::describe::diagnosis::Described;
use crate::domain::{Clean, Diagnosis, Now};

/// How long a notice stays, in milliseconds.
const INFO_STAYS: u64 = 4_000;
/// What has more to read, as a failure has, stays longer.
const FAILURE_STAYS: u64 = 10_000;

/// Facts that a notice has room for.
const FACTS: usize = 6;

/// How a notice looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// It only tells.
    Info,
    /// Something was refused here.
    Warning,
    /// Something failed.
    Error,
}

/// One notice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Toast {
    /// How it looks.
    pub level: Level,
    /// The sentence.
    pub headline: Clean,
    /// Who, why, what to do: one line each.
    pub more: Vec<Clean>,
    /// When it leaves, in [`Now::millis`].
    pub until: u64,
    /// It answers a key that did nothing: the next key that does something takes it away.
    pub about_key: bool,
    /// Reading the list again tries once more.
    pub retries: bool,
    /// What failed, where it tells of a failure.
    pub why: Option<Box<Diagnosis>>,
}

impl Toast {
    /// The keys that answer a failure; `closes` tells whether the one that leaves does no more than close it.
    pub(super) fn keys(&self, closes: bool) -> Option<&'static str> {
        self.why.as_ref()?;
        match (self.retries, closes) {
            (true, true) => Some("r retries.  Esc closes."),
            (true, false) => Some("r retries."),
            (false, true) => Some("Esc closes."),
            (false, false) => None,
        }
    }

    /// The sentence and the lines below it, as they may be shown.
    pub(super) fn shown(&self, shared: &Shared) -> Vec<String> {
        let lines = std::iter::once(&self.headline).chain(&self.more);
        let Some(why) = self.why.as_ref().filter(|_| shared.privacy) else {
            return lines.map(|line| private::sentence(shared, line.as_str())).collect();
        };
        let (headline, more) = remarks(&private::diagnosis(shared, why));
        // What was added to it later.
        let added = self.more.iter().skip(more.len());
        let lines = std::iter::once(&headline).chain(&more).chain(added);
        lines.map(|line| private::sentence(shared, line.as_str())).collect()
    }
}

/// What a failure is told with: who refused, why, what to do.
fn remarks(diagnosis: &Diagnosis) -> (Clean, Vec<Clean>) {
    let described = Described::new(diagnosis);
    let (cause, fix) = described.why_and_fix();
    let said = described.said.as_ref().map(|said| format!("{} said: {said}", described.who));
    let facts = described.facts.iter().take(FACTS).map(|(label, value)| format!("{label}: {value}"));
    let more = said.or_else(|| cause.map(str::to_owned)).into_iter().chain(fix.map(str::to_owned));
    let more = more.chain(facts).map(|line| Clean::brief(&line)).collect();
    (Clean::brief(described.first_line()), more)
}

/// The notices that are shown; the newest replaces the one before.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Toasts {
    current: Option<Toast>,
    next: Option<String>,
}

impl Toasts {
    /// Says something.
    pub fn info(&mut self, text: &str, now: Now) {
        self.show(Level::Info, text, Vec::new(), now.millis + INFO_STAYS);
    }

    /// Says something with more to read below it, where there is more.
    pub fn info_for(&mut self, text: &str, more: Vec<Clean>, now: Now) {
        let stays = if more.is_empty() { INFO_STAYS } else { FAILURE_STAYS };
        self.show(Level::Info, text, more, now.millis + stays);
    }

    /// Says something that must not be lost, once what is being said is over.
    pub fn info_next(&mut self, text: &str, now: Now) {
        if self.current.is_some() {
            self.next = Some(text.to_owned());
        } else {
            self.info(text, now);
        }
    }

    /// Says why a key does nothing now.
    pub fn refuse(&mut self, text: &str, now: Now) {
        self.warning(text, now);
        if let Some(toast) = &mut self.current {
            toast.about_key = true;
        }
    }

    /// Says why a key does nothing now, with more to read below it, where there is more.
    pub fn refuse_for(&mut self, text: &str, more: Vec<Clean>, now: Now) {
        self.refuse(text, now);
        if let Some(toast) = self.current.as_mut().filter(|_| !more.is_empty()) {
            (toast.more, toast.until) = (more, now.millis + FAILURE_STAYS);
        }
    }

    /// Says what to be careful about.
    pub fn warning(&mut self, text: &str, now: Now) {
        self.show(Level::Warning, text, Vec::new(), now.millis + INFO_STAYS);
    }

    /// Says what failed: who refused, why, what to do.
    pub fn failure(&mut self, diagnosis: &Diagnosis, now: Now) {
        let (headline, more) = remarks(diagnosis);
        self.show(Level::Error, headline.as_str(), more, now.millis + FAILURE_STAYS);
        if let Some(toast) = &mut self.current {
            toast.why = Some(Box::new(diagnosis.clone()));
        }
    }

    /// Says what failed, where reading the list again tries once more.
    pub fn failure_to_load(&mut self, diagnosis: &Diagnosis, now: Now) {
        self.failure(diagnosis, now);
        if let Some(toast) = &mut self.current {
            toast.retries = true;
        }
    }

    /// Says how many more notices of the kind there are.
    pub fn and_more(&mut self, count: usize) {
        if let Some(toast) = self.current.as_mut().filter(|_| count > 0) {
            toast.more.push(Clean::brief(&format!("and {count} more; see `grantdeck list`")));
        }
    }

    /// The notice to show.
    pub fn current(&self) -> Option<&Toast> {
        self.current.as_ref()
    }

    /// Takes the notice away; false when there was none.
    pub fn dismiss(&mut self, now: Now) -> bool {
        let had = self.current.take().is_some();
        self.go_on(now);
        had
    }

    /// Takes a notice away that answered a key, for another one does something.
    pub fn leave_behind(&mut self, now: Now) {
        if self.current.as_ref().is_some_and(|toast| toast.about_key) {
            self.dismiss(now);
        }
    }

    /// Takes a notice away whose time is over; true when one left.
    pub fn expire(&mut self, now: Now) -> bool {
        let over = self.current.as_ref().is_some_and(|toast| toast.until <= now.millis);
        if over {
            self.current = None;
            self.go_on(now);
        }
        over
    }

    fn go_on(&mut self, now: Now) {
        if let Some(text) = self.next.take() {
            self.info(&text, now);
        }
    }

    fn show(&mut self, level: Level, headline: &str, more: Vec<Clean>, until: u64) {
        self.current = Some(Toast {
            level,
            headline: Clean::brief(headline),
            more,
            until,
            about_key: false,
            retries: false,
            why: None,
        });
    }
}
