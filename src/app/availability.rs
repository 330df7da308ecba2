//! Whether an action makes sense, and why not.

/// Whether an action makes sense now: asked by footer, help, palette and the key handler alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Availability {
    /// It can be done.
    Ready,
    /// It means nothing here and is not shown.
    Hidden,
    /// It could be done, but not now: the sentence says why.
    Blocked(&'static str),
}

use Availability::{Blocked, Hidden, Ready};

/// It can be done where this holds, else a sentence says why not.
pub(crate) fn ready_if(condition: bool, otherwise: &'static str) -> Availability {
    if condition { Ready } else { Blocked(otherwise) }
}

/// It is shown where this holds.
pub(crate) fn shown_if(condition: bool) -> Availability {
    if condition { Ready } else { Hidden }
}
