//! Verdicts and the history: what was found before, and where what is found now goes.

use std::collections::{HashMap, HashSet};

use jiff::SignedDuration;

use super::SmokeRequest;
use crate::domain::smoke::{Before, Past, RunId, SmokeResult};
use crate::domain::{Diagnosis, GrantId};
use crate::jobs::{Context, Recorder};

/// How long a verdict of an interrupted run counts as one of the run that goes on with it.
const FRESH: SignedDuration = SignedDuration::from_hours(24);

/// What the history knows, and where to write. Without a history it knows nothing and writes nothing.
#[derive(Default)]
pub(super) struct Keeper {
    kept: Option<(Recorder, RunId)>,
    before: HashMap<GrantId, Before>,
    /// What the run that is gone on with has found.
    pub(super) resumed: HashMap<GrantId, Past>,
    /// Why there is no history, though there should be one.
    pub(super) trouble: Option<Diagnosis>,
}

impl Keeper {
    pub(super) async fn open(context: &Context, request: &SmokeRequest) -> Self {
        let recorder = context.recorder.as_ref().filter(|recorder| recorder.keeps_verdicts());
        let Some(recorder) = recorder else { return Self::default() };
        match Self::with(context, recorder, request).await {
            Ok(keeper) => keeper,
            Err(trouble) => Self { trouble: Some(trouble), ..Self::default() },
        }
    }

    async fn with(context: &Context, recorder: &Recorder, request: &SmokeRequest) -> Result<Self, Diagnosis> {
        let whose = recorder.whose(&context.backend());
        let now = (context.now)();
        let mut seen = HashSet::new();
        let ids = request.grants.iter().filter_map(|grant| grant.row.grant());
        let ids: Vec<GrantId> = ids.filter(|id| seen.insert(*id)).collect();
        let mut resumed = HashMap::new();
        let mut run = None;
        if request.resume
            && let Some((id, mode, found)) = recorder.interrupted_run(whose.clone()).await?
            && mode == request.mode
        {
            let fresh = |past: &Past| now.duration_since(past.at).abs() <= FRESH;
            resumed = found.into_iter().filter(fresh).map(|past| (past.grant, past)).collect();
            run = (!resumed.is_empty()).then_some(id);
        }
        let run = match run {
            Some(run) => run,
            None => recorder.begin_run(whose.clone(), request.mode, ids.len() as u32, now).await?,
        };
        let known = recorder.verdicts(whose, ids, 1, Some(run)).await?;
        let before = known.into_iter().filter_map(|(id, found)| {
            let last = found.first()?;
            Some((id, Before { verdict: last.verdict, at: last.at }))
        });
        Ok(Self { kept: Some((recorder.clone(), run)), before: before.collect(), resumed, trouble: None })
    }

    pub(super) fn run(&self) -> Option<RunId> {
        self.kept.as_ref().map(|(_, run)| *run)
    }

    /// What an earlier run said of this grant.
    pub(super) fn before(&self, grant: GrantId) -> Option<Before> {
        self.before.get(&grant).copied()
    }

    /// Hands what was found over; nobody waits for the disk.
    pub(super) fn keep<'a>(&self, found: impl IntoIterator<Item = &'a SmokeResult>) {
        if let Some((recorder, run)) = &self.kept {
            let found: Vec<Past> = found.into_iter().map(|result| result.past(*run)).collect();
            if !found.is_empty() {
                recorder.keep_verdicts(found);
            }
        }
    }

    /// The run came to its end. One that did not can be gone on with.
    pub(super) fn end(&self, now: jiff::Timestamp) {
        if let Some((recorder, run)) = &self.kept {
            recorder.end_run(*run, now);
        }
    }
}
