//! Widgets over plain data, the theme, the layout and the widths of text. Knows nothing of the app.

pub mod text;
pub mod theme;

pub use theme::{Depth, Role, Theme};
