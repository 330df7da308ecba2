//! `grantdeck scan`: grant ids in the files of a project, and swapping what is stale.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::Value;
use tempfile::TempDir;

use crate::rig::{Rig, Run, rows, run};

/// A uuid that is no grant.
const OTHER: &str = "11111111-2222-4333-8444-555555555555";

/// A project, and the ids that its files hold.
struct Project {
    folder: TempDir,
    /// Stale ids of the world, each with the one that takes its place.
    stale: Vec<(String, String)>,
}

fn lines(text: &str) -> Vec<Value> {
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// Ids of the list that ended, whose account has exactly one living root of the same label, in good health.
fn stale(rig: &Rig) -> Vec<(String, String)> {
    let mut accounts: BTreeMap<String, Vec<Value>> = BTreeMap::new();
    for row in lines(&rig.run(&["list", "--all"]).out) {
        if row["parent_grant_id"].is_null() && row["account_identifier"].is_string() {
            let key = ["grant_kind", "provider_id", "account_identifier", "principal_type"];
            accounts.entry(key.map(|name| row[name].to_string()).join(" ")).or_default().push(row);
        }
    }
    let is_over = |row: &&Value| row["health"] == "revoked" || row["health"] == "expired";
    let id = |row: &Value| row["grant_id"].as_str().unwrap().to_owned();
    let mut pairs = Vec::new();
    for rows in accounts.values() {
        for old in rows.iter().filter(is_over) {
            let is_next =
                |row: &&Value| !is_over(row) && row["label"] == old["label"] && row["status"] == "active";
            if let [new] = rows.iter().filter(is_next).collect::<Vec<_>>().as_slice()
                && (new["health"] == "ok" || new["health"] == "expiring")
            {
                pairs.push((id(old), id(new)));
            }
        }
    }
    pairs
}

/// An older and a newer grant of one account and label, the only ones of it and both in good health.
fn superseded(rig: &Rig) -> (Value, Value) {
    let mut accounts: BTreeMap<String, Vec<Value>> = BTreeMap::new();
    for row in lines(&rig.run(&["list", "--all"]).out) {
        if row["parent_grant_id"].is_null() && row["account_identifier"].is_string() {
            let key = ["grant_kind", "provider_id", "account_identifier", "principal_type", "label"];
            accounts.entry(key.map(|name| row[name].to_string()).join(" ")).or_default().push(row);
        }
    }
    let is_pair = |rows: &Vec<Value>| rows.len() == 2 && rows.iter().all(|row| row["health"] == "ok");
    let mut pair = accounts.into_values().find(is_pair).unwrap();
    pair.sort_by(|one, other| one["created_at"].as_str().cmp(&other["created_at"].as_str()));
    let newer = pair.pop().unwrap();
    (pair.pop().unwrap(), newer)
}

impl Project {
    /// Five stale ids in five kinds of files, one in two of them.
    fn new(rig: &Rig) -> Self {
        let stale = stale(rig);
        assert!(stale.len() >= 5, "the world has what a scan is for: {stale:?}");
        let folder = tempfile::tempdir().unwrap();
        let old = |index: usize| &stale[index].0;
        let files = [
            (".gitignore", ".env\n/target\n".to_owned()),
            (".env", format!("A_GRANT_ID={}\r\nSECRET=hunter2\r\n", old(0))),
            ("config.toml", format!("# {}\ngrant = \"{}\"\n", old(0), old(1))),
            ("app/settings.json", format!("{{ \"grant_id\": \"{}\", \"trace\": \"{OTHER}\" }}\n", old(2))),
            ("app/values.yaml", format!("google: {}\n", old(3))),
            ("app/main.py", format!("GRANT = '{}'\n", old(4).to_uppercase())),
            ("target/out", format!("A={}\n", old(0))),
        ];
        for (name, text) in files {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        Self { folder, stale }
    }

    fn command(&self, rig: &Rig, arguments: &[&str]) -> Command {
        let mut command = rig.command(&[&["scan"], arguments].concat());
        command.current_dir(self.folder.path());
        command
    }

    fn scan(&self, rig: &Rig, arguments: &[&str]) -> Run {
        run(&mut self.command(rig, arguments))
    }

    fn put(&self, name: &str, text: impl AsRef<[u8]>) {
        fs::write(self.folder.path().join(name), text).unwrap();
    }

    fn read(&self, name: &str) -> String {
        fs::read_to_string(self.folder.path().join(name)).unwrap()
    }

    fn everything(&self) -> BTreeMap<String, Vec<u8>> {
        let mut all = BTreeMap::new();
        collect(self.folder.path(), self.folder.path(), &mut all);
        all
    }
}

fn collect(base: &Path, folder: &Path, all: &mut BTreeMap<String, Vec<u8>>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(base, &path, all);
        } else if let Ok(bytes) = fs::read(&path) {
            all.insert(path.strip_prefix(base).unwrap().to_string_lossy().into_owned(), bytes);
        }
    }
}

