//! Parts of a search that were not understood.

use std::fmt;

/// A part of the search that was not understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistake {
    /// The part as typed. Show it through [`crate::domain::Clean`].
    pub part: String,
    /// What is wrong with it.
    pub problem: &'static str,
    /// The likely correction, ready to be typed.
    pub suggestion: Option<String>,
    /// How the search treats it.
    pub taken: Taken,
}

/// How the search treats a part that was not understood.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Taken {
    /// It is ignored.
    LeftOut,
    /// It matches nothing.
    AsNothing,
    /// It is searched as a word instead of the condition it was probably meant to be.
    AsWord,
    /// It is used as typed: a newer backend may know it.
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
