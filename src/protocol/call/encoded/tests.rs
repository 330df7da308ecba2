use jiff::Timestamp;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::encodings::{CHARACTERS, CHARSETS, OPEN, WHOLE, is_known_of};
use crate::call::audit::{self, ExchangeOutcome as Ended};
use crate::call::redact::REDACTED;
use crate::call::{Credential, Redactor, Retrieval, inject};
use crate::domain::{ClearedDraft, GrantId, Outcome, ProviderAnswer, RequestDraft};

const SECRET: &str = "ya29.a0Af/H6S+MBqk9=_x&y-Zé\"q";
const GRANT: &str = "2a60b3ed-2485-535b-8dd1-9f04e567f3a1";

/// Places in an answer: the text of the body before and after the secret.
const PLACES: &[(&str, &str, &str)] = &[
    ("value", "{\"mark\": 1, \"note\": \"before ", " after\", \"list\": [1.50]}"),
    ("name", "{\"mark\": 1, \"before ", " after\": [1.50]}"),
    ("text", "mark\nbefore ", " after\n"),
    ("element", "<a><mark/>before ", " after</a>"),
    ("form", "mark=1&note=before+", "+after&x=y"),
];

fn credential(token: &str) -> Credential {
    Credential::parse(json!({ "access_token": token, "grant_id": GRANT }).to_string().as_bytes()).unwrap()
}

fn answer(body: Vec<u8>, header: &str) -> ProviderAnswer {
    let headers = vec![("x-echo".to_owned(), header.to_owned()), ("date".to_owned(), "now".to_owned())];
    ProviderAnswer::new(401, headers, body)
}

/// All encodings, also nested: a name, and the encoded secret.
fn encoded(secret: &str) -> Vec<(String, String)> {
    let mut all = Vec::new();
    for (inner, encode) in WHOLE.iter().chain(CHARACTERS) {
        let inside = encode(secret);
        for (outer, encode) in CHARACTERS {
            all.push((format!("{inner} within {outer}"), encode(&inside)));
        }
        all.push(((*inner).to_owned(), inside));
    }
    all
}

fn holds(bytes: &[u8], part: &[u8]) -> bool {
    memchr::memmem::find(bytes, part).is_some()
}

/// Everything that is shown, printed, stored or sent of an answer, as bytes: the body as it is and as a JSON parser
/// hands it to views, filters and printers, the headers, the history's record and the audit row.
fn outputs(redactor: &Redactor, credential: &Credential, came: ProviderAnswer) -> (ProviderAnswer, Vec<u8>) {
    let clean = redactor.answer(came);
    let mut all = clean.body.to_vec();
    if let Ok(read) = serde_json::from_slice::<Value>(&clean.body) {
        all.extend(format!("\n{read:#}\n{read:?}").into_bytes());
    }
    all.extend(format!("\n{:?}", clean.headers).into_bytes());
    let Outcome::Answered { headers, body, .. } = redactor.keep_answer(200, &clean, true) else {
        panic!("an answer")
    };
    all.extend(format!("\n{headers:?}\n").into_bytes());
    all.extend(body.iter().flat_map(|body| body.bytes.to_vec()));
    let draft = RequestDraft::new(GrantId::parse(GRANT).unwrap(), "GET", "https://api.example.com/x");
    let retrieval = Retrieval::check(&ClearedDraft::new(draft, None).unwrap()).unwrap();
    let sent = inject::request(&retrieval, credential, "test", Timestamp::UNIX_EPOCH).unwrap();
    let row = audit::row(&retrieval, credential, &sent, Ended::Answered(&clean), 1);
    all.extend(row.to_bytes());
    (clean, all)
}

