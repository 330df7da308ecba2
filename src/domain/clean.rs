//! Sanitises untrusted text for display: no escape sequence, control, bidi or zero-width character survives.

use std::fmt;

use unicode_segmentation::UnicodeSegmentation;

/// Sanitised text: the only foreign text that widgets and printers accept.
///
/// - Controls (C0, DEL, C1), bidi controls, tags, byte-order marks and other invisible format characters
///   become `�`, so that a forged name is visibly odd.
/// - Joiners and variation selectors, which legitimate names use, are dropped; the characters they join are
///   shown side by side.
/// - Line breaks and tabs become one space in [`Clean::line`]; [`Clean::lines`] keeps line breaks.
/// - At most [`MARKS`] combining marks stay on one character, so that a name cannot grow over neighbouring
///   lines.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Clean(Box<str>);

/// Combining marks kept per character; the longest legitimate stacks (Vietnamese, Tibetan) need no more.
pub const MARKS: usize = 4;

/// Number of bytes of a name that are shown.
pub const BRIEF: usize = 1 << 10;

/// Returns the longest prefix of at most `bytes` bytes that ends at a character boundary.
pub fn head(text: &str, bytes: usize) -> &str {
    text.get(..text.floor_char_boundary(bytes)).unwrap_or_default()
}

/// The placeholder for hidden text.
pub const HIDDEN: &str = "•••";

/// The placeholder for a character that must not reach a terminal.
pub const REPLACEMENT: char = '\u{fffd}';

impl Clean {
    /// Sanitises text for one line.
    pub fn line(text: &str) -> Self {
        work::add(text.len());
        if is_plain(text) { Self(text.into()) } else { Self(sanitise(text, false).into()) }
    }

    /// Sanitises text that may have several lines: `\n` stays, `\r\n` becomes `\n`, a tab becomes four
    /// spaces.
    pub fn lines(text: &str) -> Self {
        work::add(text.len());
        if is_plain(text) { Self(text.into()) } else { Self(sanitise(text, true).into()) }
    }

    /// Sanitises a name for the screen, cut to [`BRIEF`] bytes, which is more than any screen shows.
    /// Everything that is redrawn with each key goes through here, so that the cost of a key does not depend
    /// on the length of foreign text.
    pub fn brief(text: &str) -> Self {
        Self::cut(text, BRIEF)
    }

    /// Sanitises the first `bytes` bytes of a text for one line, with an ellipsis if it is longer.
    pub fn cut(text: &str, bytes: usize) -> Self {
        let head = head(text, bytes);
        if head.len() == text.len() {
            Self::line(text)
        } else {
            Self(format!("{}…", Self::line(head)).into())
        }
    }

    /// The sanitised text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Clean {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl From<&str> for Clean {
    fn from(text: &str) -> Self {
        Self::line(text)
    }
}

impl AsRef<str> for Clean {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

/// Counts the bytes sanitised and measured on this thread, so that tests can compare them with what is shown.
/// Not in release builds.
pub mod work {
    #[cfg(debug_assertions)]
    thread_local! {
        static BYTES: std::cell::Cell<usize> = const { std::cell::Cell::new(0) };
    }

    /// Adds to the count.
    #[inline]
    pub fn add(bytes: usize) {
        #[cfg(debug_assertions)]
        BYTES.with(|all| all.set(all.get() + bytes));
        #[cfg(not(debug_assertions))]
        let _ = bytes;
    }

