use std::fs;

use proptest::prelude::*;
use serde_json::json;
use tempfile::TempDir;

use super::error::Problem;
use super::*;
use crate::domain::{ApprovalId, Audited, Ending, GrantId, KeptBody, Mode, Omitted, Outcome};

pub(super) fn day(days: i64) -> Timestamp {
    Timestamp::from_second(1_767_225_600 + days * 86_400).unwrap()
}

pub(super) fn record(number: u32) -> CallRecord {
    CallRecord {
        at: day(0),
        profile: "environment".to_owned(),
        host: "backend.example".to_owned(),
        grant: GrantId(uuid::Uuid::from_u128(u128::from(number % 3))),
        provider: Some("github".to_owned()),
        account: Some(format!("Account-{number}")),
        mode: Mode::Retrieve,
        method: "POST".to_owned(),
        url: format!("https://api.github.com/{{a}}/{number}"),
        path_parameters: vec![("a".to_owned(), "b".to_owned())],
        query: vec![("q".to_owned(), json!(["1", 2, null]))],
        request_headers: vec![("Accept".to_owned(), "x".to_owned()), ("Accept".to_owned(), "y".to_owned())],
        request_body: Some(KeptBody {
            bytes: b"\xff\0".to_vec().into(),
            whole_length: 2,
            ..KeptBody::default()
        }),
        request_is_json: false,
        reason: Some("Because".to_owned()),
        context: vec![("tool".to_owned(), "test".to_owned())],
        elapsed_ms: Some(7),
        duration_ms: Some(5),
        approval: None,
        outcome: Outcome::Unfinished,
        audited: Audited::No,
    }
}

fn answered(status: u16, body: &[u8]) -> Outcome {
    Outcome::Answered {
        alter_status: 200,
        provider_status: status,
        headers: vec![("etag".to_owned(), "e".to_owned())],
        body: Some(KeptBody { bytes: body.to_vec().into(), whole_length: 9000, cut: true, omitted: None }),
        truncated: true,
    }
}

fn approval() -> ApprovalId {
    ApprovalId(uuid::Uuid::from_u128(9))
}

fn outcomes() -> Vec<Outcome> {
    let failed = |said| Outcome::Failed {
        code: "forbidden".to_owned(),
        who: "alter".to_owned(),
        headline: "No.".to_owned(),
        said,
    };
    vec![
        Outcome::Unfinished,
        answered(404, b"body"),
        Outcome::Held { approval: approval(), expires_at: day(2) },
        failed(None),
        failed(Some("why".to_owned())),
        Outcome::Cancelled { may_have_happened: true },
    ]
}

fn fresh() -> (TempDir, PathBuf) {
    let home = tempfile::tempdir().unwrap();
    let file = home.path().join("state/grantdeck/history.db");
    (home, file)
}

fn open(file: &Path) -> History {
    History::open(file, Retention::default()).unwrap()
}

fn problem(file: &Path) -> Problem {
    History::open(file, Retention::default()).unwrap_err().problem
}

fn ids(history: &History, query: &RecordQuery) -> Vec<i64> {
    history.list(query).unwrap().into_iter().map(|summary| summary.id.0).collect()
}

#[test]
fn what_is_kept_comes_back_as_it_was() {
    let (_home, file) = fresh();
    let mut history = open(&file);
    for (at, outcome) in outcomes().into_iter().enumerate() {
        let begun = record(at as u32);
        let id = history.insert(&begun).unwrap();
        assert_eq!(history.get(id).unwrap(), Some(begun.clone()));
        let held = matches!(outcome, Outcome::Held { .. }).then(approval);
        let ended = CallRecord { outcome, audited: Audited::Yes, approval: held, ..begun };
        history.finish(id, &ended).unwrap();
        assert_eq!(history.get(id).unwrap(), Some(ended.clone()));
        // Another connection sees it too, and so does one opened later.
        assert_eq!(open(&file).get(id).unwrap(), Some(ended.clone()));
        let summary = history.list(&RecordQuery { limit: 1, ..RecordQuery::default() }).unwrap().remove(0);
        assert_eq!((summary.id, summary.ending), (id, ended.outcome.ending()));
        assert_eq!((summary.approval, summary.audited, summary.elapsed_ms), (held, Audited::Yes, Some(7)));
    }
    assert_eq!(history.get(RecordId(99)).unwrap(), None);
    let omitted = KeptBody { whole_length: 3, omitted: Some(Omitted::Production), ..KeptBody::default() };
    let without = CallRecord { request_body: Some(omitted), ..record(1) };
    let id = history.insert(&without).unwrap();
    assert_eq!(history.get(id).unwrap(), Some(without));
}

