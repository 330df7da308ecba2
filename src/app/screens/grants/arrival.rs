//! Rows arrive, and rows leave: counts, relatives and change marks follow.

use std::collections::HashSet;

use super::walk::Purpose;
use super::{ChangeMark, Grants};
use crate::domain::{Grant, Reference, RowId, Status, words};
use crate::search::rows::Change;
use crate::search::{Found, Relatives};

impl Grants {
    /// Puts rows in; true when any of them was new or different.
    pub(super) fn put(&mut self, rows: Vec<Grant>) -> bool {
        let marks = self.walk.purpose == Purpose::Refresh;
        let mut any = false;
        let mut moved = false;
        for mut grant in rows {
            if self.ended.contains(&grant.row) {
                grant.status = Status::Revoked;
            }
            let (row, provider) = (grant.row, grant.provider.clone());
            let before = self.rows.find(row).map(|old| (old.provider.clone(), relatives_of(old)));
            let relatives = relatives_of(&grant);
            match self.rows.put(grant) {
                Change::Added(index) => {
                    any = true;
                    *self.per_provider.entry(provider).or_default() += 1;
                    if let Some(grant) = self.rows.get(index) {
                        self.relatives.add(index, grant);
                    }
                    if marks {
                        self.changes.insert(row, ChangeMark::New);
                    }
                }
                Change::Changed(_) => {
                    any = true;
                    moved |= before.is_some_and(|(old, relatives_before)| {
                        old != provider || relatives_before != relatives
                    });
                    // A row that came as new may come again while the list moves.
                    if marks {
                        self.changes.entry(row).or_insert(ChangeMark::Changed);
                    }
                }
                Change::Same(_) => {}
            }
        }
        if moved {
            self.recount();
        }
        any
    }

    /// Takes the rows out that the last refresh found gone. The others have other indices then, so what was found
    /// among them counts no more.
    pub(super) fn forget_gone(&mut self) {
        let gone: HashSet<RowId> =
            self.changes.iter().filter(|(_, mark)| **mark == ChangeMark::Gone).map(|(row, _)| *row).collect();
        if gone.is_empty() {
            return;
        }
        self.rows.remove(&gone);
        self.marks.retain(|row| !gone.contains(row));
        self.recount();
        self.found = Found::default();
    }

    fn recount(&mut self) {
        self.per_provider.clear();
        self.relatives = Relatives::default();
        for (index, grant) in (0u32..).zip(self.rows.iter()) {
            self.relatives.add(index, grant);
            *self.per_provider.entry(grant.provider.clone()).or_default() += 1;
        }
    }

    /// What a refresh found, in a sentence.
    pub(super) fn changes_in_words(&self) -> String {
        let count = |mark: ChangeMark| self.changes.values().filter(|have| **have == mark).count() as u64;
        let parts: Vec<String> =
            [(ChangeMark::New, "new"), (ChangeMark::Changed, "changed"), (ChangeMark::Gone, "gone")]
                .into_iter()
                .map(|(mark, word)| (count(mark), word))
                .filter(|(count, _)| *count > 0)
                .map(|(count, word)| format!("{} {word}", words::count(count)))
                .collect();
        let message = if parts.is_empty() { "nothing changed".to_owned() } else { parts.join(", ") };
        format!("Refreshed: {message}.")
    }
}

/// What a row's relations hang on.
fn relatives_of(grant: &Grant) -> (Option<Reference>, Option<Reference>) {
    (grant.parent_grant_id.clone(), grant.credential_id.clone())
}
