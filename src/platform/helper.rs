//! What this program starts copies of itself for: work that needs a process of its own. Hidden from the help.

use std::ffi::OsString;
use std::process::ExitCode;

use super::{clipboard, jq, launch};

/// Runs a helper process, where the first argument names one; None = this is an ordinary start.
pub fn run_helper(arguments: impl IntoIterator<Item = OsString>) -> Option<ExitCode> {
    let mut arguments = arguments.into_iter().map(|argument| argument.to_string_lossy().into_owned());
    let first = arguments.next()?;
    let rest: Vec<String> = arguments.collect();
    let rest: Vec<&str> = rest.iter().map(String::as_str).collect();
    match (first.as_str(), rest.as_slice()) {
        // A filter may do anything to the process that it runs in.
        (jq::CHILD, _) => Some(jq::child()),
        (launch::OPEN_LINK, [link]) => Some(launch::open_link(link)),
        (clipboard::OWNER, [secrecy, after]) => Some(clipboard::keep(secrecy, after)),
        (clipboard::VERIFIER, [limit]) => Some(clipboard::read_back(limit)),
        (clipboard::TMUX_CLEANER, [name, after]) => Some(clipboard::clean_tmux(name, after)),
        _ => None,
    }
}