    /// Returns the count and resets it.
    #[cfg(debug_assertions)]
    pub fn take() -> usize {
        BYTES.with(|all| all.replace(0))
    }
}

/// Most text is printable ASCII and needs no further checks.
fn is_plain(text: &str) -> bool {
    text.bytes().all(|byte| (0x20..0x7f).contains(&byte))
}

fn sanitise(text: &str, keep_lines: bool) -> String {
    let mut out = String::with_capacity(text.len());
    for cluster in text.graphemes(true) {
        let mut marks = 0;
        for character in cluster.chars() {
            match treatment(character) {
                Treatment::Keep if is_mark(character) => {
                    marks += 1;
                    if marks <= MARKS {
                        out.push(character);
                    }
                }
                Treatment::Keep => out.push(character),
                Treatment::Drop => {}
                Treatment::Replace => out.push(REPLACEMENT),
                Treatment::Break if keep_lines && character == '\n' => out.push('\n'),
                Treatment::Break if keep_lines && character == '\t' => out.push_str("    "),
                Treatment::Break if character == '\r' && cluster == "\r\n" => {}
                Treatment::Break => out.push(' '),
            }
        }
    }
    out
}

/// Whether [`Clean`] keeps a character as it is; stacked combining marks are still limited.
pub fn is_harmless(character: char) -> bool {
    (' '..='~').contains(&character) || matches!(treatment(character), Treatment::Keep)
}

enum Treatment {
    Keep,
    Drop,
    Replace,
    Break,
}

fn treatment(character: char) -> Treatment {
    match character {
        '\n' | '\r' | '\t' | '\u{0b}' | '\u{0c}' | '\u{85}' | '\u{2028}' | '\u{2029}' => Treatment::Break,
        // Joiners and variation selectors.
        '\u{200c}'
        | '\u{200d}'
        | '\u{fe00}'..='\u{fe0f}'
        | '\u{e0100}'..='\u{e01ef}'
        | '\u{180b}'..='\u{180d}'
        | '\u{180f}' => Treatment::Drop,
        character if character.is_control() => Treatment::Replace,
        // Invisible: soft hyphen, Arabic letter mark, Mongolian separator, zero-width space, bidi marks,
        // embeddings, overrides and isolates, word joiner and invisible operators, fillers, BOM, interlinear
        // annotation, tags, musical format controls.
        '\u{ad}'
        | '\u{34f}'
        | '\u{61c}'
        | '\u{115f}'
        | '\u{1160}'
        | '\u{17b4}'
        | '\u{17b5}'
        | '\u{180e}'
        | '\u{200b}'
        | '\u{200e}'
        | '\u{200f}'
        | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}'
        | '\u{2800}'
        | '\u{3164}'
        | '\u{feff}'
        | '\u{ffa0}'
        | '\u{fff9}'..='\u{fffb}'
        | '\u{1bca0}'..='\u{1bca3}'
        | '\u{1d173}'..='\u{1d17a}'
        | '\u{e0000}'..='\u{e0fff}'
        // Private use: every font shows something else.
        | '\u{e000}'..='\u{f8ff}'
        | '\u{f0000}'..='\u{10ffff}' => Treatment::Replace,
        _ => Treatment::Keep,
    }
}

fn is_mark(character: char) -> bool {
    !character.is_ascii() && unicode_width::UnicodeWidthChar::width(character) == Some(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn attacks_are_made_visible_and_honest_names_stay() {
        let cases = [
            ("Müller & Söhne", "Müller & Söhne"),
            ("田中 太郎", "田中 太郎"),
            ("\u{1b}]52;c;aGk=\u{7}paste", "�]52;c;aGk=�paste"),
            ("\u{9b}31mred", "�31mred"),
            ("safe\rFORGED", "safe FORGED"),
            ("a\r\nb\tc", "a b c"),
            ("user\u{202e}moc.elgoog@", "user�moc.elgoog@"),
            ("pay\u{200b}pal", "pay�pal"),
            ("👨\u{200d}👩\u{200d}👧", "👨👩👧"),
            ("می\u{200c}خواهم", "میخواهم"),
            ("❤\u{fe0f}", "❤"),
            ("", ""),
        ];
        for (input, want) in cases {
            assert_eq!(Clean::line(input).as_str(), want, "{input:?}");
        }
        assert_eq!(Clean::lines("a\r\nb\tc\u{1b}").as_str(), "a\nb    c�");
    }

    #[test]
    fn what_no_screen_shows_is_cut_unseen() {
        let long = "é".repeat(1 << 20);
        work::take();
        let brief = Clean::brief(&long);
        assert!(work::take() <= BRIEF);
        assert_eq!(brief.as_str().chars().count(), BRIEF / 2 + 1);
        assert!(brief.as_str().ends_with('…'));
        let fits = "é".repeat(BRIEF / 2);
        assert_eq!(Clean::brief(&fits).as_str(), fits);
        assert_eq!((Clean::cut("日本", 5).as_str(), Clean::cut("日本", 6).as_str()), ("日…", "日本"));
    }

    #[test]
    fn stacked_marks_are_cut() {
        let tower = format!("Z{}", "\u{301}".repeat(40));
        assert_eq!(Clean::line(&tower).as_str().chars().count(), 1 + MARKS);
    }

    proptest! {
        #[test]
        fn nothing_dangerous_survives(text in any::<String>()) {
            for clean in [Clean::line(&text), Clean::lines(&text)] {
                for character in clean.as_str().chars() {
                    prop_assert!(character == '\n' || !character.is_control());
                    prop_assert!(matches!(treatment(character), Treatment::Keep) || character == '\n', "{character:?}");
                }
                prop_assert_eq!(Clean::lines(clean.as_str()), clean.clone());
            }
            prop_assert!(!Clean::line(&text).as_str().contains('\n'));
        }
    }
}
