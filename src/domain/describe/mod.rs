//! Describes grants, call outcomes and failures for people. Shared by the screen and the command line.

pub mod connect;
pub mod diagnosis;
pub mod facts;
pub mod grant;
pub mod outcome;
pub mod revoke;
pub mod write;

use super::Health;
use super::smoke::{Standing, Verdict};

/// The meaning of a text. The screen maps each tone to a theme role.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// Ordinary.
    Plain,
    /// Emphasised.
    Strong,
    /// Less important.
    Dim,
    /// A heading.
    Head,
    /// A link, which must not be broken, so that it can be selected.
    Link,
    /// No known problem.
    Good,
    /// Needs attention.
    Soon,
    /// Broken.
    Bad,
    /// Ended.
    Ended,
    /// Unknown.
    Unknown,
    /// A scope that is held.
    Held,
    /// A scope that is missing.
    Missing,
    /// New since the last refresh.
    New,
    /// Changed since the last refresh.
    Changed,
    /// Gone since the last refresh.
    Gone,
    /// Not completely readable.
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

/// A piece of a line with a tone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Span {
    /// Clean text.
    pub text: String,
    /// Its tone.
    pub tone: Tone,
}

impl Span {
    /// Creates a span.
    pub fn new(text: impl Into<String>, tone: Tone) -> Self {
        Self { text: text.into(), tone }
    }
}

/// An entry of a description.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Entry {
    /// A line without a label.
    Line(Vec<Span>),
    /// A labelled value. An empty label continues the previous field.
    Field(&'static str, Vec<Span>),
    /// A sentence about the value above.
    Under(Span),
    /// A text indented by this many cells.
    Indented(usize, Span),
    /// A scope.
    Scope(Scope),
    /// A related grant.
    Relative {
        /// Its health.
        sign: Span,
        /// Its name.
        name: String,
        /// Its id.
        id: String,
    },
}

/// An explained scope.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scope {
    /// Symbol for held, missing, or not usable here.
    pub sign: &'static str,
    /// The same as a tone.
    pub tone: Tone,
    /// As the provider spells it.
    pub name: String,
    /// For a URL, its last part, for narrow screens.
    pub short: Option<String>,
    /// What it allows; may be empty.
    pub description: String,
}

impl Entry {
    /// Creates a line with one tone.
    pub fn line(text: impl Into<String>, tone: Tone) -> Self {
        Self::Line(vec![Span::new(text, tone)])
    }

    /// Creates a field with one tone.
    pub fn field(label: &'static str, value: impl Into<String>, tone: Tone) -> Self {
        Self::Field(label, vec![Span::new(value, tone)])
    }

    /// Creates a sentence about the value above.
    pub fn under(text: impl Into<String>, tone: Tone) -> Self {
        Self::Under(Span::new(text, tone))
    }
}

/// Related entries, separated from the next section if there is room.
pub type Section = Vec<Entry>;
