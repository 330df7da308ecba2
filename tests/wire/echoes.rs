//! A backend that says back what it was sent: no error and no answer holds the key, the user token or the signature.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use grantdeck::api::{ApiError, Client, Settings};
use grantdeck::domain::ClearedDraft;
use grantdeck::protocol::call::proxy::ProxyReply;
use serde_json::json;
use std::fmt::Write as _;

use crate::calls::draft;
use crate::server::{KEY, Script, Server};

const TOKEN: &str = "user-token-of-ann-4711";

/// Nonce and clock stand still, so that the same request is signed the same.
fn settings(server: &Server) -> Settings {
    let mut settings = server.settings();
    settings.user_token = Some(TOKEN.parse().expect("a token"));
    settings.nonce = std::sync::Arc::new(|| [7; 16]);
    settings
}

fn client(server: &Server) -> Client {
    Client::new(settings(server)).expect("a client")
}

/// How a secret may be written in what comes back.
fn ways(secret: &str) -> [String; 4] {
    let (mut hex, mut percent) = (String::new(), String::new());
    for byte in secret.bytes() {
        write!(hex, "{byte:02x}").expect("memory");
        write!(percent, "%{byte:02X}").expect("memory");
    }
    [secret.to_owned(), STANDARD.encode(format!("key:{secret}!")), hex, percent]
}

/// Not eight bytes in a row of it as they are, nor of what they are in base64, hexadecimal or behind percent signs.
fn assert_without(shown: &str, secret: &str) {
    let [_, base64, hexadecimal, percent] = ways(secret);
    // The outermost digits of base64 are also those of what stands around it.
    let base64 = &base64[8..base64.len() - 4];
    for (way, length) in [(base64, 11), (&hexadecimal, 16), (&percent, 24)] {
        for part in way.as_bytes().windows(length) {
            let part = std::str::from_utf8(part).expect("ASCII");
            assert!(!shown.contains(part), "{part} of {way} in {shown}");
        }
    }
    for part in secret.as_bytes().windows(8) {
        let part = std::str::from_utf8(part).expect("ASCII");
        assert!(!shown.contains(part), "{part} in {shown}");
    }
}

fn assert_clean(shown: &str, signature: &str) {
    // The beginning says no more than the kind of the key.
    for secret in [&KEY["alter_rk_".len()..], TOKEN, signature] {
        assert_without(shown, secret);
    }
}

fn shown(error: &ApiError) -> String {
    format!("{error}\n{error:?}\n{:?}", error.diagnose())
}

/// The signature of the request that `key_scopes` sends.
async fn signature() -> String {
    let server = Server::start(vec![Script::json(200, "[]")]).await;
    let _ = client(&server).key_scopes().await;
    let received = server.received();
    received[0].header("x-alter-signature").expect("a signature").to_owned()
}

#[tokio::test]
async fn a_refusal_that_says_back_what_was_sent_is_shown_without_it() {
    let signature = signature().await;
    let hidden: String = KEY.chars().flat_map(|character| [character, '\u{200d}']).collect();
    let mut escaped = String::new();
    for byte in KEY.bytes() {
        write!(escaped, "\\u{byte:04x}").expect("memory");
    }
    let bare = &KEY["alter_rk_".len().."alter_rk_".len() + 22];
    let all: Vec<String> = [KEY, TOKEN, &signature]
        .into_iter()
        .flat_map(ways)
        .chain([hidden, escaped, format!("kind rk, rest {bare}")])
        .collect();
    for echo in all {
        let said = format!("you sent {echo}, which is wrong");
        for (status, error) in [
            (400, "bad_request"),
            (401, "invalid_api_key"),
            (403, "insufficient_scope"),
            (404, "grant_not_found"),
            (409, "ambiguous_grant"),
            (422, said.as_str()),
            (500, "internal_error"),
        ] {
            let body = json!({
                "error": error, "message": said, "hint": said, "grant_id": said, "provider_id": said,
                "required": [said], "missing": [said], "headers": {"x-api-key": echo},
                "candidates": [{"grant_id": said, "label": said, "account_identifier": echo}],
                "details": {"reason": said, echo.as_str(): [said]},
                "detail": [{"loc": ["header", echo], "msg": said}],
            });
            let mut script = Script::json(status, &body.to_string());
            if echo.is_ascii() {
                script = script.with("X-Request-Id", &format!("req {echo}"));
            }
            let server = Server::start(vec![script]).await;
            let error = client(&server).key_scopes().await.expect_err("a refusal");
            assert!(matches!(&error, ApiError::Alter(_)), "{error}");
            assert_clean(&shown(&error), &signature);
            assert!(shown(&error).contains("which is wrong"), "all else stays: {error}");
        }
    }
}

#[tokio::test]
async fn a_page_and_an_unreadable_success_are_shown_without_it() {
    let signature = signature().await;
    let page = format!("<pre>x-api-key: {KEY}\nx-alter-signature: {signature}\nuser: {TOKEN}</pre>");
    let wrong = json!(format!("{KEY} {TOKEN}")).to_string();
    for (status, body) in [(502, page.as_str()), (200, page.as_str()), (200, wrong.as_str())] {
        let script = Script::json(status, body).with("X-Request-Id", &format!("{KEY}/{TOKEN}/{signature}"));
        let server = Server::start(vec![script]).await;
        let client = client(&server);
        assert_clean(&shown(&client.key_scopes().await.expect_err("no answer")), &signature);
        // These are signed otherwise.
        for error in [
            client.catalog().await.map(drop).expect_err("no answer"),
            client.resolve_identity(true).await.map(drop).expect_err("no answer"),
        ] {
            assert_without(&shown(&error), &KEY["alter_rk_".len()..]);
            assert_without(&shown(&error), TOKEN);
        }
    }
}

#[tokio::test]
async fn an_answer_carried_out_by_alter_is_shown_without_it() {
    let page = format!("<pre>x-api-key: {KEY}\nuser: {TOKEN}\nother: stays</pre>");
    for long in [0, 2 << 20] {
        let body = format!("{page}{}", " ".repeat(long));
        let answer = json!({
            "status_code": 400, "headers": {"x-echo": format!("{KEY} {TOKEN}")}, "body_b64": STANDARD.encode(&body),
            "body_truncated": false, "duration_ms": 3,
        });
        let server = Server::start(vec![Script::json(200, &answer.to_string())]).await;
        let draft = ClearedDraft::new(draft("GET", "https://api.example.com/x"), None).expect("a read");
        let reply =
            client(&server).proxy(&draft, std::time::Duration::from_secs(20)).await.expect("an answer");
        let ProxyReply::Done(answer) = reply else { panic!("held") };
        let body = String::from_utf8(answer.body.to_vec()).expect("text");
        assert!(body.contains("other: stays"), "{}", &body[..80]);
        let shown = format!("{:?} {}", answer.headers, body.trim_end());
        for secret in [&KEY["alter_rk_".len()..], TOKEN] {
            assert_without(&shown, secret);
        }
    }
}
