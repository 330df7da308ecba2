//! How an error body becomes details (docs/protocol/transport.md section 9).

use serde_json::{Map, Value};

use super::surrogates;

/// What an error answer said.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Envelope {
    /// The machine-readable fields; empty where the body was no JSON object.
    pub details: Map<String, Value>,
    /// Whether the body was JSON at all. If not, it came from something on the way rather than from Alter.
    pub is_json: bool,
}

impl Envelope {
    /// Reads a body, flat or under `detail`. A body that is no JSON is dropped: it is some intermediary's page.
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

    /// A field that is a text.
    pub fn text(&self, name: &str) -> Option<&str> {
        text(&self.details, name)
    }

    /// `error`: the machine code.
    pub fn error(&self) -> Option<&str> {
        self.text("error").filter(|error| !error.is_empty())
    }

    /// `message`: for people, where it is a non-empty text.
    pub fn message(&self) -> Option<&str> {
        self.text("message").filter(|message| !message.is_empty())
    }
}

/// A field that is a text.
pub(crate) fn text<'a>(details: &'a Map<String, Value>, name: &str) -> Option<&'a str> {
    details.get(name).and_then(Value::as_str)
}

/// The texts of a field that is a list; what is no text is skipped.
pub(crate) fn texts<'a>(details: &'a Map<String, Value>, name: &str) -> Vec<&'a str> {
    let items = details.get(name).and_then(Value::as_array).into_iter().flatten();
    items.filter_map(Value::as_str).collect()
}