#[test]
fn a_project_with_five_stale_ids_is_found_and_repaired_in_one_command() {
    let rig = Rig::new(500, &[]);
    let project = Project::new(&rig);
    let before = project.everything();

    let found = project.scan(&rig, &[]);
    assert_eq!(found.code, 10, "{}", found.err);
    let rows = lines(&found.out);
    let places: Vec<(String, u64)> = rows
        .iter()
        .map(|row| (row["path"].as_str().unwrap().to_owned(), row["line"].as_u64().unwrap()))
        .collect();
    let want = [
        (".env", 1),
        ("app/main.py", 1),
        ("app/settings.json", 1),
        ("app/values.yaml", 1),
        ("config.toml", 1),
        ("config.toml", 2),
    ];
    assert_eq!(places, want.map(|(path, line)| (path.to_owned(), line)));
    assert!(rows.iter().all(|row| row["standing"] == "stale" && row["provider"].is_string()));
    assert_eq!(rows[0]["replacement"], project.stale[0].1);
    assert_eq!(rows[0]["name"], "A_GRANT_ID");
    assert!(found.err.contains("6 stale in 6 files"), "{}", found.err);

    let dry = project.scan(&rig, &["--repair", "--dry-run"]);
    assert_eq!(dry.code, 10, "found, and nothing repaired: {}", dry.err);
    assert!(dry.err.contains("6 ids in 5 files would be replaced"), "{}", dry.err);
    assert!(!dry.err.contains("hunter2"), "{}", dry.err);
    let unasked = project.scan(&rig, &["--repair"]);
    assert_eq!(unasked.code, 2, "nobody confirmed it: {}", unasked.err);
    assert_eq!(project.everything(), before);

    let done = project.scan(&rig, &["--repair", "--yes"]);
    assert_eq!(done.code, 0, "{}", done.err);
    assert!(done.err.contains("replaced 6 ids in 5 files"), "{}", done.err);
    let short = |id: &str| format!("{}-…-{}", &id[..8], &id[id.len() - 4..]);
    for (old, new) in &project.stale[..5] {
        // Whose the old one was stands behind it: the new one may be another account's.
        let line = done
            .err
            .lines()
            .find(|line| line.contains(&format!("{} (", short(old))) && line.contains(" is now "))
            .unwrap();
        assert!(line.contains(&format!(") is now {} in ", short(new))), "{line}");
    }
    assert!(done.err.contains(" in .env:1, config.toml:1\n"), "{}", done.err);
    let swapped: Vec<(Value, Value)> = lines(&done.out)
        .into_iter()
        .map(|row| (row["grant_id"].clone(), row["swapped_for"].clone()))
        .collect();
    assert_eq!(swapped.len(), 6);
    for (old, new) in swapped {
        assert!(project.stale.iter().any(|pair| old == pair.0 && new == pair.1), "{old} {new}");
    }
    for (name, bytes) in project.everything() {
        let mut text = String::from_utf8(before[&name].clone()).unwrap();
        if name != "target/out" {
            for (old, new) in &project.stale {
                text = text.replace(old, new).replace(&old.to_uppercase(), &new.to_uppercase());
            }
        }
        assert_eq!(String::from_utf8(bytes).unwrap(), text, "{name}");
    }
    let again = project.scan(&rig, &["--repair", "--yes", "--fail-on", "stale,superseded,unknown"]);
    assert_eq!(again.code, 0, "{}", again.err);
    assert!(again.err.contains("nothing to replace") && again.err.contains("6 alive"), "{}", again.err);
}

