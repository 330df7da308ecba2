//! Assertions about an answer.

use serde::Deserialize;
use serde_json::Value;
use strum::{Display, IntoStaticStr};
use thiserror::Error;

/// The type of a JSON value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Display, IntoStaticStr)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum JsonKind {
    /// `{}`.
    Object,
    /// `[]`.
    Array,
    /// A string.
    String,
    /// A number.
    Number,
    /// A boolean.
    Boolean,
}

/// What is expected at a location.
#[derive(Clone, Debug, PartialEq)]
pub enum Wanted {
    /// Exactly this value.
    Equals(Value),
    /// Any value other than null.
    Present,
    /// No value, or null.
    Absent,
    /// One of these values.
    OneOf(Vec<Value>),
    /// A string with this prefix.
    Begins(String),
    /// A value of this type.
    Kind(JsonKind),
}

/// An assertion about an answer.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(try_from = "Written")]
pub struct Assertion {
    /// Location: a JSON pointer, empty for the whole answer; in XML the name of an element.
    pub at: String,
    /// Alternative location, if there is nothing at the first one.
    pub or: Option<String>,
    /// What is expected there.
    pub wanted: Wanted,
}

impl Assertion {
    /// The locations to try, in order.
    pub fn places(&self) -> impl Iterator<Item = &str> {
        std::iter::once(self.at.as_str()).chain(self.or.as_deref())
    }

    /// Whether it holds for the value found.
    pub fn holds(&self, found: Option<&Value>) -> bool {
        let found = found.filter(|value| !value.is_null());
        match &self.wanted {
            Wanted::Equals(value) => found == Some(value),
            Wanted::Present => found.is_some(),
            Wanted::Absent => found.is_none(),
            Wanted::OneOf(values) => found.is_some_and(|found| values.contains(found)),
            Wanted::Begins(text) => {
                found.and_then(Value::as_str).is_some_and(|found| found.starts_with(text.as_str()))
            }
            Wanted::Kind(kind) => found.is_some_and(|found| kind_of(found) == Some(*kind)),
        }
    }

    /// Describes what is expected.
    pub fn words(&self) -> String {
        match &self.wanted {
            Wanted::Equals(value) => value.to_string(),
            Wanted::Present => "something".to_owned(),
            Wanted::Absent => "nothing".to_owned(),
            Wanted::OneOf(values) => {
                let values: Vec<String> = values.iter().map(Value::to_string).collect();
                format!("one of {}", values.join(", "))
            }
            Wanted::Begins(text) => format!("a text that begins with {text}"),
            Wanted::Kind(JsonKind::Object) => "an object".to_owned(),
            Wanted::Kind(JsonKind::Array) => "an array".to_owned(),
            Wanted::Kind(kind) => format!("a {kind}"),
        }
    }
}

fn kind_of(value: &Value) -> Option<JsonKind> {
    match value {
        Value::Object(_) => Some(JsonKind::Object),
        Value::Array(_) => Some(JsonKind::Array),
        Value::String(_) => Some(JsonKind::String),
        Value::Number(_) => Some(JsonKind::Number),
        Value::Bool(_) => Some(JsonKind::Boolean),
        Value::Null => None,
    }
}

/// A condition on an answer that selects a meaning.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(try_from = "Written")]
pub enum Condition {
    /// This assertion holds.
    Place(Assertion),
    /// The whole body is this text, ignoring surrounding whitespace.
    Text(String),
}

/// An assertion as written in TOML: `{ at = "/ok", equals = true }`; for a meaning also `{ text =
/// "Bad_OAuth_Token" }`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    at: Option<String>,
    or: Option<String>,
    text: Option<String>,
    equals: Option<Value>,
    present: Option<bool>,
    absent: Option<bool>,
    one_of: Option<Vec<Value>>,
    begins: Option<String>,
    kind: Option<JsonKind>,
}

/// Why an assertion is invalid.
#[derive(Debug, Error)]
pub enum AssertionError {
    /// It states nothing, or more than one thing.
    #[error(
        "an assertion has `at` and exactly one of `equals`, `present`, `absent`, `one_of`, `begins`, `kind`"
    )]
    NotOne,
    /// `present = false`.
    #[error("`present` and `absent` can only be true: use the other one")]
    OnlyTrue,
    /// `text` where a location is required, or next to one.
    #[error("`text` is the whole body: it stands alone, and only in the `when` of a meaning")]
    TextAlone,
}

impl TryFrom<Written> for Condition {
    type Error = AssertionError;

    fn try_from(mut written: Written) -> Result<Self, Self::Error> {
        let Some(text) = written.text.take() else {
            return Assertion::try_from(written).map(Self::Place);
        };
        let Written { at, or, text: _, equals, present, absent, one_of, begins, kind } = written;
        let other = [at.is_some(), or.is_some(), equals.is_some(), present.is_some(), absent.is_some()];
        if other.contains(&true) || one_of.is_some() || begins.is_some() || kind.is_some() {
            return Err(AssertionError::TextAlone);
        }
        Ok(Self::Text(text))
    }
}

impl TryFrom<Written> for Assertion {
    type Error = AssertionError;

    fn try_from(written: Written) -> Result<Self, Self::Error> {
        if written.text.is_some() {
            return Err(AssertionError::TextAlone);
        }
        if written.present == Some(false) || written.absent == Some(false) {
            return Err(AssertionError::OnlyTrue);
        }
        let said = [
            written.equals.map(Wanted::Equals),
            written.present.map(|_| Wanted::Present),
            written.absent.map(|_| Wanted::Absent),
            written.one_of.map(Wanted::OneOf),
            written.begins.map(Wanted::Begins),
            written.kind.map(Wanted::Kind),
        ];
        let mut said = said.into_iter().flatten();
        match (said.next(), said.next()) {
            (Some(wanted), None) => {
                let or = written.or;
                written.at.map(|at| Self { at, or, wanted }).ok_or(AssertionError::NotOne)
            }
            _ => Err(AssertionError::NotOne),
        }
    }
}
