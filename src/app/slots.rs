//! Slots and tickets: under each slot at most one question is current, and only its ticket's answer counts.

use std::collections::HashMap;

use super::{Effect, Job, Slot};

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
    pub(super) fn ask(&mut self, request: impl Into<Job>) -> Effect {
        let job = request.into();
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
