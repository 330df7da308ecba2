//! What the palette can do with saved views: `view NAME`, `view save NAME`, `view delete NAME`.

use super::{Item, TYPED, Value};
use crate::app::private;
use crate::app::shared::Shared;
use crate::domain::column::Order;
use crate::domain::remembered::check_name;
use crate::domain::suggest::nearest;
use crate::domain::{Choice, Clean, Look, SavedView};

/// What the palette can do with views.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// Show the list as it was saved.
    Open(String),
    /// Save the list as it is.
    Save(String),
    /// Forget a view.
    Delete(String),
}

/// The word that all of them begin with.
pub(crate) const VIEW: &str = "view";

impl Command {
    fn label(&self) -> String {
        match self {
            Self::Open(name) => format!("{VIEW} {name}"),
            Self::Save(name) if name.is_empty() => format!("{VIEW} save …"),
            Self::Save(name) => format!("{VIEW} save {name}"),
            Self::Delete(name) => format!("{VIEW} delete {name}"),
        }
    }

    fn item(self, note: &str, right: &str) -> Item {
        let label = Clean::brief(&self.label());
        let (note, right) = (Clean::brief(note), Clean::brief(right));
        Item { value: Value::View(self), label, note, right, on: None, blocked: None }
    }
}

/// The commands as items: every view, how to save one, how to delete each.
pub(super) fn commands(shared: &Shared) -> Vec<Item> {
    let views = &shared.memory.views;
    let shown = views.iter().map(|(name, view)| Command::Open(name.clone()).item(&message(shared, view), ""));
    let save = "Type a name after it to save filters, search, sort order and columns.";
    let save = Command::Save(String::new()).item(save, "");
    let delete = views.keys().map(|name| Command::Delete(name.clone()).item("Delete this view.", ""));
    shown.chain([save]).chain(delete).collect()
}

/// What a view shows, in a line that may be looked at by others.
fn message(shared: &Shared, view: &SavedView) -> String {
    let Look { filters, order, .. } = &view.look;
    let mut parts: Vec<String> = filters
        .active()
        .map(|(choice, value)| match choice {
            Choice::Account => private::account(shared, value),
            Choice::Label => private::name(shared, value),
            Choice::Provider => private::provider(shared, value),
            Choice::Status | Choice::Kind | Choice::Health => value.to_owned(),
        })
        .collect();
    if !view.search.is_empty() {
        parts.push(if shared.privacy { "a search".to_owned() } else { format!("“{}”", view.search) });
    }
    if parts.is_empty() {
        parts.push("all grants".to_owned());
    }
    let sorted = match order {
        Order::AsSent => "in the backend's order".to_owned(),
        Order::By { column, descending } => {
            format!("by {} {}", column.name(), if *descending { "▼" } else { "▲" })
        }
    };
    format!("Show {}, {sorted}.", parts.join(" · "))
}

/// Whether what is typed into the palette is about views.
pub(super) fn are_meant(text: &str) -> bool {
    text.trim_start().strip_prefix(VIEW).is_some_and(|rest| rest.starts_with(' '))
}

/// The command that was typed into the palette, where none of its items is that command.
pub(super) fn typed(text: &str, items: &[Item]) -> Option<Item> {
    let rest = text.strip_prefix(VIEW)?.strip_prefix(' ')?.trim();
    let (verb, name) = rest.split_once(' ').map_or((rest, ""), |(verb, name)| (verb, name.trim()));
    let names = || {
        items.iter().filter_map(|item| match &item.value {
            Value::View(Command::Open(name)) => Some(name.as_str()),
            Value::Action(_)
            | Value::Choice(_)
            | Value::Text(_)
            | Value::Column(_)
            | Value::AsSent
            | Value::Preset(_)
            | Value::Operation(_)
            | Value::Language(_)
            | Value::Session(_)
            | Value::Grant(_)
            | Value::Agent(_)
            | Value::View(_) => None,
        })
    };
    let unknown = |command: Command, name: &str| {
        let meant = nearest(name, names()).map(|meant| format!("; did you mean {meant}?"));
        let problem = format!("No view {name}{}", meant.as_deref().unwrap_or("."));
        Item { blocked: Some(Clean::brief(&problem).to_string()), ..command.item("No such view.", TYPED) }
    };
    match (verb, name) {
        ("" | "save" | "delete", "") => None,
        ("save", name) => {
            let known = names().any(|known| known == name);
            let note = if known { "Overwrite this view." } else { "Save the current list." };
            let blocked =
                check_name(name).err().map(|why| Clean::brief(&format!("Not saved: {why}.")).to_string());
            Some(Item { blocked, ..Command::Save(name.to_owned()).item(note, TYPED) })
        }
        ("delete", name) => {
            let begins = names().any(|known| known.starts_with(name));
            (!begins).then(|| unknown(Command::Delete(name.to_owned()), name))
        }
        _ => {
            let begins = names().any(|known| known.starts_with(rest))
                || "save".starts_with(rest)
                || "delete".starts_with(rest);
            (!begins).then(|| unknown(Command::Open(rest.to_owned()), rest))
        }
    }
}
