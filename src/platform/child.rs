//! Child processes: a reduced environment and a time limit.

use std::ffi::OsStr;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use zeroize::Zeroizing;

use super::clock::Clock;

/// Interval for polling a child's exit status. The standard library can wait for the exit or for a timeout but not
/// both, and the `wait-timeout` crate installs a SIGCHLD handler for the whole process.
const POLL_INTERVAL: Duration = Duration::from_millis(3);

/// Default limit for a command's output, in bytes.
const MAX_OUTPUT: usize = 64 << 20;

/// Limit for a helper's first line, in bytes. Helpers never print a longer one.
const MAX_FIRST_LINE: u64 = 1 << 10;

/// Builds the command for a helper process: this program, or `program` in its place, with the helper's name as its
/// first argument. Its environment has no `ALTER_*` variables and none of those in `hidden`.
///
/// # Errors
///
/// If the path of this program cannot be determined.
pub fn helper_command(helper: &str, program: Option<&Path>, hidden: &[String]) -> io::Result<Command> {
    let mut command = match program {
        Some(program) => Command::new(program),
        None => Command::new(std::env::current_exe()?),
    };
    command.arg(helper);
    withhold(&mut command, hidden);
    Ok(command)
}

/// Removes secrets from a child's environment: `ALTER_*` and the variables in `hidden`.
pub fn withhold(command: &mut Command, hidden: &[String]) {
    for (name, _) in std::env::vars_os() {
        if is_alter_variable(&name) || hidden.iter().any(|hidden| is_same_name(&name, hidden)) {
            command.env_remove(name);
        }
    }
}

/// Compares the names of environment variables as the system does: without case on Windows.
fn is_same_name(variable: &OsStr, name: &str) -> bool {
    if cfg!(windows) { variable.eq_ignore_ascii_case(name) } else { variable == name }
}

/// Whether a variable belongs to Alter and must not reach a child.
fn is_alter_variable(name: &OsStr) -> bool {
    name.to_string_lossy().to_ascii_uppercase().starts_with("ALTER_")
}

/// A child process with piped stdin and stdout. Dropping it kills the child unless it was detached.
pub struct Helper {
    child: Option<Child>,
}

impl Helper {
    /// Starts a command and writes its input on a separate thread. Its stderr is discarded.
    ///
    /// # Errors
    ///
    /// If the command cannot be started.
    pub fn start(command: &mut Command, input: Zeroizing<Vec<u8>>) -> io::Result<Self> {
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn()?;
        let stdin = child.stdin.take();
        let helper = Self { child: Some(child) };
        // Writing here would block if the child never reads its stdin.
        thread::Builder::new().name("input".to_owned()).spawn(move || {
            // A failed write shows up in the child's output or exit status.
            let _ = stdin.map(|mut stdin| stdin.write_all(&input));
        })?;
        Ok(helper)
    }

    /// Reads the first line of output. Returns `None` if the child exits or `limit` passes before a whole line is
    /// printed.
    pub fn first_line(&mut self, limit: Duration) -> Option<String> {
        let output = self.child.as_mut()?.stdout.take()?;
        let (sender, line) = mpsc::channel();
        let read = move || {
            let mut line = String::new();
            let read = BufReader::new(output.take(MAX_FIRST_LINE)).read_line(&mut line);
            let line = read.ok().filter(|_| line.ends_with('\n')).map(|_| line.trim_end().to_owned());
            // The receiver is gone if the limit has passed.
            let _ = sender.send(line);
        };
        thread::Builder::new().name("output".to_owned()).spawn(read).ok()?;
        line.recv_timeout(limit).ok().flatten()
    }

    /// The exit status, if the child has exited.
    pub fn ended(&mut self) -> Option<ExitStatus> {
        self.child.as_mut()?.try_wait().ok().flatten()
    }

    /// Waits for the child to exit. Returns `None` if that takes longer than `limit`.
    pub fn wait(&mut self, limit: Duration) -> Option<ExitStatus> {
        let clock = Clock::start();
        loop {
            if let Some(status) = self.ended() {
                return Some(status);
            }
            let left = limit.checked_sub(clock.elapsed()).filter(|left| !left.is_zero())?;
            thread::sleep(POLL_INTERVAL.min(left));
        }
    }

    /// Leaves the child running.
    pub fn detach(mut self) {
        if let Some(mut child) = self.child.take() {
            // Reap it when it exits, so that it does not stay a zombie while this program runs.
            let _ = thread::Builder::new().name("reaper".to_owned()).spawn(move || child.wait());
        }
    }
}