#[test]
fn every_standing_is_reported_and_can_fail() {
    let rig = Rig::new(500, &[]);
    let project = Project::new(&rig);
    let (older, newer) = superseded(&rig);
    let id = |row: &Value| row["grant_id"].as_str().unwrap().to_owned();
    fs::remove_dir_all(project.folder.path().join("app")).unwrap();
    fs::remove_file(project.folder.path().join("config.toml")).unwrap();
    project.put(".env", format!("A={}\nB={}\nC_GRANT={OTHER}\nD={OTHER}\n", id(&older), id(&newer)));
    let ran = project.scan(&rig, &["-o", "json"]);
    assert_eq!(ran.code, 0, "only what is stale fails unasked: {}", ran.err);
    let rows: Vec<Value> = serde_json::from_str(&ran.out).unwrap();
    let standings: Vec<&str> = rows.iter().map(|row| row["standing"].as_str().unwrap()).collect();
    assert_eq!(standings, ["superseded", "alive", "unknown"]);
    assert_eq!(rows[0]["replacement"].as_str().unwrap(), id(&newer));
    assert_eq!(project.scan(&rig, &["--fail-on", "superseded"]).code, 10);
    assert_eq!(project.scan(&rig, &["--fail-on", "unknown"]).code, 10);
    assert_eq!(project.scan(&rig, &["--fail-on", "stale"]).code, 0);

    let before = project.everything();
    let ran = project.scan(&rig, &["--repair", "--yes"]);
    assert!(
        ran.err.contains("could replace it (it is still active; somebody may have chosen it); confirm"),
        "{}",
        ran.err
    );
    assert_eq!(project.everything(), before, "what is superseded still works and stays");

    let table = project.scan(&rig, &["-o", "table"]);
    for want in [
        ".env\n",
        "↑ superseded",
        "● alive",
        "? unknown",
        older["provider_id"].as_str().unwrap(),
        "under C_GRANT",
    ] {
        assert!(table.out.contains(want), "{want}\n{}", table.out);
    }
    assert!(!table.out.contains(&id(&older)), "ids are shortened where people look: {}", table.out);
    let csv = project.scan(&rig, &["-o", "csv"]);
    assert_eq!(csv.out.lines().count(), 4);
    assert!(csv.out.starts_with("path,line,column,standing,grant_id,"), "{}", csv.out);
}

