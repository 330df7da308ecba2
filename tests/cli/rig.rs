//! The built program and a backend to run it against.

use std::io::Write;
use std::net::SocketAddr;
use std::process::{Command, Output, Stdio};
use std::sync::Arc;
use std::time::Duration;

use grantdeck::sandbox::{self, FaultSpec, Options, Running};
use jiff::Timestamp;
use secrecy::ExposeSecret;
use tempfile::TempDir;

/// How long anything may take before it counts as never happening.
const PATIENCE: Duration = Duration::from_mins(1);

/// A backend, and a home without anything in it.
pub(crate) struct Rig {
    pub(crate) backend: Running,
    pub(crate) home: TempDir,
    // Dropped last: the backend runs in it.
    runtime: tokio::runtime::Runtime,
}

/// The wall clock, for the backend.
#[expect(clippy::disallowed_methods, reason = "a test has no other clock to give to the backend")]
pub(crate) fn now() -> Timestamp {
    Timestamp::now()
}

/// What a run gave.
pub(crate) struct Run {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Run {
    /// What was printed before the error object, if there is one.
    pub(crate) fn rows(&self) -> &str {
        rows(&self.out)
    }
}

/// What stands before the error object, if there is one.
pub(crate) fn rows(out: &str) -> &str {
    let last = out.trim_end().rfind('\n').map_or(0, |end| end + 1);
    if out[last..].starts_with("{\"error\":") { &out[..last] } else { out }
}

impl Rig {
    pub(crate) fn new(grants: u32, faults: &[&str]) -> Self {
        let faults = faults.iter().map(|fault| fault.parse::<FaultSpec>().unwrap()).collect();
        Self::with(&Options { grants, faults, ..Options::default() })
    }

    pub(crate) fn with(options: &Options) -> Self {
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let address = SocketAddr::from(([127, 0, 0, 1], 0));
        let backend = runtime.block_on(sandbox::start(options, address, Arc::new(now))).unwrap();
        Self { backend, home: tempfile::tempdir().unwrap(), runtime }
    }

    /// Runs something beside the backend.
    pub(crate) fn block_on<T>(&self, work: impl Future<Output = T>) -> T {
        self.runtime.block_on(work)
    }

    /// Waits until the backend was asked something.
    pub(crate) fn wait_for_request(&self) {
        let asked = async {
            while self.backend.journal().is_empty() {
                // The journal announces nothing; this is only how often it is looked at.
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        let patient = self.block_on(async { tokio::time::timeout(PATIENCE, asked).await });
        assert!(patient.is_ok(), "nothing was asked for {PATIENCE:?}");
    }

    pub(crate) fn key(&self) -> String {
        self.backend.app_key().expose_secret().to_owned()
    }

    /// The program with the backend in its environment.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = bare(&self.home, arguments);
        command.env("ALTER_API_KEY", self.key()).env("ALTER_BASE_URL", self.backend.base_url());
        command
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Run {
        run(&mut self.command(arguments))
    }
}

/// The program in an environment with nothing but a home.
pub(crate) fn bare(home: &TempDir, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_grantdeck"));
    command.env_clear().current_dir(home.path()).args(arguments);
    command.env("HOME", home.path()).env("XDG_CONFIG_HOME", home.path()).stdin(Stdio::null());
    command
}

pub(crate) fn run(command: &mut Command) -> Run {
    let Output { status, stdout, stderr } = command.output().unwrap();
    Run {
        code: status.code().unwrap(),
        out: String::from_utf8(stdout).unwrap(),
        err: String::from_utf8(stderr).unwrap(),
    }
}

/// Writes a configuration into a home.
pub(crate) fn configure(home: &TempDir, text: &str) {
    let folder = home.path().join("grantdeck");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::File::create(folder.join("config.toml")).unwrap().write_all(text.as_bytes()).unwrap();
}
