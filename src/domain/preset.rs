//! The sets of keys that one can begin with.

use strum::{Display, EnumIter, EnumString, IntoStaticStr};

/// A set of keys; the user's own rows go on top of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Display, EnumIter, EnumString, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum Preset {
    /// Letters and arrows, as the program shows them.
    #[default]
    Default,
    /// More of what a vi user's fingers know.
    Vim,
    /// Control and Meta, as in emacs and a shell's line.
    Emacs,
}
