//! jq filters, in a process of their own.
//!
//! A filter is a program that somebody typed: it may never end, fill the memory or overflow the stack, and nothing
//! stops a thread that does. So this program starts a copy of itself with an empty environment and with limits,
//! hands it the filter and the input, and kills it when nobody waits for the answer any more.

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

/// The first argument by which this program asks a copy of itself to run a filter. Hidden from the help.
pub const CHILD: &str = "__jq";

/// The longest filter, in bytes.
pub const LONGEST_FILTER: usize = 1 << 20;

/// How much a child may say about itself.
const MOST_STDERR: u64 = 64 << 10;

/// What a filter may use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Memory for the input and everything made from it, in bytes; a body takes about fifteen times its size. Only
    /// Linux keeps this limit strictly, and Windows does not know it.
    pub memory: u64,
    /// Time, as a clock on the wall measures it.
    pub time: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self { memory: 2 << 30, time: Duration::from_secs(30) }
    }
}

/// Runs a filter over a body. Dropping the future kills the process behind it.
///
/// # Errors
///
/// A mistake in the filter, an input that is no JSON, a failure while it ran, or a limit that was met.
pub async fn run(request: JqRequest, limits: Limits) -> Result<JqOutput, JqError> {
    run_by(&std::env::current_exe()?, request, limits).await
}

/// Like [`run`], by another copy of this program than the one that runs.
///
/// # Errors
///
/// Those of [`run`].
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
    // Where it cannot be killed, it is gone already.
    let _ = child.kill().await;
    Err(JqError::TimedOut)
}

/// Feeds the child and reads what it answers, all at once: a pipe that nobody empties stops whoever fills it.
async fn talk(child: &mut Child, header: &Header, input: &Body, most: usize) -> Result<JqOutput, JqError> {
    let (Some(mut stdin), Some(stdout), Some(stderr)) =
        (child.stdin.take(), child.stdout.take(), child.stderr.take())
    else {
        return Err(JqError::Crashed);
    };
    let first = header.line()?;
    let feed = async move {
        // A child that wants no more has said why elsewhere.
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

/// Takes away the beginning of a character whose rest was cut off.
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
