//! Verdicts in the history: those of earlier runs, and recording those of this run.

use std::collections::{HashMap, HashSet};

use jiff::SignedDuration;

use super::{Resume, SmokeRequest};
use crate::domain::smoke::{Before, Past, RunId, SmokeResult};
use crate::domain::{ApprovalId, Diagnosis, GrantId, RequestDraft};
use crate::store::history::HeldCall;
use crate::{Context, Recorder};

/// How old a verdict of an interrupted run may be to count for the run that resumes it.
const RESUME_WITHIN: SignedDuration = SignedDuration::from_hours(24);

/// Access to earlier verdicts and to the history. Without a history there are none, and nothing is recorded.
#[derive(Default)]
pub(super) struct RunHistory {
    kept: Option<Kept>,
    before: HashMap<GrantId, Before>,
    /// Held calls of this run's grants.
    held: HashMap<GrantId, Vec<HeldCall>>,
    /// The verdicts of the resumed run.
    pub(super) resumed: HashMap<GrantId, Past>,
    /// Why there is no history, though it is enabled.
    pub(super) trouble: Option<Diagnosis>,
}

/// A run owned by this process until this is dropped.
struct Kept {
    recorder: Recorder,
    run: RunId,
}

impl Drop for Kept {
    fn drop(&mut self) {
        self.recorder.leave_run(self.run);
    }
}

impl RunHistory {
    pub(super) async fn open(context: &Context, request: &SmokeRequest) -> Self {
        let recorder = context.recorder.as_ref().filter(|recorder| recorder.keeps_verdicts());
        let Some(recorder) = recorder else { return Self::default() };
        match Self::with(context, recorder, request).await {
            Ok(past) => past,
            Err(trouble) => Self { trouble: Some(trouble), ..Self::default() },
        }
    }

    async fn with(context: &Context, recorder: &Recorder, request: &SmokeRequest) -> Result<Self, Diagnosis> {
        let whose = recorder.whose(&context.backend());
        let now = (context.now)();
        let mut seen = HashSet::new();
        let ids = request.grants.iter().filter_map(|grant| grant.row.grant());
        let ids: Vec<GrantId> = ids.filter(|id| seen.insert(*id)).collect();
        let wanted = match request.resume {
            Resume::Nothing => None,
            Resume::Latest => Some(None),
            Resume::Run(run) => Some(Some(run)),
        };
        let taken_up = match wanted {
            Some(wanted) => {
                recorder.take_up_run(whose.clone(), request.mode, wanted, now - RESUME_WITHIN).await?
            }
            None => None,
        };
        let (run, found) = match taken_up {
            Some(known) => known,
            None => {
                (recorder.begin_run(whose.clone(), request.mode, ids.len() as u32, now).await?, Vec::new())
            }
        };
        let kept = Kept { recorder: recorder.clone(), run };
        let resumed = found.into_iter().map(|past| (past.grant, past)).collect();
        let mut held: HashMap<GrantId, Vec<HeldCall>> = HashMap::new();
        for call in recorder.held_calls(context.client.host(), now).await? {
            held.entry(call.grant).or_default().push(call);
        }
        let known = recorder.verdicts(whose, ids, 1, Some(run)).await?;
        let before = known.into_iter().filter_map(|(id, found)| {
            let last = found.first()?;
            Some((id, Before { verdict: last.verdict, at: last.at }))
        });
        Ok(Self { kept: Some(kept), before: before.collect(), held, resumed, trouble: None })
    }

    #[cfg(test)]
    pub(super) fn remembering(calls: Vec<HeldCall>) -> Self {
        let held = calls.into_iter().map(|call| (call.grant, vec![call])).collect();
        Self { held, ..Self::default() }
    }

    pub(super) fn run(&self) -> Option<RunId> {
        self.kept.as_ref().map(|kept| kept.run)
    }

    /// The verdict of an earlier run on this grant.
    pub(super) fn before(&self, grant: GrantId) -> Option<Before> {
        self.before.get(&grant).copied()
    }

    /// The same call, sent earlier, that is still held.
    pub(super) fn held(&self, draft: &RequestDraft) -> Option<ApprovalId> {
        let calls = self.held.get(&draft.grant)?;
        let same = calls.iter().find(|call| call.method == draft.method && call.url == draft.url);
        same.map(|call| call.approval)
    }

    /// Records results; never blocks.
    pub(super) fn keep<'a>(&self, found: impl IntoIterator<Item = &'a SmokeResult>) {
        if let Some(Kept { recorder, run }) = &self.kept {
            let found: Vec<Past> = found.into_iter().map(|result| result.past(*run)).collect();
            if !found.is_empty() {
                recorder.keep_verdicts(found);
            }
        }
    }

    /// Stops recording. An incomplete run can be resumed.
    pub(super) fn end(&mut self, whole: bool, now: jiff::Timestamp) {
        if let Some(kept) = self.kept.take().filter(|_| whole) {
            kept.recorder.end_run(kept.run, now);
        }
    }
}
