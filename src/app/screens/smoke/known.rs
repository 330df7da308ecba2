//! What is known of each grant's tests: those of this session, and what the history says of the rows that were seen.

use std::collections::{HashMap, HashSet};

use jiff::Timestamp;

use crate::domain::GrantId;
use crate::domain::smoke::{Past, RunId, SmokeResult, Verdict};

/// Verdicts of one grant that are remembered here, as many as the history keeps.
pub(super) const EACH: usize = 10;

/// The latest verdict on a grant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Latest {
    /// What it was.
    pub verdict: Verdict,
    /// From sending to the whole answer, in milliseconds; None where nothing was sent.
    pub latency_ms: Option<u64>,
    /// When.
    pub at: Timestamp,
}

/// Verdicts by grant.
#[derive(Debug, Default)]
pub struct Known {
    latest: HashMap<GrantId, Latest>,
    /// The last few, the latest first; only of grants that were looked at.
    past: HashMap<GrantId, Vec<Past>>,
    /// Grants that the history was asked about.
    asked: HashSet<GrantId>,
}

impl Known {
    /// The latest verdict on a grant.
    pub fn latest(&self, grant: GrantId) -> Option<Latest> {
        self.latest.get(&grant).copied()
    }

    /// Whether no verdict is known of any grant.
    pub fn is_empty(&self) -> bool {
        self.latest.is_empty()
    }

    /// The last verdicts on a grant, the latest first.
    pub fn past(&self, grant: GrantId) -> &[Past] {
        self.past.get(&grant).map_or(&[], Vec::as_slice)
    }

    /// Whether the history was not asked about a grant yet.
    pub fn is_new(&self, grant: GrantId) -> bool {
        !self.asked.contains(&grant)
    }

    /// The history is being asked about these.
    pub fn asking(&mut self, grants: &[GrantId]) {
        self.asked.extend(grants);
    }

    /// A verdict of this session. `run`: where the history keeps it; None where it keeps none.
    pub fn found(&mut self, result: &SmokeResult, run: Option<RunId>) {
        let past = result.past(run.unwrap_or(RunId(i64::MAX)));
        self.latest.insert(result.grant, latest(&past));
        // Of the others the history is asked once they are looked at.
        if run.is_none() || !self.is_new(result.grant) {
            let known = self.past.entry(result.grant).or_default();
            // A run that is gone on with tells again what it found.
            known.retain(|known| run.is_none() || known.run != past.run);
            known.insert(0, past);
            known.truncate(EACH);
        }
    }

    /// What the history says.
    pub fn read(&mut self, found: HashMap<GrantId, Vec<Past>>) {
        for (grant, mut past) in found {
            // What was found while the history was being read may be in it, or not yet.
            let mine = self.past.remove(&grant).unwrap_or_default();
            past.retain(|past| !mine.iter().any(|mine| mine.run == past.run));
            past.extend(mine);
            past.sort_by_key(|past| std::cmp::Reverse(past.at));
            past.truncate(EACH);
            if let Some(first) = past.first() {
                self.latest.insert(grant, latest(first));
            }
            self.past.insert(grant, past);
        }
    }
}

fn latest(past: &Past) -> Latest {
    Latest { verdict: past.verdict, latency_ms: past.latency_ms, at: past.at }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Grant, RowId};
    use uuid::Uuid;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_000 + second).unwrap()
    }

    fn result(verdict: Verdict, second: i64) -> SmokeResult {
        let id = GrantId(Uuid::from_u128(1));
        SmokeResult::blank(&Grant::blank(RowId::Grant(id)), id, verdict, at(second))
    }

    #[test]
    fn the_session_and_the_history_report_each_run_once() {
        let id = GrantId(Uuid::from_u128(1));
        let mut known = Known::default();
        known.found(&result(Verdict::Works, 5), Some(RunId(5)));
        assert_eq!(known.latest(id).unwrap().verdict, Verdict::Works);
        assert!(known.past(id).is_empty(), "the history is asked once somebody looks");
        known.asking(&[id]);
        // A run goes on while the history is being read: it may know of it, or not.
        known.found(&result(Verdict::Gone, 7), Some(RunId(7)));
        let past = |run: i64, verdict| result(verdict, run).past(RunId(run));
        let read = vec![past(7, Verdict::Gone), past(5, Verdict::Works), past(3, Verdict::Expired)];
        known.read(HashMap::from([(id, read)]));
        let verdicts = |known: &Known| known.past(id).iter().map(|past| past.verdict).collect::<Vec<_>>();
        assert_eq!(verdicts(&known), [Verdict::Gone, Verdict::Works, Verdict::Expired]);
        assert_eq!(known.latest(id).unwrap().verdict, Verdict::Gone);
        // The same run says it again where it is gone on with.
        known.found(&result(Verdict::Gone, 7), Some(RunId(7)));
        assert_eq!(verdicts(&known).len(), 3);
        for second in 8..30 {
            known.found(&result(Verdict::Works, second), Some(RunId(second)));
        }
        assert_eq!(known.past(id).len(), EACH);
        // Without a history each run counts by itself.
        let mut known = Known::default();
        known.found(&result(Verdict::Works, 1), None);
        known.found(&result(Verdict::Gone, 2), None);
        assert_eq!(verdicts(&known), [Verdict::Gone, Verdict::Works]);
    }

    #[test]
    fn what_the_history_reads_late_is_not_the_latest() {
        let id = GrantId(Uuid::from_u128(1));
        let mut known = Known::default();
        known.asking(&[id]);
        known.found(&result(Verdict::Works, 9), Some(RunId(9)));
        known.read(HashMap::from([(id, vec![result(Verdict::Gone, 2).past(RunId(2))])]));
        assert_eq!(known.latest(id).unwrap().verdict, Verdict::Works);
    }
}
