//! Copying to the clipboard, without claiming more than is known.
//!
//! [`choose`] picks the routes that fit the environment; they are tried in order, each with a time limit, and failures
//! are reported. Only helper processes ([`OWNER`], [`VERIFIER`]) talk to the desktop's clipboard: a clipboard that
//! hangs cannot freeze the screen, the text outlives this program, and it is read back by a process other than the one
//! that wrote it.

mod choose;
mod native;
mod osc52;
mod owner;
mod reach;
mod tmux;

use std::fmt;
use std::process::Command;

use super::restorer;
use crate::domain::{Clean, Code, Copied, CopyChoice, CopyRoute, CopyText, Diagnosis, Retry, Who};

pub use choose::{Environment, Plan, Platform, choose};
pub use osc52::{CAP, sequence};
pub(super) use owner::{clean_tmux, keep, read_back};
pub use reach::{Reach, reach};

/// The helper process that owns a text in the desktop's clipboard. Reads the text from stdin; arguments: `secret` or
/// `plain`, and the milliseconds after which it is cleared, or `never`. Prints `ok` or the reason for a failure.
pub const OWNER: &str = "__clipboard-owner";

/// The helper process that reads the desktop's clipboard back. Reads the SHA-256 of the expected text from stdin;
/// argument: the milliseconds to wait for it.
pub const VERIFIER: &str = "__clipboard-verifier";

/// The helper process that deletes a tmux buffer. Reads the SHA-256 of the text from stdin; arguments: the buffer's
/// name, and the milliseconds after which it is deleted.
pub const TMUX_CLEANER: &str = "__clipboard-tmux";

/// The result of a copy.
#[derive(Clone, PartialEq, Eq)]
pub struct CopyOutcome {
    /// The route taken. If there is a sequence: the route once that is written.
    pub copied: Copied,
    /// Escape sequence to write to the terminal, between two frames if there is a screen.
    pub sequence: Option<Vec<u8>>,
}

impl fmt::Debug for CopyOutcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Outcome")
            .field("copied", &self.copied)
            .field("sequence", &self.sequence.as_ref().map(Vec::len))
            .finish()
    }
}

/// Why a route failed. tmux's own messages are not repeated, as they may contain the text.
#[derive(Debug, thiserror::Error)]
enum RouteError {
    #[error("{0} did not answer in time")]
    Slow(&'static str),
    #[error("{0} does not respond ({1})")]
    Start(&'static str, std::io::Error),
    #[error("{0} cannot be used ({1})")]
    Refused(&'static str, String),
    #[error("{0} contains something else")]
    Different(&'static str),
}

impl RouteError {
    fn of(who: &'static str, error: std::io::Error) -> Self {
        if error.kind() == std::io::ErrorKind::TimedOut { Self::Slow(who) } else { Self::Start(who, error) }
    }
}

/// Copies a text, on a blocking thread. Child processes see neither `ALTER_*` nor the variables in `hidden`.
///
/// # Errors
///
/// If there is nothing to copy. If every route fails, the result is [`CopyRoute::Shown`] with the reasons.
pub async fn copy(
    text: CopyText,
    environment: &Environment,
    choice: CopyChoice,
    hidden: &[String],
) -> Result<CopyOutcome, Diagnosis> {
    let (environment, hidden) = (environment.clone(), hidden.to_vec());
    let copied =
        tokio::task::spawn_blocking(move || copy_blocking(&text, &environment, choice, &hidden)).await;
    match copied {
        Ok(copied) => copied,
        Err(error) => std::panic::resume_unwind(error.into_panic()),
    }
}

/// Like [`copy`]; blocks for at most the environment's limit per route.
///
/// # Errors
///
/// As for [`copy`].
pub fn copy_blocking(
    text: &CopyText,
    environment: &Environment,
    choice: CopyChoice,
    hidden: &[String],
) -> Result<CopyOutcome, Diagnosis> {
    if text.text.is_empty() {
        return Err(
            Diagnosis::new(Code::ArgumentRefused, Who::You, Retry::No).fact("reason", "nothing to copy")
        );
    }
    let plan = choose(environment, choice, text.text.len());
    let mut reasons = Vec::new();
    for route in plan.routes {
        let tried = match route {
            CopyRoute::Native => native::copy(text, environment, hidden),
            CopyRoute::Tmux => tmux::copy(text, environment, hidden),
            CopyRoute::Osc52 => {
                let Some(sequence) = sequence(&text.text, environment.screen) else { continue };
                reasons.extend(
                    wants_clearing(text, environment).then(|| "not cleared automatically".to_owned()),
                );
                let copied = Copied { note: joined(&reasons), ..unverified(CopyRoute::Osc52) };
                return Ok(CopyOutcome { copied, sequence: Some(sequence) });
            }
            CopyRoute::Shown => break,
        };
        match tried {
            Ok(copied) => {
                reasons.extend(copied.note.as_ref().map(ToString::to_string));
                return Ok(CopyOutcome {
                    copied: Copied { note: joined(&reasons), ..copied },
                    sequence: None,
                });
            }
            Err(broken) => reasons.push(broken.to_string()),
        }
    }
    reasons.extend(plan.left_out.map(str::to_owned));
    Ok(CopyOutcome {
        copied: Copied { note: joined(&reasons), ..unverified(CopyRoute::Shown) },
        sequence: None,
    })
}

/// Copies from a subcommand: an escape sequence is written to the controlling terminal at once, even if stdout is
/// redirected. Blocks like [`copy_blocking`].
///
/// # Errors
///
/// As for [`copy`].
pub fn copy_without_screen(
    text: &CopyText,
    environment: &Environment,
    choice: CopyChoice,
    hidden: &[String],
) -> Result<Copied, Diagnosis> {
    let CopyOutcome { copied, sequence } = copy_blocking(text, environment, choice, hidden)?;
    let Some(sequence) = sequence else { return Ok(copied) };
    Ok(match restorer::write_to_controlling(&sequence) {
        Ok(()) => copied,
        Err(error) => {
            let reason = format!("no terminal available ({error})");
            Copied { note: Some(Clean::line(&reason)), ..unverified(CopyRoute::Shown) }
        }
    })
}

/// An unverified copy by a route.
fn unverified(route: CopyRoute) -> Copied {
    Copied { route, verified: false, clears_after: None, note: None }
}

fn joined(reasons: &[String]) -> Option<Clean> {
    (!reasons.is_empty()).then(|| Clean::line(&reasons.join("; ")))
}

fn wants_clearing(text: &CopyText, environment: &Environment) -> bool {
    text.sensitive && environment.clear_after.is_some()
}

/// Points the child at the display and the tmux of `environment`.
fn set_display(command: &mut Command, environment: &Environment) {
    let variables = [
        ("DISPLAY", &environment.display),
        ("WAYLAND_DISPLAY", &environment.wayland),
        ("TMUX", &environment.tmux),
    ];
    for (name, value) in variables {
        match value {
            Some(value) => command.env(name, value),
            None => command.env_remove(name),
        };
    }
}

/// Lets the child outlive this program and its terminal.
fn detach(command: &mut Command) {
    #[cfg(unix)]
    {
        // The helper calls `setsid` itself; here it only releases the working directory.
        command.current_dir("/");
    }
    #[cfg(windows)]
    {
        use std::os::windows::process::CommandExt;
        const DETACHED_PROCESS: u32 = 0x8;
        command.creation_flags(DETACHED_PROCESS);
    }
}

#[cfg(test)]
#[path = "clipboard_tests.rs"]
mod tests;
