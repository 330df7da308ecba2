//! `grantdeck id` and `grantdeck show`.

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::rig::{Rig, Run, bare, configure, run};

/// Accounts that every world begins with, and the names that are suggested for them.
const WORK: &str = "google:work@acme.example";
const WORK_NAME: &str = "GOOGLE_WORK_ACME_GRANT_ID";
const SLACK: &str = "slack:acme-hq";

fn id(rig: &Rig, arguments: &[&str]) -> Run {
    rig.run(&[&["id"], arguments].concat())
}

/// The id behind a selector, from the list.
fn truth(rig: &Rig, selector: &str) -> String {
    let (provider, account) = selector.split_once(':').unwrap();
    let ran = rig.run(&["list", "--provider", provider, "--account", account, "--fields", "grant_id"]);
    let rows: Vec<Value> = ran.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(rows.len(), 1, "{}", ran.out);
    rows[0]["grant_id"].as_str().unwrap().to_owned()
}

fn read(rig: &Rig, name: &str) -> String {
    fs::read_to_string(rig.home.path().join(name)).unwrap()
}

fn put(rig: &Rig, name: &str, text: impl AsRef<[u8]>) {
    fs::write(rig.home.path().join(name), text).unwrap();
}

#[test]
fn an_id_is_printed_in_each_way_that_it_is_named() {
    let rig = Rig::new(40, &[]);
    let want = truth(&rig, WORK);
    assert_eq!(id(&rig, &[WORK]).out, format!("{want}\n"));
    assert_eq!(id(&rig, &[&want[..13]]).out, format!("{want}\n"));
    assert_eq!(id(&rig, &[&want]).out, format!("{want}\n"));
    let asked = rig.backend.journal().len();
    assert_eq!(id(&rig, &[&want, "--no-check"]).out, format!("{want}\n"), "a whole id is taken at its word");
    assert_eq!(rig.backend.journal().len(), asked, "and costs no request");

    let env = format!("# google · work@acme.example\n{WORK_NAME}={want}\n");
    assert_eq!(id(&rig, &[WORK, "--as", "env"]).out, env);
    let slack = truth(&rig, SLACK);
    let both = format!("{env}# slack · acme-hq\nSLACK_ACME_HQ_GRANT_ID={slack}\n");
    assert_eq!(id(&rig, &[WORK, SLACK, &want, "--as", "env"]).out, both, "named twice, written once");
    assert_eq!(id(&rig, &[WORK, SLACK]).out, format!("{want}\n{slack}\n"));
    let named = id(&rig, &[WORK, "--as", "toml", "--name", "alter.google"]);
    assert!(named.out.ends_with(&format!("alter.google = \"{want}\"\n")), "{}", named.out);
}

#[test]
fn what_cannot_be_meant_is_usage_and_asks_nobody() {
    let home = tempfile::tempdir().unwrap();
    for (arguments, said) in [
        (&["id"][..], "SELECTOR"),
        (&["id", WORK, "--as", "dotenv"], "no such format"),
        (&["id", WORK, "--as", "env", "--name", "9-a"], "try `GRANT_9_a`"),
        (&["id", WORK, "--name", "A"], "the format uuid has no name"),
        (&["id", WORK, "--as", "python", "--name", "class"], "try `class_GRANT_ID`"),
        (&["id", WORK, SLACK, "--as", "env", "--name", "A"], "--name needs exactly one grant"),
        (&["id", WORK, "--write", ".env", "--as", "env"], "cannot be used with"),
        (&["id", WORK, "--write", ".env", "--copy"], "cannot be used with"),
        (&["id", WORK, "--dry-run"], "needs --write"),
        (&["id", WORK, "--yes"], "needs --write"),
        (&["show"], "SELECTOR"),
        (&["show", WORK, "-o", "csv"], "invalid value"),
    ] {
        let ran = run(&mut bare(&home, arguments));
        assert_eq!((ran.code, ran.rows()), (2, ""), "{arguments:?} {}", ran.err);
        assert!(ran.err.contains(said), "{arguments:?} {}", ran.err);
    }
    let rig = Rig::new(40, &[]);
    assert_eq!(id(&rig, &["google:nobody"]).code, 4);
    let many = id(&rig, &["google"]);
    assert_eq!(many.code, 5, "{}", many.err);
    assert!(many.err.contains("candidate") && many.err.contains("work@acme.example"), "{}", many.err);
}

