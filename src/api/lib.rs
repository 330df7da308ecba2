//! The client of the Alter backend: one file per family of calls.
//!
//! It signs, sends, reads and classifies. It never follows a redirect, keeps no cookies, and for a backend on this
//! machine uses neither a proxy nor a certificate store. Clones share one pool, one actor id, one budget.

pub mod agents;
pub mod arrival;
pub mod catalog;
pub mod client;
pub mod connect;
pub mod error;
pub mod grants;
pub mod http_proxy;
pub mod identity;
pub mod provider;
pub mod proxy;
mod redacted;
mod request;
pub mod retrieve;
pub mod retry;
pub mod revoke;
pub mod settings;
pub mod sign_in;
pub mod specs;

use grantdeck_domain as domain;
use grantdeck_protocol as protocol;

pub use client::Client;
pub use error::ApiError;
pub use settings::Settings;
