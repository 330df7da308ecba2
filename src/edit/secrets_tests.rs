//! Secrets at random places in random files: neither a plan nor a refusal may show eight bytes of one.

use std::cell::Cell;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use proptest::prelude::*;
use proptest::test_runner::{TestCaseError, TestRunner};
use uuid::Uuid;

use super::file::{Planned, PlannedChange};
use super::mask::Masked;
use super::samples::{ENV, GARBAGE, JSON, LEAK, NEW, OLD, TOML, YAML};
use super::{Change, Entry, Format, ids};
use crate::domain::Clean;

/// Files per format.
const CASES: u32 = 250;

#[derive(Clone, Debug)]
struct Case {
    text: String,
    secrets: Vec<String>,
}

/// Whether a text begins like `NAME=`: on a line of its own it is the assignment of a variable, whose name is shown.
fn assigns(text: &str) -> bool {
    let is_name = |name: &str| {
        name.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_')
    };
    text.split_once('=')
        .is_some_and(|(name, _)| is_name(name) && !name.starts_with(|first: char| first.is_ascii_digit()))
}

fn secret() -> impl Strategy<Value = String> {
    let secret = prop_oneof![
        "[A-Za-z0-9]{22}==",
        "[A-Za-z0-9+/]{31}=",
        "[A-Z2-7]{15}=",
        "sk_live_[A-Za-z0-9]{12,40}",
        "[a-zA-Z0-9!%&@:=_-]{12,24}",
        "[a-z]{4}[a-z=:_.-]{12,20}",
        "eyJ[A-Za-z0-9_-]{20}\\.[A-Za-z0-9_-]{60}",
        any::<u128>().prop_map(|bits| Uuid::from_u128(bits | 1 << 127).to_string()),
    ];
    secret.prop_filter("a name is shown", |secret| !assigns(secret))
}

/// Puts secrets into lines.
fn case(lines: &'static [&'static str], join: &'static str) -> impl Strategy<Value = Case> {
    let garbage = prop_oneof![7 => Just(None), 1 => proptest::sample::select(GARBAGE).prop_map(Some)];
    let lines = proptest::collection::vec(proptest::sample::select(lines), 1..8);
    let secrets = proptest::collection::vec(secret(), 12);
    (lines, garbage, secrets, any::<(usize, bool)>()).prop_map(
        move |(mut lines, garbage, secrets, (at, crlf))| {
            if let Some(garbage) = garbage {
                lines.insert(at % (lines.len() + 1), garbage);
            }
            let (mut text, mut used, mut names) = (String::new(), Vec::new(), 0);
            let mut fresh = secrets.into_iter().cycle();
            for character in lines.join(join).chars() {
                match character {
                    '$' => {
                        names += 1;
                        let _ = write!(text, "name_{names}");
                    }
                    'S' => {
                        let secret = fresh.next().unwrap_or_default();
                        text.push_str(&secret);
                        used.push(secret);
                    }
                    'O' => text.push_str(&OLD.to_string()),
                    other => text.push(other),
                }
            }
            let is_json = join.starts_with(',');
            let text = if is_json { format!("{{{text}}}\n") } else { text + "\n" };
            let text = if crlf { text.replace('\n', "\r\n") } else { text };
            Case { text, secrets: used }
        },
    )
}

/// All output about a file, and the values that are replaced. A replaced id is shown, shortened: it is what the change
/// is about.
struct Output {
    text: String,
    is_planned: bool,
    replaced: Vec<String>,
}

