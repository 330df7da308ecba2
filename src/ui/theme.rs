//! Themes: roles to styles, per colour depth. The only place that names colours; the tables are
//! `assets/themes/*.toml`.

use ratatui::style::Style;
use strum::{Display, EnumCount, EnumIter, EnumString, IntoStaticStr};

/// What a piece of the screen is, so that a theme can say how it looks.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, Display, EnumCount, EnumIter, EnumString, IntoStaticStr,
)]
#[strum(serialize_all = "snake_case")]
pub enum Role {
    /// Ordinary text, and the background of everything.
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
    /// The background and text of something that pops up.
    Overlay,
    /// A text input.
    Input,
    /// A link.
    Link,
    /// Something odd in a row: could not be read in full.
    Odd,
}

/// How many colours the terminal has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Depth {
    /// 24 bits.
    #[default]
    Truecolor,
    /// The 256-colour table.
    Ansi256,
    /// The terminal's own 16.
    Ansi16,
    /// None: attributes only (`NO_COLOR`, `TERM=dumb`).
    Mono,
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
    pub const BUILTIN: [&'static str; 4] = ["dark", "light", "contrast", "mono"];

    /// A built-in theme; an unknown name is the dark one.
    pub fn builtin(name: &str, depth: Depth) -> Self {
        let _ = depth;
        Self { name: name.to_owned(), styles: [Style::new(); Role::COUNT] }
    }

    /// How something looks.
    pub fn style(&self, role: Role) -> Style {
        self.styles.get(role as usize).copied().unwrap_or_default()
    }
}
