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
pub use page::{Page, Picture};
pub use pick::{Item, Pick, Purpose};
pub(crate) use request_items::{languages, operations, presets, refresh_operations};
pub use save_as::SaveAs;
pub(crate) use view::{draw, help_room, item_at, text_cursor};

use crate::app::screens::changes::Changes;
use crate::app::screens::copy::CopyMenu;

/// One overlay.
#[derive(Debug)]
pub enum Overlay {
    /// The keys of the place below it.
    Help(Help),
    /// A list to pick from.
    Pick(Pick),
    /// A question before something that cannot be taken back.
    Confirm(Confirm),
    /// The path of a file.
    Save(SaveAs),
    /// A text to be selected.
    Page(Page),
    /// A link as a picture.
    Picture(Picture),
    /// The menu of formats to copy in.
    Copy(Box<CopyMenu>),
    /// A change of files, before it is made.
    Changes(Box<Changes>),
}
