//! Gives a terminal back that a screen took, whoever asks first: the screen, a panic, a signal.

use std::io::{self, Write};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use crossterm::event::{DisableBracketedPaste, DisableFocusChange};
use crossterm::style::ResetColor;
use crossterm::terminal::{EnableLineWrap, EndSynchronizedUpdate, LeaveAlternateScreen};
use crossterm::{Command, cursor, queue};

/// What the bytes of a frame go to, unbuffered: standard output, or an emulator in a test.
pub(crate) type Device = Box<dyn Write>;

/// Presses and the wheel, with SGR coordinates. Not every movement, as crossterm's own command asks for: a
/// program at rest must stay at rest under a moving mouse.
pub(crate) struct EnableClicks;

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

/// Takes them back.
pub(crate) struct DisableClicks;

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

/// Gives the terminal back, at most once between two entries; clones share the flag.
#[derive(Clone, Debug, Default)]
pub(crate) struct Restorer {
    inside: Arc<AtomicBool>,
}

impl Restorer {
    /// The terminal is taken: from here on it has to be given back.
    pub(crate) fn take(&self) {
        *TAKEN.lock().unwrap_or_else(PoisonError::into_inner) = Some(self.clone());
        self.inside.store(true, Ordering::SeqCst);
    }

    /// Gives the terminal back if it is taken. Errors are ignored: each step must be tried.
    pub(crate) fn restore(&self) {
        if !self.inside.swap(false, Ordering::SeqCst) {
            return;
        }
        // Raw mode first: a shell without echo is worse than a strange picture.
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

/// Who gives back the terminal that a screen has.
static TAKEN: Mutex<Option<Restorer>> = Mutex::new(None);

/// Gives the terminal back where a screen has it, from any thread: the program ends.
pub(crate) fn give_back() {
    let taken = TAKEN.lock().unwrap_or_else(PoisonError::into_inner).take();
    if let Some(restorer) = taken {
        restorer.restore();
    }
}

/// Standard output without the standard library's line buffer, so that a frame is one write and the panic hook
/// can write while a frame is being written.
#[cfg(unix)]
pub(crate) fn standard_output() -> io::Result<Device> {
    use std::os::fd::AsFd;
    let descriptor = io::stdout().as_fd().try_clone_to_owned()?;
    Ok(Box::new(std::fs::File::from(descriptor)))
}

#[cfg(not(unix))]
#[expect(clippy::unnecessary_wraps, reason = "the other platforms can fail")]
pub(crate) fn standard_output() -> io::Result<Device> {
    Ok(Box::new(io::stdout()))
}

/// Writes a sequence to the terminal that this program was started in, wherever its standard output goes. For
/// programs without a screen.
///
/// # Errors
///
/// When there is no terminal.
pub(crate) fn write_to_controlling(sequence: &[u8]) -> io::Result<()> {
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