fn output(path: &Path, text: &str) -> Output {
    fs::write(path, text).unwrap();
    let (mut said, mut replaced) = (String::new(), Vec::new());
    let mut planned = |planned: Result<Planned, super::file::FileError>| {
        let is_planned = planned.is_ok();
        match planned {
            Ok(planned) => {
                if let PlannedChange::Values(changes) = &planned.change {
                    replaced.extend(changes.iter().filter_map(|change| match change {
                        Change::Replaced { id, .. } => id.map(|id| id.to_string()),
                        _ => None,
                    }));
                }
                for line in &planned.diff {
                    writeln!(said, "{}\n{line:?}", line.text()).unwrap();
                }
                writeln!(said, "{planned:?}").unwrap();
            }
            Err(error) => writeln!(said, "{error}\n{error:?}\n{:?}", error.diagnosis()).unwrap(),
        }
        is_planned
    };
    let entry = |key: &str| {
        let comment = Some(Clean::line("google · work@acme.com"));
        vec![Entry { key: key.parse().unwrap(), value: NEW.to_string(), comment }]
    };
    let mut is_planned = planned(Planned::read(path, &entry("name_1")));
    is_planned |= planned(Planned::read(path, &entry("NEW_GRANT_ID")));
    is_planned |= planned(Planned::read(path, &entry("alter.grants.google")));
    planned(Planned::swap_all(path, &[(OLD, NEW)]));
    let masked = Masked::new(path, text.as_bytes());
    for found in ids::find(text.as_bytes()).filter(|found| found.id == OLD) {
        writeln!(said, "{} {:?}", masked.context(found.offset, OLD), masked.name(found.offset)).unwrap();
    }
    let format = Format::of(path).unwrap();
    if let Ok(edit) = super::plan(format, text, &"name_1".parse().unwrap(), "v", None) {
        writeln!(said, "{edit:?}").unwrap();
    }
    writeln!(said, "{masked:?}").unwrap();
    Output { text: said, is_planned, replaced }
}

fn leaks<'a>(case: &'a Case, said: &str, replaced: &[String]) -> Option<&'a str> {
    let windows = case
        .secrets
        .iter()
        .filter(|secret| !replaced.contains(secret))
        .flat_map(|secret| (0..=secret.len() - LEAK).filter_map(|from| secret.get(from..from + LEAK)));
    windows.into_iter().find(|window| said.contains(window))
}

fn hides(name: &str, lines: &'static [&'static str], join: &'static str) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    let planned = Cell::new(0);
    let config = ProptestConfig { cases: CASES, failure_persistence: None, ..ProptestConfig::default() };
    let outcome = TestRunner::new(config).run(&case(lines, join), |case| {
        let said = output(&path, &case.text);
        planned.set(planned.get() + u32::from(said.is_planned));
        match leaks(&case, &said.text, &said.replaced) {
            Some(part) => {
                Err(TestCaseError::fail(format!("{part} is said of:\n{}\n--\n{}", case.text, said.text)))
            }
            None => Ok(()),
        }
    });
    if let Err(error) = outcome {
        panic!("{error}");
    }
    assert!(planned.get() > CASES / 3, "{} of {CASES} were planned", planned.get());
}

#[test]
fn of_env_files_no_secret_is_said() {
    hides("x.env", ENV, "\n");
}

#[test]
fn of_toml_files_no_secret_is_said() {
    hides("x.toml", TOML, "\n");
}

#[test]
fn of_json_files_no_secret_is_said() {
    hides("x.jsonc", JSON, ",\n  ");
    hides("one_line.json", JSON, ", ");
}

#[test]
fn of_yaml_files_no_secret_is_said() {
    hides("x.yaml", YAML, "\n");
}

#[test]
fn of_files_without_a_reader_no_secret_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("main.py");
    let config = ProptestConfig { cases: CASES, failure_persistence: None, ..ProptestConfig::default() };
    let outcome = TestRunner::new(config).run(&case(ENV, "\n"), |case| {
        fs::write(&path, &case.text).unwrap();
        let planned = Planned::swap_all(&path, &[(OLD, NEW)]).unwrap();
        let said: String = planned.diff.iter().map(|line| line.text() + "\n").collect();
        prop_assert!(leaks(&case, &said, &[]).is_none(), "{}\n--\n{}", case.text, said);
        Ok(())
    });
    if let Err(error) = outcome {
        panic!("{error}");
    }
}
