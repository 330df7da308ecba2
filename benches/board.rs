//! Measures the board of a smoke test over 10,000 grants: `cargo bench --bench board`. Prints each figure beside its bar
//! and asserts nothing of speed.
#![allow(missing_docs, reason = "a bench has no readers of its documentation")]
#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::panic,
    reason = "a measuring program reads the clock, prints, and stops when something is wrong"
)]
#![cfg_attr(not(unix), allow(unused))]

#[cfg(unix)]
#[path = "../tests/tui/driver.rs"]
mod driver;
#[path = "measure/print.rs"]
mod print;

use std::sync::Arc;
use std::time::{Duration, Instant};

use grantdeck::app::keymap::Keymap;
use grantdeck::app::nav::View;
use grantdeck::app::requests::SmokeTargets;
use grantdeck::app::screens::smoke::{Board, Subject};
use grantdeck::app::{Answer, Model, Msg, Slot, update, view};
use grantdeck::domain::smoke::{SmokeEvent, SmokePlan, SmokeResult, Verdict};
use grantdeck::domain::{Clean, Grant, GrantId, Now, RowId};
use grantdeck::search::Rows;
use grantdeck::ui::{Depth, Theme};
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use uuid::Uuid;

use crate::print::{row, spread_and_worst};

/// Grants that are tested.
const MANY: u32 = 10_000;
/// Results in one message: what a fast run brings in the 34 ms between two, and the most that one may carry.
const BATCHES: [usize; 2] = [60, 1_000];

fn main() {
    row("what", "measured", "bar");
    for batch in BATCHES {
        in_process(batch);
    }
    #[cfg(unix)]
    whole::measure();
}

fn now(millis: u64) -> Now {
    let start = 1_767_225_600_000_i64;
    Now { millis, wall: jiff::Timestamp::from_millisecond(start + millis.cast_signed()).unwrap() }
}

fn id(number: u32) -> GrantId {
    // Spread, as ids are.
    GrantId(Uuid::from_u128(u128::from(number).wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c834)))
}

fn result(number: u32) -> SmokeEvent {
    const VERDICTS: [Verdict; 5] =
        [Verdict::Works, Verdict::NeedsReconnect, Verdict::Works, Verdict::ProviderDown, Verdict::NoProbe];
    let mut grant = Grant::blank(RowId::Grant(id(number)));
    grant.provider = ["google", "slack", "github"][number as usize % 3].into();
    grant.account_identifier =
        Some(format!("person{:05}@acme.example", number.wrapping_mul(7_919) % MANY).into());
    let verdict = VERDICTS[number as usize % VERDICTS.len()];
    let at = now(0).wall;
    SmokeEvent::Verdict(Arc::new(SmokeResult {
        why: Some(Clean::line("The provider no longer accepts the stored credential")),
        latency_ms: Some(u64::from(number % 900)),
        attempts: 1,
        ..SmokeResult::blank(&grant, id(number), verdict, at)
    }))
}

/// What taking a message in and drawing the board costs the thread of the screen, from the first result to the last.
fn in_process(batch: usize) {
    let theme = Arc::new(Theme::builtin("dark", Depth::Truecolor));
    let mut model = Model::new(theme, Depth::Truecolor, Arc::new(Keymap::builtin()));
    update(&mut model, Msg::Start { width: 200, height: 50 }, now(0));
    let job = SmokeTargets::all(Rows::default().snapshot());
    model.smoke.board = Some(Board::new(Subject::default(), job));
    model.shared.nav.open(View::Smoke);
    let ticket = model.shared.slots.begin(Slot::Smoke);
    let mut terminal = Terminal::new(TestBackend::new(200, 50)).unwrap();
    let plan = SmokePlan { grants: MANY, calls: MANY, ..SmokePlan::default() };
    let mut times = Vec::new();
    let mut millis = 0;
    let mut step = |events: Vec<SmokeEvent>, model: &mut Model| {
        millis += 34;
        let began = Instant::now();
        update(model, Msg::Answer { ticket, answer: Box::new(Answer::RunSmoke(events)) }, now(millis));
        terminal.draw(|frame| view(model, now(millis), frame)).unwrap();
        times.push(began.elapsed());
    };
    step(vec![SmokeEvent::Planned(plan)], &mut model);
    let all: Vec<u32> = (0..MANY).collect();
    for some in all.chunks(batch) {
        step(some.iter().map(|number| result(*number)).collect(), &mut model);
    }
    assert_eq!(model.smoke.board.as_ref().unwrap().tally.total(), MANY);
    let what = format!("{batch} more of 10,000 results taken in and drawn");
    row(&what, &spread_and_worst(&mut times), "max 16 ms");
}

/// The program itself, against a backend over loopback.
#[cfg(unix)]
mod whole {
    use std::net::{Ipv4Addr, SocketAddr};

    use grantdeck::platform::clock::wall;
    use grantdeck::sandbox::{Options, start};
    use secrecy::ExposeSecret;

    use super::{Arc, Duration, Instant, MANY, row, spread_and_worst};
    use crate::driver::Start;

    /// What begins each frame.
    const FRAME: &[u8] = b"\x1b[?2026h";

    pub(super) fn measure() {
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        let options = Options { grants: MANY, rate_limit: None, journal: 16, ..Options::default() };
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let sandbox = runtime.block_on(start(&options, address, Arc::new(wall))).unwrap();
        let home = tempfile::tempdir().unwrap();
        let mut tui = Start::program(&[])
            .home(home.path())
            .env("ALTER_BASE_URL", sandbox.base_url())
            .env("ALTER_API_KEY", sandbox.app_key().expose_secret())
            .size(200, 50)
            .spawn();
        tui.wait_for("of 10,000 ");
        tui.settle();
        tui.press("T");
        tui.wait_for("Test 10,000 grants?");
        // A question takes no key before it could be read.
        tui.rest();
        tui.press("y");
        tui.wait_for("VERDICT");
        let (began, from) = (Instant::now(), tui.bytes_written());
        // Nobody presses a key in the first seconds: every frame is one of the board's own.
        std::thread::sleep(Duration::from_secs(3));
        let (watched, to) = (began.elapsed(), tui.bytes_written());
        let raw = tui.raw_bytes();
        let frames = raw[from..to].windows(FRAME.len()).filter(|bytes| *bytes == FRAME).count();
        let per_second = frames as f64 / watched.as_secs_f64();
        row("frames a second while 10,000 grants are tested", &format!("{per_second:.1}"), "at most 30");
        let mut keys = Vec::new();
        for _ in 0..100 {
            keys.push(tui.handling(|tui| tui.press("j")));
        }
        row("key to handled meanwhile", &spread_and_worst(&mut keys), "16 ms");
        let still = !tui.screen().contains("done in");
        row("  the test was under way to the end of that", if still { "yes" } else { "no" }, "");
        tui.press("esc");
        tui.wait_for("stopped after");
        tui.press("q");
        tui.exit_status();
    }
}
