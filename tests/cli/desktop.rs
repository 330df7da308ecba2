//! A desktop without a screen, a tmux of its own, and other programs that use their clipboards.

use std::io::{BufRead, BufReader, Write};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use grantdeck::platform::clipboard::{Environment, Platform};
use tempfile::TempDir;

/// Longer than anything here takes.
pub(crate) const PATIENCE: Duration = Duration::from_mins(1);

/// Waits until a condition holds.
#[expect(clippy::disallowed_methods, reason = "a test that waits needs an end")]
pub(crate) fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !holds() {
        assert!(begun.elapsed() < PATIENCE, "{what}: not within {PATIENCE:?}");
        // Nothing here announces itself; this is only how often it is looked at.
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// What came of starting a program that the machine must have.
#[expect(
    clippy::panic,
    reason = "without it nothing here can be tested, and a test that is left out tells nobody"
)]
fn there<T>(started: std::io::Result<T>) -> T {
    started.unwrap_or_else(|error| {
        panic!(
            "Whatever copies needs Xvfb, xclip and tmux (Debian: apt-get install xvfb xclip tmux): {error}"
        )
    })
}

/// The program in an environment with nothing but what it needs for a clipboard.
fn environment() -> Environment {
    Environment {
        platform: Platform::Unix,
        limit: PATIENCE,
        program: Some(PathBuf::from(env!("CARGO_BIN_EXE_grantdeck"))),
        ..Environment::read(|_| None)
    }
}

/// An X server.
pub(crate) struct Desktop {
    server: Child,
    pub(crate) name: String,
}

impl Desktop {
    pub(crate) fn start() -> Self {
        let mut command = Command::new("Xvfb");
        // A server whose last client leaves would start anew and drop whoever comes meanwhile.
        command.args(["-displayfd", "1", "-noreset", "-screen", "0", "64x64x24", "-nolisten", "tcp"]);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut server = there(command.spawn());
        let mut line = String::new();
        BufReader::new(server.stdout.take().unwrap()).read_line(&mut line).unwrap();
        Self { server, name: format!(":{}", line.trim().parse::<u32>().unwrap()) }
    }

    pub(crate) fn environment(&self) -> Environment {
        Environment { display: Some(self.name.clone().into()), ..environment() }
    }

    /// A owner that nobody checks.
    pub(crate) fn owner(&self, text: &str, secrecy: &str, after: &str) -> Child {
        let mut command = Command::new(env!("CARGO_BIN_EXE_grantdeck"));
        command.args(["__clipboard-owner", secrecy, after]).env("DISPLAY", &self.name);
        command.env_remove("WAYLAND_DISPLAY").stdin(Stdio::piped()).stdout(Stdio::piped());
        // One that outlives a failed test must not hold up who reads the test's own output.
        let mut owner = command.stderr(Stdio::null()).spawn().unwrap();
        owner.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
        let mut line = String::new();
        BufReader::new(owner.stdout.take().unwrap()).read_line(&mut line).unwrap();
        assert_eq!(line, "ok\n");
        until("the text is in the clipboard", || self.holds(None).as_deref() == Some(text));
        owner
    }

    /// What another program finds, as one of the targets that are offered; None = nothing.
    pub(crate) fn holds(&self, target: Option<&str>) -> Option<String> {
        let mut command = self.xclip(&["-o"]);
        command.args(target.map(|target| ["-target", target]).into_iter().flatten());
        let output = there(command.output());
        output.status.success().then(|| String::from_utf8(output.stdout).unwrap())
    }

    /// Another program copies.
    pub(crate) fn other_copies(&self, text: &str) {
        let mut command = self.xclip(&["-i"]);
        // It stays behind as the one who holds the text, and must not hold what we read from too.
        command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
        let mut other = there(command.spawn());
        other.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
        assert!(other.wait().unwrap().success());
        until("the other text is in the clipboard", || self.holds(None).as_deref() == Some(text));
    }

    fn xclip(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new("xclip");
        command.args(["-display", &self.name, "-selection", "clipboard"]).args(arguments);
        command
    }

    pub(crate) fn end(&mut self) {
        // It may have been ended before.
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

impl Drop for Desktop {
    fn drop(&mut self) {
        self.end();
    }
}

/// A tmux server with one session, away from everybody else's.
pub(crate) struct Tmux {
    folder: TempDir,
}

impl Tmux {
    pub(crate) fn start() -> Self {
        let tmux = Self { folder: tempfile::tempdir().unwrap() };
        tmux.ask(&["-f", "/dev/null", "new-session", "-d", "-x", "80", "-y", "24", "cat"]).unwrap();
        tmux
    }

    pub(crate) fn environment(&self) -> Environment {
        let socket = format!("{},1,0", self.socket().display());
        Environment { tmux: Some(socket.into()), ..environment() }
    }

    /// What a command prints; None = it failed.
    pub(crate) fn ask(&self, arguments: &[&str]) -> Option<String> {
        let mut command = Command::new("tmux");
        command.env_remove("TMUX").arg("-S").arg(self.socket()).args(arguments).stdin(Stdio::null());
        let output = there(command.output());
        output.status.success().then(|| String::from_utf8(output.stdout).unwrap())
    }

    fn socket(&self) -> PathBuf {
        self.folder.path().join("socket")
    }
}

impl Drop for Tmux {
    fn drop(&mut self) {
        self.ask(&["kill-server"]);
    }
}
