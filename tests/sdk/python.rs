//! The official Python SDK in an environment of its own below the build directory, made once, for tests and benches.
#![allow(clippy::expect_used, clippy::panic, reason = "a helper that cannot go on ends the run and says why")]

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// With what `boto3_client` needs.
const SDK: &str = "alter-sdk[aws]==0.29.0";

/// A script, about to run with the SDK at hand.
pub(crate) fn script(file: &Path) -> Command {
    let mut command = Command::new(interpreter());
    // Whatever proxy the machine has, loopback is not for it.
    for proxy in ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"] {
        command.env_remove(proxy);
    }
    command.arg(file);
    command
}

/// The environment's interpreter; made when it is not there, by one test at a time.
fn interpreter() -> PathBuf {
    let home = Path::new(env!("CARGO_TARGET_TMPDIR")).join("sdk-0.29.0-aws-venv");
    let interpreter = home.join(if cfg!(windows) { "Scripts/python.exe" } else { "bin/python" });
    let lock = File::create(home.with_extension("lock")).expect("the build directory can be written");
    lock.lock().expect("the lock file can be locked");
    let complete = home.join("complete");
    if !complete.exists() {
        let system = std::env::var("PYTHON").unwrap_or_else(|_| "python3".to_owned());
        let advice = format!(
            "Whatever runs the official SDK needs Python 3.11 or newer with venv (set PYTHON to choose one) \
             and a package index that has {SDK}."
        );
        let venv =
            ["-m", "venv", "--clear"].map(str::to_owned).into_iter().chain([home.display().to_string()]);
        run(Command::new(system).args(venv), &advice);
        let install = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", SDK];
        run(Command::new(&interpreter).args(install), &advice);
        fs::write(complete, SDK).expect("the environment can be written");
    }
    interpreter
}

/// Runs a command to its successful end, or ends with the advice and what it said.
pub(crate) fn run(command: &mut Command, advice: &str) -> Output {
    let output = command.output().unwrap_or_else(|error| panic!("{advice}\n{command:?}: {error}"));
    assert!(
        output.status.success(),
        "{advice}\n{command:?}: {}\n{}",
        output.status,
        String::from_utf8_lossy(&output.stderr)
    );
    output
}
