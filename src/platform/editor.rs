//! Editing a text in the user's editor: a temporary file, a program that gets the terminal, and the edited text.

use std::fs::OpenOptions;
use std::io::{self, Write};
use std::path::PathBuf;
use std::process::{Command, ExitStatus};
use std::time::Duration;

use tempfile::TempDir;
use tokio::process::Child;

use super::child;
use crate::domain::{Code, Diagnosis, Retry, Who};

/// The largest text to read back, in bytes.
const LARGEST: u64 = 16 << 20;

/// The editor if neither `VISUAL` nor `EDITOR` is set.
const DEFAULT: &str = if cfg!(windows) { "notepad" } else { "vi" };

/// How long an editor may take to exit after SIGTERM, so that it can save a recovery copy.
const ENDS_WITHIN: Duration = Duration::from_secs(1);

/// The terminal settings from before the editor started; it may exit without restoring them.
#[cfg(unix)]
#[derive(Debug)]
struct Settings(Option<rustix::termios::Termios>);

#[cfg(unix)]
impl Settings {
    fn now() -> Self {
        Self(rustix::termios::tcgetattr(io::stdin()).ok())
    }

    fn restore(&self) {
        use rustix::termios::{OptionalActions, tcsetattr};
        if let Some(settings) = &self.0 {
            // Nothing to restore if the terminal is gone.
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
    fn restore(&self) {}
}

/// A running editor.
#[derive(Debug)]
pub struct Editor {
    child: Child,
    command: String,
    file: PathBuf,
    settings: Settings,
    // Deletes the folder and the text in it on drop.
    _folder: TempDir,
}

impl Editor {
    /// Starts the editor on a text. The editor sees neither `ALTER_*` nor the variables in `hidden`.
    ///
    /// # Errors
    /// If the folder cannot be created or the editor cannot be started.
    pub fn start(text: &str, json: bool, hidden: &[String]) -> Result<Self, Diagnosis> {
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

    /// Waits for the editor to exit. Cancel-safe.
    ///
    /// # Errors
    /// The system cannot wait for it.
    pub async fn wait(&mut self) -> io::Result<ExitStatus> {
        let ended = self.child.wait().await;
        self.settings.restore();
        ended
    }

    /// Asks the editor to exit, and kills it if it does not.
    pub async fn end(mut self) {
        #[cfg(unix)]
        if let Some(process) = self.child.id().and_then(|id| rustix::process::Pid::from_raw(id as i32)) {
            // It may have exited already.
            let _ = rustix::process::kill_process(process, rustix::process::Signal::TERM);
        }
        if tokio::time::timeout(ENDS_WITHIN, self.child.wait()).await.is_err() {
            let _ = self.child.kill().await;
        }
        self.settings.restore();
    }

    /// Reads the edited text.
    ///
    /// # Errors
    /// If the editor failed, or the file is not UTF-8 text or larger than 16 MiB.
    pub fn finish(self, ended: io::Result<ExitStatus>) -> Result<String, Diagnosis> {
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
        // Editors on Windows may write a byte-order mark.
        Ok(text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text))
    }
}

fn failed(command: &str, problem: &str) -> Diagnosis {
    Diagnosis::new(Code::EditorFailed, Who::You, Retry::AfterRemedy)
        .fact("editor", command)
        .fact("problem", problem)
}

/// Creates a file that only this user can read, in a folder that only this user can enter.
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
