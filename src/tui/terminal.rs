//! The terminal: what takes it and draws on it. Beside it only `platform::restorer` knows escape modes.
//!
//! Three rules. A frame is built in memory and leaves in one write, inside a synchronised update, so that the
//! terminal never shows half of it. Restoring happens once, whoever asks first (quit, error, drop, panic hook),
//! and no step of it can fail the next. The terminal is never *waited for*: its answer may not come.

use std::cell::RefCell;
use std::io::{self, Write};
use std::rc::Rc;

use crossterm::event::{EnableBracketedPaste, EnableFocusChange};
use crossterm::style::ResetColor;
use crossterm::terminal::{
    BeginSynchronizedUpdate, Clear, ClearType, DisableLineWrap, EndSynchronizedUpdate, EnterAlternateScreen,
    SetTitle,
};
use crossterm::{cursor, queue};
use ratatui::backend::CrosstermBackend;
use ratatui::layout::Rect;
use ratatui::{Frame, Terminal, TerminalOptions, Viewport};

use crate::platform::restorer::{Device, DisableClicks, EnableClicks, Restorer, standard_output};

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
        self.restorer.take();
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

#[cfg(test)]
#[path = "terminal_tests.rs"]
mod tests;
