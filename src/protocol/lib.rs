//! The Alter protocol, pure: keys, signing, answers, the error table. No sockets, no clocks, no threads.

pub mod agents;
pub mod base_url;
pub mod call;
pub mod catalog;
pub mod connect;
pub mod connect_poll;
pub mod constraint;
pub mod envelope;
pub mod error;
mod error_table;
pub mod grant;
pub mod identity;
pub mod key;
mod lenient;
pub mod malformed;
pub mod operation;
pub mod page;
pub mod rate;
pub mod resolve;
pub mod retry_after;
pub mod revoke;
mod row;
pub(crate) mod scan;
pub mod scopes;
pub mod sign;
pub mod sign_in;
pub mod specs;
mod surrogates;
pub mod target;
pub mod user_token;
mod wire_value;

use grantdeck_domain as domain;

pub use base_url::BaseUrl;
pub use error::AlterError;
pub use identity::{Caller, CallerType};
pub use key::{ApiKey, KeyKind};
pub use malformed::Malformed;
pub use page::Page;
pub use user_token::UserToken;
