use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::call::Credential;
use crate::domain::{BodySize, Code, GrantId, Retry, Who};

const GRANT: &str = "2a60b3ed-2485-535b-8dd1-9f04e567f3a1";

fn around() -> Surroundings {
    Surroundings {
        at: Timestamp::UNIX_EPOCH,
        profile: "environment".to_owned(),
        host: "h".to_owned(),
        provider: None,
        account: None,
        bodies: true,
    }
}

fn draft() -> RequestDraft {
    RequestDraft::new(GrantId::parse(GRANT).unwrap(), "POST", "https://api.example.com/x")
}

fn credential(token: &str) -> Credential {
    Credential::parse(json!({"access_token": token, "grant_id": GRANT}).to_string().as_bytes()).unwrap()
}

fn answer(headers: &[(&str, &str)], body: &[u8]) -> ProviderAnswer {
    let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    ProviderAnswer::new(200, headers, body.to_vec())
}

fn body(text: &str) -> String {
    let kept = Redactor::without_credential().keep_body(text.as_bytes(), false, true);
    assert_eq!((kept.cut, kept.omitted, kept.whole_length), (false, None, text.len() as u64));
    String::from_utf8(kept.bytes.to_vec()).unwrap()
}

#[test]
fn bodies_lose_what_reports_and_keep_their_form() {
    let cases = [
        ("{\n  \"login\": \"octo\", \"id\": 1.50\n}\n", "{\n  \"login\": \"octo\", \"id\": 1.50\n}\n"),
        (r#"{"client_secret":"x"}"#, r#"{"client_secret":"[redacted]"}"#),
        (")]}',\n{\"password\":\"x\"}", ")]}',\n{\"password\":\"[redacted]\"}"),
        ("grant_type=password&password=x&b=c", "grant_type=password&password=[redacted]&b=c"),
        ("API_KEY=x\nNAME=y\n", "API_KEY=[redacted]\nNAME=y\n"),
        ("password: x y\nname: z", "password: [redacted]\nname: z"),
        ("<r><SessionToken>x</SessionToken></r>", "<r><SessionToken>[redacted]</SessionToken></r>"),
        (r#"{"url":"https://u:p@h/?sig=x&a=1"}"#, r#"{"url":"https://h/?sig=[redacted]&a=1"}"#),
        (r#"{"dsn":"postgres://u:p@h/db"}"#, r#"{"dsn":"postgres://h/db"}"#),
        (r#"{"inner":"{\"token\":\"x\"}"}"#, r#"{"inner":"{\"token\":\"[redacted]\"}"}"#),
        (r#"{"note":"Bearer abcDEF123"}"#, r#"{"note":"Bearer [redacted]"}"#),
        (r#""password=X""#, r#""password=[redacted]""#),
        (r#"{"form":"a=1&password=X Y&b=2"}"#, r#"{"form":"a=1&password=[redacted]&b=2"}"#),
        (r#"{"form":"a=1;password=X;Y"}"#, r#"{"form":"a=1;password=[redacted]"}"#),
        (r#"{"say":"no: password=X"}"#, r#"{"say":"no: password=[redacted]"}"#),
        (r#"{"next":"/user?sig=X"}"#, r#"{"next":"/user?sig=[redacted]"}"#),
        (
            r#"{"xml":"<a><password>X Y</password></a>"}"#,
            r#"{"xml":"<a><password>[redacted]</password></a>"}"#,
        ),
        (
            r#"{"json":"[{\"key\":\"token\",\"value\":1}]"}"#,
            r#"{"json":"[{\"key\":\"token\",\"value\":\"[redacted]\"}]"}"#,
        ),
        ("event: x\ndata: {\"password\":\"X\"}\n\n", "event: x\ndata: {\"password\":\"[redacted]\"}\n\n"),
        (
            r#"{"data":"cGFzc3dvcmQ=","scope":"token:read"}"#,
            r#"{"data":"cGFzc3dvcmQ=","scope":"token:read"}"#,
        ),
        ("it was said plainly, with 100% + 1 = 2", "it was said plainly, with 100% + 1 = 2"),
    ];
    for (text, want) in cases {
        assert_eq!(body(text), want);
    }
}

#[test]
fn a_url_loses_the_values_of_secret_names_wherever_they_stand_in_it() {
    let cases = [
        ("/user?a=1;password=X", "/user?a=1;password=[redacted]"),
        ("/user?a=1;password=X;Y&b=2", "/user?a=1;password=[redacted]&b=2"),
        ("/user;access_token=X", "/user;access_token=[redacted]"),
        ("/user;access_token=X/posts;v=1?b=2", "/user;access_token=[redacted]/posts;v=1?b=2"),
        ("/user?a=1%3Bpassword=X", "/user?a=[redacted]"),
        ("/login?next=%2Fcb%3Ftoken%3DX&b=2", "/login?next=[redacted]&b=2"),
        ("/login?next=/cb?token=X", "/login?next=/cb?token=[redacted]"),
        ("/a;v=1;w=2/b?c=d;e=f#g=h", "/a;v=1;w=2/b?c=d;e=f#g=h"),
    ];
    for (path, want) in cases {
        for host in ["", "https://h.example"] {
            let kept = Redactor::without_credential().url(&format!("{host}{path}"));
            assert_eq!(kept, format!("{host}{want}"));
        }
    }
}

#[test]
fn a_long_body_is_cut_and_says_so() {
    let filler = "é".repeat(LONGEST_KEPT_BODY / 2);
    for text in [
        format!("{{\"a\":\"{filler}\",\"token\":\"x\"}}"),
        format!("{{\"token\":\"SECRET{filler}"),
        filler + "é",
    ] {
        let kept = Redactor::without_credential().keep_body(text.as_bytes(), false, true);
        assert!(kept.cut && kept.omitted.is_none());
        assert!(kept.bytes.len() <= LONGEST_KEPT_BODY);
        assert_eq!(kept.whole_length, text.len() as u64);
        assert!(!std::str::from_utf8(&kept.bytes).unwrap().contains("SECRET"));
    }
}

#[test]
fn what_cannot_be_searched_is_left_out() {
    let redactor = Redactor::new(&credential("tokén-1234"));
    let omitted = |bytes: &[u8], encoded, bodies| redactor.keep_body(bytes, encoded, bodies).omitted;
    assert_eq!(omitted(b"x", false, false), Some(Omitted::Production));
    assert_eq!(omitted(b"x", true, true), Some(Omitted::Encoded));
    assert_eq!(omitted(b"\xff\xfex\0", false, true), Some(Omitted::Encoded));
    assert_eq!(omitted("\0tokén-1234".as_bytes(), false, true), None);
    let mut mixed = b"\xff\0".to_vec();
    mixed.extend("tokén-1234".as_bytes());
    let bytes = |bytes: &[u8]| redactor.keep_body(bytes, false, true).bytes;
    assert_eq!((omitted(&mixed, false, true), &*bytes(&mixed)), (None, &b"\xff\0[redacted]"[..]));
    let mut wide = b"\xff\0".to_vec();
    wide.extend("tokén-1234".encode_utf16().flat_map(u16::to_le_bytes));
    assert!(memchr::memmem::find(&bytes(&wide), b"[\0r\0e\0d\0").is_some());
    // Another superset of ASCII.
    let kept = redactor.keep_body(b"{\"name\":\"M\xfcller\",\"password\":\"x\"}", false, true);
    assert_eq!(&*kept.bytes, b"{\"name\":\"M\xfcller\",\"password\":\"[redacted]\"}");
    let answered = redactor.keep_answer(200, &answer(&[("Content-Encoding", "br")], b"x"), true);
    let Outcome::Answered { body: Some(body), .. } = answered else { panic!("{answered:?}") };
    assert_eq!(body.omitted, Some(Omitted::Encoded));
}

#[test]
fn headers_and_parameters_are_kept_without_secrets() {
    let mut draft = draft();
    draft.url = "https://user:pw@api.example.com/{id}?api_key=x&a=1".to_owned();
    draft.path_parameters = vec![("id".to_owned(), "7".to_owned()), ("token".to_owned(), "x".to_owned())];
    draft.query = vec![("key".to_owned(), json!(["x", 1])), ("n".to_owned(), json!([1, true, null]))];
    draft.headers = vec![("X-Secret".to_owned(), "x".to_owned()), ("Accept".to_owned(), "a/b".to_owned())];
    draft.context = vec![("password".to_owned(), "x".to_owned())];
    let record = Redactor::without_credential().keep_request(&draft, &around());
    assert_eq!(record.url, "https://api.example.com/{id}?api_key=[redacted]&a=1");
    assert_eq!(record.path_parameters[0].1, "7");
    assert_eq!(record.path_parameters[1].1, REDACTED);
    assert_eq!(record.query[0].1, json!([REDACTED, REDACTED]));
    assert_eq!(record.query[1].1, json!([1, true, null]));
    assert_eq!(record.request_headers[0].1, REDACTED);
    assert_eq!(record.request_headers[1].1, "a/b");
    assert_eq!(record.context[0].1, REDACTED);
    assert!(record.redacted());
    assert_eq!(record.audited, Audited::ByAlter);

    let answer =
        answer(&[("Set-Cookie", "x"), ("Location", "https://h/?access_token=x&b=1"), ("ETag", "\"e\"")], b"");
    let Outcome::Answered { headers, body, .. } =
        Redactor::without_credential().keep_answer(200, &answer, true)
    else {
        panic!("answered")
    };
    let values: Vec<&str> = headers.iter().map(|(_, value)| value.as_str()).collect();
    assert_eq!(values, [REDACTED, "https://h/?access_token=[redacted]&b=1", "\"e\""]);
    assert_eq!(body, None);
}

#[test]
fn a_url_that_is_none_yet_loses_its_password_too() {
    let mut draft = draft();
    draft.url = "user:pw@host/x@y".to_owned();
    assert_eq!(Redactor::without_credential().keep_request(&draft, &around()).url, "host/x@y");
}

#[test]
fn further_secrets_go_too() {
    let redactor = Redactor::new(&credential("provider-token")).and(["alter-key", "user-token"]);
    let diagnosis = Diagnosis::new(Code::BadRequest, Who::Alter, Retry::No)
        .said("provider-token, alter-key and user-token are wrong");
    let Outcome::Failed { code, who, said, .. } = redactor.keep_failure(&diagnosis) else { panic!("failed") };
    assert_eq!((code.as_str(), who.as_str()), ("bad_request", "alter"));
    assert_eq!(said.unwrap(), "[redacted], [redacted] and [redacted] are wrong");
}

/// Typical names, with and without a secret meaning.
fn name() -> impl Strategy<Value = String> {
    let parts = [
        "otp", "user", "password", "passcode", "x", "api", "Api", "key", "Key", "token", "id", "auth",
        "session", "next", "page", "secret", "note", "pwd", "sig", "public", "totp", "code", "cookie", "v2",
    ];
    let part = prop::sample::select(parts.to_vec());
    (prop::collection::vec(part, 1..4), prop::sample::select(vec!["", "-", "_", "."]))
        .prop_map(|(parts, mark)| parts.join(mark))
}

/// Values, with and without a credential.
fn value() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec![
        "hunter22",
        "42",
        "a b",
        "sk_live_51H8xZc2eZ",
        "an eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.c2ln",
        "Bearer abcDEF123",
        "token of esteem",
        "https://h.example/?page=2",
        "https://h.example/?page=2&access_token=x",
        "https://me:hunter22@h.example/",
        "postgres://me:hunter22@h/db",
        "a%20sk_live_51H8xZc2eZ",
    ])
}

/// What a pasted command leaves out, and whether the history would redact anything of the same.
fn judged(command: &str, draft: &RequestDraft) -> (crate::domain::code::paste::Pasted, bool) {
    let record = Redactor::without_credential().keep_request(draft, &around());
    let asked = match &draft.body {
        DraftBody::Empty => Vec::new(),
        DraftBody::Json(text) => text.clone().into_bytes(),
        DraftBody::Raw(bytes) => bytes.clone(),
    };
    let kept = record.request_body.as_ref().map(|body| body.bytes.to_vec()).unwrap_or_default();
    let same = (&record.url, &record.query, &record.request_headers, &kept)
        == (&draft.url, &draft.query, &draft.headers, &asked);
    (crate::domain::code::paste::curl(command).unwrap(), !same)
}

proptest! {
    #[test]
    fn a_paste_drops_what_the_history_redacts_and_nothing_else(name in name(), value in value()) {
        let plain = "https://h.example/x";
        let with = |change: &dyn Fn(&mut RequestDraft)| {
            let mut draft = RequestDraft { url: plain.to_owned(), ..draft() };
            change(&mut draft);
            draft
        };
        let encoded = url::form_urlencoded::byte_serialize(value.as_bytes()).collect::<String>();
        let object = json!({ &name: { "inner": [value] }, "other": 1 }).to_string();
        for (what, words, draft) in [
            ("header", vec!["-H".to_owned(), format!("{name}: {value}")], with(&|draft| {
                draft.headers = vec![(name.clone(), value.to_owned())];
            })),
            ("parameter", vec!["-G".to_owned(), "--data-urlencode".to_owned(), format!("{name}={value}")],
                with(&|draft| draft.query = vec![(name.clone(), json!(value))])),
            ("query", vec!["--url".to_owned(), format!("{plain}?{name}={encoded}")], with(&|draft| {
                draft.url = format!("{plain}?{name}={encoded}");
            })),
            ("field", vec!["-d".to_owned(), object.clone()], with(&|draft| {
                draft.body = DraftBody::Json(object.clone());
            })),
            ("form", vec!["-d".to_owned(), format!("a=1&{name}={encoded}")], with(&|draft| {
                draft.body = DraftBody::Raw(format!("a=1&{name}={encoded}").into_bytes());
            })),
            ("line", vec!["-d".to_owned(), format!("a: 1\n{name}: {value}\n")], with(&|draft| {
                draft.body = DraftBody::Raw(format!("a: 1\n{name}: {value}\n").into_bytes());
            })),
            ("element", vec!["-d".to_owned(), format!("<a><{name}>{value}</{name}></a>")], with(&|draft| {
                draft.body = DraftBody::Raw(format!("<a><{name}>{value}</{name}></a>").into_bytes());
            })),
        ] {
            let mut command = vec!["curl".to_owned()];
            if what != "query" {
                command.push(plain.to_owned());
            }
            command.extend(words);
            let (pasted, redacted) = judged(&shell_words::join(command), &draft);
            let dropped = !pasted.dropped.is_empty() || !pasted.suspicious.is_empty();
            prop_assert_eq!(dropped, redacted, "{} {}: {}", what, name, value);
            // What remains is stored unchanged.
            if pasted.suspicious.is_empty() {
                let mut left = self::draft();
                pasted.fill(&mut left);
                prop_assert!(!judged("curl h", &left).1, "{} {}: {}", what, name, value);
            }
        }
    }
}

proptest! {
    // Each one reads a quarter of a MiB.
    #![proptest_config(ProptestConfig::with_cases(32))]
    #[test]
    fn no_part_of_a_credential_is_left_where_a_body_is_cut(
        token in "[A-Z0-9+/\"\\\\é]{8,40}",
        at in 0_usize..120,
        json in any::<bool>(),
    ) {
        let token = format!("Z{token}");
        let redactor = Redactor::new(&credential(&token));
        let mut text = if json { "{\"a\":\"" } else { "" }.to_owned();
        text.push_str(&"-".repeat(LONGEST_KEPT_BODY - at - text.len()));
        let inner = serde_json::to_string(&token).unwrap();
        text.push_str(if json { inner.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap() } else { &token });
        text.push_str(&"-".repeat(at));
        let kept = redactor.keep_body(text.as_bytes(), false, true);
        let kept = String::from_utf8_lossy(&kept.bytes);
        let end: String = kept.chars().rev().take(60).collect();
        prop_assert!(!kept.contains(|character: char| character.is_ascii_uppercase()), "{}", end);
    }
}

#[test]
fn no_short_beginning_of_a_credential_is_left_before_an_escape_that_was_cut() {
    let escapes = [
        "\\\"",
        "\\u0022",
        "\\u{22}",
        "\\U00000022",
        "\\x22",
        "\\042",
        "%22",
        "%u0022",
        "=22",
        "&quot;",
        "&#34;",
        "&#x22;",
        "%5C%22",
        "%255C%2522",
        "\\\\\\u0022",
        "&amp;quot;",
    ];
    for begun in ["Z", "ZA", "ZAB"] {
        let redactor = Redactor::new(&credential(&format!("{begun}\"1234567")));
        for escape in escapes {
            for length in 1..=escape.len() {
                let cut = format!("a body {begun}{}", escape.get(..length).unwrap());
                let clean = redactor.bytes(cut.as_bytes(), true).unwrap_or_else(|| panic!("{cut}"));
                assert!(clean.starts_with(b"a body ") && !clean.contains(&b'Z'), "{cut}");
                assert_eq!(redactor.bytes(format!("{cut}, and more.").as_bytes(), true), None, "{cut}");
            }
        }
    }
}

#[test]
fn a_body_that_was_cut_on_arrival_is_as_long_as_it_was_seen_to_be() {
    let cut = ProviderAnswer { cut_here: Some(BodySize::AtLeast(900)), ..answer(&[], b"abc") };
    let Outcome::Answered { body, truncated, .. } =
        Redactor::without_credential().keep_answer(200, &cut, true)
    else {
        panic!("an answer")
    };
    assert_eq!((truncated, body.map(|body| body.whole_length)), (true, Some(900)));
}

#[test]
fn a_body_is_never_kept_longer_than_may_be_kept() {
    let keep = |bytes: &[u8]| Redactor::without_credential().keep_body(bytes, false, true);
    let whole = keep("a".repeat(LONGEST_KEPT_BODY).as_bytes());
    assert_eq!((whole.bytes.len(), whole.cut), (LONGEST_KEPT_BODY, false), "it fits");
    // The mask may be longer than the secret.
    let grown = keep("sig=x&".repeat(LONGEST_KEPT_BODY / 6).as_bytes());
    assert!(grown.cut && grown.bytes.len() <= LONGEST_KEPT_BODY && grown.bytes.len() > LONGEST_KEPT_BODY - 4);
    // Half a character at the end of a complete body belongs to it.
    let half = keep(b"abc\xe2\x82");
    assert_eq!((&*half.bytes, half.cut), (&b"abc\xe2\x82"[..], false));
}

#[test]
fn parameters_keep_what_they_are() {
    let query = vec![
        ("token".to_owned(), json!(true)),
        ("password".to_owned(), Value::Null),
        ("next".to_owned(), json!("https://u:p@h/?sig=x")),
    ];
    let kept = Redactor::without_credential().keep_request(&RequestDraft { query, ..draft() }, &around());
    assert_eq!(kept.query[0].1, json!(true));
    assert_eq!(kept.query[1].1, Value::Null);
    assert_eq!(kept.query[2].1, json!("https://h/?sig=[redacted]"));
}

#[test]
fn headers_that_the_wire_refuses_for_their_credentials_are_in_the_table_of_secret_names() {
    let harmless = |name: &&&str| {
        let of_aws = ["x-amz-date", "x-amz-content-sha256"].contains(*name);
        let of_the_call = ["host", "x-stripe-account", "content-length", "transfer-encoding"].contains(*name);
        of_aws || of_the_call || name.contains("method")
    };
    let secrets = crate::call::proxy::FORBIDDEN_HEADERS.iter().filter(|name| !harmless(name));
    for name in secrets {
        assert!(is_secret_name(name, Place::Header), "{name}");
    }
}
