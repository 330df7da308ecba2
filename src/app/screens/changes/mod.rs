//! A change of files before it is made: what is asked for, what it would do line by line, and the one question.

mod screen;
mod update;
mod view;

use std::path::PathBuf;

use tui_input::Input;
use uuid::Uuid;

use crate::domain::change::{ChangePlan, ChangeRequest};
use crate::domain::{Clean, Diagnosis, Named};

pub(crate) use screen::ChangesScreen;
pub(crate) use update::{changed, open_swap, open_write, planned};

/// The change that is open.
#[derive(Debug)]
pub struct Changes {
    /// What is asked for.
    pub about: About,
    /// How far it is.
    pub state: ChangeState,
    /// The field that is being edited, and its text as it was.
    pub editing: Option<(Field, String)>,
    /// The first visible line.
    pub offset: usize,
    /// Since when it can be made, in [`crate::domain::Now::millis`].
    pub asked: Option<u64>,
}

/// What is asked for.
#[derive(Debug)]
pub enum About {
    /// Ids are put into a file.
    Write {
        /// The grants.
        grants: Vec<Named>,
        /// The file.
        path: Input,
        /// The name of the one grant.
        name: Input,
    },
    /// Ids that a scan found give way to others.
    Swap {
        /// Each old id with the one that takes its place.
        pairs: Vec<(Uuid, Uuid)>,
        /// Where ids were found.
        found: Vec<(PathBuf, Uuid)>,
        /// Which ids stay and why, to be said when it is done.
        stays: Vec<Clean>,
    },
}

/// How far a change is.
#[derive(Debug)]
pub enum ChangeState {
    /// The files are being read.
    Planning,
    /// It is shown, and can be made.
    Ready(ChangePlan),
    /// It cannot be made.
    Refused(Diagnosis),
    /// It is being made.
    Writing(ChangePlan),
}

/// A field that can be edited.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Field {
    /// The file.
    Path,
    /// The name.
    Name,
}

impl Changes {
    /// Whether there is a name that can be changed.
    pub fn has_name(&self) -> bool {
        matches!(&self.about, About::Write { grants, .. } if grants.len() == 1)
    }

    /// Whether there is a file that can be chosen.
    pub fn has_path(&self) -> bool {
        matches!(self.about, About::Write { .. })
    }

    /// What is shown.
    pub fn plan(&self) -> Option<&ChangePlan> {
        match &self.state {
            ChangeState::Ready(plan) | ChangeState::Writing(plan) => Some(plan),
            ChangeState::Planning | ChangeState::Refused(_) => None,
        }
    }

    pub(super) fn input(&mut self, field: Field) -> Option<&mut Input> {
        match (&mut self.about, field) {
            (About::Write { path, .. }, Field::Path) => Some(path),
            (About::Write { name, .. }, Field::Name) => Some(name),
            (About::Swap { .. }, _) => None,
        }
    }

    fn request(&self) -> ChangeRequest {
        match &self.about {
            About::Write { grants, path, name } => {
                let name = name.value().trim();
                let suggested = grants.first().map(|grant| grant.name.as_str());
                let is_own = grants.len() == 1 && !name.is_empty() && Some(name) != suggested;
                ChangeRequest::Entries {
                    path: PathBuf::from(path.value().trim()),
                    grants: grants.clone(),
                    name: is_own.then(|| name.to_owned()),
                }
            }
            About::Swap { pairs, found, .. } => {
                ChangeRequest::Swaps { pairs: pairs.clone(), found: found.clone() }
            }
        }
    }
}
