//! Bodies made viewable: JSON as a tape with folds, text in any charset, bytes; searching, comparing, and the JSON
//! that a person writes. Pure: no clock, no file, no thread. Whatever bytes come, nothing here panics, and what is
//! shown is clean.
//!
//! A [`Document`] is opened once, away from the screen; then a line costs what it shows, wherever it stands in
//! 50 MB. Long work asks a function whether it should stop.

pub mod diff;
pub mod document;
pub mod editor;
pub mod folds;
mod glyphs;
mod hex;
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
pub(crate) mod scan;
pub mod tape;
mod wrap;
mod wrong;

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
