//! What counts as a write.

use proptest::prelude::*;
use serde_json::json;
use uuid::Uuid;

use super::*;
use crate::{DraftBody, GrantId};

fn draft(method: &str, url: &str) -> RequestDraft {
    RequestDraft::new(GrantId(Uuid::nil()), method, url)
}

#[test]
fn a_method_says_it_first() {
    for (method, wanted) in
        [("GET", None), (" head", None), ("options", None), ("pOsT", Some("POST")), ("PURGE", Some("PURGE"))]
    {
        assert_eq!(draft(method, "https://api.test/x").write().as_deref(), wanted, "{method}");
    }
    assert!(draft("", "https://api.test/x").is_write());
}

#[test]
fn a_get_may_ask_for_another_method() {
    for name in [
        "X-HTTP-Method-Override",
        "x_http_method_override",
        "X-HTTP-Method",
        "X-Method-Override",
        "X-HTTP-Verb-Override",
        "_method",
        "X-Original-URL",
    ] {
        let headers = vec![("Accept".to_owned(), "*/*".to_owned()), (name.to_owned(), "DELETE".to_owned())];
        let reported = RequestDraft { headers, ..draft("get", "https://api.test/x") }.write();
        assert_eq!(reported, Some(format!("GET with {name}")));
    }
    for url in [
        "https://api.test/x?_method=DELETE",
        "https://api.test/x?a=b&%5Fmethod=delete",
        "https://api.test/x?X-HTTP-Method-Override=PUT#there",
        "https://api.test/x?method=delete",
    ] {
        assert!(draft("GET", url).is_write(), "{url}");
    }
    for (name, value) in [
        ("_method", json!("x")),
        ("method", json!(["GET", "DELETE"])),
        // Compared by their value, not by their JSON form.
        ("query", json!("mutation { x }")),
        ("query", json!(["{ me }", "mutation { x }"])),
    ] {
        let query = vec![(name.to_owned(), value)];
        assert!(RequestDraft { query, ..draft("GET", "https://api.test/x") }.is_write(), "{name}");
    }
    let places = vec![("q".to_owned(), "_method=DELETE".to_owned())];
    assert!(RequestDraft { path_parameters: places, ..draft("GET", "https://api.test/x?{q}") }.is_write());
}

#[test]
fn what_only_sounds_like_it_reads() {
    for url in ["https://api.test/method?payment_methods=card", "https://api.test/x?method=search&q=DELETE"] {
        assert_eq!(draft("GET", url).write(), None, "{url}");
    }
    let headers = vec![("Access-Control-Request-Method".to_owned(), "DELETE".to_owned())];
    assert!(!RequestDraft { headers, ..draft("OPTIONS", "https://api.test/x") }.is_write());
    let query = vec![("method".to_owned(), json!(1)), ("limit".to_owned(), json!(20))];
    assert!(!RequestDraft { query, ..draft("GET", "https://api.test/x") }.is_write());
}

#[test]
fn a_procedure_that_is_not_known_to_read_may_write() {
    for (url, wanted) in [
        ("https://slack.com/api/conversations.list?limit=1", None),
        ("https://slack.com/api/auth.test", None),
        ("https://slack.com/api/openid.connect.userInfo", None),
        ("https://slack.com/api/chat.postMessage?channel=C1&text=hi", Some("GET of chat.postMessage")),
        ("https://SLACK.com.:443//api/chat%2EpostMessage", Some("GET of chat.postMessage")),
        ("https://www.slack.com/api/auth.revoke", Some("GET of auth.revoke")),
        ("https://slack.com/api/chat.postMessage/", Some("GET of chat.postMessage")),
        ("https://slack.com", Some("GET of slack.com")),
        ("https://notslack.com/api/chat.postMessage", None),
        ("https://api.test/slack.com/chat.postMessage", None),
    ] {
        assert_eq!(draft("GET", url).write().as_deref(), wanted, "{url}");
    }
}

#[test]
fn a_url_is_judged_as_it_is_sent_however_it_is_written() {
    let wanted = Some("GET of chat.postMessage");
    for url in [
        "https://slack。com/api/chat.postMessage",
        "https://ｓｌａｃｋ.com/api/chat.postMessage",
        "https://%73lack.com/api/chat.postMessage",
        "https://slack.com\\/api/chat.postMessage",
        "https:\\\\slack.com\\api\\chat.postMessage",
        "HTTPS://SLACK.COM./api/chat.postMessage",
        "https://slack.com:8443/api/chat.postMessage",
        "https://me:word@slack.com/api/chat.postMessage",
        "https://acme.enterprise.slack.com/api/chat.postMessage",
        "https://slack-gov.com/api/chat.postMessage",
        "https:slack.com/api/chat.postMessage",
        "https://sla\nck.com/api/chat.postMessage",
        "https://slack.com/api/x/../chat.postMessage",
        "https://slack.com/api//chat.postMessage#list",
        "https://slack.com/api/chat.postMessage;auth.test",
        "https://slack.com/api%2Fchat.postMessage",
        "https://slack.com/auth.test/chat.postMessage",
        "https://evil.example\\@slack.com/api/chat.postMessage",
    ] {
        assert_eq!(draft("GET", url).write().as_deref(), wanted, "{url}");
    }
    // A read-only name only counts where the provider expects the operation.
    for url in [
        "https://slack.com/api/chat.postMessage/conversations.list",
        "https://slack.com/conversations.list",
        "https://slack.com/api/",
    ] {
        assert!(draft("GET", url).is_write(), "{url}");
    }
    for url in [
        "https://slack.com.evil.example/api/chat.postMessage",
        "https://api.test/x?at=slack.com",
        "",
        "https://",
        // Only begun.
        "https:///",
        "https:// ",
        "https://?",
    ] {
        assert_eq!(draft("GET", url).write(), None, "{url}");
    }
    for url in ["https://api.test:99999/x", "https://[::1/x", "https://xn--/x"] {
        assert_eq!(draft("GET", url).write().as_deref(), Some("GET of a URL that cannot be read"), "{url}");
    }
}

