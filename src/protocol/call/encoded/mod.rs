//! Finds secrets in provider answers: a table of encodings of a whole text ([`forms`]: base64, hexadecimal, lists of
//! numbers), a table of encodings of a character ([`character`]: escapes of JSON, URLs, HTML, mail and programming
//! languages, also nested), and a search for all combinations ([`search`]), in any charset with one, two or four bytes
//! per character.
//!
//! The number of passes over a body, which may have 50 MB, is fixed: one for the forms and one for the escapes, per set
//! of secrets.

mod character;
mod forms;
mod search;

pub use search::SecretForms;
pub(super) use search::{find, masked, masked_each};

#[cfg(test)]
mod encodings;
#[cfg(test)]
mod tests;
