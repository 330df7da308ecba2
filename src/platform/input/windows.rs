//! Converts crossterm's events to ours, for systems that report keys as records.
//!
//! Not yet tried on Windows; the conversions are tested on all systems.
#![cfg_attr(not(windows), allow(dead_code, reason = "elsewhere only its tests are built"))]

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::thread;

use crossterm::event::{
    Event, EventStream, KeyCode as TerminalCode, KeyEvent, KeyEventKind, KeyModifiers, MouseButton,
    MouseEvent, MouseEventKind,
};
use futures_util::{Stream, StreamExt};
use tokio::runtime::Handle;
use tokio::sync::mpsc;
use tokio_util::sync::{CancellationToken, DropGuard};

use super::{Question, TerminalEvent};
use crate::domain::input::{Key, KeyCode, Mouse, MouseKind};

/// Capacity of the channel between the reader thread and the loop, in events.
const WAITING: usize = 256;

/// The console's input.
#[derive(Clone, Default)]
pub struct Keyboard;

impl Keyboard {
    /// Blocks until the next event.
    ///
    /// # Errors
    /// If there is no console.
    #[expect(clippy::unused_self, reason = "elsewhere it is the terminal's")]
    pub fn next(&self) -> io::Result<TerminalEvent> {
        loop {
            if let Some(message) = message(crossterm::event::read()?) {
                return Ok(message);
            }
        }
    }

    /// No query is sent on Windows, so there is no reply to finish.
    #[expect(clippy::unused_self, reason = "elsewhere it is the terminal's")]
    pub fn finish(&self) {}

    /// No query is sent on Windows, so there is no reply to drain.
    #[expect(clippy::unused_self, reason = "elsewhere it is the terminal's")]
    pub fn drain(&self, _: &Question) {}
}

/// Events from the console, as a stream. It must be *dropped* before another program may read: a stream that is merely
/// not polled keeps reading.
pub struct Input {
    messages: mpsc::Receiver<io::Result<TerminalEvent>>,
    /// Stops the thread; if the thread is stuck, it ends with the program.
    _stop: DropGuard,
}

impl Input {
    /// Starts reading. Needs a tokio runtime.
    pub fn open(_: Keyboard, _: Arc<Question>, _: (u16, u16)) -> Self {
        let (sender, messages) = mpsc::channel(WAITING);
        let stop = CancellationToken::new();
        let input = Self { messages, _stop: stop.clone().drop_guard() };
        let runtime = Handle::current();
        // If the thread cannot be started, the channel closes, which ends the input.
        let _ = thread::Builder::new().name("input".into()).spawn(move || {
            runtime.block_on(async {
                tokio::select! {
                    biased;
                    () = stop.cancelled() => {}
                    () = read(sender) => {}
                }
            });
        });
        input
    }
}

impl Stream for Input {
    type Item = io::Result<TerminalEvent>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.messages.poll_recv(context)
    }
}

/// Reads until the console fails or the receiver is gone.
async fn read(messages: mpsc::Sender<io::Result<TerminalEvent>>) {
    let mut events = EventStream::new();
    while let Some(event) = events.next().await {
        if let Some(message) = event.map(message).transpose()
            && messages.send(message).await.is_err()
        {
            return;
        }
    }
}

/// Converts an event; `None` for those that the app does not use.
fn message(event: Event) -> Option<TerminalEvent> {
    match event {
        Event::Key(event) if event.kind == KeyEventKind::Repeat => key(event).map(TerminalEvent::Burst),
        Event::Key(event) => key(event).map(TerminalEvent::Key),
        Event::Mouse(event) => mouse(event).map(TerminalEvent::Mouse),
        // Terminals send line breaks as carriage returns.
        Event::Paste(text) => Some(TerminalEvent::Paste(text.replace("\r\n", "\n").replace('\r', "\n"))),
        Event::Resize(width, height) => Some(TerminalEvent::Resize { width, height }),
        Event::FocusGained => Some(TerminalEvent::Focus(true)),
        Event::FocusLost => Some(TerminalEvent::Focus(false)),
    }
}

