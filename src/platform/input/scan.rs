//! The parser for all input from the terminal: bytes and times in, keys and other events out. No I/O, no clock.
//!
//! Replies of the terminal (control strings, control sequences that are no key) are dropped, whoever queried it, whole
//! or cut; only the background colour, which this program queries, is kept. If bytes could be a typed key or the
//! beginning of a reply, timing decides: after `esc` or `alt-]` a person pauses, while a terminal sends the rest at
//! once. The rest of a delayed reply is recognised by arriving in one piece.

use std::time::Duration;

use super::TerminalEvent;
use super::controls::{character, console, meaning, old_mouse, single_shift};
use super::introducers::{Kind, following, is_one_character, is_rest};
use crate::background;
use crate::domain::Background;
use crate::domain::input::{Key, KeyCode};

/// How long a possible key waits for the rest of a reply.
pub const PAUSE: Duration = Duration::from_millis(50);

/// How long after a cut reply a single character counts as a key again.
pub(super) const SILENCE: Duration = Duration::from_secs(1);

/// The longest a reply may take before a single character counts as a key again; also how late, after a pause, its rest
/// may arrive in one piece.
pub(super) const LATEST: Duration = Duration::from_secs(5);

/// How late the rest may arrive of a reply whose beginning was taken for a key.
pub(super) const LATE_REST: Duration = Duration::from_secs(2);

/// The longest reply whose text is kept, in bytes; longer ones are discarded while they are read.
const LONGEST: usize = 64;

/// The end of a bracketed paste.
const END_OF_PASTE: &[u8] = b"\x1b[201~";

const ESC: u8 = 0x1b;

/// What the parser found.
#[derive(Debug)]
pub enum Found {
    /// A key, a paste, a mouse event or a change of the terminal.
    Event(TerminalEvent),
    /// The reply to the background query; `None` if it names no known colour.
    Background(Option<Background>),
}

/// The state of the parser.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// Between sequences.
    Start,
    /// After ESC, preceded by this many more.
    Escape(u32),
    /// After an introducer. `letter`: if nothing follows, this key was pressed with Alt. `alt`: another ESC preceded
    /// it.
    Inside { kind: Kind, letter: Option<u8>, alt: bool, escaped: bool },
    /// After `ESC [ [`.
    Console,
    /// Within the three bytes of a legacy mouse event.
    Mouse,
    /// Within a bracketed paste.
    Paste,
    /// Within a multi-byte character.
    Character { left: u8, alt: bool },
}

/// The parser.
#[derive(Debug)]
pub struct Scanner {
    state: State,
    /// Bytes collected in this state: parameters, a short string, a paste, a character.
    kept: Vec<u8>,
    /// Length of the current string in bytes, kept or not.
    length: usize,
    /// Continuation bytes left of a character within a string, so that none of them is taken for its end.
    inner: u8,
    /// When the current state was entered.
    since: Duration,
    /// When the last bytes arrived.
    last: Duration,
    /// The state that was resolved as a key, but may have been the beginning of a delayed reply.
    doubt: Option<State>,
    found: Vec<Found>,
    /// The last input was exactly one complete event.
    alone: bool,
}

impl Default for Scanner {
    fn default() -> Self {
        Self {
            state: State::Start,
            kept: Vec::new(),
            length: 0,
            inner: 0,
            since: Duration::ZERO,
            last: Duration::ZERO,
            doubt: None,
            found: Vec::new(),
            alone: false,
        }
    }
}

impl Scanner {
    /// Parses the bytes of one read. `now` must never decrease.
    pub fn feed(&mut self, bytes: &[u8], now: Duration) -> Vec<Found> {
        if bytes.is_empty() {
            return Vec::new();
        }
        self.resolve_by_time(bytes, now);
        let mut ends = 0_usize;
        for byte in bytes {
            self.step(*byte);
            ends += usize::from(!self.is_within());
        }
        self.alone = ends == 1 && !self.is_within() && self.found.len() <= 1;
        std::mem::take(&mut self.found)
    }

    /// Whether the last input was exactly one event, as a single key press is.
    pub(super) fn is_alone(&self) -> bool {
        self.alone
    }

    /// How long to wait for more input; `None` = forever, as nothing is pending.
    pub fn patience(&self, now: Duration) -> Option<Duration> {
        self.key_in_doubt().map(|_| (self.last + PAUSE).saturating_sub(now))
    }

