//! What must hold in an answer.

use serde::Deserialize;
use serde_json::Value;
use strum::{Display, IntoStaticStr};
use thiserror::Error;

/// What a JSON value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Display, IntoStaticStr)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum JsonKind {
    /// `{}`.
    Object,
    /// `[]`.
    Array,
    /// A text.
    String,
    /// A number.
    Number,
    /// True or false.
    Boolean,
}

/// What is wanted at one place.
#[derive(Clone, Debug, PartialEq)]
pub enum Wanted {
    /// Exactly this.
    Equals(Value),
    /// Something other than null.
    Present,
    /// Nothing, or null.
    Absent,
    /// Any of these.
    OneOf(Vec<Value>),
    /// A value of this kind.
    Kind(JsonKind),
}

/// One statement about an answer.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(try_from = "Written")]
pub struct Assertion {
    /// Where: a JSON pointer, empty for the whole answer; in XML the name of an element.
    pub at: String,
    /// What.
    pub wanted: Wanted,
}

impl Assertion {
    /// Whether it holds for what was found there.
    pub fn holds(&self, found: Option<&Value>) -> bool {
        let found = found.filter(|value| !value.is_null());
        match &self.wanted {
            Wanted::Equals(value) => found == Some(value),
            Wanted::Present => found.is_some(),
            Wanted::Absent => found.is_none(),
            Wanted::OneOf(values) => found.is_some_and(|found| values.contains(found)),
            Wanted::Kind(kind) => found.is_some_and(|found| kind_of(found) == Some(*kind)),
        }
    }

    /// What is wanted, in words.
    pub fn words(&self) -> String {
        match &self.wanted {
            Wanted::Equals(value) => value.to_string(),
            Wanted::Present => "something".to_owned(),
            Wanted::Absent => "nothing".to_owned(),
            Wanted::OneOf(values) => {
                let values: Vec<String> = values.iter().map(Value::to_string).collect();
                format!("one of {}", values.join(", "))
            }
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

/// An assertion as it is written: `{ at = "/ok", equals = true }`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    at: String,
    equals: Option<Value>,
    present: Option<bool>,
    absent: Option<bool>,
    one_of: Option<Vec<Value>>,
    kind: Option<JsonKind>,
}

/// Why an assertion cannot be read.
#[derive(Debug, Error)]
pub enum AssertionError {
    /// It says nothing, or more than one thing.
    #[error("an assertion has `at` and exactly one of `equals`, `present`, `absent`, `one_of`, `kind`")]
    NotOne,
    /// `present = false`.
    #[error("`present` and `absent` can only be true: use the other one")]
    OnlyTrue,
}

impl TryFrom<Written> for Assertion {
    type Error = AssertionError;

    fn try_from(written: Written) -> Result<Self, Self::Error> {
        if written.present == Some(false) || written.absent == Some(false) {
            return Err(AssertionError::OnlyTrue);
        }
        let said = [
            written.equals.map(Wanted::Equals),
            written.present.map(|_| Wanted::Present),
            written.absent.map(|_| Wanted::Absent),
            written.one_of.map(Wanted::OneOf),
            written.kind.map(Wanted::Kind),
        ];
        let mut said = said.into_iter().flatten();
        match (said.next(), said.next()) {
            (Some(wanted), None) => Ok(Self { at: written.at, wanted }),
            _ => Err(AssertionError::NotOne),
        }
    }
}
