//! A session, for commands and screen alike: what it is opened with, how it ends, and how a failure is told.

pub mod exit;
pub(crate) mod failure;
pub(crate) mod fetch;
mod keyring;
mod open;

pub(crate) use keyring::{delete as delete_key, set as keep_key};
pub(crate) use open::{Connected, Request, Session, configuration, connect, open};
