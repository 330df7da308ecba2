//! Who asks, and why: said by the configuration with each call and each probe.

use serde_json::Value;

use crate::rig::{Rig, bare, configure, run};

/// What the backend was told by each request that may be about a call: target, context, and the reason in the body.
fn message(rig: &Rig) -> Vec<(String, Option<String>, Option<String>)> {
    let asked = rig.backend.journal();
    rig.backend.world().clear_journal();
    let about =
        asked.iter().filter(|request| request.method == "POST" && !request.target.contains("/grants/"));
    about
        .map(|request| {
            let body: Value = serde_json::from_slice(&request.body).unwrap_or_default();
            let context = request.header("x-alter-context").map(str::to_owned);
            (request.target.clone(), context, body["reason"].as_str().map(str::to_owned))
        })
        .collect()
}

fn rig() -> Rig {
    let rig = Rig::new(40, &[]);
    let url = rig.backend.base_url();
    let text = format!(
        "reason = \"on call\"\n\
         [profiles.shop]\nkey_env = \"K\"\nbase_url = \"{url}\"\ncontext = {{ team = \"shop\" }}\n\
         [context]\noperator = {{ env = \"USER\" }}\ntool = \"grantdeck\"\n"
    );
    configure(&rig.home, &text);
    rig
}

#[test]
fn each_call_says_who_asks_and_why() {
    let rig = rig();
    let said = |arguments: &[&str]| {
        let ran = run(bare(&rig.home, arguments).env("K", rig.key()).env("USER", "ann"));
        assert_eq!(ran.code, 0, "{arguments:?}: {}", ran.err);
        message(&rig)
    };
    let shop = r#"{"operator":"ann","tool":"grantdeck","team":"shop"}"#;
    let call = ["--profile", "shop", "call", "github:octo-acme", "GET", "/user"];
    let found = said(&call);
    assert_eq!(found, [("/sdk/proxy".to_owned(), Some(shop.to_owned()), Some("on call".to_owned()))]);
    // What the command line says counts more, key by key.
    let own = ["--reason", "ticket 7", "--context", "operator=bob", "--context", "ticket=7"];
    let found = said(&[&call[..], &own].concat());
    let bob = r#"{"operator":"bob","tool":"grantdeck","team":"shop","ticket":"7"}"#;
    assert_eq!(found, [("/sdk/proxy".to_owned(), Some(bob.to_owned()), Some("ticket 7".to_owned()))]);
    let found = said(&["--profile", "shop", "smoke", "github:octo-acme"]);
    let probe = r#"{"tool":"grantdeck","operator":"ann","team":"shop"}"#;
    assert_eq!(found, [("/sdk/proxy".to_owned(), Some(probe.to_owned()), Some("on call".to_owned()))]);
}

#[test]
fn a_credential_and_the_audit_row_say_it_too() {
    let rig = rig();
    // The backend is this machine's, so the provider is its simulator's: the row is written whether it answers or not.
    let arguments = [
        "--profile",
        "shop",
        "call",
        "github:octo-acme",
        "GET",
        "/user",
        "--mode",
        "retrieve",
        "--timeout",
        "1s",
    ];
    run(bare(&rig.home, &arguments)
        .env("K", rig.key())
        .env("USER", "ann")
        .env("HTTPS_PROXY", "http://127.0.0.1:9"));
    let found = message(&rig);
    assert_eq!(found.len(), 2, "{found:?}");
    for (target, context, reason) in found {
        assert_eq!(
            context.as_deref(),
            Some(r#"{"operator":"ann","tool":"grantdeck","team":"shop"}"#),
            "{target}"
        );
        assert_eq!(reason.as_deref(), Some("on call"), "{target}");
    }
}

#[test]
fn what_cannot_be_said_is_reported_and_doctor_shows_the_rest() {
    let rig = rig();
    let doctor = |user: &str| {
        let arguments = ["--profile", "shop", "doctor", "--offline"];
        run(bare(&rig.home, &arguments).env("K", rig.key()).env("USER", user)).out
    };
    let out = doctor("ann");
    assert!(out.contains("attribution      reason \"on call\"; context operator, tool, team\n"), "{out}");
    let out = doctor("");
    assert!(out.contains("attribution      reason \"on call\"; context tool, team\n"), "{out}");
    assert!(out.contains("! warning  attribution") && out.contains("USER is not set"), "{out}");
    let call = ["--profile", "shop", "call", "github:octo-acme", "GET", "/user"];
    let ran = run(bare(&rig.home, &call).env("K", rig.key()));
    assert!(ran.code == 0 && ran.err.contains("USER is not set"), "{}", ran.err);
    configure(&rig.home, &format!("[context]\na = \"\"\nb = \"{}\"\n", "x".repeat(513)));
    let ran = rig.run(&["doctor", "--offline"]);
    assert!(ran.out.contains("line 3") && ran.out.contains("at most 512 characters"), "{}", ran.out);
}
