//! What pops up over a screen: help, and lists to pick from. The top one gets the keys first.

pub mod confirm;
pub mod help;
pub mod items;
mod page;
pub mod pick;
mod request_items;
mod save_as;
mod view;

pub use confirm::{Confirm, Then};
pub use help::Help;
pub(crate) use help::HelpScreen;
pub use page::{Page, Picture};
pub(crate) use page::{PageScreen, PictureScreen};
pub use pick::{Item, Pick, Purpose};
pub(crate) use request_items::{languages, operations, presets, refresh_operations};
pub use save_as::SaveAs;
pub(crate) use save_as::SaveScreen;
pub(crate) use view::{cursor_of_pick, cursor_of_question, draw_confirm, draw_pick, first_key, item_at};