    /// Resolves a pending key once [`PAUSE`] has passed: it was typed.
    pub fn expire(&mut self, now: Duration) -> Vec<Found> {
        if now >= self.last + PAUSE
            && let Some((key, times)) = self.key_in_doubt()
        {
            self.doubt = Some(self.state);
            self.state = State::Start;
            self.found.extend((0..times).map(|_| Found::Event(TerminalEvent::Key(key))));
        }
        std::mem::take(&mut self.found)
    }

    /// Whether a reply or a paste is incomplete.
    pub(super) fn is_within(&self) -> bool {
        self.state != State::Start
    }

    /// The key that the pending bytes mean if nothing follows, and how often.
    fn key_in_doubt(&self) -> Option<(Key, u32)> {
        match self.state {
            State::Escape(before) => Some((Key::plain(KeyCode::Esc), before + 1)),
            State::Inside { letter: Some(letter), escaped: false, .. } if self.length == 0 => {
                Some((Key { alt: true, ..Key::char(char::from(letter)) }, 1))
            }
            _ => None,
        }
    }

    /// Decides by elapsed time whether these bytes continue a pending sequence.
    fn resolve_by_time(&mut self, bytes: &[u8], now: Duration) {
        let silent = now.saturating_sub(self.last);
        self.last = now;
        let single = is_one_character(bytes);
        let doubt = self.doubt.take().filter(|_| silent < LATE_REST && !single);
        match (doubt, bytes) {
            (Some(State::Escape(_)), [letter, rest @ ..]) if is_rest(*letter, rest) => {
                self.enter(State::Escape(0));
            }
            (Some(state @ State::Inside { letter: Some(letter), .. }), rest) if is_rest(letter, rest) => {
                self.enter(state);
            }
            _ => {}
        }
        let over = match self.state {
            State::Start | State::Escape(_) => false,
            // The rest of a paste must not be taken for keys, however late: only these two bytes end it.
            State::Paste => silent > SILENCE && matches!(bytes, [ESC | 0x03]),
            State::Inside { escaped: true, .. } if single && silent > PAUSE && bytes != b"\\" => true,
            _ => {
                let late = silent > SILENCE || now.saturating_sub(self.since) > LATEST;
                single && late || silent > LATEST
            }
        };
        if over {
            if self.state == State::Paste {
                self.paste();
            }
            self.state = State::Start;
        }
    }

    fn enter(&mut self, state: State) {
        self.state = state;
        self.since = self.last;
        self.kept.clear();
        self.length = 0;
        self.inner = 0;
    }

    fn step(&mut self, byte: u8) {
        match self.state {
            State::Start => self.start(byte, false),
            State::Escape(before) => self.escape(before, byte),
            State::Inside { kind: Kind::Control, alt, .. } => self.control(byte, alt),
            State::Inside { kind: Kind::SingleShift, alt, .. } => self.single_shift(byte, alt),
            State::Inside { kind, letter, alt, escaped } => {
                self.string(byte, kind, escaped, State::Inside { kind, letter, alt, escaped: true });
            }
            State::Console => {
                self.state = State::Start;
                self.report(console(byte));
            }
            State::Mouse => {
                self.kept.push(byte);
                if let [button, column, row] = self.kept[..] {
                    self.state = State::Start;
                    self.report(old_mouse([button, column, row]));
                }
            }
            State::Paste => {
                self.kept.push(byte);
                if self.kept.ends_with(END_OF_PASTE) {
                    self.kept.truncate(self.kept.len() - END_OF_PASTE.len());
                    self.paste();
                }
            }
            State::Character { left, alt } => self.character(byte, left, alt),
        }
    }

    fn start(&mut self, byte: u8, alt: bool) {
        self.state = State::Start;
        match byte {
            ESC => self.enter(State::Escape(0)),
            0..=0x7f => self.report(character(char::from(byte), alt)),
            // Never the first byte of a character: an 8-bit introducer, or nothing.
            0x80..=0x9f => self.introduce(byte - 0x40, None, alt),
            0xc2..=0xf4 => {
                self.enter(State::Character { left: following(byte), alt });
                self.kept.push(byte);
            }
            _ => {}
        }
    }

    fn escape(&mut self, before: u32, byte: u8) {
        match byte {
            ESC => self.state = State::Escape(before.saturating_add(1)),
            // The end of a string whose beginning was not seen.
            b'\\' => self.state = State::Start,
            letter if Kind::of(letter).is_some() => self.introduce(letter, Some(letter), before > 0),
            byte => {
                let esc = || Found::Event(TerminalEvent::Key(Key::plain(KeyCode::Esc)));
                self.found.extend((0..before).map(|_| esc()));
                self.start(byte, true);
            }
        }
    }

