//! The error object: one shape for every failure of every command, with `--output json` and `jsonl`.

use std::time::Duration;

use serde_json::{Map, Value, json};

use crate::domain::describe::diagnosis::Described;
use crate::domain::{Clean, Code, Diagnosis, Retry, Who};
use crate::session::exit::Exit;

/// Facts that have a field of their own, or are said by one.
const OWN: [&str; 9] = [
    "status",
    "alter code",
    "problem",
    "request",
    "missing",
    "any one of",
    "candidate",
    "approval",
    "beware",
];

/// `{"error": {…}}`.
pub(super) fn object(diagnosis: &Diagnosis) -> Value {
    json!({ "error": fields(diagnosis) })
}

/// What is inside of it. Fields that every error has come first, those of one kind of error behind them.
pub(super) fn fields(diagnosis: &Diagnosis) -> Value {
    let words = Described::new(diagnosis);
    let said = words.said.as_ref().map(Clean::as_str);
    let mut fields = Map::new();
    let mut put = |name: &str, value: Value| fields.insert(name.to_owned(), value);
    put("who", json!(diagnosis.who.to_string()));
    put("code", json!(diagnosis.code.name()));
    put("exit_code", json!(Exit::from(diagnosis).number()));
    put("http_status", json!(first(diagnosis, "status").and_then(|text| text.parse::<u16>().ok())));
    put("message", json!(said.or_else(|| first(diagnosis, "problem")).unwrap_or(words.headline)));
    put("remedy", json!(words.remedy));
    put("retryable", json!(matches!(diagnosis.retry, Retry::Later(_))));
    put("may_have_happened", json!(diagnosis.retry == Retry::Unsafe));
    put("retry_after", json!(pause(diagnosis.retry)));
    put("request_id", json!(first(diagnosis, "request")));
    if let Some(code) = first(diagnosis, "alter code") {
        put("alter_code", json!(code));
    }
    for (label, name) in [("missing", "missing_scopes"), ("any one of", "required_any_of")] {
        if let Some(scopes) = first(diagnosis, label) {
            put(name, scopes.split(", ").collect());
        }
    }
    let candidates: Value = all(diagnosis, "candidate").map(candidate).collect();
    if candidates != json!([]) {
        put("candidates", candidates);
    }
    if let Some(id) = first(diagnosis, "approval") {
        put("approval_id", json!(id));
    }
    let mut details = Map::new();
    for (label, value) in diagnosis.facts.iter().filter(|(label, _)| !OWN.contains(label)) {
        let name = label.replace([' ', '-'], "_");
        let value = json!(value.as_str());
        match details.get_mut(&name) {
            None => drop(details.insert(name, value)),
            Some(Value::Array(several)) => several.push(value),
            Some(one) => *one = json!([one.take(), value]),
        }
    }
    put("details", Value::Object(details));
    Value::Object(fields)
}

/// Whole seconds to wait, rounded up so that nobody comes too early.
fn pause(retry: Retry) -> Option<u64> {
    let Retry::Later(Some(pause)) = retry else { return None };
    Some(pause.as_secs() + u64::from(pause > Duration::from_secs(pause.as_secs())))
}

/// A grant to choose from: its id, and what else is known of it.
fn candidate(text: &str) -> Value {
    let (id, name) = text.split_once(' ').unwrap_or((text, ""));
    json!({ "grant_id": id, "name": name.trim() })
}

fn all<'a>(diagnosis: &'a Diagnosis, label: &str) -> impl Iterator<Item = &'a str> {
    let label = label.to_owned();
    diagnosis.facts.iter().filter(move |(known, _)| **known == label).map(|(_, value)| value.as_str())
}

fn first<'a>(diagnosis: &'a Diagnosis, label: &str) -> Option<&'a str> {
    all(diagnosis, label).next()
}

/// Somebody stopped it.
pub(super) fn cancelled() -> Diagnosis {
    Diagnosis::new(Code::Cancelled, Who::You, Retry::AfterRemedy)
}

/// What `command --output json` says where the arguments cannot be read: they are looked through for that option alone.
pub(super) fn usage(arguments: &[std::ffi::OsString], error: &clap::Error) -> Option<Value> {
    let words: Vec<_> = arguments.iter().map(|word| word.to_string_lossy()).collect();
    let is_json = |word: &str| matches!(word, "json" | "jsonl");
    let is_asked = words.iter().enumerate().any(|(place, word)| match word.as_ref() {
        "-o" | "--output" => words.get(place + 1).is_some_and(|next| is_json(next)),
        other => {
            ["--output=", "-o=", "-o"].iter().any(|option| other.strip_prefix(option).is_some_and(is_json))
        }
    });
    let text = error.to_string();
    let sentence = text.lines().next().unwrap_or_default();
    let sentence = sentence.strip_prefix("error: ").unwrap_or(sentence);
    let refused = Diagnosis::new(Code::ArgumentRefused, Who::You, Retry::AfterRemedy);
    is_asked.then(|| object(&refused.fact("problem", sentence)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_fact_has_one_place() {
        let diagnosis = Diagnosis::new(
            Code::PolicyViolation,
            Who::Alter,
            Retry::Later(Some(Duration::from_millis(1_500))),
        )
        .said("not at this hour")
        .fact("status", "403")
        .fact("alter code", "outside_hours")
        .fact("missing", "a:b, c")
        .fact("request", "req-1")
        .fact("candidate", "7c1f  google:x  ok")
        .fact("sign-in at most", "5 s old")
        .fact("detail", "one")
        .fact("detail", "two");
        let want = json!({ "error": {
            "who": "alter", "code": "policy_violation", "exit_code": 7, "http_status": 403,
            "message": "not at this hour", "remedy": Described::new(&diagnosis).remedy, "retryable": true,
            "may_have_happened": false, "retry_after": 2, "request_id": "req-1", "alter_code": "outside_hours",
            "missing_scopes": ["a:b", "c"], "candidates": [{ "grant_id": "7c1f", "name": "google:x  ok" }],
            "details": { "sign_in_at_most": "5 s old", "detail": ["one", "two"] },
        }});
        assert_eq!(object(&diagnosis), want);
    }

    #[test]
    fn what_may_have_happened_is_never_retryable() {
        let lost = Diagnosis::new(Code::ConnectionLost, Who::Network, Retry::Unsafe);
        let error = fields(&lost.fact("beware", Retry::MAY_HAVE_HAPPENED));
        assert_eq!((&error["retryable"], &error["may_have_happened"]), (&json!(false), &json!(true)));
        assert_eq!(error["details"], json!({}));
    }

    #[test]
    fn arguments_that_cannot_be_read_still_say_how_to_print() {
        let error = clap::Command::new("x").error(clap::error::ErrorKind::InvalidValue, "that is wrong");
        for (line, want) in [
            ("x list -o json", true),
            ("x list -ojsonl", true),
            ("x --output=json list", true),
            ("x list --output jsonl", true),
            ("x list --output csv", false),
            ("x list", false),
        ] {
            let words: Vec<std::ffi::OsString> = line.split(' ').map(Into::into).collect();
            let message = usage(&words, &error);
            assert_eq!(message.is_some(), want, "{line}");
            assert!(message.is_none_or(|message| message["error"]["message"] == "that is wrong"), "{line}");
        }
    }
}
