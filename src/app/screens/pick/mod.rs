//! A list to pick from, with a line to narrow it: palette, provider, filters, sort, columns.

mod commands;
pub(crate) mod items;
mod request_items;
mod screen;
mod view;

use tui_input::{Input, InputRequest};
use uuid::Uuid;

use crate::app::input::Key;
use crate::app::text_input::edit_line;
use crate::app::{Action, Destination};
use crate::domain::code::Language;
use crate::domain::column::Column;
use crate::domain::{Choice, Clean, GrantId};
use crate::search::choose;
use crate::ui::layout;

pub use commands::Command;
pub(crate) use commands::VIEW;
pub(crate) use request_items::{languages, operations, presets, refresh_operations};
pub(crate) use screen::{PickScreen, sort_by};

/// How many items are visible at once, at most.
pub const VISIBLE: usize = 14;

/// What the picked item is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// Every action by name.
    Palette,
    /// A menu of what can be filtered by.
    FilterMenu,
    /// The value of a filter.
    Value(Choice),
    /// The column to sort by.
    Sort,
    /// The columns to show, in their order.
    Columns,
    /// What is usually asked of a provider.
    Preset,
    /// What can be called at a provider.
    Operation,
    /// How a call is written down elsewhere.
    Language,
    /// The session to go on with.
    Session,
    /// The grant that takes the place of an id in files.
    Replacement,
    /// The agent that loses a grant.
    Agent,
    /// The provider to connect.
    Provider,
    /// The scopes that it is asked for.
    Scopes,
}

/// What an item stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// An action.
    Action(Action),
    /// A filter, whose values come next.
    Choice(Choice),
    /// The value of a filter; empty = any.
    Text(String),
    /// A column.
    Column(Column),
    /// The order in which the backend sends the rows.
    AsSent,
    /// What is usually asked of a provider, by its place in the table.
    Preset(usize),
    /// An operation of a provider, by its id.
    Operation(String),
    /// How a call is written down elsewhere.
    Language(Language),
    /// A session.
    Session(Destination),
    /// A grant.
    Grant(Uuid),
    /// An agent, by its id.
    Agent(GrantId),
    /// What is done with a saved view.
    View(Command),
}

/// One item.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// What it stands for.
    pub value: Value,
    /// Its name.
    pub label: Clean,
    /// What it means.
    pub note: Clean,
    /// At the right: a key, a count.
    pub right: Clean,
    /// For a list of switches: whether it is on.
    pub on: Option<bool>,
    /// Why it cannot be picked now.
    pub blocked: Option<String>,
}

impl Item {
    /// All that its line says, in small letters.
    fn all_columns(&self) -> String {
        let note = self.blocked.as_deref().unwrap_or_default();
        format!("{}\n{}\n{note}\n{}", self.label, self.note, self.right).to_lowercase()
    }
}

/// The list that is open.
#[derive(Debug)]
pub struct Pick {
    /// What for.
    pub purpose: Purpose,
    /// Heading.
    pub title: String,
    /// What was typed to narrow it.
    pub input: Input,
    /// Everything there is.
    pub items: Vec<Item>,
    /// The indices that match, in the order shown.
    pub shown: Vec<usize>,
    /// The chosen place among the shown.
    pub cursor: usize,
    /// The first visible place.
    pub offset: usize,
    /// Whether a typed text that is no item can be picked.
    pub free: bool,
    /// What the list belongs to.
    pub about: String,
    /// The columns as they were: they come back when the list is left without Enter.
    pub before: Vec<Column>,
}

impl Pick {
    /// A list with everything shown.
    pub fn new(purpose: Purpose, title: &str, items: Vec<Item>) -> Self {
        let shown = (0..items.len()).collect();
        Self {
            purpose,
            title: title.to_owned(),
            input: Input::default(),
            items,
            shown,
            cursor: 0,
            offset: 0,
            free: false,
            about: String::new(),
            before: Vec::new(),
        }
    }

    /// Lets a typed text be picked that is no item.
    #[must_use]
    pub fn free(mut self) -> Self {
        self.free = true;
        self
    }

    /// Says what the list belongs to.
    #[must_use]
    pub fn about(mut self, what: &str) -> Self {
        what.clone_into(&mut self.about);
        self
    }

    /// Begins at the item with this value.
    #[must_use]
    pub fn at(mut self, value: &Value) -> Self {
        if let Some(place) = self.items.iter().position(|item| item.value == *value) {
            self.go_to(place);
        }
        self
    }

    /// Whether typed characters narrow the list (they do not where Space switches items).
    pub fn takes_text(&self) -> bool {
        self.purpose != Purpose::Columns
    }

    /// The item under the cursor.
    pub fn chosen(&self) -> Option<&Item> {
        self.items.get(*self.shown.get(self.cursor)?)
    }

    /// Moves the cursor.
    pub fn go_to(&mut self, place: usize) {
        self.cursor = place.min(self.shown.len().saturating_sub(1));
        self.offset = layout::scroll_to(self.offset, self.cursor, VISIBLE, self.shown.len(), layout::CONTEXT);
    }

    /// Moves the cursor by some places, round the ends.
    pub fn step(&mut self, by: isize) {
        let len = self.shown.len();
        if len > 0 {
            self.go_to((self.cursor + len).saturating_add_signed(by) % len);
        }
    }

    /// Lets a key edit the typed text; false when it does not.
    pub fn edit(&mut self, key: Key) -> bool {
        if !self.takes_text() || !edit_line(&mut self.input, key) {
            return false;
        }
        self.narrow();
        true
    }

    /// Puts pasted text in, as one line.
    pub fn paste(&mut self, text: &str) {
        if self.takes_text() {
            for character in Clean::line(text).as_str().chars() {
                self.input.handle(InputRequest::InsertChar(character));
            }
            self.narrow();
        }
    }

