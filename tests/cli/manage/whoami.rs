//! `grantdeck whoami`, and signing in.

use grantdeck::sandbox::SessionEnd;
use secrecy::ExposeSecret as _;
use serde_json::{Value, json};

use super::connect::{object, rig};
use crate::rig::run;

#[test]
fn a_key_says_whose_it_is() {
    let rig = rig(SessionEnd::Accept, &[]);
    let ran = rig.run(&["whoami", "-o", "json"]);
    let me = object(&ran.out);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(me["application_id"].is_string() && me["agent"].is_null() && me["user"].is_null(), "{me}");
    assert!(!ran.out.contains(&rig.key()), "the key's end alone");
    let lines = rig.run(&["whoami"]);
    assert!(lines.out.contains("an application's key") && lines.out.contains("belongs to the application"));
    let agent = rig
        .backend
        .credentials()
        .agent_keys
        .iter()
        .find(|agent| agent.status == "active")
        .unwrap()
        .key
        .expose_secret()
        .to_owned();
    let ran = run(rig.command(&["whoami", "-o", "json"]).env("ALTER_API_KEY", agent));
    assert!(object(&ran.out)["agent"]["name"].is_string(), "{} {}", ran.out, ran.err);
}

#[test]
fn somebody_signs_in_for_one_command() {
    let rig = rig(SessionEnd::Accept, &[]);
    let ran = rig.run(&["whoami", "--as-user", "-o", "json"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    let email = object(&ran.out)["user"]["email"].as_str().unwrap().to_owned();
    assert!(ran.err.contains(&format!("signed in as {email}")), "{}", ran.err);
    // What is made then is theirs.
    let connected = rig.run(&["connect", "github", "--as-user", "--yes", "-o", "json"]);
    assert_eq!(connected.code, 0, "{}", connected.err);
    let row = rig.run(&["show", object(&connected.out)["grant_id"].as_str().unwrap(), "-o", "json"]);
    assert_eq!(object(&row.out)["principal_type"], "user", "{}", row.out);
}

#[test]
fn a_sign_in_that_does_not_come_about_says_why() {
    for (sessions, fault, want, code) in [
        (SessionEnd::Decline, None, None, Value::Null),
        (SessionEnd::Expire, None, Some(9), json!("session_timed_out")),
        (SessionEnd::Accept, Some("no-right=sign-in"), Some(7), json!("insufficient_scope")),
        // An agent's key where an application's is needed.
        (SessionEnd::Accept, Some("agent-key,path=/sdk/auth/"), None, Value::Null),
    ] {
        let rig = rig(sessions, fault.as_slice());
        let ran = rig.run(&["whoami", "--as-user", "--timeout", "20s", "-o", "json"]);
        assert!(want.is_none_or(|want| ran.code == want) && ran.code != 0, "{sessions} {}", ran.err);
        let error = &object(&ran.out)["error"]["code"];
        assert!(code.is_null() || *error == code, "{error} {}", ran.err);
    }
}
