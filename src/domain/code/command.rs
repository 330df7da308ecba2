//! `grantdeck call`, for a POSIX shell.

use super::export::{Sheet, is_control, word};
use crate::media::is_json;
use crate::percent;
use crate::{DraftBody, Mode};

/// A non-JSON body as text, if the command can send the same bytes with its Content-Type.
fn raw<'a>(sheet: &Sheet<'_>, bytes: &'a [u8]) -> Option<&'a str> {
    let text = std::str::from_utf8(bytes).ok().filter(|text| !text.contains(is_control))?;
    let kind = sheet.headers.iter().rfind(|(name, _)| name.eq_ignore_ascii_case("content-type"));
    let is_said = kind.is_some_and(|(_, kind)| !is_json(kind));
    // These name a file.
    let is_plain = !text.starts_with('@') && text != "-" && !text.starts_with('\u{feff}');
    (sheet.draft.mode == Mode::Retrieve && is_said && is_plain).then_some(text)
}

pub(super) fn write(sheet: &Sheet<'_>) -> String {
    let draft = sheet.draft;
    // `-q` splits at the first `=`.
    let splits = sheet.query.iter().all(|(name, _)| !name.is_empty() && !name.contains('='));
    let url = if splits { sheet.url.clone() } else { percent::merge(&sheet.url, &sheet.query) };
    let operands = [draft.grant.to_string(), sheet.method.clone(), url];
    let dashed = operands.iter().any(|operand| operand.starts_with('-'));
    let operands = operands.map(|operand| word(&operand)).join(" ");

    let mut lines =
        vec![if dashed { "grantdeck call".to_owned() } else { format!("grantdeck call {operands}") }];
    let mut option = |short: &str, long: &str, value: &str| {
        // A value that starts with a hyphen would be read as an option.
        lines.push(if value.starts_with('-') || short.is_empty() && value.is_empty() {
            format!("{long}={}", word(value))
        } else if short.is_empty() {
            format!("{long} {}", word(value))
        } else {
            format!("{short} {}", word(value))
        });
    };
    if draft.mode != Mode::Proxy {
        option("", "--mode", draft.mode.into());
    }
    for (name, value) in &sheet.parameters {
        option("", "--param", &format!("{name}={value}"));
    }
    if splits {
        for (name, value) in &sheet.query {
            option("-q", "--query", &format!("{name}={value}"));
        }
    }
    for (name, value) in &sheet.headers {
        option("-H", "--header", &format!("{name}: {value}"));
    }
    let mut notes = String::new();
    match (&draft.body, sheet.json) {
        // These name a file. Neither is JSON, and a leading space does not change that.
        (_, Some(text)) if text.starts_with('@') || text == "-" => {
            option("-d", "--data", &format!(" {text}"));
        }
        (_, Some(text)) => option("-d", "--data", text),
        (DraftBody::Raw(bytes), None) if !bytes.is_empty() => {
            if let Some(text) = raw(sheet, bytes) {
                option("-d", "--data", text);
            } else {
                let how = "put it in a file and add -d @FILE with its Content-Type";
                notes = format!("# The body, {} bytes, is left out: {how}.\n", bytes.len());
            }
        }
        _ => {}
    }
    if let Some(reason) = &draft.reason {
        option("", "--reason", reason);
    }
    for (name, value) in &draft.context {
        option("", "--context", &format!("{name}={value}"));
    }
    if draft.is_write() {
        lines.push("--yes".to_owned());
    }
    if dashed {
        lines.push(format!("-- {operands}"));
    }
    format!("{}{notes}{}\n", sheet.comment("#"), lines.join(" \\\n  "))
}
