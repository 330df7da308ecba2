//! Helper processes: copies of this program for work that needs its own process. Hidden from the help.

use std::ffi::OsString;
use std::process::ExitCode;

use super::{clipboard, jq, launch};

/// Runs the helper process that the first argument names; returns `None` for an ordinary start.
pub fn run_helper(arguments: impl IntoIterator<Item = OsString>) -> Option<ExitCode> {
    let mut arguments = arguments.into_iter().map(|argument| argument.to_string_lossy().into_owned());
    let first = arguments.next()?;
    let rest: Vec<String> = arguments.collect();
    let rest: Vec<&str> = rest.iter().map(String::as_str).collect();
    match (first.as_str(), rest.as_slice()) {
        // First, as a filter may have any arguments.
        (jq::CHILD, _) => Some(jq::child()),
        (launch::OPEN_LINK, [link]) => Some(launch::open_link(link)),
        (clipboard::OWNER, [secrecy, after]) => Some(clipboard::keep(secrecy, after)),
        (clipboard::VERIFIER, [limit]) => Some(clipboard::read_back(limit)),
        (clipboard::TMUX_CLEANER, [name, after]) => Some(clipboard::clean_tmux(name, after)),
        _ => None,
    }
}
