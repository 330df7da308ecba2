//! How keys are written: `g g`, `ctrl-p`, `shift-tab`, `page-down`, `space`, `:`. What is printed can be read.

use std::fmt;
use std::str::FromStr;

use thiserror::Error;

use super::Chord;
use crate::app::input::{KEY_NAMES, Key, KeyCode};
use crate::domain::Clean;
use crate::domain::suggest::nearest;

/// Why a text is not a chord.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ChordError {
    /// Nothing between the quotation marks.
    #[error("a chord needs at least one key")]
    Empty,
    /// No key has this name.
    #[error("no key `{name}`")]
    UnknownKey {
        /// What was written.
        name: String,
        /// What was probably meant.
        meant: Option<&'static str>,
    },
    /// Shift and a character: the character itself says it.
    #[error("write the shifted character instead of `shift-{0}`")]
    ShiftedCharacter(char),
}

impl FromStr for Chord {
    type Err = ChordError;

    fn from_str(text: &str) -> Result<Self, ChordError> {
        let keys = text.split_whitespace().map(key).collect::<Result<Vec<_>, _>>()?;
        if keys.is_empty() { Err(ChordError::Empty) } else { Ok(Self(keys)) }
    }
}

fn key(text: &str) -> Result<Key, ChordError> {
    let mut rest = text;
    let mut key = Key::plain(KeyCode::Enter);
    for (prefix, held) in [("ctrl-", &mut key.ctrl), ("alt-", &mut key.alt), ("shift-", &mut key.shift)] {
        // `ctrl-` alone is a mistake, but `-` is a key and `ctrl--` is Control and it.
        if let Some(after) = rest.strip_prefix(prefix).filter(|after| !after.is_empty()) {
            *held = true;
            rest = after;
        }
    }
    key.code = code(rest).ok_or_else(|| ChordError::UnknownKey {
        name: text.to_owned(),
        meant: nearest(rest, KEY_NAMES.iter().map(|(name, _)| *name)),
    })?;
    match key.code {
        KeyCode::Char(character) if key.shift => Err(ChordError::ShiftedCharacter(character)),
        KeyCode::Char(_)
        | KeyCode::F(_)
        | KeyCode::Enter
        | KeyCode::Esc
        | KeyCode::Tab
        | KeyCode::Backspace
        | KeyCode::Delete
        | KeyCode::Insert
        | KeyCode::Up
        | KeyCode::Down
        | KeyCode::Left
        | KeyCode::Right
        | KeyCode::Home
        | KeyCode::End
        | KeyCode::PageUp
        | KeyCode::PageDown => Ok(key),
    }
}

fn code(text: &str) -> Option<KeyCode> {
    if let Some((_, code)) = KEY_NAMES.iter().find(|(name, _)| *name == text) {
        return Some(*code);
    }
    let mut characters = text.chars();
    if let (Some(character), None) = (characters.next(), characters.next()) {
        return is_plain(character).then_some(KeyCode::Char(character));
    }
    let number: u8 = text.strip_prefix('f')?.parse().ok()?;
    // The second condition refuses `f01` and `f+1`, which would not be printed the way they were read.
    ((1..=24).contains(&number) && text == format!("f{number}")).then_some(KeyCode::F(number))
}

/// A character that stands for itself: visible, and the same after the sanitiser.
fn is_plain(character: char) -> bool {
    let mut buffer = [0; 4];
    let text: &str = character.encode_utf8(&mut buffer);
    !character.is_whitespace() && crate::ui::text::width(text) > 0 && Clean::line(text).as_str() == text
}

impl fmt::Display for Chord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, key) in self.0.iter().enumerate() {
            if index > 0 {
                f.write_str(" ")?;
            }
            key.fmt(f)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn chords_are_read_as_they_are_written_in_the_table() {
        let shift_tab = Key { shift: true, ..Key::plain(KeyCode::Tab) };
        let alt_up = Key { alt: true, ..Key::plain(KeyCode::Up) };
        for (text, want) in [
            ("g g", vec![Key::char('g'), Key::char('g')]),
            ("G", vec![Key::char('G')]),
            (":", vec![Key::char(':')]),
            ("-", vec![Key::char('-')]),
            ("ctrl--", vec![Key::ctrl('-')]),
            ("ctrl-p", vec![Key::ctrl('p')]),
            ("shift-tab", vec![shift_tab]),
            ("alt-up", vec![alt_up]),
            ("page-down", vec![Key::plain(KeyCode::PageDown)]),
            ("space", vec![Key::char(' ')]),
            ("f12", vec![Key::plain(KeyCode::F(12))]),
            ("é", vec![Key::char('é')]),
        ] {
            assert_eq!(text.parse(), Ok(Chord(want)), "{text}");
        }
    }

    #[test]
    fn mistakes_say_what_was_probably_meant() {
        let unknown = |name: &str, meant| ChordError::UnknownKey { name: name.to_owned(), meant };
        for (text, want) in [
            ("", ChordError::Empty),
            ("  ", ChordError::Empty),
            ("ctrl-", unknown("ctrl-", None)),
            ("pagedown", unknown("pagedown", Some("page-down"))),
            ("alt-entre", unknown("alt-entre", Some("enter"))),
            ("f25", unknown("f25", None)),
            ("f01", unknown("f01", None)),
            ("shift-x", ChordError::ShiftedCharacter('x')),
            ("\u{200b}", unknown("\u{200b}", None)),
        ] {
            assert_eq!(text.parse::<Chord>(), Err(want), "{text:?}");
        }
    }

    fn any_key() -> impl Strategy<Value = Key> {
        let code = prop_oneof![
            (0..KEY_NAMES.len()).prop_map(|index| KEY_NAMES[index].1),
            (1u8..=24).prop_map(KeyCode::F),
            any::<char>().prop_filter("visible", |c| is_plain(*c)).prop_map(KeyCode::Char),
        ];
        (code, any::<[bool; 3]>()).prop_map(|(code, [ctrl, alt, shift])| Key {
            code,
            ctrl,
            alt,
            shift: shift && !matches!(code, KeyCode::Char(_)),
        })
    }

    proptest! {
        #[test]
        fn what_is_printed_reads_back(keys in prop::collection::vec(any_key(), 1..5)) {
            let chord = Chord(keys);
            prop_assert_eq!(chord.to_string().parse(), Ok(chord));
        }

        #[test]
        fn what_is_read_prints_back(text in "[ -~]{1,12}") {
            if let Ok(chord) = text.parse::<Chord>() {
                prop_assert_eq!(chord.to_string(), text.split_whitespace().collect::<Vec<_>>().join(" "));
            }
        }
    }
}
