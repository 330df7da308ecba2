//! Decodes control sequences: keys, mouse, focus. All others are replies of the terminal and are dropped.

use super::TerminalEvent;
use crate::domain::input::{Key, KeyCode, Mouse, MouseKind};

/// Modifier bits; a terminal sends their sum plus one.
const SHIFT: u32 = 1;
const ALT: u32 = 2;
const CTRL: u32 = 4;
/// Super and Hyper: such keys belong to the window manager.
const WINDOWS: u32 = 8 | 16;
const META: u32 = 32;

/// Event kinds for a repeated and a released key, if the terminal reports them.
const REPEATED: u32 = 2;
const RELEASED: u32 = 3;

/// Final bytes of keys, with or without modifiers in front.
const LETTERS: [(u8, KeyCode); 6] = [
    (b'A', KeyCode::Up),
    (b'B', KeyCode::Down),
    (b'C', KeyCode::Right),
    (b'D', KeyCode::Left),
    (b'F', KeyCode::End),
    (b'H', KeyCode::Home),
];

/// Parameters of keys that end in `~`.
const NUMBERS: [(u32, KeyCode); 28] = [
    (1, KeyCode::Home),
    (2, KeyCode::Insert),
    (3, KeyCode::Delete),
    (4, KeyCode::End),
    (5, KeyCode::PageUp),
    (6, KeyCode::PageDown),
    (7, KeyCode::Home),
    (8, KeyCode::End),
    (11, KeyCode::F(1)),
    (12, KeyCode::F(2)),
    (13, KeyCode::F(3)),
    (14, KeyCode::F(4)),
    (15, KeyCode::F(5)),
    (17, KeyCode::F(6)),
    (18, KeyCode::F(7)),
    (19, KeyCode::F(8)),
    (20, KeyCode::F(9)),
    (21, KeyCode::F(10)),
    (23, KeyCode::F(11)),
    (24, KeyCode::F(12)),
    (25, KeyCode::F(13)),
    (26, KeyCode::F(14)),
    (28, KeyCode::F(15)),
    (29, KeyCode::F(16)),
    (31, KeyCode::F(17)),
    (32, KeyCode::F(18)),
    (33, KeyCode::F(19)),
    (34, KeyCode::F(20)),
];

/// Decodes a complete control sequence without its introducer; `inside` holds parameters and intermediate bytes.
/// Returns `None` for a reply or an unknown sequence.
pub(super) fn meaning(inside: &[u8], last: u8, alt: bool) -> Option<TerminalEvent> {
    let key = |code, modifiers: Modifiers| {
        with(code, modifiers, alt).map(if modifiers.kind == REPEATED {
            TerminalEvent::Burst
        } else {
            TerminalEvent::Key
        })
    };
    match (inside, last) {
        ([], b'I') => return Some(TerminalEvent::Focus(true)),
        ([], b'O') => return Some(TerminalEvent::Focus(false)),
        ([], b'Z') => return key(KeyCode::Tab, Modifiers { held: SHIFT, kind: 1 }),
        // With parameters, `R` is a cursor position report.
        ([], b'R') => return key(KeyCode::F(3), Modifiers::NONE),
        ([b'<', rest @ ..], b'M' | b'm') => return mouse(rest, last == b'M', 0),
        ([_, ..], b'M') => return mouse(inside, true, 32),
        _ => {}
    }
    // Private markers and intermediate bytes: queries and replies.
    if !inside.iter().all(|byte| byte.is_ascii_digit() || matches!(byte, b';' | b':')) {
        return None;
    }
    let text = std::str::from_utf8(inside).ok()?;
    let mut parts = text.split(';');
    let first = parts.next().unwrap_or_default();
    let first: Option<u32> = first.split(':').next().and_then(|number| number.parse().ok());
    let modifiers = Modifiers::read(parts.next())?;
    // Keys reported with their text have a third parameter, which adds nothing.
    let few = parts.count() <= usize::from(last == b'u');
    match last {
        _ if !few => None,
        b'~' => key(find(&NUMBERS, first?)?, modifiers),
        b'u' => key(code_point(first?)?, modifiers),
        b'P' | b'Q' | b'S' if first.is_none_or(|first| first == 1) => {
            key(KeyCode::F(last - b'P' + 1), modifiers)
        }
        _ if first.is_none_or(|first| first == 1) => key(find(&LETTERS, last)?, modifiers),
        _ => None,
    }
}

/// Decodes what follows `ESC O`: keys in application mode, and the number pad.
pub(super) fn single_shift(inside: &[u8], last: u8, alt: bool) -> Option<TerminalEvent> {
    let code = match last {
        b'P'..=b'S' => KeyCode::F(last - b'P' + 1),
        b'M' => KeyCode::Enter,
        b'I' => KeyCode::Tab,
        b'X' => KeyCode::Char('='),
        b'j'..=b'y' => KeyCode::Char(char::from(last - b'@')),
        _ => find(&LETTERS, last)?,
    };
    let modifiers = Modifiers::read(std::str::from_utf8(inside).ok()?.rsplit(';').next())?;
    with(code, modifiers, alt).map(TerminalEvent::Key)
}

