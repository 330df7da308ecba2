//! The lists to pick from, made from the model.

use std::collections::BTreeMap;

use strum::IntoEnumIterator;

use super::help::keys;
use super::pick::Value;
use super::{Item, Pick, Purpose};
use crate::app::availability::{Availability, availability};
use crate::app::screens::grants::{self, Choice, chips};
use crate::app::{Action, Model};
use crate::domain::column::Order;
use crate::domain::{Clean, Column, provider, words};

/// How many seen values a filter offers at most; whoever has more types.
const SUGGESTIONS: usize = 2_000;

fn item(value: Value, label: &str, note: &str, right: &str) -> Item {
    Item {
        value,
        label: Clean::line(label),
        note: Clean::line(note),
        right: Clean::line(right),
        on: None,
        blocked: None,
    }
}

/// Every action by name.
pub(crate) fn palette(model: &Model) -> Pick {
    let place = model.place();
    let items = Action::iter().filter_map(|action| {
        let availability = availability(model, action);
        if availability == Availability::Hidden {
            return None;
        }
        let row = model.keymap.row(place, action)?;
        let mut item = item(Value::Action(action), action.name(), &row.help, &keys(row));
        if let Availability::Blocked(reason) = availability {
            item.blocked = Some(reason.to_owned());
        }
        Some(item)
    });
    Pick::new(Purpose::Palette, "Actions", items.collect())
}

/// The menu of filters.
pub(crate) fn filter_menu(model: &Model) -> Pick {
    let items = Choice::all().map(|choice| {
        let note = if choice.is_local() { "in what is loaded" } else { "at the backend" };
        let value = model.grants.filters.get(choice).unwrap_or("any");
        let shown = if model.privacy && choice == Choice::Account && value != "any" {
            grants::masked_account(value)
        } else {
            value.to_owned()
        };
        item(Value::Choice(choice), choice.name(), note, &shown)
    });
    Pick::new(Purpose::FilterMenu, "Filter by", items.collect())
}

/// The values of one filter.
pub(crate) fn values(model: &Model, choice: Choice) -> Pick {
    let any = item(Value::Text(String::new()), "any", "", "");
    let mut items = vec![any];
    match choice {
        Choice::Provider => items.extend(chips(model).into_iter().skip(1).filter_map(|chip| {
            let id = chip.provider.as_ref()?;
            let note = model
                .catalog
                .value()
                .and_then(|catalog| catalog.providers.get(id))
                .map(|entry| entry.display_name.to_string())
                .or_else(|| provider::known(id).map(|known| known.name.clone()))
                .unwrap_or_default();
            Some(item(Value::Text(id.to_string()), id, &note, &chip.count_text()))
        })),
        Choice::Account | Choice::Label => {
            let mut seen: BTreeMap<&str, u64> = BTreeMap::new();
            for grant in model.grants.rows.iter() {
                let value = match choice {
                    Choice::Account => grant.account_identifier.as_deref(),
                    _ => grant.label.as_deref(),
                };
                if let Some(value) = value.filter(|value| !value.is_empty())
                    && (seen.len() < SUGGESTIONS || seen.contains_key(value))
                {
                    *seen.entry(value).or_default() += 1;
                }
            }
            items.extend(seen.into_iter().map(|(value, count)| {
                let label = if model.privacy && choice == Choice::Account {
                    grants::masked_account(value)
                } else {
                    value.to_owned()
                };
                item(Value::Text(value.to_owned()), &label, "", &words::count(count))
            }));
        }
        Choice::Status | Choice::Kind | Choice::Health => {
            items.extend(
                choice
                    .values()
                    .into_iter()
                    .map(|(value, note)| item(Value::Text(value.to_owned()), value, note, "")),
            );
        }
    }
    let now = Value::Text(model.grants.filters.get(choice).unwrap_or_default().to_owned());
    let title = if choice.is_local() {
        format!("Filter by {} (in {} loaded)", choice.name(), words::count(model.grants.rows.len() as u64))
    } else {
        format!("Filter by {}", choice.name())
    };
    let pick = Pick::new(Purpose::Value(choice), &title, items).at(&now);
    if matches!(choice, Choice::Account | Choice::Label | Choice::Status | Choice::Provider) {
        pick.free()
    } else {
        pick
    }
}

/// The columns to sort by.
pub(crate) fn sort(model: &Model) -> Pick {
    let (chosen, arrow) = match model.grants.order {
        Order::AsSent => (Value::AsSent, ""),
        Order::By { column, descending } => (Value::Column(column), if descending { "▼" } else { "▲" }),
    };
    let mark = |value: &Value| if *value == chosen { arrow } else { "" };
    let mut items = vec![item(Value::AsSent, "as sent", "The backend's own order, or best match first", "")];
    items.extend(Column::iter().map(|column| {
        let value = Value::Column(column);
        let right = mark(&value);
        item(value, column.name(), column.facts().help, right)
    }));
    Pick::new(Purpose::Sort, "Sort by", items).at(&chosen)
}

/// The columns to show: those that are on first, in their order.
pub(crate) fn columns(model: &Model) -> Pick {
    let on = &model.grants.columns;
    let rest = Column::iter().filter(|column| !on.contains(column));
    let items = on.iter().copied().chain(rest).map(|column| Item {
        on: Some(on.contains(&column)),
        ..item(Value::Column(column), column.name(), column.facts().help, "")
    });
    Pick::new(Purpose::Columns, "Columns", items.collect())
}
