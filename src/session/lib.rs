//! Sessions, for commands and the screen: opening one, exit codes, and printing failures.

pub mod exit;
pub mod failure;
pub mod fetch;
mod keyring;
mod open;

use grantdeck_domain as domain;
use grantdeck_jobs as jobs;
use grantdeck_platform as platform;
use grantdeck_sandbox as sandbox;
use grantdeck_store as store;
pub use keyring::{delete as delete_key, set as keep_key};
pub use open::{Connected, Request, Session, configuration, connect, open};
