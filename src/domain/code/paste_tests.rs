use pretty_assertions::assert_eq;
use proptest::prelude::*;
use serde_json::json;

use super::*;

fn read(text: &str) -> Pasted {
    curl(text).unwrap_or_else(|error| panic!("{error}\n{text}"))
}

fn json(text: &str) -> DraftBody {
    DraftBody::Json(text.to_owned())
}

fn headers(pasted: &Pasted) -> Vec<(&str, &str)> {
    pasted.headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect()
}

fn dropped(pasted: &Pasted) -> Vec<&str> {
    pasted.dropped.iter().map(|dropped| dropped.what.as_str()).collect()
}

const FORM: &str = "application/x-www-form-urlencoded";

#[test]
fn methods_and_bodies_are_as_curl_has_them() {
    let raw = |text: &str| DraftBody::Raw(text.as_bytes().to_vec());
    let cases = [
        ("curl https://h/a", "GET", DraftBody::Empty),
        ("curl -I https://h/a", "HEAD", DraftBody::Empty),
        ("curl -XDELETE https://h/a", "DELETE", DraftBody::Empty),
        ("curl -X patch https://h/a -d x=1", "PATCH", raw("x=1")),
        ("curl --request=PUT --url=https://h/a --data-raw '@x'", "PUT", raw("@x")),
        ("curl https://h/a -d a=1 -d b=2 --data-ascii c", "POST", raw("a=1&b=2&c")),
        (
            "curl https://h/a --data-urlencode 'a b' --data-urlencode '=c&' --data-urlencode 'n=v w'",
            "POST",
            raw("a+b&c%26&n=v+w"),
        ),
        ("curl https://h/a --json '{\"a\":' --json '1}'", "POST", json("{\"a\":1}")),
        ("curl https://h/a -d '{\"a\": 1}'", "POST", json("{\"a\": 1}")),
        ("curl https://h/a -d '[' ", "POST", raw("[")),
        ("curl https://h/a -H 'content-type: application/json' -d '['", "POST", json("[")),
        ("curl https://h/a -H 'Content-Type: text/plain' -d '{}'", "POST", raw("{}")),
        ("curl https://h/a -X POST -d ''", "POST", DraftBody::Empty),
        ("curl https://h/a --data-binary $'\\xff\\n'", "POST", DraftBody::Raw(vec![0xff, b'\n'])),
    ];
    for (text, method, body) in cases {
        let found = read(text);
        assert_eq!((found.method.as_str(), &found.body), (method, &body), "{text}");
        assert_eq!(found.url, "https://h/a", "{text}");
    }
}

#[test]
fn headers_are_kept_in_order() {
    let found = read(
        "curl h.example/x -H 'Accept: a/b' -HX-One:1 -A me -e https://r/ -H 'X-Empty;' -H 'Gone:' -d 'a=b' -r 0-9",
    );
    let want = [
        ("Accept", "a/b"),
        ("X-One", "1"),
        ("User-Agent", "me"),
        ("Referer", "https://r/"),
        ("X-Empty", ""),
        ("Range", "bytes=0-9"),
        ("Content-Type", FORM),
    ];
    assert_eq!(headers(&found), want);
    assert_eq!(found.url, "https://h.example/x");
    // The call sets the type of a JSON body; any other type stays, as does a missing one.
    assert_eq!(headers(&read("curl https://h -H 'Content-Type: application/json' -d '{}'")), []);
    let vendor = "curl https://h -H 'Content-Type: application/vnd.api+json' -d '{}'";
    assert_eq!(headers(&read(vendor)), [("Content-Type", "application/vnd.api+json")]);
    assert_eq!(headers(&read("curl https://h -H Content-Type: -d a=b")), []);
    assert_eq!(headers(&read("curl https://h --json '{}'")), [("Accept", "application/json")]);
}

#[test]
fn get_puts_data_into_the_query() {
    let found = read("curl -G https://h/a --data-urlencode 'q=a b&c' -d 'n=%C3%A9+x' --url-query 'z=1'");
    assert_eq!(
        (found.method.as_str(), found.url.as_str(), &found.body),
        ("GET", "https://h/a", &DraftBody::Empty)
    );
    let want = [("z", "1"), ("q", "a b&c"), ("n", "é x")];
    assert_eq!(found.query, want.map(|(name, value)| (name.to_owned(), json!(value))));
    // The URL's own query stays; parameters that a call would replace or cannot represent are appended as
    // curl does.
    assert_eq!(read("curl -G 'https://h/a?x=1' -d y=2").url, "https://h/a?x=1");
    for (text, url) in [
        ("curl -G 'https://h/a?x=1' -d x=2", "https://h/a?x=1&x=2"),
        ("curl -G https://h/a -d flag", "https://h/a?flag"),
        ("curl -G https://h/a -d 'x=%ff'", "https://h/a?x=%ff"),
    ] {
        let found = read(text);
        assert_eq!((found.url.as_str(), found.query.len()), (url, 0), "{text}");
    }
}

