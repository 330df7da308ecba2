//! One thing that was looked at.

use serde_json::{Value, json};
use strum::IntoStaticStr;

use crate::domain::describe::diagnosis::Described;
use crate::domain::{Clean, Diagnosis};

/// How it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub(super) enum CheckState {
    /// As it should be.
    Ok,
    /// Nobody told, or nothing depends on it here.
    Unknown,
    /// It works, with something missing.
    Warning,
    /// It does not work.
    Problem,
}

impl CheckState {
    /// A sign and a word, of one width.
    pub(super) fn sign(self) -> &'static str {
        match self {
            Self::Ok => "✓ ok     ",
            Self::Unknown => "· unknown",
            Self::Warning => "! warning",
            Self::Problem => "✗ problem",
        }
    }
}

/// A line of the report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Check {
    /// What was looked at.
    pub(super) name: &'static str,
    /// How it is.
    pub(super) state: CheckState,
    /// What was found. Never a secret.
    pub(super) found: Clean,
    /// What to do about it; empty where there is nothing to do.
    pub(super) remedy: String,
}

impl Check {
    pub(super) fn new(name: &'static str, state: CheckState, found: &str) -> Self {
        Self { name, state, found: Clean::line(found), remedy: String::new() }
    }

    pub(super) fn ok(name: &'static str, found: &str) -> Self {
        Self::new(name, CheckState::Ok, found)
    }

    /// With what to do about it.
    pub(super) fn remedy(self, remedy: &str) -> Self {
        Self { remedy: remedy.to_owned(), ..self }
    }

    /// What a failure says, with its facts.
    pub(super) fn of(name: &'static str, state: CheckState, diagnosis: &Diagnosis) -> Self {
        let words = Described::new(diagnosis);
        let said = words
            .said
            .as_ref()
            .map(|said| format!(": {}", said.as_str().trim_end_matches('.')))
            .unwrap_or_default();
        let facts =
            words.facts.iter().map(|(label, value)| format!("; {} {}", label.to_lowercase(), value.as_str()));
        let headline = words.first_line().trim_end_matches('.');
        let found = format!("{headline}{said}{}", facts.collect::<String>());
        Self::new(name, state, &found).remedy(words.remedy)
    }

    /// For programs.
    pub(super) fn object(&self) -> Value {
        let state: &'static str = self.state.into();
        let remedy = (!self.remedy.is_empty()).then_some(&self.remedy);
        json!({ "name": self.name, "state": state, "found": self.found.as_str(), "remedy": remedy })
    }
}