#[test]
fn no_encoding_hides_a_credential_in_any_place() {
    let credential = credential(SECRET);
    let redactor = Redactor::new(&credential);
    for (turn, (what, form)) in encoded(SECRET).into_iter().enumerate() {
        // Nested encodings take turns: each one is tested in every place, inner and outer.
        let places = PLACES.iter().enumerate();
        let places = places.filter(|(index, _)| !what.contains(" within ") || index % 5 == turn % 5);
        for (place, before, behind) in places.map(|(_, place)| place) {
            let whole = format!("{before}{form}{behind}");
            let was_json = serde_json::from_str::<Value>(&whole).is_ok();
            let (clean, all) = outputs(&redactor, &credential, answer(whole.into_bytes(), &form));
            let what = format!("{what} as {place}");
            assert!(!holds(&all, form.as_bytes()), "{what}");
            assert!(!holds(&all, SECRET.as_bytes()), "{what}");
            let text = std::str::from_utf8(&clean.body).unwrap();
            assert!(
                text.starts_with(before) && text.ends_with(behind) && text.contains(REDACTED),
                "{what}: {text}"
            );
            assert!(clean.credential_hint.is_some(), "{what}: it is said");
            assert!(!was_json || serde_json::from_str::<Value>(text).is_ok(), "{what}: {text}");
            let header = &clean.headers[0].1;
            assert!(header.contains(REDACTED) && !header.contains(&form), "{what}: {header}");
            let again = redactor.answer(ProviderAnswer { credential_hint: None, ..clean });
            assert_eq!(again.credential_hint, None, "{what}: nothing of it is left");
        }
    }
}

#[test]
fn a_long_body_hides_no_credential() {
    let redactor = Redactor::new(&credential(SECRET));
    let text = "{\"text\": \"And so on, 1 2 3, %41.\"}\n".repeat(1_000);
    for (what, form) in WHOLE.iter().chain(CHARACTERS).map(|(what, encode)| (what, encode(SECRET))) {
        let clean = redactor.answer(answer(format!("{text}{form}\n{text}").into_bytes(), ""));
        assert!(!holds(&clean.body, form.as_bytes()) && holds(&clean.body, REDACTED.as_bytes()), "{what}");
        assert!(clean.body.starts_with(text.as_bytes()) && clean.body.ends_with(text.as_bytes()), "{what}");
    }
}

#[test]
fn no_charset_hides_a_credential() {
    let credential = credential(SECRET);
    let redactor = Redactor::new(&credential);
    for (charset, encode) in CHARSETS {
        for (what, form) in WHOLE.iter().chain(CHARACTERS).map(|(what, encode)| (what, encode(SECRET))) {
            // Non-ASCII text has no zero bytes between its bytes.
            if !form.is_ascii() && *charset != "UTF-8" {
                continue;
            }
            for (place, before, behind) in PLACES {
                let what = format!("{what} in {charset} as {place}");
                let whole = encode(&format!("{before}{form}{behind}"));
                let (clean, all) = outputs(&redactor, &credential, answer(whole, ""));
                assert!(!holds(&all, &encode(&form)) && !holds(&all, form.as_bytes()), "{what}");
                let (before, behind) = (encode(before), encode(behind));
                assert!(clean.body.starts_with(&before) && clean.body.ends_with(&behind), "{what}");
                assert!(holds(&clean.body, &encode(REDACTED)), "{what}: the mask has the same charset");
                assert!(clean.credential_hint.is_some(), "{what}");
            }
        }
    }
}

#[test]
fn each_part_of_a_stored_pair_is_taken_out() {
    use base64::Engine as _;
    use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
    for (pair, secret, public) in [
        ("account-1234:pa55word/", vec!["account-1234", "pa55word/", "account-1234:pa55word/"], ""),
        ("api:key-12", vec!["key-12", "api:key-12"], "api"),
        ("sk_live_abc:", vec!["sk_live_abc"], ""),
        ("anna@acme.example/token:s3cr:et", vec!["anna@acme.example/token", "s3cr:et"], "token"),
    ] {
        for stored in [STANDARD.encode(pair), URL_SAFE_NO_PAD.encode(pair)] {
            let redactor = Redactor::new(&credential(&stored));
            for part in secret.iter().chain([&stored.as_str()]) {
                for (what, form) in WHOLE.iter().chain(CHARACTERS).map(|(what, encode)| (what, encode(part)))
                {
                    let is_whole = WHOLE.iter().any(|(known, _)| known == what);
                    if is_whole && !is_known_of(what, part.len()) {
                        continue;
                    }
                    let clean = redactor.answer(answer(format!("<{form}>").into_bytes(), &form));
                    assert!(!holds(&clean.body, form.as_bytes()), "{pair}: {part} as {what}");
                    assert!(!clean.headers[0].1.contains(&form), "{pair}: {part} as {what}");
                }
            }
            assert_eq!(redactor.text(public), public, "{pair}");
        }
    }
}

