//! The jq filter that narrows the body while it is typed.

use tui_input::Input;

use super::Response;
use super::sheet::Sheet;
use crate::app::discard::Discards;
use crate::app::requests::{FilterBody, Filtered};
use crate::body::READ_AT_ONCE;
use crate::domain::{JqProblem, Now, words};

/// How long the fingers rest before a large body is filtered, in milliseconds. A small one is filtered at every key.
const PAUSE: u64 = 200;

/// A filter, what it gave, and the line in which it is typed.
#[derive(Debug, Default)]
pub(super) struct Filter {
    /// What was typed; blank = no filter.
    text: String,
    /// The line while it has the keys.
    input: Option<Input>,
    run: Run,
    /// What the last filter gave that could be run.
    result: Option<Sheet>,
    /// What there is to say of the result.
    about: String,
    /// The result is not all that it gave.
    cut: bool,
    /// Which of the earlier filters is in the line, counted from the newest.
    earlier: Option<usize>,
}

/// Where a filter stands.
#[derive(Debug, Default)]
enum Run {
    /// There is nothing to run, or nothing to run it over.
    #[default]
    Off,
    /// It is run at this time, in [`Now::millis`].
    Due(u64),
    /// It runs.
    Running,
    /// Its result is shown.
    Done,
    /// It gave nothing.
    Wrong(JqProblem),
}

impl Filter {
    /// Whether one is set.
    pub(super) fn is_on(&self) -> bool {
        !self.text.trim().is_empty()
    }

    /// The line while it has the keys.
    pub(super) fn input(&self) -> Option<&Input> {
        self.input.as_ref()
    }

    pub(super) fn input_mut(&mut self) -> Option<&mut Input> {
        self.input.as_mut()
    }

    /// What was typed.
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    pub(super) fn result(&self) -> Option<&Sheet> {
        self.result.as_ref()
    }

    pub(super) fn result_mut(&mut self) -> Option<&mut Sheet> {
        self.result.as_mut()
    }

    /// Whether somebody is at it.
    pub(super) fn is_running(&self) -> bool {
        matches!(self.run, Run::Running)
    }

    /// Why it gives nothing.
    pub(super) fn problem(&self) -> Option<&JqProblem> {
        match &self.run {
            Run::Wrong(problem) if self.is_on() => Some(problem),
            Run::Off | Run::Due(_) | Run::Running | Run::Done | Run::Wrong(_) => None,
        }
    }

    /// Why it has given nothing: what is left of another filter is not its result.
    pub(super) fn unready(&self) -> Option<&'static str> {
        match self.run {
            Run::Due(_) | Run::Running => Some("The filter has not run yet; using the body."),
            Run::Wrong(_) if self.is_on() => {
                Some("The filter is invalid: fix it, or leave it to use the body.")
            }
            Run::Off | Run::Done | Run::Wrong(_) => None,
        }
    }

    /// Whether it gave more than is kept.
    pub(super) fn is_cut(&self) -> bool {
        self.cut
    }

    /// What stands at the right of the line.
    pub(super) fn note(&self) -> &str {
        match self.run {
            Run::Due(_) | Run::Running => "running…",
            Run::Done => &self.about,
            Run::Wrong(_) => "",
            Run::Off if self.is_on() => "not JSON",
            Run::Off => "jq, as you type",
        }
    }

    pub(super) fn next_wake(&self, now: Now) -> Option<u64> {
        match self.run {
            Run::Due(at) => Some(at).filter(|at| *at > now.millis),
            Run::Off | Run::Running | Run::Done | Run::Wrong(_) => None,
        }
    }

    /// Gives the keys to the line.
    pub(super) fn open(&mut self) {
        self.input = Some(Input::new(self.text.clone()));
        self.earlier = None;
    }

    /// Takes the keys from the line; the filter stays. Answers what was typed.
    pub(super) fn close(&mut self) -> Option<String> {
        self.input.take().map(|_| self.text.clone()).filter(|text| !text.trim().is_empty())
    }

    /// Puts one of the filters of this session into the line, the newest first.
    pub(super) fn recall(&mut self, past: &[String], older: bool) {
        let next = match (self.earlier, older) {
            (None, true) => Some(0),
            (Some(at), true) => Some((at + 1).min(past.len().saturating_sub(1))),
            (Some(0) | None, false) => None,
            (Some(at), false) => Some(at - 1),
        };
        match next {
            Some(at) => {
                let Some(text) = past.iter().rev().nth(at) else { return };
                self.earlier = next;
                self.input = Some(Input::new(text.clone()));
            }
            // Behind the newest one the line is empty.
            None if self.earlier.take().is_some() => self.input = Some(Input::default()),
            None => {}
        }
    }
}

impl Response {
    /// The filter gave something, or cannot.
    pub(super) fn filtered(&mut self, result: Result<Filtered, JqProblem>, discards: &Discards) {
        let filter = &mut self.filter;
        match result {
            Ok(Filtered { document, values, truncated }) => {
                filter.about = match (values, truncated) {
                    (_, true) => format!("{} results, truncated", words::count(values)),
                    (1, false) => "1 result".to_owned(),
                    (values, false) => format!("{} results", words::count(values)),
                };
                filter.cut = truncated;
                filter.run = Run::Done;
                filter.result = Some(Sheet::new(document, discards));
            }
            Err(problem) => filter.run = Run::Wrong(problem),
        }
    }

    /// The line may hold another text: then what runs is of no use any more.
    pub(super) fn refilter(&mut self, now: Now) {
        let Some(input) = &self.filter.input else { return };
        if input.value() != self.filter.text {
            input.value().clone_into(&mut self.filter.text);
            self.run_filter(now);
        }
    }

    /// Has the filter run over the body that is here now.
    pub(super) fn run_filter(&mut self, now: Now) {
        let body = self.body.value().filter(|body| body.document.tape().is_some());
        self.filter.run = match body {
            Some(body) if self.filter.is_on() => {
                let large = body.document.text().len() > READ_AT_ONCE;
                Run::Due(now.millis + if large { PAUSE } else { 0 })
            }
            _ => Run::Off,
        };
    }

    /// Begins again what nobody is at any more.
    pub(super) fn resume(&mut self, filters: bool, searches: bool, now: Now) {
        if self.filter.is_running() && !filters {
            self.run_filter(now);
        }
        if self.finding.is_running() && !searches {
            self.finding.forget();
        }
    }

    /// The filter whose time has come.
    pub(super) fn due_filter(&mut self, now: Now) -> Option<FilterBody> {
        let Run::Due(at) = self.filter.run else { return None };
        let body = self.body.value().filter(|_| at <= now.millis)?;
        let job = FilterBody { filter: self.filter.text.clone(), input: body.document.text().clone() };
        self.filter.run = Run::Running;
        Some(job)
    }

    /// Takes the filter away: the body is shown as it was.
    pub(super) fn drop_filter(&mut self) {
        self.filter = Filter::default();
    }

    /// Takes over the filter that another body was narrowed with.
    pub(super) fn keep_filter(&mut self, before: &Self) {
        before.filter.text.clone_into(&mut self.filter.text);
    }
}
