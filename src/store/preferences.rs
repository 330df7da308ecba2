//! Settings that may be set globally and overridden per profile.

use strum::IntoEnumIterator;
use toml::de::DeValue;

use super::attribution::{ContextValue, is_reason};
use super::config::{Reader, Value, in_file_order, parse_column, parse_order};
use crate::domain::attribution::merged;
use crate::domain::column::Order;
use crate::domain::suggest::nearest;
use crate::domain::{
    Choice, Column, CopyChoice, Diagnosis, Filters, HealthGroup, Look, Mode, Preset, ThemeName,
};

/// The longest caller name, in characters (docs/protocol/transport.md section 4).
const MAX_CALLER: usize = 255;

/// Keys that are valid globally and in each profile.
pub const EVERYWHERE: &[&str] = &[
    "theme",
    "keymap",
    "filters",
    "sort",
    "columns",
    "call_mode",
    "caller",
    "reason",
    "context",
    "clipboard",
    "history",
    "remember",
];

/// The values of those keys; `None` = not set.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Preferences {
    /// The theme.
    pub theme: Option<ThemeName>,
    /// The key binding preset below the user's own bindings.
    pub keymap: Option<Preset>,
    /// Initial filters.
    pub filters: Option<Filters>,
    /// Initial sort order.
    pub sort: Option<Order>,
    /// Columns of the list.
    pub columns: Option<Vec<Column>>,
    /// Initial mode of test calls.
    pub call_mode: Option<Mode>,
    /// The program's name in Alter's log: 1 to 255 printable ASCII characters.
    pub caller: Option<String>,
    /// Default reason for calls.
    pub reason: Option<String>,
    /// Further attribution of calls, by key.
    pub context: Option<Vec<(String, ContextValue)>>,
    /// How to copy.
    pub clipboard: Option<CopyChoice>,
    /// Whether calls are recorded in the history.
    pub history: Option<bool>,
    /// Whether choices made on the screen are kept between starts.
    pub remember: Option<bool>,
}

impl Preferences {
    /// These preferences, falling back to `others`.
    #[must_use]
    pub fn over(&self, others: &Self) -> Self {
        fn first<T: Clone>(one: Option<&T>, other: Option<&T>) -> Option<T> {
            one.or(other).cloned()
        }
        Self {
            theme: first(self.theme.as_ref(), others.theme.as_ref()),
            keymap: first(self.keymap.as_ref(), others.keymap.as_ref()),
            filters: first(self.filters.as_ref(), others.filters.as_ref()),
            sort: first(self.sort.as_ref(), others.sort.as_ref()),
            columns: first(self.columns.as_ref(), others.columns.as_ref()),
            call_mode: first(self.call_mode.as_ref(), others.call_mode.as_ref()),
            caller: first(self.caller.as_ref(), others.caller.as_ref()),
            reason: first(self.reason.as_ref(), others.reason.as_ref()),
            context: match (&self.context, &others.context) {
                (Some(own), Some(others)) => Some(merged(others, own)),
                (own, others) => first(own.as_ref(), others.as_ref()),
            },
            clipboard: first(self.clipboard.as_ref(), others.clipboard.as_ref()),
            history: first(self.history.as_ref(), others.history.as_ref()),
            remember: first(self.remember.as_ref(), others.remember.as_ref()),
        }
    }

    /// The initial look of the list.
    pub fn look(&self) -> Look {
        let usual = Look::default();
        Look {
            filters: self.filters.clone().unwrap_or(usual.filters),
            order: self.sort.unwrap_or(usual.order),
            columns: self.columns.clone().unwrap_or(usual.columns),
        }
    }
}

/// Parses an enum; the error is the value that was probably meant.
fn one_of<T: std::str::FromStr + IntoEnumIterator + Into<&'static str>>(
    value: &Value<'_>,
) -> Result<T, Option<&'static str>> {
    let text = value.get_ref().as_str().unwrap_or_default();
    text.parse().map_err(|_unknown| nearest(text, T::iter().map(Into::into)))
}

