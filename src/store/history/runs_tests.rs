use uuid::Uuid;

use super::*;
use crate::Retention;
use crate::domain::smoke::{Past, Verdict};
use crate::domain::{Clean, GrantId};

fn whose(profile: &str) -> Whose {
    Whose { profile: profile.to_owned(), backend: "http://127.0.0.1:8787".to_owned() }
}

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_000_000_000 + second).unwrap()
}

fn verdict(run: RunId, grant: u128) -> Past {
    Past {
        run,
        grant: GrantId(Uuid::from_u128(grant)),
        verdict: Verdict::Works,
        why: None::<Clean>,
        code: None,
        provider_status: None,
        latency_ms: None,
        at: at(run.0),
    }
}

fn begun(history: &mut History, grants: u32) -> RunId {
    let run = history.begin_run(&whose("acme"), Mode::Proxy, grants, at(5)).unwrap();
    history.keep_verdicts(&[verdict(run, 1)]).unwrap();
    run
}

#[test]
fn a_run_that_was_interrupted_can_be_gone_on_with() {
    let mut history = History::in_memory(Retention::default()).unwrap();
    assert_eq!(history.interrupted_run(&whose("acme")).unwrap(), None);
    let whole = begun(&mut history, 1);
    history.end_run(whole, at(6)).unwrap();
    history.leave_run(whole).unwrap();
    assert_eq!(history.interrupted_run(&whose("acme")).unwrap(), None, "it ended");
    assert!(!history.take_up_run(&whose("acme"), Mode::Proxy, whole).unwrap());
    let part = begun(&mut history, 2);
    history.leave_run(part).unwrap();
    assert_eq!(history.interrupted_run(&whose("acme")).unwrap(), Some(part));
    assert_eq!(history.interrupted_run(&whose("other")).unwrap(), None);
    for (profile, mode) in [("other", Mode::Proxy), ("acme", Mode::Retrieve)] {
        assert!(!history.take_up_run(&whose(profile), mode, part).unwrap(), "{profile} {mode:?}");
    }
    assert!(history.take_up_run(&whose("acme"), Mode::Proxy, part).unwrap());
    // A resumed part does not end the run.
    history.end_run(part, at(7)).unwrap();
    history.leave_run(part).unwrap();
    assert_eq!(history.interrupted_run(&whose("acme")).unwrap(), Some(part));
    history.keep_verdicts(&[verdict(part, 2)]).unwrap();
    history.end_run(part, at(8)).unwrap();
    assert_eq!(history.interrupted_run(&whose("acme")).unwrap(), None);
    assert!(!history.take_up_run(&whose("acme"), Mode::Proxy, RunId(99)).unwrap(), "there is none");
}

#[test]
fn a_run_that_a_process_has_going_is_nobody_elses() {
    let home = tempfile::tempdir().unwrap();
    let open = || History::open(&home.path().join("history.db"), Retention::default()).unwrap();
    let (mut one, mut other) = (open(), open());
    let first = begun(&mut one, 9);
    one.leave_run(first).unwrap();
    let going = begun(&mut one, 9);
    assert_eq!(other.interrupted_run(&whose("acme")).unwrap(), Some(first), "not the one under way");
    assert!(!other.take_up_run(&whose("acme"), Mode::Proxy, going).unwrap());
    // Two that try at once: one of them gets it.
    assert!(other.take_up_run(&whose("acme"), Mode::Proxy, first).unwrap());
    assert!(!one.take_up_run(&whose("acme"), Mode::Proxy, first).unwrap());
    one.leave_run(going).unwrap();
    assert!(other.take_up_run(&whose("acme"), Mode::Proxy, going).unwrap());
}

#[cfg(unix)]
#[test]
fn a_run_whose_process_was_killed_can_be_gone_on_with() {
    let mut history = History::in_memory(Retention::default()).unwrap();
    let run = begun(&mut history, 9);
    let mut child = std::process::Command::new("sleep").arg("20").spawn().unwrap();
    history.connection.execute("UPDATE runs SET process = ?1", [child.id()]).unwrap();
    assert_eq!(history.interrupted_run(&whose("acme")).unwrap(), None);
    assert!(!history.take_up_run(&whose("acme"), Mode::Proxy, run).unwrap());
    child.kill().unwrap();
    child.wait().unwrap();
    assert_eq!(history.interrupted_run(&whose("acme")).unwrap(), Some(run));
    assert!(history.take_up_run(&whose("acme"), Mode::Proxy, run).unwrap());
}
