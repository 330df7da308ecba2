//! Sessions, for commands and the screen: opening one, exit codes, and printing failures.

pub mod exit;
pub(crate) mod failure;
pub(crate) mod fetch;
mod keyring;
mod open;

pub(crate) use keyring::{delete as delete_key, set as keep_key};
pub(crate) use open::{Connected, Request, Session, configuration, connect, open};
