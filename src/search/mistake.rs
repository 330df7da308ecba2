//! What was not understood in a search line.

use std::fmt;

/// A part of the line that was not understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistake {
    /// The part, as typed. Show it through [`crate::domain::Clean`].
    pub part: String,
    /// What is wrong with it.
    pub problem: &'static str,
    /// What was probably meant, ready to be typed.
    pub suggestion: Option<String>,
    /// What the search makes of it.
    pub taken: Taken,
}

/// What a search makes of a part that was not understood.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Taken {
    /// It is left out.
    LeftOut,
    /// Nothing can match it.
    AsNothing,
    /// It is searched for as a word, not as the condition that it was probably meant to be.
    AsWord,
    /// It is searched for as it stands: a newer backend may know it.
    AsTyped,
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.part, self.problem)?;
        if let Some(suggestion) = &self.suggestion {
            write!(f, ", did you mean {suggestion}?")?;
        }
        Ok(())
    }
}