#[test]
fn calls_are_found_by_what_they_are_about() {
    let (_home, file) = fresh();
    let mut history = open(&file);
    for number in 1..=6 {
        let profile = if number > 4 { "other" } else { "environment" }.to_owned();
        let outcome = if number == 2 { answered(418, b"") } else { Outcome::Unfinished };
        history.insert(&CallRecord { profile, outcome, ..record(number) }).unwrap();
    }
    let text = |text: &str| RecordQuery { text: text.to_owned(), ..RecordQuery::default() };
    let grant = Some(GrantId(uuid::Uuid::from_u128(1)));
    for (query, want) in [
        (RecordQuery::default(), &[6, 5, 4, 3, 2, 1][..]),
        (text("account-3"), &[3]),
        (text("GITHUB because /5"), &[5]),
        (text("418"), &[2]),
        (text("answered"), &[2]),
        (text("post"), &[6, 5, 4, 3, 2, 1]),
        (text("100%' _"), &[]),
        (RecordQuery { grant, ..RecordQuery::default() }, &[4, 1]),
        (RecordQuery { profile: Some("other".to_owned()), ..RecordQuery::default() }, &[6, 5]),
        (RecordQuery { before: Some(RecordId(5)), limit: 2, ..RecordQuery::default() }, &[4, 3]),
    ] {
        assert_eq!(ids(&history, &query), want, "{query:?}");
    }
    assert!(history.delete(RecordId(3)).unwrap() && !history.delete(RecordId(3)).unwrap());
    let beside = Neighbours { older: Some(RecordId(2)), newer: Some(RecordId(5)) };
    assert_eq!(history.neighbours(RecordId(4)).unwrap(), beside);
    assert_eq!(
        history.neighbours(RecordId(1)).unwrap(),
        Neighbours { older: None, newer: Some(RecordId(2)) }
    );
    assert_eq!(history.clear().unwrap(), 5);
    assert!(ids(&history, &RecordQuery::default()).is_empty());
}

#[test]
fn a_forgotten_call_that_ends_is_remembered_and_no_id_comes_twice() {
    let (_home, file) = fresh();
    let mut history = open(&file);
    let id = history.insert(&record(1)).unwrap();
    history.clear().unwrap();
    let next = history.insert(&record(2)).unwrap();
    assert!(next > id);
    history.finish(id, &CallRecord { outcome: answered(200, b"x"), ..record(1) }).unwrap();
    assert_eq!(history.get(id).unwrap().unwrap().outcome, answered(200, b"x"));
}

#[test]
fn old_calls_are_forgotten_but_not_held_ones() {
    let (_home, file) = fresh();
    let mut history = History::open(&file, Retention { days: 3, bytes: 1 << 30 }).unwrap();
    let held = Outcome::Held { approval: approval(), expires_at: day(20) };
    for (at, outcome) in
        [(0, Outcome::Unfinished), (0, held), (4, Outcome::Unfinished), (9, Outcome::Unfinished)]
    {
        history.insert(&CallRecord { at: day(at), outcome, ..record(1) }).unwrap();
    }
    assert_eq!(history.prune(day(3)).unwrap(), 0);
    assert_eq!(history.prune(day(10)).unwrap(), 2);
    assert_eq!(ids(&history, &RecordQuery::default()), [4, 2]);
    assert_eq!(history.prune(day(21)).unwrap(), 2);
}

#[test]
fn held_calls_are_found_until_they_lapse_or_are_decided() {
    let (_home, file) = fresh();
    let mut history = open(&file);
    let held = Outcome::Held { approval: approval(), expires_at: day(2) };
    let first = history.insert(&CallRecord { outcome: held.clone(), ..record(1) }).unwrap();
    history.insert(&CallRecord { outcome: answered(200, b""), ..record(2) }).unwrap();
    history.insert(&CallRecord { outcome: held.clone(), profile: "other".into(), ..record(3) }).unwrap();
    history.insert(&CallRecord { outcome: held, host: "other.example".into(), ..record(4) }).unwrap();
    let CallRecord { profile, host, grant, method, url, .. } = record(1);
    let found = |history: &History, now| history.held_calls(&profile, &host, now).unwrap();
    assert_eq!(found(&history, day(1)), [HeldCall { approval: approval(), grant, method, url }]);
    assert_eq!(found(&history, day(2)), [], "it has lapsed");
    history.finish(first, &CallRecord { outcome: answered(200, b""), ..record(1) }).unwrap();
    assert_eq!(found(&history, day(1)), [], "it is decided");
}

