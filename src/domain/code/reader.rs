//! Interprets the options of a pasted `curl`.

mod finish;

use super::options::{self, Meaning};
use super::paste::{Dropped, PasteError, Variable};
use super::{marks, secret};
use crate::secret_names::{Place, is_secret_name};

/// Where the body of a command is, if not in the command itself.
pub(super) enum Elsewhere {
    /// In a file named by this option.
    File(String),
    /// In form parts.
    Form(String),
}

/// Collects the options of one command.
#[derive(Default)]
pub(super) struct Reader {
    method: Option<String>,
    head: bool,
    get: bool,
    /// `-T`: the method is PUT.
    upload: bool,
    /// Words that are not options.
    urls: Vec<Vec<u8>>,
    headers: Vec<(String, String)>,
    /// `-H 'Content-Type:'`: send none.
    untyped: bool,
    data: Option<Vec<u8>>,
    /// Where the body would come from, if it is not in the text.
    elsewhere: Option<Elsewhere>,
    json: bool,
    url_query: Vec<u8>,
    /// `-g`: braces and brackets of the URL are literal.
    plain_url: bool,
    /// Content of standard input, for `@-`.
    input: Option<Vec<u8>>,
    dropped: Vec<Dropped>,
    ignored: Vec<String>,
    notes: Vec<String>,
    variables: Vec<Variable>,
    /// Placeholders of the URL that have to be filled in.
    places: Vec<String>,
}

impl Reader {
    pub(super) fn reading(input: Option<Vec<u8>>) -> Self {
        Self { input, ..Self::default() }
    }

    pub(super) fn note(&mut self, what: &str) {
        if !self.notes.iter().any(|known| known == what) {
            self.notes.push(what.to_owned());
        }
    }

    /// Returns the text as written and records its variables.
    fn written(&mut self, marked: &str, place: &str) -> String {
        let (text, found) = marks::unmarked(marked);
        for text in found {
            let variable = Variable { text, place: place.to_owned() };
            if !self.variables.contains(&variable) {
                self.variables.push(variable);
            }
        }
        text
    }

    pub(super) fn ignore(&mut self, what: &str) {
        if !self.ignored.iter().any(|known| known == what) {
            self.ignored.push(what.to_owned());
        }
    }

    fn drop(&mut self, what: String) {
        let dropped = Dropped { what };
        if !self.dropped.contains(&dropped) {
            self.dropped.push(dropped);
        }
    }

    pub(super) fn read(&mut self, mut words: impl Iterator<Item = Vec<u8>>) -> Result<(), PasteError> {
        let mut options = true;
        while let Some(word) = words.next() {
            if !options || !word.starts_with(b"-") || word == b"-" {
                self.urls.push(word);
            } else if word == b"--" {
                options = false;
            } else if let Some(long) = word.strip_prefix(b"--") {
                let equals = long.iter().position(|byte| *byte == b'=');
                let (name, inside) = match equals {
                    Some(at) => (long.get(..at).unwrap_or_default(), long.get(at + 1..).map(<[u8]>::to_vec)),
                    None => (long, None),
                };
                let name = String::from_utf8_lossy(name).into_owned();
                let shown = secret::quotable(&name)
                    .map_or_else(|| "an option that is not known".to_owned(), |name| format!("--{name}"));
                let meaning = options::long(&name);
                if self.option(meaning, &shown, inside, &mut words)? {
                    return Ok(());
                }
            } else if self.short(&word, &mut words)? {
                return Ok(());
            }
        }
        Ok(())
    }

    /// `-sSL`, `-XPOST`, `-X POST`.
    fn short(&mut self, word: &[u8], words: &mut impl Iterator<Item = Vec<u8>>) -> Result<bool, PasteError> {
        for (at, byte) in word.iter().enumerate().skip(1) {
            let letter = char::from(*byte);
            let meaning = options::short(letter);
            let shown =
                if letter.is_ascii_graphic() { format!("-{letter}") } else { "an odd option".to_owned() };
            let rest = word.get(at + 1..).unwrap_or_default();
            let takes = meaning.takes_value();
            let inside = (takes && !rest.is_empty()).then(|| rest.to_vec());
            if self.option(meaning, &shown, inside, words)? {
                return Ok(true);
            }
            if takes {
                break;
            }
        }
        Ok(false)
    }

