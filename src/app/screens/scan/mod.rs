//! Grant ids in files: which are stale, and what could take their place.

mod candidates;
mod screen;
mod update;
mod view;

use std::path::PathBuf;

use strum::IntoEnumIterator;
use tui_input::Input;

use crate::domain::Clean;
use crate::domain::scan::{Finding, Repairs, ScanCounts, Skip, Standing, repairs};

pub(crate) use candidates::named;
pub(crate) use screen::ScanScreen;
pub(crate) use update::{again, answer, picked};
pub(crate) use view::{short, whose};

/// Findings that are kept; of more only the number is told.
pub const MOST: usize = 20_000;

/// Files that were passed over and are listed.
const SKIPPED: usize = 200;

/// A scan, and what it found.
#[derive(Debug, Default)]
pub struct Scan {
    /// Where.
    pub path: Input,
    /// The path as it was, while it is being edited.
    pub editing: Option<String>,
    /// How far it is.
    pub state: ScanState,
    /// What was found: by standing, then by place.
    pub findings: Vec<Finding>,
    /// How many more were found than are kept.
    pub more: u64,
    /// How much was read.
    pub counts: ScanCounts,
    /// The first files that were passed over, with the reason.
    pub skipped: Vec<(PathBuf, Skip)>,
    /// Whether the ids were looked for in the whole list.
    pub whole: bool,
    /// The finding under the cursor.
    pub cursor: usize,
    /// The first visible line.
    pub offset: usize,
}

/// How far a scan is. Instants are [`crate::domain::Now::millis`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ScanState {
    /// A path is asked for.
    #[default]
    Asking,
    /// It is under way since.
    Running {
        /// Its start.
        since: u64,
    },
    /// It ended by itself.
    Done {
        /// Milliseconds that it took.
        took: u64,
    },
    /// It was stopped.
    Stopped,
}

impl Scan {
    /// Whether it is under way.
    pub fn is_running(&self) -> bool {
        matches!(self.state, ScanState::Running { .. })
    }

    /// The finding under the cursor.
    pub fn selected(&self) -> Option<&Finding> {
        self.findings.get(self.cursor)
    }

    /// What can be put right without asking anybody to choose.
    pub fn repairs(&self) -> Repairs<'_> {
        repairs(&self.findings)
    }

    /// How many findings of each standing there are, those that there are none of left out.
    pub fn tally(&self) -> Vec<(Standing, usize)> {
        let count = |standing| self.findings.iter().filter(|finding| finding.standing == standing).count();
        Standing::iter().map(|standing| (standing, count(standing))).filter(|(_, count)| *count > 0).collect()
    }

    /// Takes findings in. While it runs they are shown as they come, and put in order at the end: a list that sorts
    /// itself under the cursor cannot be read.
    fn found(&mut self, finding: Finding) {
        if self.findings.len() < MOST {
            self.findings.push(finding);
        } else {
            self.more += 1;
        }
    }

    fn put_in_order(&mut self) {
        let selected = self.selected().map(place);
        self.findings.sort_by_cached_key(|finding| (finding.standing, place(finding)));
        self.findings.dedup_by(|one, other| place(one) == place(other));
        let at = selected.and_then(|place_of| self.findings.iter().position(|one| place(one) == place_of));
        // Whoever has not moved wants to see what is first now.
        self.cursor = if self.cursor == 0 { 0 } else { at.unwrap_or(0) };
    }
}

fn place(finding: &Finding) -> (PathBuf, usize, usize) {
    (finding.path.clone(), finding.line, finding.column)
}

/// A path as it is shown: without the `./` that a walk puts before it.
pub(super) fn shown(path: &std::path::Path) -> Clean {
    Clean::line(&path.strip_prefix(".").unwrap_or(path).to_string_lossy())
}
