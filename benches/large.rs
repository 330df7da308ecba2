//! Measures keys while a body of 50 MB arrives (base64 within a proxy answer), is read, and is shown: the built program
//! in a pseudo-terminal against the sandbox over loopback: `cargo bench --bench large`. Prints each figure
//! beside its bar and asserts nothing.
//!
//! A key's time runs from sending it until its frame is written, its effects are started and the program has told
//! so: an upper bound of what a person sees, who is content with the frame's first byte. On a machine that is busy
//! with other things most of it is waiting for a processor; so beside it stands what the thread that draws had of one
//! meanwhile, answers that came in included.
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
#[cfg(unix)]
#[path = "measure/print.rs"]
mod print;

#[cfg(unix)]
mod measure {
    use std::net::{Ipv4Addr, SocketAddr};
    use std::sync::Arc;
    use std::time::{Duration, Instant};

    use grantdeck::platform::clock::wall;
    use grantdeck::sandbox::{Options, start};
    use secrecy::ExposeSecret;

    use crate::driver::{Start, Tui};
    use crate::print::{milliseconds, row, spread_and_worst};

    const LARGE: u64 = 50_000_000;
    const BAR: &str = "max 16 ms";
    /// Calls, each with an arrival of its own.
    const ROUNDS: usize = 3;
    const MOVES: usize = 300;

    /// How long keys took, by what the program was at.
    #[derive(Default)]
    struct Figures {
        arriving: Times,
        reading: Times,
        whole: Vec<Duration>,
    }

    /// How long each key took, and what the thread that draws did for it.
    #[derive(Default)]
    struct Times {
        keys: Vec<Duration>,
        work: Vec<Duration>,
    }

    impl Times {
        fn take(&mut self, tui: &mut Tui, press: impl FnOnce(&mut Tui)) {
            let before = drawing(tui);
            self.keys.push(tui.handling(press));
            self.work.push(drawing(tui).saturating_sub(before));
        }

        fn print(&mut self, what: &str) {
            row(what, &spread_and_worst(&mut self.keys), BAR);
            row("  of that, work of the thread that draws", &spread_and_worst(&mut self.work), BAR);
        }
    }

    /// The time on a processor that the thread that draws has had.
    fn drawing(tui: &Tui) -> Duration {
        let process = tui.process();
        let text = std::fs::read_to_string(format!("/proc/{process}/task/{process}/schedstat"));
        let text = text.unwrap_or_default();
        let nanoseconds = text.split_whitespace().next().and_then(|number| number.parse().ok());
        Duration::from_nanos(nanoseconds.unwrap_or_default())
    }

    pub(crate) fn main() {
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let faults = vec![format!("proxy-large={LARGE}").parse().unwrap()];
        let options = Options { grants: 50, rate_limit: None, journal: 16, faults, ..Options::default() };
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let sandbox = runtime.block_on(start(&options, address, Arc::new(wall))).unwrap();
        let mut tui = Start::program(&[])
            .size(140, 40)
            .env("ALTER_BASE_URL", sandbox.base_url())
            .env("ALTER_API_KEY", sandbox.app_key().expose_secret())
            .spawn();
        tui.wait_for("octo-acme");
        tui.press("/");
        tui.type_text("octo-acme");
        tui.press("enter");
        tui.settle();
        tui.press("esc");
        tui.press("c");
        tui.settle();
        row("what", "measured", "bar");
        let mut figures = Figures::default();
        for _ in 0..ROUNDS {
            arrival(&mut tui, &mut figures);
        }
        figures.arriving.print("key while 50 MB arrive");
        figures.reading.print("key while they are read");
        row("  from sending to shown", &spread_and_worst(&mut figures.whole), "");
        shown(&mut tui);
        tui.press("q");
        tui.exit_status();
    }

    /// Sends the call and presses keys until its answer is shown.
    fn arrival(tui: &mut Tui, figures: &mut Figures) {
        let began = Instant::now();
        tui.press("s");
        tui.wait_for("Sent; waiting");
        while tui.screen().contains("Sent; waiting") {
            figures.arriving.take(tui, |tui| tui.press("tab"));
        }
        while tui.screen().contains("Reading the body") {
            figures.reading.take(tui, |tui| tui.press("tab"));
        }
        tui.wait_for("pretty");
        figures.whole.push(began.elapsed());
        // The keys go to the response afterwards.
        if !tui.screen().contains("fold") {
            tui.press("tab");
        }
        tui.settle();
    }

    fn shown(tui: &mut Tui) {
        figure(tui, "one line down", &["j"; MOVES]);
        figure(tui, "a page down", &["pagedown"; MOVES]);
        figure(tui, "the last line, the first", &["G", "home"].repeat(MOVES / 10));
        figure(tui, "one fold", &["j", "space"].repeat(MOVES / 10));
        figure(tui, "fold all, moving meanwhile", &["-", "j", "j", "j"].repeat(MOVES / 10));
        figure(tui, "unfold all, moving meanwhile", &["+", "j", "j", "j"].repeat(MOVES / 10));
        figure(tui, "fold the list and open it", &["home", "j", "space", "space"].repeat(MOVES / 20));
        for typed in ["row", "größer", "\"ok\":true", "zzz"] {
            let letters: Vec<String> = typed.chars().map(String::from).collect();
            let keys: Vec<&str> = letters.iter().map(String::as_str).collect();
            tui.press("-");
            tui.press("/");
            tui.settle();
            figure(tui, &format!("a letter of the search “{typed}”"), &keys);
            tui.press("enter");
            tui.settle();
            figure(tui, "the next match, the one before", &["n", "n", "N"].repeat(MOVES / 10));
            tui.press("esc");
            tui.press("+");
            tui.settle();
        }
        tui.press("v");
        figure(tui, "raw, one line of 50 MB: wrap on and off", &["w", "w"].repeat(MOVES / 20));
        tui.press("w");
        tui.settle();
        let mut widths = Times::default();
        for width in 100..120 {
            tui.resize(width, 40);
            widths.take(tui, |tui| tui.press("j"));
            tui.settle();
        }
        widths.print("a key after a new width");
        tui.press("v");
        figure(tui, "hex, a page down", &["pagedown"; MOVES]);
        tui.press("v");
        tui.settle();
        let keys = [".", "i", "t", "e", "m", "s", "[", "1", "]"];
        tui.press("|");
        figure(tui, "a letter of a filter", &keys);
        let began = Instant::now();
        tui.wait_for("1 result");
        row("  until its result, keys at rest", &milliseconds(began.elapsed()), "");
        tui.press("esc");
        tui.settle();
    }

    /// Presses keys one after the other, each as soon as the one before was handled.
    fn figure(tui: &mut Tui, what: &str, keys: &[&str]) {
        let mut times = Times::default();
        for key in keys {
            let single = key.chars().count() == 1;
            times.take(tui, |tui| if single { tui.type_text(key) } else { tui.press(key) });
        }
        times.print(what);
        tui.settle();
    }
}

fn main() {
    #[cfg(unix)]
    measure::main();
}
