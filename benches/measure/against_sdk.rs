//! The program against the official Python SDK: the same list from the same sandbox, in turn.

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use super::{KNOWN_ROW, MANY, row, spread};
use crate::driver::Start;
use crate::python;

/// Runs of each, after one that is not measured.
const ROUNDS: usize = 5;
const STARTS: usize = 10;
const BAR: &str = "10 x";

/// A sandbox in a process of its own, so that nobody profits from being near to it.
struct Sandbox {
    process: Child,
    variables: Vec<(String, String)>,
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }
}

impl Sandbox {
    fn start() -> Self {
        let mut process = Command::new(env!("CARGO_BIN_EXE_grantdeck"))
            // Its budget is told, so that pages are asked for at once, and never ends.
            .args(["sandbox", "--port", "0", "--rate-limit", "1000000000", "--grants", &MANY.to_string()])
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = BufReader::new(process.stdout.take().unwrap()).lines().map(Result::unwrap);
        let exported = lines.filter_map(|line| {
            let (name, value) = line.strip_prefix("export ")?.split_once('=')?;
            Some((name.to_owned(), value.trim_matches('\'').to_owned()))
        });
        let variables = exported.take(2).collect();
        Self { process, variables }
    }

    fn ours(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_grantdeck"));
        command.args(["list", "--all", "--page-size", "1000"]).args(arguments);
        command.envs(self.variables.clone());
        command
    }

    fn theirs(&self, variables: &[(&str, &str)]) -> Command {
        let mut command =
            python::script(&Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/measure/list.py"));
        command.envs(self.variables.clone()).envs(variables.iter().copied()).stderr(Stdio::null());
        command
    }
}

pub(crate) fn measure() {
    let sandbox = Sandbox::start();
    let ids = ["--fields", "grant_id", "--output", "csv"];
    same_ids(sandbox.ours(&ids), sandbox.theirs(&[("IDS", "")]));
    race(
        "list --all of 100,000, ids",
        || run(sandbox.ours(&ids)),
        || run(sandbox.theirs(&[("IDS", "")])),
        ROUNDS,
    );
    race(
        "list --all of 100,000, whole rows",
        || run(sandbox.ours(&["--output", "jsonl"])),
        || run(sandbox.theirs(&[])),
        ROUNDS,
    );
    race("start to first page", || first_page(&sandbox), || run(sandbox.theirs(&[("PAGE", "100")])), STARTS);
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
