//! URLs: their places, where a credential may go, how long they may be, what a log says of them.

use grantdeck::domain::{Origin, RequestDraft};
use grantdeck::protocol::call::{DraftError, ProviderUrl, template};
use serde_json::Value;

use super::{draft, pairs, retrieval};
use crate::support::{id, rows, text};

#[test]
fn path_templates() {
    let mut kept_out_by_type = 0;
    for row in rows("path_templates") {
        let url = row["input"][0].as_str().expect("url");
        let Some(parameters) = pairs(&row["input"][1]) else {
            // A number, a list, a text: here parameters are pairs of texts.
            assert_eq!(row["ok"], false, "{}", id(&row));
            kept_out_by_type += 1;
            continue;
        };
        let filled = template::fill(url, &parameters);
        assert_eq!(filled.is_ok(), row["ok"] == true, "{}: {filled:?}", id(&row));
        assert_eq!(filled.ok().as_deref(), row["value"].as_str(), "{}", id(&row));
    }
    assert_eq!(kept_out_by_type, 3);
}

#[test]
fn provider_urls() {
    for row in rows("provider_urls") {
        let url = ProviderUrl::parse(text(&row, "url").expect("url"));
        assert_eq!(url.is_ok(), row["ok"] == true, "{}: {url:?}", id(&row));
    }
    for (url, want) in [
        ("", DraftError::UrlEmpty),
        ("https://h\\.evil/", DraftError::UrlCharacters),
        ("https://h/\r\nX: 1", DraftError::UrlCharacters),
        ("ftp://h/", DraftError::Scheme),
        ("http://192.168.0.1/", DraftError::PlainHttp),
        // The same address in another spelling.
        ("http://2130706433/", DraftError::PlainHttp),
        ("https://h:70000/", DraftError::Port),
        ("h/x", DraftError::UrlUnreadable),
        ("https://h/a/../b", DraftError::UrlDots),
        ("https://h/a/%2E.?x", DraftError::UrlDots),
    ] {
        assert_eq!(ProviderUrl::parse(url).expect_err(url), want, "{url}");
    }
}

#[test]
fn origins_name_who_would_see_the_credential() {
    for (url, origin, loopback) in [
        ("https://user:pw@API.example.com:443/x?q#f", "https://api.example.com", false),
        ("https://api.example.com:8443/", "https://api.example.com:8443", false),
        ("http://[::1]:8080", "http://[::1]:8080", true),
        ("https://münchen.example/", "https://xn--mnchen-3ya.example", false),
    ] {
        let (url, _) = ProviderUrl::parse(url).expect("legal");
        assert_eq!((url.origin().as_str(), url.is_loopback()), (origin, loopback));
        assert!(!url.as_str().contains("pw"), "{url:?}");
    }
    let api = Origin::parse("https://api.example.com").expect("an origin");
    for (url, is_at) in [
        ("https://api.example.com/x", true),
        ("https://API.example.com:443/x", true),
        ("https://api.example.com:8443/x", false),
        ("https://api.example.com.evil.example/", false),
        ("https://api.example.com@evil.example/", false),
        ("https://evil.example/https://api.example.com/", false),
        // A trailing dot is the same name to a resolver, but not the same name.
        ("https://api.example.com./", false),
    ] {
        assert_eq!(ProviderUrl::parse(url).expect("legal").0.is_at(&api), is_at, "{url}");
    }
}

/// A text, or one that is written as a repetition.
fn long(value: &Value) -> Value {
    match value.get("repeat").and_then(Value::as_str) {
        Some(part) => part.repeat(value["times"].as_u64().expect("times") as usize).into(),
        None => match value {
            Value::Array(items) => items.iter().map(long).collect(),
            other => other.clone(),
        },
    }
}

#[test]
fn lengths_of_urls() {
    for row in rows("provider_url_length") {
        let input = &row["input"];
        let letters = input[1].as_u64().expect("a number") as usize;
        let url = format!("{}{}", input[0].as_str().expect("url"), "a".repeat(letters));
        let mut draft: RequestDraft = draft("GET", &url);
        for (name, value) in input[2].as_object().into_iter().flatten() {
            draft.query.push((name.clone(), long(value)));
        }
        let checked = retrieval(&draft);
        assert_eq!(checked.is_ok(), row["ok"] == true, "{}: {:?}", id(&row), checked.err());
    }
}