#[test]
fn a_body_that_was_cut_in_the_middle_of_it_shows_no_beginning_of_it() {
    let redactor = Redactor::new(&credential(SECRET));
    for (what, form) in WHOLE.iter().chain(CHARACTERS).map(|(what, encode)| (what, encode(SECRET))) {
        let whole = format!("before <{form}");
        for length in 8..whole.len() {
            let cut = crate::domain::BodySize::AtLeast(1 << 30);
            let came = answer(whole.as_bytes()[..length].to_vec(), "");
            let clean = redactor.answer(ProviderAnswer { cut_here: Some(cut), ..came });
            let left = clean.body.strip_prefix(b"before <".as_slice()).unwrap_or_default();
            // Text before the secret in the same base64 reveals nothing of it, nor does the beginning of an escape.
            let end = memchr::memmem::find(left, REDACTED.as_bytes()).unwrap_or(left.len());
            assert!(end < 36, "{what} {length}: {}", String::from_utf8_lossy(left));
        }
    }
}

#[test]
fn json_stays_json_where_a_list_of_numbers_is_taken_out() {
    let secret = "sk_live_4242";
    let numbers: Vec<u8> = secret.bytes().collect();
    for (body, want) in [
        (json!({ "type": "Buffer", "data": numbers }), json!({ "type": "Buffer", "data": [REDACTED] })),
        (json!([1, [numbers, 2]]), json!([1, [[REDACTED], 2]])),
        (json!({ "text": format!("{numbers:?}") }), json!({ "text": format!("[{REDACTED}]") })),
    ] {
        for text in [body.to_string(), format!("{body:#}")] {
            let clean = Redactor::new(&credential(secret)).answer(answer(text.clone().into_bytes(), ""));
            assert!(clean.credential_hint.is_some(), "{text}");
            assert_eq!(serde_json::from_slice::<Value>(&clean.body).ok(), Some(want.clone()), "{text}");
        }
    }
}

#[test]
fn a_word_in_another_case_is_no_secret_where_it_is_short() {
    let redactor = Redactor::new(&credential("changeme-now"));
    let before = answer(b"CHANGEME-NOW, Changeme-Now".to_vec(), "CHANGEME-NOW");
    assert_eq!(redactor.answer(before.clone()), before);
}

#[test]
fn a_body_that_is_one_long_hit_is_one_hit() {
    let redactor = Redactor::without_credential().and(["aaaaaaaa"]);
    let clean = redactor.answer(answer(vec![b'a'; 1 << 20], ""));
    assert_eq!(&*clean.body, REDACTED.as_bytes());
}

