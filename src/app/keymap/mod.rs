//! Keys as data: chords to actions per place, from `assets/keymap.toml` and the user's own rows.

use std::fmt;

use strum::{Display, EnumIter, EnumString, IntoStaticStr};

use super::Action;
use super::input::Key;
use crate::domain::Diagnosis;

/// Where a key is pressed. Keys of [`Place::Global`] work everywhere but in text inputs, after those of the
/// place itself.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Display, EnumIter, EnumString, IntoStaticStr,
)]
#[strum(serialize_all = "kebab-case")]
pub enum Place {
    /// Everywhere.
    Global,
    /// The list of grants.
    Grants,
    /// The detail pane or screen.
    Detail,
    /// A list that pops up: palette, pickers.
    Picker,
    /// A one-line text input.
    Input,
    /// The help screen.
    Help,
}

/// One or more keys in a row, such as `g g`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Chord(pub Vec<Key>);

/// One row of the table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Binding {
    /// Where it works.
    pub place: Place,
    /// The chords; empty = disabled.
    pub keys: Vec<Chord>,
    /// What it does.
    pub action: Action,
    /// One or two words for the footer.
    pub label: String,
    /// A sentence for help and palette.
    pub help: String,
    /// Heading in the help.
    pub group: String,
    /// Which hints leave first when the footer is narrow: the lightest. 0 = never in the footer.
    pub weight: u8,
    /// Changes something in the world; refused by a read-only profile.
    pub dangerous: bool,
}

/// The whole table, checked.
#[derive(Clone, Debug)]
pub struct Keymap {
    rows: Vec<Binding>,
}

/// What a key means after the keys that are pending.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Resolution {
    /// Do this.
    Do(Action),
    /// The beginning of a chord: wait for more.
    Pending,
    /// Nothing.
    Nothing,
}

impl Keymap {
    /// The embedded table.
    pub fn builtin() -> Self {
        Self { rows: Vec::new() }
    }

    /// The embedded table with the user's rows on top. Never fails: each mistake is reported, and the default
    /// is kept for that row only. `source` names the file in the reports.
    pub fn load(user: &str, source: &str) -> (Self, Vec<Diagnosis>) {
        let _ = (user, source);
        (Self::builtin(), Vec::new())
    }

    /// What `key` means in `place`, after `pending`. A place's own rows come before the global ones.
    pub fn resolve(&self, place: Place, pending: &[Key], key: Key) -> Resolution {
        let _ = (place, pending, key, &self.rows);
        Resolution::Nothing
    }

    /// The rows of a place, in the table's order, without those of [`Place::Global`].
    pub fn rows(&self, place: Place) -> impl Iterator<Item = &Binding> {
        self.rows.iter().filter(move |row| row.place == place)
    }

    /// The row of an action where `place` or [`Place::Global`] has one.
    pub fn row(&self, place: Place, action: Action) -> Option<&Binding> {
        let _ = (place, action);
        None
    }

    /// What may follow the pending keys: the next key and the row it leads to.
    pub fn continuations(&self, place: Place, pending: &[Key]) -> Vec<(Key, &Binding)> {
        let _ = (place, pending);
        Vec::new()
    }
}

impl fmt::Display for Chord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let _ = &self.0;
        f.write_str("")
    }
}
