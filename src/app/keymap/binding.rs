//! A row of the table.

use super::place::Place;
use crate::app::Action;
use crate::app::input::Key;

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
