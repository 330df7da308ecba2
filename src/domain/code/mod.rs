//! Imports and exports drafts: reads a pasted `curl`, and writes shell, Python or TypeScript. Nothing that
//! looks like a credential passes in either direction; bodies are kept as they are.

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
