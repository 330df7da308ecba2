//! The built-in key bindings to start from.

use strum::{Display, EnumIter, EnumString, IntoStaticStr};

/// A set of key bindings; the user's own bindings override it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Display, EnumIter, EnumString, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum Preset {
    /// The program's own: letters and arrows.
    #[default]
    Default,
    /// More bindings known from vi.
    Vim,
    /// Control and Meta, as in emacs and readline.
    Emacs,
}
