//! Hostile text in what people read: answers of acts and sessions carry whatever users and providers wrote.

use serde_json::Value;

use super::message::Reply;

/// Clears the screen, renames the window, turns the direction of writing, and begins a line of its own.
const TEXT: &str = "\u{1b}[2J\u{1b}]0;owned\u{7}\u{202e}\r\nevil";

/// Fields that hold words for people; ids, codes and links stay what they are.
const FIELDS: [&str; 9] = [
    "message",
    "error_message",
    "label",
    "account_identifier",
    "account_display_name",
    "name",
    "display_name",
    "email",
    "scope_constraint_warnings",
];

/// Adds hostile text to every field of an answer that people read.
pub(super) fn spoil(reply: &mut Reply) {
    let Ok(mut body) = serde_json::from_slice(&reply.body) else { return };
    walk(&mut body, false);
    reply.body = body.to_string().into();
}

fn walk(value: &mut Value, is_read: bool) {
    match value {
        Value::String(text) if is_read => text.push_str(TEXT),
        Value::Array(items) => items.iter_mut().for_each(|item| walk(item, is_read)),
        Value::Object(fields) => {
            for (name, value) in fields.iter_mut() {
                walk(value, FIELDS.contains(&name.as_str()));
            }
        }
        Value::String(_) | Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}
