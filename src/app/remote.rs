//! Something that comes from elsewhere: empty, failed and old-but-shown are different words.

use crate::domain::Diagnosis;

/// A value that is asked for from the world.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Remote<T> {
    /// Not asked for.
    #[default]
    Idle,
    /// Under way; what was there before stays shown.
    Loading {
        /// When it was asked for, in [`crate::domain::Now::millis`].
        since: u64,
        /// The value before, if any.
        previous: Option<T>,
    },
    /// Here.
    Ready {
        /// The value.
        value: T,
        /// When it came, in [`crate::domain::Now::millis`].
        at: u64,
    },
    /// Could not be had; what was there before stays shown.
    Failed {
        /// Why.
        diagnosis: Diagnosis,
        /// The value before, if any.
        previous: Option<T>,
    },
}

impl<T> Remote<T> {
    /// The newest value, old ones included.
    pub fn value(&self) -> Option<&T> {
        match self {
            Self::Idle => None,
            Self::Loading { previous, .. } | Self::Failed { previous, .. } => previous.as_ref(),
            Self::Ready { value, .. } => Some(value),
        }
    }

    /// The same, to be changed.
    pub fn value_mut(&mut self) -> Option<&mut T> {
        match self {
            Self::Idle => None,
            Self::Loading { previous, .. } | Self::Failed { previous, .. } => previous.as_mut(),
            Self::Ready { value, .. } => Some(value),
        }
    }

    /// The same, taken out.
    pub fn into_value(self) -> Option<T> {
        match self {
            Self::Idle => None,
            Self::Loading { previous, .. } | Self::Failed { previous, .. } => previous,
            Self::Ready { value, .. } => Some(value),
        }
    }

    /// Begins to load, keeping what is there.
    pub fn load(&mut self, since: u64) {
        let previous = match std::mem::take(self) {
            Self::Idle => None,
            Self::Loading { previous, .. } | Self::Failed { previous, .. } => previous,
            Self::Ready { value, .. } => Some(value),
        };
        *self = Self::Loading { since, previous };
    }

    /// The value came.
    pub fn arrive(&mut self, value: T, at: u64) {
        *self = Self::Ready { value, at };
    }

    /// It could not be had; what is there stays.
    pub fn fail(&mut self, diagnosis: Diagnosis) {
        let previous = match std::mem::take(self) {
            Self::Idle => None,
            Self::Loading { previous, .. } | Self::Failed { previous, .. } => previous,
            Self::Ready { value, .. } => Some(value),
        };
        *self = Self::Failed { diagnosis, previous };
    }
}