#[test]
fn a_chosen_id_is_swapped_wherever_it_stands() {
    let rig = Rig::new(500, &[]);
    let project = Project::new(&rig);
    let new = rig.run(&["id", "slack:acme-hq"]).out.trim().to_owned();
    let pair = format!("{OTHER}=slack:acme-hq");
    let ran = project.scan(&rig, &["app", "--swap", &pair, "--yes", "--fail-on", "unknown"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(project.read("app/settings.json").contains(&format!("\"trace\": \"{new}\"")));

    let (gone, _) = &project.stale[0];
    for (pair, code, said) in [
        (format!("{OTHER}=google:nobody"), 4, "no such grant"),
        (format!("{OTHER}={gone}"), 2, "the new grant, "),
        (format!("{new}={new}"), 2, "are the same"),
        ("short=slack:acme-hq".to_owned(), 2, "OLD is an id as in the files"),
        (format!("{}=slack:acme-hq", &gone[..7]), 2, "OLD is an id as in the files"),
        ("0000dead=slack:acme-hq".to_owned(), 4, "no id in these files matches 0000dead…"),
        (
            "00000000-dead-4000-8000-000000000000=slack:acme-hq".to_owned(),
            4,
            "none of the old ids occur in these files",
        ),
        (OTHER.to_owned(), 2, "expected OLD=NEW"),
    ] {
        let ran = project.scan(&rig, &["--swap", &pair, "--yes"]);
        assert_eq!(ran.code, code, "{pair} {}", ran.err);
        assert!(ran.err.contains(said), "{pair} {}", ran.err);
    }
    // As a scan shows them, the old one and the new one.
    let shown = |id: &str| format!("{}-…-{}", &id[..8], &id[32..]);
    let part = format!("{}={}", shown(gone), shown(&new));
    let ran = project.scan(&rig, &["--swap", &part, "--yes", "--fail-on", "unknown"]);
    assert!(ran.err.contains(&format!("{}-…-{} (", &gone[..8], &gone[32..])), "{}", ran.err);
    assert!(
        !project.read(".env").contains(gone) && !project.read("config.toml").contains(gone),
        "{}",
        ran.err
    );
    assert_eq!(project.scan(&rig, &["--yes"]).code, 2, "there is nothing to say yes to");
    assert_eq!(project.scan(&rig, &["--fail-on", "alive"]).code, 2);
}

#[cfg(unix)]
#[test]
fn what_cannot_be_read_or_written_is_reported_and_the_rest_is_done() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let rig = Rig::new(500, &[]);
    let project = Project::new(&rig);
    let at = |name: &str| project.folder.path().join(name);
    let huge = fs::File::create(at("huge.log")).unwrap();
    huge.set_len(100 << 20).unwrap();
    let mut text = vec![b'x'; 6 << 20];
    text.extend_from_slice(project.stale[0].0.as_bytes());
    project.put("large.txt", text);
    symlink(at("loop"), at("loop")).unwrap();
    symlink(project.folder.path(), at("app/up")).unwrap();
    project.put("latin.txt", [b"gr\xfc\xdfe ", project.stale[1].0.as_bytes(), b"\n"].concat());
    fs::set_permissions(at("config.toml"), fs::Permissions::from_mode(0o444)).unwrap();

    let ran = project.scan(&rig, &[".", "nowhere", "--repair", "--yes"]);
    assert_eq!(ran.code, 1, "{}", ran.err);
    for want in [
        "large.txt: it has",
        "loop: its symlinks form a loop",
        "nowhere: there is no such file or folder",
        "config.toml is read-only",
        "1 links to folders not followed",
        "replaced 5 ids in 5 files",
    ] {
        assert!(ran.err.contains(want), "{want}\n{}", ran.err);
    }
    assert!(fs::read(at("latin.txt")).unwrap().starts_with(b"gr\xfc\xdfe "), "bytes that are no text stay");
    assert!(project.read("config.toml").contains(&project.stale[1].0));
    assert!(!project.read("app/values.yaml").contains(&project.stale[3].0));
}

#[test]
fn nothing_is_repaired_by_a_list_that_is_not_whole() {
    let project = Project::new(&Rig::new(500, &[]));
    let before = project.everything();
    let rig = Rig::new(500, &["total-off=-3"]);
    let ran = project.scan(&rig, &["--repair", "--yes"]);
    assert_eq!(ran.code, 2, "{}", ran.err);
    assert!(ran.err.contains("incomplete, so nothing is replaced"), "{}", ran.err);
    assert_eq!(project.everything(), before);
    let ran = project.scan(&rig, &[]);
    assert_eq!(ran.code, 10, "it is looked through all the same: {}", ran.err);
}

#[cfg(unix)]
#[test]
fn an_interrupted_scan_changes_nothing_and_says_130() {
    use rustix::process::{Pid, Signal, kill_process};
    // The list comes so late that the signal is there first.
    let rig = Rig::new(500, &["latency=60s"]);
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join(".env"), "A=1\n").unwrap();
    let mut command = rig.command(&["scan", "--repair", "--yes"]);
    command.current_dir(folder.path()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let child = command.spawn().unwrap();
    rig.wait_for_request();
    kill_process(Pid::from_child(&child), Signal::INT).unwrap();
    let ended = child.wait_with_output().unwrap();
    assert_eq!(ended.status.code(), Some(130), "{}", String::from_utf8_lossy(&ended.stderr));
    assert_eq!(fs::read_to_string(folder.path().join(".env")).unwrap(), "A=1\n");
}

#[cfg(unix)]
#[test]
fn what_an_interrupted_scan_found_is_printed_and_nothing_is_swapped() {
    use std::io::{BufRead, BufReader, Read};
    use std::os::unix::fs::symlink;

    use rustix::process::{Pid, Signal, kill_process};

    /// Nobody reads what is said of them at first, so that the program waits before it is through.
    const LINKS: usize = 20_000;
    let rig = Rig::new(500, &[]);
    let (old, _) = stale(&rig).remove(0);
    let folder = tempfile::tempdir().unwrap();
    let env = format!("GRANT_ID={old}\n");
    fs::write(folder.path().join(".env"), &env).unwrap();
    for number in 0..LINKS {
        symlink("nowhere", folder.path().join(format!("link{number}"))).unwrap();
    }
    let mut command = rig.command(&["scan", "--repair", "--yes"]);
    command.current_dir(folder.path()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut said = BufReader::new(child.stderr.take().unwrap());
    let mut first = String::new();
    said.read_line(&mut first).unwrap();
    assert!(first.contains("a dangling symlink"), "{first}");
    kill_process(Pid::from_child(&child), Signal::INT).unwrap();
    let mut rest = String::new();
    said.read_to_string(&mut rest).unwrap();
    let ended = child.wait_with_output().unwrap();
    let last = rest.lines().last().unwrap_or_default();
    assert_eq!(ended.status.code(), Some(130), "{last}");
    assert!(last.contains("interrupted: 1 stale in "), "{last}");
    let out = lines(rows(&String::from_utf8(ended.stdout).unwrap()));
    assert_eq!((out.len(), &out[0]["grant_id"]), (1, &Value::from(old)));
    assert_eq!(fs::read_to_string(folder.path().join(".env")).unwrap(), env);
}