/// Converts presses and repeats. Ctrl with a letter is the lower-case letter, whatever the terminal reports about
/// Shift; keys with Super or Hyper belong to the window manager.
fn key(event: KeyEvent) -> Option<Key> {
    if event.kind == KeyEventKind::Release
        || event.modifiers.intersects(KeyModifiers::SUPER | KeyModifiers::HYPER)
    {
        return None;
    }
    let ctrl = event.modifiers.contains(KeyModifiers::CONTROL);
    let alt = event.modifiers.intersects(KeyModifiers::ALT | KeyModifiers::META);
    let mut shift = event.modifiers.contains(KeyModifiers::SHIFT);
    let code = match event.code {
        TerminalCode::Char(character) if character.is_control() => return None,
        TerminalCode::Char(character) => {
            let upper = shift && !ctrl && character.is_ascii_lowercase();
            shift = false;
            KeyCode::Char(match character {
                letter if ctrl => letter.to_ascii_lowercase(),
                letter if upper => letter.to_ascii_uppercase(),
                other => other,
            })
        }
        TerminalCode::F(number) => KeyCode::F(number),
        TerminalCode::Enter => KeyCode::Enter,
        TerminalCode::Esc => KeyCode::Esc,
        TerminalCode::Tab => KeyCode::Tab,
        TerminalCode::BackTab => {
            shift = true;
            KeyCode::Tab
        }
        TerminalCode::Backspace => KeyCode::Backspace,
        TerminalCode::Delete => KeyCode::Delete,
        TerminalCode::Insert => KeyCode::Insert,
        TerminalCode::Up => KeyCode::Up,
        TerminalCode::Down => KeyCode::Down,
        TerminalCode::Left => KeyCode::Left,
        TerminalCode::Right => KeyCode::Right,
        TerminalCode::Home => KeyCode::Home,
        TerminalCode::End => KeyCode::End,
        TerminalCode::PageUp => KeyCode::PageUp,
        TerminalCode::PageDown => KeyCode::PageDown,
        _ => return None,
    };
    Some(Key { code, ctrl, alt, shift })
}

fn mouse(event: MouseEvent) -> Option<Mouse> {
    let kind = match event.kind {
        MouseEventKind::Down(MouseButton::Left) => MouseKind::Press,
        MouseEventKind::ScrollDown => MouseKind::ScrollDown,
        MouseEventKind::ScrollUp => MouseKind::ScrollUp,
        _ => return None,
    };
    Some(Mouse { column: event.column, row: event.row, kind })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_normalised() {
        let none = KeyModifiers::NONE;
        let (ctrl, shift, alt) = (KeyModifiers::CONTROL, KeyModifiers::SHIFT, KeyModifiers::ALT);
        let shifted = |code| Key { shift: true, ..Key::plain(code) };
        let cases = [
            (TerminalCode::Char('j'), none, Some(Key::char('j'))),
            (TerminalCode::Char('G'), shift, Some(Key::char('G'))),
            (TerminalCode::Char('g'), shift, Some(Key::char('G'))),
            (TerminalCode::Char('?'), shift, Some(Key::char('?'))),
            (TerminalCode::Char('é'), none, Some(Key::char('é'))),
            (TerminalCode::Char('c'), ctrl, Some(Key::ctrl('c'))),
            (TerminalCode::Char('C'), ctrl | shift, Some(Key::ctrl('c'))),
            (TerminalCode::Char('x'), alt, Some(Key { alt: true, ..Key::char('x') })),
            (TerminalCode::Char('\u{7}'), none, None),
            (TerminalCode::BackTab, shift, Some(shifted(KeyCode::Tab))),
            (TerminalCode::BackTab, none, Some(shifted(KeyCode::Tab))),
            (TerminalCode::Up, shift, Some(shifted(KeyCode::Up))),
            (TerminalCode::F(12), none, Some(Key::plain(KeyCode::F(12)))),
            (TerminalCode::Char('l'), KeyModifiers::SUPER, None),
            (TerminalCode::CapsLock, none, None),
        ];
        for (code, modifiers, want) in cases {
            assert_eq!(key(KeyEvent::new(code, modifiers)), want, "{code:?} {modifiers:?}");
        }
        let mut event = KeyEvent::new(TerminalCode::Enter, none);
        event.kind = KeyEventKind::Repeat;
        assert_eq!(key(event), Some(Key::plain(KeyCode::Enter)));
        event.kind = KeyEventKind::Release;
        assert_eq!(key(event), None);
    }
}
