//! The parser of everything that the terminal sends: bytes and times in, keys and the like out. No I/O, no clock.
//!
//! Answers of the terminal (control strings, control sequences that are no key) mean nothing here, whoever asked for
//! them, whole or cut; but for the colour of the background, which this program asks for. Where bytes could be a typed key
//! or the beginning of an answer, time decides: somebody who types `esc` or `alt-]` sends nothing else for a moment,
//! and a terminal that answers goes on at once. The rest of an answer that comes late is known by coming in one piece.

use std::time::Duration;

use super::TerminalEvent;
use super::controls::{character, console, meaning, old_mouse, single_shift};
use super::introducers::{Kind, following, is_one_character, is_rest};
use crate::domain::Background;
use crate::domain::input::{Key, KeyCode};
use crate::platform::background;

/// How long what may be a typed key waits for more of an answer.
pub(crate) const PAUSE: Duration = Duration::from_millis(50);

/// How long a cut answer is waited for before a single key is one again.
pub(super) const SILENCE: Duration = Duration::from_secs(1);

/// How long an answer may take before a single key is one again; and how late, after a silence, its rest may come in
/// one piece.
pub(super) const LATEST: Duration = Duration::from_secs(5);

/// How late the rest may come of what was taken for a key.
pub(super) const LATE_REST: Duration = Duration::from_secs(2);

/// The longest answer of which the text is kept; longer ones are dropped as they come.
const LONGEST: usize = 64;

/// How a paste ends.
const END_OF_PASTE: &[u8] = b"\x1b[201~";

const ESC: u8 = 0x1b;

/// What was found.
#[derive(Debug)]
pub(crate) enum Found {
    Event(TerminalEvent),
    /// The answer to the question for the background; None where it names no colour that is known.
    Background(Option<Background>),
}

/// Where in the input we are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    /// Between two things.
    Start,
    /// Behind ESC, and so many more of them before it.
    Escape(u32),
    /// Behind an introducer. `letter`: with Alt, where nothing follows, it was this key. `alt`: an ESC stood before it.
    Inside { kind: Kind, letter: Option<u8>, alt: bool, escaped: bool },
    /// Behind `ESC [ [`.
    Console,
    /// In the three bytes of the mouse.
    Mouse,
    /// Between the marks of a paste.
    Paste,
    /// In a character of several bytes.
    Character { left: u8, alt: bool },
}

/// The parser.
#[derive(Debug)]
pub(crate) struct Scanner {
    place: Place,
    /// What belongs to the place: parameters, a text that is kept, a paste, the bytes of a character.
    kept: Vec<u8>,
    /// How many bytes of a string there were, kept or not.
    length: usize,
    /// How many more bytes the character in a string has, so that none of them is taken for its end.
    inner: u8,
    /// When the place was entered.
    since: Duration,
    /// When the last bytes came.
    last: Duration,
    /// What was taken for a key, and may have been the beginning of an answer whose rest is late.
    doubt: Option<Place>,
    found: Vec<Found>,
    /// What was read last was one thing, whole.
    alone: bool,
}

