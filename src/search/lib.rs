//! Filtering, matching and ordering of rows: pure, cancellable, off the screen's thread.
//!
//! The room refuses to know who asks: the search worker of the screen and the command line call the same
//! [`run()`]. Rows are given as a snapshot of shared chunks, answers are indices into it.

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
pub mod tree;
mod words;

use grantdeck_domain as domain;

pub use highlight::{Highlighter, Lit, Shown};
pub use mistake::{Mistake, Taken};
pub use plan::{Found, Plan};
pub use query::Query;
pub use relatives::Relatives;
pub use rows::{Rows, Snapshot};
pub use run::{run, run_within};