#[test]
fn a_value_in_its_place_hides_nothing() {
    let with = |url: &str, value: &str| {
        let path_parameters = vec![("a".to_owned(), value.to_owned())];
        RequestDraft { path_parameters, ..draft("GET", url) }.write()
    };
    for (url, value) in [
        ("https://{a}.com/api/chat.postMessage", "slack"),
        ("https://slack.com/api/{a}", "chat.postMessage"),
        ("https://slack.com/api/{a}", "x/../chat.postMessage"),
        ("https://api.test/x?q={a}&_method=DELETE", "#"),
        ("https://api.test/{a}?_method=DELETE", "x#"),
        ("https://api.test/x?{a}=DELETE", "_method"),
    ] {
        assert!(with(url, value).is_some(), "{url} {value}");
    }
    assert_eq!(with("https://slack.com/api/{a}", "auth.test"), None);
    assert_eq!(with("https://{b}.test/{c}?q={a}", "x"), None, "an open place is no mistake yet");
}

#[test]
fn a_provider_that_takes_procedures_by_get_is_known() {
    for (url, wanted) in [
        ("https://iam.amazonaws.com/?Action=DeleteUser&UserName=ann", Some("GET with Action=")),
        ("https://ec2.eu-central-1.amazonaws.com/?Action=RunInstances", Some("GET of RunInstances")),
        ("https://sts.amazonaws.com/?Action=GetCallerIdentity&Action=AssumeRole", Some("GET of AssumeRole")),
        ("https://sts.amazonaws.com/?Action=GetCallerIdentity&Version=2011-06-15", None),
        ("https://bucket.s3.amazonaws.com/key", None),
        ("https://api.telegram.org/bot1:x/sendMessage?text=hi", Some("GET of sendMessage")),
        ("https://api.telegram.org/bot1:x/getMe", None),
        ("https://api.test/?jsonrpc=2.0&method=user.find", Some("GET with jsonrpc=")),
        ("https://api.test/graphql?query=mutation%7Bx%7D", Some("GET with a GraphQL mutation")),
        ("https://api.test/graphql?query={me{id}}", None),
        // Some servers read `;` as part of the value.
        ("https://api.test/graphql?query={me{id}};mutation{x}", Some("GET with a GraphQL mutation")),
        ("https://api.test/x;_method=DELETE/y", Some("GET with _method=")),
        ("https://api.test/x?request={\"_method\":\"DELETE\"}", Some("GET with _method=")),
    ] {
        assert_eq!(draft("GET", url).write().as_deref(), wanted, "{url}");
    }
}

#[test]
fn a_body_of_a_get_may_ask_for_another_method() {
    let with = |body: DraftBody| RequestDraft { body, ..draft("GET", "https://api.test/x") }.write();
    let json = |text: &str| with(DraftBody::Json(text.to_owned()));
    let raw = |text: &str| with(DraftBody::Raw(text.as_bytes().to_vec()));
    for text in [
        "{\"_method\":\"DELETE\"}",
        "{\"a\":[{\"methodOverride\":\"x\"}]}",
        "{\"query\":\"mutation { x }\"}",
        "[{\"jsonrpc\":\"2.0\",\"method\":\"x\"}]",
    ] {
        assert!(json(text).is_some() && raw(text).is_some(), "{text}");
    }
    for text in [
        "a=b&_method=DELETE",
        "mutation { x }",
        "--b\r\nContent-Disposition: form-data; name=\"_method\"\r\n\r\nDELETE\r\n--b--",
    ] {
        assert!(raw(text).is_some(), "{text}");
    }
    for text in
        ["{\"query\":{\"match\":{\"title\":\"DELETE\"}}}", "null", "", "{\"query\":\"{ me { id } }\"}"]
    {
        assert_eq!((json(text), raw(text)), (None, None), "{text}");
    }
    assert!(raw(&"a".repeat(256 << 10)).is_none());
    assert!(raw(&"a".repeat((256 << 10) + 1)).is_some());
}

#[test]
fn nothing_that_the_table_asks_of_a_provider_is_taken_for_a_write_but_what_is_one() {
    for (id, row) in crate::provider::table() {
        for call in row.ready() {
            let by_method = by_method(&call.method);
            assert_eq!(call.is_write(row), by_method, "{id}: {}", call.name);
        }
    }
}

proptest! {
    /// Whatever surrounds a host and however it is spelled, the sender's own parser decides.
    #[test]
    fn no_spelling_of_a_host_passes(
        letters in prop::collection::vec(0..4_u8, 9),
        user in "([a-z]{0,3}@)?", end in "(\\.|:443|\\./|\\\\)?",
    ) {
        let spelled: String = "slack.com".chars().zip(&letters).map(|(letter, how)| match how {
            1 => letter.to_ascii_uppercase().to_string(),
            2 => format!("%{:02x}", u32::from(letter)),
            3 => char::from_u32(u32::from(letter) + 0xfee0).unwrap_or(letter).to_string(),
            _ => letter.to_string(),
        }).collect();
        let url = format!("https://{user}{spelled}{end}/api/chat.postMessage");
        prop_assert!(draft("GET", &url).is_write(), "{}", url);
    }
}
