//! Calls of one provider that may need approval. Whether a call is held is only known from its answer, so each running
//! call counts as held.

#[derive(Clone, Copy, Debug, Default)]
pub(super) struct ApprovalLoad {
    /// Held calls.
    pub(super) held: usize,
    /// Held calls of an earlier run that are checked first; they count until their state is known.
    pub(super) asked_about: usize,
    /// New calls that are running.
    under_way: usize,
}

impl ApprovalLoad {
    pub(super) fn may_be_held(&self) -> usize {
        self.held + self.asked_about + self.under_way
    }

    /// Whether one more call may be sent if `bound` may be held.
    pub(super) fn has_room(&self, bound: usize) -> bool {
        self.may_be_held() < bound
    }

    /// A call is sent; `asks` if it only checks an earlier one.
    pub(super) fn enter(&mut self, asks: bool) {
        self.under_way += usize::from(!asks);
    }

    /// A call has returned.
    pub(super) fn leave(&mut self, asks: bool) {
        let counted = if asks { &mut self.asked_about } else { &mut self.under_way };
        *counted = counted.saturating_sub(1);
    }
}
