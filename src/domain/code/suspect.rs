//! What in a body looks like a credential. Bodies are kept, so that somebody should look at them.

use serde_json::Value;

use super::{percent, secret};
use crate::domain::DraftBody;

/// Which places of a body look like credentials.
pub(super) fn places(body: &DraftBody) -> Vec<String> {
    let mut out = Vec::new();
    let text = match body {
        DraftBody::Empty => return out,
        DraftBody::Json(text) => {
            if let Ok(value) = serde_json::from_str::<Value>(text) {
                fields(&value, "", &mut out);
                return out;
            }
            text.as_str()
        }
        DraftBody::Raw(bytes) => std::str::from_utf8(bytes).unwrap_or_default(),
    };
    if !text.contains(char::is_whitespace) && text.contains('=') {
        for piece in text.split('&') {
            let (name, value) = percent::pair(piece);
            field(&name, &value, &mut out);
        }
    } else if secret::holds(text) {
        out.push("the body".to_owned());
    }
    out
}

fn fields(value: &Value, name: &str, out: &mut Vec<String>) {
    match value {
        Value::String(text) => field(name, text, out),
        Value::Array(items) => items.iter().for_each(|item| fields(item, name, out)),
        Value::Object(map) => map.iter().for_each(|(name, value)| fields(value, name, out)),
        _ => {}
    }
}

fn field(name: &str, value: &str, out: &mut Vec<String>) {
    const MOST: usize = 20;
    let telling = secret::is_telling_parameter(name) && !value.is_empty();
    if !(telling || secret::holds(value)) {
        return;
    }
    let what = secret::sayable(name)
        .map_or_else(|| "a field of the body".to_owned(), |name| format!("the field {name} of the body"));
    if out.len() < MOST && !out.contains(&what) {
        out.push(what);
    }
}
