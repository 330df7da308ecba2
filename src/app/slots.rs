//! Slots and tickets: under each slot at most one question is current, and only its ticket's answer counts.

use std::collections::HashMap;

use super::{Effect, Job};

/// The names under which at most one thing is current.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Slot {
    /// Configuration, key and client.
    Session,
    /// Whose key this is.
    Identity,
    /// The provider catalog.
    Catalog,
    /// Names of agents.
    Agents,
    /// The profiles of the configuration.
    Profiles,
    /// How often ids were copied.
    Copies,
    /// The walk over the list that is under way.
    Walk,
    /// The search over the rows that are here.
    Search,
    /// A browser that was asked to open a link.
    Launch,
    /// The test call that is under way.
    Call,
    /// A text on its way to the clipboard.
    Clipboard,
    /// The body of a request in the person's own editor.
    Editor,
    /// What can be called at a provider.
    Operations,
    /// A large body that is being read.
    Body,
    /// A large body that is being searched.
    BodySearch,
    /// Folds of a large body that are being changed.
    Folds,
    /// The text of a large body that is being broken into rows.
    Wrap,
    /// The jq filter that is running.
    Filter,
    /// A body that is being written into a file.
    Save,
    /// A part of the list of past calls.
    Records,
    /// One past call.
    Record,
    /// Two past calls that are being compared.
    Compare,
    /// Past calls that are being forgotten.
    Forget,
    /// A change of files that is planned or made.
    Change,
    /// A scan of files.
    Scan,
    /// A smoke test that is planned or under way.
    Smoke,
    /// Verdicts of earlier smoke tests that are being read.
    Verdicts,
}

/// Proof of a question: an answer counts only while its ticket is the slot's current one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Ticket {
    /// The slot.
    pub slot: Slot,
    /// Which question of the slot, counted from 1.
    pub epoch: u64,
}

/// The current epoch of each slot.
#[derive(Clone, Debug, Default)]
pub struct Slots {
    epochs: HashMap<Slot, u64>,
    open: HashMap<Slot, u64>,
}

impl Slots {
    /// Begins a question: whatever was current in the slot no longer is.
    pub fn begin(&mut self, slot: Slot) -> Ticket {
        let epoch = self.epochs.entry(slot).or_default();
        *epoch += 1;
        self.open.insert(slot, *epoch);
        Ticket { slot, epoch: *epoch }
    }

    /// Begins the question that work answers, in its slot.
    pub(super) fn ask(&mut self, job: Job) -> Effect {
        Effect::Start { ticket: self.begin(job.slot()), job }
    }

    /// Whether an answer with this ticket counts.
    pub fn is_current(&self, ticket: Ticket) -> bool {
        self.open.get(&ticket.slot) == Some(&ticket.epoch)
    }

    /// Whether a question is under way in the slot.
    pub fn is_open(&self, slot: Slot) -> bool {
        self.open.contains_key(&slot)
    }

    /// Ends the slot's question, answered or given up: later answers to it are dropped.
    pub fn end(&mut self, slot: Slot) {
        self.open.remove(&slot);
    }

    /// Whether anything at all is under way.
    pub fn any_open(&self) -> bool {
        !self.open.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_newest_ticket_counts() {
        let mut slots = Slots::default();
        let first = slots.begin(Slot::Walk);
        let other = slots.begin(Slot::Search);
        let second = slots.begin(Slot::Walk);
        assert!(!slots.is_current(first));
        assert!(slots.is_current(second) && slots.is_current(other));
        slots.end(Slot::Walk);
        assert!(!slots.is_current(second) && !slots.is_open(Slot::Walk));
        let third = slots.begin(Slot::Walk);
        assert!(slots.is_current(third) && !slots.is_current(second));
    }
}
