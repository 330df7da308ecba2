//! What of a file that is changed or scanned comes to standard output and standard error: nothing that may be a secret.

use std::fs;
use std::path::Path;

use crate::rig::{Rig, Run};

/// Of a private key, of a token, of a password: no eight bytes of one may be said.
const SECRETS: [&str; 5] = [
    "I8chEpss0xW2fPaCKAylTM==",
    "eyJhbGciOiJIUzI1NiJ9.c2Vjc",
    "sk_live_4eC39HqLyjWDarjtT1",
    "correct-horse:battery=staple",
    "0b5c1d2e-9f3a-4b6c-8d7e-1a2b3c4d5e6f",
];

fn assert_quiet(ran: &Run, what: &str) {
    for secret in SECRETS {
        for from in 0..=secret.len() - 8 {
            let part = &secret[from..from + 8];
            assert!(
                !ran.err.contains(part) && !ran.out.contains(part),
                "{what}: {part}\n{}{}",
                ran.out,
                ran.err
            );
        }
    }
}

/// Files of each kind with an id and all secrets in them.
fn files(id: &str) -> Vec<(&'static str, String)> {
    let [key, token, live, phrase, uuid] = SECRETS;
    vec![
        (
            "a.env",
            format!(
                "K=\"-----BEGIN PRIVATE KEY-----\nAAAA\n{key}\n-----END PRIVATE KEY-----\"\nTOKEN={token} # {live}\n\
                 # {phrase}\nOLD_GRANT_ID={id}\nPOSTMARK={uuid}\n"
            ),
        ),
        (
            "b.env",
            format!("K=-----BEGIN PRIVATE KEY-----\n{key}\nOLD_GRANT_ID={id} # {token}\n{live}\n{uuid}\n"),
        ),
        (
            "c.toml",
            format!(
                "# {live}\n[alter.grants]\nold = \"{id}\" # {token}\n[k]\npem = \"\"\"\n{key}\n\"\"\"\np = '{phrase}'\nu='{uuid}'\n"
            ),
        ),
        (
            "d.json",
            format!(
                "{{\"p\":\"{phrase}\",\"k\":\"\\n{key}\\n\",\"a\":[{{\"old\":\"{id}\",\"t\":\"{token}\"}}],\"u\":\"{uuid}\",\"l\":\"{live}\"}}"
            ),
        ),
        (
            "e.yaml",
            format!(
                "# {live}\nalter:\n  old: {id} # {token}\n  pem: |\n    {key}\n    {phrase}: x\n  u: {uuid}\n"
            ),
        ),
        ("f.py", format!("KEY = '{key}'; GRANT_ID = '{id}'; T = '{token}' # {live} {phrase} {uuid}\n")),
    ]
}

#[test]
fn neither_a_diff_nor_a_scan_says_a_secret() {
    let rig = Rig::new(40, &[]);
    let id = rig.run(&["id", "google:work@acme.example"]).out.trim().to_owned();
    let new = "slack:acme-hq";
    let at = |name: &str| rig.home.path().join(name);
    for (name, text) in files(&id) {
        fs::write(at(name), text).unwrap();
    }
    for name in ["a.env", "b.env", "c.toml", "d.json", "e.yaml"] {
        let is_env = Path::new(name).extension().is_some_and(|extension| extension == "env");
        let key = if is_env { "GRANT_ID" } else { "alter.grants.new" };
        let ran = rig.run(&["id", new, "--write", name, "--name", key, "--dry-run"]);
        assert_eq!(ran.code, 0, "{name} {}", ran.err);
        assert!(ran.err.contains("+ "), "{name} {}", ran.err);
        assert_quiet(&ran, name);
    }
    for format in ["jsonl", "csv", "table"] {
        let ran = rig.run(&["scan", ".", "-o", format]);
        assert_eq!(ran.code, 0, "{}", ran.err);
        assert!(ran.out.contains("f.py"), "{}", ran.out);
        assert_quiet(&ran, format);
    }
    let pair = format!("{id}={new}");
    let ran = rig.run(&["scan", ".", "--swap", &pair, "--dry-run", "--verbose"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert_quiet(&ran, "swap");
    // What it is about is seen, with its names, and whose both ids are.
    for want in [
        "+ OLD_GRANT_ID=",
        "@ alter.grants.old",
        "+ old = \"",
        "@ a[0].old",
        "@ alter.old",
        "+ ••• GRANT_ID •••",
        "(google · work@acme.example #work, ok) → ",
        "(slack · acme-hq, ",
    ] {
        assert!(ran.err.contains(want), "{want}\n{}", ran.err);
    }
    let done = rig.run(&["scan", ".", "--swap", &pair, "--yes"]);
    assert_eq!(done.code, 0, "{}", done.err);
    assert_quiet(&done, "swap");
    let new = rig.run(&["id", new]).out.trim().to_owned();
    for (name, text) in files(&new) {
        assert_eq!(fs::read_to_string(at(name)).unwrap(), text, "{name}");
    }
}
