//! Creates a draft from a pasted `curl` command, as copied from browsers, documentation and terminals.
//!
//! Only reads the text: options that name files are rejected. What looks like a credential is dropped and
//! reported, never kept, printed or included in an error (safety rule 2).

use serde_json::Value;

use super::reader::Reader;
use super::words;
use crate::{DraftBody, RequestDraft, template};

/// Maximum length of the text in bytes.
pub const LONGEST: usize = 16 << 20;

/// A call read from a pasted command.
#[derive(Clone, Debug, PartialEq)]
pub struct Pasted {
    /// In upper case.
    pub method: String,
    /// With its query. May contain `{name}` placeholders; `{credential}` marks where one was removed.
    pub url: String,
    /// Only from `-G` and `--url-query`, decoded; all values are strings.
    pub query: Vec<(String, Value)>,
    /// In order, without those that contained a credential.
    pub headers: Vec<(String, String)>,
    /// JSON if the command says so or the text is an object or array, otherwise bytes.
    pub body: DraftBody,
    /// Credentials that were dropped.
    pub dropped: Vec<Dropped>,
    /// What was ignored, for people: options by name, never with their values.
    pub ignored: Vec<String>,
    /// What is read differently than by the shell and curl, in sentences.
    pub notes: Vec<String>,
    /// Variables that a shell would have expanded, and where; they need values before the call makes sense.
    /// Those in the URL are `{name}` placeholders.
    pub variables: Vec<Variable>,
    /// The placeholders of the URL that have to be filled in; other braces are literal.
    pub places: Vec<String>,
    /// Why a body that is not in the text was left out, in a sentence.
    pub no_body: Option<String>,
    /// Parts of the body that look like credentials but were kept: "the field password of the body".
    pub suspicious: Vec<String>,
}

/// A credential that was dropped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dropped {
    /// Where it was: "the header Authorization". Never the credential itself.
    pub what: String,
}

/// An unexpanded variable in a pasted request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Variable {
    /// As written in the request: `$ID`, `{{id}}`.
    pub text: String,
    /// "the header X-Id".
    pub place: String,
}

/// Why a text cannot be read. Names options, but contains nothing else of the text.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PasteError {
    /// There is no curl command.
    #[error("the text has no curl command")]
    NoCurl,
    /// Longer than [`LONGEST`].
    #[error("the text is longer than 16 MiB")]
    TooLong,
    /// An unclosed quote.
    #[error("a quote is never closed; was the whole command copied?")]
    Quote,
    /// The last option needs a value.
    #[error("the option {0} has no value; was the command copied completely?")]
    Value(String),
    /// A file would have to be read.
    #[error("{0} reads from a file, and files are not read here; put the content into the command")]
    File(String),
    /// `curl` as the alias of Invoke-WebRequest in Windows PowerShell.
    #[error("this is PowerShell's Invoke-WebRequest, not curl; paste a curl command")]
    InvokeWebRequest,
    /// `{a,b}` or `[1-3]` in the URL, without `-g`.
    #[error("the URL is a pattern for several (curl globbing); paste one of them")]
    Several,
    /// `\ud83d` without its other half: a lone surrogate.
    #[error("the text has an unpaired surrogate (\\uD800 to \\uDFFF)")]
    Half,
    /// There is no URL.
    #[error("the command has no URL")]
    NoUrl,
    /// The value of `-X` is not a method.
    #[error("the method has characters that no method has")]
    Method,
    /// A URL or header that is not UTF-8.
    #[error("the command contains invalid text")]
    Text,
}

impl Pasted {
    /// Copies everything into a draft, keeping its grant, mode, reason and context.
    pub fn fill(self, draft: &mut RequestDraft) {
        draft.method = self.method;
        draft.url = self.url;
        // Before the query, `{name}` is a placeholder anyway.
        let known = template::places(&draft.url, &[]);
        let open = self.places.into_iter().filter(|name| !known.contains(&name.as_str()));
        draft.path_parameters = open.map(|name| (name, String::new())).collect();
        draft.query = self.query;
        draft.headers = self.headers;
        draft.body = self.body;
    }
}

/// Whether a text looks like a curl command, judging by its beginning.
pub fn is_command(text: &str) -> bool {
    // A body may be long, but the program comes first.
    let head = text.char_indices().nth(4096).map_or(text, |(end, _)| text.get(..end).unwrap_or_default());
    words::commands(head)
        .is_some_and(|commands| commands.iter().any(|command| program(&command.words).is_some()))
}

/// Reads the first curl command of a text for a POSIX shell (including `$'…'`), the Windows command prompt,
/// or PowerShell.
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

/// Returns the index of curl in a command, after variable assignments and launchers.
fn program(words: &[Vec<u8>]) -> Option<usize> {
    let at = words.iter().position(|word| is_curl(word))?;
    let mut before = words.get(..at)?.iter();
    let launches = before.clone().any(|word| is_launcher(word));
    // Options of a launcher with their values: `sudo -u me`, `timeout 10`.
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

/// Whether a program runs another one.
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

/// Whether a word is an option that only Invoke-WebRequest has.
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
