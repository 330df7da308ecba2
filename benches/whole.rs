//! Measures the built program as a whole, in a pseudo-terminal, against the sandbox over loopback, and beside the
//! official Python SDK: `cargo bench --bench whole`. Prints each figure beside its bar and asserts nothing.
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
#[path = "../tests/sdk/python.rs"]
mod python;

#[cfg(unix)]
#[path = "measure/print.rs"]
mod print;
#[cfg(unix)]
#[path = "measure/sandbox.rs"]
mod sandbox;

#[cfg(unix)]
mod measure {
    mod against_sdk;

    use std::net::{Ipv4Addr, SocketAddr};
    use std::sync::Arc;
    use std::time::{Duration, Instant};

    use grantdeck::platform::clock::wall;
    use grantdeck::sandbox::{Options, Running, start};
    use secrecy::ExposeSecret;

    use crate::driver::{Start, Tui};
    use crate::print::{milliseconds, row, spread};

    /// Grants in the large account.
    const MANY: u32 = 100_000;
    /// An account that every world begins with.
    const KNOWN_ROW: &str = "work@acme.example";
    const STARTS: usize = 30;
    const MOVES: usize = 500;
    const PAGES: usize = 200;
    const TYPED: [&str; 6] = ["google work", "slack hq", "oconnor", "mossgate ci", "zzzzz", "acme"];
    const ROUNDS: usize = 5;
    const REST: Duration = Duration::from_secs(10);

    pub(crate) fn main() {
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        row("what", "measured", "bar");
        starts(&runtime.block_on(sandbox(500)));
        large(&runtime.block_on(sandbox(MANY)));
        runtime.shutdown_background();
        against_sdk::measure();
    }

    async fn sandbox(grants: u32) -> Running {
        let options = Options { grants, rate_limit: None, journal: 16, ..Options::default() };
        start(&options, SocketAddr::from((Ipv4Addr::LOCALHOST, 0)), Arc::new(wall)).await.unwrap()
    }

    fn program(sandbox: &Running) -> Tui {
        Start::program(&[])
            .env("ALTER_BASE_URL", sandbox.base_url())
            .env("ALTER_API_KEY", sandbox.app_key().expose_secret())
            .spawn()
    }

    fn starts(sandbox: &Running) {
        let (mut frames, mut pages) = (Vec::new(), Vec::new());
        for _ in 0..STARTS {
            let tui = program(sandbox);
            tui.wait_for("grantdeck");
            frames.push(tui.started().elapsed());
            tui.wait_for(KNOWN_ROW);
            pages.push(tui.started().elapsed());
        }
        row("start to first frame", &spread(&mut frames), "20 ms");
        row("start to first page", &spread(&mut pages), "60 ms");
    }

    fn large(sandbox: &Running) {
        let began = Instant::now();
        let mut tui = program(sandbox);
        tui.wait_for("of 100,000 ");
        tui.settle();
        row("100,000 grants loaded", &milliseconds(began.elapsed()), "");
        let process = tui.process();
        row("resident, 100,000 grants", &memory(process, "VmRSS:"), "150 MiB");

        row("key to first byte, one row down", &keys(&mut tui, MOVES, "j"), "p99 8 ms");
        row("key to first byte, next page", &keys(&mut tui, PAGES, "]"), "p99 8 ms");
        let (mut calm, mut fast) = (Vec::new(), Vec::new());
        for _ in 0..ROUNDS {
            for text in TYPED {
                tui.press("/");
                tui.settle();
                for character in text.chars() {
                    calm.push(tui.latency(|tui| tui.type_text(&character.to_string())));
                    tui.settle();
                }
                for _ in text.chars() {
                    fast.push(tui.handling(|tui| tui.press("backspace")));
                }
                for character in text.chars() {
                    fast.push(tui.handling(|tui| tui.type_text(&character.to_string())));
                }
                tui.settle();
                tui.press("esc");
                tui.settle();
            }
        }
        row("key to first byte, a letter of the search", &spread(&mut calm), "p99 8 ms");
        // The search before is still running: an upper bound, to the end of the frame and beyond.
        row("key to handled, letters without a pause", &spread(&mut fast), "p99 8 ms");
        row("resident after searching", &memory(process, "VmRSS:"), "150 MiB");
        row("peak", &memory(process, "VmHWM:"), "");

        tui.rest();
        let (bytes, busy) = (tui.bytes_written(), processor(process));
        std::thread::sleep(REST);
        row("bytes written in 10 s at rest", &(tui.bytes_written() - bytes).to_string(), "0");
        let share = processor(process).saturating_sub(busy).as_secs_f64() / REST.as_secs_f64() * 100.0;
        row("share of a core at rest", &format!("{share:.3} %"), "0.2 %");
        tui.press("q");
        tui.exit_status();
    }

    fn keys(tui: &mut Tui, count: usize, key: &str) -> String {
        let mut times = Vec::new();
        for _ in 0..count {
            times.push(tui.latency(|tui| tui.press(key)));
            tui.settle();
        }
        spread(&mut times)
    }

    /// A line of `/proc/PID/status`, in MiB.
    fn memory(process: u32, name: &str) -> String {
        let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap();
        let line = status.lines().find(|line| line.starts_with(name)).unwrap();
        let kibibytes: f64 = line.split_whitespace().nth(1).unwrap().parse().unwrap();
        format!("{:.1} MiB", kibibytes / 1024.0)
    }

    /// Time on a processor so far, all threads.
    fn processor(process: u32) -> Duration {
        let tasks = std::fs::read_dir(format!("/proc/{process}/task")).unwrap();
        let nanoseconds = tasks.map(|task| {
            let text = std::fs::read_to_string(task.unwrap().path().join("schedstat")).unwrap();
            text.split_whitespace().next().unwrap().parse::<u64>().unwrap()
        });
        Duration::from_nanos(nanoseconds.sum())
    }
}

fn main() {
    #[cfg(unix)]
    measure::main();
}