#[test]
fn the_oldest_calls_go_where_there_are_too_many_bytes() {
    let (_home, file) = fresh();
    let mut history = History::open(&file, Retention { days: 30, bytes: 1 << 20 }).unwrap();
    let held = Outcome::Held { approval: approval(), expires_at: day(20) };
    history.insert(&CallRecord { outcome: held, ..record(0) }).unwrap();
    for number in 1..=30 {
        history
            .insert(&CallRecord { outcome: answered(200, &vec![b'x'; 100_000]), ..record(number) })
            .unwrap();
    }
    history.prune(day(0)).unwrap();
    assert_eq!(ids(&history, &RecordQuery::default()), [31, 30, 29, 28, 27, 26, 25, 24, 23, 22, 1]);
    let size = fs::metadata(&file).unwrap().len();
    assert!(size < 3 << 19, "the space is given back: {size}");
    let bodies: i64 = history
        .connection
        .query_row("SELECT count(*) FROM bodies WHERE side = 1", [], |row| row.get(0))
        .unwrap();
    assert_eq!(bodies, 10);
}

#[test]
fn nothing_of_a_forgotten_call_stays_in_the_files() {
    let (_home, file) = fresh();
    let mut history = open(&file);
    let id =
        history.insert(&CallRecord { outcome: answered(200, b"forget-me-in-a-body"), ..record(1) }).unwrap();
    history.insert(&CallRecord { reason: Some("forget-me-in-a-row".to_owned()), ..record(2) }).unwrap();
    let holds = |word: &str| {
        let files = fs::read_dir(file.parent().unwrap()).unwrap();
        let all: Vec<u8> = files.flat_map(|entry| fs::read(entry.unwrap().path()).unwrap()).collect();
        memchr::memmem::find(&all, word.as_bytes()).is_some()
    };
    assert!(holds("forget-me-in-a-body") && holds("forget-me-in-a-row"));
    history.delete(id).unwrap();
    assert!(!holds("forget-me-in-a-body") && holds("forget-me-in-a-row"));
    history.clear().unwrap();
    assert!(!holds("forget-me"));
}

#[cfg(unix)]
#[test]
fn files_and_folders_are_their_owners_alone() {
    use std::os::unix::fs::{PermissionsExt as _, symlink};
    let mode = |path: &Path| fs::symlink_metadata(path).unwrap().permissions().mode() & 0o777;
    let set = |path: &Path, mode| fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    let (home, file) = fresh();
    let mut history = open(&file);
    history.insert(&record(1)).unwrap();
    let folder = file.parent().unwrap();
    assert_eq!((mode(folder), mode(folder.parent().unwrap())), (0o700, 0o700));
    let names: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert_eq!(names.len(), 3, "{names:?}");
    for name in names {
        assert_eq!(mode(&name), 0o600, "{name:?}");
    }
    drop(history);
    // Readable by others: access is removed. Writable by others: refused.
    set(folder, 0o755);
    set(&file, 0o644);
    drop(open(&file));
    assert_eq!((mode(folder), mode(&file)), (0o700, 0o600));
    set(&file, 0o620);
    assert_eq!(problem(&file), Problem::Open);
    set(&file, 0o600);
    set(folder, 0o770);
    assert_eq!(problem(&file), Problem::Open);
    set(folder, 0o700);
    let link = home.path().join("link");
    symlink(folder, &link).unwrap();
    assert_eq!(problem(&link.join("history.db")), Problem::NotPlain);
    symlink(&file, folder.join("other.db")).unwrap();
    assert_eq!(problem(&folder.join("other.db")), Problem::NotPlain);
    fs::create_dir(folder.join("folder.db")).unwrap();
    assert_eq!(problem(&folder.join("folder.db")), Problem::NotPlain);
    if rustix::process::geteuid().is_root() {
        std::os::unix::fs::chown(folder, Some(12345), None).unwrap();
        assert_eq!(problem(&file), Problem::Foreign);
    }
}

