//! The terminal: the only file that knows escape modes.
//!
//! Three rules. A frame is built in memory and leaves in one write, inside a synchronised update, so that the
//! terminal never shows half of it. Restoring happens once, whoever asks first (quit, error, drop, panic hook),
//! and no step of it can fail the next. The terminal is never *waited for*: its answer may not come.

use std::cell::RefCell;
use std::io::{self, Write};
use std::rc::Rc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use crossterm::event::{DisableBracketedPaste, DisableFocusChange, EnableBracketedPaste, EnableFocusChange};
use crossterm::style::ResetColor;
use crossterm::terminal::{
    BeginSynchronizedUpdate, Clear, ClearType, DisableLineWrap, EnableLineWrap, EndSynchronizedUpdate,
    EnterAlternateScreen, LeaveAlternateScreen, SetTitle,
};
use crossterm::{Command, cursor, queue};
use ratatui::backend::CrosstermBackend;
use ratatui::layout::Rect;
use ratatui::{Frame, Terminal, TerminalOptions, Viewport};

/// Presses and the wheel, with SGR coordinates. Not every movement, as crossterm's own command asks for: a
/// program at rest must stay at rest under a moving mouse.
struct EnableClicks;

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

struct DisableClicks;

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

/// Bytes that wait for the end of the frame. Flushing does nothing: the drawing library flushes several times
/// per frame.
#[derive(Clone, Default)]
struct Outbox(Rc<RefCell<Vec<u8>>>);

impl Write for Outbox {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.borrow_mut().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// What the bytes of a frame go to, unbuffered: standard output, or an emulator in a test.
type Device = Box<dyn Write>;

/// Draws frames on a device.
pub(crate) struct Canvas {
    outbox: Outbox,
    device: Device,
    terminal: Terminal<CrosstermBackend<Outbox>>,
}

impl Canvas {
    /// A canvas of a size. Writes nothing yet.
    ///
    /// # Errors
    ///
    /// None in practice; the drawing library's signature has one.
    pub(crate) fn new(device: Device, width: u16, height: u16) -> io::Result<Self> {
        let outbox = Outbox::default();
        let terminal = fresh(&outbox, width, height)?;
        Ok(Self { outbox, device, terminal })
    }

    /// Forgets what the screen shows and takes a size, so that the next frame is drawn in full. A new terminal
    /// instead of a cleared one: clearing asks the real one for its cursor and waits.
    pub(crate) fn reset(&mut self, width: u16, height: u16) -> io::Result<()> {
        // What waits in the outbox stays: it may be the modes of a terminal that was just taken.
        self.terminal = fresh(&self.outbox, width, height)?;
        queue!(self.outbox, BeginSynchronizedUpdate, ResetColor, Clear(ClearType::All))
    }

    /// The size it draws at.
    pub(crate) fn size(&mut self) -> (u16, u16) {
        let area = self.terminal.get_frame().area();
        (area.width, area.height)
    }

