//! What could not be read: rows of the list without an id, and paths that were named. Neither may end as if all were well.

use std::fs;

use serde_json::Value;

use crate::rig::{Rig, Run};

/// A uuid that is no grant.
const OTHER: &str = "11111111-2222-4333-8444-555555555555";

fn lines(text: &str) -> Vec<Value> {
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// The selectors of a row that can be read, and of one that cannot.
fn named(rig: &Rig) -> (String, String) {
    let rows = lines(&rig.run(&["list", "--all"]).out);
    let name = |is_odd: bool| {
        let row = rows.iter().find(|row| row.get("unreadable").is_some() == is_odd).unwrap();
        let text = |field: &str| row[field].as_str().unwrap_or_default().to_owned();
        format!("{}:{}", text("provider_id"), text("account_identifier"))
    };
    (name(false), name(true))
}

#[test]
fn smoke_counts_rows_whose_id_cannot_be_read() {
    let rig = Rig::new(3, &["odd-row=bad-id"]);
    let smoke = |arguments: &[&str]| rig.run(&[&["smoke", "--fail-on", "revoked"], arguments].concat());
    let message = "1 not tested: unreadable id";
    let ran = smoke(&["-o", "jsonl"]);
    let rows = lines(&ran.out);
    assert_eq!((ran.code, rows.len()), (8, 3), "{} {}", ran.out, ran.err);
    let error = &rows[2]["error"];
    assert_eq!((&error["code"], &error["details"]["rows"]), (&"rows_unreadable".into(), &"1".into()));
    assert!(ran.err.contains(message), "{}", ran.err);
    let json = smoke(&["-o", "json"]);
    assert_eq!(json.code, 8);
    assert!(serde_json::from_str::<Value>(&json.out).is_err(), "no array that looks whole: {}", json.out);
    let junit = smoke(&["-o", "junit"]).out;
    assert!(junit.contains(r#"tests="3" failures="0" errors="1""#), "{junit}");
    assert!(junit.contains("the list has a row with an unreadable id"), "{junit}");
    assert!(junit.contains("1 grant was not tested"), "{junit}");
    let csv = smoke(&["-o", "csv"]).out;
    assert!(csv.lines().last().unwrap().contains("(not whole: rows_unreadable)"), "{csv}");
    for format in ["table", "markdown"] {
        let ran = smoke(&["-o", format]);
        assert!(ran.code == 8 && ran.out.contains(message), "{format}: {}", ran.out);
    }
    assert!(
        smoke(&["-o", "markdown"]).out.contains("**Incomplete**: the list has a row with an unreadable id")
    );
    let found = rig.run(&["smoke", "--fail-on", "works"]);
    assert_eq!(found.code, 10, "what was found is found: {}", found.err);

    // Rows that nobody asked for are nobody's business. By id, for a name has a part of the list read, with an odd row
    // of its own.
    let good = rows[0]["grant_id"].as_str().unwrap();
    assert_eq!(smoke(&[good]).code, 0, "{good}");
    let (_, odd) = named(&rig);
    assert_eq!(smoke(&[&odd]).code, 8, "{odd}");
    assert_eq!(smoke(&["--limit", "3"]).code, 8);
}

#[test]
fn a_row_of_which_nothing_can_be_read_fits_every_filter() {
    let rig = Rig::new(5, &["odd-row=not-object"]);
    for filter in [
        &["--provider", "slack"][..],
        &["--provider", "slack", "--allow-empty"],
        &["--account", "acme-hq", "--allow-empty"],
        &["--health", "ok"],
        &["--search", "github"],
    ] {
        let ran = rig.run(&[&["smoke", "--fail-on", "revoked"], filter].concat());
        assert_eq!(ran.code, 8, "{filter:?}: {}", ran.err);
        assert!(ran.err.contains("1 not tested: unreadable id"), "{filter:?}: {}", ran.err);
    }
}

#[test]
fn an_id_that_cannot_be_read_makes_no_answer_whole() {
    let rig = Rig::new(3, &["odd-row=bad-id"]);
    let (good, odd) = named(&rig);
    let code =
        |ran: &Run| lines(&ran.out).last().map(|last| last["error"]["code"].clone()).unwrap_or_default();
    for arguments in [
        // What is not among the rows may be the one that cannot be read.
        &["id", OTHER][..],
        &["id", OTHER, &good],
        &["id", &odd],
        &["show", &odd],
        &["show", OTHER],
        &["scan"],
        &["scan", "--repair", "--yes"],
    ] {
        let ran = rig.run(arguments);
        let want = if arguments.contains(&"--repair") { 2 } else { 8 };
        assert_eq!(ran.code, want, "{arguments:?}: {} {}", ran.out, ran.err);
        assert!(ran.err.contains("unreadable id"), "{arguments:?}: {}", ran.err);
        if ["show", "scan"].contains(&arguments[0]) && want == 8 {
            assert_eq!(code(&ran), "rows_unreadable", "{arguments:?}: {}", ran.out);
        }
    }
    let list = rig.run(&["list", "--all"]);
    assert_eq!((list.code, lines(&list.out).len()), (0, 3), "every row is there, with what came");
    assert!(list.err.contains("1 row has an unreadable id"), "{}", list.err);
}

#[test]
fn show_says_that_there_may_be_more_relatives() {
    let rig = Rig::new(40, &[]);
    let rows = lines(&rig.run(&["list", "--all"]).out);
    // The odd row is another one of the same provider.
    let (mut looked, mut partial) = (0, 0);
    rig.backend.set_faults(["odd-row=bad-id".parse().unwrap()]);
    for row in rows.iter().filter(|row| row["provider_id"] == "github") {
        let id = row["grant_id"].as_str().unwrap();
        let ran = rig.run(&["show", id, "-o", "json"]);
        let shown = &lines(&ran.out)[0];
        looked += 1;
        assert_eq!(
            (ran.code, &shown["error"]["code"]),
            (8, &"rows_unreadable".into()),
            "{} {}",
            ran.out,
            ran.err
        );
        if shown["grant_id"] == id {
            partial += 1;
            assert!(ran.err.contains("there may be more related grants"), "{}", ran.err);
        }
    }
    assert!(looked > 2 && partial > 0, "{partial} of {looked}");
}

#[cfg(unix)]
#[test]
fn a_named_path_that_is_not_read_is_a_failure() {
    use std::os::unix::fs::{PermissionsExt as _, symlink};

    let rig = Rig::new(3, &[]);
    let at = |name: &str| rig.home.path().join(name);
    fs::create_dir(at("sub")).unwrap();
    fs::create_dir(at("locked")).unwrap();
    fs::write(at("sub/large.txt"), vec![b'\n'; (5 << 20) + 1]).unwrap();
    fs::write(at("sub/.env.secret"), "A=1\n").unwrap();
    fs::write(at("sub/.env.bare"), "G\0R\0").unwrap();
    fs::write(at("sub/picture"), "\0\0\0").unwrap();
    rustix::fs::mkfifoat(rustix::fs::CWD, at("sub/pipe"), rustix::fs::Mode::RWXU).unwrap();
    symlink(at("sub/pipe"), at("to-pipe")).unwrap();
    for name in ["locked", "sub/.env.secret"] {
        fs::set_permissions(at(name), fs::Permissions::from_mode(0o000)).unwrap();
    }
    let is_root = rustix::process::geteuid().is_root();
    for (path, why) in [
        ("sub/large.txt", "5 MiB"),
        ("sub/.env.bare", "NUL bytes"),
        ("sub/pipe", "neither a file nor a folder"),
        ("to-pipe", "neither a file nor a folder"),
        ("/dev/zero", "neither a file nor a folder"),
        ("nowhere", "no such file"),
        ("sub/.env.secret", "cannot be read"),
        ("locked", "cannot be read"),
    ] {
        if is_root && why == "cannot be read" {
            continue;
        }
        let ran = rig.run(&["scan", "sub/picture", path]);
        let message = lines(&ran.out);
        assert_eq!((ran.code, message.len()), (1, 1), "{path}: {} {}", ran.out, ran.err);
        let error = &message[0]["error"];
        assert_eq!((&error["code"], &error["details"]["path"]), (&"file_not_readable".into(), &path.into()));
        assert!(error["message"].as_str().unwrap().contains(why), "{path}: {error}");
        assert!(ran.err.contains(why), "{path}: {}", ran.err);
        let table = rig.run(&["scan", path, "-o", "table"]);
        assert!(table.code == 1 && table.err.contains(why), "{path}: {}", table.err);
    }
    fs::set_permissions(at("locked"), fs::Permissions::from_mode(0o700)).unwrap();
    // Below a folder they are named, and no failure.
    let ran = rig.run(&["scan", "sub"]);
    assert!(ran.code == 0 && ran.err.contains("sub/large.txt: it has"), "{} {}", ran.code, ran.err);
}

#[cfg(target_os = "linux")]
#[test]
fn output_that_cannot_be_written_is_a_failure() {
    let rig = Rig::new(3, &[]);
    fs::write(rig.home.path().join(".env"), format!("GRANT_ID={OTHER}\n")).unwrap();
    let full = || fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let good = lines(&rig.run(&["list"]).out)[0]["grant_id"].as_str().unwrap().to_owned();
    for arguments in [
        &["--version"][..],
        &["-V"],
        &["--help"],
        &["-h"],
        &["help"],
        &["list", "--help"],
        &["list", "-h"],
        &["profiles", "add", "--help"],
        &["help", "smoke"],
        &["man"],
        &["completions", "bash"],
        &["completions", "zsh"],
        &["completions", "fish"],
        &["completions", "elvish"],
        &["completions", "powershell"],
        &["providers"],
        &["doctor", "--offline"],
        &["list"],
        &["list", "-o", "table"],
        &["list", "-o", "csv"],
        &["show", &good],
        &["show", &good, "-o", "table"],
        &["id", &good],
        &["scan"],
        &["scan", "-o", "json"],
        // Failing grants would be 10 all the same.
        &["smoke", "--fail-on", "revoked"],
        &["smoke", "--fail-on", "revoked", "-o", "junit"],
        &["ops", "github"],
        &["call", &good, "GET", "https://openidconnect.googleapis.com/v1/userinfo"],
        &["sandbox", "--port", "0"],
    ] {
        let mut command = rig.command(arguments);
        let output = command.stdout(full()).output().unwrap();
        let message = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(1), "{arguments:?}: {message}");
        assert!(message.contains("annot write"), "{arguments:?}: {message}");
    }
}
