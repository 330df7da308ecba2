//! Reads rows from TOML, each for itself: a mistake costs its own row and no other.

use std::str::FromStr;

use strum::IntoEnumIterator;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::binding::{Binding, Chord};
use super::check;
use super::place::Place;
use crate::app::Action;
use crate::domain::Clean;
use crate::domain::line_numbers::Lines;
use crate::domain::suggest::nearest;

/// The columns of the table.
const FIELDS: [&str; 8] = ["place", "keys", "action", "label", "help", "group", "weight", "dangerous"];

/// A row as it was written: what is left out comes from the built-in row.
#[derive(Debug)]
pub(super) struct Draft {
    /// Where it starts, counted from 1.
    pub(super) line: usize,
    pub(super) place: Place,
    pub(super) action: Action,
    pub(super) keys: Vec<Chord>,
    label: Option<String>,
    help: Option<String>,
    group: Option<String>,
    weight: Option<u8>,
    dangerous: bool,
}

/// Why a row, or the whole file, was not taken.
#[derive(Debug)]
pub(super) struct Mistake {
    /// Where, counted from 1.
    pub(super) line: usize,
    /// The row in a few words, where it could be told apart: "grants search".
    pub(super) row: Option<String>,
    /// What is wrong, in a sentence without its full stop.
    pub(super) problem: String,
    /// What to do about it.
    pub(super) hint: Option<String>,
}

/// Reads all rows of a file and what is wrong with the others. A file that is not TOML has no rows.
pub(super) fn read(text: &str) -> (Vec<Draft>, Vec<Mistake>) {
    let lines = Lines::new(text);
    let document = match DeTable::parse(text) {
        Ok(document) => document,
        Err(error) => {
            let line = lines.line(error.span().map_or(0, |span| span.start));
            let problem = format!("this is not TOML: {}", error.message());
            return (Vec::new(), vec![Mistake { line, row: None, problem, hint: None }]);
        }
    };
    let (mut drafts, mut mistakes) = (Vec::new(), Vec::new());
    for (name, value) in document.get_ref() {
        let fault = |at: &std::ops::Range<usize>, problem: String, hint: Option<&str>| Mistake {
            line: lines.line(at.start),
            row: None,
            problem,
            hint: hint.map(str::to_owned),
        };
        match (name.get_ref().as_ref(), value.get_ref()) {
            ("rows", DeValue::Array(rows)) => {
                for row in rows {
                    match Row::new(&lines, row).and_then(|row| row.drafts()) {
                        Ok(row) => drafts.extend(row),
                        Err(mistake) => mistakes.push(mistake),
                    }
                }
            }
            ("rows", _) => mistakes.push(fault(&name.span(), "`rows` must be a list of tables".into(), None)),
            (other, _) => {
                let hint = "a keymap file holds only `rows = [ … ]`";
                mistakes.push(fault(&name.span(), format!("`{other}` is not known here"), Some(hint)));
            }
        }
    }
    (drafts, mistakes)
}

/// One row on its way through the checks.
struct Row<'a> {
    line: usize,
    lines: &'a Lines,
    table: &'a DeTable<'a>,
}

impl<'a> Row<'a> {
    fn new(lines: &'a Lines, value: &'a Spanned<DeValue<'a>>) -> Result<Self, Mistake> {
        let line = lines.line(value.span().start);
        match value.get_ref() {
            DeValue::Table(table) => Ok(Self { line, lines, table }),
            DeValue::String(_)
            | DeValue::Integer(_)
            | DeValue::Float(_)
            | DeValue::Boolean(_)
            | DeValue::Datetime(_)
            | DeValue::Array(_) => {
                Err(Mistake { line, row: None, problem: "a row must be a table".into(), hint: None })
            }
        }
    }

    /// One for each place that it names.
    fn drafts(&self) -> Result<Vec<Draft>, Mistake> {
        for (field, value) in self.table {
            let name = field.get_ref().as_ref();
            if !FIELDS.contains(&name) {
                let meant = nearest(name, FIELDS);
                return Err(self.mistake(value, format!("no column `{name}`"), did_you_mean(meant)));
            }
        }
        let places = self.places()?;
        let action = self.required("action")?;
        let DeValue::String(name) = action.get_ref() else {
            return Err(self.wrong(action, "action", "a text"));
        };
        let action = self.name::<Action>(action, name, "action")?;
        let weight = match self.table.get("weight") {
            None => None,
            Some(value) => Some(self.weight(value)?),
        };
        let dangerous = match self.table.get("dangerous").map(|value| (value, value.get_ref())) {
            None => false,
            Some((_, DeValue::Boolean(dangerous))) => *dangerous,
            Some((value, _)) => return Err(self.wrong(value, "dangerous", "true or false")),
        };
        let (keys, label, help, group) =
            (self.keys()?, self.words("label")?, self.words("help")?, self.words("group")?);
        let draft = |place| Draft {
            line: self.line,
            place,
            action,
            keys: keys.clone(),
            label: label.clone(),
            help: help.clone(),
            group: group.clone(),
            weight,
            dangerous,
        };
        Ok(places.into_iter().map(draft).collect())
    }

