//! The app behind the screen, pure: `update(&mut Model, Msg, Now) -> Vec<Effect>` and `view(&Model, ...)`.
//!
//! No clock, no I/O, no `async` in here. What the screen wants from the world is an [`Effect`]; what the world
//! answers is a [`Msg`]; an answer whose ticket is no longer current is dropped in one place.

// What no arm takes would be lost without a word.
#![cfg_attr(not(test), deny(clippy::wildcard_enum_match_arm))]

pub mod action;
pub mod availability;
mod available;
mod cursor;
mod discard;
pub mod effect;
pub(crate) mod identity;
pub mod keymap;
mod keys;
mod manage;
pub mod memory;
pub mod model;
pub mod msg;
pub mod nav;
mod private;
pub mod question;
mod registry;
mod remember;
pub mod remote;
pub mod requests;
mod screen;
pub mod screens;
pub mod shared;
pub mod slots;
mod split;
mod switch;
pub mod text_input;
pub mod toast;
pub mod update;
pub mod view;
pub mod views;

pub use crate::domain::input;

pub use action::Action;
pub use discard::Discarded;
pub use effect::{Destination, Effect, ExitReason, Switch};
pub use model::Model;
pub use msg::Msg;
pub use requests::{Answer, Job, Request, Slot};
pub use screens::grants::WATCH_AT_MOST;
pub use slots::Ticket;
pub use update::update;
pub use view::view;
