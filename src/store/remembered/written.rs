//! The file format: names instead of types, so that a name unknown to this version only loses its own entry, and
//! unknown keys are preserved.

use std::collections::BTreeMap;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value};
use strum::IntoEnumIterator as _;

use super::{VERSION, VersionedFile};
use crate::config::{parse_column, parse_order};
use crate::domain::column::Order;
use crate::domain::remembered::{MemoryChange, check_name};
use crate::domain::{Choice, Chosen, Column, Filters, Look, Remembered, SavedView, Split};

/// The state of a profile.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Written {
    version: u32,
    #[serde(default, deserialize_with = "lenient", skip_serializing_if = "Option::is_none")]
    filters: Option<Override<Named>>,
    #[serde(default, deserialize_with = "lenient", skip_serializing_if = "Option::is_none")]
    sort: Option<Override<String>>,
    #[serde(default, deserialize_with = "lenient", skip_serializing_if = "Option::is_none")]
    columns: Option<Override<Vec<String>>>,
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
    /// Keys that only another version knows.
    #[serde(flatten)]
    others: Map<String, Value>,
}

/// Deserialises a value; one that does not parse becomes the default and does not make the file unreadable.
fn lenient<'de, D: Deserializer<'de>, T: Default + DeserializeOwned>(from: D) -> Result<T, D::Error> {
    Ok(serde_json::from_value(Value::deserialize(from)?).unwrap_or_default())
}

/// The same for each view.
fn each_lenient<'de, D: Deserializer<'de>>(from: D) -> Result<BTreeMap<String, WrittenView>, D::Error> {
    let Value::Object(views) = Value::deserialize(from)? else { return Ok(BTreeMap::new()) };
    let read = views.into_iter().filter_map(|(name, view)| Some((name, serde_json::from_value(view).ok()?)));
    Ok(read.collect())
}

/// A choice, and the configured value that it overrode.
#[derive(Debug, Serialize, Deserialize)]
struct Override<T> {
    value: T,
    over: T,
}

/// Filters by name.
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

/// The last profile used.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct LastProfile {
    version: u32,
    pub(super) profile: Option<String>,
}

impl Default for LastProfile {
    fn default() -> Self {
        Self { version: VERSION, profile: None }
    }
}

impl VersionedFile for LastProfile {
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

impl VersionedFile for Written {
    fn version(&self) -> u32 {
        self.version
    }
}

impl<T> Override<T> {
    fn of<U>(chosen: Option<&Chosen<U>>, write: impl Fn(&U) -> T) -> Option<Self> {
        chosen.map(|chosen| Self { value: write(&chosen.value), over: write(&chosen.over) })
    }

    fn read<U>(self, read: impl Fn(&T) -> Option<U>) -> Option<Chosen<U>> {
        Some(Chosen { value: read(&self.value)?, over: read(&self.over)? })
    }
}

impl Written {
    /// Applies a change.
    pub(super) fn apply(&mut self, keep: MemoryChange) {
        match keep {
            MemoryChange::Choices(now) => {
                self.filters = Override::of(now.filters.as_ref(), named);
                self.sort = Override::of(now.order.as_ref(), Order::to_string);
                self.columns = Override::of(now.columns.as_ref(), |columns| names(columns));
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

    /// Converts to the app's types; invalid entries are dropped.
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

/// `None` if any filter is unknown: without it the list would show more than intended.
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

/// The known columns without duplicates; `None` if there are none.
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
