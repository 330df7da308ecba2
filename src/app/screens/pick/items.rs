//! The lists to pick from, made from the model.

use std::collections::{BTreeMap, HashSet};

use strum::IntoEnumIterator;

use super::{Item, Pick, Purpose, Value, commands};
use crate::app::action::AppAction;
use crate::app::availability::Availability;
use crate::app::available::availability;
use crate::app::keymap::{Binding, Place};
use crate::app::screens::grants::Grants;
use crate::app::screens::grants::{Choice, chips};
use crate::app::screens::help::keys;
use crate::app::shared::Shared;
use crate::app::{Action, Model, private};
use crate::domain::column::Order;
use crate::domain::{Clean, Column, Health, HealthGroup, Now, provider, words};

/// How many seen values a filter offers at most; whoever has more types.
const SUGGESTIONS: usize = 2_000;

pub(crate) fn item(value: Value, label: &str, note: &str, right: &str) -> Item {
    Item {
        value,
        label: Clean::brief(label),
        note: Clean::brief(note),
        right: Clean::brief(right),
        on: None,
        blocked: None,
    }
}

/// Every action by name: those of the place first, leaving the program last.
pub(crate) fn palette(model: &Model) -> Pick {
    let place = model.place();
    let rows = model.shared.keymap.rows(place).chain(model.shared.keymap.rows(Place::Global));
    let mut seen = HashSet::new();
    let mut rows: Vec<&Binding> = rows.filter(|row| seen.insert(row.action)).collect();
    rows.sort_by_key(|row| (row.action == Action::App(AppAction::Quit), row.group == MOVING));
    let items = rows.into_iter().filter_map(|row| {
        let mut item = item(Value::Action(row.action), row.action.name(), &row.help, &keys(row));
        match availability(model, row.action) {
            Availability::Hidden => return None,
            Availability::Blocked(reason) => item.blocked = Some(reason.to_owned()),
            Availability::Ready => {}
        }
        Some(item)
    });
    Pick::new(Purpose::Palette, "Actions", items.chain(commands::commands(&model.shared)).collect())
}

/// The group of the keymap whose keys nobody looks up by name.
const MOVING: &str = "Move";

/// The menu of filters.
pub(crate) fn filter_menu(grants: &Grants, shared: &Shared) -> Pick {
    let items = Choice::all().map(|choice| {
        let note = if choice.is_local() { "among the loaded" } else { "from the backend" };
        let value = grants.filters.get(choice);
        let shown = value.map_or_else(|| "any".to_owned(), |value| shown(shared, choice, value));
        item(Value::Choice(choice), choice.name(), note, &shown)
    });
    Pick::new(Purpose::FilterMenu, "Filter by", items.collect())
}

/// A value of a filter, as it may be shown.
fn shown(shared: &Shared, choice: Choice, value: &str) -> String {
    match choice {
        Choice::Account => private::account(shared, value),
        Choice::Label => private::name(shared, value),
        Choice::Provider => private::provider(shared, value),
        Choice::Status | Choice::Kind | Choice::Health => value.to_owned(),
    }
}

