//! The calls of one provider that somebody may be asked to approve. Which of them are held shows only in the answer, so
//! that each one under way counts as one that is held.

#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Crowd {
    /// Calls that are held.
    pub(super) held: usize,
    /// Held calls of an earlier run that are asked about first: until it is known what became of them they count.
    pub(super) asked_about: usize,
    /// New calls that are under way.
    under_way: usize,
}

impl Crowd {
    pub(super) fn may_be_held(&self) -> usize {
        self.held + self.asked_about + self.under_way
    }

    /// Whether one more call may go out, of which so many may be held.
    pub(super) fn has_room(&self, bound: usize) -> bool {
        self.may_be_held() < bound
    }

    /// A call goes out; `asks` where it only asks about an earlier one.
    pub(super) fn enter(&mut self, asks: bool) {
        self.under_way += usize::from(!asks);
    }

    /// It came back.
    pub(super) fn leave(&mut self, asks: bool) {
        let counted = if asks { &mut self.asked_about } else { &mut self.under_way };
        *counted = counted.saturating_sub(1);
    }
}