    /// Processes an option. Returns whether it ends the command.
    fn option(
        &mut self,
        meaning: Meaning,
        shown: &str,
        inside: Option<Vec<u8>>,
        words: &mut impl Iterator<Item = Vec<u8>>,
    ) -> Result<bool, PasteError> {
        let value = if meaning.takes_value() {
            inside.or_else(|| words.next()).ok_or_else(|| PasteError::Value(shown.to_owned()))?
        } else {
            Vec::new()
        };
        match meaning {
            Meaning::Request => {
                let method = method(&value)?;
                if method.as_bytes() != value.as_slice() {
                    self.note("The method is sent in upper case.");
                }
                self.method = Some(method);
            }
            Meaning::Header => self.header(&value)?,
            Meaning::Data | Meaning::Json if value.starts_with(b"@") => {
                self.json |= matches!(meaning, Meaning::Json);
                let Some(input) = self.input.clone().filter(|_| value == b"@-") else {
                    self.in_a_file(shown);
                    return Ok(false);
                };
                // When reading a file, `-d` removes line breaks.
                let plain = matches!(meaning, Meaning::Json) || shown.ends_with("binary");
                let kept = |byte: &u8| plain || !matches!(byte, b'\r' | b'\n' | 0);
                let content: Vec<u8> = input.into_iter().filter(kept).collect();
                self.data(&content, if self.json { b"" } else { b"&" });
            }
            Meaning::Upload => {
                self.upload = true;
                self.in_a_file(shown);
            }
            Meaning::Data | Meaning::DataRaw => self.data(&value, b"&"),
            Meaning::Json => {
                self.json = true;
                self.data(&value, b"");
            }
            Meaning::DataEncoded => match encoded(&value) {
                Some(encoded) => self.data(&encoded, b"&"),
                None => self.in_a_file(shown),
            },
            Meaning::UrlQuery => {
                let encoded = match value.strip_prefix(b"+") {
                    Some(plain) => plain.to_vec(),
                    None => encoded(&value).ok_or_else(|| PasteError::File(shown.to_owned()))?,
                };
                join(&mut self.url_query, &encoded, b"&");
            }
            Meaning::Get => self.get = true,
            Meaning::PlainUrl => self.plain_url = true,
            Meaning::Location => {
                self.ignore(shown);
                self.note("Redirects are never followed; the answer is the redirect itself.");
            }
            Meaning::Insecure => {
                self.ignore(shown);
                self.note("Certificates are always checked.");
            }
            Meaning::Head => self.head = true,
            Meaning::Cookie if value.contains(&b'=') => self.drop("the cookies (-b)".to_owned()),
            Meaning::Named(name) => self.plain_header(name, &text(value)?),
            Meaning::Range => self.plain_header("Range", &format!("bytes={}", text(value)?)),
            Meaning::Url => self.urls.push(value),
            Meaning::Secret => self.drop(format!("the value of {shown}")),
            Meaning::Form => self.elsewhere = Some(Elsewhere::Form(shown.to_owned())),
            Meaning::Next => {
                self.ignore("what follows --next: another call");
                return Ok(true);
            }
            Meaning::Cookie | Meaning::Nothing | Meaning::NothingWithValue => self.ignore(shown),
        }
        Ok(false)
    }

    fn in_a_file(&mut self, option: &str) {
        self.elsewhere.get_or_insert_with(|| Elsewhere::File(option.to_owned()));
    }

    fn data(&mut self, value: &[u8], mark: &[u8]) {
        match &mut self.data {
            Some(data) => join(data, value, mark),
            None => self.data = Some(value.to_vec()),
        }
    }

    fn header(&mut self, line: &[u8]) -> Result<(), PasteError> {
        if line.starts_with(b"@") {
            return Err(PasteError::File("-H".to_owned()));
        }
        let line = text(line.to_vec())?;
        let Some((name, value)) = line.split_once(':').filter(|(name, _)| !name.trim().is_empty()) else {
            // `Name;` is a header without a value.
            match line.trim_end().strip_suffix(';') {
                Some(name) if !name.contains(':') => self.plain_header(name.trim(), ""),
                _ => self.ignore("a header that cannot be read"),
            }
            return Ok(());
        };
        let (name, value) = (name.trim(), value.trim());
        if !value.is_empty() {
            self.plain_header(name, value);
        } else if name.eq_ignore_ascii_case("content-type") {
            self.untyped = true;
        }
        Ok(())
    }

    fn plain_header(&mut self, name: &str, value: &str) {
        let Some(quotable) = secret::quotable(name) else {
            if secret::holds(name) || secret::holds(value) {
                self.drop("a header".to_owned());
            } else {
                self.ignore("a header that cannot be read");
            }
            return;
        };
        if is_secret_name(name, Place::Header) || secret::holds(value) {
            self.drop(format!("the header {quotable}"));
        } else if is_connection_header(name) {
            self.ignore(&format!("the header {quotable}, which is set for each call"));
        } else {
            let value = self.written(
                &marks::mark_angle_brackets(&marks::mark_double_braces(value)),
                &format!("the header {quotable}"),
            );
            self.headers.push((name.to_owned(), value));
        }
    }
}

fn join(data: &mut Vec<u8>, more: &[u8], mark: &[u8]) {
    if !data.is_empty() {
        data.extend_from_slice(mark);
    }
    data.extend_from_slice(more);
}

fn text(bytes: Vec<u8>) -> Result<String, PasteError> {
    String::from_utf8(bytes).ok().ok_or(PasteError::Text)
}

/// Parses a token of RFC 9110 section 5.6.2 of plausible length.
fn method(value: &[u8]) -> Result<String, PasteError> {
    let legal = |byte: &u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(byte);
    let method = std::str::from_utf8(value).unwrap_or_default();
    let fits = (1..=20).contains(&value.len()) && value.iter().all(legal) && !secret::holds(method);
    if fits { Ok(method.to_ascii_uppercase()) } else { Err(PasteError::Method) }
}

/// Parses `content`, `=content`, `name=content`; `None` for `@file` and `name@file`.
fn encoded(value: &[u8]) -> Option<Vec<u8>> {
    let Some(at) = value.iter().position(|byte| *byte == b'=') else {
        return (!value.contains(&b'@')).then(|| marks::percent_encode(value));
    };
    let (name, content) = (value.get(..at)?, value.get(at + 1..)?);
    let mut out = name.to_vec();
    if !name.is_empty() {
        out.push(b'=');
    }
    out.extend_from_slice(&marks::percent_encode(content));
    Some(out)
}

/// Headers that a browser or curl sets for its own connection.
fn is_connection_header(name: &str) -> bool {
    const NAMES: [&str; 10] = [
        "accept-encoding",
        "connection",
        "content-length",
        "expect",
        "keep-alive",
        "priority",
        "te",
        "transfer-encoding",
        "upgrade-insecure-requests",
        "proxy-connection",
    ];
    let lower = name.to_ascii_lowercase();
    NAMES.contains(&lower.as_str()) || lower.starts_with("sec-")
}
