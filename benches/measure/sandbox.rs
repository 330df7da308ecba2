//! A sandbox in a process of its own, and the commands that are timed against it.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use crate::python;

/// In a process of its own, so that nobody profits from being near to it.
pub(crate) struct Sandbox {
    process: Child,
    pub(crate) variables: Vec<(String, String)>,
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }
}

impl Sandbox {
    pub(crate) fn start(grants: u32) -> Self {
        Self::start_with(grants, &[])
    }

    /// With further arguments.
    pub(crate) fn start_with(grants: u32, arguments: &[&str]) -> Self {
        let mut process = Command::new(env!("CARGO_BIN_EXE_grantdeck"))
            // Its budget is told, so that pages are asked for at once, and never ends.
            .args(["sandbox", "--port", "0", "--rate-limit", "1000000000", "--grants", &grants.to_string()])
            .args(arguments)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = BufReader::new(process.stdout.take().unwrap()).lines().map(Result::unwrap);
        let exported = lines.filter_map(|line| {
            let (name, value) = line.strip_prefix("export ")?.split_once('=')?;
            Some((name.to_owned(), value.trim_matches('\'').to_owned()))
        });
        let variables = exported.take(2).collect();
        Self { process, variables }
    }

    /// The program, with this backend in its environment.
    pub(crate) fn ours(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_grantdeck"));
        command.args(arguments).envs(self.variables.clone());
        command
    }

    /// A script of the official SDK.
    pub(crate) fn theirs(&self, script: &str, variables: &[(&str, &str)]) -> Command {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/measure");
        let mut command = python::script(&folder.join(script));
        command.envs(self.variables.clone()).envs(variables.iter().copied()).stderr(Stdio::null());
        command
    }
}
