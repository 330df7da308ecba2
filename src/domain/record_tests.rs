use super::*;

fn record() -> CallRecord {
    CallRecord {
        at: Timestamp::UNIX_EPOCH,
        profile: "demo".to_owned(),
        host: "localhost".to_owned(),
        grant: GrantId(uuid::Uuid::nil()),
        provider: Some("github".to_owned()),
        account: None,
        mode: Mode::Retrieve,
        method: "POST".to_owned(),
        url: "https://api.github.com/{a}".to_owned(),
        path_parameters: vec![("a".to_owned(), "b".to_owned())],
        query: vec![("page".to_owned(), 2.into())],
        request_headers: vec![("Accept".to_owned(), "text/plain".to_owned())],
        request_body: Some(KeptBody { bytes: b"{}".to_vec().into(), whole_length: 2, ..KeptBody::default() }),
        request_is_json: true,
        reason: Some("why".to_owned()),
        context: vec![("tool".to_owned(), "test".to_owned())],
        elapsed_ms: None,
        duration_ms: None,
        approval: None,
        outcome: Outcome::default(),
        audited: Audited::No,
    }
}

#[test]
fn a_record_becomes_the_draft_that_it_was() {
    let record = record();
    let draft = record.draft();
    assert_eq!(
        draft,
        RequestDraft {
            mode: Mode::Retrieve,
            path_parameters: record.path_parameters.clone(),
            query: record.query.clone(),
            headers: record.request_headers.clone(),
            body: DraftBody::Json("{}".to_owned()),
            reason: Some("why".to_owned()),
            context: record.context.clone(),
            ..RequestDraft::new(record.grant, "POST", "https://api.github.com/{a}")
        }
    );
    assert!(!record.redacted() && !record.body_lost());
    let raw = CallRecord { request_is_json: false, ..record };
    assert_eq!(raw.draft().body, DraftBody::Raw(b"{}".to_vec()));
}

#[test]
fn a_placeholder_is_found_wherever_it_is() {
    let hidden = || REDACTED.to_owned();
    let changes: [fn(&mut CallRecord, String); 7] = [
        |record, hidden| record.url.push_str(&hidden),
        |record, hidden| record.path_parameters[0].1 = hidden,
        |record, hidden| record.query[0].1 = vec![hidden].into(),
        |record, hidden| record.request_headers[0].1 = hidden,
        |record, hidden| record.reason = Some(hidden),
        |record, hidden| record.context[0].1 = hidden,
        |record, hidden| {
            let bytes = format!("{{\"a\":\"{hidden}\"}}").into_bytes();
            record.request_body = Some(KeptBody { bytes: bytes.into(), ..KeptBody::default() });
        },
    ];
    for (at, change) in changes.iter().enumerate() {
        let mut record = record();
        change(&mut record, hidden());
        assert!(record.redacted(), "{at}");
    }
}

#[test]
fn a_body_that_is_not_whole_is_no_body() {
    for (cut, omitted) in [(true, None), (false, Some(Omitted::Production))] {
        let mut record = record();
        record.request_body = record.request_body.map(|kept| KeptBody { cut, omitted, ..kept });
        assert!(record.body_lost());
        assert_eq!(record.draft().body, DraftBody::Empty);
    }
}
