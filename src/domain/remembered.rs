//! What the program remembers of a profile from one start to the next: how its list looked, how ids were copied,
//! and the views that were saved under a name. Nothing of it is a secret, but accounts may stand in it.

use std::collections::BTreeMap;

use strum::{Display, EnumIter, EnumString, IntoStaticStr};
use thiserror::Error;

use super::column::Order;
use super::{Column, CopyFormat, Filters};

/// The longest name of a view, in characters.
pub const LONGEST_NAME: usize = 40;

/// How the list looks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Look {
    /// What narrows it, the search aside.
    pub filters: Filters,
    /// How it is ordered.
    pub order: Order,
    /// Its columns.
    pub columns: Vec<Column>,
}

impl Default for Look {
    fn default() -> Self {
        Self { filters: Filters::default(), order: Order::AsSent, columns: Column::DEFAULT.to_vec() }
    }
}

/// A choice, and what the configuration said when it was made. Where the configuration says something else by now,
/// it was changed later than the choice was made, and counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chosen<T> {
    /// The choice.
    pub value: T,
    /// What it took the place of.
    pub over: T,
}

impl<T: PartialEq + Clone> Chosen<T> {
    /// A choice; None where it is what the configuration says anyway.
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

/// Where the detail stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Display, EnumIter, EnumString, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum Side {
    /// Where there is most room for it.
    #[default]
    Usual,
    /// Right of the list.
    Right,
    /// Below the list.
    Below,
    /// Nowhere: the list has all of the screen.
    Hidden,
}

/// How list and detail share the screen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Split {
    /// Where the detail stands.
    pub side: Side,
    /// Hundredths of the room that the list has; None = as much as is usual.
    pub list: Option<u8>,
}

/// What is remembered of a profile. Whatever is not there was never chosen.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Remembered {
    /// What narrows the list.
    pub filters: Option<Chosen<Filters>>,
    /// Its order.
    pub order: Option<Chosen<Order>>,
    /// Its columns.
    pub columns: Option<Chosen<Vec<Column>>>,
    /// How list and detail share the screen.
    pub split: Split,
    /// The format in which ids were copied last.
    pub format: Option<CopyFormat>,
    /// The file that ids were written into last, as it was typed.
    pub path: Option<String>,
    /// The views, by name.
    pub views: BTreeMap<String, SavedView>,
}

impl Remembered {
    /// How the list looks at the start.
    pub fn look(&self, configured: Look) -> Look {
        Look {
            filters: Chosen::now(self.filters.as_ref(), configured.filters),
            order: Chosen::now(self.order.as_ref(), configured.order),
            columns: Chosen::now(self.columns.as_ref(), configured.columns),
        }
    }
}

/// A list as it was saved under a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SavedView {
    /// Filters, order and columns.
    pub look: Look,
    /// The search line.
    pub search: String,
}

/// Something to be remembered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MemoryChange {
    /// All choices as they are now; the views stay as they are.
    Choices(Box<Remembered>),
    /// A view, in place of one with the same name.
    View(String, Box<SavedView>),
    /// A view is not needed any more.
    Forget(String),
}

/// Why a view cannot have a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum ViewNameError {
    /// There is none.
    #[error("a view needs a name")]
    Empty,
    /// More than [`LONGEST_NAME`] characters.
    #[error("a view's name has at most {LONGEST_NAME} characters")]
    Long,
    /// A blank, a sign, a letter that cannot be typed everywhere.
    #[error("a view's name has letters from a to z, digits, - and _ only, not `{0}`")]
    Character(char),
    /// It would be taken for a command.
    #[error("`save` and `delete` are commands and cannot name a view")]
    Command,
}

/// Checks the name of a view.
///
/// # Errors
/// What is wrong with it.
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
