//! Themes map roles to styles, per colour depth. This is the only module that names colours; the tables are
//! `assets/themes/*.toml`.
//!
//! There are two sorts of roles. A *block* ([`Role::is_block`]) paints a background: the cursor row, chips,
//! toasts, popups, inputs. Every other role is *ink*: it never has a background, so it can be written onto
//! any block (a health word on the cursor row), whose background shows through. [`Role::Screen`] is the block
//! below all others: it paints the whole screen, so that a theme is legible whatever the terminal's own
//! colours.

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

/// The meaning of a piece of the screen, styled by the theme.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, Display, EnumCount, EnumIter, EnumString, IntoStaticStr,
)]
#[strum(serialize_all = "snake_case")]
pub enum Role {
    /// The background of the screen.
    Screen,
    /// Ordinary text.
    Text,
    /// Less important: units, explanations, empty values.
    TextDim,
    /// Important: names, the focused title.
    TextStrong,
    /// The program's name.
    Brand,
    /// Borders.
    Border,
    /// The border of the focused pane.
    BorderFocused,
    /// Titles in borders.
    Title,
    /// Column headers, field labels.
    Head,
    /// The cursor row in the focused pane.
    Cursor,
    /// The cursor row in another pane.
    CursorIdle,
    /// The bar at the left of the cursor row.
    CursorBar,
    /// The symbol of a marked row.
    Mark,
    /// Characters matched by the search.
    Match,
    /// A chip.
    Chip,
    /// The selected chip.
    ChipActive,
    /// A key in the footer.
    HintKey,
    /// A key's label in the footer.
    HintLabel,
    /// Health: no known problem.
    HealthOk,
    /// Health: needs attention soon (expiring).
    HealthSoon,
    /// Health: broken but repairable (reconnect, scopes).
    HealthBroken,
    /// Health: ended (expired, revoked).
    HealthEnded,
    /// Health: unknown.
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
    /// An informational toast.
    ToastInfo,
    /// A warning toast.
    ToastWarning,
    /// An error toast.
    ToastError,
    /// The banner of a production profile.
    Production,
    /// Background and text of a popup.
    Overlay,
    /// A text input.
    Input,
    /// A link.
    Link,
    /// A problem in a row: not completely readable.
    Odd,
    /// The name of a field in JSON.
    CodeKey,
    /// A string in JSON.
    CodeString,
    /// A number in JSON.
    CodeNumber,
    /// `true`, `false`, `null`.
    CodeLiteral,
    /// Brackets, commas, colons.
    CodeMark,
    /// An image for a camera: dark on light in every theme.
    Picture,
}

impl Role {
    /// The role for a tone.
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

    /// Whether the role paints a background; other roles are ink and never do.
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
    /// The built-in themes, in the order in which the theme key cycles through them.
    pub const BUILTIN: [&'static str; THEMES.len()] = {
        let [(dark, _), (light, _), (contrast, _), (mono, _)] = THEMES;
        [dark, light, contrast, mono]
    };

    /// Returns a built-in theme; an unknown name gives the dark one.
    pub fn builtin(name: &str, depth: Depth) -> Self {
        let [dark, ..] = &THEMES;
        let (name, text) = *THEMES.iter().find(|(known, _)| *known == name).unwrap_or(dark);
        let mut theme = Self { name: name.to_owned(), styles: [Style::new(); Role::COUNT] };
        // A test checks that every embedded file is valid; the worst case is an unstyled screen.
        if let Ok(table) = table::read(text, depth) {
            theme.apply(table.roles);
        }
        theme
    }

    /// Parses a user's theme. Missing roles come from the built-in theme named by `base`, or else from the
    /// dark one. `source` names the file in errors.
    ///
    /// # Errors
    ///
    /// The first mistake, with the facts `file`, `line`, `problem` and, if available, `hint`.
    pub fn load(text: &str, source: &str, depth: Depth) -> Result<Self, Diagnosis> {
        let table = table::read(text, depth).map_err(|mistake| mistake.diagnosis(text, source))?;
        let mut theme = Self::builtin(table.base.as_deref().unwrap_or("dark"), depth);
        Clean::line(table.name.as_deref().unwrap_or(source)).as_str().clone_into(&mut theme.name);
        theme.apply(table.roles);
        Ok(theme)
    }

    fn apply(&mut self, roles: Vec<(Role, Style)>) {
        for (role, style) in roles {
            if let Some(place) = self.styles.get_mut(role as usize) {
                *place = style;
            }
        }
    }

    /// The style of a role.
    pub fn style(&self, role: Role) -> Style {
        self.styles.get(role as usize).copied().unwrap_or_default()
    }

    /// The style of ink on a block: the block shows through wherever the ink specifies nothing.
    pub fn on(&self, block: Role, ink: Role) -> Style {
        self.style(block).patch(self.style(ink))
    }
}
