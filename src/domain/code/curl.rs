//! Exports `curl` for a POSIX shell.

use super::export::{Sheet, is_control, word};
use crate::percent;
use crate::{DraftBody, provider};

/// How providers expect their credential if not as `Authorization: Bearer`, by prefix of provider id or slug.
const CREDENTIALS: [(&str, &str, &str); 8] = [
    ("anthropic", r#"-H "x-api-key: $TOKEN""#, "TOKEN"),
    (
        "aws",
        r#"--aws-sigv4 "aws:amz:$REGION:$SERVICE" --user "$KEY_ID:$SECRET_KEY""#,
        "KEY_ID, SECRET_KEY, REGION and SERVICE",
    ),
    (
        "datadog",
        r#"-H "DD-API-KEY: $TOKEN" -H "DD-APPLICATION-KEY: $APPLICATION_KEY""#,
        "TOKEN and APPLICATION_KEY",
    ),
    ("elevenlabs", r#"-H "xi-api-key: $TOKEN""#, "TOKEN"),
    ("mailgun", r#"--user "api:$TOKEN""#, "TOKEN"),
    ("pinecone", r#"-H "Api-Key: $TOKEN""#, "TOKEN"),
    ("shopify", r#"-H "X-Shopify-Access-Token: $TOKEN""#, "TOKEN"),
    ("twilio", r#"--user "$ACCOUNT_SID:$TOKEN""#, "ACCOUNT_SID and TOKEN"),
];

const BEARER: (&str, &str) = (r#"-H "Authorization: Bearer $TOKEN""#, "TOKEN");

fn credential(provider: &str) -> (&'static str, &'static str) {
    let is =
        |head: &str| provider.strip_prefix(head).is_some_and(|rest| rest.is_empty() || rest.starts_with('-'));
    CREDENTIALS.iter().find(|(head, _, _)| is(head)).map_or(BEARER, |(_, line, names)| (*line, *names))
}

pub(super) fn write(sheet: &Sheet<'_>) -> String {
    let (credential, names) = credential(sheet.provider);
    let body = match &sheet.draft.body {
        DraftBody::Raw(bytes) if !bytes.is_empty() => Some(bytes.as_slice()),
        _ => sheet.json.map(str::as_bytes),
    };
    let filled = sheet.filled();
    let own = percent::parts(&filled).1.unwrap_or_default();
    // Separate parameters are more readable, if curl would send the same.
    let apart = body.is_none()
        && !sheet.query.is_empty()
        && sheet.query.iter().all(|(name, _)| {
            !name.is_empty() && !own.split('&').any(|piece| percent::pair(piece).0 == *name)
        });
    let url = if apart { filled } else { percent::merge(&filled, &sheet.query) };
    let url: String = url.chars().filter(|character| !character.is_control()).collect();

    let mut lines = vec!["curl".to_owned()];
    match sheet.method.as_str() {
        "GET" if body.is_none() => {}
        "POST" if body.is_some() => {}
        "HEAD" if body.is_none() => lines.push("-I".to_owned()),
        method => lines.push(format!("-X {}", word(method))),
    }
    lines.push(credential.to_owned());
    let typed = sheet.headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("content-type"));
    for (name, value) in &sheet.headers {
        let line = if value.is_empty() { format!("{name};") } else { format!("{name}: {value}") };
        lines.push(format!("-H {}", word(&line.replace(['\n', '\t'], " "))));
    }
    if body.is_some() && !typed {
        let kind = if sheet.json.is_some() { "Content-Type: application/json" } else { "Content-Type:" };
        lines.push(format!("-H {}", word(kind)));
    }
    let mut notes = String::new();
    if let Some(body) = body {
        match std::str::from_utf8(body) {
            Ok(text) if !text.contains(is_control) => lines.push(format!("--data-raw {}", word(text))),
            _ => {
                notes = format!(
                    "# The body, {} bytes that no shell can hold, is expected in body.bin.\n",
                    body.len()
                );
                lines.push("--data-binary @body.bin".to_owned());
            }
        }
    }
    if apart {
        lines.push("-G".to_owned());
        let pairs = sheet.query.iter();
        lines.extend(pairs.map(|(name, value)| {
            let kept: String = value.chars().filter(|character| !is_control(*character)).collect();
            if kept == *value {
                format!("--data-urlencode {}", word(&format!("{}={value}", percent::encode(name))))
            } else {
                format!("--data {}", word(&format!("{}={}", percent::encode(name), percent::encode(value))))
            }
        }));
    }
    if url.contains(['{', '}', '[', ']']) {
        // Otherwise curl expands lists and ranges in it.
        lines.push("-g".to_owned());
    }
    let url =
        if url.is_empty() || url.starts_with('-') { format!("--url {}", word(&url)) } else { word(&url) };
    lines.push(url);
    let name = provider::known(sheet.provider).map_or("the provider", |known| known.name.as_str());
    format!(
        "{}# Contains no credential: set {names} for {name}. This call does not go through Alter.\n{notes}{}\n",
        sheet.comment("#"),
        lines.join(" \\\n  ")
    )
}
