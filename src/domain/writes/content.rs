//! Parameters and bodies that request something other than the method says.

use serde_json::Value;

use super::{address, graphql, names};
use crate::DraftBody;

/// Maximum size in bytes of a GET body to check. A larger one is not known to be read-only.
const MAX_BYTES: usize = 256 << 10;

/// What requests a write.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum WriteHint {
    /// A parameter with this name.
    Parameter(String),
    /// A GraphQL mutation.
    Mutation,
    /// The body was too large to check.
    TooLarge,
}

impl WriteHint {
    /// Continues a sentence after the method.
    pub(super) fn words(&self) -> String {
        match self {
            Self::Parameter(name) => format!("with {name}="),
            Self::Mutation => "with a GraphQL mutation".to_owned(),
            Self::TooLarge => "with more than 256 KiB".to_owned(),
        }
    }
}

/// Checks a parameter, whose value may be JSON.
pub(super) fn in_parameter(name: &str, value: &str) -> Option<WriteHint> {
    // A JSON-RPC call may name any procedure.
    if names::overrides_method(name, value) || name.trim().eq_ignore_ascii_case("jsonrpc") {
        return Some(WriteHint::Parameter(name.to_owned()));
    }
    if graphql::has_mutation(value) {
        return Some(WriteHint::Mutation);
    }
    if value.trim_start().starts_with(['{', '[']) {
        return serde_json::from_str(value).ok().and_then(|value| in_json(&value));
    }
    None
}

/// Checks the body of a request with a read-only method.
pub(super) fn in_body(body: &DraftBody) -> Option<WriteHint> {
    let bytes = match body {
        DraftBody::Empty => return None,
        DraftBody::Json(text) => text.as_bytes(),
        DraftBody::Raw(bytes) => bytes,
    };
    if bytes.len() > MAX_BYTES {
        return Some(WriteHint::TooLarge);
    }
    if let Ok(value) = serde_json::from_slice::<Value>(bytes) {
        return in_json(&value);
    }
    let text = String::from_utf8_lossy(bytes);
    let in_form = || address::pairs(text.trim()).find_map(|(name, value)| in_parameter(&name, &value));
    in_parts(&text).or_else(in_form).or_else(|| graphql::has_mutation(&text).then_some(WriteHint::Mutation))
}

/// Checks all names in a JSON value.
fn in_json(value: &Value) -> Option<WriteHint> {
    match value {
        Value::Object(map) => map.iter().find_map(|(name, value)| match value {
            Value::String(text) => in_parameter(name, text),
            value => in_parameter(name, "").or_else(|| in_json(value)),
        }),
        Value::Array(values) => values.iter().find_map(in_json),
        _ => None,
    }
}

/// Checks the parts of a `multipart/form-data` body: each name, with the line after its headers.
fn in_parts(text: &str) -> Option<WriteHint> {
    text.split("name=\"").skip(1).find_map(|part| {
        let (name, rest) = part.split_once('"')?;
        let value =
            rest.split_once("\r\n\r\n").or_else(|| rest.split_once("\n\n")).map_or("", |(_, value)| value);
        in_parameter(name, value.lines().next().unwrap_or_default())
    })
}
