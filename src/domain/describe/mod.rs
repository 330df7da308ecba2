//! What a grant, the end of a call and a failure come to in words: written once, shown by the screen and printed by the
//! command line.

pub mod diagnosis;
pub mod grant;
pub mod outcome;

use super::Health;
use super::smoke::{Standing, Verdict};

/// How a text is meant. The screen has a role of its theme for each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// Ordinary.
    Plain,
    /// Not to be overlooked.
    Strong,
    /// May be overlooked.
    Dim,
    /// A heading.
    Head,
    /// A link: it must stay whole to be selected.
    Link,
    /// Nothing speaks against it.
    Good,
    /// Needs attention.
    Soon,
    /// Broken.
    Bad,
    /// Over.
    Ended,
    /// Not known.
    Unknown,
    /// A scope that is held.
    Held,
    /// A scope that is missing.
    Missing,
    /// New since the last refresh.
    New,
    /// Changed since then.
    Changed,
    /// Gone since then.
    Gone,
    /// Could not be read in full.
    Odd,
}

impl From<Health> for Tone {
    fn from(health: Health) -> Self {
        match health {
            Health::Ok => Self::Good,
            Health::Expiring => Self::Soon,
            Health::NeedsReconnect | Health::MissingScopes => Self::Bad,
            Health::Expired | Health::Revoked => Self::Ended,
            Health::Unknown => Self::Unknown,
        }
    }
}

impl From<Verdict> for Tone {
    fn from(verdict: Verdict) -> Self {
        match (verdict, verdict.standing()) {
            (Verdict::WorksBut, _) => Self::Soon,
            (_, Standing::Fine) => Self::Good,
            (_, Standing::Failing) => Self::Bad,
            (_, Standing::Untold) => Self::Unknown,
        }
    }
}

/// A piece of a line. Its text is clean.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Span {
    /// Clean text.
    pub text: String,
    /// How it is meant.
    pub tone: Tone,
}

impl Span {
    /// A piece of a line.
    pub fn new(text: impl Into<String>, tone: Tone) -> Self {
        Self { text: text.into(), tone }
    }
}

/// One thing that is said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Entry {
    /// A line that needs no label to be understood.
    Line(Vec<Span>),
    /// A value under its label. An empty label goes on with the one above.
    Field(&'static str, Vec<Span>),
    /// A sentence that belongs to the value above.
    Under(Span),
    /// A text set in by so many cells.
    Indented(usize, Span),
    /// A scope.
    Scope(Scope),
    /// Another grant.
    Relative {
        /// Its health.
        sign: Span,
        /// Whose it is.
        name: String,
        /// Its id.
        id: String,
    },
}

/// A scope, explained.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scope {
    /// Held, missing, or of no use here.
    pub sign: &'static str,
    /// The same as a tone.
    pub tone: Tone,
    /// As the provider writes it.
    pub name: String,
    /// The last part of one that is an address, for where there is little room.
    pub short: Option<String>,
    /// What it allows; may be empty.
    pub description: String,
}

impl Entry {
    /// A line in one tone.
    pub fn line(text: impl Into<String>, tone: Tone) -> Self {
        Self::Line(vec![Span::new(text, tone)])
    }

    /// A value in one tone.
    pub fn field(label: &'static str, value: impl Into<String>, tone: Tone) -> Self {
        Self::Field(label, vec![Span::new(value, tone)])
    }

    /// A sentence below a value.
    pub fn under(text: impl Into<String>, tone: Tone) -> Self {
        Self::Under(Span::new(text, tone))
    }
}

/// What belongs together; apart from the next one where there is room.
pub type Section = Vec<Entry>;
