//! What a session is opened with, and how one ends, for commands and screen alike.

pub mod exit;
pub mod fetch;
