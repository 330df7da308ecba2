//! The files as they are written: names instead of types, so that a name which another version knows costs only
//! what it stands for, and a key which only that version knows stays where it is.

use std::collections::BTreeMap;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value};
use strum::IntoEnumIterator as _;

use super::{Kept, VERSION};
use crate::domain::column::Order;
use crate::domain::remembered::{MemoryChange, check_name};
use crate::domain::{Choice, Chosen, Column, Filters, Look, Remembered, SavedView, Split};
use crate::store::config::{parse_column, parse_order};

/// A profile's part.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Written {
    version: u32,
    #[serde(default, deserialize_with = "lenient", skip_serializing_if = "Option::is_none")]
    filters: Option<Over<Named>>,
    #[serde(default, deserialize_with = "lenient", skip_serializing_if = "Option::is_none")]
    sort: Option<Over<String>>,
    #[serde(default, deserialize_with = "lenient", skip_serializing_if = "Option::is_none")]
    columns: Option<Over<Vec<String>>>,
    #[serde(default, deserialize_with = "lenient", skip_serializing_if = "Option::is_none")]
    detail: Option<String>,
    #[serde(default, deserialize_with = "lenient", skip_serializing_if = "Option::is_none")]
    list_percent: Option<u8>,
    #[serde(default, deserialize_with = "lenient", skip_serializing_if = "Option::is_none")]
    copy_format: Option<String>,
    #[serde(default, deserialize_with = "lenient", skip_serializing_if = "Option::is_none")]
    write_path: Option<String>,
    #[serde(default, deserialize_with = "each_lenient", skip_serializing_if = "BTreeMap::is_empty")]
    views: BTreeMap<String, WrittenView>,
    /// What only another version knows.
    #[serde(flatten)]
    others: Map<String, Value>,
}

/// A value that another version writes in another form costs itself, not the file.
fn lenient<'de, D: Deserializer<'de>, T: Default + DeserializeOwned>(from: D) -> Result<T, D::Error> {
    Ok(serde_json::from_value(Value::deserialize(from)?).unwrap_or_default())
}

/// The same of each view.
fn each_lenient<'de, D: Deserializer<'de>>(from: D) -> Result<BTreeMap<String, WrittenView>, D::Error> {
    let Value::Object(views) = Value::deserialize(from)? else { return Ok(BTreeMap::new()) };
    let read = views.into_iter().filter_map(|(name, view)| Some((name, serde_json::from_value(view).ok()?)));
    Ok(read.collect())
}

/// A choice, and what the configuration said.
#[derive(Debug, Serialize, Deserialize)]
struct Over<T> {
    value: T,
    over: T,
}

/// Filters by their names.
type Named = BTreeMap<String, String>;

#[derive(Debug, Serialize, Deserialize)]
struct WrittenView {
    #[serde(default)]
    filters: Named,
    #[serde(default)]
    search: String,
    #[serde(default)]
    sort: String,
    #[serde(default)]
    columns: Vec<String>,
    #[serde(flatten)]
    others: Map<String, Value>,
}

/// Which profile was used last.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Last {
    version: u32,
    pub(super) profile: Option<String>,
}

impl Default for Last {
    fn default() -> Self {
        Self { version: VERSION, profile: None }
    }
}

impl Kept for Last {
    fn version(&self) -> u32 {
        self.version
    }
}

impl Default for Written {
    fn default() -> Self {
        Self {
            version: VERSION,
            filters: None,
            sort: None,
            columns: None,
            detail: None,
            list_percent: None,
            copy_format: None,
            write_path: None,
            views: BTreeMap::new(),
            others: Map::new(),
        }
    }
}

impl Kept for Written {
    fn version(&self) -> u32 {
        self.version
    }
}

impl<T> Over<T> {
    fn of<U>(chosen: Option<&Chosen<U>>, write: impl Fn(&U) -> T) -> Option<Self> {
        chosen.map(|chosen| Self { value: write(&chosen.value), over: write(&chosen.over) })
    }

    fn read<U>(self, read: impl Fn(&T) -> Option<U>) -> Option<Chosen<U>> {
        Some(Chosen { value: read(&self.value)?, over: read(&self.over)? })
    }
}

impl Written {
    /// Takes in what is to be remembered.
    pub(super) fn take(&mut self, keep: MemoryChange) {
        match keep {
            MemoryChange::Choices(now) => {
                self.filters = Over::of(now.filters.as_ref(), named);
                self.sort = Over::of(now.order.as_ref(), Order::to_string);
                self.columns = Over::of(now.columns.as_ref(), |columns| names(columns));
                self.detail = (now.split.side != Split::default().side).then(|| now.split.side.to_string());
                self.list_percent = now.split.list;
                self.copy_format = now.format.map(|format| format.to_string());
                self.write_path = now.path;
            }
            MemoryChange::View(name, view) => {
                let SavedView { look, search } = *view;
                let others = self.views.remove(&name).map(|before| before.others).unwrap_or_default();
                let view = WrittenView {
                    filters: named(&look.filters),
                    search,
                    sort: look.order.to_string(),
                    columns: names(&look.columns),
                    others,
                };
                self.views.insert(name, view);
            }
            MemoryChange::Forget(name) => _ = self.views.remove(&name),
        }
    }

    /// What it means. What cannot be meant is as if it were not there.
    pub(super) fn into_remembered(self) -> Remembered {
        let side = self.detail.and_then(|side| side.parse().ok()).unwrap_or_default();
        let views = self.views.into_iter().filter(|(name, _)| check_name(name).is_ok());
        Remembered {
            filters: self.filters.and_then(|filters| filters.read(filters_of)),
            order: self.sort.and_then(|sort| sort.read(|text| order_of(text))),
            columns: self.columns.and_then(|columns| columns.read(|names| columns_of(names))),
            split: Split { side, list: self.list_percent.filter(|percent| *percent < 100) },
            format: self.copy_format.and_then(|format| format.parse().ok()),
            path: self.write_path.filter(|path| !path.is_empty() && !path.contains(char::is_control)),
            views: views.filter_map(|(name, view)| Some((name, view.into_view()?))).collect(),
        }
    }
}

impl WrittenView {
    fn into_view(self) -> Option<SavedView> {
        let look = Look {
            filters: filters_of(&self.filters)?,
            order: order_of(&self.sort)?,
            columns: columns_of(&self.columns)?,
        };
        Some(SavedView { look, search: self.search })
    }
}

fn named(filters: &Filters) -> Named {
    filters.active().map(|(choice, value)| (choice.name().to_owned(), value.to_owned())).collect()
}

/// None where there is one that this version does not know: without it the list would show more than was meant.
fn filters_of(named: &Named) -> Option<Filters> {
    let mut filters = Filters::default();
    for (name, value) in named {
        let choice = Choice::all().find(|choice| choice.name() == name)?;
        filters.set(choice, value);
        filters.get(choice)?;
    }
    Some(filters)
}

fn order_of(text: &str) -> Option<Order> {
    if text == Order::AsSent.to_string() { Some(Order::AsSent) } else { parse_order(text).ok() }
}

fn names(columns: &[Column]) -> Vec<String> {
    columns.iter().map(|column| column.name().to_owned()).collect()
}

/// Those that this version knows, each once; None where nothing is left.
fn columns_of(names: &[String]) -> Option<Vec<Column>> {
    let mut columns: Vec<Column> = Vec::new();
    for column in names.iter().filter_map(|name| parse_column(name).ok()) {
        if !columns.contains(&column) {
            columns.push(column);
        }
    }
    debug_assert!(columns.len() <= Column::iter().count());
    (!columns.is_empty()).then_some(columns)
}
