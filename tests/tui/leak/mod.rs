//! No credential can be found anywhere afterwards: not on the screen, in the history, in any other file, in what the
//! backend was told, or in the memory of the program at rest. The backend is another process.

mod relay;
mod traces;

use std::io;
use std::process::Command;
use std::time::Instant;

use serde_json::Value;
use tempfile::TempDir;

use self::relay::{Backend, MARK};
use self::traces::{Trace, files, memory, search};
use crate::driver::{LIMIT, Start, Tui};

/// A grant that a call can be made with in both modes, by provider: its id.
fn grants(backend: &Backend, home: &TempDir) -> Vec<(String, String)> {
    let listed = Command::new(env!("CARGO_BIN_EXE_grantdeck"))
        .args(["list", "--all", "--output", "json"])
        .env_clear()
        .env("HOME", home.path())
        .env("ALTER_API_KEY", &backend.key)
        .env("ALTER_BASE_URL", &backend.url)
        .output()
        .unwrap();
    let rows: Vec<Value> = serde_json::from_slice(&listed.stdout).unwrap();
    let free = rows.iter().filter(|row| {
        let unruled = row["grant_policy"].is_null() && row["parent_grant_id"].is_null();
        row["health"] == "ok" && (unruled || row["managed_secret_slug"] == "stripe-production")
    });
    free.map(|row| {
        let provider = row["provider_id"].as_str().or(row["managed_secret_slug"].as_str()).unwrap();
        (provider.to_owned(), row["grant_id"].as_str().unwrap().to_owned())
    })
    .collect()
}

struct Session {
    tui: Tui,
    grants: Vec<(String, String)>,
}

impl Session {
    /// Opens the call of the first grant of a provider; it has the given URL, and the mode that was asked for.
    fn compose(&mut self, provider: &str, curl: &str, retrieve: bool) {
        let tui = &mut self.tui;
        let (_, id) = self.grants.iter().find(|(of, _)| of == provider).unwrap();
        tui.press("/");
        tui.press("ctrl-u");
        tui.type_text(id);
        tui.press("enter");
        tui.settle();
        tui.press("c");
        tui.wait_for("Request");
        tui.paste(curl);
        tui.settle();
        // The mode of the call before stays with the same grant.
        if retrieve && !tui.screen().contains("retrieve ·") {
            tui.press("m");
            tui.wait_for("retrieve ·");
        }
    }

    /// Sends it, waits until the screen says how it ended, and leaves.
    fn send(&mut self, provider: &str, curl: &str, retrieve: bool, said: &str) {
        self.compose(provider, curl, retrieve);
        let tui = &mut self.tui;
        tui.press("s");
        if curl.contains("-X POST") {
            tui.wait_for("Send a call that may change data?");
            tui.answer("y");
        }
        tui.wait_for_words(said);
        tui.settle();
        // All of the body passes by, then the headers.
        for key in ["G", "v", "G", "v", "G", "v", "h", "G", "h"] {
            tui.press(key);
            tui.settle();
        }
        tui.press("esc");
        tui.settle();
        tui.press("esc");
        tui.wait_for("ACCOUNT");
        tui.settle();
    }
}

