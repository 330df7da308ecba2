//! jq filters, each in its own process.
//!
//! A filter is a program that a user typed: it may loop forever, exhaust memory or overflow the stack, and a thread
//! that does cannot be stopped. So a copy of this program runs it, with an empty environment and resource limits, and
//! is killed when the result is no longer wanted.

mod child;
mod error;
mod filter;
mod input;
mod limits;
mod message;
mod write;

use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::process::{Child, Command};

pub use child::child;
pub use error::JqError;

use crate::domain::{Body, JqOutput, JqRequest};
use message::{ChildEnd, Header};

/// First argument that makes this program run a filter. Hidden from the help.
pub const CHILD: &str = "__jq";

/// The longest filter, in bytes.
pub const LONGEST_FILTER: usize = 1 << 20;

/// Limit for the child's stderr, in bytes.
const MOST_STDERR: u64 = 64 << 10;

/// Resource limits for a filter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Memory for the input and everything made from it, in bytes; a body takes about fifteen times its size. Enforced
    /// strictly on Linux only, not at all on Windows.
    pub memory: u64,
    /// Wall-clock time.
    pub time: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self { memory: 2 << 30, time: Duration::from_secs(30) }
    }
}

/// Runs a filter on a body. Dropping the future kills the process.
///
/// # Errors
///
/// If the filter is invalid, the input is not JSON, the filter fails while running, or a limit is exceeded.
pub async fn run(request: JqRequest, limits: Limits) -> Result<JqOutput, JqError> {
    run_by(&std::env::current_exe()?, request, limits).await
}

/// Like [`run`], with another executable of this program.
///
/// # Errors
///
/// As for [`run`].
pub async fn run_by(program: &Path, request: JqRequest, limits: Limits) -> Result<JqOutput, JqError> {
    if request.filter.len() > LONGEST_FILTER {
        let message = "the filter is longer than 1 MiB".to_owned();
        return Err(JqError::Filter { message, offset: None, line: 0, column: 0 });
    }
    let header = Header::new(&request, limits);
    let mut command = Command::new(program);
    command.arg(CHILD).env_clear().kill_on_drop(true);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn()?;
    let talk = talk(&mut child, &header, &request.input, request.most);
    if let Ok(answer) = tokio::time::timeout(limits.time, talk).await {
        return answer;
    }
    // If it cannot be killed, it has already exited.
    let _ = child.kill().await;
    Err(JqError::TimedOut)
}

/// Writes to the child and reads from it concurrently: a full pipe would block the child.
async fn talk(child: &mut Child, header: &Header, input: &Body, most: usize) -> Result<JqOutput, JqError> {
    let (Some(mut stdin), Some(stdout), Some(stderr)) =
        (child.stdin.take(), child.stdout.take(), child.stderr.take())
    else {
        return Err(JqError::Crashed);
    };
    let first = header.line()?;
    let feed = async move {
        // A child that stops reading reports why on stderr.
        if stdin.write_all(&first).await.is_ok() {
            let _ = stdin.write_all(input).await;
        }
    };
    let (mut text, mut reported) = (Vec::new(), Vec::new());
    let results = async {
        let mut stdout = stdout.take(most as u64);
        stdout.read_to_end(&mut text).await
    };
    let words = async {
        let mut stderr = stderr.take(MOST_STDERR);
        stderr.read_to_end(&mut reported).await
    };
    let ((), results, words) = tokio::join!(feed, results, words);
    results.and(words)?;
    let status = child.wait().await?;
    match ChildEnd::read(&reported) {
        Some(ChildEnd::Done { values, truncated }) => {
            if truncated {
                end_at_a_character(&mut text);
            }
            Ok(JqOutput { text, values, truncated })
        }
        Some(reported) => Err(error::from_child(reported, &header.filter)),
        None => Err(error::silent(status, &String::from_utf8_lossy(&reported))),
    }
}

/// Drops an incomplete character at the end.
fn end_at_a_character(text: &mut Vec<u8>) {
    let tail = text.len().saturating_sub(3);
    let start = text.get(tail..).and_then(|tail| tail.iter().rposition(|byte| *byte >= 0xc0));
    if let Some(start) = start.map(|start| tail + start)
        && text.get(start..).is_some_and(|last| std::str::from_utf8(last).is_err())
    {
        text.truncate(start);
    }
}

#[cfg(test)]
mod tests;
