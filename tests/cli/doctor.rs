//! `grantdeck doctor`.

use std::collections::BTreeMap;
use std::net::TcpListener;

use serde_json::Value;

use crate::rig::{Rig, Run, bare, configure, run};

/// State and finding of each check; of those with one name, the worst.
fn checks(ran: &Run) -> BTreeMap<String, (String, String)> {
    let report: Value = serde_json::from_str(&ran.out).unwrap();
    let order =
        |state: &str| ["ok", "unknown", "warning", "problem"].iter().position(|known| *known == state);
    let mut found: BTreeMap<String, (String, String)> = BTreeMap::new();
    for check in report["checks"].as_array().unwrap() {
        let text = |name: &str| check[name].as_str().unwrap().to_owned();
        let this = (text("state"), text("found"));
        let worse = found.get(&text("name")).is_none_or(|known| order(&known.0) < order(&this.0));
        if worse {
            found.insert(text("name"), this);
        }
    }
    found
}

#[test]
fn a_healthy_setup_is_reported_without_a_secret() {
    let rig = Rig::new(3, &[]);
    let ran = rig.run(&["doctor", "--output", "json"]);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    let found = checks(&ran);
    for name in
        ["version", "configuration", "source", "key", "backend", "list grants", "clock", "rate budget"]
    {
        assert_eq!(found[name].0, "ok", "{name}: {}", found[name].1);
    }
    assert_eq!(found["proxy calls"].0, "unknown", "a call would be recorded");
    let ran = rig.run(&["doctor"]);
    let key = rig.key();
    for secret in [key.as_str(), &key[..key.len() - 4]] {
        assert!(!ran.out.contains(secret), "the key is not printed");
    }
    for request in rig.backend.journal() {
        let reads = request.method == "GET" || request.target == "/sdk/grants/list";
        assert!(reads, "{} {} may change something", request.method, request.target);
    }
}

#[test]
fn what_is_wrong_is_reported_with_a_remedy() {
    let rig = Rig::new(3, &[]);
    configure(&rig.home, "theme = \"drak\"\n");
    let ran = rig.run(&["doctor", "--output", "json"]);
    assert_eq!(ran.code, 10);
    let found = checks(&ran);
    assert_eq!(found["configuration"].0, "problem");
    assert!(found["configuration"].1.contains("line 1"), "{}", found["configuration"].1);
    assert_eq!(found["backend"].0, "ok", "one mistake does not cost the rest");

    let home = tempfile::tempdir().unwrap();
    let ran = run(&mut bare(&home, &["doctor", "--output", "json"]));
    assert_eq!(ran.code, 10);
    let found = checks(&ran);
    assert_eq!(found["key"].0, "problem");
    assert!(found["key"].1.contains("ALTER_API_KEY"), "{}", found["key"].1);
    assert!(!found.contains_key("backend"), "nobody is asked without a key");
}

#[test]
fn a_key_that_may_do_less_is_reported_what() {
    let rig = Rig::new(3, &[]);
    let agent = rig.backend.credentials().agent_keys.iter().find(|agent| agent.status == "active").unwrap();
    let key = secrecy::ExposeSecret::expose_secret(&agent.key).to_owned();
    let ran = run(rig.command(&["doctor", "--output", "json"]).env("ALTER_API_KEY", key));
    let found = checks(&ran);
    assert_eq!((ran.code, found["list grants"].0.as_str()), (0, "ok"), "{found:?}");
    assert_eq!(found["list agents"].0, "warning", "an agent does not see the others: {found:?}");
}

#[test]
fn a_backend_that_never_answers_does_not_hold_the_rest_up() {
    let rig = Rig::new(1, &[]);
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", silent.local_addr().unwrap());
    let ran = run(rig.command(&["doctor", "--output", "json"]).env("ALTER_BASE_URL", url));
    let found = checks(&ran);
    assert_eq!((ran.code, found["backend"].0.as_str()), (10, "problem"));
    assert!(found["backend"].1.contains("1500 ms"), "{}", found["backend"].1);
    assert!(found.contains_key("clipboard"));
    let ran = rig.run(&["doctor", "--offline", "--output", "json"]);
    assert_eq!((ran.code, checks(&ran)["backend"].0.as_str()), (0, "unknown"));
    assert!(rig.backend.journal().is_empty(), "offline asks nobody");
}

#[cfg(unix)]
#[test]
fn files_that_others_may_touch_are_reported() {
    use std::os::unix::fs::PermissionsExt;

    let rig = Rig::new(1, &[]);
    configure(&rig.home, "theme = \"dark\"\n");
    let file = rig.home.path().join("grantdeck/config.toml");
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o666)).unwrap();
    let found = checks(&rig.run(&["doctor", "--offline", "--output", "json"]));
    assert_eq!(found["configuration"].0, "warning");
    assert!(found["configuration"].1.contains("0666"), "{}", found["configuration"].1);
}
