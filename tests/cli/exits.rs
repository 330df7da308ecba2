//! Exit codes: every subcommand in every situation that it can meet.

use std::process::Stdio;

use crate::rig::{Rig, bare, configure, run};

/// Subcommands that ask the backend, as somebody would call them, with a grant that is there once.
pub(crate) const ASKING: [&[&str]; 10] = [
    &["list"],
    &["show", "github:octo-acme"],
    &["id", "github:octo-acme"],
    &["scan"],
    &["smoke", "github:octo-acme"],
    &["ops", "github"],
    &["call", "github:octo-acme", "GET", "/user"],
    &["whoami"],
    &["connect", "github", "--dry-run"],
    &["revoke", "github:octo-acme", "--dry-run"],
];

/// Subcommands that ask nobody.
const ALONE: [&[&str]; 6] = [
    &["providers"],
    &["profiles"],
    &["profiles", "list"],
    &["completions", "bash"],
    &["man"],
    &["doctor", "--offline"],
];

/// A grant that scan could put in the place of another; no file holds that one.
const OLD: &str = "11111111-2222-4333-8444-555555555555";

/// A port at which nobody listens.
pub(crate) fn nobody() -> String {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    format!("http://{}", listener.local_addr().unwrap())
}

#[test]
fn what_goes_well_is_0() {
    let rig = Rig::new(40, &[]);
    for arguments in ASKING.iter().chain(&ALONE) {
        let ran = rig.run(arguments);
        assert_eq!(ran.code, 0, "{arguments:?} {}", ran.err);
    }
    assert_eq!(rig.run(&["doctor"]).code, 0);
    let home = tempfile::tempdir().unwrap();
    let all =
        ASKING.iter().chain(&ALONE).map(|arguments| arguments[0]).chain(["sandbox", "approvals", "history"]);
    for name in all {
        assert_eq!(run(&mut bare(&home, &[name, "--help"])).code, 0, "{name}");
    }
}

#[test]
fn what_cannot_be_meant_is_2_for_every_subcommand() {
    let rig = Rig::new(3, &[]);
    for arguments in ASKING.iter().chain(&ALONE).chain(&[&["sandbox"][..], &["approvals", OLD]]) {
        for wrong in ["--no-such-option", "--color=never,please"] {
            let ran = rig.run(&[arguments, &[wrong][..]].concat());
            assert_eq!((ran.code, ran.rows()), (2, ""), "{arguments:?} {wrong} {}", ran.err);
        }
    }
    for arguments in ASKING {
        let with = |name: &str, value: &str| run(rig.command(arguments).env(name, value)).code;
        assert_eq!(with("ALTER_BASE_URL", "ftp://x"), 2, "{arguments:?}");
        assert_eq!(with("GRANTDECK_CONFIG", "relative.toml"), 2, "{arguments:?}");
        assert_eq!(rig.run(&[&["--profile", "nobody"], arguments].concat()).code, 2, "{arguments:?}");
    }
    // A value that fills nothing is a mistake of whoever wrote it.
    let param = rig.run(&["call", OLD, "GET", "https://api.github.com/user", "--param", "nosuch=1"]);
    assert_eq!((param.code, param.rows()), (2, ""), "{}", param.err);
    assert!(param.err.contains("has no placeholder {nosuch}"), "{}", param.err);
    assert!(rig.backend.journal().is_empty(), "nothing was sent");
}

#[test]
fn what_a_doctor_finds_is_10() {
    for (faults, base) in [(&["key-revoked"][..], None), (&["truncated-json"], None), (&[], Some(nobody()))] {
        let rig = Rig::new(40, faults);
        let mut doctor = rig.command(&["doctor", "--output", "json"]);
        doctor.env("ALTER_BASE_URL", base.unwrap_or_else(|| rig.backend.base_url().to_owned()));
        let ran = run(&mut doctor);
        let report: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
        assert_eq!((ran.code, &report["ok"]), (10, &false.into()), "{faults:?} {}", ran.out);
    }
}

#[test]
fn names_that_fit_nothing_are_4_and_several_are_5() {
    let rig = Rig::new(200, &[]);
    for (name, want) in [("google:nobody", 4), ("google", 5)] {
        let swap = format!("{OLD}={name}");
        for arguments in [
            &["show", name][..],
            &["id", name],
            &["id", name, "github:octo-acme"],
            &["smoke", name],
            &["scan", "--swap", &swap],
            &["call", name, "GET", "/x"],
        ] {
            let ran = rig.run(arguments);
            assert_eq!((ran.code, ran.rows()), (want, ""), "{arguments:?} {}", ran.err);
        }
    }
    assert_eq!(rig.run(&["ops", "no-such-provider"]).code, 4);
    assert_eq!(rig.run(&["approvals", OLD]).code, 4);
}

#[test]
fn what_is_not_allowed_is_7_and_what_nobody_confirmed_is_2() {
    let rig = Rig::new(40, &[]);
    let narrow = &rig.backend.credentials().narrow_keys;
    let denied = narrow.iter().any(|narrow| {
        use secrecy::ExposeSecret;
        let call = ["call", "github:octo-acme", "GET", "https://api.github.com/user"];
        run(rig.command(&call).env("ALTER_API_KEY", narrow.key.expose_secret())).code == 7
    });
    assert!(denied, "a key that may not call");
    let url = rig.backend.base_url();
    configure(
        &rig.home,
        &format!("[profiles.safe]\nkey_env = \"K\"\nbase_url = \"{url}\"\nread_only = true\n"),
    );
    let post = ["call", "github:octo-acme", "POST", "/user/repos", "-d", "{}"];
    let safe = [&["--profile", "safe"], &post[..], &["--yes"]].concat();
    let ran = run(bare(&rig.home, &safe).env("K", rig.key()));
    assert_eq!(ran.code, 7, "{}", ran.err);
    assert_eq!(rig.run(&post).code, 2);
    assert_eq!(rig.run(&["id", "github:octo-acme", "--write", ".env"]).code, 2);
    assert_eq!(rig.run(&["profiles", "remove", "safe"]).code, 2);
}

#[cfg(unix)]
#[test]
fn every_subcommand_that_is_interrupted_says_130() {
    use rustix::process::{Pid, Signal, kill_process};
    for arguments in ASKING {
        let rig = Rig::new(3, &["latency=60s"]);
        let child = rig.command(arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        rig.wait_for_request();
        kill_process(Pid::from_child(&child), Signal::INT).unwrap();
        let ended = child.wait_with_output().unwrap();
        let message = String::from_utf8_lossy(&ended.stderr);
        assert_eq!(ended.status.code(), Some(130), "{arguments:?} {message}");
        let out = String::from_utf8(ended.stdout).unwrap();
        let prints_words = matches!(arguments[0], "id" | "call" | "whoami" | "connect" | "revoke");
        let is_reported = out.starts_with("{\"error\":{")
            && out.contains("\"code\":\"cancelled\"")
            && out.lines().count() == 1;
        assert!(if prints_words { out.is_empty() } else { is_reported }, "{arguments:?} {out}");
    }
}
