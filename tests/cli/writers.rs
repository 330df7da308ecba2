//! Many writers of one file at once: none loses what another wrote.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::{Child, Stdio};
use std::sync::{Arc, Barrier};
use std::thread;

use grantdeck::domain::log::LogEntry;
use grantdeck::domain::remembered::MemoryChange;
use grantdeck::domain::{Look, SavedView};
use grantdeck::edit::Entry;
use grantdeck::edit::file::Planned;
use grantdeck::store::edit_profiles::{Change, change};
use grantdeck::store::selectors::{self, Known};
use grantdeck::store::{Config, KeySource, Memory, Profile, Source, log};
use tempfile::TempDir;
use uuid::Uuid;

use crate::rig::{Rig, bare, now, run};

const WRITERS: u32 = 8;
/// 1,000 with all writers.
const EACH: u32 = 125;

/// Runs the writers, all from the same moment on.
fn at_once(writers: u32, write: impl Fn(u32) + Sync) {
    let start = Barrier::new(writers as usize);
    thread::scope(|scope| {
        for writer in 0..writers {
            let (start, write) = (&start, &write);
            scope.spawn(move || {
                start.wait();
                write(writer);
            });
        }
    });
}

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

/// Each writer has a name of its own, and finds there what it wrote last: so every single write is looked for.
fn write_a_project_file(name: &str, begin: &str) {
    let home = tempfile::tempdir().unwrap();
    let file = home.path().join(name);
    fs::write(&file, begin).unwrap();
    at_once(WRITERS, |writer| {
        let mut last = None;
        for number in 0..EACH {
            let value = format!("w{writer}-n{number}-");
            let entry =
                Entry { key: format!("W{writer}").parse().unwrap(), value: value.clone(), comment: None };
            let planned = Planned::read(&file, &[entry]).unwrap();
            if let Some(last) = last.replace(value) {
                assert!(fs::read_to_string(&file).unwrap().contains(&last), "{name}: {last} is lost");
            }
            planned.write_latest().unwrap();
        }
    });
    let text = fs::read_to_string(&file).unwrap();
    for writer in 0..WRITERS {
        assert!(text.contains(&format!("w{writer}-n{}-", EACH - 1)), "{name} {writer}: {text}");
    }
    assert_eq!(names(home.path()), [name], "nothing is left beside it");
}

#[test]
fn values_of_an_env_file_are_not_lost() {
    write_a_project_file(".env", "A=1\n");
}

#[test]
fn values_of_a_toml_file_are_not_lost() {
    write_a_project_file("a.toml", "a = 1\n");
}

#[test]
fn values_of_a_yaml_file_are_not_lost() {
    write_a_project_file("a.yaml", "a: 1\n");
}

#[test]
fn values_of_a_json_file_are_not_lost() {
    write_a_project_file("a.json", "{\"a\": 1}\n");
}

#[test]
fn new_files_are_made_once_and_swaps_of_other_ids_are_not_lost() {
    let home = tempfile::tempdir().unwrap();
    let file = home.path().join(".env");
    at_once(WRITERS, |writer| {
        let entry =
            Entry { key: format!("W{writer}").parse().unwrap(), value: "x".to_owned(), comment: None };
        Planned::read(&file, &[entry]).unwrap().write_latest().unwrap();
    });
    assert_eq!(fs::read_to_string(&file).unwrap().lines().filter(|line| line.ends_with("=x")).count(), 8);

    let id = |writer: u32, number: u32| {
        Uuid::from_u128((u128::from(writer) << 64) | u128::from(number) | 1 << 100)
    };
    let line = |writer| format!("G{writer}={}\n", id(writer, 0));
    fs::write(&file, (0..WRITERS).map(line).collect::<String>()).unwrap();
    at_once(WRITERS, |writer| {
        for number in 0..EACH {
            let pair = (id(writer, number), id(writer, number + 1));
            let written = Planned::swap_all(&file, &[pair]).unwrap().write_latest().unwrap();
            assert!(written.changed, "{writer} {number}: the id before it is lost");
        }
    });
}

#[test]
fn profiles_are_not_lost() {
    let home = tempfile::tempdir().unwrap();
    let file = home.path().join("new/config.toml");
    let profile = Profile { key: KeySource::Prompt, ..Profile::default() };
    at_once(WRITERS, |writer| {
        let name = format!("p{writer}");
        // Adding what is there and removing what is not there is refused, so a lost write is found by the next.
        for number in 0..EACH {
            let change_it = match number % 2 {
                0 => Change::Add(name.clone(), Box::new(profile.clone())),
                _ => Change::Remove(name.clone()),
            };
            change(&file, &change_it).unwrap();
        }
    });
    let config = Config::read(&fs::read_to_string(&file).unwrap(), "");
    assert_eq!(config.profiles.len(), WRITERS as usize);
    assert_eq!(names(&home.path().join("new")), ["config.toml"]);
}

