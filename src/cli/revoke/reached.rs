//! What a revocation reaches beyond the list: names of agents, the last verdicts, files of the user's project.

use std::collections::{BTreeSet, HashMap};
use std::path::PathBuf;
use std::sync::Arc;

use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use crate::cli::scan::unread;
use crate::domain::describe::revoke::Surroundings;
use crate::domain::revoke::{RevokeOutcome, RevokePlan};
use crate::domain::scan::{KnownIds, ScanEvent, ScanRequest};
use crate::domain::smoke::Verdict;
use crate::domain::{Agent, Clean, Diagnosis, Grant, GrantId, Reference};
use crate::jobs::{self, Context};
use crate::platform::clock::wall;

/// What is known of the targets of a plan.
#[derive(Default)]
pub(super) struct Reached {
    agents: HashMap<Arc<str>, Agent>,
    verdicts: HashMap<GrantId, Verdict>,
    files: HashMap<GrantId, Vec<PathBuf>>,
}

impl Reached {
    /// Looks it up; what cannot be had is left out, but for the files that were asked for.
    pub(super) async fn of(
        context: &Context,
        plan: &RevokePlan,
        paths: &[PathBuf],
        grants: &[Grant],
    ) -> Result<Self, Diagnosis> {
        let ids: Vec<GrantId> = plan.targets.iter().map(|target| target.id).collect();
        let mut reached = Self::default();
        if plan.targets.iter().any(|target| !target.reach.agents.is_empty())
            && let Ok(agents) = context.client.agents().await
        {
            reached.agents = agents.into_iter().map(|agent| (Arc::clone(&agent.id), agent)).collect();
        }
        if let Some(recorder) = &context.recorder {
            let whose = recorder.whose(&context.backend());
            let known = recorder.known_verdicts(whose, ids.clone(), 1).await.unwrap_or_default();
            let last = known.into_iter().filter_map(|(id, past)| Some((id, past.first()?.verdict)));
            reached.verdicts = last.collect();
        }
        if !paths.is_empty() {
            reached.files = files(paths, &ids, grants).await?;
        }
        Ok(reached)
    }
}

/// Live grants on the credentials of what was revoked.
pub(super) fn siblings(plan: &RevokePlan, outcomes: &[RevokeOutcome]) -> BTreeSet<GrantId> {
    let done: BTreeSet<GrantId> = plan.targets.iter().map(|target| target.id).collect();
    let revoked = plan.targets.iter().zip(outcomes).filter(|(_, outcome)| outcome.is_done());
    let siblings = revoked.flat_map(|(target, _)| target.reach.siblings.iter().copied());
    siblings.filter(|id| !done.contains(id)).collect()
}

impl Surroundings for Reached {
    fn agent(&self, id: &Reference) -> String {
        let text = id.to_string();
        let agent = self.agents.get(text.as_str());
        let name = agent.map(|agent| agent.display_name.as_deref().unwrap_or(&agent.name));
        Clean::brief(name.unwrap_or(&text)).to_string()
    }

    fn verdict(&self, id: GrantId) -> Option<Verdict> {
        self.verdicts.get(&id).copied()
    }

    fn files(&self, id: GrantId) -> &[PathBuf] {
        self.files.get(&id).map_or(&[], Vec::as_slice)
    }
}

/// The files that hold one of the ids.
async fn files(
    paths: &[PathBuf],
    ids: &[GrantId],
    grants: &[Grant],
) -> Result<HashMap<GrantId, Vec<PathBuf>>, Diagnosis> {
    let known = Arc::new(KnownIds::of(grants, wall()));
    let wanted = ids.iter().map(|id| id.0).collect();
    let request = ScanRequest { paths: paths.to_vec(), known, wanted };
    let (sender, mut events) = mpsc::channel(256);
    let work = jobs::scan(request, CancellationToken::new(), sender);
    let read = async {
        let mut found: HashMap<GrantId, Vec<PathBuf>> = HashMap::new();
        while let Some(event) = events.recv().await {
            match event {
                ScanEvent::Found(finding) if ids.contains(&GrantId(finding.id)) => {
                    let files = found.entry(GrantId(finding.id)).or_default();
                    if !files.contains(&finding.path) {
                        files.push(finding.path);
                    }
                }
                ScanEvent::Skipped { path, why, asked: true } => {
                    return Err(unread(&path, &why));
                }
                ScanEvent::Found(_)
                | ScanEvent::Skipped { .. }
                | ScanEvent::Progress(_)
                | ScanEvent::Done(_) => {}
            }
        }
        for files in found.values_mut() {
            files.sort();
        }
        Ok(found)
    };
    tokio::join!(work, read).1
}