/// The values of one filter, each with how many rows it would show.
pub(crate) fn values(grants: &Grants, shared: &Shared, choice: Choice, now: Now) -> Pick {
    let mut items = vec![item(Value::Text(String::new()), "any", "", "")];
    let mut title = format!("Filter by {}", choice.name());
    if choice == Choice::Provider {
        items.extend(providers(grants, shared));
    } else {
        let counted = counted(grants, choice, now);
        let others = grants.filters.without(choice);
        // Where more rows are still to come, a count is the least there is.
        let more = if grants.walk.has_all(&others.server) { "" } else { "+" };
        let of = |value: &str| counted.values.get(value).copied().unwrap_or(0);
        let line = |value: &str, note: &str, count: u64| {
            let right = if count == 0 { "0".to_owned() } else { format!("{}{more}", words::count(count)) };
            item(Value::Text(value.to_owned()), &shown(shared, choice, value), note, &right)
        };
        let known = choice.values();
        items.extend(known.iter().map(|(value, note)| line(value, note, of(value))));
        if choice == Choice::Health {
            items.extend(HealthGroup::all().map(|group| {
                let count = group.members.iter().map(|health| of(health.name())).sum();
                line(group.name, group.explained(), count)
            }));
        } else {
            let seen = counted.values.iter();
            let seen = seen.filter(|(value, _)| !known.iter().any(|(word, _)| word == *value));
            items.extend(seen.map(|(value, count)| line(value, "", *count)));
        }
        if choice.is_local() {
            title = format!("{title} (in {} loaded)", words::count(counted.rows));
        }
    }
    let chosen = Value::Text(grants.filters.get(choice).unwrap_or_default().to_owned());
    let pick = Pick::new(Purpose::Value(choice), &title, items).at(&chosen);
    if matches!(choice, Choice::Account | Choice::Label | Choice::Status | Choice::Provider) {
        pick.free()
    } else {
        pick
    }
}

/// The providers, as the chips count them.
fn providers(grants: &Grants, shared: &Shared) -> impl Iterator<Item = Item> {
    chips(grants, shared).into_iter().skip(1).filter_map(|chip| {
        let id = chip.provider.as_ref()?;
        let note = shared
            .catalog
            .value()
            .and_then(|catalog| catalog.providers.get(id))
            .map(|entry| entry.display_name.to_string())
            .or_else(|| provider::known(id).map(|known| known.name.clone()))
            .unwrap_or_default();
        let label = shown(shared, Choice::Provider, id);
        Some(item(Value::Text(id.to_string()), &label, &note, &chip.count_text()))
    })
}

/// How often each value is seen among the rows that the other filters let through.
struct Counted<'a> {
    values: BTreeMap<&'a str, u64>,
    rows: u64,
}

fn counted(grants: &Grants, choice: Choice, now: Now) -> Counted<'_> {
    let others = grants.filters.without(choice);
    let mut counted = Counted { values: BTreeMap::new(), rows: 0 };
    for grant in grants.rows.iter().filter(|grant| others.accept(grant, now)) {
        counted.rows += 1;
        let value = match choice {
            Choice::Provider => Some(&*grant.provider),
            Choice::Account => grant.account_identifier.as_deref(),
            Choice::Label => grant.label.as_deref(),
            Choice::Status => Some(grant.status.as_str()),
            Choice::Kind => Some(grant.kind.as_str()),
            Choice::Health => Some(Health::of(grant, now.wall).name()),
        };
        if let Some(value) = value.filter(|value| !value.is_empty())
            && (counted.values.len() < SUGGESTIONS || counted.values.contains_key(value))
        {
            *counted.values.entry(value).or_default() += 1;
        }
    }
    counted
}

/// The columns to sort by.
pub(crate) fn sort(grants: &Grants) -> Pick {
    let (chosen, arrow) = match grants.order {
        Order::AsSent => (Value::AsSent, ""),
        Order::By { column, descending } => (Value::Column(column), if descending { "▼" } else { "▲" }),
    };
    let mark = |value: &Value| if *value == chosen { arrow } else { "" };
    let mut items = vec![item(Value::AsSent, "as sent", "Backend order, or best match first", "")];
    items.extend(Column::sortable().map(|column| {
        let value = Value::Column(column);
        let right = mark(&value);
        item(value, column.name(), column.facts().help, right)
    }));
    Pick::new(Purpose::Sort, "Sort by", items).at(&chosen)
}

/// The columns to show: those that are on first, in their order.
pub(crate) fn columns(grants: &Grants) -> Pick {
    let on = &grants.columns;
    let rest = Column::iter().filter(|column| !on.contains(column));
    let items = on.iter().copied().chain(rest).map(|column| Item {
        on: Some(on.contains(&column)),
        ..item(Value::Column(column), column.name(), column.facts().help, "")
    });
    Pick { before: on.clone(), ..Pick::new(Purpose::Columns, "Columns", items.collect()) }
}