#[test]
fn no_credential_is_left_anywhere() {
    let backend = Backend::start(&["--grants", "300", "--fault", "deny-after=0"]);
    let home = tempfile::tempdir().unwrap();
    let grants = grants(&backend, &home);
    let tui = Start::program(&[])
        .home(home.path())
        .env("ALTER_API_KEY", &backend.key)
        .env("ALTER_BASE_URL", &backend.url)
        .env("GRANTDECK_TEST_READABLE", "1")
        .size(200, 50)
        .spawn();
    tui.wait_for("of 300 ");
    let mut session = Session { tui, grants };

    // Calls that Alter makes: answered, refused by the provider, denied by a person.
    session.send("github", "curl https://api.github.com/user", false, "provider 200");
    session.send("github", "curl https://api.github.com/orgs/acme/audit-log", false, "provider 401");
    let write =
        "curl -X POST https://api.stripe.com/v1/customers -H 'Content-Type: application/json' -d '{}'";
    session.send("stripe-production", write, false, "The request was not approved.");

    // Each way of putting a credential in, with a provider that is content.
    for (provider, place) in [
        ("github", "api.github.com/user"),
        ("google", "www.googleapis.com/oauth2/v2/userinfo"),
        ("datadog", "api.datadoghq.com/api/v1/validate"),
        ("warehouse-readonly", "warehouse.acme.example/v1/tables"),
        ("twilio", "api.twilio.com/2010-04-01/Accounts.json"),
        ("aws-production", "sts.amazonaws.com/?Action=GetCallerIdentity"),
    ] {
        let url = backend.provider(place);
        session.send(provider, &format!("curl '{url}'"), true, "provider 200");
    }
    // And with one that says everything back, or refuses, or breaks off.
    for (provider, effect, said) in [
        ("github", "401", "provider 401"),
        ("google", "403", "provider 403"),
        ("datadog", "302", "provider 302"),
        ("warehouse-readonly", "200?page=2", "provider 200"),
        ("warehouse-readonly", "drop", "The connection was lost."),
        ("twilio", "wide", "provider 200"),
        ("twilio", "401", "provider 401"),
        ("aws-production", "403", "provider 403"),
    ] {
        let host = match provider {
            "github" => "api.github.com",
            "google" => "www.googleapis.com",
            "datadog" => "api.datadoghq.com",
            "twilio" => "api.twilio.com",
            "aws-production" => "sts.amazonaws.com",
            _ => "warehouse.acme.example",
        };
        let url = backend.provider(&format!("{host}/echo/{effect}"));
        session.send(provider, &format!("curl '{url}'"), true, said);
    }
    let secrets = backend.credentials();
    assert!(secrets.len() >= 9, "{} credentials were handed out", secrets.len());
    let traces: Vec<Trace> = secrets.iter().map(|(name, secret)| Trace::of(name, secret)).collect();
    let key = Trace::of("the app key", &backend.key);
    let mark = Trace::of("the mark", MARK);
    let control = |trace: &Trace, bytes: &[u8]| trace.find(bytes).is_some();
    session.tui.rest();

    // What the terminal got.
    let written = session.tui.raw_bytes();
    assert!(control(&mark, &written), "the echo was never shown");
    let mut found = search(&traces, "the terminal", &written);
    found.extend(search(std::slice::from_ref(&key), "the terminal", &written));

    // What is on disk: the history, and whatever else there may be.
    let kept = files(home.path());
    assert!(kept.iter().any(|(_, bytes)| control(&mark, bytes)), "the echo is not in the history");
    for (name, bytes) in &kept {
        found.extend(search(&traces, name, bytes));
        found.extend(search(std::slice::from_ref(&key), name, bytes));
    }

    // What the backend was told, credentials being its own answer.
    let reported = backend.captured("/sdk/oauth/audit/");
    assert!(reported.len() >= 12, "{} audit rows", reported.len());
    assert!(reported.iter().any(|row| control(&mark, &row.request)), "no audit row tells of the echo");
    for captured in backend.captured("/sdk/") {
        found.extend(search(&traces, &captured.target, &captured.request));
    }
    assert!(found.is_empty(), "{}", found.join("\n"));

    let process = session.tui.process();
    if !cfg!(target_os = "linux") {
        return;
    }
    // The connection of a call ends a moment after the call.
    let since = Instant::now();
    loop {
        let memory = match memory(process) {
            Ok(memory) => memory,
            Err(error) if error.kind() == io::ErrorKind::PermissionDenied => {
                eprintln!("skipped: the kernel does not let this test read the memory of its child: {error}");
                return;
            }
            Err(error) => panic!("{error}"),
        };
        let any = |trace: &Trace| memory.iter().any(|(_, bytes)| control(trace, bytes));
        assert!(any(&key), "the session needs its key, so the scan must find it");
        assert!(any(&Trace::of("an account", "octo-acme")), "the list holds its accounts");
        let found: Vec<String> =
            memory.iter().flat_map(|(name, bytes)| search(&traces, name, bytes)).collect();
        if found.is_empty() {
            return;
        }
        assert!(since.elapsed() < LIMIT / 4, "{}", found.join("\n"));
    }
}
