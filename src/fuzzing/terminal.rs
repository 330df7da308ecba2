//! Bytes from the terminal: however they are cut they mean the same, answers of the terminal are never keys, and what
//! stands between them is never lost.

use std::time::Duration;

use super::choices::{Choices, pieces};
use crate::platform::input::scan::{PAUSE, Scanner};

/// Keys that nothing behind them can make another thing of.
const KEYS: &[(&[u8], &str)] = &[
    (b"a", "Key(Key { code: Char('a'), ctrl: false, alt: false, shift: false })"),
    (b"[", "Key(Key { code: Char('['), ctrl: false, alt: false, shift: false })"),
    (b"\\", "Key(Key { code: Char('\\\\'), ctrl: false, alt: false, shift: false })"),
    (b";", "Key(Key { code: Char(';'), ctrl: false, alt: false, shift: false })"),
    (b"0", "Key(Key { code: Char('0'), ctrl: false, alt: false, shift: false })"),
    ("é".as_bytes(), "Key(Key { code: Char('é'), ctrl: false, alt: false, shift: false })"),
    ("東".as_bytes(), "Key(Key { code: Char('東'), ctrl: false, alt: false, shift: false })"),
    ("🚀".as_bytes(), "Key(Key { code: Char('🚀'), ctrl: false, alt: false, shift: false })"),
    (b"\r", "Key(Key { code: Enter, ctrl: false, alt: false, shift: false })"),
    (b"\x03", "Key(Key { code: Char('c'), ctrl: true, alt: false, shift: false })"),
    (b"\x1bx", "Key(Key { code: Char('x'), ctrl: false, alt: true, shift: false })"),
    ("\u{1b}é".as_bytes(), "Key(Key { code: Char('é'), ctrl: false, alt: true, shift: false })"),
    (b"\x1b[A", "Key(Key { code: Up, ctrl: false, alt: false, shift: false })"),
    (b"\x1b\x1b[A", "Key(Key { code: Up, ctrl: false, alt: true, shift: false })"),
    (b"\x9bB", "Key(Key { code: Down, ctrl: false, alt: false, shift: false })"),
    (b"\x1b[1;5D", "Key(Key { code: Left, ctrl: true, alt: false, shift: false })"),
    (b"\x1b[6~", "Key(Key { code: PageDown, ctrl: false, alt: false, shift: false })"),
    (b"\x1bOP", "Key(Key { code: F(1), ctrl: false, alt: false, shift: false })"),
    (b"\x1b[97;5u", "Key(Key { code: Char('a'), ctrl: true, alt: false, shift: false })"),
    (b"\x1b[121;1:2u", "Burst(Key { code: Char('y'), ctrl: false, alt: false, shift: false })"),
    (b"\x1b[<0;3;4M", "Mouse(Mouse { column: 2, row: 3, kind: Press })"),
    (b"\x1b[I", "Focus(true)"),
];

/// What answers are made of; none of it ends one.
const BODIES: &[&str] = &[
    "11;rgb:ffff/ffff/ffff",
    "11;#000",
    "4;1;",
    "52;c;cnRjeSBxCg==",
    "l東京",
    "é",
    "q",
    "\r",
    "\n",
    "y",
    ">|tmux 3.5a",
    "1+r544e=",
    "Gi=31;OK",
    "[A",
    "[200~",
    "O",
    "]",
    "P",
    "\\",
    "\u{7f}",
    "¼",
    "🚀",
    "0123456789012345678901234567890123456789",
    "\t",
    "\0",
];

/// The insides of control sequences that are no key, whatever letter ends them.
const SEQUENCES: &[&str] =
    &["?6", ">41;330;0", "=1;2", "?997;1", "?2026;2$", "?", "1;2;3;4", "4;1$", " ", "!", "?200", ">200"];

const ENDS: &[u8] = b"cnRtuySxqABCZz@`~P";

const SIGNS: &[&str] = &[
    "\u{1b}", "\u{1b}[", "\u{1b}]", "\u{1b}P", "\u{1b}_", "\u{1b}O", "\u{1b}\\", "\u{7}", "\u{9b}", "\u{9c}",
    "\u{9d}", "[200~", "[201~", "11;", ";", "M", "~", "u", "é", "東", "\r", "q", "[", "\\",
];

