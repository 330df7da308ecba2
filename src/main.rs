//! Parses the command line, dispatches, maps the outcome to an exit code.

use std::process::ExitCode;

use grantdeck::cli::arguments::{Arguments, ColorWhen};
use grantdeck::cli::{self, Outcome};
use grantdeck::runtime::{TuiOptions, clock, launch, tui};
use grantdeck::sandbox::Options;
use grantdeck::store::Source;
use grantdeck::store::paths::process_environment;
use grantdeck::ui::Depth;

fn main() -> ExitCode {
    // The screen starts itself once more to open a link, so that the terminal is not the browser's.
    if let (Some(first), Some(link)) = (std::env::args().nth(1), std::env::args().nth(2))
        && first == launch::OPEN_LINK
    {
        return launch::open_link(&link);
    }
    match cli::run(std::env::args_os(), clock::wall) {
        Outcome::Done(exit) => exit,
        Outcome::Screen(arguments) => tui(screen(arguments)),
    }
}

fn screen(arguments: Arguments) -> TuiOptions {
    let source = arguments.source;
    TuiOptions {
        demo: Options { grants: source.grants, seed: source.seed, ..Options::default() },
        source: Source::choose(source.demo, source.profile),
        theme: arguments.theme,
        depth: match arguments.color {
            ColorWhen::Never => Depth::Mono,
            ColorWhen::Auto => Depth::detect(process_environment),
            // Asked for on purpose: NO_COLOR does not count.
            ColorWhen::Always => {
                Depth::detect(|name| process_environment(name).filter(|_| name != "NO_COLOR"))
            }
        },
        config: source.config,
    }
}
