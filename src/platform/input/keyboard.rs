//! Reading from the terminal: one file, one parser, one reader at a time.

use std::collections::VecDeque;
use std::fs::{File, OpenOptions};
use std::io::{self, ErrorKind, IsTerminal, Read};
use std::os::fd::{AsFd, AsRawFd};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use filedescriptor::{POLLIN, poll, pollfd};

use super::scan::{Found, Scanner};
use super::{Question, TerminalEvent};
use crate::clock::Clock;

/// Time limit for the terminal's reply; only very slow connections exceed it.
const ANSWERS_WITHIN: Duration = Duration::from_millis(300);

/// How long to wait for the rest of a reply when the terminal is restored.
const REST_WITHIN: Duration = Duration::from_millis(300);

/// Size of the read buffer, in bytes.
const BUFFER: usize = 4 << 10;

/// The terminal's input. Clones share it, so the next reader continues a sequence that the last one began.
#[derive(Clone, Default)]
pub struct Keyboard(Arc<Mutex<Reader>>);

/// The reading state; holding the lock makes its holder the only reader.
pub(super) struct Reader {
    terminal: Option<File>,
    scanner: Scanner,
    clock: Clock,
    /// Keys typed while the terminal was being restored.
    left: VecDeque<TerminalEvent>,
    buffer: Box<[u8; BUFFER]>,
}

impl Default for Reader {
    fn default() -> Self {
        Self {
            terminal: None,
            scanner: Scanner::default(),
            clock: Clock::start(),
            left: VecDeque::new(),
            buffer: Box::new([0; BUFFER]),
        }
    }
}

/// The result of a wait.
pub(super) enum Wait {
    /// Parsed input; empty if a sequence is incomplete.
    Input(Vec<Found>),
    /// The limit passed without input.
    Nothing,
    /// Reading was stopped.
    Stop,
    /// The terminal is gone.
    End,
}

impl Keyboard {
    /// Waits for the current reader to finish.
    pub(super) fn lock(&self) -> MutexGuard<'_, Reader> {
        // The parser is still usable after a reader panicked.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Blocks until the next event.
    ///
    /// # Errors
    /// If there is no terminal, or it is gone.
    pub fn next(&self) -> io::Result<TerminalEvent> {
        let mut reader = self.lock();
        loop {
            if let Some(message) = reader.left.pop_front() {
                return Ok(message);
            }
            match reader.wait(None, None)? {
                Wait::Input(found) => {
                    let typed = found.into_iter().filter_map(|found| match found {
                        Found::Event(message) => Some(message),
                        Found::Background(_) => None,
                    });
                    reader.left.extend(typed);
                }
                Wait::Nothing | Wait::Stop => {}
                Wait::End => return Err(ErrorKind::UnexpectedEof.into()),
            }
        }
    }

    /// Waits for the rest of a reply, if one has begun.
    pub fn finish(&self) {
        if self.lock().scanner.is_within() {
            self.drain(&Question::default());
        }
    }

    /// Empties the terminal's input and waits briefly for outstanding replies: the next program would read them as
    /// keys.
    pub fn drain(&self, question: &Question) {
        let Ok(mut reader) = self.0.try_lock() else { return };
        let clock = Clock::start();
        loop {
            let answer = question.age().map(|age| ANSWERS_WITHIN.saturating_sub(age)).unwrap_or_default();
            let rest = reader.scanner.is_within().then(|| REST_WITHIN.saturating_sub(clock.elapsed()));
            let limit = answer.max(rest.unwrap_or_default());
            let Ok(Wait::Input(found)) = reader.wait(None, Some(limit)) else { return };
            for found in found {
                match found {
                    Found::Background(_) => question.answer(),
                    Found::Event(message) => reader.left.push_back(message),
                }
            }
            // A key that is held down must not delay the exit.
            if clock.elapsed() > ANSWERS_WITHIN + REST_WITHIN {
                return;
            }
        }
    }
}

impl Reader {
    /// Drops events typed earlier.
    pub(super) fn forget(&mut self) {
        self.left.clear();
    }

    /// Waits for input, for `stop` to be closed, or for `limit` to pass.
    ///
    /// # Errors
    /// If there is no terminal.
    pub(super) fn wait(
        &mut self,
        stop: Option<&io::PipeReader>,
        limit: Option<Duration>,
    ) -> io::Result<Wait> {
        let terminal = match &mut self.terminal {
            Some(terminal) => terminal,
            none => none.insert(open()?),
        };
        let wanted = |descriptor| pollfd { fd: descriptor, events: POLLIN, revents: 0 };
        let mut places = vec![wanted(terminal.as_raw_fd())];
        places.extend(stop.map(|stop| wanted(stop.as_raw_fd())));
        let patience = self.scanner.patience(self.clock.elapsed());
        // `poll` takes whole milliseconds; round up.
        let longest = [patience, limit].into_iter().flatten().min();
        let rounded = longest.map(|time| time + Duration::from_micros(if time.is_zero() { 0 } else { 999 }));
        match poll(&mut places, rounded) {
            Ok(_) => {}
            Err(filedescriptor::Error::Poll(error) | filedescriptor::Error::Io(error)) => {
                let is_nothing = error.kind() == ErrorKind::Interrupted;
                return if is_nothing { Ok(Wait::Input(Vec::new())) } else { Err(error) };
            }
            Err(error) => return Err(io::Error::other(error)),
        }
        let [typed, stopped] = [0, 1].map(|at| places.get(at).map_or(0, |place| place.revents));
        if stopped != 0 {
            return Ok(Wait::Stop);
        }
        if typed == 0 {
            let typed = self.scanner.expire(self.clock.elapsed());
            let over = typed.is_empty() && limit.is_some() && longest == limit;
            return Ok(if over { Wait::Nothing } else { Wait::Input(typed) });
        }
        match terminal.read(&mut self.buffer[..]) {
            Ok(0) => Ok(Wait::End),
            Ok(count) => {
                let bytes = self.buffer.get(..count).unwrap_or_default();
                let found = self.scanner.feed(bytes, self.clock.elapsed());
                Ok(Wait::Input(if self.scanner.is_alone() { found } else { as_bursts(found) }))
            }
            Err(error) if matches!(error.kind(), ErrorKind::Interrupted | ErrorKind::WouldBlock) => {
                Ok(Wait::Input(Vec::new()))
            }
            Err(_) => Ok(Wait::End),
        }
    }
}

/// Marks keys as not having arrived alone.
fn as_bursts(found: Vec<Found>) -> Vec<Found> {
    let as_bursts = |found| match found {
        Found::Event(TerminalEvent::Key(key)) => Found::Event(TerminalEvent::Burst(key)),
        found => found,
    };
    found.into_iter().map(as_bursts).collect()
}

/// Standard input if it is a terminal, else the controlling terminal.
fn open() -> io::Result<File> {
    let input = io::stdin();
    if input.is_terminal() {
        return Ok(File::from(input.as_fd().try_clone_to_owned()?));
    }
    OpenOptions::new().read(true).write(true).open("/dev/tty")
}
