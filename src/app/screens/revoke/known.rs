//! What the screen knows about grants to revoke beyond the plan: names as they may be shown, verdicts, files.

use std::collections::HashMap;
use std::path::PathBuf;

use super::{Facts, Revoking};
use crate::app::private::{self, HIDDEN};
use crate::app::screens::scan::{self, Scan};
use crate::app::screens::smoke::Known;
use crate::app::shared::Shared;
use crate::domain::describe::revoke::Surroundings;
use crate::domain::revoke::RevokePlan;
use crate::domain::smoke::Verdict;
use crate::domain::{GrantId, Reference};

/// What is known.
pub(super) struct Screen<'a> {
    pub(super) shared: &'a Shared,
    pub(super) tested: &'a Known,
    pub(super) facts: &'a Facts,
}

impl Surroundings for Screen<'_> {
    fn agent(&self, id: &Reference) -> String {
        agent(self.shared, id)
    }

    fn verdict(&self, id: GrantId) -> Option<Verdict> {
        let latest = self.tested.latest(id).map(|latest| latest.verdict);
        latest.or_else(|| self.facts.verdicts.get(&id).copied())
    }

    fn files(&self, id: GrantId) -> &[PathBuf] {
        self.facts.files.get(&id).map_or(&[], Vec::as_slice)
    }

    fn hides(&self) -> bool {
        self.shared.privacy
    }
}

/// The name of an agent as it may be shown; its id where no name is known.
pub(super) fn agent(shared: &Shared, id: &Reference) -> String {
    let text = id.to_string();
    let agent = shared.agents.value().and_then(|agents| agents.get(text.as_str()));
    match agent {
        Some(agent) => private::name(shared, agent.display_name.as_deref().unwrap_or(&agent.name)),
        None if shared.privacy => HIDDEN.to_owned(),
        None => private::name(shared, &text),
    }
}

/// The files of the last scan that hold ids of a plan.
pub(super) fn files(scan: &Scan, plan: &RevokePlan) -> HashMap<GrantId, Vec<PathBuf>> {
    let mut files: HashMap<GrantId, Vec<PathBuf>> =
        plan.targets.iter().map(|target| (target.id, Vec::new())).collect();
    for finding in &scan.findings {
        if let Some(files) = files.get_mut(&GrantId(finding.id))
            && !files.contains(&finding.path)
        {
            files.push(finding.path.clone());
        }
    }
    files.retain(|_, files| !files.is_empty());
    files
}

/// An id as it may be shown.
pub(super) fn id(shared: &Shared, id: GrantId) -> String {
    if shared.privacy { HIDDEN.to_owned() } else { id.to_string() }
}

impl Revoking {
    /// The name of what stands at an index, as it may be shown, and its id.
    pub(super) fn named(&self, shared: &Shared, index: usize) -> Option<(String, GrantId)> {
        let plan = &self.facts()?.plan;
        if let Some(target) = plan.targets.get(index) {
            return Some((scan::named(shared, &target.grant), target.id));
        }
        let gone = plan.gone.get(index - plan.targets.len())?;
        let name = gone.grant.as_ref().map(|grant| scan::named(shared, grant));
        Some((name.unwrap_or_else(|| scan::short(shared, gone.id)), gone.id))
    }
}
