//! A provider that says the credential back, in every encoding and every place: nothing that is printed, filtered,
//! saved, kept or told to Alter has it.

#[path = "../../src/protocol/call/encoded/encodings.rs"]
mod encodings;

use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};

use self::encodings::{CHARACTERS, CHARSETS, WHOLE};
use crate::rig::{Rig, Run};

/// What every answer holds beside the credential.
const MARK: &str = "the-echo-was-here";

const OCTO: &str = "github:octo-acme";

/// A secret in each encoding, and in each upon one that is not made of characters.
fn forms(secret: &str) -> Vec<String> {
    let mut forms = Vec::new();
    for (_, whole) in WHOLE {
        let inner = whole(secret);
        forms.extend(CHARACTERS.iter().map(|(_, encode)| encode(&inner)));
        forms.push(inner);
    }
    forms
}

/// A form as the text of a JSON string.
fn quoted(form: &str) -> String {
    let as_it_is = format!("\"{form}\"");
    if serde_json::from_str::<Value>(&as_it_is).is_ok() { as_it_is } else { json!(form).to_string() }
}

/// The provider: `/json`, `/text`, `/small` for a short document, and `/` with the name of a
/// charset.
struct Provider {
    address: SocketAddr,
    secret: Arc<Mutex<String>>,
}

impl Provider {
    fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let (address, secret) = (listener.local_addr().unwrap(), Arc::new(Mutex::default()));
        let known = Arc::clone(&secret);
        std::thread::spawn(move || listener.incoming().flatten().for_each(|stream| answer(&stream, &known)));
        Self { address, secret }
    }

    fn url(&self, path: &str) -> String {
        format!("http://{}/{path}", self.address)
    }
}

fn answer(mut stream: &TcpStream, known: &Mutex<String>) {
    let mut lines = BufReader::new(stream).lines().map_while(Result::ok);
    let target = lines.next().unwrap_or_default();
    let head: Vec<String> = lines.take_while(|line| !line.is_empty()).collect();
    let sent = head.iter().find_map(|line| {
        let (name, value) = line.split_once(": ")?;
        name.eq_ignore_ascii_case("authorization").then(|| value.rsplit(' ').next().unwrap().to_owned())
    });
    let Some(secret) = sent else { return };
    known.lock().unwrap().clone_from(&secret);
    let forms = forms(&secret);
    let path = target.split(' ').nth(1).unwrap().trim_start_matches('/');
    let small = || WHOLE.iter().chain(CHARACTERS).map(|(_, encode)| encode(&secret)).collect();
    let forms: Vec<String> = if path == "small" { small() } else { forms };
    let values: Vec<String> = forms.iter().map(|form| quoted(form)).collect();
    let names: Vec<String> = values.iter().enumerate().map(|(at, name)| format!("{name}: {at}")).collect();
    let document = format!(
        "{{\"mark\": \"{MARK}\", \"values\": [{}], \"names\": {{{}}}}}",
        values.join(",\n"),
        names.join(",\n")
    );
    let text = format!("{MARK}\n{}\n", forms.join("\n"));
    let body = match path {
        "json" | "small" => document.into_bytes(),
        "text" => text.into_bytes(),
        charset => {
            let (_, encode) = CHARSETS.iter().find(|(name, _)| *name == charset).unwrap();
            encode(&document)
        }
    };
    let mut headers = String::new();
    for form in forms.iter().filter(|form| !form.contains(['\r', '\n'])).take(60) {
        headers.extend(["X-Echo: ", form, "\r\n"]);
    }
    let length = body.len();
    let head =
        format!("HTTP/1.1 418 {secret}\r\n{headers}Content-Length: {length}\r\nConnection: close\r\n\r\n");
    // Who has gone away needs no answer.
    let _ = stream.write_all(&[head.into_bytes(), body].concat());
}

/// All texts of a JSON value, names among them.
fn texts(value: &Value, out: &mut Vec<String>) {
    match value {
        Value::String(text) => out.push(text.clone()),
        Value::Array(items) => items.iter().for_each(|item| texts(item, out)),
        Value::Object(fields) => fields.iter().for_each(|(name, value)| {
            out.push(name.clone());
            texts(value, out);
        }),
        _ => {}
    }
}

