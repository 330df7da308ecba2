//! What begins an answer, and what may go on with one.

/// What begins with an introducer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// CSI: a key, the mouse, or an answer.
    Control,
    /// SS3: a key.
    SingleShift,
    /// OSC: may end with BEL too.
    Command,
    /// DCS, APC, PM, SOS.
    Other,
}

impl Kind {
    /// By the letter behind ESC; with it the byte that is an introducer of its own.
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

/// Whether these bytes are the rest of what began with ESC and this letter. Asked only where time says that the
/// beginning was a key; whoever types sends one character at a time.
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

/// How many bytes follow the first one of a character.
pub(super) fn following(first: u8) -> u8 {
    match first {
        0xc2..=0xdf => 1,
        0xe0..=0xef => 2,
        0xf0..=0xf4 => 3,
        _ => 0,
    }
}

/// Whether somebody may have pressed one key for it: keys of several characters begin with ESC, which ends a string
/// anyway.
pub(super) fn is_one_character(bytes: &[u8]) -> bool {
    match bytes {
        [_] => true,
        [first, rest @ ..] => usize::from(following(*first)) == rest.len(),
        [] => false,
    }
}
