//! State that is remembered per profile between sessions: the layout of the list, how ids were copied, and
//! saved views. It contains no secrets, but may contain account names.

use std::collections::BTreeMap;

use strum::{Display, EnumIter, EnumString, IntoStaticStr};
use thiserror::Error;

use super::column::Order;
use super::{Column, CopyFormat, Filters};

/// Maximum length of a view name in characters.
pub const LONGEST_NAME: usize = 40;

/// The layout of the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Look {
    /// The filters, without the search.
    pub filters: Filters,
    /// The sort order.
    pub order: Order,
    /// The visible columns.
    pub columns: Vec<Column>,
}

impl Default for Look {
    fn default() -> Self {
        Self { filters: Filters::default(), order: Order::AsSent, columns: Column::DEFAULT.to_vec() }
    }
}

/// A choice, together with the configured value that it replaced. If the configuration has changed since, the
/// configuration wins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chosen<T> {
    /// The chosen value.
    pub value: T,
    /// The configured value at that time.
    pub over: T,
}

impl<T: PartialEq + Clone> Chosen<T> {
    /// Records a choice; `None` if it equals the configured value.
    pub fn of(value: &T, over: &T) -> Option<Self> {
        (value != over).then(|| Self { value: value.clone(), over: over.clone() })
    }

    fn now(chosen: Option<&Self>, configured: T) -> T {
        match chosen {
            Some(chosen) if chosen.over == configured => chosen.value.clone(),
            _ => configured,
        }
    }
}

/// The position of the detail pane.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Display, EnumIter, EnumString, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum Side {
    /// Wherever there is most room.
    #[default]
    Usual,
    /// Right of the list.
    Right,
    /// Below the list.
    Below,
    /// Hidden: the list has the whole screen.
    Hidden,
}

/// How list and detail pane share the screen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Split {
    /// The position of the detail pane.
    pub side: Side,
    /// The list's share in per cent; `None` = default.
    pub list: Option<u8>,
}

/// What is remembered of a profile. `None` fields were never chosen.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Remembered {
    /// The filters of the list.
    pub filters: Option<Chosen<Filters>>,
    /// Its sort order.
    pub order: Option<Chosen<Order>>,
    /// Its columns.
    pub columns: Option<Chosen<Vec<Column>>>,
    /// How list and detail pane share the screen.
    pub split: Split,
    /// The most recent copy format.
    pub format: Option<CopyFormat>,
    /// The most recent file that ids were written to, as typed.
    pub path: Option<String>,
    /// The saved views, by name.
    pub views: BTreeMap<String, SavedView>,
}

impl Remembered {
    /// The layout of the list at start.
    pub fn look(&self, configured: Look) -> Look {
        Look {
            filters: Chosen::now(self.filters.as_ref(), configured.filters),
            order: Chosen::now(self.order.as_ref(), configured.order),
            columns: Chosen::now(self.columns.as_ref(), configured.columns),
        }
    }
}

/// A saved view of the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SavedView {
    /// Filters, order and columns.
    pub look: Look,
    /// The search text.
    pub search: String,
}

/// A change to the remembered state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MemoryChange {
    /// Replaces all choices; views are unchanged.
    Choices(Box<Remembered>),
    /// Saves a view, replacing one with the same name.
    View(String, Box<SavedView>),
    /// Deletes a view.
    Forget(String),
}

/// Why a view name is invalid.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum ViewNameError {
    /// It is empty.
    #[error("a view needs a name")]
    Empty,
    /// It has more than [`LONGEST_NAME`] characters.
    #[error("a view's name has at most {LONGEST_NAME} characters")]
    Long,
    /// It contains a space, a symbol, or a letter that not every keyboard has.
    #[error("a view's name has letters from a to z, digits, - and _ only, not `{0}`")]
    Character(char),
    /// It would be read as a command.
    #[error("`save` and `delete` are commands and cannot name a view")]
    Command,
}

/// Checks the name of a view.
///
/// # Errors
/// The name is invalid.
pub fn check_name(name: &str) -> Result<(), ViewNameError> {
    let odd = |letter: &char| !letter.is_ascii_alphanumeric() && !matches!(letter, '-' | '_');
    match name {
        "" => Err(ViewNameError::Empty),
        "save" | "delete" => Err(ViewNameError::Command),
        _ if name.chars().count() > LONGEST_NAME => Err(ViewNameError::Long),
        _ => name.chars().find(odd).map_or(Ok(()), |letter| Err(ViewNameError::Character(letter))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_choice_counts_until_the_configuration_says_something_else() {
        let by = |column| Order::By { column, descending: false };
        let configured = Look { order: by(Column::Account), ..Look::default() };
        let mut remembered = Remembered {
            order: Chosen::of(&by(Column::Ends), &configured.order),
            columns: Chosen::of(&vec![Column::Id], &configured.columns),
            ..Remembered::default()
        };
        let look = remembered.look(configured.clone());
        assert_eq!((look.order, look.columns), (by(Column::Ends), vec![Column::Id]));
        let changed = Look { order: by(Column::Health), ..configured.clone() };
        let look = remembered.look(changed.clone());
        assert_eq!((look.order, look.columns), (changed.order, vec![Column::Id]), "each for itself");
        remembered.order = Chosen::of(&configured.order, &configured.order);
        assert_eq!(remembered.order, None, "what is said anyway is no choice");
    }

    #[test]
    fn a_view_has_a_plain_name() {
        for name in ["broken-google", "A1_b", &"x".repeat(LONGEST_NAME)] {
            assert_eq!(check_name(name), Ok(()), "{name}");
        }
        for (name, why) in [
            ("", ViewNameError::Empty),
            ("save", ViewNameError::Command),
            ("delete", ViewNameError::Command),
            ("a b", ViewNameError::Character(' ')),
            ("../x", ViewNameError::Character('.')),
            ("a\u{1b}", ViewNameError::Character('\u{1b}')),
            (&"x".repeat(LONGEST_NAME + 1), ViewNameError::Long),
        ] {
            assert_eq!(check_name(name), Err(why), "{name}");
        }
    }
}
