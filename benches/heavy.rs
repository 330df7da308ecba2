//! Measures frames over many rows, and keys while the rows weigh as much as a backend can make them (names of a
//! megabyte, a policy of five, 200,000 scopes): `cargo bench --bench heavy`. Prints each figure beside its bar and asserts nothing.
#![allow(missing_docs, reason = "a bench has no readers of its documentation")]
#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::panic,
    dead_code,
    reason = "a measuring program reads the clock, prints, stops when something is wrong, and borrows from the tests"
)]

#[path = "../tests/screens/fixtures.rs"]
mod fixtures;
#[path = "../tests/screens/heavy.rs"]
mod heavy;
#[path = "measure/print.rs"]
mod print;
#[allow(clippy::expect_used, reason = "as in a test: what was not asked for is a mistake of the bench")]
#[path = "../tests/screens/stage.rs"]
mod stage;

use std::time::{Duration, Instant};

use grantdeck::app::input::Key;
use grantdeck::app::keymap::Chord;
use grantdeck::app::requests::{RowsFound, SearchRows};
use grantdeck::app::{Answer, Effect, Job, Msg, update, view};
use grantdeck::domain::Grant;
use grantdeck::search;
use ratatui::Terminal;
use ratatui::backend::TestBackend;

use crate::print::{milliseconds, row, spread_and_worst};
use crate::stage::Stage;

const ROUNDS: usize = 20;
const BAR: &str = "max 8 ms";

/// Rows of a large list, and frames that are drawn of it.
const ROWS: u128 = 100_000;
const FRAMES: usize = 2_000;

fn main() {
    row("what", "measured", "bar");
    let crowd = fixtures::crowd(ROWS);
    for (width, height) in [(200, 50), (120, 36)] {
        let mut screen = Screen::new(width, height, &crowd);
        let mut times = Vec::new();
        for _ in 0..FRAMES {
            screen.take(Msg::Key(Key::char('j')), &mut times);
        }
        let size = format!("{width}x{height}");
        row(&format!("a frame over 100,000 rows at {size}"), &spread_and_worst(&mut times), "p50 1 ms");
    }
    let grants = heavy::grants();
    for (width, height) in [(200, 50), (80, 24)] {
        let mut screen = Screen::new(width, height, &grants);
        let mut times = vec![Vec::new(); heavy::KEYS.len()];
        for _ in 0..ROUNDS {
            for (key, times) in heavy::KEYS.into_iter().zip(&mut times) {
                for key in key.parse::<Chord>().unwrap().0 {
                    screen.take(Msg::Key(key), times);
                }
            }
        }
        let mut all = times.concat();
        let size = format!("{width}x{height}");
        row(&format!("a key at {size}, handled and drawn"), &spread_and_worst(&mut all), BAR);
        // On a busy machine the worst of all is waiting for a processor; what one key costs is its median.
        let medians = times.iter_mut().zip(heavy::KEYS).enumerate().map(|(place, (times, key))| {
            times.sort_unstable();
            (times[times.len() / 2], place, key)
        });
        let mut medians: Vec<_> = medians.collect();
        medians.sort_unstable();
        for (median, place, key) in medians.into_iter().rev().take(5) {
            row(&format!("  median of key {place}, {key}"), &milliseconds(median), BAR);
        }
    }
}

/// The screen without the program around it.
struct Screen {
    stage: Stage,
    terminal: Terminal<TestBackend>,
}

impl Screen {
    /// The screen with these grants on it.
    fn new(width: u16, height: u16, grants: &[Grant]) -> Self {
        let mut stage = Stage::open(width, height);
        stage.names(fixtures::catalog(), fixtures::agents());
        let total = grants.len() as u64;
        stage.page(grants.to_vec(), total, None);
        stage.done(total);
        Self { stage, terminal: Terminal::new(TestBackend::new(width, height)).unwrap() }
    }

    /// Takes a message in and draws, and then the answers to the searches that it began: the program leaves those to
    /// a worker, so they are not timed.
    fn take(&mut self, message: Msg, times: &mut Vec<Duration>) {
        let began = Instant::now();
        let effects = update(&mut self.stage.model, message, self.stage.now);
        self.terminal.draw(|frame| view(&self.stage.model, self.stage.now, frame)).unwrap();
        times.push(began.elapsed());
        for effect in effects {
            if let Effect::Start { ticket, job: Job::SearchRows(SearchRows(plan)) } = effect {
                let found = search::run(&plan, &|| false, &mut |_| {}).unwrap();
                let answer = Box::new(Answer::SearchRows(RowsFound { found, last: true }));
                self.take(Msg::Answer { ticket, answer }, times);
            }
        }
    }
}
