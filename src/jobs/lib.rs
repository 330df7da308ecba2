//! The work itself, as cancellable functions that report events. A job neither prints nor knows who reads: the
//! screen and the command line are two readers of the same events.

pub mod call;
pub mod connect;
pub mod context;
mod everything;
pub mod list;
pub mod operation;
mod pages;
pub mod record;
pub mod revoke;
pub mod scan;
pub mod select;
pub mod sign_in;
pub mod smoke;
pub mod swap;

use grantdeck_api as api;
use grantdeck_domain as domain;
use grantdeck_edit as edit;
use grantdeck_protocol as protocol;
#[cfg(test)]
use grantdeck_sandbox as sandbox;
use grantdeck_store as store;

pub use call::{call, follow};
pub use context::Context;
pub use everything::{Everything, Progress, everything};
pub use list::list;
pub use pages::PageSource;
pub use record::Recorder;
pub use scan::scan;
pub use select::{Need, Selected, select};
pub use smoke::smoke;
pub use swap::Swaps;