impl Default for Scanner {
    fn default() -> Self {
        Self {
            place: Place::Start,
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
    /// Takes what was read at once, at a time that never goes back.
    pub(crate) fn feed(&mut self, bytes: &[u8], now: Duration) -> Vec<Found> {
        if bytes.is_empty() {
            return Vec::new();
        }
        self.look_back(bytes, now);
        let mut ends = 0_usize;
        for byte in bytes {
            self.take(*byte);
            ends += usize::from(!self.is_within());
        }
        self.alone = ends == 1 && !self.is_within() && self.found.len() <= 1;
        std::mem::take(&mut self.found)
    }

    /// Whether what was fed last was one thing and nothing else, as what a person presses is.
    pub(super) fn is_alone(&self) -> bool {
        self.alone
    }

    /// How long to wait for more; None = for ever, as nothing is held back.
    pub(crate) fn patience(&self, now: Duration) -> Option<Duration> {
        self.key_in_doubt().map(|_| (self.last + PAUSE).saturating_sub(now))
    }

    /// Gives what was held back, if its time is over: it was typed.
    pub(crate) fn expire(&mut self, now: Duration) -> Vec<Found> {
        if now >= self.last + PAUSE
            && let Some((key, times)) = self.key_in_doubt()
        {
            self.doubt = Some(self.place);
            self.place = Place::Start;
            self.found.extend((0..times).map(|_| Found::Event(TerminalEvent::Key(key))));
        }
        std::mem::take(&mut self.found)
    }

    /// Whether an answer, or a paste, has begun and not ended.
    pub(super) fn is_within(&self) -> bool {
        self.place != Place::Start
    }

    /// The key that it was, where nothing follows.
    fn key_in_doubt(&self) -> Option<(Key, u32)> {
        match self.place {
            Place::Escape(before) => Some((Key::plain(KeyCode::Esc), before + 1)),
            Place::Inside { letter: Some(letter), escaped: false, .. } if self.length == 0 => {
                Some((Key { alt: true, ..Key::char(char::from(letter)) }, 1))
            }
            _ => None,
        }
    }

    /// Decides by the time that went by whether these bytes go on with what was begun.
    fn look_back(&mut self, bytes: &[u8], now: Duration) {
        let silent = now.saturating_sub(self.last);
        self.last = now;
        let single = is_one_character(bytes);
        let doubt = self.doubt.take().filter(|_| silent < LATE_REST && !single);
        match (doubt, bytes) {
            (Some(Place::Escape(_)), [letter, rest @ ..]) if is_rest(*letter, rest) => {
                self.enter(Place::Escape(0));
            }
            (Some(place @ Place::Inside { letter: Some(letter), .. }), rest) if is_rest(letter, rest) => {
                self.enter(place);
            }
            _ => {}
        }
        let over = match self.place {
            Place::Start | Place::Escape(_) => false,
            // What follows a beginning that is lost must not be taken for keys: only these two end it.
            Place::Paste => silent > SILENCE && matches!(bytes, [ESC | 0x03]),
            Place::Inside { escaped: true, .. } if single && silent > PAUSE && bytes != b"\\" => true,
            _ => {
                let late = silent > SILENCE || now.saturating_sub(self.since) > LATEST;
                single && late || silent > LATEST
            }
        };
        if over {
            if self.place == Place::Paste {
                self.paste();
            }
            self.place = Place::Start;
        }
    }

    fn enter(&mut self, place: Place) {
        self.place = place;
        self.since = self.last;
        self.kept.clear();
        self.length = 0;
        self.inner = 0;
    }

    fn take(&mut self, byte: u8) {
        match self.place {
            Place::Start => self.start(byte, false),
            Place::Escape(before) => self.escape(before, byte),
            Place::Inside { kind: Kind::Control, alt, .. } => self.control(byte, alt),
            Place::Inside { kind: Kind::SingleShift, alt, .. } => self.single_shift(byte, alt),
            Place::Inside { kind, letter, alt, escaped } => {
                self.string(byte, kind, escaped, Place::Inside { kind, letter, alt, escaped: true });
            }
            Place::Console => {
                self.place = Place::Start;
                self.report(console(byte));
            }
            Place::Mouse => {
                self.kept.push(byte);
                if let [button, column, row] = self.kept[..] {
                    self.place = Place::Start;
                    self.report(old_mouse([button, column, row]));
                }
            }
            Place::Paste => {
                self.kept.push(byte);
                if self.kept.ends_with(END_OF_PASTE) {
                    self.kept.truncate(self.kept.len() - END_OF_PASTE.len());
                    self.paste();
                }
            }
            Place::Character { left, alt } => self.character(byte, left, alt),
        }
    }

    fn start(&mut self, byte: u8, alt: bool) {
        self.place = Place::Start;
        match byte {
            ESC => self.enter(Place::Escape(0)),
            0..=0x7f => self.report(character(char::from(byte), alt)),
            // Never the first byte of a character: an introducer of eight bits, or nothing.
            0x80..=0x9f => self.introduce(byte - 0x40, None, alt),
            0xc2..=0xf4 => {
                self.enter(Place::Character { left: following(byte), alt });
                self.kept.push(byte);
            }
            _ => {}
        }
    }

    fn escape(&mut self, before: u32, byte: u8) {
        match byte {
            ESC => self.place = Place::Escape(before.saturating_add(1)),
            // The end of a string of which the beginning is not known here.
            b'\\' => self.place = Place::Start,
            letter if Kind::of(letter).is_some() => self.introduce(letter, Some(letter), before > 0),
            byte => {
                let esc = || Found::Event(TerminalEvent::Key(Key::plain(KeyCode::Esc)));
                self.found.extend((0..before).map(|_| esc()));
                self.start(byte, true);
            }
        }
    }

    fn introduce(&mut self, code: u8, letter: Option<u8>, alt: bool) {
        self.place = Place::Start;
        if let Some(kind) = Kind::of(code) {
            self.enter(Place::Inside { kind, letter, alt, escaped: false });
        }
    }

    fn control(&mut self, byte: u8, alt: bool) {
        match byte {
            ESC => self.enter(Place::Escape(0)),
            b'[' if self.length == 0 => self.place = Place::Console,
            b'M' if self.length == 0 => self.enter(Place::Mouse),
            b' '..=b'?' => self.keep(byte),
            b'@'..=b'~' => {
                self.place = Place::Start;
                if self.length > LONGEST {
                    return;
                }
                let inside = std::mem::take(&mut self.kept);
                match (inside.as_slice(), byte) {
                    (b"200", b'~') => self.enter(Place::Paste),
                    (inside, last) => self.report(meaning(inside, last, alt)),
                }
            }
            0x80.. => self.start(byte, false),
            // No terminal sends these within a sequence.
            _ => self.length += 1,
        }
    }

    fn single_shift(&mut self, byte: u8, alt: bool) {
        match byte {
            ESC => self.enter(Place::Escape(0)),
            b'0'..=b';' => self.keep(byte),
            _ => {
                self.place = Place::Start;
                let inside = std::mem::take(&mut self.kept);
                self.report(single_shift(&inside, byte, alt));
            }
        }
    }

    /// `escape`: the place behind an ESC.
    fn string(&mut self, byte: u8, kind: Kind, escaped: bool, escape: Place) {
        if escaped {
            match byte {
                b'\\' => self.end(kind),
                ESC => {}
                // An ESC that ends nothing begins something new.
                _ => {
                    self.enter(Place::Escape(0));
                    self.escape(0, byte);
                }
            }
            return;
        }
        let inner = std::mem::take(&mut self.inner);
        match byte {
            ESC => self.place = escape,
            0x07 if kind == Kind::Command => self.end(kind),
            // The end in eight bits, alone or as UTF-8 writes it; elsewhere it is a part of a character.
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
        self.place = Place::Start;
        if kind == Kind::Command
            && self.length <= LONGEST
            && let Some(colour) = self.kept.strip_prefix(b"11;")
        {
            self.found.push(Found::Background(background::background(colour)));
        }
    }

    fn character(&mut self, byte: u8, left: u8, alt: bool) {
        if !matches!(byte, 0x80..=0xbf) {
            // What was begun is no character.
            self.start(byte, false);
            return;
        }
        self.kept.push(byte);
        if left > 1 {
            self.place = Place::Character { left: left - 1, alt };
            return;
        }
        self.place = Place::Start;
        let Some(found) = std::str::from_utf8(&self.kept).ok().and_then(|text| text.chars().next()) else {
            return;
        };
        match found {
            '\u{80}'..='\u{9f}' => self.introduce(found as u8 - 0x40, None, alt),
            found => self.report(character(found, alt)),
        }
    }

    fn paste(&mut self) {
        self.place = Place::Start;
        let text = String::from_utf8_lossy(&self.kept);
        // Terminals send the ends of lines as if Enter was pressed.
        let text = text.replace("\r\n", "\n").replace('\r', "\n");
        self.kept = Vec::new();
        self.found.push(Found::Event(TerminalEvent::Paste(text)));
    }

    /// Keeps a byte of what is short, and counts all of them.
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
