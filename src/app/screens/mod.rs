//! The screens: each a piece of the model, its update and its view.

pub mod call;
pub mod composer;
pub mod detail;
pub mod grants;
pub mod response;