#[test]
fn what_is_signed_with_a_credential_is_taken_out_too() {
    let stored = json!({
        "access_token": "AKIAIOSFODNN7EXAMPLE", "grant_id": GRANT, "injection_format": "AWS4-HMAC-SHA256",
        "additional_credentials": { "secret_key": "wJalrXUtnFEMI/K7MDENG", "region": "eu-west-1", "service": "sts" },
    });
    let credential = Credential::parse(stored.to_string().as_bytes()).unwrap();
    let draft =
        RequestDraft::new(GrantId::parse(GRANT).unwrap(), "GET", "https://sts.eu-west-1.amazonaws.com/");
    let retrieval = Retrieval::check(&ClearedDraft::new(draft, None).unwrap()).unwrap();
    let sent = inject::request(&retrieval, &credential, "test", Timestamp::UNIX_EPOCH).unwrap();
    let header = sent.header("authorization").unwrap();
    let signature = header.rsplit('=').next().unwrap();
    assert_eq!(signature.len(), 64);
    let said = format!("The signature {signature} of eu-west-1 does not match");
    let clean = Redactor::for_call(&credential, &sent).answer(answer(said.into_bytes(), header));
    assert_eq!(&*clean.body, b"The signature [redacted] of eu-west-1 does not match");
    assert!(!clean.headers[0].1.contains(signature) && !clean.headers[0].1.contains("AKIA"));

    // And what was in the URL.
    let draft = RequestDraft::new(GrantId::parse(GRANT).unwrap(), "GET", "https://anna:hunter22@h.example/");
    let retrieval = Retrieval::check(&ClearedDraft::new(draft, None).unwrap()).unwrap();
    let other = json!({ "access_token": "tok-1234", "grant_id": GRANT, "injection_header": "X-Key",
        "injection_format": "{token}" });
    let credential = Credential::parse(other.to_string().as_bytes()).unwrap();
    let sent = inject::request(&retrieval, &credential, "test", Timestamp::UNIX_EPOCH).unwrap();
    let header = sent.header("authorization").unwrap();
    let clean = Redactor::for_call(&credential, &sent).answer(answer(b"hunter22 is wrong".to_vec(), header));
    assert_eq!(
        (&*clean.body, clean.headers[0].1.as_str()),
        (&b"[redacted] is wrong"[..], "Basic [redacted]")
    );
}

/// A character in one of its encodings. Not in the ambiguous ones: a backslash before `%41`, or a number without
/// semicolon before a digit.
fn character(c: char, way: usize) -> String {
    let (_, encode) = CHARACTERS[way % (CHARACTERS.len() - OPEN)];
    encode(&c.to_string())
}

proptest! {
    #[test]
    fn a_credential_is_found_with_each_character_written_in_another_way(
        secret in "[A-Za-z0-9+/=_.~%&\\\\\"-]{8,30}",
        ways in prop::collection::vec((0_usize..100, 0_usize..100), 30),
        around in "[a-z\\\\/%&=\n \"]{0,12}",
        charset in 0_usize..CHARSETS.len(),
    ) {
        let written: String = secret.chars().zip(&ways).map(|(c, (inner, outer))| {
            let inner = character(c, *inner);
            inner.chars().map(|c| character(c, *outer)).collect::<String>()
        }).collect();
        let encode = CHARSETS[charset].1;
        let whole = encode(&format!("{around}~{written}~{around}"));
        let clean = Redactor::without_credential().and([secret.as_str()]).answer(answer(whole.clone(), ""));
        prop_assert!(clean.credential_hint.is_some(), "{} as {}", secret, written);
        prop_assert!(!holds(&clean.body, &encode(&written)));
        prop_assert!(holds(&clean.body, &encode(REDACTED)));
        let again = Redactor::without_credential().and([secret.as_str()]).answer(answer(clean.body.to_vec(), ""));
        prop_assert!(again.credential_hint.is_none(), "{} as {}", secret, written);
    }

    #[test]
    fn what_holds_no_credential_stays_as_it_is(body in prop::collection::vec(any::<u8>(), 0..200), text in "[ -~\n\\\\%&=]{0,200}") {
        let redactor = Redactor::new(&credential(SECRET));
        for body in [body, text.into_bytes()] {
            let before = answer(body, "a header");
            prop_assert_eq!(redactor.answer(before.clone()), before);
        }
    }
}

/// A stored key may have several lines, and characters that need two escapes.
#[test]
fn lines_and_characters_of_two_units_are_found_however_they_are_escaped() {
    let secret = "-----BEGIN KEY-----\nab\tcd\r\nef\u{8}gh\u{c}ij\u{1f680}kl\n-----END KEY-----";
    let redactor = Redactor::without_credential().and([secret]);
    let json = serde_json::to_string(secret).unwrap();
    assert!(json.contains("\\n") && json.contains("\\t") && json.contains("\\b") && json.contains("\\f"));
    let paired = json.replace('\u{1f680}', "\\ud83d\\ude80");
    for text in [secret.to_owned(), json, paired] {
        let clean = redactor.text(&format!("<{text}>"));
        assert!(!clean.contains("ab") && !clean.contains("kl") && clean.contains(REDACTED), "{clean}");
    }
}
