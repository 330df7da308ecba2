//! Keys as data: chords to actions per place, from `assets/keymap.toml` and the user's own rows.

mod binding;
mod builtin;
mod check;
pub mod chord;
#[cfg(test)]
pub mod docs;
mod place;
mod resolve;
mod table;
#[cfg(test)]
mod tests;

use std::collections::HashMap;

use strum::IntoEnumIterator;

pub use self::binding::{Binding, Chord};
pub use self::place::Place;
use self::resolve::{Node, Step};
use self::table::{Draft, Mistake};
use super::Action;
use super::input::Key;
use crate::domain::{Diagnosis, Preset};

/// The whole table, checked.
#[derive(Clone, Debug)]
pub struct Keymap {
    rows: Vec<Binding>,
    trees: HashMap<Place, Node>,
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

/// What the presets change.
const VIM: &str = grantdeck_assets::KEYMAP_VIM;
const EMACS: &str = grantdeck_assets::KEYMAP_EMACS;

impl Keymap {
    /// The embedded table.
    pub fn builtin() -> Self {
        Self::new(builtin::rows())
    }

    /// The embedded table with a preset's rows on top.
    pub fn preset(preset: Preset) -> Self {
        Self::new(rows_of(preset))
    }

    /// A preset with the user's rows on top. Never fails: each mistake is reported, and the default
    /// is kept for that row only. `source` names the file in the reports.
    ///
    /// A row replaces the keys of the built-in row with the same place and action, or is added where there is
    /// none; no keys switch it off. Each report has the facts `file`, `line`, `row`, `problem` and, where there
    /// is one, `hint`, in the order of the lines.
    pub fn load(preset: Preset, user: &str, source: &str) -> (Self, Vec<Diagnosis>) {
        let defaults = rows_of(preset);
        let (drafts, mut mistakes) = table::read(user);
        let mut taken: Vec<Draft> = Vec::new();
        for draft in drafts {
            let twice = |other: &&Draft| (other.place, other.action) == (draft.place, draft.action);
            if let Some(first) = taken.iter().find(twice) {
                let problem = format!("line {} already has a row for this action", first.line);
                let hint = Some("list all keys in one row".to_owned());
                mistakes.push(Mistake { line: draft.line, row: Some(draft.in_words()), problem, hint });
            } else {
                taken.push(draft);
            }
        }
        // A row that is refused gives its default back, which may in turn want a chord that another row took;
        // so the table is checked again until it is clean. Each round refuses one row.
        let rows = loop {
            let rows = merge(&defaults, &taken);
            let Some((guilty, mistake)) = first_clash(&rows, &taken) else { break rows };
            mistakes.push(mistake);
            taken.remove(guilty);
        };
        mistakes.sort_by_key(|mistake| mistake.line);
        let reports = mistakes.iter().map(|mistake| check::diagnosis(mistake, source)).collect();
        (Self::new(rows), reports)
    }

    fn new(rows: Vec<Binding>) -> Self {
        let trees = Place::iter().map(|place| (place, Node::of(&rows, place))).collect();
        Self { rows, trees }
    }

    /// What `key` means in `place`, after `pending`. A place's own rows come before the global ones, which do not count
    /// at all where text is typed ([`Place::takes_text`]). After [`Resolution::Nothing`] the pending keys are over.
    pub fn resolve(&self, place: Place, pending: &[Key], key: Key) -> Resolution {
        for tree in self.trees(place) {
            match tree.follow(pending.iter().copied().chain([key])) {
                Step::Row(row) => {
                    return self.rows.get(row).map_or(Resolution::Nothing, |row| Resolution::Do(row.action));
                }
                Step::Inside(_) => return Resolution::Pending,
                Step::Nowhere => {}
            }
        }
        Resolution::Nothing
    }

    /// The rows of a place, in the table's order, without those of [`Place::Global`]. A row that the user
    /// switched off has no keys.
    pub fn rows(&self, place: Place) -> impl Iterator<Item = &Binding> {
        self.rows.iter().filter(move |row| row.place == place)
    }

    /// The row of an action where `place` or [`Place::Global`] has one.
    pub fn row(&self, place: Place, action: Action) -> Option<&Binding> {
        [place, Place::Global]
            .into_iter()
            .find_map(|place| self.rows(place).find(|row| row.action == action && row.place == place))
    }

    /// The first key of an action, as it is written; empty where it has none.
    pub fn first_key(&self, place: Place, action: Action) -> String {
        let row = self.row(place, action);
        row.and_then(|row| row.keys.first()).map(ToString::to_string).unwrap_or_default()
    }

    /// What may follow the pending keys: the next key and the row it leads to. A key that begins several
    /// chords is listed once for each. A place's own keys hide equal global ones.
    pub fn continuations(&self, place: Place, pending: &[Key]) -> Vec<(Key, &Binding)> {
        let mut out: Vec<(Key, &Binding)> = Vec::new();
        for tree in self.trees(place) {
            let Step::Inside(node) = tree.follow(pending.iter().copied()) else { continue };
            let hidden: Vec<Key> = out.iter().map(|(key, _)| *key).collect();
            let leaves = node.leaves().into_iter().filter(|(key, _)| !hidden.contains(key));
            out.extend(leaves.filter_map(|(key, row)| Some((key, self.rows.get(row)?))));
        }
        out
    }

    /// The trees that count in a place, the first match wins.
    fn trees(&self, place: Place) -> impl Iterator<Item = &Node> {
        let global = !place.takes_text() && place != Place::Global;
        let places = [Some(place), global.then_some(Place::Global)];
        places.into_iter().flatten().filter_map(|place| self.trees.get(&place))
    }
}

/// The embedded rows with those of a preset in their places. That none of these has a mistake is a test.
fn rows_of(preset: Preset) -> Vec<Binding> {
    let text = match preset {
        Preset::Default => return builtin::rows(),
        Preset::Vim => VIM,
        Preset::Emacs => EMACS,
    };
    merge(&builtin::rows(), &table::read(text).0)
}

/// The defaults with the user's rows in their places, and the new ones at the end.
fn merge(defaults: &[Binding], drafts: &[Draft]) -> Vec<Binding> {
    let mut rows = defaults.to_vec();
    for draft in drafts {
        let same = |row: &&Binding| (row.place, row.action) == (draft.place, draft.action);
        // An action that is new in this place is still explained by the row of another place.
        let model =
            defaults.iter().find(same).or_else(|| defaults.iter().find(|row| row.action == draft.action));
        let row = draft.on_top_of(model);
        match rows.iter_mut().find(|row| (row.place, row.action) == (draft.place, draft.action)) {
            Some(default) => *default = row,
            None => rows.push(row),
        }
    }
    rows
}

/// The first clash, as the mistake of a user's row: of two, the one that is written later.
fn first_clash(rows: &[Binding], drafts: &[Draft]) -> Option<(usize, Mistake)> {
    check::clashes(rows).iter().find_map(|clash| {
        let [first, second] = clash.rows.map(|index| rows.get(index));
        let (first, second) = (first?, second?);
        let draft_of = |row: &Binding| {
            drafts.iter().position(|draft| (draft.place, draft.action) == (row.place, row.action))
        };
        let (guilty, other) = match (draft_of(first), draft_of(second)) {
            (Some(one), Some(two)) if one > two => (one, second),
            (_, Some(two)) => (two, first),
            (Some(one), None) => (one, second),
            (None, None) => return None,
        };
        Some((guilty, clash.mistake(drafts.get(guilty)?, other)))
    })
}
