//! The program against the official Python SDK: the same list from the same sandbox, in turn.

use std::collections::BTreeSet;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use super::{KNOWN_ROW, MANY};
use crate::driver::Start;
use crate::print::{row, spread};
use crate::sandbox::Sandbox;

/// Runs of each, after one that is not measured.
const ROUNDS: usize = 5;
const STARTS: usize = 10;
const BAR: &str = "10 x";

pub(crate) fn measure() {
    let sandbox = Sandbox::start(MANY);
    let ours =
        |arguments: &[&str]| sandbox.ours(&[&["list", "--all", "--page-size", "1000"], arguments].concat());
    let theirs = |variables: &[(&str, &str)]| sandbox.theirs("list.py", variables);
    let ids = ["--fields", "grant_id", "--output", "csv"];
    same_ids(ours(&ids), theirs(&[("IDS", "")]));
    race("list --all of 100,000, ids", || run(ours(&ids)), || run(theirs(&[("IDS", "")])), ROUNDS);
    race(
        "list --all of 100,000, whole rows",
        || run(ours(&["--output", "jsonl"])),
        || run(theirs(&[])),
        ROUNDS,
    );
    race("start to first page", || first_page(&sandbox), || run(theirs(&[("PAGE", "100")])), STARTS);
}

/// Both print every grant, before anybody is timed.
fn same_ids(mut ours: Command, mut theirs: Command) {
    let ids = |text: Vec<u8>| -> BTreeSet<String> {
        String::from_utf8(text).unwrap().lines().filter(|line| line.len() == 36).map(str::to_owned).collect()
    };
    let (ours, theirs) = (ids(ours.output().unwrap().stdout), ids(theirs.output().unwrap().stdout));
    assert!(ours == theirs && ours.len() == MANY as usize, "{} and {} ids", ours.len(), theirs.len());
}

fn run(mut command: Command) -> Duration {
    let began = Instant::now();
    let status = command.stdout(Stdio::null()).status().unwrap();
    let time = began.elapsed();
    assert!(status.success(), "{command:?}: {status}");
    time
}

/// The screen, until a row is on it.
fn first_page(sandbox: &Sandbox) -> Duration {
    let start =
        sandbox.variables.iter().fold(Start::program(&[]), |start, (name, value)| start.env(name, value));
    let tui = start.spawn();
    tui.wait_for(KNOWN_ROW);
    tui.started().elapsed()
}

/// One, the other, one, the other: whatever else the machine does meets both.
fn race(what: &str, ours: impl Fn() -> Duration, theirs: impl Fn() -> Duration, rounds: usize) {
    let (mut our_times, mut their_times) = (Vec::new(), Vec::new());
    for _ in 0..rounds {
        our_times.push(ours());
        their_times.push(theirs());
    }
    row(what, &spread(&mut our_times), "");
    row("  the same with the Python SDK 0.29.0", &spread(&mut their_times), "");
    // Both are in order by now.
    let ratio = their_times[rounds / 2].as_secs_f64() / our_times[rounds / 2].as_secs_f64();
    row("  times faster, medians", &format!("{ratio:.1} x"), BAR);
}
