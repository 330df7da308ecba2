//! What takes longer to free than a frame may last. It is gathered while a message is taken in, and freed elsewhere.

use std::mem::discriminant;
use std::sync::{Arc, Mutex, PoisonError};

use super::Answer;
use crate::body::{Document, Folds};

/// Nobody needs it any more.
#[derive(Debug)]
pub enum Discarded {
    /// A body, and what was folded in it.
    Body(Document, Folds),
    /// An answer that came too late.
    Answer(Box<Answer>),
}

/// Two answers are the same here when they are of one kind.
impl PartialEq for Discarded {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Body(document, folds), Self::Body(other, others)) => (document, folds) == (other, others),
            (Self::Answer(answer), Self::Answer(other)) => discriminant(&**answer) == discriminant(&**other),
            (Self::Body(..), Self::Answer(_)) | (Self::Answer(_), Self::Body(..)) => false,
        }
    }
}

/// Large bodies on their way out. Clones share it: each body that is looked at has one, and puts itself in when it is
/// dropped, so that nobody has to think of it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Discards(Arc<Mutex<Vec<Discarded>>>);

impl Discards {
    /// A body is done with.
    pub(crate) fn push(&self, document: Document, folds: Folds) {
        let mut gathered = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        gathered.push(Discarded::Body(document, folds));
    }

    /// What was gathered since it was last taken.
    pub(crate) fn take(&self) -> Vec<Discarded> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
