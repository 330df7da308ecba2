//! Takes the terminal and draws on it. Besides this module only `platform::restorer` writes escape modes.
//!
//! Three rules. A frame is built in memory and written in one call inside a synchronised update, so that the terminal
//! never shows half of it. Restoring happens once, whoever asks first (quit, error, drop, panic hook), and no step can
//! prevent the next. The terminal is never *waited for*: its reply may not come.

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

/// Bytes of the frame so far. Flushing does nothing, as ratatui flushes several times per frame.
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
    /// A canvas of this size. Writes nothing yet.
    ///
    /// # Errors
    ///
    /// None in practice; ratatui's signature has one.
    pub(crate) fn new(device: Device, width: u16, height: u16) -> io::Result<Self> {
        let outbox = Outbox::default();
        let terminal = fresh(&outbox, width, height)?;
        Ok(Self { outbox, device, terminal })
    }

    /// Discards the screen's content and sets the size, so that the next frame is drawn in full. Creates a new terminal
    /// instead of clearing the old one, as clearing queries the cursor position and waits for it.
    pub(crate) fn reset(&mut self, width: u16, height: u16) -> io::Result<()> {
        // Keep the outbox: it may contain the modes of a terminal that was just taken.
        self.terminal = fresh(&self.outbox, width, height)?;
        queue!(self.outbox, BeginSynchronizedUpdate, ResetColor, Clear(ClearType::All))
    }

    /// The current size.
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

    /// Sets the window's title; only used by tests.
    pub(crate) fn title(&mut self, title: &str) -> io::Result<()> {
        queue!(self.outbox, SetTitle(title))?;
        self.send()
    }

    /// Writes a sequence that does not change the display, such as one that copies a text. Called between two frames;
    /// the pending bytes of the next frame stay pending.
    pub(crate) fn send_raw(&mut self, sequence: &[u8]) -> io::Result<()> {
        self.device.write_all(sequence)?;
        self.device.flush()
    }

    fn send(&mut self) -> io::Result<()> {
        let bytes = std::mem::take(&mut *self.outbox.0.borrow_mut());
        let sent = self.device.write_all(&bytes).and_then(|()| self.device.flush());
        // Reuse the buffer for the next frame.
        let mut outbox = self.outbox.0.borrow_mut();
        *outbox = bytes;
        outbox.clear();
        sent
    }
}

fn fresh(outbox: &Outbox, width: u16, height: u16) -> io::Result<Terminal<CrosstermBackend<Outbox>>> {
    // A fixed viewport: the size comes from resize events and is not queried before every frame.
    let options = TerminalOptions { viewport: Viewport::Fixed(Rect::new(0, 0, width, height)) };
    Terminal::with_options(CrosstermBackend::new(outbox.clone()), options)
}

/// A taken terminal; restores it on drop.
pub(crate) struct Screen {
    canvas: Canvas,
    /// The terminal reports presses and the wheel.
    clicks: bool,
    restorer: Restorer,
}

impl Screen {
    /// A screen on stdout, not taken yet.
    pub(crate) fn new(restorer: Restorer) -> io::Result<Self> {
        Ok(Self { canvas: Canvas::new(standard_output()?, 0, 0)?, clicks: false, restorer })
    }

    /// Takes the terminal: raw mode now, modes and alternate screen together with the next frame. Returns its size.
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

    /// Enables mouse reports, or leaves the mouse to the terminal's text selection, from the next frame on.
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

    /// Restores the terminal for a while.
    pub(crate) fn leave(&self) {
        self.restorer.restore();
    }

    /// The canvas.
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