    /// One place, or a list of them.
    fn places(&self) -> Result<Vec<Place>, Mistake> {
        const WANT: &str = "a text or a list of texts";
        let value = self.required("place")?;
        let items = if let DeValue::Array(items) = value.get_ref()
            && !items.is_empty()
        {
            &items[..]
        } else {
            std::slice::from_ref(value)
        };
        let mut places = Vec::new();
        for item in items {
            let DeValue::String(name) = item.get_ref() else {
                return Err(self.wrong(item, "place", WANT));
            };
            let place = self.name::<Place>(item, name, "place")?;
            if !places.contains(&place) {
                places.push(place);
            }
        }
        Ok(places)
    }

    /// A name of one of our enums.
    fn name<T: FromStr + IntoEnumIterator + Into<&'static str>>(
        &self,
        value: &Spanned<DeValue<'_>>,
        name: &str,
        noun: &str,
    ) -> Result<T, Mistake> {
        T::from_str(name).map_err(|_unknown| {
            let meant = nearest(name, T::iter().map(Into::into));
            self.mistake(value, format!("no {noun} `{name}`"), did_you_mean(meant))
        })
    }

    fn keys(&self) -> Result<Vec<Chord>, Mistake> {
        let value = self.required("keys")?;
        let DeValue::Array(items) = value.get_ref() else {
            return Err(self.wrong(value, "keys", "a list of texts"));
        };
        let mut chords = Vec::new();
        for item in items {
            let DeValue::String(text) = item.get_ref() else {
                return Err(self.wrong(item, "keys", "a list of texts"));
            };
            let chord: Chord = text.parse().map_err(|error: super::chord::ChordError| {
                let meant = match &error {
                    super::chord::ChordError::UnknownKey { meant, .. } => *meant,
                    super::chord::ChordError::Empty | super::chord::ChordError::ShiftedCharacter(_) => None,
                };
                self.mistake(item, error.to_string(), did_you_mean(meant))
            })?;
            if let Some((key, why)) = check::not_sent(&chord) {
                return Err(self.mistake(item, format!("terminals cannot send `{key}`"), Some(why)));
            }
            if !chords.contains(&chord) {
                chords.push(chord);
            }
        }
        Ok(chords)
    }

    fn words(&self, field: &str) -> Result<Option<String>, Mistake> {
        match self.table.get(field).map(|value| (value, value.get_ref())) {
            None => Ok(None),
            Some((_, DeValue::String(text))) => Ok(Some(Clean::line(text).as_str().to_owned())),
            Some((value, _)) => Err(self.wrong(value, field, "a text")),
        }
    }

    fn weight(&self, value: &Spanned<DeValue<'_>>) -> Result<u8, Mistake> {
        match value.get_ref() {
            DeValue::Integer(number) => number.as_str().parse().ok().filter(|weight| *weight <= 100),
            DeValue::String(_)
            | DeValue::Float(_)
            | DeValue::Boolean(_)
            | DeValue::Datetime(_)
            | DeValue::Array(_)
            | DeValue::Table(_) => None,
        }
        .ok_or_else(|| self.wrong(value, "weight", "a number from 0 to 100"))
    }

    fn required(&self, field: &str) -> Result<&'a Spanned<DeValue<'a>>, Mistake> {
        self.table.get(field).ok_or_else(|| Mistake {
            line: self.line,
            row: self.in_words(),
            problem: format!("the row has no `{field}`"),
            hint: None,
        })
    }

    fn wrong(&self, value: &Spanned<DeValue<'_>>, field: &str, want: &str) -> Mistake {
        self.mistake(value, format!("`{field}` must be {want}"), None)
    }

    fn mistake(&self, at: &Spanned<DeValue<'_>>, problem: String, hint: Option<String>) -> Mistake {
        let line = self.lines.line(at.span().start);
        Mistake { line, row: self.in_words(), problem, hint }
    }

    fn in_words(&self) -> Option<String> {
        let words: Vec<&str> = ["place", "action"]
            .into_iter()
            .flat_map(|field| self.table.get(field).into_iter().flat_map(|value| texts(value.get_ref())))
            .collect();
        (!words.is_empty()).then(|| words.join(" "))
    }
}

/// A text, or the texts of a list.
fn texts<'a>(value: &'a DeValue<'_>) -> impl Iterator<Item = &'a str> {
    let one = value.as_str();
    let several = value.as_array().into_iter().flatten().filter_map(|item| item.get_ref().as_str());
    one.into_iter().chain(several)
}

fn did_you_mean(meant: Option<&str>) -> Option<String> {
    meant.map(|meant| format!("did you mean `{meant}`?"))
}

impl Draft {
    /// The whole row. What was left out comes from `default`; nobody can take the danger out of a row.
    pub(super) fn on_top_of(&self, default: Option<&Binding>) -> Binding {
        let words = |own: &Option<String>, other: Option<&String>| {
            own.clone().or_else(|| other.cloned()).unwrap_or_default()
        };
        Binding {
            place: self.place,
            keys: self.keys.clone(),
            action: self.action,
            label: words(&self.label, default.map(|row| &row.label)),
            help: words(&self.help, default.map(|row| &row.help)),
            group: words(&self.group, default.map(|row| &row.group)),
            weight: self.weight.or(default.map(|row| row.weight)).unwrap_or_default(),
            dangerous: self.dangerous || default.is_some_and(|row| row.dangerous),
        }
    }

    /// The row in a few words.
    pub(super) fn in_words(&self) -> String {
        format!("{} {}", self.place, self.action)
    }
}
