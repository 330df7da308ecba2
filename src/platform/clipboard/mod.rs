//! Copying, and never claiming more than is known.
//!
//! [`choose`] says which ways fit the surroundings; they are tried in that order, each within a time limit, and
//! what failed on the way is told. The desktop's clipboard is asked by copies of this program only ([`OWNER`],
//! [`VERIFIER`]): a clipboard that hangs then cannot take the screen with it, the text outlives this program, and
//! what is read back is read by somebody else than who wrote it.

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

/// The helper process for holding a text in the desktop's clipboard. Text on standard input; then `secret` or `plain`, and
/// after how many milliseconds it is cleared, or `never`. Says `ok`, or why not, on standard output.
pub const OWNER: &str = "__clipboard-owner";

/// The helper process for reading the desktop's clipboard back. SHA-256 of the text that is expected on standard input; for
/// how many milliseconds it is waited for.
pub const VERIFIER: &str = "__clipboard-verifier";

/// The helper process for clearing a buffer of tmux. SHA-256 of the text on standard input; the buffer's name, and
/// after how many milliseconds it is deleted.
pub const TMUX_CLEANER: &str = "__clipboard-tmux";

/// What became of a request to copy.
#[derive(Clone, PartialEq, Eq)]
pub struct CopyOutcome {
    /// How it went. With a sequence: how it goes once that is written.
    pub copied: Copied,
    /// What is to be written to the terminal, between two frames where there is a screen.
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

/// Why a way did not work. What tmux said is not repeated: it may hold the text.
#[derive(Debug, thiserror::Error)]
enum Broken {
    #[error("{0} did not answer in time")]
    Slow(&'static str),
    #[error("{0} does not respond ({1})")]
    Start(&'static str, std::io::Error),
    #[error("{0} cannot be used ({1})")]
    Refused(&'static str, String),
    #[error("{0} contains something else")]
    Different(&'static str),
}

impl Broken {
    fn of(who: &'static str, error: std::io::Error) -> Self {
        if error.kind() == std::io::ErrorKind::TimedOut { Self::Slow(who) } else { Self::Start(who, error) }
    }
}

/// Copies, on a thread that may block. `hidden` names variables that no child may see; it sees no `ALTER_*` either.
///
/// # Errors
///
/// When there is nothing to copy. Where every way fails the answer is [`CopyRoute::Shown`], with the reasons.
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

/// Copies, and blocks for at most the environment's limit for each way.
///
/// # Errors
///
/// As [`copy`].
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
                let copied = Copied { note: note(&reasons), ..plainly(CopyRoute::Osc52) };
                return Ok(CopyOutcome { copied, sequence: Some(sequence) });
            }
            CopyRoute::Shown => break,
        };
        match tried {
            Ok(copied) => {
                reasons.extend(copied.note.as_ref().map(ToString::to_string));
                return Ok(CopyOutcome { copied: Copied { note: note(&reasons), ..copied }, sequence: None });
            }
            Err(broken) => reasons.push(broken.to_string()),
        }
    }
    reasons.extend(plan.left_out.map(str::to_owned));
    Ok(CopyOutcome { copied: Copied { note: note(&reasons), ..plainly(CopyRoute::Shown) }, sequence: None })
}

/// Copies for a program without a screen: a sequence is written to the terminal at once, even where standard output
/// goes elsewhere. Blocks as [`copy_blocking`] does.
///
/// # Errors
///
/// As [`copy`].
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
            Copied { note: Some(Clean::line(&reason)), ..plainly(CopyRoute::Shown) }
        }
    })
}

/// A way about which nothing is known.
fn plainly(route: CopyRoute) -> Copied {
    Copied { route, verified: false, clears_after: None, note: None }
}

fn note(reasons: &[String]) -> Option<Clean> {
    (!reasons.is_empty()).then(|| Clean::line(&reasons.join("; ")))
}

fn wants_clearing(text: &CopyText, environment: &Environment) -> bool {
    text.sensitive && environment.clear_after.is_some()
}

/// The desktop and the tmux that the environment tells of are those that the child talks to.
fn point(command: &mut Command, environment: &Environment) {
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

/// The child is to outlive this program and its terminal.
fn detach(command: &mut Command) {
    #[cfg(unix)]
    {
        // It leaves the session by itself; here it only lets go of the folder.
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