    /// Draws a frame: one write, one synchronised update.
    pub(crate) fn draw(&mut self, picture: impl FnOnce(&mut Frame<'_>)) -> io::Result<()> {
        queue!(self.outbox, BeginSynchronizedUpdate)?;
        self.terminal.draw(picture)?;
        queue!(self.outbox, EndSynchronizedUpdate)?;
        self.send()
    }

    /// Sets the window's title; only tests ask for it.
    pub(crate) fn title(&mut self, title: &str) -> io::Result<()> {
        queue!(self.outbox, SetTitle(title))?;
        self.send()
    }

    /// Writes a sequence that changes nothing on the screen, such as one that asks the terminal to copy. Called
    /// between two frames; what waits for the next frame goes on waiting.
    pub(crate) fn send_raw(&mut self, sequence: &[u8]) -> io::Result<()> {
        self.device.write_all(sequence)?;
        self.device.flush()
    }

    fn send(&mut self) -> io::Result<()> {
        let bytes = std::mem::take(&mut *self.outbox.0.borrow_mut());
        let sent = self.device.write_all(&bytes).and_then(|()| self.device.flush());
        // The next frame gets the same memory.
        let mut outbox = self.outbox.0.borrow_mut();
        *outbox = bytes;
        outbox.clear();
        sent
    }
}

fn fresh(outbox: &Outbox, width: u16, height: u16) -> io::Result<Terminal<CrosstermBackend<Outbox>>> {
    // A fixed area: the size is told by resize messages and not asked for before every frame.
    let options = TerminalOptions { viewport: Viewport::Fixed(Rect::new(0, 0, width, height)) };
    Terminal::with_options(CrosstermBackend::new(outbox.clone()), options)
}

/// Gives the terminal back, at most once between two entries; clones share the flag.
#[derive(Clone, Debug, Default)]
pub(crate) struct Restorer {
    inside: Arc<AtomicBool>,
}

impl Restorer {
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

/// The taken terminal; gives it back when dropped.
pub(crate) struct Screen {
    canvas: Canvas,
    /// The terminal tells of presses and the wheel.
    clicks: bool,
    restorer: Restorer,
}

impl Screen {
    /// A screen on standard output, not entered yet.
    pub(crate) fn new(restorer: Restorer) -> io::Result<Self> {
        Ok(Self { canvas: Canvas::new(standard_output()?, 0, 0)?, clicks: false, restorer })
    }

    /// Takes the terminal: raw mode now, the modes and the alternate screen together with the next frame.
    /// Answers its size.
    pub(crate) fn enter(&mut self) -> io::Result<(u16, u16)> {
        let (width, height) = crossterm::terminal::size()?;
        *TAKEN.lock().unwrap_or_else(PoisonError::into_inner) = Some(self.restorer.clone());
        self.restorer.inside.store(true, Ordering::SeqCst);
        // Another program may have changed the modes while this one was stopped.
        let _ = crossterm::terminal::disable_raw_mode();
        crossterm::terminal::enable_raw_mode()?;
        self.canvas.outbox.0.borrow_mut().clear();
        self.canvas.terminal = fresh(&self.canvas.outbox, width, height)?;
        queue!(
            self.canvas.outbox,
            EnterAlternateScreen,
            BeginSynchronizedUpdate,
            cursor::Hide,
            DisableLineWrap,
            ResetColor,
            Clear(ClearType::All),
            EnableClicks,
            EnableBracketedPaste,
            EnableFocusChange,
        )?;
        self.clicks = true;
        Ok((width, height))
    }

    /// Takes the mouse, or leaves it to the terminal, which selects text with it; from the next frame on.
    pub(crate) fn take_mouse(&mut self, wanted: bool) -> io::Result<()> {
        if std::mem::replace(&mut self.clicks, wanted) == wanted {
            return Ok(());
        }
        if wanted {
            queue!(self.canvas.outbox, EnableClicks)
        } else {
            queue!(self.canvas.outbox, DisableClicks)
        }
    }

    /// Gives the terminal back for a while.
    pub(crate) fn leave(&self) {
        self.restorer.restore();
    }

    /// What is drawn on.
    pub(crate) fn canvas(&mut self) -> &mut Canvas {
        &mut self.canvas
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        self.restorer.restore();
    }
}

/// Standard output without the standard library's line buffer, so that a frame is one write and the panic hook
/// can write while a frame is being written.
#[cfg(unix)]
fn standard_output() -> io::Result<Device> {
    use std::os::fd::AsFd;
    let descriptor = io::stdout().as_fd().try_clone_to_owned()?;
    Ok(Box::new(std::fs::File::from(descriptor)))
}

#[cfg(not(unix))]
#[expect(clippy::unnecessary_wraps, reason = "the other platforms can fail")]
fn standard_output() -> io::Result<Device> {
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
#[path = "terminal_tests.rs"]
mod tests;
