//! Scanning a large project beside `ripgrep` that looks for the same pattern: `cargo bench --bench scan`. Needs 1 GB
//! under the system's temporary folder, which it gives back, and `rg` on the path. Prints each figure beside its bar
//! and asserts nothing.
#![allow(missing_docs, reason = "a bench has no readers of its documentation")]
#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a measuring program reads the clock, prints, and stops when something is wrong"
)]

#[path = "measure/print.rs"]
mod print;

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use uuid::Uuid;

use crate::print::{milliseconds, row, spread};

const FOLDERS: usize = 500;
const FILES: usize = 100;
/// Files have 1 to 40 KB, as those of a project: 1 GB in all.
const LARGEST: usize = 40_960;
const ROUNDS: usize = 7;
const PATTERN: &str = r"\b[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}\b";
const WORDS: [&str; 18] = [
    "fn",
    "let",
    "return",
    "the",
    "grant",
    "value",
    "-",
    "--",
    "=",
    "deadbeef",
    "{",
    "}",
    "    ",
    "self.",
    "0x1f",
    "// comment\n",
    "\n",
    "cafe-babe",
];

fn main() {
    let folder = tempfile::tempdir().unwrap();
    let (bytes, ids) = plant(folder.path());
    println!("{} files, {} MB, {ids} ids\n", FOLDERS * FILES, bytes / 1_000_000);
    row("what", "measured", "bar");
    let mut ours = Vec::new();
    let mut theirs = Vec::new();
    // In turns, so that both meet the same conditions; the first round fills the cache and does not count.
    for round in 0..=ROUNDS {
        let (time, found) = timed(&mut grantdeck(folder.path()));
        assert!(found >= 1, "the id of the demonstration is found");
        let Some((other, _)) = timed_or_missing(&mut ripgrep(folder.path())) else {
            row("grantdeck scan", &milliseconds(time), "≤ 2× rg; rg is not installed here");
            return;
        };
        if round > 0 {
            ours.push(time);
            theirs.push(other);
        }
    }
    row("grantdeck scan (and the list of 500 grants)", &spread(&mut ours), "≤ 2× rg");
    row("rg, the same pattern", &spread(&mut theirs), "");
    let middle = |times: &[Duration]| times[times.len() / 2].as_secs_f64();
    row("ratio of the middles", &format!("{:.2}×", middle(&ours) / middle(&theirs)), "≤ 2×");
}

fn grantdeck(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_grantdeck"));
    command.args(["--demo", "scan", "--output", "jsonl"]).arg(folder);
    command
}

fn ripgrep(folder: &Path) -> Command {
    let mut command = Command::new("rg");
    command.args(["--no-config", "--no-require-git", "--hidden", "--line-number", PATTERN]).arg(folder);
    command
}

/// How long a program took, and how many lines it printed.
fn timed(command: &mut Command) -> (Duration, usize) {
    timed_or_missing(command).unwrap()
}

fn timed_or_missing(command: &mut Command) -> Option<(Duration, usize)> {
    let start = Instant::now();
    let out = command.stdin(Stdio::null()).stderr(Stdio::null()).output().ok()?;
    Some((start.elapsed(), memchr::memchr_iter(b'\n', &out.stdout).count()))
}

/// A project of words, with an id in every twentieth file and one grant of the demonstration.
fn plant(folder: &Path) -> (u64, u64) {
    let mut random = fastrand::Rng::with_seed(1);
    let mut text = String::with_capacity(LARGEST * 2);
    while text.len() < LARGEST * 2 {
        text.push_str(WORDS[random.usize(..WORDS.len())]);
        text.push(' ');
    }
    let (mut bytes, mut ids) = (0, 0);
    for outer in 0..FOLDERS {
        let folder = folder.join(format!("part{}", outer % 25)).join(format!("module{outer}"));
        fs::create_dir_all(&folder).unwrap();
        for inner in 0..FILES {
            let start = random.usize(..LARGEST);
            let mut content = text.get(start..start + random.usize(1_000..LARGEST)).unwrap().to_owned();
            if (outer * FILES + inner).is_multiple_of(20) {
                ids += 1;
                content.extend(["\ntrace = \"", &Uuid::from_u128(random.u128(..)).to_string(), "\"\n"]);
            }
            bytes += content.len() as u64;
            fs::write(folder.join(format!("file{inner}.rs")), content).unwrap();
        }
    }
    let mut id = Command::new(env!("CARGO_BIN_EXE_grantdeck"));
    let id = id.args(["--demo", "id", "google:work@acme.example"]).output().unwrap();
    fs::write(folder.join(".env"), format!("GRANT={}", String::from_utf8(id.stdout).unwrap())).unwrap();
    (bytes, ids + 1)
}
