//! The terminal as something that is read: one file, one parser, one reader at a time.

use std::collections::VecDeque;
use std::fs::{File, OpenOptions};
use std::io::{self, ErrorKind, IsTerminal, Read};
use std::os::fd::{AsFd, AsRawFd};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use filedescriptor::{POLLIN, poll, pollfd};

use super::scan::{Found, Scanner};
use super::{Question, TerminalEvent};
use crate::platform::clock::Clock;

/// A terminal that answers does so within this time, but for one at the end of a very long line.
const ANSWERS_WITHIN: Duration = Duration::from_millis(300);

/// How long the rest of an answer is waited for when the terminal is given back.
const REST_WITHIN: Duration = Duration::from_millis(300);

/// How much is read at once.
const BUFFER: usize = 4 << 10;

/// The terminal's own end. Clones are the same one, and what was begun by one reader is gone on with by the next.
#[derive(Clone, Default)]
pub(crate) struct Keyboard(Arc<Mutex<Reader>>);

/// What reads. Whoever holds it is the only one.
pub(super) struct Reader {
    terminal: Option<File>,
    scanner: Scanner,
    clock: Clock,
    /// What was typed while the terminal was given back.
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

/// What came.
pub(super) enum Came {
    /// Something, or nothing yet.
    Found(Vec<Found>),
    /// Nothing in the time that was given.
    Nothing,
    /// Reading is to end.
    Stop,
    /// The terminal is gone.
    End,
}

impl Keyboard {
    /// Waits for whoever reads.
    pub(super) fn lock(&self) -> MutexGuard<'_, Reader> {
        // A reader that panicked leaves a parser that can go on.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The next thing that is typed. Blocks.
    ///
    /// # Errors
    /// There is no terminal, or it is gone.
    pub(crate) fn next(&self) -> io::Result<TerminalEvent> {
        let mut reader = self.lock();
        loop {
            if let Some(message) = reader.left.pop_front() {
                return Ok(message);
            }
            match reader.wait(None, None)? {
                Came::Found(found) => {
                    let typed = found.into_iter().filter_map(|found| match found {
                        Found::Event(message) => Some(message),
                        Found::Background(_) => None,
                    });
                    reader.left.extend(typed);
                }
                Came::Nothing | Came::Stop => {}
                Came::End => return Err(ErrorKind::UnexpectedEof.into()),
            }
        }
    }

    /// Waits for the rest of an answer, if one has begun.
    pub(crate) fn finish(&self) {
        if self.lock().scanner.is_within() {
            self.drain(&Question::default());
        }
    }

    /// Takes out of the terminal what is there, and waits a moment for what it still has to answer: the next program
    /// would take it for keys.
    pub(crate) fn drain(&self, question: &Question) {
        let Ok(mut reader) = self.0.try_lock() else { return };
        let clock = Clock::start();
        loop {
            let answer = question.age().map(|age| ANSWERS_WITHIN.saturating_sub(age)).unwrap_or_default();
            let rest = reader.scanner.is_within().then(|| REST_WITHIN.saturating_sub(clock.elapsed()));
            let limit = answer.max(rest.unwrap_or_default());
            let Ok(Came::Found(found)) = reader.wait(None, Some(limit)) else { return };
            for found in found {
                match found {
                    Found::Background(_) => question.answer(),
                    Found::Event(message) => reader.left.push_back(message),
                }
            }
            // Somebody who holds a key down does not hold up the end.
            if clock.elapsed() > ANSWERS_WITHIN + REST_WITHIN {
                return;
            }
        }
    }
}

impl Reader {
    /// Forgets what was typed before.
    pub(super) fn forget(&mut self) {
        self.left.clear();
    }

    /// Waits for the terminal, for the end of `stop`, and no longer than `limit`.
    ///
    /// # Errors
    /// There is no terminal.
    pub(super) fn wait(
        &mut self,
        stop: Option<&io::PipeReader>,
        limit: Option<Duration>,
    ) -> io::Result<Came> {
        let terminal = match &mut self.terminal {
            Some(terminal) => terminal,
            none => none.insert(open()?),
        };
        let wanted = |descriptor| pollfd { fd: descriptor, events: POLLIN, revents: 0 };
        let mut places = vec![wanted(terminal.as_raw_fd())];
        places.extend(stop.map(|stop| wanted(stop.as_raw_fd())));
        let patience = self.scanner.patience(self.clock.elapsed());
        // Whole milliseconds count, and none too few.
        let longest = [patience, limit].into_iter().flatten().min();
        let rounded = longest.map(|time| time + Duration::from_micros(if time.is_zero() { 0 } else { 999 }));
        match poll(&mut places, rounded) {
            Ok(_) => {}
            Err(filedescriptor::Error::Poll(error) | filedescriptor::Error::Io(error)) => {
                let is_nothing = error.kind() == ErrorKind::Interrupted;
                return if is_nothing { Ok(Came::Found(Vec::new())) } else { Err(error) };
            }
            Err(error) => return Err(io::Error::other(error)),
        }
        let [typed, stopped] = [0, 1].map(|at| places.get(at).map_or(0, |place| place.revents));
        if stopped != 0 {
            return Ok(Came::Stop);
        }
        if typed == 0 {
            let typed = self.scanner.expire(self.clock.elapsed());
            let over = typed.is_empty() && limit.is_some() && longest == limit;
            return Ok(if over { Came::Nothing } else { Came::Found(typed) });
        }
        match terminal.read(&mut self.buffer[..]) {
            Ok(0) => Ok(Came::End),
            Ok(count) => {
                let bytes = self.buffer.get(..count).unwrap_or_default();
                let found = self.scanner.feed(bytes, self.clock.elapsed());
                Ok(Came::Found(if self.scanner.is_alone() { found } else { crowded(found) }))
            }
            Err(error) if matches!(error.kind(), ErrorKind::Interrupted | ErrorKind::WouldBlock) => {
                Ok(Came::Found(Vec::new()))
            }
            Err(_) => Ok(Came::End),
        }
    }
}

/// Says of keys that they did not come alone.
fn crowded(found: Vec<Found>) -> Vec<Found> {
    let crowded = |found| match found {
        Found::Event(TerminalEvent::Key(key)) => Found::Event(TerminalEvent::Burst(key)),
        found => found,
    };
    found.into_iter().map(crowded).collect()
}

/// Standard input where it is a terminal, else the one that this program was started in.
fn open() -> io::Result<File> {
    let input = io::stdin();
    if input.is_terminal() {
        return Ok(File::from(input.as_fd().try_clone_to_owned()?));
    }
    OpenOptions::new().read(true).write(true).open("/dev/tty")
}
