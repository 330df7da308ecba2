//! What control sequences mean: keys, the mouse, the focus. All others are answers of the terminal and mean nothing.

use super::TerminalEvent;
use crate::domain::input::{Key, KeyCode, Mouse, MouseKind};

/// The modifiers of a key as the terminal counts them: one more than the sum of these.
const SHIFT: u32 = 1;
const ALT: u32 = 2;
const CTRL: u32 = 4;
/// Super and Hyper: such keys belong to the window manager.
const WINDOWS: u32 = 8 | 16;
const META: u32 = 32;

/// How a key comes again because it is held down, and how it is released, where the terminal tells.
const REPEATED: u32 = 2;
const RELEASED: u32 = 3;

/// The letters that end the sequence of a key, with nothing or with modifiers in front.
const LETTERS: [(u8, KeyCode); 6] = [
    (b'A', KeyCode::Up),
    (b'B', KeyCode::Down),
    (b'C', KeyCode::Right),
    (b'D', KeyCode::Left),
    (b'F', KeyCode::End),
    (b'H', KeyCode::Home),
];

/// The numbers in front of `~`.
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

/// A whole control sequence without its introducer: `inside` are parameters and intermediate bytes. None where it is
/// no key: an answer, or something unknown.
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
        // Numbers in front of R are where the cursor is.
        ([], b'R') => return key(KeyCode::F(3), Modifiers::NONE),
        ([b'<', rest @ ..], b'M' | b'm') => return mouse(rest, last == b'M', 0),
        ([_, ..], b'M') => return mouse(inside, true, 32),
        _ => {}
    }
    // Private markers and intermediate bytes: questions and answers.
    if !inside.iter().all(|byte| byte.is_ascii_digit() || matches!(byte, b';' | b':')) {
        return None;
    }
    let text = std::str::from_utf8(inside).ok()?;
    let mut parts = text.split(';');
    let first = parts.next().unwrap_or_default();
    let first: Option<u32> = first.split(':').next().and_then(|number| number.parse().ok());
    let modifiers = Modifiers::read(parts.next())?;
    // Keys that are told with their text have a third part, which says nothing new.
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

/// What follows `ESC O`: keys of terminals in application mode, and those of the number pad.
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

/// The function keys of the Linux console: `ESC [ [ A`.
pub(super) fn console(last: u8) -> Option<TerminalEvent> {
    matches!(last, b'A'..=b'E').then(|| TerminalEvent::Key(Key::plain(KeyCode::F(last - b'A' + 1))))
}

/// The key of a character as it comes; controls are keys with Ctrl.
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

/// The mouse in the old form: three bytes, each 32 more than it means.
pub(super) fn old_mouse(bytes: [u8; 3]) -> Option<TerminalEvent> {
    let [button, column, row] = bytes.map(|byte| u32::from(byte.saturating_sub(32)));
    clicked(button, column, row, true)
}

/// `button;column;row`, counted from 1; the button is `offset` more than it means.
fn mouse(inside: &[u8], pressed: bool, offset: u32) -> Option<TerminalEvent> {
    let text = std::str::from_utf8(inside).ok()?;
    let numbers: Vec<u32> = text.split(';').map_while(|number| number.parse().ok()).collect();
    let [button, column, row] = numbers.try_into().ok()?;
    clicked(button.checked_sub(offset)?, column, row, pressed)
}

fn clicked(button: u32, column: u32, row: u32, pressed: bool) -> Option<TerminalEvent> {
    // Modifiers and movement are bits of their own; a movement is no press.
    let kind = match button & !0b1_1100 {
        0 if pressed => MouseKind::Press,
        64 => MouseKind::ScrollUp,
        65 => MouseKind::ScrollDown,
        _ => return None,
    };
    let cell = |number: u32| u16::try_from(number.checked_sub(1)?).ok();
    Some(TerminalEvent::Mouse(Mouse { column: cell(column)?, row: cell(row)?, kind }))
}

/// What is held with a key, and whether it goes down or up.
#[derive(Clone, Copy)]
struct Modifiers {
    held: u32,
    kind: u32,
}

impl Modifiers {
    const NONE: Self = Self { held: 0, kind: 1 };

    /// `modifiers:kind`; nothing where there are none.
    fn read(part: Option<&str>) -> Option<Self> {
        let Some(part) = part.filter(|part| !part.is_empty()) else { return Some(Self::NONE) };
        let mut numbers = part.split(':').map(str::parse::<u32>);
        let held = numbers.next()?.ok()?.saturating_sub(1);
        let kind = numbers.next().and_then(Result::ok).unwrap_or(1);
        Some(Self { held, kind })
    }
}

/// A key with what is held. Capitals say Shift themselves; Ctrl with a letter is the small letter.
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

/// The key of a number that terminals with newer protocols tell.
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
        // The others of this range are keys that nothing is bound to.
        57344..=63743 => return None,
        _ => KeyCode::Char(char::from_u32(number).filter(|character| !character.is_control())?),
    })
}

fn find<K: PartialEq + Copy, V: Copy>(table: &[(K, V)], wanted: K) -> Option<V> {
    table.iter().find(|(key, _)| *key == wanted).map(|(_, value)| *value)
}
