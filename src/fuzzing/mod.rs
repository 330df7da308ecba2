//! What must hold of everything that reads text from outside, as functions of arbitrary bytes.
//!
//! A fuzzer calls them (`fuzz/`), and `cargo test --lib fuzzing` runs each for a bounded number of cases on stable. The
//! bytes choose among the parts of a grammar ([`choices`]), so that most cases come far; some are taken as they are.
//!
//! Each function panics where its promise is broken, and answers whether the case got as far as it should: what is
//! read, not refused at the first byte. The tests count those, so that no generator goes blind.

mod answer;
mod choices;
mod edits;
mod json;
mod keymap;
mod page;
mod paste;
mod query;
#[cfg(unix)]
mod terminal;
#[cfg(test)]
mod tests;

pub use answer::answer;
pub use edits::edits;
pub use json::json;
pub use keymap::keymap;
pub use page::page;
pub use paste::paste;
pub use query::query;
#[cfg(unix)]
pub use terminal::terminal;
