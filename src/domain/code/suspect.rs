//! Detects what looks like a credential in a body. Bodies are kept as they are, so the user has to check.

use serde_json::Value;

use super::secret;
use crate::DraftBody;
use crate::percent;
use crate::secret_names::{Place, is_secret_name, secret_label};

/// Returns the parts of a body that look like credentials.
pub(super) fn suspicious_parts(body: &DraftBody) -> Vec<String> {
    let mut out = Vec::new();
    let text = match body {
        DraftBody::Empty => return out,
        DraftBody::Json(text) => {
            if let Ok(value) = serde_json::from_str::<Value>(text) {
                fields(&value, "", false, &mut out);
                return out;
            }
            text.as_str()
        }
        DraftBody::Raw(bytes) => std::str::from_utf8(bytes).unwrap_or_default(),
    };
    let markup = text.trim_start().starts_with('<');
    if !markup && !text.contains(char::is_whitespace) && text.contains('=') {
        for piece in text.split('&') {
            let (name, value) = percent::pair(piece);
            // JSON posted as a form may end up entirely in the name.
            let shown = if secret::holds(&name) { &name } else { &value };
            field(&name, shown, is_secret_name(&name, Place::Parameter), &mut out);
        }
        return out;
    }
    for line in text.lines() {
        if let Some((name, _)) = secret_label(line) {
            field(name, line, true, &mut out);
        } else if let Some((name, value)) = line.split_once('=').filter(|(name, _)| is_word(name.trim())) {
            field(name.trim(), value, is_secret_name(name.trim(), Place::Parameter), &mut out);
        }
    }
    for (name, value) in elements(text).filter(|_| markup) {
        field(name, value, is_secret_name(name, Place::Field), &mut out);
    }
    if out.is_empty() && secret::holds(text) {
        out.push("the body".to_owned());
    }
    out
}

fn is_word(text: &str) -> bool {
    !text.contains(|character: char| character.is_whitespace() || character == '<')
}

/// Returns the local names of markup elements, with the text that follows each tag.
fn elements(text: &str) -> impl Iterator<Item = (&str, &str)> {
    text.split('<').skip(1).filter_map(|piece| {
        let (tag, value) = piece.split_once('>')?;
        let name = tag.split([' ', '\t', '\r', '\n', '/']).next()?;
        Some((name.rsplit(':').next()?, value.trim()))
    })
}

/// Everything inside a field with a secret name counts as secret.
fn fields(value: &Value, name: &str, within: bool, out: &mut Vec<String>) {
    match value {
        Value::String(text) => field(name, text, within, out),
        Value::Number(_) if within => field(name, "number", true, out),
        Value::Array(items) => items.iter().for_each(|item| fields(item, name, within, out)),
        Value::Object(map) => {
            for (name, value) in map {
                fields(value, name, within || is_secret_name(name, Place::Field), out);
            }
        }
        _ => {}
    }
}

fn field(name: &str, value: &str, secret: bool, out: &mut Vec<String>) {
    const MOST: usize = 20;
    if !((secret && !value.is_empty()) || secret::holds(value)) {
        return;
    }
    let what = secret::quotable(name)
        .map_or_else(|| "a field of the body".to_owned(), |name| format!("the field {name} of the body"));
    if out.len() < MOST && !out.contains(&what) {
        out.push(what);
    }
}