impl Drop for Helper {
    fn drop(&mut self) {
        if let Some(child) = &mut self.child {
            // It may have exited already.
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

/// Runs a command to completion; returns its exit status and its output (at most 64 MiB).
///
/// # Errors
///
/// If the command cannot be started, or ([`io::ErrorKind::TimedOut`]) exceeds `limit`; it is then killed.
pub fn run(
    command: &mut Command,
    input: Zeroizing<Vec<u8>>,
    limit: Duration,
) -> io::Result<(ExitStatus, Zeroizing<Vec<u8>>)> {
    run_at_most(command, input, limit, MAX_OUTPUT)
}

/// Like [`run`], with a limit for the output in bytes.
///
/// # Errors
///
/// As for [`run`]; also ([`io::ErrorKind::FileTooLarge`]) if it prints more than `most` bytes. It is then killed at
/// once.
pub fn run_at_most(
    command: &mut Command,
    input: Zeroizing<Vec<u8>>,
    limit: Duration,
    most: usize,
) -> io::Result<(ExitStatus, Zeroizing<Vec<u8>>)> {
    let clock = Clock::start();
    let mut helper = Helper::start(command, input)?;
    let output = helper.child.as_mut().and_then(|child| child.stdout.take());
    let (sender, printed) = mpsc::channel();
    thread::Builder::new().name("output".to_owned()).spawn(move || {
        let mut bytes = Zeroizing::new(Vec::new());
        // If reading fails, keep the output read so far.
        let _ = output.map(|output| output.take(most as u64 + 1).read_to_end(&mut bytes));
        let _ = sender.send(bytes);
    })?;
    let slow = || io::Error::from(io::ErrorKind::TimedOut);
    let left = || limit.checked_sub(clock.elapsed()).filter(|left| !left.is_zero()).ok_or_else(slow);
    // Read the output before waiting for the exit, so that a child that prints endlessly is killed at once instead of
    // at the limit. Both count against the limit: a child may close its stdout and keep running, and its own children
    // may keep stdout open after it exits.
    let bytes = printed.recv_timeout(left()?).ok().ok_or_else(slow)?;
    if bytes.len() > most {
        return Err(io::ErrorKind::FileTooLarge.into());
    }
    let status = helper.wait(left()?).ok_or_else(slow)?;
    Ok((status, bytes))
}

#[cfg(unix)]
#[cfg(test)]
mod tests {
    use super::*;

    /// Longer than anything here takes.
    const PATIENCE: Duration = Duration::from_mins(1);

    fn shell(script: &str) -> Command {
        let mut command = Command::new("/bin/sh");
        command.args(["-c", script]);
        command
    }

    #[test]
    fn a_child_gets_its_input_and_is_received() {
        let text = "x".repeat(300_000);
        let input = Zeroizing::new(text.clone().into_bytes());
        let (status, printed) = run(&mut shell("cat; exit 3"), input, PATIENCE).unwrap();
        assert_eq!((status.code(), printed.len()), (Some(3), text.len()));
    }

    #[test]
    fn a_child_that_neither_reads_nor_ends_is_killed() {
        let input = Zeroizing::new(vec![b'x'; 300_000]);
        let error = run(&mut shell("exec sleep 600"), input, Duration::from_millis(50)).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::TimedOut);
    }

    #[test]
    fn one_that_prints_without_end_is_killed_at_once() {
        let mut endless = shell("echo $$; exec yes");
        let error = run_at_most(&mut endless, Zeroizing::default(), PATIENCE, 1000).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::FileTooLarge);
        let exactly = run_at_most(&mut shell("printf abc"), Zeroizing::default(), PATIENCE, 3).unwrap();
        assert_eq!((exactly.0.code(), exactly.1.as_slice()), (Some(0), &b"abc"[..]));
    }

    #[test]
    fn the_first_line_is_reported_before_the_end() {
        let mut helper = Helper::start(&mut shell("echo ok; exec sleep 600"), Zeroizing::default()).unwrap();
        assert_eq!(helper.first_line(PATIENCE).as_deref(), Some("ok"));
        assert_eq!(helper.ended(), None);
        let mut helper = Helper::start(&mut shell("printf unfinished"), Zeroizing::default()).unwrap();
        assert_eq!(helper.first_line(PATIENCE), None);
        assert!(helper.wait(PATIENCE).unwrap().success());
    }

    #[test]
    fn secrets_are_withheld() {
        let mut command = shell("");
        // PATH is set in every process; here it stands in for the variable that holds a key.
        withhold(&mut command, &["PATH".to_owned()]);
        let path = command.get_envs().find(|(name, _)| *name == "PATH");
        assert_eq!(path, Some((OsStr::new("PATH"), None)));
        for (name, want) in [("ALTER_API_KEY", true), ("alter_base_url", true), ("FALTER_X", false)] {
            assert_eq!(is_alter_variable(OsStr::new(name)), want, "{name}");
        }
    }
}