/// Asserts that a secret is not in what came out, in no form and no charset; nor in what a reader of JSON makes of it.
fn assert_clean(what: &str, out: &[u8], secret: &str) {
    let holds = |part: &[u8]| memchr::memmem::find(out, part).is_some();
    for form in forms(secret) {
        for (charset, encode) in CHARSETS {
            assert!(!holds(&encode(&form)), "{what} has it in {charset}: {form}");
        }
    }
    let (mut read, forms) = (Vec::new(), forms(secret));
    for value in serde_json::Deserializer::from_slice(out).into_iter::<Value>().map_while(Result::ok) {
        texts(&value, &mut read);
    }
    for text in read {
        let found = forms.iter().find(|form| text.contains(*form));
        assert_eq!(found, None, "{what} has it in a text of its JSON: {text}");
    }
}

fn files(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let mut all = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            all.extend(files(&path));
        } else {
            all.push((path.display().to_string(), fs::read(&path).unwrap()));
        }
    }
    all
}

#[test]
fn a_credential_that_is_said_back_comes_out_nowhere() {
    let rig = Rig::new(40, &[]);
    let provider = Provider::start();
    let ask = |path: &str, arguments: &[&str]| -> Run {
        let url = provider.url(path);
        rig.run(&[&["call", OCTO, "GET", &url, "--mode", "retrieve"], arguments].concat())
    };
    for (path, arguments) in [
        ("json", &[][..]),
        ("json", &["--include"]),
        ("json", &["--output", "json"]),
        ("json", &["--jq", "."]),
        ("json", &["--jq", "[.. | strings]"]),
        ("json", &["--jq", ".names | keys[]", "--raw-output"]),
        ("json", &["--output", "json", "--jq", "."]),
        ("json", &["--out", "saved"]),
        ("small", &[]),
        ("text", &[]),
        ("text", &["--output", "json"]),
        ("UTF-16LE", &["--output", "json"]),
        ("UTF-16BE", &["--out", "saved-too"]),
    ] {
        let ran = ask(path, arguments);
        let what = format!("{path} {arguments:?}");
        assert_eq!(ran.code, 8, "{what}: {}", ran.err);
        let secret = provider.secret.lock().unwrap().clone();
        assert!(secret.len() > 20, "{what}");
        assert_clean(&what, ran.out.as_bytes(), &secret);
        assert_clean(&what, ran.err.as_bytes(), &secret);
        assert!(
            ran.err.contains("echoed the credential") || arguments.contains(&"json"),
            "{what}: {}",
            ran.err
        );
        // It was read, or nothing would be proven.
        let marked = path == "json"
            && !arguments.iter().any(|argument| argument.contains("keys") || *argument == "--out");
        assert!(!marked || ran.out.contains(MARK), "{what}: {}", ran.out);
        let saved = arguments.iter().find(|argument| argument.starts_with("saved"));
        if let Some(name) = saved {
            let saved = fs::read(rig.home.path().join(name)).unwrap();
            assert_clean(&what, &saved, &secret);
            assert!(saved.len() > 5_000, "{what}");
        }
        // The journal of the history and the audit log, after each call: every call has a credential of its own.
        let kept = files(rig.home.path());
        assert!(
            kept.iter().any(|(_, bytes)| memchr::memmem::find(bytes, MARK.as_bytes()).is_some()),
            "{what}"
        );
        for (name, bytes) in kept {
            assert_clean(&name, &bytes, &secret);
        }
        let rows = rig.backend.audit();
        let row = rows.last().unwrap().row.to_string();
        assert_clean("the audit row", row.as_bytes(), &secret);
        assert!(row.contains("x-echo"), "{row}");
        // It tells the answer as it is shown, where that is short; UTF-16 is no text.
        assert_eq!(row.contains(MARK), path == "small", "{what}: {row}");
    }
}
