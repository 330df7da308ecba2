//! Exports code for the official TypeScript SDK, `@alter-ai/alter-sdk`.
//!
//! Based on the public documentation of the package (docs.alterauth.com: `new App({ apiKey })`,
//! `app.request(method, url, options)`, `app.proxyRequest({ method, url, … })`, `PendingApproval`,
//! `awaitApproval`, `bodyText`). Never run, because the package was not available.

use std::fmt::Write as _;

use serde_json::Value;

use super::export::{Sheet, literal, quoted};
use crate::percent;
use crate::{DraftBody, Mode};

pub(super) fn write(sheet: &Sheet<'_>) -> String {
    let draft = sheet.draft;
    let proxied = draft.mode == Mode::Proxy;
    // The SDK's parameters are strings, so they cannot represent a repeated name.
    let repeated = sheet
        .query
        .iter()
        .enumerate()
        .any(|(at, (name, _))| sheet.query.iter().take(at).any(|(known, _)| known == name));
    let inside = repeated || sheet.url.contains('?');
    let url = sheet.templated();
    let url = if inside { percent::merge(&url, &sheet.query) } else { url };

    let mut options: Vec<(&str, String)> = vec![("grantId", string(&draft.grant.to_string()))];
    if !sheet.parameters.is_empty() {
        options.push(("pathParams", record(&sheet.parameters)));
    }
    if !inside && !sheet.query.is_empty() {
        options.push(("queryParams", record(&sheet.query)));
    }
    if !sheet.headers.is_empty() {
        options.push(("extraHeaders", record(&sheet.joined_headers())));
    }
    let mut notes = String::new();
    match (&draft.body, sheet.json) {
        (_, Some(text)) => {
            // In an object literal, `__proto__` would not be a field.
            let literal = literal(text).filter(|_| !text.contains("__proto__"));
            let value =
                literal.map_or_else(|| format!("JSON.parse({})", string(text)), |value| script(&value, 2));
            options.push(("json", value));
        }
        (DraftBody::Raw(bytes), None) if proxied && !bytes.is_empty() => {
            notes = format!("// The body, {} bytes, is left out: proxy mode takes JSON only.\n", bytes.len());
        }
        (DraftBody::Raw(bytes), None) if !proxied => {
            let numbers = || bytes.iter().map(u8::to_string).collect::<Vec<_>>().join(", ");
            let body = std::str::from_utf8(bytes)
                .map_or_else(|_| format!("new Uint8Array([{}])", numbers()), string);
            options.push(("body", body));
        }
        _ => {}
    }
    if let Some(reason) = &draft.reason {
        options.push(("reason", string(reason)));
    }
    if !draft.context.is_empty() {
        options.push(("context", record(&draft.context)));
    }

    let (method, url) = (string(&sheet.method), string(&url));
    let call = if proxied {
        options.splice(0..0, [("method", method), ("url", url)]);
        format!("  let answer = await app.proxyRequest({{\n{}  }});\n{PROXIED}", lines(&options))
    } else {
        format!(
            "  const answer = await app.request({method}, {url}, {{\n{}  }});\n{RETRIEVED}",
            lines(&options)
        )
    };
    let names = if proxied { "App, PendingApproval" } else { "App" };
    format!(
        "{}{notes}import {{ {names} }} from \"@alter-ai/alter-sdk\";\n\nconst app = new App({{ apiKey: \
         process.env.ALTER_API_KEY! }});\ntry {{\n{call}}} finally {{\n  await app.close();\n}}\n",
        sheet.comment("//")
    )
}

const PROXIED: &str = r#"  if (answer instanceof PendingApproval) {
    console.log("Waiting for approval:", answer.approvalUrl);
    answer = await app.awaitApproval(answer.approvalId);
  }
  console.log(answer.statusCode, answer.bodyText());
"#;

const RETRIEVED: &str = "  console.log(answer.status, await answer.text());\n";

fn lines(options: &[(&str, String)]) -> String {
    let lines: Vec<String> = options.iter().map(|(name, value)| format!("    {name}: {value},\n")).collect();
    lines.concat()
}

fn record(pairs: &[(String, String)]) -> String {
    // A computed name is a field even if it is `__proto__`.
    let written = |name: &str| if name == "__proto__" { format!("[{}]", string(name)) } else { string(name) };
    let pairs: Vec<String> =
        pairs.iter().map(|(name, value)| format!("{}: {}", written(name), string(value))).collect();
    format!("{{ {} }}", pairs.join(", "))
}

fn script(value: &Value, level: usize) -> String {
    let (indent, inner) = ("  ".repeat(level), "  ".repeat(level + 1));
    match value {
        Value::String(text) => string(text),
        Value::Array(items) if items.iter().any(|item| item.is_array() || item.is_object()) => {
            let items: Vec<String> =
                items.iter().map(|item| format!("{inner}{},\n", script(item, level + 1))).collect();
            format!("[\n{}{indent}]", items.concat())
        }
        Value::Array(items) => {
            let items: Vec<String> = items.iter().map(|item| script(item, level)).collect();
            format!("[{}]", items.join(", "))
        }
        Value::Object(fields) if !fields.is_empty() => {
            let fields: Vec<String> = fields
                .iter()
                .map(|(name, value)| format!("{inner}{}: {},\n", string(name), script(value, level + 1)))
                .collect();
            format!("{{\n{}{indent}}}", fields.concat())
        }
        other => other.to_string(),
    }
}

fn string(text: &str) -> String {
    quoted(text, |out, code| {
        // Writing to a String cannot fail.
        let _ = write!(out, "\\u{{{code:x}}}");
    })
}