    fn introduce(&mut self, code: u8, letter: Option<u8>, alt: bool) {
        self.state = State::Start;
        if let Some(kind) = Kind::of(code) {
            self.enter(State::Inside { kind, letter, alt, escaped: false });
        }
    }

    fn control(&mut self, byte: u8, alt: bool) {
        match byte {
            ESC => self.enter(State::Escape(0)),
            b'[' if self.length == 0 => self.state = State::Console,
            b'M' if self.length == 0 => self.enter(State::Mouse),
            b' '..=b'?' => self.keep(byte),
            b'@'..=b'~' => {
                self.state = State::Start;
                if self.length > LONGEST {
                    return;
                }
                let inside = std::mem::take(&mut self.kept);
                match (inside.as_slice(), byte) {
                    (b"200", b'~') => self.enter(State::Paste),
                    (inside, last) => self.report(meaning(inside, last, alt)),
                }
            }
            0x80.. => self.start(byte, false),
            // Terminals never send these within a sequence.
            _ => self.length += 1,
        }
    }

    fn single_shift(&mut self, byte: u8, alt: bool) {
        match byte {
            ESC => self.enter(State::Escape(0)),
            b'0'..=b';' => self.keep(byte),
            _ => {
                self.state = State::Start;
                let inside = std::mem::take(&mut self.kept);
                self.report(single_shift(&inside, byte, alt));
            }
        }
    }

    /// Handles a byte of a control string. `escape`: the state after an ESC within it.
    fn string(&mut self, byte: u8, kind: Kind, escaped: bool, escape: State) {
        if escaped {
            match byte {
                b'\\' => self.end(kind),
                ESC => {}
                // An ESC that does not end the string begins a new sequence.
                _ => {
                    self.enter(State::Escape(0));
                    self.escape(0, byte);
                }
            }
            return;
        }
        let inner = std::mem::take(&mut self.inner);
        match byte {
            ESC => self.state = escape,
            0x07 if kind == Kind::Command => self.end(kind),
            // The 8-bit terminator, alone or encoded as UTF-8; elsewhere it is part of a character.
            0x9c if inner == 0 || self.kept.last() == Some(&0xc2) => self.end(kind),
            0x80..=0xbf if inner > 0 => {
                self.inner = inner - 1;
                self.keep(byte);
            }
            _ => {
                self.inner = if byte >= 0xc2 { following(byte) } else { 0 };
                self.keep(byte);
            }
        }
    }

    fn end(&mut self, kind: Kind) {
        self.state = State::Start;
        if kind == Kind::Command
            && self.length <= LONGEST
            && let Some(colour) = self.kept.strip_prefix(b"11;")
        {
            self.found.push(Found::Background(background::background(colour)));
        }
    }

    fn character(&mut self, byte: u8, left: u8, alt: bool) {
        if !matches!(byte, 0x80..=0xbf) {
            // The bytes before were not a valid character.
            self.start(byte, false);
            return;
        }
        self.kept.push(byte);
        if left > 1 {
            self.state = State::Character { left: left - 1, alt };
            return;
        }
        self.state = State::Start;
        let Some(found) = std::str::from_utf8(&self.kept).ok().and_then(|text| text.chars().next()) else {
            return;
        };
        match found {
            '\u{80}'..='\u{9f}' => self.introduce(found as u8 - 0x40, None, alt),
            found => self.report(character(found, alt)),
        }
    }

    fn paste(&mut self) {
        self.state = State::Start;
        let text = String::from_utf8_lossy(&self.kept);
        // Terminals send line breaks as carriage returns.
        let text = text.replace("\r\n", "\n").replace('\r', "\n");
        self.kept = Vec::new();
        self.found.push(Found::Event(TerminalEvent::Paste(text)));
    }

    /// Keeps a byte of a short string, and counts all of them.
    fn keep(&mut self, byte: u8) {
        self.length = self.length.saturating_add(1);
        if self.length <= LONGEST {
            self.kept.push(byte);
        } else if let Some(last) = self.kept.last_mut() {
            *last = byte;
        }
    }

    fn report(&mut self, message: Option<TerminalEvent>) {
        self.found.extend(message.map(Found::Event));
    }
}

#[cfg(test)]
#[path = "scan_tests.rs"]
mod tests;
