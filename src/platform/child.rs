//! Other processes: what they may see, and how long they may take.

use std::ffi::OsStr;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use zeroize::Zeroizing;

use super::clock::Clock;

/// How often a child is looked after: the standard library can wait for its end, or for a time, but not for both,
/// and the crate `wait-timeout` takes SIGCHLD of the whole program for it.
const LOOK: Duration = Duration::from_millis(3);

/// What a command may print, in bytes, where nothing else is said.
const MOST: usize = 64 << 20;

/// A first line that is longer is not one of ours.
const LINE: u64 = 1 << 10;

/// A copy of this program, or of another one in its place, with a helper's name as its first argument. It sees no
/// `ALTER_*` and none of the variables of `hidden`.
///
/// # Errors
///
/// When the system does not say where this program is.
pub(crate) fn ourselves(helper: &str, program: Option<&Path>, hidden: &[String]) -> io::Result<Command> {
    let mut command = match program {
        Some(program) => Command::new(program),
        None => Command::new(std::env::current_exe()?),
    };
    command.arg(helper);
    withhold(&mut command, hidden);
    Ok(command)
}

/// Takes away what no child may see: `ALTER_*` and the variables of `hidden`.
pub(crate) fn withhold(command: &mut Command, hidden: &[String]) {
    for (name, _) in std::env::vars_os() {
        if is_ours(&name) || hidden.iter().any(|hidden| is_called(&name, hidden)) {
            command.env_remove(name);
        }
    }
}

/// Whether a variable has this name, as the system sees it.
fn is_called(variable: &OsStr, name: &str) -> bool {
    if cfg!(windows) { variable.eq_ignore_ascii_case(name) } else { variable == name }
}

/// Whether a variable is one that no child may see.
fn is_ours(name: &OsStr) -> bool {
    name.to_string_lossy().to_ascii_uppercase().starts_with("ALTER_")
}

/// A child with an ear and a mouth: killed when this is dropped, unless it was detached.
pub(crate) struct Helper {
    child: Option<Child>,
}

impl Helper {
    /// Starts a command and gives it its input, whether it listens or not. What it says on standard error is not
    /// heard.
    ///
    /// # Errors
    ///
    /// When it cannot be started.
    pub(crate) fn start(command: &mut Command, input: Zeroizing<Vec<u8>>) -> io::Result<Self> {
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn()?;
        let stdin = child.stdin.take();
        let helper = Self { child: Some(child) };
        // A child that reads nothing would hold up whoever writes to it.
        thread::Builder::new().name("input".to_owned()).spawn(move || {
            // Whether it took everything shows in what it does.
            let _ = stdin.map(|mut stdin| stdin.write_all(&input));
        })?;
        Ok(helper)
    }

    /// The first line of its output, within a limit. None when there is none: it ended, or it was too slow.
    pub(crate) fn first_line(&mut self, limit: Duration) -> Option<String> {
        let output = self.child.as_mut()?.stdout.take()?;
        let (sender, line) = mpsc::channel();
        let read = move || {
            let mut line = String::new();
            let read = BufReader::new(output.take(LINE)).read_line(&mut line);
            let line = read.ok().filter(|_| line.ends_with('\n')).map(|_| line.trim_end().to_owned());
            // Nobody waits any more where the limit was over.
            let _ = sender.send(line);
        };
        thread::Builder::new().name("output".to_owned()).spawn(read).ok()?;
        line.recv_timeout(limit).ok().flatten()
    }

    /// How it ended, where it did.
    pub(crate) fn ended(&mut self) -> Option<ExitStatus> {
        self.child.as_mut()?.try_wait().ok().flatten()
    }

    /// Waits for its end. None when it took longer than the limit.
    pub(crate) fn wait(&mut self, limit: Duration) -> Option<ExitStatus> {
        let clock = Clock::start();
        loop {
            if let Some(status) = self.ended() {
                return Some(status);
            }
            let left = limit.checked_sub(clock.elapsed()).filter(|left| !left.is_zero())?;
            thread::sleep(LOOK.min(left));
        }
    }

    /// Lets it live on.
    pub(crate) fn detach(mut self) {
        if let Some(mut child) = self.child.take() {
            // Somebody has to hear of its end while this program runs, or the system keeps a place for it.
            let _ = thread::Builder::new().name("reaper".to_owned()).spawn(move || child.wait());
        }
    }
}

impl Drop for Helper {
    fn drop(&mut self) {
        if let Some(child) = &mut self.child {
            // It may have ended by itself.
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

/// Runs a command to its end within a limit; answers how it ended and what it printed.
///
/// # Errors
///
/// When it cannot be started, or ([`io::ErrorKind::TimedOut`]) is too slow; then it is killed.
pub(crate) fn run(
    command: &mut Command,
    input: Zeroizing<Vec<u8>>,
    limit: Duration,
) -> io::Result<(ExitStatus, Zeroizing<Vec<u8>>)> {
    run_at_most(command, input, limit, MOST)
}

/// The same for one that may print so many bytes.
///
/// # Errors
///
/// As [`run`]; and ([`io::ErrorKind::FileTooLarge`]) it printed more: then it is killed at once.
pub(crate) fn run_at_most(
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
        // What was read before it broke off is what it printed.
        let _ = output.map(|output| output.take(most as u64 + 1).read_to_end(&mut bytes));
        let _ = sender.send(bytes);
    })?;
    let slow = || io::Error::from(io::ErrorKind::TimedOut);
    let left = || limit.checked_sub(clock.elapsed()).filter(|left| !left.is_zero()).ok_or_else(slow);
    // First what it prints: who prints without end would be waited for to the limit. It may close its output and go on,
    // and whom it started may hold it open when it has ended.
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
        // Every process has a PATH: here it stands for the variable that holds a key.
        withhold(&mut command, &["PATH".to_owned()]);
        let path = command.get_envs().find(|(name, _)| *name == "PATH");
        assert_eq!(path, Some((OsStr::new("PATH"), None)));
        for (name, want) in [("ALTER_API_KEY", true), ("alter_base_url", true), ("FALTER_X", false)] {
            assert_eq!(is_ours(OsStr::new(name)), want, "{name}");
        }
    }
}