#[test]
fn a_name_that_is_printed_is_found_again() {
    let rig = Rig::new(300, &[]);
    let all = rig.run(&["list", "--all"]).out;
    let seen = fs::read_to_string(rig.home.path().join(".local/state/grantdeck/selectors.tsv")).unwrap();
    let names: Vec<&str> = seen.lines().filter_map(|line| line.split('\t').next()).collect();
    let odd = |name: &&&str| name.contains([' ', '(', '#']);
    let odd: Vec<&&str> = names.iter().filter(odd).take(30).collect();
    assert!(odd.iter().any(|name| name.contains('(')) && odd.len() == 30, "{odd:?}");
    for name in odd {
        let found = id(&rig, &[name]);
        match found.code {
            0 => assert!(all.contains(found.out.trim()), "{name}"),
            5 => assert!(found.err.contains("candidate"), "{name} {}", found.err),
            11 => assert!(
                found.err.contains("revoked") || found.err.contains("expired"),
                "{name} {}",
                found.err
            ),
            _ => panic!("{name} is not found again: {}", found.err),
        }
    }
    let refused = id(&rig, &["stripe-production"]);
    assert_eq!(refused.code, 5, "{}", refused.err);
    assert!(refused.err.contains("'stripe-production:Stripe (production)"), "quoted: {}", refused.err);
}

