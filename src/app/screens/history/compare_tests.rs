use super::*;
use crate::domain::record::REDACTED;
use crate::domain::{Audited, GrantId, Mode, Omitted};

fn record(url: &str, body: &str) -> CallRecord {
    CallRecord {
        at: jiff::Timestamp::UNIX_EPOCH,
        profile: "default".to_owned(),
        host: "backend.alterauth.com".to_owned(),
        grant: GrantId(uuid::Uuid::nil()),
        provider: Some("github".to_owned()),
        account: Some("octo".to_owned()),
        mode: Mode::Proxy,
        method: "GET".to_owned(),
        url: url.to_owned(),
        path_parameters: Vec::new(),
        query: Vec::new(),
        request_headers: Vec::new(),
        request_body: None,
        request_is_json: false,
        reason: None,
        context: Vec::new(),
        elapsed_ms: Some(142),
        duration_ms: None,
        approval: None,
        outcome: Outcome::Answered {
            alter_status: 200,
            provider_status: 200,
            headers: vec![("Content-Type".to_owned(), "application/json".to_owned())],
            body: Some(kept(body)),
            truncated: false,
        },
        audited: Audited::ByAlter,
    }
}

fn kept(body: &str) -> KeptBody {
    KeptBody {
        bytes: body.as_bytes().to_vec().into(),
        whole_length: body.len() as u64,
        cut: false,
        omitted: None,
    }
}

fn compare(left: &CallRecord, right: &CallRecord) -> Comparison {
    Comparison::of((RecordId(1), left), (RecordId(2), right), &|| false).unwrap()
}

fn headings(found: &Comparison) -> Vec<(&str, &str)> {
    found
        .rows
        .iter()
        .filter_map(|row| {
            if let CompareRow::Heading(what, message) = row { Some((*what, message.as_str())) } else { None }
        })
        .collect()
}

const USER: &str = "https://api.github.com/user";

#[test]
fn the_same_json_in_another_order_is_the_same() {
    let found = compare(&record(USER, r#"{"a":1,"b":[2]}"#), &record(USER, "{ \"b\": [2], \"a\": 1 }"));
    assert_eq!((found.added, found.removed), (0, 0));
    assert_eq!(
        headings(&found),
        [("Result", "equal"), ("Request", "equal"), ("Headers", "equal"), ("Body", "equal")]
    );
}

#[test]
fn what_differs_is_counted_by_its_part_and_in_all() {
    let left = record(USER, r#"{"a":1,"b":2}"#);
    let mut right = record("https://api.github.com/users", r#"{"a":1,"b":3,"c":4}"#);
    if let Outcome::Answered { provider_status, headers, .. } = &mut right.outcome {
        *provider_status = 404;
        headers.push(("X-New".to_owned(), "\u{1b}[31mred".to_owned()));
    }
    let found = compare(&left, &right);
    assert_eq!(
        headings(&found),
        [("Result", "+1 −1"), ("Request", "+1 −1"), ("Headers", "+1 −0"), ("Body", "+2 −1")]
    );
    assert_eq!((found.added, found.removed), (5, 3));
    let lines =
        found.rows.iter().filter(|row| matches!(row, CompareRow::Line(line) if line.sign == Sign::Added));
    assert_eq!(lines.count(), 2);
    let message = format!("{:?}", found.rows);
    assert!(!message.contains('\u{1b}') && !message.contains("\\u{1b}"), "{message}");
}

#[test]
fn a_body_that_was_not_kept_is_not_said_to_be_equal() {
    let mut left = record(USER, "");
    let right = record(USER, "");
    if let Outcome::Answered { body, .. } = &mut left.outcome {
        *body =
            Some(KeptBody { omitted: Some(Omitted::Production), whole_length: 12, ..KeptBody::default() });
    }
    let found = compare(&left, &right);
    assert_eq!(headings(&found).last(), Some(&("Body", "not compared")));
    assert!(
        matches!(found.rows.last(), Some(CompareRow::Note(message)) if message.starts_with("before: ")),
        "{:?}",
        found.rows
    );
}

#[test]
fn bodies_that_were_sent_are_compared_where_they_differ() {
    let mut left = record(USER, "{}");
    let mut right = record(USER, "{}");
    left.request_body = Some(kept(&format!("{{\"note\":\"x\",\"password\":\"{REDACTED}\"}}")));
    left.request_is_json = true;
    right.request_is_json = true;
    right.request_body = Some(kept("{\"note\":\"y\"}"));
    let found = compare(&left, &right);
    assert!(headings(&found).contains(&("Request body", "+1 −2")), "{:?}", headings(&found));
}

#[test]
fn a_comparison_that_nobody_waits_for_ends() {
    let (left, right) = (record(USER, "[1]"), record(USER, "[2]"));
    assert_eq!(Comparison::of((RecordId(1), &left), (RecordId(2), &right), &|| true), None);
}
