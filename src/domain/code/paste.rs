//! A draft from a pasted `curl` command (what people copy from browsers, documentation and terminals).
//!
//! Nothing is read but the text: options that name files are refused. What looks like a credential is dropped and
//! named, never kept, printed or put into an error (safety rule 2).

use serde_json::Value;

use super::reader::Reader;
use super::words;
use crate::{DraftBody, RequestDraft, template};

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
    /// What is read in another way than the shell and curl would, in sentences.
    pub notes: Vec<String>,
    /// What a shell would have put a value in for, and where: the call makes no sense before that is there. Those of
    /// the URL are `{name}` places of it.
    pub variables: Vec<Variable>,
    /// The names in braces of the URL that are no plain braces: somebody has to fill them in.
    pub places: Vec<String>,
    /// That the command has a body which is not in its text, and why it was not taken over, in a sentence.
    pub no_body: Option<String>,
    /// Places of the body that look like credentials and were kept all the same: "the field password of the body".
    pub suspicious: Vec<String>,
}

/// A credential that was left out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dropped {
    /// Where it stood: "the header Authorization". Never the credential itself.
    pub what: String,
}

/// A variable that still stands in a pasted request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Variable {
    /// As it is written in the request: `$ID`, `{{id}}`.
    pub text: String,
    /// "the header X-Id".
    pub place: String,
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
    #[error("the option {0} has no value; was the command copied completely?")]
    Value(String),
    /// A file would have to be read.
    #[error("{0} reads from a file, and files are not read here; put the content into the command")]
    File(String),
    /// `curl` as Windows PowerShell's other name for Invoke-WebRequest.
    #[error("this is PowerShell's Invoke-WebRequest, not curl; paste a curl command")]
    InvokeWebRequest,
    /// `{a,b}` or `[1-3]` in the URL, without `-g`.
    #[error("the URL is a pattern for several (curl globbing); paste one of them")]
    Several,
    /// `\ud83d` without its other half.
    #[error("the text has an unpaired surrogate (\\uD800 to \\uDFFF)")]
    Half,
    /// No URL among the words.
    #[error("the command has no URL")]
    NoUrl,
    /// The value of `-X` is no method.
    #[error("the method has characters that no method has")]
    Method,
    /// A URL or header that is no text.
    #[error("the command contains invalid text")]
    Text,
}

impl Pasted {
    /// Puts everything into a draft; its grant, mode, reason and context stay.
    pub fn fill(self, draft: &mut RequestDraft) {
        draft.method = self.method;
        draft.url = self.url;
        // What stands before the query is a place in any case.
        let known = template::places(&draft.url, &[]);
        let open = self.places.into_iter().filter(|name| !known.contains(&name.as_str()));
        draft.path_parameters = open.map(|name| (name, String::new())).collect();
        draft.query = self.query;
        draft.headers = self.headers;
        draft.body = self.body;
    }
}

/// Whether a text is a curl command, as far as its beginning tells.
pub fn is_command(text: &str) -> bool {
    // A body may be long; the program is in front.
    let head = text.char_indices().nth(4096).map_or(text, |(end, _)| text.get(..end).unwrap_or_default());
    words::commands(head)
        .is_some_and(|commands| commands.iter().any(|command| program(&command.words).is_some()))
}

/// Reads the first curl command of a text: of a POSIX shell (also with `$'…'`), of the Windows command prompt, or of
/// PowerShell.
///
/// # Errors
/// See [`PasteError`].
pub fn curl(text: &str) -> Result<Pasted, PasteError> {
    if text.len() > LONGEST {
        return Err(PasteError::TooLong);
    }
    let commands = words::commands(text).ok_or(PasteError::Text)?;
    let count = commands.len();
    let mut found = commands.into_iter().filter_map(|command| {
        let start = program(&command.words)?;
        Some((command, start + 1))
    });
    let (command, start) = found.next().ok_or(PasteError::NoCurl)?;
    if command.words.iter().any(|word| is_web_request(word)) {
        return Err(PasteError::InvokeWebRequest);
    }
    if command.open {
        return Err(PasteError::Quote);
    }
    if command.half {
        return Err(PasteError::Half);
    }
    let mut reader = Reader::reading(command.input);
    if count > 1 {
        reader.ignore("the other commands of the text");
    }
    let before = command.words.iter().take(start - 1);
    if before.into_iter().any(|word| is_assignment(word) && names_a_proxy(word)) {
        reader.ignore("the proxy in a variable before curl");
    }
    for note in command.notes {
        reader.note(note);
    }
    reader.read(command.words.into_iter().skip(start))?;
    reader.finish()
}

/// Where curl stands in a command, behind variables that are set for it and programs that start others.
fn program(words: &[Vec<u8>]) -> Option<usize> {
    let at = words.iter().position(|word| is_curl(word))?;
    let mut before = words.get(..at)?.iter();
    let launches = before.clone().any(|word| is_launcher(word));
    // The options of a launcher and their values: `sudo -u me`, `timeout 10`.
    before.all(|word| is_assignment(word) || launches).then_some(at)
}

fn is_assignment(word: &[u8]) -> bool {
    let name = word.split(|byte| *byte == b'=').next().filter(|name| name.len() < word.len());
    let name = name.and_then(|name| std::str::from_utf8(name).ok());
    matches!(word, b"(" | b"{" | b"!" | b"then" | b"do")
        || name.is_some_and(|name| template::is_name(name.strip_prefix("$env:").unwrap_or(name)))
}

fn names_a_proxy(word: &[u8]) -> bool {
    let name = word.split(|byte| *byte == b'=').next().unwrap_or_default();
    name.to_ascii_lowercase().ends_with(b"proxy")
}

/// A program that starts another one.
fn is_launcher(word: &[u8]) -> bool {
    const NAMES: [&[u8]; 13] = [
        b"sudo",
        b"doas",
        b"env",
        b"time",
        b"command",
        b"exec",
        b"nohup",
        b"nice",
        b"timeout",
        b"watch",
        b"xargs",
        b"torsocks",
        b"proxychains",
    ];
    NAMES.contains(&word)
}

/// What only Invoke-WebRequest has.
fn is_web_request(word: &[u8]) -> bool {
    const NAMES: [&[u8]; 6] =
        [b"-Uri", b"-Headers", b"-Method", b"-Body", b"-ContentType", b"-UseBasicParsing"];
    NAMES.iter().any(|name| word.eq_ignore_ascii_case(name))
}

fn is_curl(word: &[u8]) -> bool {
    if word.windows(3).any(|three| three == b"://") {
        return false;
    }
    let name = word.rsplit(|byte| matches!(byte, b'/' | b'\\')).next().unwrap_or_default();
    name.eq_ignore_ascii_case(b"curl") || name.eq_ignore_ascii_case(b"curl.exe")
}

#[cfg(test)]
#[path = "paste_open_tests.rs"]
mod open;
#[cfg(test)]
#[path = "paste_tests.rs"]
mod tests;
