use jiff::Timestamp;
use uuid::Uuid;

use super::*;
use crate::Retention;
use crate::domain::{Code, Mode};

fn whose(profile: &str) -> Whose {
    Whose { profile: profile.to_owned(), backend: "http://127.0.0.1:8787".to_owned() }
}

fn history() -> History {
    History::in_memory(Retention::default()).unwrap()
}

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_000_000_000 + second).unwrap()
}

fn id(number: u128) -> GrantId {
    GrantId(Uuid::from_u128(number))
}

fn verdict(run: RunId, grant: u128, verdict: Verdict) -> Past {
    Past {
        run,
        grant: id(grant),
        verdict,
        why: Some(Clean::line("the reason")),
        code: Some(Code::GrantExpired),
        provider_status: Some(401),
        latency_ms: Some(120),
        at: at(run.0),
    }
}

fn run(history: &mut History, profile: &str, second: i64, verdicts: &[(u128, Verdict)]) -> RunId {
    let run = history.begin_run(&whose(profile), Mode::Proxy, verdicts.len() as u32, at(second)).unwrap();
    let verdicts: Vec<Past> = verdicts.iter().map(|(grant, found)| verdict(run, *grant, *found)).collect();
    history.keep_verdicts(&verdicts).unwrap();
    history.end_run(run, at(second)).unwrap();
    run
}

#[test]
fn the_latest_come_first_and_many_grants_are_asked_for_at_once() {
    let mut history = history();
    let first = run(&mut history, "acme", 0, &[(1, Verdict::Works), (2, Verdict::Revoked)]);
    let second = run(&mut history, "acme", 9, &[(1, Verdict::NeedsReconnect)]);
    run(&mut history, "other", 10, &[(1, Verdict::Expired), (3, Verdict::Works)]);
    let found = history.verdicts(&whose("acme"), &[id(1), id(2), id(3)], 10, None).unwrap();
    assert_eq!(
        found[&id(1)],
        [verdict(second, 1, Verdict::NeedsReconnect), verdict(first, 1, Verdict::Works)],
        "whole, the latest first"
    );
    assert_eq!(found[&id(2)][0].verdict, Verdict::Revoked);
    assert!(!found.contains_key(&id(3)), "another profile's grant is another grant");
    let before = history.verdicts(&whose("acme"), &[id(1)], 10, Some(second)).unwrap();
    assert_eq!(before[&id(1)], [verdict(first, 1, Verdict::Works)]);
    assert_eq!(history.verdicts(&whose("acme"), &[id(1)], 1, None).unwrap()[&id(1)].len(), 1);
}

#[test]
fn a_second_verdict_in_the_same_run_takes_the_place_of_the_first() {
    let mut history = history();
    let run = run(&mut history, "acme", 5, &[(1, Verdict::Gone)]);
    assert_eq!(history.verdicts_of(run).unwrap(), [verdict(run, 1, Verdict::Gone)]);
    history.keep_verdicts(&[verdict(run, 1, Verdict::Works)]).unwrap();
    assert_eq!(history.verdicts_of(run).unwrap(), [verdict(run, 1, Verdict::Works)]);
}

#[test]
fn what_is_kept_is_bounded() {
    let mut history = history();
    for second in 0..20 {
        run(&mut history, "acme", second, &[(1, Verdict::Works)]);
        run(&mut history, "other", second, &[(1, Verdict::Works)]);
    }
    for profile in ["acme", "other"] {
        let found = history.verdicts(&whose(profile), &[id(1)], 100, None).unwrap();
        assert_eq!(found[&id(1)].len(), KEPT_OF_EACH, "of each profile");
    }
    let rows = |history: &History| -> i64 {
        history.connection.query_row("SELECT count(*) FROM verdicts", [], |row| row.get(0)).unwrap()
    };
    forget(&history.connection, i64::MIN, 6).unwrap();
    assert_eq!(rows(&history), 6, "the newest runs that fit together");
    forget(&history.connection, i64::MAX, 6).unwrap();
    assert_eq!(rows(&history), 0, "older than the history reaches");
}

#[test]
fn an_old_run_is_forgotten_when_a_new_one_ends() {
    let mut history = history();
    let days = i64::from(Retention::default().days);
    run(&mut history, "acme", 0, &[(1, Verdict::Works)]);
    run(&mut history, "acme", days * 86_400, &[(2, Verdict::Works)]);
    assert_eq!(history.verdicts(&whose("acme"), &[id(1)], 9, None).unwrap().len(), 1);
    run(&mut history, "acme", days * 86_400 + 1, &[(2, Verdict::Works)]);
    assert_eq!(history.verdicts(&whose("acme"), &[id(1)], 9, None).unwrap().len(), 0);
}

#[test]
fn a_verdict_of_a_later_version_is_passed_over() {
    let mut history = history();
    let run = run(&mut history, "acme", 0, &[(1, Verdict::Works), (2, Verdict::Works)]);
    history
        .connection
        .execute("UPDATE verdicts SET verdict = 'quantum' WHERE grant_id = ?1", [id(1).to_string()])
        .unwrap();
    assert_eq!(history.verdicts_of(run).unwrap().len(), 1);
}

#[test]
fn clearing_the_history_takes_verdicts_along() {
    let mut history = history();
    let run = run(&mut history, "acme", 0, &[(1, Verdict::Works)]);
    history.clear().unwrap();
    assert_eq!(history.verdicts_of(run).unwrap(), []);
    history.keep_verdicts(&[verdict(run, 1, Verdict::Works)]).unwrap();
    assert_eq!(history.verdicts_of(run).unwrap(), [], "its run is gone");
}
