//! The terminal library's events as the core's messages.

use std::collections::VecDeque;
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

use super::ground::{Debt, Ear, Heard};
use crate::app::Msg;
use crate::app::input::{Key, KeyCode, Mouse, MouseKind};

/// How many messages wait between the terminal's thread and the loop.
const WAITING: usize = 256;

/// What the terminal sends, as messages. It must be *dropped* before another program may read from the
/// terminal: a stream that is merely not polled keeps reading.
///
/// A thread of its own reads. The terminal library reads a terminal that hung up over and over without ever
/// returning, and waits for the rest of a key of which only a part came: whoever calls it then, or merely wants
/// to begin reading anew, is stuck, and the loop must still hear its signals.
pub(crate) struct Input {
    messages: mpsc::Receiver<io::Result<Msg>>,
    /// Ends the thread, unless that is stuck: then it ends with the program.
    _stop: DropGuard,
}

impl Input {
    /// Begins to read. Needs a tokio runtime.
    /// `debt`: the answer that the terminal owes, which is not to be taken for typed keys.
    pub(super) fn open(debt: Arc<Debt>) -> Self {
        let (sender, messages) = mpsc::channel(WAITING);
        let stop = CancellationToken::new();
        let input = Self { messages, _stop: stop.clone().drop_guard() };
        let runtime = Handle::current();
        // Without the thread the channel is closed, which is the end of the input.
        let _ = thread::Builder::new().name("input".into()).spawn(move || {
            runtime.block_on(async {
                tokio::select! {
                    biased;
                    () = stop.cancelled() => {}
                    () = read(sender, &debt) => {}
                }
            });
        });
        input
    }
}

impl Stream for Input {
    type Item = io::Result<Msg>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.messages.poll_recv(context)
    }
}

/// Reads until the terminal fails or nobody wants to know.
async fn read(messages: mpsc::Sender<io::Result<Msg>>, debt: &Debt) {
    let mut events = EventStream::new();
    let mut ear = Ear::default();
    loop {
        let event = match ear.patience() {
            Some(patience) => tokio::time::timeout(patience, events.next()).await,
            None => Ok(events.next().await),
        };
        let mut heard: Vec<io::Result<Msg>> = Vec::new();
        match event.map(|event| event.map(|event| event.map(message).transpose())) {
            Ok(None) => return,
            Ok(Some(None)) => {}
            Ok(Some(Some(Ok(Msg::Key(key))))) if let Some(age) = debt.age() => match ear.hear(key, age) {
                Heard::Maybe => {}
                Heard::Typed(typed) => heard.extend(typed.into_iter().map(Ok)),
                Heard::Answer(ground) => {
                    debt.end();
                    heard.extend(ground.map(|ground| Ok(Msg::Ground(ground))));
                }
            },
            // These come by themselves, between two pieces of the answer too.
            Ok(Some(Some(Ok(other @ (Msg::Resize { .. } | Msg::Focus(_)))))) => heard.push(Ok(other)),
            Ok(Some(Some(other))) => {
                heard.extend(ear.release().into_iter().map(Ok));
                heard.push(other);
            }
            // Nothing follows: it was typed.
            Err(_) => heard.extend(ear.release().into_iter().map(Ok)),
        }
        for message in heard {
            if messages.send(message).await.is_err() {
                return;
            }
        }
    }
}

/// The message of an event, where the core wants to know of it.
fn message(event: Event) -> Option<Msg> {
    match event {
        Event::Key(event) => key(event).map(Msg::Key),
        Event::Mouse(event) => mouse(event).map(Msg::Mouse),
        // Terminals send the ends of lines as if Enter was pressed.
        Event::Paste(text) => Some(Msg::Paste(text.replace("\r\n", "\n").replace('\r', "\n"))),
        Event::Resize(width, height) => Some(Msg::Resize { width, height }),
        Event::FocusGained => Some(Msg::Focus(true)),
        Event::FocusLost => Some(Msg::Focus(false)),
    }
}

/// The key of an event: presses and repeats only. Control with a letter is the small letter, whatever the
/// terminal says about Shift; keys with Super or Hyper belong to the window manager.
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

/// Puts a message behind those that wait; of several sizes only the last one counts, and pastes that follow
/// each other are one.
pub(crate) fn queue(waiting: &mut VecDeque<Msg>, message: Msg) {
    match (waiting.back_mut(), message) {
        (Some(Msg::Paste(before)), Msg::Paste(text)) => before.push_str(&text),
        (Some(before @ Msg::Resize { .. }), message @ Msg::Resize { .. }) => *before = message,
        (_, message) => waiting.push_back(message),
    }
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

    #[test]
    fn sizes_and_pastes_in_a_row_are_one() {
        let mut waiting = VecDeque::new();
        for message in [
            Msg::Resize { width: 80, height: 24 },
            Msg::Resize { width: 1, height: 1 },
            Msg::Paste("a\n".into()),
            Msg::Paste("b".into()),
            Msg::Key(Key::char('x')),
            Msg::Paste("c".into()),
            Msg::Resize { width: 90, height: 30 },
        ] {
            queue(&mut waiting, message);
        }
        let printed: Vec<String> = waiting.iter().map(|message| format!("{message:?}")).collect();
        assert_eq!(printed.len(), 5);
        assert_eq!(printed[0], "Resize { width: 1, height: 1 }");
        assert_eq!(printed[1], "Paste(\"a\\nb\")");
        assert_eq!(printed[4], "Resize { width: 90, height: 30 }");
    }
}
