//! The names of the built-in themes, as the command line and the configuration say them.

use strum::{Display, EnumIter, EnumString, IntoStaticStr};

/// A built-in theme, or that the terminal decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Display, EnumIter, EnumString, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum ThemeName {
    /// Light ink on a dark background.
    Dark,
    /// Dark ink on a light background.
    Light,
    /// As far apart as ink and background can be.
    Contrast,
    /// No colours.
    Mono,
    /// Dark or light, as the terminal's own background is.
    Auto,
}

impl ThemeName {
    /// Its name.
    pub fn name(self) -> &'static str {
        self.into()
    }
}

/// The background that a terminal has of its own.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Background {
    /// Nearer to black.
    #[default]
    Dark,
    /// Nearer to white.
    Light,
}

impl Background {
    /// The built-in theme for it.
    pub fn theme(self) -> &'static str {
        match self {
            Self::Dark => "dark",
            Self::Light => "light",
        }
    }
}