/// Function keys of the Linux console: `ESC [ [ A`.
pub(super) fn console(last: u8) -> Option<TerminalEvent> {
    matches!(last, b'A'..=b'E').then(|| TerminalEvent::Key(Key::plain(KeyCode::F(last - b'A' + 1))))
}

/// Decodes a plain character; control characters are keys with Ctrl.
pub(super) fn character(character: char, alt: bool) -> Option<TerminalEvent> {
    let key = match character {
        '\r' => Key::plain(KeyCode::Enter),
        '\t' => Key::plain(KeyCode::Tab),
        '\u{7f}' => Key::plain(KeyCode::Backspace),
        '\0' => Key::ctrl(' '),
        '\u{1}'..='\u{1a}' => Key::ctrl(char::from(character as u8 - 1 + b'a')),
        '\u{1c}'..='\u{1f}' => Key::ctrl(char::from(character as u8 - 0x1c + b'4')),
        control if control.is_control() => return None,
        printable => Key::char(printable),
    };
    Some(TerminalEvent::Key(Key { alt, ..key }))
}

/// Decodes the legacy mouse format: three bytes, each offset by 32.
pub(super) fn old_mouse(bytes: [u8; 3]) -> Option<TerminalEvent> {
    let [button, column, row] = bytes.map(|byte| u32::from(byte.saturating_sub(32)));
    clicked(button, column, row, true)
}

/// Decodes `button;column;row`, counted from 1; the button is offset by `offset`.
fn mouse(inside: &[u8], pressed: bool, offset: u32) -> Option<TerminalEvent> {
    let text = std::str::from_utf8(inside).ok()?;
    let numbers: Vec<u32> = text.split(';').map_while(|number| number.parse().ok()).collect();
    let [button, column, row] = numbers.try_into().ok()?;
    clicked(button.checked_sub(offset)?, column, row, pressed)
}

fn clicked(button: u32, column: u32, row: u32, pressed: bool) -> Option<TerminalEvent> {
    // Mask out the modifier bits; the motion bit stays, so that a motion is not a press.
    let kind = match button & !0b1_1100 {
        0 if pressed => MouseKind::Press,
        64 => MouseKind::ScrollUp,
        65 => MouseKind::ScrollDown,
        _ => return None,
    };
    let cell = |number: u32| u16::try_from(number.checked_sub(1)?).ok();
    Some(TerminalEvent::Mouse(Mouse { column: cell(column)?, row: cell(row)?, kind }))
}

/// Modifiers of a key, and whether it was pressed, repeated or released.
#[derive(Clone, Copy)]
struct Modifiers {
    held: u32,
    kind: u32,
}

impl Modifiers {
    const NONE: Self = Self { held: 0, kind: 1 };

    /// Parses `modifiers:kind`; an absent or empty part means no modifiers.
    fn read(part: Option<&str>) -> Option<Self> {
        let Some(part) = part.filter(|part| !part.is_empty()) else { return Some(Self::NONE) };
        let mut numbers = part.split(':').map(str::parse::<u32>);
        let held = numbers.next()?.ok()?.saturating_sub(1);
        let kind = numbers.next().and_then(Result::ok).unwrap_or(1);
        Some(Self { held, kind })
    }
}

/// Applies modifiers to a key. Capitals already imply Shift; Ctrl with a letter is the lower-case letter.
fn with(code: KeyCode, modifiers: Modifiers, alt: bool) -> Option<Key> {
    let has = |bit: u32| modifiers.held & bit != 0;
    if modifiers.kind == RELEASED || has(WINDOWS) {
        return None;
    }
    let (ctrl, alt, mut shift) = (has(CTRL), alt || has(ALT | META), has(SHIFT));
    let code = match code {
        KeyCode::Char(letter) => {
            let capital = std::mem::take(&mut shift) && !ctrl;
            KeyCode::Char(match letter {
                letter if ctrl => letter.to_ascii_lowercase(),
                letter if capital => letter.to_ascii_uppercase(),
                letter => letter,
            })
        }
        code => code,
    };
    Some(Key { code, ctrl, alt, shift })
}

/// Maps a code point of the newer keyboard protocols to a key.
fn code_point(number: u32) -> Option<KeyCode> {
    Some(match number {
        9 => KeyCode::Tab,
        13 | 57414 => KeyCode::Enter,
        27 => KeyCode::Esc,
        127 => KeyCode::Backspace,
        57399..=57408 => KeyCode::Char(char::from_digit(number - 57399, 10)?),
        57417 => KeyCode::Left,
        57418 => KeyCode::Right,
        57419 => KeyCode::Up,
        57420 => KeyCode::Down,
        57421 => KeyCode::PageUp,
        57422 => KeyCode::PageDown,
        57423 => KeyCode::Home,
        57424 => KeyCode::End,
        57425 => KeyCode::Insert,
        57426 => KeyCode::Delete,
        // The rest of this range are keys that cannot be bound.
        57344..=63743 => return None,
        _ => KeyCode::Char(char::from_u32(number).filter(|character| !character.is_control())?),
    })
}

fn find<K: PartialEq + Copy, V: Copy>(table: &[(K, V)], wanted: K) -> Option<V> {
    table.iter().find(|(key, _)| *key == wanted).map(|(_, value)| *value)
}
