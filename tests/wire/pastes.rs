//! Pasted curl commands: what is sent is what curl sends, or the paste is refused, or a person is told.
//!
//! `pastes/corpus.toml` has the pastes, after what browsers, API clients and documentation write;
//! `pastes/recorded.json` has what curl itself sent for each, see `pastes/record.py`.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use grantdeck::domain::code::paste::{self, Pasted};
use grantdeck::domain::{DraftBody, GrantId, RequestDraft, template};
use grantdeck::protocol::call::{Credential, inject};
use jiff::Timestamp;
use pretty_assertions::assert_eq;
use secrecy::ExposeSecret;
use serde_json::{Value, json};

use crate::calls::{GRANT, retrieval};

#[derive(serde::Deserialize)]
struct Corpus {
    paste: Vec<Paste>,
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Paste {
    name: String,
    text: String,
    /// The same for bash, where the text is for another shell or bash would cut it: only for recording.
    #[serde(default)]
    #[expect(dead_code, reason = "read by record.py")]
    posix: String,
    want: Want,
    /// What the refusal or what is told has in it.
    #[serde(default)]
    says: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
enum Want {
    /// Sent as curl does, with nothing to be told.
    Same,
    /// A person is told what is different.
    Notice,
    /// Not taken over.
    Refused,
}

/// A request, without what each client sets for its own connection.
#[derive(Debug, PartialEq)]
struct Sent {
    method: String,
    url: String,
    headers: Vec<(String, String)>,
    body: Value,
}

impl Sent {
    fn new(method: &str, url: &str, headers: Vec<(String, String)>, body: &[u8]) -> Self {
        let url = url::Url::parse(url).expect("a URL");
        // Whether a client encodes `[` or `"` is its own choice.
        let url =
            url.as_str().replace("%5B", "[").replace("%5D", "]").replace("%7B", "{").replace("%7D", "}");
        let mut headers: Vec<(String, String)> = headers
            .into_iter()
            .map(|(name, value)| (name.to_lowercase(), value.trim().to_owned()))
            .filter(|(name, _)| {
                !matches!(name.as_str(), "host" | "content-length" | "expect" | "transfer-encoding")
            })
            .filter(|pair| *pair != ("accept".to_owned(), "*/*".to_owned()))
            .filter(|(name, value)| !(name == "user-agent" && value.starts_with("curl/")))
            .collect();
        if body.is_empty() {
            headers.retain(|(name, _)| name != "content-type");
        }
        headers.sort();
        let body = serde_json::from_slice(body).unwrap_or_else(|_| json!(STANDARD.encode(body)));
        Self { method: method.to_owned(), url, headers, body }
    }

    /// What curl sent, but for what the paste was told to leave out.
    fn recorded(request: &Value, pasted: &Pasted) -> Self {
        let dropped: Vec<String> = pasted.dropped.iter().map(|dropped| dropped.what.to_lowercase()).collect();
        let named = |name: &str| {
            let header = format!("the header {}", name.to_lowercase());
            dropped.contains(&header)
                || pasted
                    .ignored
                    .iter()
                    .any(|ignored| ignored.to_lowercase().starts_with(&format!("{header},")))
                || (name.eq_ignore_ascii_case("cookie")
                    && dropped.iter().any(|what| what.contains("cookies")))
                || (name.eq_ignore_ascii_case("accept-encoding")
                    && pasted.ignored.iter().any(|ignored| ignored == "--compressed"))
                || is_signature(name)
                || (name.eq_ignore_ascii_case("content-type") && says(pasted, "sent as JSON"))
        };
        let headers = request["headers"].as_array().expect("headers").iter();
        let headers = headers
            .map(|pair| {
                (pair[0].as_str().expect("text").to_owned(), pair[1].as_str().expect("text").to_owned())
            })
            .filter(|(name, _)| !named(name));
        let url = request["url"].as_str().expect("text");
        let (place, query) = url.split_once('?').map_or((url, None), |(place, query)| (place, Some(query)));
        let kept: Vec<&str> = query
            .into_iter()
            .flat_map(|query| query.split('&'))
            .filter(|piece| {
                !dropped.contains(&format!("the parameter {}", piece.split('=').next().unwrap_or_default()))
            })
            .collect();
        let url = if query.is_some() { format!("{place}?{}", kept.join("&")) } else { place.to_owned() };
        let method = request["method"].as_str().expect("text").to_uppercase();
        let body = STANDARD.decode(request["body"].as_str().expect("text")).expect("base64");
        Self::new(&method, &url, headers.collect(), &body)
    }

    /// What a call in retrieve mode would send.
    fn of(draft: &RequestDraft) -> Result<Self, String> {
        let answer = json!({
            "access_token": "the-credential", "token_type": "Bearer", "grant_id": GRANT, "provider_id": "x",
            "injection_header": "Authorization", "injection_format": "Bearer {token}",
            "token_generation": GRANT, "scopes": [],
        });
        let credential =
            Credential::parse(answer.to_string().as_bytes()).map_err(|error| error.to_string())?;
        let retrieval = retrieval(draft).map_err(|error| error.to_string())?;
        let request = inject::request(&retrieval, &credential, "curl/grantdeck", Timestamp::UNIX_EPOCH)
            .map_err(|error| format!("{error:?}"))?;
        let headers = request
            .headers
            .iter()
            .map(|header| (header.name.clone(), header.value.expose_secret().to_owned()));
        let headers = headers.filter(|(name, _)| name != "Authorization").collect();
        Ok(Self::new(&request.method, &request.url, headers, request.body.as_deref().unwrap_or_default()))
    }
}

/// What curl adds for `-u` and `--aws-sigv4`.
fn is_signature(name: &str) -> bool {
    let name = name.to_lowercase();
    name == "authorization" || name.starts_with("x-amz-")
}

/// All that a person is told.
fn reported(pasted: &Pasted) -> Vec<String> {
    let places = places(pasted).into_iter().map(|name| format!("{{{name}}}"));
    let variables =
        pasted.variables.iter().map(|variable| format!("{} in {}", variable.text, variable.place));
    let dropped = pasted.dropped.iter().map(|dropped| dropped.what.clone());
    places
        .chain(variables)
        .chain(pasted.no_body.clone())
        .chain(dropped)
        .chain(pasted.ignored.clone())
        .chain(pasted.notes.clone())
        .collect()
}

fn says(pasted: &Pasted, words: &str) -> bool {
    reported(pasted).iter().any(|line| line.to_lowercase().contains(&words.to_lowercase()))
}

/// Whether the request waits for values that only a person has.
fn is_open(pasted: &Pasted) -> bool {
    !pasted.variables.is_empty() || pasted.no_body.is_some() || !places(pasted).is_empty()
}

/// The names that a form has fields for.
fn places(pasted: &Pasted) -> Vec<String> {
    let mut draft = RequestDraft::new(GrantId::parse(GRANT).expect("an id"), "GET", "");
    pasted.clone().fill(&mut draft);
    template::places(&draft.url, &draft.path_parameters).into_iter().map(str::to_owned).collect()
}

#[test]
fn a_paste_is_sent_as_curl_sends_it_or_explained() {
    let corpus: Corpus = toml::from_str(include_str!("pastes/corpus.toml")).expect("the corpus");
    let recorded: BTreeMap<String, Option<Value>> =
        serde_json::from_str(include_str!("pastes/recorded.json")).expect("the recordings");
    let mut counts: BTreeMap<Want, usize> = BTreeMap::new();
    let mut faults: Vec<String> = Vec::new();
    let mut compared = 0;
    for Paste { name, text, want, says: words, .. } in &corpus.paste {
        *counts.entry(*want).or_default() += 1;
        let pasted = match (paste::curl(text), want) {
            (Err(error), Want::Refused) => {
                if !error.to_string().contains(words.as_str()) {
                    faults.push(format!("{name}: refused with: {error}"));
                }
                continue;
            }
            (Err(error), _) => {
                faults.push(format!("{name}: refused: {error}"));
                continue;
            }
            (Ok(pasted), Want::Refused) => {
                faults.push(format!("{name}: taken over as {pasted:?}"));
                continue;
            }
            (Ok(pasted), _) => pasted,
        };
        let lines = reported(&pasted);
        if (*want == Want::Notice) == lines.is_empty() {
            faults.push(format!("{name}: wanted {want:?}, told {lines:?}"));
        }
        if !words.is_empty() && !says(&pasted, words) {
            faults.push(format!("{name}: {words:?} is not told: {lines:?}"));
        }
        if is_open(&pasted) {
            continue;
        }
        let Some(request) = recorded.get(name).and_then(Option::as_ref) else {
            faults.push(format!("{name}: nothing was recorded"));
            continue;
        };
        let mut draft = RequestDraft::new(GrantId::parse(GRANT).expect("an id"), "GET", "");
        pasted.clone().fill(&mut draft);
        compared += 1;
        let mut sent = Sent::of(&draft);
        if let Ok(sent) = &mut sent
            && says(&pasted, "sent as JSON")
        {
            sent.headers.retain(|(name, _)| name != "content-type");
        }
        let wanted = Sent::recorded(request, &pasted);
        // What cannot be sent as it is, is told too.
        let is_stopped = sent.is_err() && *want == Want::Notice;
        if !is_stopped && sent.as_ref() != Ok(&wanted) {
            faults.push(format!("{name}: sent   {sent:?}\n{name}: wanted {wanted:?}"));
        }
    }
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
    println!("{counts:?}, {compared} compared with what curl sent");
    assert!(corpus.paste.len() >= 150 && compared >= 120, "{counts:?}, {compared} compared");
    let names: std::collections::BTreeSet<&String> = corpus.paste.iter().map(|paste| &paste.name).collect();
    assert_eq!(names.len(), corpus.paste.len(), "names are unique");
}

#[test]
fn a_paste_never_makes_a_body_that_is_not_its_own() {
    // Bytes stay bytes, and JSON stays as it was typed.
    let bytes = paste::curl("curl https://h -H 'Content-Type: a/b' --data-binary $'\\xff'").expect("a call");
    assert_eq!(bytes.body, DraftBody::Raw(vec![0xff]));
    let text = "{\"a\" : 1.0,\"b\":12345678901234567890}";
    let json = paste::curl(&format!("curl --json '{text}' https://h")).expect("a call");
    assert_eq!(json.body, DraftBody::Json(text.to_owned()));
}
