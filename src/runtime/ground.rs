//! Whether the terminal's own ground is light or dark, for `theme = "auto"`.
//!
//! The terminal is asked behind the first frame and not waited for. Its answer comes among the keys, as the keys
//! `alt-]` `1` `1` `;` … and a last `alt-\` or `ctrl-g`: such a row of keys is taken out of the input while an answer is owed, and
//! nothing else is. Libraries that ask read the terminal themselves and lose what is typed meanwhile.

use crate::app::Msg;
use crate::app::input::{Key, KeyCode};
use crate::ui::Ground;

/// Asks for the colour of the ground (OSC 11).
pub(super) const QUESTION: &[u8] = b"\x1b]11;?\x1b\\";

/// What every answer begins with.
const HEAD: &[u8] = b"\x1b]11;";

/// The longest answer: more is none.
const LONGEST: usize = 48;

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
    /// Whether keys are held back.
    pub(super) fn holds(&self) -> bool {
        !self.held.is_empty()
    }

    /// Gives the keys that are held back: they were typed.
    pub(super) fn release(&mut self) -> Vec<Msg> {
        self.bytes.clear();
        self.held.drain(..).map(Msg::Key).collect()
    }

    /// Takes a key.
    pub(super) fn hear(&mut self, key: Key) -> Heard {
        let mut typed = Vec::new();
        loop {
            self.bytes.extend(bytes(key));
            if let Some(body) = end(&self.bytes) {
                let ground = ground(body);
                self.held.clear();
                self.bytes.clear();
                return Heard::Answer(ground);
            }
            if is_beginning(&self.bytes) {
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
        (KeyCode::Char(letter), false, alt) if letter.is_ascii_graphic() => {
            let mut bytes = if alt { vec![0x1b] } else { Vec::new() };
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
    bytes.len() <= LONGEST && bytes.strip_prefix(HEAD).is_some_and(|body| body.iter().all(fits))
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
