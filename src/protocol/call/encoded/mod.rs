//! Secrets in whatever a provider says back: one table of the ways in which a whole text is written ([`forms`]: base64,
//! hexadecimal, lists of numbers), one of those in which a character is ([`character`]: the escapes of JSON, URLs,
//! HTML, mail and programming languages, one upon another), and a search for everything that both can make
//! ([`search`]), in any charset with one, two or four bytes for each character.
//!
//! A body of 50 MB is passed over a fixed number of times: for each set of secrets once for its forms, once for escapes.

mod character;
mod forms;
mod search;

pub use search::SecretForms;
pub(super) use search::{find, masked, masked_each};

#[cfg(test)]
mod encodings;
#[cfg(test)]
mod tests;
