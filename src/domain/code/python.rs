//! Exports code for the official Python SDK 0.29.0.

use std::fmt::Write as _;

use serde_json::Value;

use super::export::{Sheet, literal, quoted};
use crate::percent;
use crate::{DraftBody, Mode};

/// Indentation of the call's arguments.
const INDENT: usize = 12;

pub(super) fn write(sheet: &Sheet<'_>) -> String {
    let draft = sheet.draft;
    let proxied = draft.mode == Mode::Proxy;
    // In retrieve mode the SDK drops the URL's query if there are also parameters.
    let inside = sheet.url.contains('?');
    let url = sheet.templated();
    let url = if inside { percent::merge(&url, &sheet.query) } else { url };

    let mut arguments = vec![string(&sheet.method), string(&url)];
    let mut named = |name: &str, value: String| arguments.push(format!("{name}={value}"));
    named("grant_id", string(&draft.grant.to_string()));
    let texts = |pairs: &[(String, String)]| {
        let pairs: Vec<(String, String)> =
            pairs.iter().map(|(name, value)| (string(name), string(value))).collect();
        dictionary(&pairs, INDENT)
    };
    if !sheet.parameters.is_empty() {
        named("path_params", texts(&sheet.parameters));
    }
    if !inside && !sheet.query.is_empty() {
        named("query_params", dictionary(&lists(&sheet.query), INDENT));
    }
    if !sheet.headers.is_empty() {
        named("extra_headers", texts(&sheet.joined_headers()));
    }
    let mut notes = String::new();
    let mut loads = false;
    match (&draft.body, sheet.json) {
        (_, Some(text)) => {
            let literal = literal(text);
            loads = literal.is_none();
            let value = literal
                .map_or_else(|| format!("json.loads({})", string(text)), |value| python(&value, INDENT));
            named("json", value);
        }
        (DraftBody::Raw(bytes), None) if proxied && !bytes.is_empty() => {
            notes = format!("# The body, {} bytes, is left out: proxy mode takes JSON only.\n", bytes.len());
        }
        (DraftBody::Raw(bytes), None) if !proxied => named("body", bytes_literal(bytes)),
        _ => {}
    }
    if let Some(reason) = &draft.reason {
        named("reason", string(reason));
    }
    if !draft.context.is_empty() {
        named("context", texts(&draft.context));
    }

    let imports =
        if loads { "import asyncio\nimport json\nimport os\n" } else { "import asyncio\nimport os\n" };
    let (imported, method) =
        if proxied { ("App, PendingApproval", "proxy_request") } else { ("App", "request") };
    let mut out = format!(
        "{}{notes}{imports}\nfrom alter_sdk import {imported}\n\n\nasync def main() -> None:\n    async with \
         App(api_key=os.environ[\"ALTER_API_KEY\"]) as app:\n        answer = await app.{method}(\n",
        sheet.comment("#")
    );
    for argument in arguments {
        // Writing to a String cannot fail.
        let _ = writeln!(out, "            {argument},");
    }
    out.push_str("        )\n");
    out.push_str(if proxied { PROXIED } else { RETRIEVED });
    out.push_str("\n\nasyncio.run(main())\n");
    out
}

const PROXIED: &str = r#"        if isinstance(answer, PendingApproval):
            print("Waiting for approval:", answer.approval_url)
            answer = await app.await_approval(answer.approval_id)
        print(answer.status_code, answer.body_text())
"#;

const RETRIEVED: &str = "        print(answer.status_code, answer.text)\n";

/// Merges repeated names into lists.
fn lists(query: &[(String, String)]) -> Vec<(String, String)> {
    let mut out: Vec<(&str, Vec<String>)> = Vec::new();
    for (name, value) in query {
        match out.iter_mut().find(|(known, _)| known == name) {
            Some((_, values)) => values.push(string(value)),
            None => out.push((name, vec![string(value)])),
        }
    }
    let written = |values: Vec<String>| match values.as_slice() {
        [one] => one.clone(),
        many => format!("[{}]", many.join(", ")),
    };
    out.into_iter().map(|(name, values)| (string(name), written(values))).collect()
}

fn dictionary(pairs: &[(String, String)], indent: usize) -> String {
    match pairs {
        [] => "{}".to_owned(),
        [(name, value)] if !value.contains('\n') => format!("{{{name}: {value}}}"),
        pairs => {
            let inner = indent + 4;
            let lines: Vec<String> =
                pairs.iter().map(|(name, value)| format!("{:inner$}{name}: {value},\n", "")).collect();
            format!("{{\n{}{:indent$}}}", lines.concat(), "")
        }
    }
}

fn python(value: &Value, indent: usize) -> String {
    match value {
        Value::Null => "None".to_owned(),
        Value::Bool(true) => "True".to_owned(),
        Value::Bool(false) => "False".to_owned(),
        Value::Number(number) => number.to_string(),
        Value::String(text) => string(text),
        Value::Array(items) if items.iter().all(|item| !item.is_array() && !item.is_object()) => {
            let items: Vec<String> = items.iter().map(|item| python(item, indent)).collect();
            format!("[{}]", items.join(", "))
        }
        Value::Array(items) => {
            let inner = indent + 4;
            let lines: Vec<String> =
                items.iter().map(|item| format!("{:inner$}{},\n", "", python(item, inner))).collect();
            format!("[\n{}{:indent$}]", lines.concat(), "")
        }
        Value::Object(fields) => {
            let fields: Vec<(String, String)> =
                fields.iter().map(|(name, value)| (string(name), python(value, indent + 4))).collect();
            dictionary(&fields, indent)
        }
    }
}

fn string(text: &str) -> String {
    quoted(text, |out, code| {
        // Writing to a String cannot fail.
        let _ = if code > 0xffff { write!(out, "\\U{code:08x}") } else { write!(out, "\\u{code:04x}") };
    })
}

fn bytes_literal(bytes: &[u8]) -> String {
    let mut out = String::from("b\"");
    for byte in bytes {
        match byte {
            b'"' => out.push_str("\\\""),
            b'\\' => out.push_str("\\\\"),
            b'\n' => out.push_str("\\n"),
            byte if byte.is_ascii_graphic() || *byte == b' ' => out.push(char::from(*byte)),
            byte => {
                // Writing to a String cannot fail.
                let _ = write!(out, "\\x{byte:02x}");
            }
        }
    }
    out.push('"');
    out
}