#[test]
fn a_file_that_cannot_be_used_is_reported_and_left_alone() {
    let (_home, file) = fresh();
    drop(open(&file));
    let write = |bytes: &[u8]| fs::write(&file, bytes).unwrap();
    let garbage =
        b"this is no database, but it is somebody's file, and long enough to be looked at: ".repeat(30);
    write(&garbage);
    let error = History::open(&file, Retention::default()).unwrap_err();
    assert_eq!(error.problem, Problem::Corrupt);
    let reported = error.diagnose();
    assert_eq!(
        (reported.code, reported.facts[0].1.as_str()),
        (crate::domain::Code::HistoryOff, file.to_str().unwrap())
    );
    assert_eq!(fs::read(&file).unwrap(), garbage, "never destroyed");

    // Another program's database.
    fs::remove_file(&file).unwrap();
    let other = Connection::open(&file).unwrap();
    other.execute_batch("CREATE TABLE theirs (a); INSERT INTO theirs VALUES (1);").unwrap();
    drop(other);
    let before = fs::read(&file).unwrap();
    assert_eq!(problem(&file), Problem::Corrupt);
    assert_eq!(fs::read(&file).unwrap(), before);
}

#[test]
fn a_newer_file_is_refused_and_keeps_everything() {
    let (_home, file) = fresh();
    let mut history = open(&file);
    let id = history.insert(&record(1)).unwrap();
    history
        .connection
        .execute_batch("ALTER TABLE calls ADD COLUMN new TEXT; PRAGMA user_version = 99;")
        .unwrap();
    drop(history);
    let before = fs::read(&file).unwrap();
    assert_eq!(problem(&file), Problem::Newer { found: 99, known: schema::STEPS.len() as i64 });
    assert_eq!(fs::read(&file).unwrap(), before);
    let newer = Connection::open(&file).unwrap();
    newer.execute_batch(&format!("PRAGMA user_version = {}", schema::STEPS.len())).unwrap();
    drop(newer);
    assert_eq!(open(&file).get(id).unwrap(), Some(record(1)));
}

#[test]
fn every_older_version_is_brought_up_to_date() {
    for version in 0..schema::STEPS.len() {
        let (_home, file) = fresh();
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        let old = Connection::open(&file).unwrap();
        for step in &schema::STEPS[..version] {
            old.execute_batch(step).unwrap();
        }
        if version > 0 {
            old.execute_batch(&format!(
                "PRAGMA application_id = 0x67646869; PRAGMA user_version = {version}"
            ))
            .unwrap();
            let sql = "INSERT INTO calls (at, profile, host, grant_id, mode, method, url, ending, audited, details,
                haystack, size) VALUES (1, 'p', 'h', '2a60b3ed-2485-535b-8dd1-9f04e567f3a1', 'proxy', 'GET', 'u',
                'unfinished', 'no', '{}', 'old', 1)";
            old.execute_batch(sql).unwrap();
        }
        drop(old);
        let mut history = open(&file);
        let now: i64 = history.connection.query_row("PRAGMA user_version", [], |row| row.get(0)).unwrap();
        assert_eq!(now, schema::STEPS.len() as i64);
        assert_eq!(history.list(&RecordQuery::default()).unwrap().len(), usize::from(version > 0));
        history.insert(&record(1)).unwrap();
    }
}

#[test]
fn a_full_disk_is_called_so() {
    let (_home, file) = fresh();
    let mut history = open(&file);
    history.connection.execute_batch("PRAGMA max_page_count = 12").unwrap();
    let big = CallRecord { outcome: answered(200, &vec![b'x'; 200_000]), ..record(1) };
    assert_eq!(history.insert(&big).unwrap_err().problem, Problem::Full);
    // Nothing half-written.
    assert!(ids(&history, &RecordQuery::default()).is_empty());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn any_text_comes_back_and_is_found(text in "\\PC{1,40}", body in proptest::collection::vec(any::<u8>(), 0..64)) {
        let mut history = History::in_memory(Retention::default()).unwrap();
        let kept = KeptBody { whole_length: body.len() as u64, bytes: body.into(), ..KeptBody::default() };
        let record = CallRecord {
            provider: Some(text.clone()),
            context: vec![(text.clone(), text.clone())],
            query: vec![(text.clone(), json!({"a": text}))],
            request_body: Some(kept),
            ..record(1)
        };
        let id = history.insert(&record).unwrap();
        prop_assert_eq!(history.get(id).unwrap(), Some(record));
        let query = RecordQuery { text, ..RecordQuery::default() };
        prop_assert_eq!(ids(&history, &query), [id.0]);
    }
}

#[cfg(test)]
#[path = "instances_tests.rs"]
mod instances_tests;