#[test]
fn what_browsers_copy_is_read() {
    let bash = r#"curl 'https://api.example.com/v1/items?page=2' \
  -H 'accept: */*' \
  -H 'accept-language: en-GB' \
  -H 'authorization: Bearer abcdefgh' \
  -b 'sid=abc; other=def' \
  -H 'content-type: application/json' \
  -H 'sec-fetch-mode: cors' \
  -H 'x-csrf-token: zzz' \
  --data-raw $'{"name":"it\'s \u0021","note":"a\\nb"}' \
  --compressed ;
curl 'https://other.example/'"#;
    let found = read(bash);
    assert_eq!(
        (found.method.as_str(), found.url.as_str()),
        ("POST", "https://api.example.com/v1/items?page=2")
    );
    assert_eq!(found.body, json(r#"{"name":"it's !","note":"a\nb"}"#));
    assert_eq!(headers(&found), [("accept", "*/*"), ("accept-language", "en-GB")]);
    assert_eq!(dropped(&found), ["the header authorization", "the cookies (-b)", "the header x-csrf-token"]);
    let want = [
        "the other commands of the text",
        "the header sec-fetch-mode, which is set for each call",
        "--compressed",
    ];
    assert_eq!(found.ignored, want);

    let cmd = "curl ^\"https://api.example.com/v1/items?page=2^&q=^%^20^\" ^\n  -H ^\"accept: */*^\" ^\n  --data-raw ^\"^{^\\^\"name^\\^\":^\\^\"x^\\^\"^}^\"";
    let found = read(cmd);
    assert_eq!(found.url, "https://api.example.com/v1/items?page=2&q=%20");
    assert_eq!((headers(&found), found.body.clone()), (vec![("accept", "*/*")], json(r#"{"name":"x"}"#)));
}

#[test]
fn what_surrounds_a_command_is_passed_over() {
    for text in [
        "$ curl https://h/a",
        "  TOKEN=x LANG=C curl https://h/a",
        "export A=b\n/usr/bin/curl https://h/a | jq .",
        "curl.exe -sSLk https://h/a > out.json 2>/dev/null",
        "curl -o out.json --max-time=5 --retry 3 -w '%{http_code}' -x socks5://h https://h/a",
        "curl https://h/a#part",
        "curl --no-such-option value https://h/a",
        "# the list\ncurl \\\n> https://h/a",
        "curl https://h/a --next -d x=1 https://other",
    ] {
        let found = read(text);
        assert_eq!((found.method.as_str(), found.url.as_str()), ("GET", "https://h/a"), "{text}");
    }
    assert_eq!(read("curl -sS -o f https://h").ignored, ["-s", "-S", "-o"]);
}

/// Variables of a text: as written, and where.
fn variables(pasted: &Pasted) -> Vec<(&str, &str)> {
    pasted.variables.iter().map(|variable| (variable.text.as_str(), variable.place.as_str())).collect()
}

#[test]
fn a_variable_is_a_place_or_is_named() {
    let found = read(
        "curl \"https://$HOST/v1/${ID:-1}?t=$(date +%s)\" -H \"X-Id: $ID\" -H 'X-Plain: $ID' -d \"{\\\"a\\\": $N}\"",
    );
    assert_eq!(found.url, "https://{HOST}/v1/{ID}?t={command}");
    assert_eq!(headers(&found), [("X-Id", "$ID"), ("X-Plain", "$ID")]);
    assert_eq!(found.body, json("{\"a\": $N}"));
    assert_eq!(variables(&found), [("$ID", "the header X-Id"), ("$N", "the body")]);
    let found = read(
        "curl -G https://h -d \"id=$ID\" --data-urlencode \"q=a $Q\" -H \"Authorization: Bearer $TOKEN\"",
    );
    assert_eq!(
        found.query,
        [("id", "$ID"), ("q", "a $Q")].map(|(name, value)| (name.to_owned(), json!(value)))
    );
    assert_eq!(variables(&found), [("$ID", "the parameter id"), ("$Q", "the parameter q")]);
    assert_eq!(read("curl \"https://h?a=1\" -G -d \"a=$X\"").url, "https://h?a=1&a={X}");
    assert_eq!(read("curl \"$BASE/users/:id/<part>\"").url, "https://{BASE}/users/{id}/{part}");
    let found = read("curl '{{base}}/x' -H 'X-A: {{ a }}' -d '{\"b\":\"{{b}}\"}'");
    assert_eq!(
        (found.url.as_str(), variables(&found)),
        ("https://{base}/x", vec![("{{ a }}", "the header X-A")])
    );
    assert!(found.notes.iter().any(|note| note.contains("{{")), "{:?}", found.notes);
}

#[test]
fn what_documentation_leaves_open_is_named() {
    let found = read("curl https://h -H 'X-Version: <API-VERSION>' -G -d 'q=<your query>' -H 'From: <me@h>'");
    assert_eq!(
        variables(&found),
        [("<API-VERSION>", "the header X-Version"), ("<your query>", "the parameter q")]
    );
    assert_eq!(read("curl https://h --json ‘{“text”: “hi”}’").body, json("{\"text\": \"hi\"}"));
    assert_eq!(read("curl https://h -H “X-A: it’s”").headers[0].1, "it's");
    assert_eq!(
        read("HTTPS_PROXY=http://p A=b curl https://h").ignored,
        ["the proxy in a variable before curl"]
    );
}

#[test]
fn what_a_shell_would_read_otherwise_is_noted() {
    for (text, word) in [
        ("curl https://h/?a=1&b=2", "&"),
        ("curl https://h/<id>/x", "<…>"),
        ("curl https://h \\ \n -d a=1", "Joined"),
        ("curl “https://h”", "Typographic"),
        ("curl https://h -L", "Redirects"),
        ("curl https://h -k", "Certificates"),
        ("curl https://h -d '{\"a\":1}'", "form"),
        ("curl.exe https://h `\n -d '{\\\"a\\\":1}'", "quote"),
        ("curl https://h -d {a,b}", "braces"),
    ] {
        let found = read(text);
        assert!(found.notes.iter().any(|note| note.contains(word)), "{text}: {:?}", found.notes);
    }
    assert_eq!(
        read("curl 'https://h/?a=1&b=2' -d '{a,b}' -H 'Content-Type: x/y'").notes,
        Vec::<String>::new()
    );
}

#[test]
fn a_command_is_known_by_its_program() {
    for text in [
        "curl https://h",
        "sudo -u me curl https://h",
        "time curl https://h",
        "A=b curl https://h",
        "# first\ncurl https://h",
        "```bash\ncurl https://h\n```",
        "me@host:~/x$ curl https://h",
        "C:\\Users\\me>curl https://h",
        "PS C:\\> curl.exe https://h",
        "➜  ~ curl https://h",
        "timeout 10 /usr/bin/curl https://h",
        "\u{feff}curl https://h",
    ] {
        assert!(is_command(text), "{text}");
        assert_eq!(read(text).url, "https://h", "{text}");
    }
    for text in ["", "see curl", "the curl command", "https://h/curl", "wget https://h", "echo curl"] {
        assert!(!is_command(text), "{text}");
    }
}

#[test]
fn lines_of_json_and_a_here_document_are_bodies() {
    let lines = read(
        "curl https://h -H 'Content-Type: application/x-ndjson' --data-binary $'{\"a\":1}\\n{\"b\":2}\\n'",
    );
    assert_eq!(lines.body, DraftBody::Raw(b"{\"a\":1}\n{\"b\":2}\n".to_vec()));
    let here = "curl https://h --json @- <<EOF\n{\"a\":\n1}\nEOF";
    assert_eq!(read(here).body, json("{\"a\":\n1}\n"));
    let here = "curl https://h -d @- <<'EOF'\na=1&\nb=$2\nEOF\n";
    assert_eq!(read(here).body, DraftBody::Raw(b"a=1&b=$2".to_vec()));
    assert!(read("curl https://h -d @-").no_body.is_some());
}

#[test]
fn a_refusal_says_why() {
    let file = |option: &str| PasteError::File(option.to_owned());
    for (text, want) in [
        ("", PasteError::NoCurl),
        ("wget https://h", PasteError::NoCurl),
        ("Invoke-WebRequest -Uri https://h", PasteError::NoCurl),
        ("curl -Uri https://h -Method Post", PasteError::InvokeWebRequest),
        ("curl 'https://h/{a,b}'", PasteError::Several),
        ("curl https://h/[1-3]", PasteError::Several),
        (r"curl https://h -d $'\ud83d'", PasteError::Half),
        ("curl -H 'a: b", PasteError::Quote),
        ("curl https://h -H", PasteError::Value("-H".to_owned())),
        ("curl -s", PasteError::NoUrl),
        ("curl https://h -G -d @query", file("-d")),
        ("curl https://h -G --data-urlencode name@file", file("--data-urlencode")),
        ("curl https://h -H @headers", file("-H")),
        ("curl https://h -X 'GE T'", PasteError::Method),
        ("curl $'https://h/\\xff'", PasteError::Text),
    ] {
        assert_eq!(curl(text), Err(want), "{text}");
    }
}

#[test]
fn credentials_are_dropped_and_named() {
    let found = read(
        "curl -u me:hunter22 'https://you:hunter22@h/a?x=1&access_token=hunter22&key=hunter22' -H 'X-Api-Key: hunter22' \
         -H 'X-Custom: token sk_live_hunter22' --oauth2-bearer hunter22 -b sid=hunter22 -G -d 'sig=hunter22' -d y=2",
    );
    let want = [
        "the value of -u",
        "the header X-Api-Key",
        "the header X-Custom",
        "the value of --oauth2-bearer",
        "the cookies (-b)",
        "the user information of the URL",
        "the parameter access_token",
        "the parameter key",
        "the parameter sig",
    ];
    assert_eq!(dropped(&found), want);
    assert_eq!(found.url, "https://h/a?x=1");
    assert!(!format!("{found:?}").contains("hunter22"));
    assert_eq!(read("curl https://h/bot/ghp_0123456789abcdefABCD/x").url, "https://h/bot/{credential}/x");
}

#[test]
fn a_body_is_kept_and_its_suspicious_fields_are_named() {
    let body = r#"{"user":{"password":"hunter22"},"note":"sk_live_51H8xZc2eZ","list":[{"token":""}]}"#;
    let found = read(&format!("curl https://h -d '{body}'"));
    assert_eq!(found.body, json(body));
    assert_eq!(found.suspicious, ["the field password of the body", "the field note of the body"]);
    assert_eq!(
        read("curl https://h -d 'a=1&client_secret=x'").suspicious,
        ["the field client_secret of the body"]
    );
    assert!(read("curl https://h -d 'a=1'").suspicious.is_empty());
}

#[test]
fn a_credential_in_json_behind_a_form_is_named() {
    let key = "sk_live_51H8xZc2eZabcd";
    for text in [
        format!("curl https://h -d a=1 -d '{{\"a\":\"{key}\"}}'"),
        format!("curl https://h -H 'content-type: application/json' -d= -d '{{\"a\":\"{key}\"}}'"),
        format!("curl https://h -d '{key}=1'"),
    ] {
        assert_eq!(read(&text).suspicious, ["a field of the body"], "{text}");
    }
}

#[test]
fn what_a_json_body_is_sent_with_is_said_where_curl_does_otherwise() {
    let notes = |text: &str| read(text).notes;
    assert!(notes("curl https://h --json '{}' -H 'Content-Type:'")[0].contains("application/json"));
    assert!(notes("curl https://h --json null")[0].contains("null is not sent"));
    assert!(notes("curl https://h -H 'content-type: application/json' -d ' null'")[0].contains("not sent"));
    assert_eq!(notes("curl https://h --json '{}'"), [""; 0]);
    assert_eq!(notes("curl https://h -d null"), [""; 0], "a form");
}

const SECRETS: [&str; 5] = [
    "sk_live_51H8xZc2eZabcd",
    "ghp_0123456789abcdefABCDEF",
    "xoxb-1234567890-abcdef",
    "AKIAIOSFODNN7EXAMPLE",
    "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.c2lnbmF0dXJl",
];

proptest! {
    #[test]
    fn no_text_breaks_it(text in any::<String>()) {
        let _ = curl(&text);
        let _ = curl(&format!("curl {text}"));
    }

    #[test]
    fn no_command_breaks_it(words in prop::collection::vec(
        prop_oneof![
            Just("-H".to_owned()), Just("-d".to_owned()), Just("-G".to_owned()), Just("--json".to_owned()),
            Just("--url".to_owned()), Just("-u".to_owned()), Just("--data-urlencode".to_owned()),
            Just("-sSLX".to_owned()), Just("--".to_owned()), Just("--next".to_owned()),
            "[-a-zA-Z:=@/?&#%{}é ]{0,12}",
        ],
        0..8,
    )) {
        let _ = curl(&format!("curl {}", shell_words::join(words)));
    }

    #[test]
    fn a_known_credential_never_gets_through(
        secret in prop::sample::select(SECRETS.to_vec()),
        place in 0..10_usize,
        before in "[ -]?",
    ) {
        let text = match place {
            0 => format!("curl https://h -H 'X-Any: {before}{secret}'"),
            1 => format!("curl 'https://h/{before}{secret}/x'"),
            2 => format!("curl 'https://h?q={secret}'"),
            3 => format!("curl https://{secret}@h/"),
            4 => format!("curl https://h -H '{secret}: x'"),
            5 => format!("curl -G https://h -d 'x={secret}'"),
            6 => format!("curl https://h -X '{secret}'"),
            7 => format!("curl https://h --{secret}"),
            8 => format!("curl https://h#{secret}"),
            _ => format!("curl {secret}"),
        };
        let said = match curl(&text) {
            Ok(found) => format!("{found:?}"),
            Err(error) => format!("{error} {error:?}"),
        };
        prop_assert!(!said.contains(secret), "{}", said);
    }
}