impl Reader<'_> {
    /// Parses one of [`EVERYWHERE`]; `path` is its full path.
    ///
    /// # Errors
    /// The mistake, which is already recorded.
    pub(super) fn preference(
        &mut self,
        name: &str,
        path: &str,
        value: &Value<'_>,
        into: &mut Preferences,
    ) -> Result<(), Diagnosis> {
        let found: Result<(), Option<&str>> = match name {
            "theme" => one_of(value).map(|theme| into.theme = Some(theme)),
            "keymap" => one_of(value).map(|preset| into.keymap = Some(preset)),
            "call_mode" => one_of(value).map(|mode| into.call_mode = Some(mode)),
            "clipboard" => one_of(value).map(|choice| into.clipboard = Some(choice)),
            "sort" => {
                let order = value.get_ref().as_str().map_or(Err(None), parse_order);
                order.map(|order| into.sort = Some(order))
            }
            "columns" => return self.columns(path, value).map(|columns| into.columns = Some(columns)),
            "filters" => return self.filters(path, value).map(|filters| into.filters = Some(filters)),
            "caller" => {
                let text = value.get_ref().as_str().unwrap_or_default();
                let fits = (1..=MAX_CALLER).contains(&text.len())
                    && text.bytes().all(|byte| (0x20..=0x7e).contains(&byte));
                if fits {
                    into.caller = Some(text.to_owned());
                }
                fits.then_some(()).ok_or(None)
            }
            "context" => return self.context(path, value).map(|context| into.context = Some(context)),
            "reason" => {
                let text = value.get_ref().as_str().filter(|text| is_reason(text));
                text.map(|text| into.reason = Some(text.to_owned())).ok_or(None)
            }
            "history" => flag(value, &mut into.history),
            _ => flag(value, &mut into.remember),
        };
        found.map_err(|near| self.invalid(value, path, name, near))
    }

    fn columns(&mut self, path: &str, value: &Value<'_>) -> Result<Vec<Column>, Diagnosis> {
        let Some(items) = value.get_ref().as_array().filter(|items| !items.is_empty()) else {
            return Err(self.invalid(value, path, "columns", None));
        };
        let mut columns = Vec::new();
        for item in items {
            match item.get_ref().as_str().map(parse_column) {
                Some(Ok(column)) if !columns.contains(&column) => columns.push(column),
                other => {
                    let near = other.and_then(Result::err).flatten();
                    return Err(self.invalid(item, path, "columns", near));
                }
            }
        }
        Ok(columns)
    }

    fn filters(&mut self, path: &str, value: &Value<'_>) -> Result<Filters, Diagnosis> {
        let Some(table) = value.get_ref().as_table() else {
            return Err(self.invalid(value, path, "filters", None));
        };
        let mut filters = Filters::default();
        for (key, value) in in_file_order(table) {
            let name: &str = key.get_ref();
            let path = format!("{path}.{name}");
            let Some(choice) = Choice::all().find(|choice| choice.name() == name) else {
                let near = nearest(name, Choice::all().map(Choice::name));
                return Err(self.unknown_key(key, &path, near));
            };
            if let DeValue::String(text) = value.get_ref() {
                filters.set(choice, text);
            }
            if filters.get(choice).is_none() {
                let text = value.get_ref().as_str().unwrap_or_default();
                let known = choice.values().into_iter().map(|(value, _)| value);
                let near = match choice {
                    Choice::Health => nearest(text, HealthGroup::all().map(|group| group.name)),
                    _ => nearest(text, known),
                };
                return Err(self.invalid(value, &path, "filters", near));
            }
        }
        Ok(filters)
    }
}

/// An invalid value counts as `false`: its author most likely wanted less to be stored.
fn flag(value: &Value<'_>, into: &mut Option<bool>) -> Result<(), Option<&'static str>> {
    let given = value.get_ref().as_bool();
    *into = Some(given.unwrap_or(false));
    given.map(drop).ok_or(None)
}
