//! What makes a row of keys useless: a chord that is taken, one that hides another, a key that terminals do not
//! tell apart. Nothing is dropped in silence: each mistake becomes a diagnosis with file, line and row.

use super::binding::{Binding, Chord};
use super::place::Place;
use super::table::{Draft, Mistake};
use crate::app::input::{Key, KeyCode};
use crate::domain::{Code, Diagnosis, Retry, Who};

/// The first key of a chord that reaches no program as such, and what to do instead. Without the kitty protocol
/// a terminal sends Control and a letter as one byte, and five of these are keys of their own.
pub(super) fn not_sent(chord: &Chord) -> Option<(Key, String)> {
    chord.0.iter().find_map(|key| Some((*key, instead(*key)?)))
}

fn instead(key: Key) -> Option<String> {
    let same_as = |other: &str| Some(format!("terminals send it as `{other}`; use that"));
    match key.code {
        KeyCode::Char('i') if key.ctrl => same_as("tab"),
        KeyCode::Char('m') if key.ctrl => same_as("enter"),
        KeyCode::Char('h') if key.ctrl => same_as("backspace"),
        KeyCode::Char('[') if key.ctrl => same_as("esc"),
        KeyCode::Char(letter) if key.ctrl && letter.is_ascii_uppercase() => {
            let lower = Key { code: KeyCode::Char(letter.to_ascii_lowercase()), ..key };
            same_as(&lower.to_string())
        }
        KeyCode::Char(other) if key.ctrl && other != ' ' && !other.is_ascii_lowercase() => {
            Some("ctrl- works with a to z and space".to_owned())
        }
        KeyCode::Enter | KeyCode::Esc | KeyCode::Backspace if key.ctrl || key.shift => {
            let bare = Key { ctrl: false, shift: false, ..key };
            same_as(&bare.to_string())
        }
        KeyCode::Char('\\') if key.alt => Some("terminals end their answers with it".to_owned()),
        KeyCode::Tab if key.ctrl => same_as(&Key { ctrl: false, ..key }.to_string()),
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
        | KeyCode::PageDown => None,
    }
}

/// Two rows that cannot both have their chords; indices into the table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Clash {
    pub(super) rows: [usize; 2],
    /// What both want, or the shorter one of the two chords.
    pub(super) chord: Chord,
    /// The longer chord, where the shorter one is its beginning.
    pub(super) hidden: Option<Chord>,
}

/// All clashes of a table. A place may give a global chord another meaning; but where one of them is only the
/// beginning of the other, one of the two could never be typed there.
pub(super) fn clashes(rows: &[Binding]) -> Vec<Clash> {
    let chords: Vec<(usize, Place, &Chord)> = rows
        .iter()
        .enumerate()
        .flat_map(|(index, row)| row.keys.iter().map(move |chord| (index, row.place, chord)))
        .collect();
    let mut out = Vec::new();
    for (at, (first, place, chord)) in chords.iter().enumerate() {
        for (second, other_place, other) in chords.iter().skip(at + 1) {
            let same_place = place == other_place;
            if !same_place && !shares_keys(*place, *other_place) {
                continue;
            }
            let (short, long) = if chord.0.len() <= other.0.len() { (chord, other) } else { (other, chord) };
            let equal = short == long;
            if long.0.starts_with(&short.0) && (same_place || !equal) {
                let hidden = (!equal).then(|| (*long).clone());
                out.push(Clash { rows: [*first, *second], chord: (*short).clone(), hidden });
            }
        }
    }
    out
}

fn shares_keys(place: Place, other: Place) -> bool {
    let beside_global = |place: Place| !place.takes_text() && place != Place::Global;
    (place == Place::Global && beside_global(other)) || (other == Place::Global && beside_global(place))
}

impl Clash {
    /// The clash as the mistake of one of its rows.
    pub(super) fn mistake(&self, draft: &Draft, other: &Binding) -> Mistake {
        let rival = format!("`{}` in {}", other.action, other.place);
        let problem = match &self.hidden {
            None => format!("`{}` already means {rival}", self.chord),
            Some(hidden) => {
                format!("`{}` is a prefix of `{hidden}` and would hide {rival}", self.chord)
            }
        };
        let hint = "choose another chord, or change the other row too".to_owned();
        Mistake { line: draft.line, row: Some(draft.in_words()), problem, hint: Some(hint) }
    }
}

/// A mistake as it is shown: in a toast at the start, and by whoever prints warnings.
pub(super) fn diagnosis(mistake: &Mistake, source: &str) -> Diagnosis {
    let mut diagnosis = Diagnosis::new(Code::KeymapMalformed, Who::You, Retry::AfterRemedy)
        .fact("file", source)
        .fact("line", &mistake.line.to_string());
    if let Some(row) = &mistake.row {
        diagnosis = diagnosis.fact("row", row);
    }
    diagnosis = diagnosis.fact("problem", &mistake.problem);
    if let Some(hint) = &mistake.hint {
        diagnosis = diagnosis.fact("hint", hint);
    }
    diagnosis
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_that_terminals_merge_are_named() {
        for (text, other) in [
            ("ctrl-i", "tab"),
            ("ctrl-m", "enter"),
            ("ctrl-h", "backspace"),
            ("ctrl-[", "esc"),
            ("g ctrl-i", "tab"),
            ("ctrl-P", "ctrl-p"),
            ("shift-enter", "enter"),
            ("ctrl-alt-enter", "alt-enter"),
            ("ctrl-shift-tab", "shift-tab"),
            ("ctrl-1", "a to z"),
            ("alt-\\", "answers"),
        ] {
            let (_, why) = not_sent(&text.parse().unwrap()).unwrap_or_else(|| panic!("{text} was taken"));
            assert!(why.contains(other), "{text}: {why}");
        }
        for text in
            ["ctrl-j", "ctrl-space", "shift-tab", "alt-x", "ctrl-alt-x", "ctrl-up", "tab", "enter", "i"]
        {
            assert_eq!(not_sent(&text.parse().unwrap()), None, "{text}");
        }
    }
}
