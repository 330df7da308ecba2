//! Parses error bodies into details (docs/protocol/transport.md section 9).

use serde_json::{Map, Value};

use super::surrogates;

/// The content of an error answer.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Envelope {
    /// The machine-readable fields; empty if the body is not a JSON object.
    pub details: Map<String, Value>,
    /// Whether the body is JSON at all. If not, it came from an intermediary rather than from Alter.
    pub is_json: bool,
}

impl Envelope {
    /// Parses a body, flat or nested under `detail`. A body that is not JSON is dropped: it is an intermediary's page.
    pub fn read(body: &[u8]) -> Self {
        match serde_json::from_slice(&surrogates::paired(body)) {
            Ok(Value::Object(mut outer)) => {
                if let Some(Value::Object(_)) = outer.get("detail")
                    && let Some(Value::Object(inner)) = outer.swap_remove("detail")
                {
                    return Self { details: inner, is_json: true };
                }
                Self { details: outer, is_json: true }
            }
            Ok(_) => Self { details: Map::new(), is_json: true },
            Err(_) => Self::default(),
        }
    }

    /// A string field.
    pub fn text(&self, name: &str) -> Option<&str> {
        text(&self.details, name)
    }

    /// `error`: the machine code.
    pub fn error(&self) -> Option<&str> {
        self.text("error").filter(|error| !error.is_empty())
    }

    /// `message`: for people, if it is a non-empty string.
    pub fn message(&self) -> Option<&str> {
        self.text("message").filter(|message| !message.is_empty())
    }
}

/// A string field.
pub(crate) fn text<'a>(details: &'a Map<String, Value>, name: &str) -> Option<&'a str> {
    details.get(name).and_then(Value::as_str)
}

/// The strings of a list field; other items are skipped.
pub(crate) fn texts<'a>(details: &'a Map<String, Value>, name: &str) -> Vec<&'a str> {
    let items = details.get(name).and_then(Value::as_array).into_iter().flatten();
    items.filter_map(Value::as_str).collect()
}
