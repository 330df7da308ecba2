//! Parses the command line, dispatches, maps the outcome to an exit code.

use std::process::ExitCode;

use grantdeck::cli::{self, Outcome, Screen};
use grantdeck::runtime::{self, TuiOptions, clock, jq, launch, tui};
use grantdeck::ui::Depth;

fn main() -> ExitCode {
    runtime::begin();
    // The screen starts itself once more to open a link, so that the terminal is not the browser's.
    if let (Some(first), Some(link)) = (std::env::args_os().nth(1), std::env::args_os().nth(2))
        && first == launch::OPEN_LINK
    {
        return launch::open_link(&link.to_string_lossy());
    }
    // A filter may do anything to the process that it runs in.
    if std::env::args_os().nth(1).is_some_and(|first| first == jq::CHILD) {
        return jq::child();
    }
    match cli::run(std::env::args_os(), clock::wall) {
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
    TuiOptions { source: screen.source, demo: screen.demo, theme: screen.theme, depth, config: screen.config }
}
