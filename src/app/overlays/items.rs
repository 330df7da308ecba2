//! The lists to pick from, made from the model.

use std::collections::{BTreeMap, HashSet};

use strum::IntoEnumIterator;

use super::help::keys;
use super::pick::Value;
use super::{Item, Pick, Purpose};
use crate::app::availability::{Availability, availability};
use crate::app::keymap::{Binding, Place};
use crate::app::screens::grants::{self, Choice, chips};
use crate::app::{Action, Model};
use crate::domain::column::Order;
use crate::domain::{Clean, Column, Health, HealthGroup, Now, provider, words};

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

/// Every action by name: those of the place first, leaving the program last.
pub(crate) fn palette(model: &Model) -> Pick {
    let place = model.place();
    let rows = model.keymap.rows(place).chain(model.keymap.rows(Place::Global));
    let mut seen = HashSet::new();
    let mut rows: Vec<&Binding> = rows.filter(|row| seen.insert(row.action)).collect();
    rows.sort_by_key(|row| (row.action == Action::Quit, row.group == MOVING));
    let items = rows.into_iter().filter_map(|row| {
        let mut item = item(Value::Action(row.action), row.action.name(), &row.help, &keys(row));
        match availability(model, row.action) {
            Availability::Hidden => return None,
            Availability::Blocked(reason) => item.blocked = Some(reason.to_owned()),
            Availability::Ready => {}
        }
        Some(item)
    });
    Pick::new(Purpose::Palette, "Actions", items.collect())
}

/// The group of the keymap whose keys nobody looks up by name.
const MOVING: &str = "Move";

/// The menu of filters.
pub(crate) fn filter_menu(model: &Model) -> Pick {
    let items = Choice::all().map(|choice| {
        let note = if choice.is_local() { "among those loaded" } else { "asked of the backend" };
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
pub(crate) fn values(model: &Model, choice: Choice, now: Now) -> Pick {
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
        Choice::Health => {
            let mut counts: BTreeMap<Health, u64> = BTreeMap::new();
            for grant in model.grants.rows.iter() {
                *counts.entry(Health::of(grant, now.wall)).or_default() += 1;
            }
            items.extend(HealthGroup::all().map(|group| {
                let count = group.members.iter().filter_map(|health| counts.get(health)).sum();
                item(Value::Text(group.name.to_owned()), group.name, group.explained(), &words::count(count))
            }));
        }
        Choice::Status | Choice::Kind => {
            items.extend(
                choice
                    .values()
                    .into_iter()
                    .map(|(value, note)| item(Value::Text(value.to_owned()), value, note, "")),
            );
        }
    }
    let chosen = Value::Text(model.grants.filters.get(choice).unwrap_or_default().to_owned());
    let title = if choice.is_local() {
        format!("Filter by {} (in {} loaded)", choice.name(), words::count(model.grants.rows.len() as u64))
    } else {
        format!("Filter by {}", choice.name())
    };
    let pick = Pick::new(Purpose::Value(choice), &title, items).at(&chosen);
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
    Pick { before: on.clone(), ..Pick::new(Purpose::Columns, "Columns", items.collect()) }
}
