//! The escape sequence for copying through the terminal (OSC 52). Pure; only `tui::terminal` writes it.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// The most base64 bytes to send. Terminals with a lower limit drop the whole sequence silently.
pub const CAP: usize = 74_994;

/// Why a text is not sent.
pub(super) const TOO_LONG: &str = "the text is too long for OSC 52 (at most 56,244 bytes)";

/// GNU screen limits a string to 768 bytes; chunks of this size (encoded) leave room for the wrapping.
const CHUNK: usize = 512;

/// Whether a text of `bytes` bytes can be sent.
pub(super) fn fits(bytes: usize) -> bool {
    bytes.div_ceil(3).saturating_mul(4) <= CAP
}

/// Builds the sequence for a text. Inside GNU screen it is passed through to the outer terminal in chunks that screen
/// accepts. Returns `None` if it would exceed [`CAP`].
pub fn sequence(text: &str, inside_screen: bool) -> Option<Vec<u8>> {
    if !fits(text.len()) {
        return None;
    }
    let plain = format!("\x1b]52;c;{}\x07", STANDARD.encode(text));
    if !inside_screen {
        return Some(plain.into_bytes());
    }
    let pieces = plain.as_bytes().chunks(CHUNK);
    Some(pieces.flat_map(|piece| [b"\x1bP".as_slice(), piece, b"\x1b\\"]).flatten().copied().collect())
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroU16;

    use super::*;
    use proptest::prelude::*;

    /// A terminal that supports OSC 52.
    #[derive(Default)]
    struct Clipboard(Vec<String>);

    impl vt100::Callbacks for Clipboard {
        fn copy_to_clipboard(&mut self, _: &mut vt100::Screen, target: &[u8], data: &[u8]) {
            assert_eq!(target, b"c");
            self.0.push(String::from_utf8(STANDARD.decode(data).unwrap()).unwrap());
        }
    }

    fn terminal_gets(bytes: &[u8]) -> (Vec<String>, String) {
        let two = NonZeroU16::new(20).unwrap();
        let mut parser = vt100::Parser::new_with_callbacks(two, two, 0, Clipboard::default());
        parser.process(bytes);
        (parser.callbacks().0.clone(), parser.screen().contents())
    }

    /// What GNU screen passes to the outer terminal.
    fn through_screen(bytes: &[u8]) -> Vec<u8> {
        let text = std::str::from_utf8(bytes).unwrap();
        let pieces = text.split_terminator("\x1b\\").map(|piece| {
            assert!(piece.len() < 768, "screen drops a string of {}", piece.len());
            piece.strip_prefix("\x1bP").unwrap()
        });
        pieces.collect::<String>().into_bytes()
    }

    #[test]
    fn the_bytes_are_the_ones_that_terminals_know() {
        assert_eq!(sequence("hello", false).unwrap(), b"\x1b]52;c;aGVsbG8=\x07");
        assert_eq!(sequence("hello", true).unwrap(), b"\x1bP\x1b]52;c;aGVsbG8=\x07\x1b\\");
    }

    #[test]
    fn the_cap_counts_encoded_bytes() {
        for (bytes, want) in [(0, true), (56_244, true), (56_245, false), (usize::MAX, false)] {
            assert_eq!(fits(bytes), want, "{bytes}");
        }
        let longest = "x".repeat(56_244);
        for inside_screen in [false, true] {
            assert!(sequence(&longest, inside_screen).is_some());
            assert_eq!(sequence(&format!("{longest}x"), inside_screen), None);
        }
        assert!(TOO_LONG.contains("56,244"));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn a_terminal_gets_the_text_and_shows_nothing(text in "(?s).{0,700}") {
            let plain = terminal_gets(&sequence(&text, false).unwrap());
            let wrapped = terminal_gets(&through_screen(&sequence(&text, true).unwrap()));
            prop_assert_eq!(&plain, &(vec![text], String::new()));
            prop_assert_eq!(wrapped, plain);
        }
    }
}
