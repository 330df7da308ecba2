//! Steps back in a request: what a preset, a paste or a field has replaced can be had again.

use super::{Composer, Typing};
use crate::domain::{RequestDraft, code};

/// How many steps back can be taken.
const MOST: usize = 50;

/// The request before a change.
#[derive(Debug)]
pub(super) struct Before {
    draft: RequestDraft,
    timeout: Option<u64>,
    lost_body: bool,
    notes: Vec<String>,
    variables: Vec<code::Variable>,
    no_body: Option<String>,
}

impl Composer {
    /// Keeps the request as it is, before it is changed.
    pub(super) fn remember(&mut self) {
        let same = |before: &Before| before.draft == self.draft && before.timeout == self.timeout;
        if self.before.last().is_some_and(same) {
            return;
        }
        if self.before.len() == MOST {
            self.before.remove(0);
        }
        self.before.push(Before {
            draft: self.draft.clone(),
            timeout: self.timeout,
            lost_body: self.lost_body,
            notes: self.notes.clone(),
            variables: self.variables.clone(),
            no_body: self.no_body.clone(),
        });
    }

    /// Takes the last change back. False where there is none.
    pub(super) fn undo(&mut self) -> bool {
        while let Some(before) = self.before.pop() {
            if before.draft == self.draft && before.timeout == self.timeout {
                continue;
            }
            self.draft = before.draft;
            (self.timeout, self.lost_body) = (before.timeout, before.lost_body);
            (self.notes, self.variables, self.no_body) = (before.notes, before.variables, before.no_body);
            self.typing = Typing::Nothing;
            self.from.clear();
            self.missing_scopes.clear();
            self.settle();
            return true;
        }
        false
    }
}
