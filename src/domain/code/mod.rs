//! A call's draft as other programs write it: read from a pasted `curl`, written for a shell, Python or
//! TypeScript. Nothing that looks like a credential gets through in either direction; bodies are kept as they are.

mod command;
mod curl;
mod export;
mod marks;
mod options;
pub mod paste;
mod pattern;
mod python;
mod reader;
mod secret;
mod suspect;
mod typescript;
mod words;

pub use export::{About, Language, export, word as shell_word};
pub use paste::{Dropped, PasteError, Pasted, Variable};
