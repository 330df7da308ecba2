//! Widgets over plain data, themes, layout and text widths. Knows nothing of the app.

pub mod layout;
pub mod paint;
pub mod qr;
pub mod text;
pub mod theme;

pub use paint::{Pen, Piece};
pub use theme::{Depth, Role, Theme};
