//! Whether the terminal's own ground is light or dark, for `theme = "auto"`.
//!
//! The terminal is asked behind the first frame and not waited for. Its answer comes among the keys, as the keys
//! `alt-]` `1` `1` `;` … and a last `alt-\` or `ctrl-g`; where it is cut behind an escape byte, that is an `esc` of its
//! own. Such a row of keys is taken out of the input while an answer is owed, and nothing else is. Libraries that ask
//! read the terminal themselves and lose what is typed meanwhile.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use super::clock::Clock;
use crate::app::Msg;
use crate::app::input::{Key, KeyCode};
use crate::ui::Ground;

/// Asks for the colour of the ground (OSC 11).
pub(super) const QUESTION: &[u8] = b"\x1b]11;?\x1b\\";

/// The byte that begins a sequence, and its end.
const ESC: u8 = 0x1b;

/// What every answer begins with.
const HEAD: &[u8] = b"\x1b]11;";

/// The longest answer: more is none.
const LONGEST: usize = 48;

/// How long keys that may have been typed wait for more of the answer.
const PAUSE: Duration = Duration::from_millis(50);

/// How long they wait once they are its whole head, which nobody types: a slow line may cut it anywhere.
const PAUSE_WITHIN: Duration = Duration::from_secs(1);

/// How long after the question a lone `esc` may begin the answer. Where none ever comes, no `esc` waits for it later.
const ESC_BEGINS_WITHIN: Duration = Duration::from_secs(2);

/// Whether the terminal may be asked: some print what they do not understand, and GNU screen keeps it for itself.
pub(super) fn may_be_asked(lookup: impl Fn(&str) -> Option<String>) -> bool {
    let term = lookup("TERM").unwrap_or_default();
    let in_tmux = lookup("TMUX").is_some_and(|tmux| !tmux.is_empty());
    let mute =
        term.is_empty() || matches!(term.as_str(), "dumb" | "linux" | "cons25") || term.starts_with("vt");
    cfg!(unix) && !mute && (in_tmux || !term.starts_with("screen"))
}

/// What the environment says: the last part of `COLORFGBG` is the ground, one of the 16 colours. Some terminals set
/// it, and it is old where their colours were changed since.
pub(super) fn of_environment(lookup: impl Fn(&str) -> Option<String>) -> Option<Ground> {
    let colours = lookup("COLORFGBG")?;
    let ground: u8 = colours.rsplit(';').next()?.parse().ok()?;
    match ground {
        0..=6 | 8 => Some(Ground::Dark),
        7 | 9..=15 => Some(Ground::Light),
        _ => None,
    }
}

/// The answer that the terminal owes: the thread that asks and the one that reads both know of it.
#[derive(Debug, Default)]
pub(super) struct Debt {
    asked: OnceLock<Clock>,
    paid: AtomicBool,
}

impl Debt {
    /// The terminal was asked.
    pub(super) fn begin(&self) {
        self.asked.get_or_init(Clock::start);
    }

    /// The answer came.
    pub(super) fn end(&self) {
        self.paid.store(true, Ordering::Relaxed);
    }

    /// How long the answer has been owed; None = there is none to come.
    pub(super) fn age(&self) -> Option<Duration> {
        self.asked.get().filter(|_| !self.paid.load(Ordering::Relaxed)).map(Clock::elapsed)
    }
}

/// Listens for the answer among the keys.
#[derive(Debug, Default)]
pub(super) struct Ear {
    held: Vec<Key>,
    bytes: Vec<u8>,
}

/// What a key was.
#[derive(Debug)]
pub(super) enum Heard {
    /// Perhaps a part of the answer: wait a moment for more.
    Maybe,
    /// The end of the answer; None where it names no colour that is known.
    Answer(Option<Ground>),
    /// Keys that somebody typed, in their order.
    Typed(Vec<Msg>),
}

impl Ear {
    /// How long to wait for the next key; None = for ever, as no key is held back.
    pub(super) fn patience(&self) -> Option<Duration> {
        let pause = if self.bytes.len() < HEAD.len() { PAUSE } else { PAUSE_WITHIN };
        (!self.held.is_empty()).then_some(pause)
    }

