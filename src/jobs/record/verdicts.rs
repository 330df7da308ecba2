//! Records smoke test verdicts in the history, and reads them.

use jiff::Timestamp;

use super::Recorder;
use crate::domain::smoke::{Past, RunId};
use crate::domain::{Diagnosis, GrantId, Mode};
use crate::store::HistoryPolicy;
use crate::store::history::{HeldCall, Verdicts, Whose};

impl Recorder {
    /// Whether verdicts are recorded: only if calls are.
    pub fn keeps_verdicts(&self) -> bool {
        self.keep() != HistoryPolicy::Nothing
    }

    /// The scope of this session's verdicts.
    pub fn whose(&self, backend: &str) -> Whose {
        Whose { profile: self.profile().to_owned(), backend: backend.to_owned() }
    }

    /// The latest verdicts on these grants, at most `each` per grant, latest first; only of runs before `before`.
    ///
    /// # Errors
    /// As for [`Recorder::list`].
    pub async fn verdicts(
        &self,
        whose: Whose,
        grants: Vec<GrantId>,
        each: usize,
        before: Option<RunId>,
    ) -> Result<Verdicts, Diagnosis> {
        self.ask(move |history| history.verdicts(&whose, &grants, each, before)).await
    }

    /// Like [`Recorder::verdicts`], without creating a history.
    ///
    /// # Errors
    /// As for [`Recorder::list`].
    pub async fn known_verdicts(
        &self,
        whose: Whose,
        grants: Vec<GrantId>,
        each: usize,
    ) -> Result<Verdicts, Diagnosis> {
        self.read_if_there(move |history| history.verdicts(&whose, &grants, each, None)).await
    }

    /// Held calls of this session's profile to a backend.
    ///
    /// # Errors
    /// As for [`Recorder::list`].
    pub(crate) async fn held_calls(&self, host: &str, now: Timestamp) -> Result<Vec<HeldCall>, Diagnosis> {
        let (profile, host) = (self.profile().to_owned(), host.to_owned());
        self.read_if_there(move |history| history.held_calls(&profile, &host, now)).await
    }

    /// Resumes a run, or the latest one interrupted after `since`; returns it with its verdicts since then. `None` if
    /// there is no such run, or a live process owns it.
    ///
    /// # Errors
    /// As for [`Recorder::list`].
    pub(crate) async fn take_up_run(
        &self,
        whose: Whose,
        mode: Mode,
        wanted: Option<RunId>,
        since: Timestamp,
    ) -> Result<Option<(RunId, Vec<Past>)>, Diagnosis> {
        self.ask(move |history| {
            let Some(run) = wanted.map_or_else(|| history.interrupted_run(&whose), |run| Ok(Some(run)))?
            else {
                return Ok(None);
            };
            let mut found = history.verdicts_of(run)?;
            found.retain(|past| past.at >= since);
            let too_old = wanted.is_none() && found.is_empty();
            if too_old || !history.take_up_run(&whose, mode, run)? {
                return Ok(None);
            }
            Ok(Some((run, found)))
        })
        .await
    }

    pub(crate) async fn begin_run(
        &self,
        whose: Whose,
        mode: Mode,
        grants: u32,
        at: Timestamp,
    ) -> Result<RunId, Diagnosis> {
        self.ask(move |history| history.begin_run(&whose, mode, grants, at)).await
    }

    /// Records verdicts; never blocks.
    pub(crate) fn keep_verdicts(&self, verdicts: Vec<Past>) {
        self.hand_over(move |writer| {
            if let Err(error) = writer.history().and_then(|history| history.keep_verdicts(&verdicts)) {
                writer.note(&error);
            }
        });
    }

    /// Gives up ownership of a run.
    pub(crate) fn leave_run(&self, run: RunId) {
        self.hand_over(move |writer| {
            if let Err(error) = writer.history().and_then(|history| history.leave_run(run)) {
                writer.note(&error);
            }
        });
    }

    /// Ends a run, and prunes old ones.
    pub(crate) fn end_run(&self, run: RunId, at: Timestamp) {
        self.hand_over(move |writer| {
            if let Err(error) = writer.history().and_then(|history| history.end_run(run, at)) {
                writer.note(&error);
            }
        });
    }
}
