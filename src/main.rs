//! Parses the command line, dispatches, maps the outcome to an exit code.

use std::process::ExitCode;

use grantdeck::runtime::{TuiOptions, launch, tui};
use grantdeck::ui::Depth;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [first, link] = arguments.as_slice()
        && first == launch::OPEN_LINK
    {
        return launch::open_link(link);
    }
    tui(TuiOptions { theme: None, depth: Depth::Truecolor, config: None })
}
