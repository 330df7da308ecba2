use pretty_assertions::assert_eq;
use proptest::prelude::*;
use serde_json::json;
use strum::IntoEnumIterator;

use super::super::paste;
use super::*;
use crate::{GrantId, Mode};

fn draft(method: &str, url: &str) -> RequestDraft {
    let id = GrantId::parse("7c1f0a52-0000-4000-8000-000000009e2a").unwrap();
    RequestDraft::new(id, method, url)
}

fn about() -> About {
    About { provider: "google".to_owned(), account: "work@acme.com".to_owned() }
}

fn rich() -> RequestDraft {
    RequestDraft {
        path_parameters: vec![
            ("calendar".to_owned(), "a/b".to_owned()),
            ("unused".to_owned(), "x".to_owned()),
        ],
        query: vec![("q".to_owned(), json!("it's")), ("n".to_owned(), json!([1, true]))],
        headers: vec![("X-One".to_owned(), "1".to_owned())],
        body: DraftBody::Json("{\"summary\": \"Zoë\", \"list\": [1, {\"a\": null}]}".to_owned()),
        reason: Some("a test".to_owned()),
        context: vec![("ticket".to_owned(), "42".to_owned())],
        ..draft("post", "https://www.googleapis.com/calendars/{calendar}/events")
    }
}

