//! A diagnosis in words.

use super::{Clean, Diagnosis};

/// What is said about a failure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rendered {
    /// What happened.
    pub headline: String,
    /// Who refused.
    pub who: String,
    /// Why.
    pub cause: String,
    /// What to do.
    pub remedy: String,
    /// The other side's own sentence.
    pub said: Option<Clean>,
}

/// Puts a diagnosis into words.
pub fn render(diagnosis: &Diagnosis) -> Rendered {
    Rendered {
        headline: diagnosis.code.name().replace('_', " "),
        who: diagnosis.who.name().to_owned(),
        cause: String::new(),
        remedy: String::new(),
        said: diagnosis.said.clone(),
    }
}
