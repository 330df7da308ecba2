//! Measures managing grants on the screen, with the built program in a pseudo-terminal against the sandbox over
//! loopback: `cargo bench --bench manage`. Prints each figure beside its bar and asserts nothing.
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
    use grantdeck::sandbox::{Options, Running, start};
    use secrecy::ExposeSecret;

    use crate::driver::{Start, Tui};
    use crate::print::{milliseconds, row, spread};

    const LINKS: usize = 20;
    const MANY: u32 = 500;
    const REST: Duration = Duration::from_secs(10);
    /// A question is answered only once it could be read.
    const READING: Duration = Duration::from_millis(400);

    pub(crate) fn main() {
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        row("what", "measured", "bar");
        links(&runtime.block_on(sandbox(Options { rate_limit: None, ..Options::default() })));
        revokes(&runtime.block_on(sandbox(Options { grants: MANY, ..Options::default() })));
        runtime.shutdown_background();
    }

    async fn sandbox(options: Options) -> Running {
        start(&options, SocketAddr::from((Ipv4Addr::LOCALHOST, 0)), Arc::new(wall)).await.unwrap()
    }

    fn program(sandbox: &Running) -> Tui {
        let tui = Start::program(&[])
            .env("ALTER_BASE_URL", sandbox.base_url())
            .env("ALTER_API_KEY", sandbox.app_key().expose_secret())
            .size(120, 36)
            .spawn();
        tui.wait_for("of 500");
        tui.settle();
        tui
    }

    fn links(sandbox: &Running) {
        let mut tui = program(sandbox);
        let mut times = Vec::new();
        for nth in 0..LINKS {
            tui.press("m");
            tui.press("n");
            tui.wait_for("Connect which provider?");
            tui.type_text("github");
            tui.press("enter");
            tui.wait_for("Scopes of github");
            tui.press("enter");
            tui.wait_for("New connection to github");
            std::thread::sleep(READING);
            let began = Instant::now();
            tui.press("y");
            tui.wait_for("Waiting; the link expires");
            times.push(began.elapsed());
            if nth + 1 < LINKS {
                tui.press("esc");
                tui.wait_for("Stop waiting?");
                std::thread::sleep(READING);
                tui.press("y");
                tui.wait_gone("Stop waiting?");
                tui.settle();
            }
        }
        row("yes to link on the screen, loopback", &spread(&mut times), "1 round trip + 20 ms");
        std::thread::sleep(REST);
        let bytes = tui.bytes_written();
        std::thread::sleep(REST);
        let written = tui.bytes_written() - bytes;
        row("bytes written in 10 s while a link waits", &written.to_string(), "10 seconds of a countdown");
    }

    fn revokes(sandbox: &Running) {
        let mut tui = program(sandbox);
        tui.press("*");
        tui.wait_for("500 marked");
        tui.press("m");
        tui.press("r");
        tui.wait_for("Reason");
        tui.wait_for("This cannot be undone");
        tui.press("enter");
        tui.wait_for(" to revoke them.");
        std::thread::sleep(READING);
        let screen = tui.screen();
        let typed = screen.split("Type ").nth(1).and_then(|rest| rest.split(' ').next()).unwrap();
        tui.type_text(typed);
        std::thread::sleep(READING);
        let began = Instant::now();
        tui.press("enter");
        tui.wait_for("✓ revoked");
        row(&format!("yes to the first outcome of {typed}"), &milliseconds(began.elapsed()), "at once");
        let mut times = Vec::new();
        while tui.look(|screen| screen.contents().contains("stop")) {
            for key in ["j", "k"] {
                times.push(tui.handling(|tui| tui.press(key)));
            }
        }
        tui.wait_for("Access can come back by consent");
        row(&format!("{typed} revokes"), &milliseconds(began.elapsed()), "");
        row("key to handled meanwhile", &spread(&mut times), "p99 8 ms");
    }
}

fn main() {
    #[cfg(unix)]
    measure::main();
}
