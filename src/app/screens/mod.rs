//! The screens: each a piece of the model, its update and its view.

pub mod detail;
pub mod grants;
