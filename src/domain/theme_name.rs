//! The names of the built-in themes, for command line and configuration.

use strum::{Display, EnumIter, EnumString, IntoStaticStr};

/// A built-in theme, or automatic.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Display, EnumIter, EnumString, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum ThemeName {
    /// Light text on a dark background.
    Dark,
    /// Dark text on a light background.
    Light,
    /// Maximum contrast.
    Contrast,
    /// No colours.
    Mono,
    /// Dark or light, depending on the terminal's background.
    Auto,
}

impl ThemeName {
    /// Its name.
    pub fn name(self) -> &'static str {
        self.into()
    }
}

/// The terminal's own background.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Background {
    /// Nearer to black.
    #[default]
    Dark,
    /// Nearer to white.
    Light,
}

impl Background {
    /// The built-in theme that suits it.
    pub fn theme(self) -> &'static str {
        match self {
            Self::Dark => "dark",
            Self::Light => "light",
        }
    }
}
