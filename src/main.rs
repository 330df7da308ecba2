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
    let demo = arguments.iter().any(|argument| argument == "--demo");
    let grants = arguments
        .iter()
        .skip_while(|argument| *argument != "--grants")
        .nth(1)
        .and_then(|n| n.parse().ok())
        .unwrap_or(500);
    let theme = arguments.iter().skip_while(|argument| *argument != "--theme").nth(1).cloned();
    tui(TuiOptions {
        source: grantdeck::store::Source::choose(demo, None),
        demo: grantdeck::sandbox::Options { grants, ..Default::default() },
        theme,
        depth: Depth::detect(grantdeck::store::paths::process_environment),
        config: None,
    })
}
