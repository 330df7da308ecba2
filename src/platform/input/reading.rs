//! A thread that reads, and the stream of what it found.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::mpsc as blocking;
use std::task::{Context, Poll};
use std::thread;
use std::time::Duration;

use futures_util::Stream;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::mpsc;

use super::keyboard::{Came, Keyboard};
use super::scan::Found;
use super::{Question, TerminalEvent};

/// How many messages wait between the terminal's thread and the loop.
const WAITING: usize = 256;

/// How long the end of the thread is waited for. It waits for nothing but the terminal and its own end.
const ENDS_WITHIN: Duration = Duration::from_millis(250);

/// What the terminal sends, as messages. It must be *dropped* before another program may read from the terminal.
///
/// A thread of its own reads: a terminal that hung up, or one that is slow, must never hold up the loop, which still
/// has to hear its signals.
pub(crate) struct Input {
    messages: mpsc::Receiver<io::Result<TerminalEvent>>,
    /// Told of each new size; None where the system tells nothing.
    resized: Option<Signal>,
    /// The size had changed before anybody listened.
    changed: Option<(u16, u16)>,
    /// Closing it ends the thread.
    stop: Option<io::PipeWriter>,
    ended: blocking::Receiver<()>,
}

impl Input {
    /// Begins to read. Needs a tokio runtime.
    ///
    /// `question`: what the terminal was asked. `size`: the one that is known.
    pub(crate) fn open(keyboard: Keyboard, question: Arc<Question>, size: (u16, u16)) -> Self {
        let (sender, messages) = mpsc::channel(WAITING);
        let (end, ended) = blocking::channel();
        let resized = signal(SignalKind::window_change()).ok();
        let changed = crossterm::terminal::size().ok().filter(|now| *now != size);
        let mut stop = None;
        if let Ok((stopped, writer)) = io::pipe() {
            stop = Some(writer);
            // Without the thread the channel is closed, which is the end of the input.
            let _ = thread::Builder::new().name("input".into()).spawn(move || {
                read(&keyboard, &question, &stopped, &sender);
                // Kept to here: the terminal is free once it is dropped.
                drop(keyboard);
                drop(end);
            });
        }
        Self { messages, resized, changed, stop, ended }
    }
}

impl Stream for Input {
    type Item = io::Result<TerminalEvent>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let mut size = self.changed.take();
        while let Some(resized) = &mut self.resized
            && resized.poll_recv(context) == Poll::Ready(Some(()))
        {
            size = crossterm::terminal::size().ok().or(size);
        }
        match size {
            Some((width, height)) => Poll::Ready(Some(Ok(TerminalEvent::Resize { width, height }))),
            None => self.messages.poll_recv(context),
        }
    }
}

impl Drop for Input {
    fn drop(&mut self) {
        self.messages.close();
        self.stop = None;
        // Nothing is ever sent: the end of the thread closes the channel.
        let _ = self.ended.recv_timeout(ENDS_WITHIN);
    }
}

/// Reads until the terminal fails or nobody wants to know.
fn read(
    keyboard: &Keyboard,
    question: &Question,
    stop: &io::PipeReader,
    messages: &mpsc::Sender<io::Result<TerminalEvent>>,
) {
    let mut reader = keyboard.lock();
    // What was typed for a screen that was left is not for this one.
    reader.forget();
    loop {
        let found = match reader.wait(Some(stop), None) {
            Ok(Came::Found(found)) => found,
            Ok(Came::Nothing) => continue,
            Ok(Came::Stop | Came::End) => return,
            Err(error) => {
                // Nobody listens any more: then nobody needs to know.
                let _ = messages.blocking_send(Err(error));
                return;
            }
        };
        for found in found {
            let message = match found {
                Found::Event(message) => message,
                // An answer to somebody else's question.
                Found::Background(_) if question.age().is_none() => continue,
                Found::Background(background) => {
                    question.answer();
                    let Some(background) = background else { continue };
                    TerminalEvent::Background(background)
                }
            };
            if messages.blocking_send(Ok(message)).is_err() {
                return;
            }
        }
    }
}
