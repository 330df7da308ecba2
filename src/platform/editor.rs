//! The person's own editor: a text in a file of its own, a program that has the terminal meanwhile, the text back.

use std::fs::OpenOptions;
use std::io::{self, Write};
use std::path::PathBuf;
use std::process::{Command, ExitStatus};
use std::time::Duration;

use tempfile::TempDir;
use tokio::process::Child;

use super::child;
use crate::domain::{Code, Diagnosis, Retry, Who};

/// The largest text that is taken back.
const LARGEST: u64 = 16 << 20;

/// What is started where neither `VISUAL` nor `EDITOR` names one.
const DEFAULT: &str = if cfg!(windows) { "notepad" } else { "vi" };

/// How long an editor that was asked to end may take: it may keep a copy of the text.
const ENDS_WITHIN: Duration = Duration::from_secs(1);

/// The terminal's settings before the editor changes them; it may end without giving them back.
#[cfg(unix)]
#[derive(Debug)]
struct Settings(Option<rustix::termios::Termios>);

#[cfg(unix)]
impl Settings {
    fn now() -> Self {
        Self(rustix::termios::tcgetattr(io::stdin()).ok())
    }

    fn give_back(&self) {
        use rustix::termios::{OptionalActions, tcsetattr};
        if let Some(settings) = &self.0 {
            // A terminal that is gone needs nothing back.
            let _ = tcsetattr(io::stdin(), OptionalActions::Now, settings);
        }
    }
}

#[cfg(not(unix))]
#[derive(Debug)]
struct Settings;

#[cfg(not(unix))]
impl Settings {
    fn now() -> Self {
        Self
    }

    #[expect(clippy::unused_self, reason = "nothing to restore")]
    fn give_back(&self) {}
}

/// An editor that is running.
#[derive(Debug)]
pub(crate) struct Editor {
    child: Child,
    command: String,
    file: PathBuf,
    settings: Settings,
    // The folder goes when this is dropped, with the text in it.
    _folder: TempDir,
}

impl Editor {
    /// Starts the editor with a text. `hidden` names variables that it must not see; it sees no `ALTER_*` either.
    ///
    /// # Errors
    /// The folder cannot be made, or the editor not be started.
    pub(crate) fn start(text: &str, json: bool, hidden: &[String]) -> Result<Self, Diagnosis> {
        let named = |name: &str| std::env::var(name).ok().filter(|value| !value.trim().is_empty());
        let command = named("VISUAL").or_else(|| named("EDITOR")).unwrap_or_else(|| DEFAULT.to_owned());
        let problem = |error: &dyn std::fmt::Display| failed(&command, &error.to_string());
        let (folder, file) = write(text, json).map_err(|error| problem(&error))?;
        let words = shell_words::split(&command).map_err(|error| problem(&error))?;
        let (program, arguments) = words.split_first().ok_or_else(|| problem(&"it is empty"))?;
        let mut start = Command::new(program);
        start.args(arguments).arg(&file);
        child::withhold(&mut start, hidden);
        let settings = Settings::now();
        let child = tokio::process::Command::from(start).spawn().map_err(|error| problem(&error))?;
        Ok(Self { child, command, file, settings, _folder: folder })
    }

    /// Waits until it ends. Cancelling is harmless.
    pub(crate) async fn wait(&mut self) -> io::Result<ExitStatus> {
        let ended = self.child.wait().await;
        self.settings.give_back();
        ended
    }

    /// Asks it to end, and makes it where it does not.
    pub(crate) async fn end(mut self) {
        #[cfg(unix)]
        if let Some(process) = self.child.id().and_then(|id| rustix::process::Pid::from_raw(id as i32)) {
            // It may have ended by itself.
            let _ = rustix::process::kill_process(process, rustix::process::Signal::TERM);
        }
        if tokio::time::timeout(ENDS_WITHIN, self.child.wait()).await.is_err() {
            let _ = self.child.kill().await;
        }
        self.settings.give_back();
    }

    /// The text that it left.
    ///
    /// # Errors
    /// It failed, or what it left is no text.
    pub(crate) fn finish(self, ended: io::Result<ExitStatus>) -> Result<String, Diagnosis> {
        let problem = |problem: &str| failed(&self.command, problem);
        match ended {
            Ok(status) if status.success() => {}
            Ok(status) => return Err(problem(&status.to_string())),
            Err(error) => return Err(problem(&error.to_string())),
        }
        let size = std::fs::metadata(&self.file).map_err(|error| problem(&error.to_string()))?.len();
        if size > LARGEST {
            return Err(problem("the text is larger than 16 MiB"));
        }
        let text = std::fs::read_to_string(&self.file).map_err(|error| problem(&error.to_string()))?;
        // Editors of Windows begin a file with a byte-order mark.
        Ok(text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text))
    }
}

fn failed(command: &str, problem: &str) -> Diagnosis {
    Diagnosis::new(Code::EditorFailed, Who::You, Retry::AfterRemedy)
        .fact("editor", command)
        .fact("problem", problem)
}

/// A file that only this user can read, in a folder that only this user can enter.
fn write(text: &str, json: bool) -> io::Result<(TempDir, PathBuf)> {
    let mut builder = tempfile::Builder::new();
    builder.prefix("grantdeck-");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        builder.permissions(std::fs::Permissions::from_mode(0o700));
    }
    let folder = builder.tempdir()?;
    let file = folder.path().join(if json { "body.json" } else { "body.txt" });
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    options.open(&file)?.write_all(text.as_bytes())?;
    Ok((folder, file))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    #[test]
    fn nobody_else_can_read_what_is_edited() {
        use std::os::unix::fs::PermissionsExt as _;
        let (folder, file) = write("{}", true).unwrap();
        let mode = |path: &std::path::Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(folder.path()), mode(&file)), (0o700, 0o600));
        assert_eq!(std::fs::read_to_string(&file).unwrap(), "{}");
        let path = folder.path().to_owned();
        drop(folder);
        assert!(!path.exists());
    }
}