#[test]
fn saved_views_are_not_lost() {
    let home = tempfile::tempdir().unwrap();
    let state = home.path().to_string_lossy().into_owned();
    let lookup = |name: &str| (name == "XDG_STATE_HOME").then(|| state.clone());
    let memory = Memory::of(&Source::Environment, &Config::default(), &lookup).unwrap();
    let view = SavedView { look: Look::default(), search: String::new() };
    at_once(WRITERS, |writer| {
        for number in 0..EACH {
            let (name, old) = (format!("{writer}-{number}"), format!("{writer}-{}", number.wrapping_sub(1)));
            let keep = match number % 2 {
                0 => MemoryChange::View(name.clone(), Box::new(view.clone())),
                _ => MemoryChange::Forget(old.clone()),
            };
            memory.keep(keep).unwrap();
            let (remembered, trouble) = memory.recall();
            assert_eq!(trouble, None);
            let (is_there, was) = (remembered.views.contains_key(&name), remembered.views.contains_key(&old));
            assert_eq!((is_there, was), (number % 2 == 0, false), "{writer} {number}");
        }
    });
    assert_eq!(memory.recall().0.views.len(), WRITERS as usize);
    assert_eq!(names(&home.path().join("grantdeck/remembered")), ["environment.json"]);
}

#[test]
fn names_for_a_shell_are_those_of_one_list() {
    let home = tempfile::tempdir().unwrap();
    let state = home.path().to_string_lossy().into_owned();
    let lookup = |name: &str| (name == "XDG_STATE_HOME").then(|| state.clone());
    at_once(WRITERS, |writer| {
        let known = vec![Known { name: format!("google:{writer}"), help: "ok".to_owned() }; 40];
        for _ in 0..EACH {
            selectors::remember(&known, None, &lookup);
            let found = selectors::recall(None, &lookup, now());
            let names: BTreeSet<&str> = found.iter().map(|known| known.name.as_str()).collect();
            assert_eq!((found.len(), names.len()), (40, 1));
        }
    });
    assert_eq!(names(&home.path().join("grantdeck")), ["selectors.tsv"]);
}

#[test]
fn lines_of_a_log_are_not_lost_when_it_is_put_aside() {
    for round in 0..4 {
        let home = tempfile::tempdir().unwrap();
        let file = home.path().join("a.log");
        // It is full within the first lines.
        fs::write(&file, format!("{}\n", "x".repeat(log::MAX_BYTES as usize - 2_000))).unwrap();
        at_once(WRITERS, |writer| {
            let log = log::open(&file, now).unwrap();
            for number in 0..EACH {
                log.write(&LogEntry::Ended { exit: u8::try_from(number).unwrap() ^ (writer as u8 & 1) });
            }
        });
        let lines = |name: String| fs::read_to_string(home.path().join(name)).unwrap();
        let all: String = names(home.path()).into_iter().map(lines).collect();
        let ends = all.lines().filter(|line| line.contains(" end exit=")).count();
        assert_eq!(ends, (WRITERS * EACH) as usize, "round {round}: {:?}", names(home.path()));
    }
}

/// Whoever waits for a process that fails says what it said.
fn all_succeed(children: Vec<Child>) {
    for child in children {
        let ended = child.wait_with_output().unwrap();
        assert!(ended.status.success(), "{}", String::from_utf8_lossy(&ended.stderr));
    }
}

#[test]
fn programs_that_write_at_once_lose_nothing() {
    let rig = Rig::new(40, &[]);
    let file = rig.home.path().join("same.env");
    fs::write(&file, "A=1\n").unwrap();
    let write = |number: u32| {
        let name = format!("N_{number}");
        let arguments = ["id", "google:work@acme.example", "--write", "same.env", "--name", &name, "--yes"];
        rig.command(&arguments).stderr(Stdio::piped()).spawn().unwrap()
    };
    all_succeed((0..20).map(write).collect());
    let text = fs::read_to_string(&file).unwrap();
    for number in 0..20 {
        assert!(text.contains(&format!("N_{number}=")), "N_{number} is lost: {text}");
    }

    let home: Arc<TempDir> = Arc::new(tempfile::tempdir().unwrap());
    let add = |number: u32| {
        let name = format!("p{number}");
        bare(&home, &["profiles", "add", &name, "--prompt"]).stderr(Stdio::piped()).spawn().unwrap()
    };
    all_succeed((0..20).map(add).collect());
    let listed = run(&mut bare(&home, &["profiles", "list", "--output", "jsonl"]));
    assert_eq!(listed.out.lines().count(), 20, "{}", listed.out);
    assert_eq!(names(&home.path().join("grantdeck")), ["config.toml"]);
}

/// Of several reports of one name one is written, and the others say so.
#[test]
fn a_report_is_written_once() {
    let rig = Rig::new(12, &[]);
    let smoke = |_| {
        let arguments = ["smoke", "--report", "r.json", "--output", "jsonl"];
        rig.command(&arguments).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap()
    };
    let ended: Vec<_> = (0..4)
        .map(smoke)
        .collect::<Vec<_>>()
        .into_iter()
        .map(|child| child.wait_with_output().unwrap())
        .collect();
    let refused = |ended: &&std::process::Output| String::from_utf8_lossy(&ended.stderr).contains("--force");
    assert_eq!(ended.iter().filter(refused).count(), 3);
    let report = fs::read_to_string(rig.home.path().join("r.json")).unwrap();
    assert_eq!(serde_json::from_str::<serde_json::Value>(&report).unwrap().as_array().unwrap().len(), 12);
}