/// See the module.
pub fn terminal(data: &[u8]) -> bool {
    let mut choices = Choices::new(data);
    if choices.one_in(4) {
        anything(&mut choices);
        return false;
    }
    let (mut bytes, mut wanted, mut answers) = (Vec::new(), Vec::new(), 0);
    for _ in 0..choices.below(12) {
        match choices.below(4) {
            0 => {
                bytes.extend_from_slice(&answer(&mut choices));
                answers += 1;
            }
            1 => {
                let (paste, text) = paste(&mut choices);
                bytes.extend_from_slice(&paste);
                wanted.push(text);
            }
            _ => {
                let (key, printed) = choices.pick(KEYS);
                bytes.extend_from_slice(key);
                wanted.push(printed.to_owned());
            }
        }
    }
    let shown = bytes.escape_ascii().to_string();
    let at_once = scanned(&[&bytes], Duration::ZERO);
    assert_eq!(keys(&at_once), wanted, "{shown}");
    let cuts = pieces(&mut choices, &bytes);
    assert_eq!(scanned(&cuts, Duration::ZERO), at_once, "{shown} in {} pieces", cuts.len());
    // As slowly as a terminal may be, within what one answer may take.
    let pause = Duration::from_millis(choices.below(40) as u64);
    if pause * (cuts.len() as u32) < Duration::from_secs(4) {
        assert_eq!(scanned(&cuts, pause), at_once, "{shown} in {} pieces, slowly", cuts.len());
    }
    answers > 0 && !wanted.is_empty()
}

/// Any bytes mean the same however they are cut, and at any time nothing breaks.
fn anything(choices: &mut Choices<'_>) {
    let mut bytes = choices.bytes(40).to_vec();
    for _ in 0..4 {
        choices.damage(&mut bytes, SIGNS);
    }
    let cuts = pieces(choices, &bytes);
    let shown = bytes.escape_ascii().to_string();
    assert_eq!(scanned(&cuts, Duration::ZERO), scanned(&[&bytes], Duration::ZERO), "{shown}");
    let pause = Duration::from_millis(choices.below(6_000) as u64);
    scanned(&cuts, pause);
}

/// A control string or a control sequence: an introducer in seven bits or eight, what is in it, and its end.
fn answer(choices: &mut Choices<'_>) -> Vec<u8> {
    let letter = choices.pick(b"]P_^X[");
    let eight = letter + 0x40;
    let mut out = match choices.below(3) {
        0 => vec![0x1b, letter],
        1 => vec![eight],
        _ => vec![0xc2, eight],
    };
    if letter == b'[' {
        out.extend_from_slice(choices.pick(SEQUENCES).as_bytes());
        out.push(choices.pick(ENDS));
        return out;
    }
    for _ in 0..choices.below(5) {
        out.extend_from_slice(choices.pick(BODIES).as_bytes());
    }
    let ends: &[&[u8]] = if letter == b']' {
        &[b"\x1b\\", &[0x9c], &[0xc2, 0x9c], b"\x07"]
    } else {
        &[b"\x1b\\", &[0x9c], &[0xc2, 0x9c]]
    };
    out.extend_from_slice(choices.pick(ends));
    out
}

fn paste(choices: &mut Choices<'_>) -> (Vec<u8>, String) {
    let mut text = String::new();
    for _ in 0..choices.below(5) {
        text.push_str(choices.pick(BODIES));
        text.push_str(choices.pick(&["", "\u{1b}", "\u{1b}[200~", "\u{9c}", "\r\n"]));
    }
    // What would end it.
    let text = text.replace("\u{1b}[201~", "");
    let bytes = [b"\x1b[200~", text.as_bytes(), b"\x1b[201~"].concat();
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    (bytes, format!("Paste({text:?})"))
}

/// What is found in pieces that come one after the other, printed.
fn scanned(pieces: &[&[u8]], pause: Duration) -> Vec<String> {
    let (mut scanner, mut now, mut found) = (Scanner::default(), Duration::from_secs(100), Vec::new());
    for piece in pieces {
        now += pause;
        if scanner.patience(now).is_some_and(|patience| patience.is_zero()) {
            found.extend(scanner.expire(now));
        }
        found.extend(scanner.feed(piece, now));
    }
    found.extend(scanner.expire(now + PAUSE));
    found.iter().map(|found| format!("{found:?}")).collect()
}

/// What is no word about the colours of the terminal.
fn keys(found: &[String]) -> Vec<String> {
    let messages = found.iter().filter_map(|found| found.strip_prefix("Event(")?.strip_suffix(')'));
    messages.map(str::to_owned).collect()
}