    /// Gives the keys that are held back: they were typed.
    pub(super) fn release(&mut self) -> Vec<Msg> {
        self.bytes.clear();
        self.held.drain(..).map(Msg::Key).collect()
    }

    /// Takes a key. `age`: how long the answer has been owed.
    pub(super) fn hear(&mut self, key: Key, age: Duration) -> Heard {
        let mut typed = Vec::new();
        loop {
            self.bytes.extend(bytes(key));
            if let Some(body) = end(&self.bytes) {
                let ground = ground(body);
                self.held.clear();
                self.bytes.clear();
                return Heard::Answer(ground);
            }
            let late = self.bytes == [ESC] && age > ESC_BEGINS_WITHIN;
            if is_beginning(&self.bytes) && !late {
                self.held.push(key);
                return if typed.is_empty() { Heard::Maybe } else { Heard::Typed(typed) };
            }
            // It may be the first key of the answer itself.
            if self.held.is_empty() {
                self.bytes.clear();
                typed.push(Msg::Key(key));
                return Heard::Typed(typed);
            }
            typed.extend(self.release());
        }
    }
}

/// The bytes that the terminal library made the key of; none that an answer can have for any other key.
fn bytes(key: Key) -> Vec<u8> {
    match (key.code, key.ctrl, key.alt) {
        (KeyCode::Char('g'), true, false) => vec![0x07],
        (KeyCode::Esc, false, false) if !key.shift => vec![ESC],
        (KeyCode::Char(letter), false, alt) if letter.is_ascii_graphic() => {
            let mut bytes = if alt { vec![ESC] } else { Vec::new() };
            bytes.push(letter as u8);
            bytes
        }
        _ => vec![0],
    }
}

/// What stands between head and end of a whole answer.
fn end(bytes: &[u8]) -> Option<&[u8]> {
    let body = bytes.strip_prefix(HEAD)?;
    body.strip_suffix(b"\x07").or_else(|| body.strip_suffix(b"\x1b\\"))
}

fn is_beginning(bytes: &[u8]) -> bool {
    if bytes.len() <= HEAD.len() {
        return HEAD.starts_with(bytes);
    }
    let fits = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b':' | b'/' | b'#');
    // An escape byte may begin the end.
    let body = bytes.strip_prefix(HEAD).map(|body| body.strip_suffix(&[ESC]).unwrap_or(body));
    bytes.len() <= LONGEST && body.is_some_and(|body| body.iter().all(fits))
}

/// `rgb:ffff/ffff/ffff`, `rgba:…`, `#ffffff`: light where it is nearer to white, as an eye sees it.
fn ground(body: &[u8]) -> Option<Ground> {
    let text = std::str::from_utf8(body).ok()?;
    let part = |hex: &str| -> Option<f64> {
        let most = 16_u32.checked_pow(u32::try_from(hex.len()).ok()?)? - 1;
        Some(f64::from(u32::from_str_radix(hex, 16).ok()?) / f64::from(most))
    };
    let parts: Vec<&str> = match text.strip_prefix('#') {
        Some(digits) if digits.is_ascii() && digits.len() % 3 == 0 && !digits.is_empty() => {
            let step = digits.len() / 3;
            (0..3).filter_map(|at| digits.get(at * step..(at + 1) * step)).collect()
        }
        Some(_) => return None,
        None => text.strip_prefix("rgb:").or_else(|| text.strip_prefix("rgba:"))?.split('/').collect(),
    };
    let [red, green, blue, ..] = parts.as_slice() else { return None };
    let (red, green, blue) = (part(red)?, part(green)?, part(blue)?);
    // Rec. 709, on the values as the terminal names them.
    let seen = 0.2126 * red + 0.7152 * green + 0.0722 * blue;
    Some(if seen > 0.5 { Ground::Light } else { Ground::Dark })
}

#[cfg(test)]
#[path = "ground_tests.rs"]
mod tests;
