//! Changes to the user's files: planned, kept until confirmed, then made.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use crate::domain::change::{ChangePlan, ChangeRequest, Changed, FileChange, PlanId};
use crate::domain::{Clean, Code, Diagnosis, Named, Retry, Who, words};
use crate::edit::file::{Planned, PlannedChange};
use crate::edit::{self};
use crate::jobs::Swaps;
use crate::platform::home;

/// The latest plan: what is written is exactly what was shown.
#[derive(Clone, Default)]
pub(crate) struct PendingPlan(Arc<Mutex<Option<(PlanId, PlanContent)>>>);

/// The content of a plan.
struct PlanContent {
    files: Vec<(Planned, usize)>,
    summary: String,
}

impl PendingPlan {
    /// Plans a change and stores it under this id, replacing the previous plan. Blocks on the disk.
    pub(crate) fn plan(&self, id: PlanId, request: &ChangeRequest) -> Result<ChangePlan, Diagnosis> {
        let (content, failed) = match request {
            ChangeRequest::Entries { path, grants, name } => {
                (entries(path, grants, name.as_deref())?, Vec::new())
            }
            ChangeRequest::Swaps { pairs, found } => {
                let swaps = Swaps::plan(pairs, found.iter().map(|(path, id)| (&**path, *id)));
                let summary = replaced(swaps.places(), swaps.files.len());
                let failed = swaps.failed.iter().map(edit::file::FileError::diagnosis).collect();
                let files = swaps.files.into_iter().map(|file| (file.planned, file.places)).collect();
                (PlanContent { files, summary }, failed)
            }
        };
        let files = content.files.iter().map(|(planned, _)| shown(planned)).collect();
        let plan = ChangePlan { id, summary: content.summary.clone(), files, failed };
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some((id, content));
        Ok(plan)
    }

    /// Makes the change planned under this id. Each file is written atomically. Blocks on the disk.
    pub(crate) fn write(&self, id: PlanId) -> Result<Changed, Diagnosis> {
        let content = self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
        let Some((_, content)) = content.filter(|(content, _)| *content == id) else {
            return Err(Diagnosis::new(Code::FileChanged, Who::Grantdeck, Retry::AfterRemedy)
                .fact("problem", "a newer change was planned meanwhile"));
        };
        let (mut files, mut failed, mut places) = (Vec::new(), Vec::new(), 0);
        let is_swap =
            content.files.iter().any(|(planned, _)| matches!(planned.change, PlannedChange::Swap(_)));
        for (planned, here) in content.files {
            match planned.write() {
                Ok(written) => {
                    files.push(path(&written.path));
                    places += here;
                }
                Err(error) => failed.push(error.diagnosis()),
            }
        }
        match failed.pop() {
            Some(only) if files.is_empty() => Err(only),
            last => {
                failed.extend(last);
                let summary = if is_swap { replaced(places, files.len()) } else { content.summary };
                Ok(Changed { summary, files, failed })
            }
        }
    }
}

fn entries(asked: &Path, grants: &[Named], name: Option<&str>) -> Result<PlanContent, Diagnosis> {
    let entries = edit::entries(asked, grants, name).map_err(|problem| {
        Diagnosis::new(Code::ArgumentRefused, Who::You, Retry::AfterRemedy)
            .fact("argument", "the name")
            .fact("problem", &problem.to_string())
    })?;
    let planned = Planned::read(&home::expanded(asked), &entries).map_err(|error| error.diagnosis())?;
    let summary = match &planned.change {
        PlannedChange::Values(changes) => edit::summary(&entries, changes),
        PlannedChange::Swap(_) => String::new(),
    };
    let files = if planned.is_change() { vec![(planned, 1)] } else { Vec::new() };
    Ok(PlanContent { files, summary })
}

fn replaced(places: usize, files: usize) -> String {
    let counted = |number: usize, what: &str| {
        format!("{} {what}{}", words::count(number as u64), if number == 1 { "" } else { "s" })
    };
    format!("{} in {}", counted(places, "id"), counted(files, "file"))
}

fn path(path: &Path) -> Clean {
    Clean::line(&path.to_string_lossy())
}

fn shown(planned: &Planned) -> FileChange {
    let link = planned.via_link.as_ref().map(|link| format!("{} is a symlink; it is kept", link.display()));
    let names = planned.hard_links;
    let names = (names > 0).then(|| format!("the file has {names} hard links, which keep the old content"));
    FileChange {
        path: path(&planned.path),
        is_new: planned.is_new,
        notes: link.into_iter().chain(names).map(|note| Clean::line(&note)).collect(),
        lines: planned.diff.clone(),
    }
}

#[cfg(test)]
#[path = "files_tests.rs"]
mod tests;
