//! Restores a terminal that a screen has taken, whoever asks first: the screen, a panic, a signal.

use std::io::{self, Write};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use crossterm::event::{DisableBracketedPaste, DisableFocusChange};
use crossterm::style::ResetColor;
use crossterm::terminal::{EnableLineWrap, EndSynchronizedUpdate, LeaveAlternateScreen};
use crossterm::{Command, cursor, queue};

/// Unbuffered destination of a frame: stdout, or an emulator in a test.
pub type Device = Box<dyn Write>;

/// Enables reports of presses and the wheel, with SGR coordinates. Unlike crossterm's own command not of every
/// movement: an idle program must stay idle under a moving mouse.
pub struct EnableClicks;

impl Command for EnableClicks {
    fn write_ansi(&self, f: &mut impl std::fmt::Write) -> std::fmt::Result {
        f.write_str("\x1b[?1000h\x1b[?1006h")
    }

    #[cfg(windows)]
    fn execute_winapi(&self) -> io::Result<()> {
        crossterm::event::EnableMouseCapture.execute_winapi()
    }

    #[cfg(windows)]
    fn is_ansi_code_supported(&self) -> bool {
        false
    }
}

/// Disables them.
pub struct DisableClicks;

impl Command for DisableClicks {
    fn write_ansi(&self, f: &mut impl std::fmt::Write) -> std::fmt::Result {
        f.write_str("\x1b[?1006l\x1b[?1000l")
    }

    #[cfg(windows)]
    fn execute_winapi(&self) -> io::Result<()> {
        crossterm::event::DisableMouseCapture.execute_winapi()
    }

    #[cfg(windows)]
    fn is_ansi_code_supported(&self) -> bool {
        false
    }
}

/// Restores the terminal at most once per take; clones share the flag.
#[derive(Clone, Debug, Default)]
pub struct Restorer {
    inside: Arc<AtomicBool>,
}

impl Restorer {
    /// Marks the terminal as taken: from here on it has to be restored.
    pub fn take(&self) {
        *TAKEN.lock().unwrap_or_else(PoisonError::into_inner) = Some(self.clone());
        self.inside.store(true, Ordering::SeqCst);
    }

    /// Restores the terminal if it is taken. Errors are ignored: each step must be tried.
    pub fn restore(&self) {
        if !self.inside.swap(false, Ordering::SeqCst) {
            return;
        }
        // Raw mode first: a shell without echo is worse than a garbled screen.
        let _ = crossterm::terminal::disable_raw_mode();
        let mut bytes = Vec::new();
        let _ = queue!(
            bytes,
            EndSynchronizedUpdate,
            DisableFocusChange,
            DisableBracketedPaste,
            DisableClicks,
            ResetColor,
            EnableLineWrap,
            LeaveAlternateScreen,
            cursor::Show,
        );
        if let Ok(mut device) = standard_output() {
            let _ = device.write_all(&bytes);
            let _ = device.flush();
        }
    }
}

/// The restorer of the terminal that a screen has taken.
static TAKEN: Mutex<Option<Restorer>> = Mutex::new(None);

/// Restores the terminal if a screen has taken it, from any thread, as the program exits.
pub fn give_back() {
    let taken = TAKEN.lock().unwrap_or_else(PoisonError::into_inner).take();
    if let Some(restorer) = taken {
        restorer.restore();
    }
}

/// Stdout without the standard library's line buffer, so that a frame is one write and the panic hook can write while a
/// frame is being written.
///
/// # Errors
/// It cannot be duplicated.
#[cfg(unix)]
pub fn standard_output() -> io::Result<Device> {
    use std::os::fd::AsFd;
    let descriptor = io::stdout().as_fd().try_clone_to_owned()?;
    Ok(Box::new(std::fs::File::from(descriptor)))
}

#[cfg(not(unix))]
#[expect(clippy::unnecessary_wraps, reason = "the other platforms can fail")]
pub fn standard_output() -> io::Result<Device> {
    Ok(Box::new(io::stdout()))
}

/// Writes a sequence to the controlling terminal, even if stdout is redirected. For programs without a screen.
///
/// # Errors
///
/// If there is no terminal.
pub fn write_to_controlling(sequence: &[u8]) -> io::Result<()> {
    let name = if cfg!(windows) { "CONOUT$" } else { "/dev/tty" };
    let mut terminal = std::fs::OpenOptions::new().write(true).open(name)?;
    terminal.write_all(sequence)?;
    terminal.flush()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_terminal_that_was_not_taken_is_not_given_back() {
        let restorer = Restorer::default();
        restorer.restore();
        restorer.inside.store(true, Ordering::SeqCst);
        let clone = restorer.clone();
        assert!(clone.inside.swap(false, Ordering::SeqCst));
        assert!(!restorer.inside.load(Ordering::SeqCst), "the flag is shared");
    }
}
