//! Themes: roles to styles, per colour depth. The only place that names colours; the tables are
//! `assets/themes/*.toml`.
//!
//! Roles are of two sorts. A *block* ([`Role::is_block`]) paints a background: the cursor's row, chips, toasts,
//! what pops up, inputs. Every other role is *ink*: it never has a background, so that it can be written onto
//! any block (a health word on the cursor's row) and the block shows through. The block under all others is
//! [`Role::Screen`]: it paints the whole screen, so that a theme is legible whatever the terminal's own colours.

mod colour;
mod depth;
mod table;
#[cfg(test)]
mod tests;

use grantdeck_assets::THEMES;
use ratatui::style::Style;
use strum::{Display, EnumCount, EnumIter, EnumString, IntoStaticStr};

pub use depth::Depth;

use crate::domain::describe::Tone;
use crate::domain::{Clean, Diagnosis};

/// What a piece of the screen is, so that a theme can say how it looks.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, Display, EnumCount, EnumIter, EnumString, IntoStaticStr,
)]
#[strum(serialize_all = "snake_case")]
pub enum Role {
    /// The background that everything stands on.
    Screen,
    /// Ordinary text.
    Text,
    /// What may be overlooked: units, explanations, empty values.
    TextDim,
    /// What must not be overlooked: names, the focused title.
    TextStrong,
    /// The program's name.
    Brand,
    /// Borders.
    Border,
    /// The border of the pane that has the keys.
    BorderFocused,
    /// Titles in borders.
    Title,
    /// Heads of columns, labels of fields.
    Head,
    /// The row under the cursor, in the focused pane.
    Cursor,
    /// The row under the cursor, when another pane has the keys.
    CursorIdle,
    /// The bar at the left of the cursor's row.
    CursorBar,
    /// A marked row's sign.
    Mark,
    /// Characters that the search matched.
    Match,
    /// A chip.
    Chip,
    /// The chosen chip.
    ChipActive,
    /// A key in the footer.
    HintKey,
    /// A key's label in the footer.
    HintLabel,
    /// Health: nothing speaks against it.
    HealthOk,
    /// Health: needs attention soon (expiring).
    HealthSoon,
    /// Health: broken but mendable (reconnect, scopes).
    HealthBroken,
    /// Health: over (expired, revoked).
    HealthEnded,
    /// Health: not known.
    HealthUnknown,
    /// A change mark: new since the last refresh.
    New,
    /// A change mark: changed.
    Changed,
    /// A change mark: gone.
    Gone,
    /// A scope that is held.
    ScopeHeld,
    /// A scope that is missing.
    ScopeMissing,
    /// A toast that only tells.
    ToastInfo,
    /// A toast that warns.
    ToastWarning,
    /// A toast about a failure.
    ToastError,
    /// The banner over a profile in real use.
    Production,
    /// The background and text of something that pops up.
    Overlay,
    /// A text input.
    Input,
    /// A link.
    Link,
    /// Something odd in a row: could not be read in full.
    Odd,
    /// The name of a field in JSON.
    CodeKey,
    /// A text in JSON.
    CodeString,
    /// A number in JSON.
    CodeNumber,
    /// `true`, `false`, `null`.
    CodeLiteral,
    /// Brackets, commas, colons.
    CodeMark,
    /// A picture for a camera: dark ink on a light background in every theme.
    Picture,
}

impl Role {
    /// How what is meant so looks.
    pub fn of(meaning: impl Into<Tone>) -> Self {
        match meaning.into() {
            Tone::Plain => Self::Text,
            Tone::Strong => Self::TextStrong,
            Tone::Dim => Self::TextDim,
            Tone::Head => Self::Head,
            Tone::Link => Self::Link,
            Tone::Good => Self::HealthOk,
            Tone::Soon => Self::HealthSoon,
            Tone::Bad => Self::HealthBroken,
            Tone::Ended => Self::HealthEnded,
            Tone::Unknown => Self::HealthUnknown,
            Tone::Held => Self::ScopeHeld,
            Tone::Missing => Self::ScopeMissing,
            Tone::New => Self::New,
            Tone::Changed => Self::Changed,
            Tone::Gone => Self::Gone,
            Tone::Odd => Self::Odd,
        }
    }

    /// Whether the role paints a background; all others are ink and never do.
    pub fn is_block(self) -> bool {
        matches!(
            self,
            Self::Screen
                | Self::Cursor
                | Self::CursorIdle
                | Self::Chip
                | Self::ChipActive
                | Self::ToastInfo
                | Self::ToastWarning
                | Self::ToastError
                | Self::Production
                | Self::Overlay
                | Self::Input
                | Self::Picture
        )
    }
}

/// A theme, resolved for one colour depth.
#[derive(Clone, Debug, PartialEq)]
pub struct Theme {
    /// Its name: `dark`, `light`, `contrast`, `mono` or the user's.
    pub name: String,
    styles: [Style; Role::COUNT],
}

impl Theme {
    /// The built-in themes, in the order in which the theme key walks through them.
    pub const BUILTIN: [&'static str; THEMES.len()] = {
        let [(dark, _), (light, _), (contrast, _), (mono, _)] = THEMES;
        [dark, light, contrast, mono]
    };

    /// A built-in theme; an unknown name is the dark one.
    pub fn builtin(name: &str, depth: Depth) -> Self {
        let [dark, ..] = &THEMES;
        let (name, text) = *THEMES.iter().find(|(known, _)| *known == name).unwrap_or(dark);
        let mut theme = Self { name: name.to_owned(), styles: [Style::new(); Role::COUNT] };
        // That every embedded file can be read is a test; a plain screen is the worst that could happen.
        if let Ok(table) = table::read(text, depth) {
            theme.take(table.roles);
        }
        theme
    }

    /// A theme of the user's. What it leaves out comes from the built-in theme that it names as `base`, else
    /// from the dark one. `source` names the file in the report.
    ///
    /// # Errors
    ///
    /// The first mistake, with the facts `file`, `line`, `problem` and, where there is one, `hint`.
    pub fn load(text: &str, source: &str, depth: Depth) -> Result<Self, Diagnosis> {
        let table = table::read(text, depth).map_err(|mistake| mistake.diagnosis(text, source))?;
        let mut theme = Self::builtin(table.base.as_deref().unwrap_or("dark"), depth);
        Clean::line(table.name.as_deref().unwrap_or(source)).as_str().clone_into(&mut theme.name);
        theme.take(table.roles);
        Ok(theme)
    }

    fn take(&mut self, roles: Vec<(Role, Style)>) {
        for (role, style) in roles {
            if let Some(place) = self.styles.get_mut(role as usize) {
                *place = style;
            }
        }
    }

    /// How something looks.
    pub fn style(&self, role: Role) -> Style {
        self.styles.get(role as usize).copied().unwrap_or_default()
    }

    /// How ink looks on a block: the block shows through wherever the ink says nothing else.
    pub fn on(&self, block: Role, ink: Role) -> Style {
        self.style(block).patch(self.style(ink))
    }
}