    /// Puts other items in place; what was typed still narrows them.
    pub fn refill(&mut self, items: Vec<Item>) {
        self.items = items;
        self.narrow();
    }

    /// Shows what fits to the typed text.
    pub(crate) fn narrow(&mut self) {
        let typed = self.input.value().trim().to_owned();
        self.items.retain(|item| match &item.value {
            Value::Text(text) => item.right.as_str() != TYPED || text.is_empty(),
            Value::View(_) => item.right.as_str() != TYPED,
            Value::Action(_)
            | Value::Choice(_)
            | Value::Column(_)
            | Value::AsSent
            | Value::Preset(_)
            | Value::Operation(_)
            | Value::Language(_)
            | Value::Session(_)
            | Value::Grant(_)
            | Value::Agent(_) => true,
        });
        let ranked = choose::rank(self.items.iter().map(|item| item.label.as_str()), &typed);
        // Every word must be there, in any order and any column; what names an item comes before what only explains
        // it, and words to the letter before scattered letters.
        let lower = typed.to_lowercase();
        let words: Vec<&str> = lower.split_whitespace().collect();
        let has = |text: &str| words.iter().all(|word| text.contains(word));
        let (named, shown): (Vec<bool>, Vec<bool>) = self
            .items
            .iter()
            .map(|item| (has(&item.label.as_str().to_lowercase()), has(&item.all_columns())))
            .unzip();
        let is = |list: &[bool], at: usize| list.get(at).copied().unwrap_or_default();
        let first = ranked.iter().copied().filter(|at| is(&named, *at));
        let explained = (0..self.items.len()).filter(|at| is(&shown, *at) && !is(&named, *at));
        let scattered = ranked.iter().copied().filter(|at| !is(&shown, *at));
        self.shown = first.chain(explained).chain(scattered).collect();
        let exact = self.items.iter().any(|item| item.label.as_str() == typed);
        if self.free && !typed.is_empty() && !exact {
            self.items.push(Item {
                value: Value::Text(typed.clone()),
                label: Clean::line(&typed),
                note: Clean::default(),
                right: Clean::line(TYPED),
                on: None,
                blocked: None,
            });
            self.shown.push(self.items.len() - 1);
        }
        if self.purpose == Purpose::Palette && commands::are_meant(self.input.value()) {
            self.shown
                .sort_by_key(|at| !matches!(self.items.get(*at), Some(Item { value: Value::View(_), .. })));
            if let Some(item) = commands::typed(&typed, &self.items) {
                self.items.push(item);
                self.shown.insert(0, self.items.len() - 1);
            }
        }
        self.cursor = 0;
        self.offset = 0;
    }
}

/// The note at the right of an item that is the typed text itself.
pub(crate) const TYPED: &str = "as typed";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::input::KeyCode;

    fn pick(labels: &[&str]) -> Pick {
        let items = labels
            .iter()
            .map(|label| Item {
                value: Value::Text((*label).to_owned()),
                label: Clean::brief(label),
                note: Clean::default(),
                right: Clean::default(),
                on: None,
                blocked: None,
            })
            .collect();
        Pick::new(Purpose::Value(Choice::Account), "account", items)
    }

    fn labels(pick: &Pick) -> Vec<&str> {
        pick.shown.iter().map(|index| pick.items[*index].label.as_str()).collect()
    }

    #[test]
    fn typing_narrows_and_a_free_list_offers_what_was_typed() {
        let mut closed = pick(&["work@acme.com", "home@acme.com"]);
        assert!(closed.edit(Key::char('w')));
        assert_eq!(labels(&closed), ["work@acme.com"]);
        let mut free = pick(&["work@acme.com", "home@acme.com"]).free();
        for character in "wo".chars() {
            free.edit(Key::char(character));
        }
        assert_eq!(labels(&free), ["work@acme.com", "wo"]);
        free.edit(Key::plain(KeyCode::Backspace));
        assert_eq!(labels(&free), ["work@acme.com", "w"]);
    }

    #[test]
    fn the_cursor_goes_round_the_ends() {
        let mut list = pick(&["a", "b", "c"]);
        list.step(-1);
        assert_eq!(list.cursor, 2);
        list.step(1);
        assert_eq!(list.cursor, 0);
        pick(&[]).step(1);
    }

    #[test]
    fn what_is_typed_to_the_letter_comes_before_scattered_letters() {
        let operation = |label: &str, note: &str, id: &str| Item {
            value: Value::Operation(id.to_owned()),
            label: Clean::brief(label),
            note: Clean::brief(note),
            right: Clean::brief(id),
            on: None,
            blocked: None,
        };
        let items = vec![
            operation("DELETE /calendar/{name}/events/{an}", "Delete an event", "events.delete"),
            operation("POST /calendars/{calendarId}/events", "Create an event", "events.insert"),
        ];
        let mut pick = Pick::new(Purpose::Operation, "Operations", items);
        pick.paste("create an");
        assert_eq!(pick.chosen().map(|item| item.right.as_str()), Some("events.insert"));
        pick.input.reset();
        pick.paste("insert");
        assert_eq!(pick.chosen().map(|item| item.right.as_str()), Some("events.insert"));
        // Words in any order, over all columns.
        for typed in ["event create", "post insert", "calendars an create", "INSERT Post"] {
            pick.input.reset();
            pick.paste(typed);
            let found: Vec<&str> = pick.shown.iter().map(|at| pick.items[*at].right.as_str()).collect();
            assert_eq!(found, ["events.insert"], "{typed}");
        }
        pick.input.reset();
        pick.paste("create nothing");
        assert!(pick.shown.is_empty(), "every word counts");
    }
}