/// All rows of a list.
fn rows(rig: &Rig) -> Vec<Value> {
    rig.run(&["list", "--all"]).out.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn is_over(row: &Value) -> bool {
    row["health"] == "revoked" || row["health"] == "expired"
}

/// The account of a row as it is named, and its grants.
fn accounts(rows: &[Value]) -> std::collections::BTreeMap<String, Vec<&Value>> {
    let mut accounts = std::collections::BTreeMap::<String, Vec<&Value>>::new();
    for row in rows {
        let name = row["provider_id"].as_str().zip(row["account_identifier"].as_str());
        let Some((provider, account)) = name.filter(|(_, account)| !account.is_empty()) else { continue };
        accounts.entry(format!("{provider}:{account}")).or_default().push(row);
    }
    accounts
}

#[test]
fn of_a_name_with_one_live_grant_that_one_is_meant() {
    let rig = Rig::new(500, &[]);
    let rows = rows(&rig);
    let live = |rows: &[&Value]| rows.iter().filter(|row| !is_over(row)).count();
    let accounts = accounts(&rows);
    let (name, reconnected) = accounts.iter().find(|(_, rows)| rows.len() == 2 && live(rows) == 1).unwrap();
    let want = reconnected.iter().find(|row| !is_over(row)).unwrap()["grant_id"].as_str().unwrap();
    let said = format!(" is {}…, the live grant of that name; another one is revoked or expired", &want[..8]);
    let swap = format!("11111111-2222-4333-8444-555555555555={name}");
    for arguments in [
        &["id", name][..],
        &["id", name, WORK],
        &["show", name],
        &["smoke", name],
        &["call", name, "GET", "https://api.test/me", "-o", "json"],
        &["scan", "--swap", &swap, "--allow-empty"],
    ] {
        let ran = rig.run(arguments);
        assert!(ran.err.contains(&said), "{arguments:?} {}", ran.err);
        assert!(ran.out.contains(want) || arguments[0] == "scan", "{arguments:?} {} {}", ran.out, ran.err);
    }
    // Of several live ones none is taken unasked.
    let (name, _) = accounts.iter().find(|(_, rows)| live(rows) > 1).unwrap();
    for arguments in
        [&["id", name][..], &["show", name], &["smoke", name], &["call", name, "GET", "https://api.test/me"]]
    {
        let ran = rig.run(arguments);
        assert_eq!((ran.code, ran.rows()), (5, ""), "{arguments:?} {}", ran.err);
        assert!(ran.err.contains("candidate"), "{arguments:?} {}", ran.err);
    }
}

#[test]
fn an_id_is_checked_against_the_list_unless_asked_otherwise() {
    let rig = Rig::new(500, &[]);
    let rows = rows(&rig);
    let of = |health: &str| {
        let row = rows.iter().find(|row| row["health"] == health).unwrap();
        row["grant_id"].as_str().unwrap().to_owned()
    };
    let (revoked, expired, reconnect) = (of("revoked"), of("expired"), of("needs_reconnect"));
    let unknown = "11111111-2222-4333-8444-555555555555";
    let written = ["--write", "new.env", "--name", "A_GRANT_ID", "--yes"];
    for more in [&[][..], &["--as", "env"], &[WORK], &["--copy"], &written] {
        for (name, code, said) in [
            (unknown, 4, "There is no such grant"),
            (&revoked, 11, "This grant was revoked"),
            (&expired, 11, "The permission has expired"),
            (&revoked[..13], 11, "This grant was revoked"),
        ] {
            // A name is for one grant.
            let ran = id(&rig, &[&[name], more].concat());
            assert_eq!((ran.code, ran.out.as_str()), (code, ""), "{name} {more:?}: {}", ran.err);
            assert!(ran.err.contains(said), "{name} {more:?}: {}", ran.err);
            assert!(!rig.home.path().join("new.env").exists(), "{name} {more:?}");
        }
    }
    // Its id stays when the account is connected again.
    let ran = id(&rig, &[&reconnect]);
    assert_eq!((ran.code, ran.out), (0, format!("{reconnect}\n")), "{}", ran.err);
    assert!(ran.err.contains("is reconnect: the provider rejected"), "{}", ran.err);
    for name in [unknown, &revoked, &expired] {
        let ran = id(&rig, &[name, "--no-check"]);
        assert_eq!((ran.code, ran.out), (0, format!("{name}\n")), "{}", ran.err);
    }
    let mut down = rig.command(&["id", unknown]);
    let ran = run(down.env("ALTER_BASE_URL", "http://127.0.0.1:9"));
    assert_eq!((ran.code, ran.out.as_str()), (9, ""), "{}", ran.err);
    let mut down = rig.command(&["id", unknown, "--no-check"]);
    assert_eq!(run(down.env("ALTER_BASE_URL", "http://127.0.0.1:9")).code, 0);
}

#[test]
fn an_id_is_written_once_and_only_when_it_was_confirmed() {
    let rig = Rig::new(40, &[]);
    let want = truth(&rig, WORK);
    let before = "# mine\r\nexport A='b' # c\r\nSECRET=hunter2\r\n";
    put(&rig, ".env", before);

    let asked = id(&rig, &[WORK, "--write", ".env"]);
    assert_eq!((asked.code, asked.rows()), (2, ""), "{}", asked.err);
    assert!(
        asked.err.contains("+ GOOGLE_WORK_ACME_GRANT_ID=") && asked.err.contains("--yes"),
        "{}",
        asked.err
    );
    let dry = id(&rig, &[WORK, "--write", ".env", "--dry-run"]);
    assert_eq!(dry.code, 0, "{}", dry.err);
    assert!(!dry.err.contains("hunter2") && !dry.err.contains(&want), "a log gets it masked: {}", dry.err);
    // The comment is grantdeck's own text, and no part of the file yet.
    assert!(dry.err.contains("+ # google · work@acme.example\n"), "{}", dry.err);
    assert_eq!(read(&rig, ".env"), before);

    let done = id(&rig, &[WORK, "--write", ".env", "--yes", "--backup"]);
    assert_eq!((done.code, done.out.as_str()), (0, ""), "{}", done.err);
    assert!(done.err.contains("added") && done.err.contains(".env.bak"), "{}", done.err);
    let after = format!("{before}# google · work@acme.example\r\n{WORK_NAME}={want}\r\n");
    assert_eq!(read(&rig, ".env"), after);
    assert_eq!(read(&rig, ".env.bak"), before);
    let again = id(&rig, &[WORK, "--write", ".env"]);
    assert_eq!(again.code, 0, "what is there already needs no word: {}", again.err);
    assert!(again.err.contains("has this id already"), "{}", again.err);

    // Another grant under the same name.
    let slack = truth(&rig, SLACK);
    let other = id(&rig, &[SLACK, "--write", ".env", "--name", WORK_NAME, "--yes"]);
    assert_eq!(other.code, 0, "{}", other.err);
    assert!(other.err.contains("replaced, was") && !other.err.contains(&want), "{}", other.err);
    assert_eq!(read(&rig, ".env"), after.replace(&want, &slack));
}

#[test]
fn each_kind_of_file_takes_several_grants_in_one_go() {
    let rig = Rig::new(40, &[]);
    let (work, slack) = (truth(&rig, WORK), truth(&rig, SLACK));
    put(&rig, "a.toml", "x = 1 # one\n");
    put(&rig, "a.json", "{\n  // one\n  \"x\": 1,\n}\n");
    put(&rig, "a.yaml", "x: 1 # one\n");
    for name in ["new.env", "a.toml", "a.json", "a.yaml"] {
        let ran = id(&rig, &[WORK, SLACK, "--write", name, "--yes"]);
        assert_eq!(ran.code, 0, "{name} {}", ran.err);
        assert!(ran.err.contains("2 added"), "{}", ran.err);
        let text = read(&rig, name);
        assert!(text.contains(&work) && text.contains(&slack) && text.contains(WORK_NAME), "{text}");
        assert!(name == "new.env" || text.contains("one"), "{text}");
    }
    put(&rig, "b.yaml", "alter:\n  grants:\n    google: old # c\n");
    let ran = id(&rig, &[WORK, "--write", "b.yaml", "--name", "alter.grants.google", "--yes"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert_eq!(read(&rig, "b.yaml"), format!("alter:\n  grants:\n    google: {work} # c\n"));
}

#[test]
fn a_file_that_cannot_be_written_stays_and_the_reason_is_reported() {
    let rig = Rig::new(40, &[]);
    let text = |name: &str, text: &[u8]| put(&rig, name, text);
    text("twice.env", b"A=1\nA=2\n");
    text("broken.env", b"A=1\nB=\xff\n");
    text("bad.json", b"{\"A\": ");
    text("number.toml", b"A = 1\n");
    text("code.rs", b"fn main() {}\n");
    text("anchor.yaml", b"a: &x\n  A: 1\nA: *x\n");
    let huge = fs::File::create(rig.home.path().join("huge.env")).unwrap();
    huge.set_len(100 << 20).unwrap();
    fs::create_dir(rig.home.path().join("folder.env")).unwrap();
    #[cfg(unix)]
    {
        use std::os::unix::fs::{PermissionsExt, symlink};
        let at = |name: &str| rig.home.path().join(name);
        text("only.env", b"A=1\n");
        fs::set_permissions(at("only.env"), fs::Permissions::from_mode(0o400)).unwrap();
        symlink(at("loop.env"), at("loop.env")).unwrap();
        symlink(at("nowhere.env"), at("dangling.env")).unwrap();
    }
    let mut cases = vec![
        ("twice.env", "A", 1, "stands on lines 1 and 2"),
        ("broken.env", "A", 1, "line 2, is not UTF-8"),
        ("bad.json", "A", 1, "line 1"),
        ("number.toml", "A", 1, "is a number, not a text"),
        ("code.rs", "A", 1, "only .env, .toml"),
        ("anchor.yaml", "A", 1, "line 3"),
        ("huge.env", "A", 1, "over 10 MiB"),
        ("folder.env", "A", 1, "is a folder"),
        ("no/such/.env", "A", 1, "the folder"),
        ("missing.toml", "A", 1, "does not exist; only new .env files"),
        ("a.env", "a.b", 2, "try `a_b`"),
        ("a.env", "a b", 2, "try `a_b`"),
        ("a.toml", "a..b", 2, "a part of the name is empty"),
    ];
    if cfg!(unix) {
        cases.extend([
            ("only.env", "A", 1, "is read-only"),
            ("loop.env", "A", 1, "form a loop"),
            ("dangling.env", "A", 1, "is a dangling symlink"),
        ]);
    }
    for (name, key, code, said) in cases {
        let path = rig.home.path().join(name);
        let before = fs::metadata(&path).is_ok_and(|file| file.len() < 1 << 20).then(|| fs::read(&path).ok());
        let ran = id(&rig, &[WORK, "--write", name, "--name", key, "--yes"]);
        assert_eq!(ran.code, code, "{name} {}", ran.err);
        assert!(ran.err.contains(said), "{name}: {}", ran.err);
        assert_eq!(
            before,
            fs::metadata(&path).is_ok_and(|file| file.len() < 1 << 20).then(|| fs::read(&path).ok())
        );
    }
    assert!(!Path::new(&rig.home.path().join("a.env")).exists());
}

#[test]
fn a_copy_that_has_no_clipboard_is_shown_instead() {
    let rig = Rig::new(40, &[]);
    let want = truth(&rig, WORK);
    let mut command = rig.command(&["id", WORK, "--copy"]);
    // No desktop, and no terminal that could be asked.
    let ran = run(command.env("TERM", "dumb"));
    assert_eq!((ran.code, ran.out), (1, format!("{want}\n")), "{}", ran.err);
    assert!(ran.err.contains("Not copied; the id of google · work@acme.example"), "{}", ran.err);
    // Whoever wants it printed gets what was asked for.
    configure(&rig.home, "clipboard = \"print\"\n");
    let mut command = rig.command(&["id", WORK, "--copy"]);
    let ran = run(command.env("TERM", "dumb"));
    assert_eq!((ran.code, ran.out), (0, format!("{want}\n")), "{}", ran.err);
}

#[test]
fn everything_about_a_grant_is_shown() {
    let rig = Rig::new(40, &[]);
    let root = "github:mossgate-ci#team";
    let table = rig.run(&["show", root, "-o", "table"]);
    assert_eq!(table.code, 0, "{}", table.err);
    for want in [
        "github · mossgate-ci\n",
        "Health       ● ok\n",
        "Permission   until it is revoked\n",
        "  ✓ repo",
        "Agents       Triage bot  has access\n",
        "Children     ",
        "Policy\n",
        "/repos/mossgate-ci/*",
    ] {
        assert!(table.out.contains(want), "{want}\n{}", table.out);
    }
    let object: Value = serde_json::from_str(&rig.run(&["show", root]).out).unwrap();
    assert_eq!(object["provider_id"], "github");
    assert_eq!(object["children"].as_array().unwrap().len(), 1);
    let missing: Value = serde_json::from_str(&rig.run(&["show", SLACK, "-o", "json"]).out).unwrap();
    let scopes = missing["scopes_explained"].as_array().unwrap();
    let lost = scopes.iter().find(|scope| scope["scope"] == "chat:write").unwrap();
    assert_eq!((&lost["held"], &lost["required"]), (&Value::Bool(false), &Value::Bool(true)));
    assert_eq!(rig.run(&["show", "google:nobody"]).code, 4);
}
