//! The reader thread, and the stream of its events.

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

use super::keyboard::{Keyboard, Wait};
use super::scan::Found;
use super::{Question, TerminalEvent};

/// Capacity of the channel between the reader thread and the loop, in events.
const WAITING: usize = 256;

/// How long to wait for the thread to end. It only ever blocks on the terminal and the stop pipe.
const ENDS_WITHIN: Duration = Duration::from_millis(250);

/// Events from the terminal, as a stream. It must be *dropped* before another program may read from the terminal.
///
/// Reading happens on a separate thread: a slow or hung-up terminal must not block the loop, which still has to handle
/// signals.
pub struct Input {
    messages: mpsc::Receiver<io::Result<TerminalEvent>>,
    /// Notifies of a new size; `None` if the system does not.
    resized: Option<Signal>,
    /// The size changed before this was opened.
    changed: Option<(u16, u16)>,
    /// Closing it stops the thread.
    stop: Option<io::PipeWriter>,
    ended: blocking::Receiver<()>,
}

impl Input {
    /// Starts reading. Needs a tokio runtime.
    ///
    /// `question`: the query sent to the terminal. `size`: the size known so far.
    pub fn open(keyboard: Keyboard, question: Arc<Question>, size: (u16, u16)) -> Self {
        let (sender, messages) = mpsc::channel(WAITING);
        let (end, ended) = blocking::channel();
        let resized = signal(SignalKind::window_change()).ok();
        let changed = crossterm::terminal::size().ok().filter(|now| *now != size);
        let mut stop = None;
        if let Ok((stopped, writer)) = io::pipe() {
            stop = Some(writer);
            // If the thread cannot be started, the channel closes, which ends the input.
            let _ = thread::Builder::new().name("input".into()).spawn(move || {
                read(&keyboard, &question, &stopped, &sender);
                // Release the terminal before signalling the end.
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
        // Nothing is ever sent: the channel closes when the thread ends.
        let _ = self.ended.recv_timeout(ENDS_WITHIN);
    }
}

/// Reads until the terminal fails or the receiver is gone.
fn read(
    keyboard: &Keyboard,
    question: &Question,
    stop: &io::PipeReader,
    messages: &mpsc::Sender<io::Result<TerminalEvent>>,
) {
    let mut reader = keyboard.lock();
    // Keys typed for a previous screen are not for this one.
    reader.forget();
    loop {
        let found = match reader.wait(Some(stop), None) {
            Ok(Wait::Input(found)) => found,
            Ok(Wait::Nothing) => continue,
            Ok(Wait::Stop | Wait::End) => return,
            Err(error) => {
                // The receiver may be gone.
                let _ = messages.blocking_send(Err(error));
                return;
            }
        };
        for found in found {
            let message = match found {
                Found::Event(message) => message,
                // A reply to another program's query.
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
