//! `--log`, `--quiet`, `--verbose`.

use std::fs;

use crate::rig::{Rig, Run, bare, configure, run};

/// What must never be in a log, beside keys: what a call was made of.
const MARKS: [&str; 6] =
    ["mark-header", "mark-query", "mark-body", "mark-reason", "mark-path", "mark-context"];

fn logged(rig: &Rig, arguments: &[&str]) -> Run {
    rig.run(&[&["--log", "a.log"], arguments].concat())
}

fn log(rig: &Rig) -> String {
    fs::read_to_string(rig.home.path().join("a.log")).unwrap()
}

#[test]
fn a_log_has_what_was_asked_and_never_a_secret() {
    let rig = Rig::new(60, &["throttle-header=1,first=1,path=/sdk/grants/list"]);
    let ids = logged(&rig, &["list", "--all", "--fields", "grant_id,account", "--output", "csv"]);
    assert_eq!(ids.code, 0, "{}", ids.err);
    let id = rig.run(&["id", "github:octo-acme"]).out.trim().to_owned();
    // In retrieve mode the simulated provider stands behind the backend's own address.
    let path = "api.github.com/repos/acme/mark-path/issues";
    let here = format!("{}/provider/https/{path}", rig.backend.base_url());
    for (mode, url) in [("proxy", format!("https://{path}")), ("retrieve", here)] {
        let what = ["call", &id, "POST", &url, "--mode", mode, "--yes", "--reason", "mark-reason"];
        let with = ["-H", "X-Mark: mark-header", "-q", "q=mark-query", "-d", "{\"title\":\"mark-body\"}"];
        let ran = logged(&rig, &[&what[..], &with, &["--context", "a=mark-context"]].concat());
        assert!([0, 8].contains(&ran.code), "{mode} {}", ran.err);
    }
    assert_eq!(logged(&rig, &["show", "google:nobody@mark-path"]).code, 4);
    let text = log(&rig);
    let host = rig.backend.base_url().strip_prefix("http://").unwrap().to_owned();
    for want in [
        "begin version=",
        "command=list",
        &format!("session source=environment host={host}"),
        &format!("answer POST /sdk/grants/list host={host} status=429 ms="),
        "retry code=rate_limit_exceeded pause_ms=1",
        &format!("answer POST /sdk/grants/list host={host} status=200 ms="),
        "provider POST host=127.0.0.1 status=",
        "failure code=grant_not_found who=you",
        "end exit=4",
    ] {
        assert!(text.contains(want), "{want}\n{text}");
    }
    let key = rig.key();
    let credentials: Vec<String> = rig
        .backend
        .journal()
        .iter()
        .flat_map(|entry| [entry.target.clone()])
        .filter(|target| target.contains('?'))
        .collect();
    let lost = [key.as_str(), &key[key.len() - 12..], &id, &id[..13]];
    for secret in lost.into_iter().chain(MARKS).chain(credentials.iter().map(String::as_str)) {
        assert!(!text.contains(secret), "{secret} is in the log\n{text}");
    }
    for account in ids.out.lines().skip(1).flat_map(|line| line.split(',')).filter(|cell| cell.len() > 5) {
        assert!(!text.contains(account), "{account} is in the log\n{text}");
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let facts = fs::metadata(rig.home.path().join("a.log")).unwrap();
        assert_eq!(facts.permissions().mode() & 0o777, 0o600);
    }
}

#[test]
fn nothing_that_fails_gets_a_secret_into_the_log() {
    let rig = Rig::new(10, &["key-revoked"]);
    assert_eq!(logged(&rig, &["list"]).code, 3);
    let key = rig.key();
    let broken = format!("{}x", &key[..key.len() - 1]);
    assert_eq!(run(rig.command(&["--log", "a.log", "list"]).env("ALTER_API_KEY", &broken)).code, 3);
    let nobody = "https://user:mark-path@backend.test/?mark-query";
    assert_eq!(run(rig.command(&["--log", "a.log", "list"]).env("ALTER_BASE_URL", nobody)).code, 2);
    let text = log(&rig);
    assert!(text.contains("failure code=key_revoked who=alter"), "{text}");
    assert!(
        text.contains("failure code=key_checksum") && text.contains("failure code=base_url_malformed"),
        "{text}"
    );
    for secret in [&key, &broken, "mark-", "user:"] {
        assert!(!text.contains(secret), "{secret} is in the log\n{text}");
    }
}

#[test]
fn a_log_that_cannot_be_written_is_reported_before_anything_is_asked() {
    let rig = Rig::new(3, &[]);
    let ran = rig.run(&["--log", "no/such/folder/a.log", "list"]);
    assert_eq!((ran.code, ran.rows()), (1, ""), "{}", ran.err);
    assert!(ran.err.contains("no/such/folder/a.log"), "{}", ran.err);
    assert!(rig.backend.journal().is_empty());
}

#[test]
fn verbose_reports_requests_and_quiet_leaves_remarks_out() {
    let rig = Rig::new(10, &[]);
    let plain = rig.run(&["list"]);
    assert!(!plain.err.contains("answer POST"), "{}", plain.err);
    let verbose = rig.run(&["list", "--verbose"]);
    assert_eq!(verbose.out, plain.out);
    assert!(verbose.err.contains("grantdeck: answer POST /sdk/grants/list"), "{}", verbose.err);

    fs::write(rig.home.path().join("a.txt"), "x\n").unwrap();
    let message = rig.run(&["scan", "a.txt"]);
    assert!(message.err.contains("no grant ids in 1 file"), "{}", message.err);
    let quiet = rig.run(&["scan", "a.txt", "--quiet"]);
    assert_eq!((quiet.code, quiet.err.as_str()), (0, ""));
    let cut = rig.run(&["--quiet", "list", "--limit", "2"]);
    assert!(cut.err.contains("2 of 10 grants"), "a part never passes for the whole: {}", cut.err);
    assert_ne!(rig.run(&["--quiet", "id", "google:nobody"]).err, "", "failures are told");

    let home = tempfile::tempdir().unwrap();
    for arguments in [&["--quiet"][..], &["--verbose"], &["list", "--quiet", "--verbose"]] {
        let ran = run(&mut bare(&home, arguments));
        assert_eq!(ran.code, 2, "{arguments:?} {}", ran.err);
    }
}

#[test]
fn refusals_name_profile_backend_and_key() {
    let rig = Rig::new(10, &["key-revoked"]);
    let masked = format!("…{}", &rig.key()[rig.key().len() - 4..]);
    configure(
        &rig.home,
        &format!("[profiles.shop]\nkey_env = \"SHOP_KEY\"\nbase_url = \"{}\"\n", rig.backend.base_url()),
    );
    for arguments in [
        &["list"][..],
        &["id", "google"],
        &["show", "google"],
        &["scan"],
        &["smoke"],
        &["ops", "google"],
        &["call", "google", "GET", "/x"],
    ] {
        let arguments = [&["--profile", "shop"], arguments].concat();
        let ran = run(bare(&rig.home, &arguments).env("SHOP_KEY", rig.key()));
        assert_eq!(ran.code, 3, "{arguments:?} {}", ran.err);
        for want in ["profile   shop", "backend   127.0.0.1", &format!("key       {masked}")] {
            assert_eq!(ran.err.matches(want).count(), 1, "{want} {arguments:?}\n{}", ran.err);
        }
    }
    let ran = run(bare(&rig.home, &["--profile", "shop", "list"]).env("SHOP_KEY", "alter_broken"));
    assert!(ran.code == 3 && ran.err.contains("profile   shop"), "{}", ran.err);
}
