//! Filters, matches and sorts rows: pure, cancellable, off the UI thread.
//!
//! The search worker of the screen and the command line both call [`run()`]. It takes a snapshot of shared
//! chunks of rows and returns indices into it.

pub mod choose;
pub mod highlight;
mod matching;
pub mod mistake;
pub mod order;
pub mod plan;
pub mod query;
mod relatives;
pub mod rows;
pub mod run;
#[cfg(test)]
mod tests;
mod tokens;
pub mod tree;

use grantdeck_domain as domain;

pub use highlight::{Highlighter, Lit, Shown};
pub use mistake::{Mistake, Taken};
pub use plan::{Found, Plan};
pub use query::Query;
pub use relatives::Relatives;
pub use rows::{Rows, Snapshot};
pub use run::{run, run_within};
