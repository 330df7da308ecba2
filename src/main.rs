//! Parses the command line, dispatches, maps the outcome to an exit code.

use std::alloc::System;
use std::process::ExitCode;

use grantdeck::cli::{self, Outcome, Screen};
use grantdeck::platform::{self, ending, run_helper};
use grantdeck::tui::{TuiOptions, tui};
use grantdeck::ui::Depth;
use zeroizing_alloc::ZeroAlloc;

/// Wipes all memory that is given back: buffers of the libraries held credentials too (safety rule 2).
#[global_allocator]
static WIPES: ZeroAlloc<System> = ZeroAlloc(System);

fn main() -> ExitCode {
    platform::begin();
    if let Some(exit) = cli::complete(std::env::args_os()) {
        return exit;
    }
    if let Some(exit) = run_helper(std::env::args_os().skip(1)) {
        return exit;
    }
    ending::watch();
    match cli::run(std::env::args_os()) {
        Outcome::Done(exit) => exit,
        Outcome::Screen(screen) => tui(options(*screen)),
    }
}

fn options(screen: Screen) -> TuiOptions {
    let depth = match screen.colour {
        Some(false) => Depth::Mono,
        None => Depth::detect(|name| std::env::var(name).ok()),
        // Asked for on purpose: NO_COLOR does not count.
        Some(true) => Depth::detect(|name| std::env::var(name).ok().filter(|_| name != "NO_COLOR")),
    };
    TuiOptions {
        source: screen.source,
        demo: screen.demo,
        theme: screen.theme,
        depth,
        config: screen.config,
        log: screen.log,
        typed: None,
        chosen: false,
        private: false,
    }
}
