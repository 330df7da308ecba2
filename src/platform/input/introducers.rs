//! Introducers of escape sequences, and how to recognise the rest of one.

/// Kinds of sequences, by introducer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// CSI: a key, the mouse, or a reply.
    Control,
    /// SS3: a key.
    SingleShift,
    /// OSC: BEL ends it too.
    Command,
    /// DCS, APC, PM, SOS.
    Other,
}

impl Kind {
    /// By the letter after ESC, which also identifies the 8-bit introducer.
    pub(super) fn of(letter: u8) -> Option<Self> {
        match letter {
            b'[' => Some(Self::Control),
            b'O' => Some(Self::SingleShift),
            b']' => Some(Self::Command),
            b'P' | b'X' | b'^' | b'_' => Some(Self::Other),
            _ => None,
        }
    }
}

/// Whether these bytes continue a sequence that began with ESC and this letter. Only used if, by timing, the beginning
/// was taken for a key; a person types one character at a time.
pub(super) fn is_rest(letter: u8, rest: &[u8]) -> bool {
    let begins = match (letter, rest) {
        (b'[', [first, ..]) => matches!(first, b'0'..=b'?' | b'A'..=b'H'),
        (b']', [first, ..]) => matches!(first, b'0'..=b'9' | b'l' | b'L' | b'I'),
        (b'P', [first, ..]) => matches!(first, b'0'..=b'?' | b'!' | b'$' | b'+' | b'|'),
        (b'_', [first, ..]) => *first == b'G',
        _ => false,
    };
    let ends =
        matches!(letter, b']' | b'P' | b'X' | b'^' | b'_') && rest.windows(2).any(|pair| pair == b"\x1b\\");
    begins || ends
}

/// The number of continuation bytes after the first byte of a character.
pub(super) fn following(first: u8) -> u8 {
    match first {
        0xc2..=0xdf => 1,
        0xe0..=0xef => 2,
        0xf0..=0xf4 => 3,
        _ => 0,
    }
}

/// Whether one key press may have sent these bytes. Keys that send several characters start with ESC, which ends a
/// string anyway.
pub(super) fn is_one_character(bytes: &[u8]) -> bool {
    match bytes {
        [_] => true,
        [first, rest @ ..] => usize::from(following(*first)) == rest.len(),
        [] => false,
    }
}
