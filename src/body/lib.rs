//! Response bodies for display: JSON as a tape with folds, text in any charset, hex dumps, search, diff, and
//! the JSON editor. Pure: no clock, no files, no threads. No input panics, and everything shown is clean.
//!
//! A [`Document`] is opened once, off the UI thread. After that, building a line costs the same anywhere in
//! 50 MB. Long operations take a callback that says whether to cancel.

pub mod diff;
pub mod document;
pub mod editor;
pub mod folds;
mod glyphs;
mod hex;
mod json_error;
pub mod line;
pub mod lines;
pub mod magic;
pub mod matches;
pub mod needle;
mod newlines;
mod path;
mod pretty;
pub mod problem;
pub mod reading;
pub mod scan;
pub mod tape;
mod wrap;

use grantdeck_domain as domain;

pub use diff::{Diff, DiffLine, DiffOptions, PairLine, Sign, diff, diff_pairs};
pub use document::{Charset, Document, Kind, Markup, Note, View};
pub use folds::{FoldStep, Folds};
pub use line::{Class, Line};
pub use lines::{Fit, READ_AT_ONCE};
pub use magic::Format;
pub use matches::{Matches, Search, search};
pub use needle::Needle;
pub use problem::{JsonProblem, TapeError};
pub use tape::{Shape, Tape, TokenId};
