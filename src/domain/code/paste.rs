//! A draft from a pasted `curl` command (what people copy from browsers, documentation and terminals).
//!
//! Nothing is read but the text: options that name files are refused. What looks like a credential is dropped and
//! named, never kept, printed or put into an error (safety rule 2).

use serde_json::Value;

use super::reader::Reader;
use super::words;
use crate::domain::{DraftBody, RequestDraft};

/// The longest text that is looked at, in bytes.
pub const LONGEST: usize = 16 << 20;

/// What a pasted command says of a call.
#[derive(Clone, Debug, PartialEq)]
pub struct Pasted {
    /// In upper case.
    pub method: String,
    /// With its own query. May hold `{name}` places; `{credential}` stands where one was cut out.
    pub url: String,
    /// From `-G` and `--url-query` only, decoded; all values are texts.
    pub query: Vec<(String, Value)>,
    /// In order, without those that a credential was in.
    pub headers: Vec<(String, String)>,
    /// JSON where the command says so or the text is an object or a list, else bytes.
    pub body: DraftBody,
    /// Credentials that were left out.
    pub dropped: Vec<Dropped>,
    /// What was not taken over, for people: options by their name, never with their values.
    pub ignored: Vec<String>,
    /// Places of the body that look like credentials and were kept all the same: "the field password of the body".
    pub suspicious: Vec<String>,
}

/// A credential that was left out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dropped {
    /// Where it stood: "the header Authorization". Never the credential itself.
    pub what: String,
}

/// Why a text cannot be taken over. Holds names of options, nothing else of the text.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PasteError {
    /// No command whose program is curl.
    #[error("the text has no curl command")]
    NoCurl,
    /// Longer than [`LONGEST`].
    #[error("the text is longer than 16 MiB")]
    TooLong,
    /// A quote is open at its end.
    #[error("a quote is never closed; was the whole command copied?")]
    Quote,
    /// An option at the end wants a value.
    #[error("the option {0} has no value; was the whole command copied?")]
    Value(String),
    /// A file would have to be read.
    #[error(
        "{0} takes its content from a file, and no file is read here; put the content itself into the command"
    )]
    File(String),
    /// `-F`.
    #[error("{0} sends a form of several parts, which no call here can have")]
    Form(String),
    /// No URL among the words.
    #[error("the command has no URL")]
    NoUrl,
    /// The value of `-X` is no method.
    #[error("the method has characters that no method has")]
    Method,
    /// A URL or header that is no text.
    #[error("the command has bytes that are no text where text belongs")]
    Text,
}

impl Pasted {
    /// Puts everything into a draft; its grant, mode, reason and context stay.
    pub fn fill(self, draft: &mut RequestDraft) {
        draft.method = self.method;
        draft.url = self.url;
        draft.path_parameters.clear();
        draft.query = self.query;
        draft.headers = self.headers;
        draft.body = self.body;
    }
}

/// Reads the first curl command of a text: of a POSIX shell (also with `$'…'`), or of the Windows command prompt.
///
/// # Errors
/// See [`PasteError`].
pub fn curl(text: &str) -> Result<Pasted, PasteError> {
    if text.len() > LONGEST {
        return Err(PasteError::TooLong);
    }
    let commands = words::commands(text);
    let count = commands.len();
    let mut found = commands.into_iter().filter_map(|command| {
        let start = command.words.iter().position(|word| !is_before_program(word))?;
        is_curl(command.words.get(start)?).then_some((command, start + 1))
    });
    let (command, start) = found.next().ok_or(PasteError::NoCurl)?;
    if command.open {
        return Err(PasteError::Quote);
    }
    let mut reader = Reader::default();
    if count > 1 {
        reader.ignore("the other commands of the text");
    }
    if command.variables {
        reader.ignore("variables of the shell: they are left as they are written");
    }
    reader.read(command.words.into_iter().skip(start))?;
    reader.finish()
}

/// A prompt that was copied too, a variable that is set for the command, or a program that starts another.
fn is_before_program(word: &[u8]) -> bool {
    let Ok(word) = std::str::from_utf8(word) else { return false };
    let assigned = word.split_once('=').is_some_and(|(name, _)| crate::domain::template::is_name(name));
    assigned || matches!(word, "$" | "%" | ">" | "sudo" | "env" | "time" | "command" | "exec")
}

fn is_curl(word: &[u8]) -> bool {
    let name = word.rsplit(|byte| matches!(byte, b'/' | b'\\')).next().unwrap_or_default();
    name.eq_ignore_ascii_case(b"curl") || name.eq_ignore_ascii_case(b"curl.exe")
}

#[cfg(test)]
#[path = "paste_tests.rs"]
mod tests;