#[test]
fn curl_has_a_placeholder_and_filled_places() {
    let want = r#"# google · work@acme.com
# Contains no credential: set TOKEN for Google. This call does not go through Alter.
curl \
  -H "Authorization: Bearer $TOKEN" \
  -H 'X-One: 1' \
  -H 'Content-Type: application/json' \
  --data-raw '{"summary": "Zoë", "list": [1, {"a": null}]}' \
  'https://www.googleapis.com/calendars/a%2Fb/events?q=it%27s&n=1&n=true'
"#;
    assert_eq!(export(&rich(), &about(), Language::Curl), want);
    let read = RequestDraft { body: DraftBody::Empty, ..rich() };
    let read = RequestDraft { method: "get".to_owned(), path_parameters: Vec::new(), ..read };
    let want = r#"# stripe-production
# Contains no credential: set TOKEN for Stripe. This call does not go through Alter.
curl \
  -H "Authorization: Bearer $TOKEN" \
  -H 'X-One: 1' \
  -G \
  --data-urlencode 'q=it'\''s' \
  --data-urlencode 'n=1' \
  --data-urlencode 'n=true' \
  -g \
  'https://www.googleapis.com/calendars/{calendar}/events'
"#;
    let stripe = About { provider: "stripe-production".to_owned(), account: String::new() };
    assert_eq!(export(&read, &stripe, Language::Curl), want);
    let anthropic = About { provider: "anthropic".to_owned(), account: String::new() };
    assert!(export(&read, &anthropic, Language::Curl).contains(r#"-H "x-api-key: $TOKEN""#));
}

#[test]
fn the_command_says_everything() {
    let want = "# google · work@acme.com
grantdeck call 7c1f0a52-0000-4000-8000-000000009e2a POST 'https://www.googleapis.com/calendars/{calendar}/events' \\
  --param 'calendar=a/b' \\
  -q 'q=it'\\''s' \\
  -q 'n=1' \\
  -q 'n=true' \\
  -H 'X-One: 1' \\
  -d '{\"summary\": \"Zoë\", \"list\": [1, {\"a\": null}]}' \\
  --reason 'a test' \\
  --context 'ticket=42' \\
  --yes
";
    assert_eq!(export(&rich(), &about(), Language::Command), want);
}

#[test]
fn python_is_the_sdk_s() {
    let want = r#"# google · work@acme.com
import asyncio
import os

from alter_sdk import App, PendingApproval


async def main() -> None:
    async with App(api_key=os.environ["ALTER_API_KEY"]) as app:
        answer = await app.proxy_request(
            "POST",
            "https://www.googleapis.com/calendars/{calendar}/events",
            grant_id="7c1f0a52-0000-4000-8000-000000009e2a",
            path_params={"calendar": "a/b"},
            query_params={
                "q": "it's",
                "n": ["1", "true"],
            },
            extra_headers={"X-One": "1"},
            json={
                "summary": "Zoë",
                "list": [
                    1,
                    {"a": None},
                ],
            },
            reason="a test",
            context={"ticket": "42"},
        )
        if isinstance(answer, PendingApproval):
            print("Waiting for approval:", answer.approval_url)
            answer = await app.await_approval(answer.approval_id)
        print(answer.status_code, answer.body_text())


asyncio.run(main())
"#;
    assert_eq!(export(&rich(), &about(), Language::Python), want);
    let retrieved = RequestDraft {
        mode: Mode::Retrieve,
        body: DraftBody::Raw(vec![0, b'"', 0xff]),
        url: "https://h/a?x=1".to_owned(),
        ..rich()
    };
    let text = export(&retrieved, &about(), Language::Python);
    assert!(text.contains("app.request(\n") && text.contains(r#"body=b"\x00\"\xff","#), "{text}");
    // In retrieve mode the SDK would lose x.
    assert!(
        text.contains(r#""https://h/a?x=1&q=it%27s&n=1&n=true","#) && !text.contains("query_params"),
        "{text}"
    );
    // No digits are lost.
    let long =
        RequestDraft { body: DraftBody::Json("{\"n\": 12345678901234567890123}".to_owned()), ..rich() };
    let text = export(&long, &about(), Language::Python);
    assert!(
        text.contains(r#"json=json.loads("{\"n\": 12345678901234567890123}"),"#)
            && text.contains("import json\n")
    );
}

#[test]
fn typescript_is_the_documented_sdk_s() {
    let want = r#"// google · work@acme.com
import { App, PendingApproval } from "@alter-ai/alter-sdk";

const app = new App({ apiKey: process.env.ALTER_API_KEY! });
try {
  let answer = await app.proxyRequest({
    method: "POST",
    url: "https://www.googleapis.com/calendars/{calendar}/events?q=it%27s&n=1&n=true",
    grantId: "7c1f0a52-0000-4000-8000-000000009e2a",
    pathParams: { "calendar": "a/b" },
    extraHeaders: { "X-One": "1" },
    json: {
      "summary": "Zoë",
      "list": [
        1,
        {
          "a": null,
        },
      ],
    },
    reason: "a test",
    context: { "ticket": "42" },
  });
  if (answer instanceof PendingApproval) {
    console.log("Waiting for approval:", answer.approvalUrl);
    answer = await app.awaitApproval(answer.approvalId);
  }
  console.log(answer.statusCode, answer.bodyText());
} finally {
  await app.close();
}
"#;
    assert_eq!(export(&rich(), &about(), Language::TypeScript), want);
}

#[test]
fn credentials_are_left_out_everywhere() {
    let draft = RequestDraft {
        headers: vec![("X-Api-Key".to_owned(), "hunter22".to_owned())],
        query: vec![("access_token".to_owned(), json!("hunter22")), ("q".to_owned(), json!("1"))],
        path_parameters: vec![("id".to_owned(), "sk_live_hunter22".to_owned())],
        ..draft("GET", "https://me:hunter22@h/{id}?key=hunter22&x=1")
    };
    for language in Language::iter() {
        let text = export(&draft, &about(), language);
        assert!(!text.contains("hunter22"), "{text}");
        assert!(text.contains("Omitted (looks like a credential): "), "{text}");
        assert!(text.contains("the header X-Api-Key") && text.contains("https://h/{id}?x=1"), "{text}");
    }
}

#[test]
fn names_go_there_and_back() {
    for language in Language::iter() {
        assert_eq!(language.to_string().parse(), Ok(language));
    }
    assert_eq!(Language::TypeScript.to_string(), "typescript");
}

/// What a pasted command sends, independent of how its query was written.
fn wire(
    method: &str,
    url: &str,
    query: &[(String, String)],
    headers: &[(String, String)],
    body: &DraftBody,
) -> String {
    let url = percent::merge(url, query);
    let own = percent::parts(&url);
    let pairs: Vec<_> = own.1.into_iter().flat_map(|query| query.split('&')).map(percent::pair).collect();
    format!("{method} {} {pairs:?} {headers:?} {body:?}", own.0)
}

fn drafts() -> impl Strategy<Value = RequestDraft> {
    let text = "[ -~é日]{0,10}";
    let body = prop_oneof![
        Just(DraftBody::Empty),
        Just(DraftBody::Json("null".to_owned())),
        ("[ -~é\n]{0,8}").prop_map(|text| DraftBody::Json(json!({ "a": text }).to_string())),
        prop::collection::vec(0x20_u8..0x7f, 1..9).prop_map(DraftBody::Raw),
    ];
    (
        prop::sample::select(vec!["GET", "post", "PUT", "DELETE", "HEAD", "QUERY"]),
        "https://h/[a-z{}%]{0,6}(\\{id\\}/)?[a-z]{0,3}(\\?x=[a-z]{0,3}(&y=%20)?)?",
        text,
        prop::collection::vec(("[a-z&= é]{1,4}", text), 0..3),
        prop::collection::vec(("X-[A-Z]{1,4}", "[!-~]([ -~]{0,8}[!-~])?"), 0..3),
        body,
        (any::<bool>(), prop::option::of(text), prop::collection::vec(("[a-z]{1,4}", text), 0..2)),
    )
        .prop_map(|(method, url, id, query, headers, body, (retrieved, reason, context))| RequestDraft {
            path_parameters: vec![("id".to_owned(), id)],
            query: query.into_iter().map(|(name, value)| (name, Value::String(value))).collect(),
            headers,
            body,
            mode: if retrieved { Mode::Retrieve } else { Mode::Proxy },
            reason,
            context,
            ..draft(method, &url)
        })
}

proptest! {
    #[test]
    fn what_is_copied_as_curl_can_be_pasted(draft in drafts()) {
        let text = export(&draft, &about(), Language::Curl);
        let pasted = paste::curl(&text).unwrap();
        let about = about();
        let sheet = Sheet::new(&draft, &about);
        let body = match &draft.body {
            // What a shell word cannot carry is in a file, which the next test covers.
            DraftBody::Json(text) if text == "null" => DraftBody::Empty,
            body => body.clone(),
        };
        let query: Vec<_> =
            pasted.query.iter().map(|(name, value)| (name.clone(), value.as_str().unwrap().to_owned())).collect();
        prop_assert_eq!(
            wire(&pasted.method, &pasted.url, &query, &pasted.headers, &pasted.body),
            wire(&sheet.method, &sheet.filled(), &sheet.query, &sheet.headers, &body)
        );
        let dropped: Vec<_> = pasted.dropped.iter().map(|dropped| dropped.what.as_str()).collect();
        prop_assert_eq!(dropped, ["the header Authorization"]);
    }

    #[test]
    fn foreign_text_never_ends_a_comment(provider in any::<String>(), account in any::<String>(), draft in drafts()) {
        let about = About { provider, account };
        for language in Language::iter() {
            let text = export(&draft, &about, language);
            let mark = if language == Language::TypeScript { "//" } else { "#" };
            let rest: Vec<&str> = text.lines().skip_while(|line| line.starts_with(mark)).collect();
            let first = rest.first().copied().unwrap_or_default();
            let begins = ["curl", "grantdeck call ", "import "].iter().any(|begin| first.starts_with(begin));
            prop_assert!(begins, "{}", text);
            prop_assert!(!text.chars().any(|character| character.is_control() && !matches!(character, '\n' | '\t')));
        }
    }
}

#[test]
fn a_body_that_no_shell_holds_is_a_file() {
    for bytes in [&[0_u8, 1][..], &[0xff], b"\x1b[31m"] {
        let draft = RequestDraft { body: DraftBody::Raw(bytes.to_vec()), ..draft("PUT", "https://h") };
        let text = export(&draft, &about(), Language::Curl);
        assert!(
            text.contains("--data-binary @body.bin") && text.contains("bytes that no shell can hold"),
            "{text}"
        );
    }
}

#[test]
fn braces_of_a_query_are_no_places_in_any_language() {
    let url = "https://h/{id}?fields=posts{message}&q={term}";
    let mut draft =
        RequestDraft::new(GrantId::parse("7c1f0a52-0000-4000-8000-000000009e2a").unwrap(), "GET", url);
    draft.path_parameters = vec![("id".to_owned(), "7".to_owned()), ("term".to_owned(), "x y".to_owned())];
    let text = |language| export(&draft, &about(), language);
    let command = text(Language::Command);
    assert!(command.contains(url) && command.contains("--param 'term=x y'"), "{command}");
    assert!(!command.contains("--param message"), "{command}");
    assert!(
        text(Language::Curl).contains("https://h/7?fields=posts{message}&q=x%20y"),
        "{}",
        text(Language::Curl)
    );
    for language in [Language::Python, Language::TypeScript] {
        let code = text(language);
        // The SDKs reject a placeholder without a value.
        assert!(code.contains("https://h/{id}?fields=posts%7Bmessage%7D&q={term}"), "{code}");
    }
}

#[test]
fn a_command_has_a_body_that_is_no_json_where_it_would_send_the_same() {
    let draft = |mode, kind: Option<&str>, body: &[u8]| RequestDraft {
        mode,
        headers: kind.iter().map(|kind| ("Content-Type".to_owned(), (*kind).to_owned())).collect(),
        body: DraftBody::Raw(body.to_vec()),
        ..rich()
    };
    let command = |draft: &RequestDraft| export(draft, &about(), Language::Command);
    let there = command(&draft(Mode::Retrieve, Some("text/plain"), b"a=b c"));
    assert!(there.contains("-d 'a=b c'"), "{there}");
    for (mode, kind, body) in [
        (Mode::Proxy, Some("text/plain"), &b"a"[..]),
        (Mode::Retrieve, None, b"a"),
        (Mode::Retrieve, Some("application/json"), b"a"),
        (Mode::Retrieve, Some("text/plain"), b"@a"),
        (Mode::Retrieve, Some("text/plain"), b"-"),
        (Mode::Retrieve, Some("text/plain"), b"\xff"),
        (Mode::Retrieve, Some("text/plain"), b"a\r\n"),
    ] {
        let left_out = command(&draft(mode, kind, body));
        assert!(!left_out.contains("-d ") || left_out.contains("add -d @FILE"), "{left_out}");
        assert!(left_out.contains(&format!("{} bytes, is left out", body.len())), "{left_out}");
    }
}
