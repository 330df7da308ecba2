//! A body, and what it turned out to be.

use std::sync::{Arc, Mutex};

use super::magic::{self, Declared, Format};
use super::newlines::Newlines;
use super::problem::TapeError;
use super::reading::Reading;
use super::scan;
use super::tape::{Tape, TokenId};
use super::wrap::Wrapped;
use crate::domain::{Body, words};

/// A way to look at a body.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, strum::EnumIter)]
pub enum View {
    /// JSON with a line for each member; anything else as [`View::Raw`], or where it is no text as [`View::Hex`].
    #[default]
    Pretty,
    /// The text as it came.
    Raw,
    /// The bytes.
    Hex,
}

/// What a body is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Nothing.
    Empty,
    /// JSON, or JSON lines.
    Json(Tape),
    /// Any other text.
    Text(Markup),
    /// Nothing to be read; what it is, where its first bytes tell.
    Binary(Option<Format>),
}

/// What kind of text a text is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Markup {
    /// None that is known.
    Plain,
    /// A page.
    Html,
    /// XML.
    Xml,
}

/// How the text of a body was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Charset {
    /// Its name as the standard writes it: "UTF-8", "windows-1252".
    pub name: &'static str,
    /// Nobody declared it, and the bytes do not prove it.
    pub guessed: bool,
}

/// What a reader should know about a body that is not what it was said to be.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Note {
    /// It was declared as JSON and is not.
    #[error("declared as JSON, but it is not: {0}")]
    NotJson(TapeError),
    /// It was declared as JSON and is a page.
    #[error("declared as JSON, but it is an HTML page")]
    HtmlForJson,
    /// Bytes that the charset does not know are shown as `�`.
    #[error("some bytes are not {0}; they are shown as \u{fffd}")]
    Broken(&'static str),
    /// The declared charset is not known.
    #[error("the declared charset is not known; read as {0}")]
    UnknownCharset(&'static str),
}

/// A body made ready to be shown. Clones share everything.
#[derive(Clone)]
pub struct Document(Arc<Inner>);

struct Inner {
    body: Body,
    /// The body as UTF-8, without a mark of the byte order; nearly always the body itself.
    text: Body,
    kind: Kind,
    charset: Charset,
    notes: Vec<Note>,
    newlines: Newlines,
    /// The rows at the width that was asked for last.
    wrapped: Mutex<Option<Arc<Wrapped>>>,
}

impl PartialEq for Document {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
            || (&self.0.body, &self.0.kind, &self.0.notes) == (&other.0.body, &other.0.kind, &other.0.notes)
    }
}

impl Eq for Document {}

/// Bodies may hold anything, also secrets.
impl std::fmt::Debug for Document {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Document({})", self.summary())
    }
}

impl Document {
    /// Finds out what a body is: by its first bytes, a mark of the byte order, the Content-Type, and by reading it.
    /// Takes about half a second for 50 MB of JSON: not for the thread that draws. None when asked to stop.
    pub fn open(body: Body, content_type: Option<&str>, cancelled: &dyn Fn() -> bool) -> Option<Self> {
        let declared = Declared::new(content_type);
        if body.is_empty() {
            return Some(Self::of(body, Reading::default(), Kind::Empty));
        }
        // Some formats begin with letters: what is declared as text and is UTF-8 is text.
        let format = Format::of(&body);
        if format.is_some() && (!declared.text || magic::is_binary(&body)) {
            return Some(Self::of(body, Reading::default(), Kind::Binary(format)));
        }
        let Some(mut reading) = Reading::new(&body, &declared) else {
            return Some(Self::of(body, Reading::default(), Kind::Binary(None)));
        };
        let text: &[u8] = reading.decoded.as_ref().map_or(&body, |text| text);
        let first = text.trim_ascii_start().first();
        let mut markup = Markup::Plain;
        if declared.json || matches!(first, Some(b'{' | b'[')) {
            match read_json(text, &declared, cancelled) {
                Ok(tape) => return Some(Self::of(body, reading, Kind::Json(tape))),
                Err(TapeError::Cancelled) => return None,
                Err(_) if declared.json && magic::is_html(text) => reading.notes.push(Note::HtmlForJson),
                Err(error) if declared.json => reading.notes.push(Note::NotJson(error)),
                Err(_) => {}
            }
        }
        if magic::is_html(text) {
            markup = Markup::Html;
        } else if magic::is_xml(text) {
            markup = Markup::Xml;
        } else if !declared.text && magic::is_binary(text) {
            return Some(Self::of(body, Reading::default(), Kind::Binary(None)));
        }
        Some(Self::of(body, reading, Kind::Text(markup)))
    }

    fn of(body: Body, reading: Reading, kind: Kind) -> Self {
        let text = reading.decoded.unwrap_or_else(|| body.clone());
        let newlines = Newlines::new(&text);
        let wrapped = Mutex::new(None);
        Self(Arc::new(Inner {
            body,
            text,
            kind,
            charset: reading.charset,
            notes: reading.notes,
            newlines,
            wrapped,
        }))
    }

    /// What it is.
    pub fn kind(&self) -> &Kind {
        &self.0.kind
    }

    /// The tape, of JSON.
    pub fn tape(&self) -> Option<&Tape> {
        match &self.0.kind {
            Kind::Json(tape) => Some(tape),
            _ => None,
        }
    }

    /// The body as it came.
    pub fn body(&self) -> &Body {
        &self.0.body
    }

    /// The body as text: in UTF-8, where it was written in another charset. Offsets of lines and matches are in this
    /// text, but in [`View::Hex`] in the body. It may hold bytes that are not UTF-8.
    pub fn text(&self) -> &Body {
        &self.0.text
    }

    /// How the text was read.
    pub fn charset(&self) -> Charset {
        self.0.charset
    }

    /// What a reader should know about it.
    pub fn notes(&self) -> &[Note] {
        &self.0.notes
    }

    /// Where a body that was declared as JSON stops being it.
    pub fn problem(&self) -> Option<&TapeError> {
        self.0.notes.iter().find_map(|note| match note {
            Note::NotJson(error) => Some(error),
            _ => None,
        })
    }

    /// How many lines the text has as it came.
    pub fn text_lines(&self) -> usize {
        self.0.newlines.lines()
    }

    /// The ways to look at it that differ, the best one first.
    pub fn views(&self) -> &'static [View] {
        match self.0.kind {
            Kind::Empty => &[View::Raw],
            Kind::Json(_) => &[View::Pretty, View::Raw, View::Hex],
            Kind::Text(_) => &[View::Raw, View::Hex],
            Kind::Binary(_) => &[View::Hex, View::Raw],
        }
    }

    /// What it is in a few words: "JSON, 12,345 values", "text, windows-1252 (guessed)", "PNG image, 12 kB".
    pub fn summary(&self) -> String {
        let bytes = words::bytes(self.0.body.len() as u64);
        let lines = || words::counted(self.text_lines() as u64, "line");
        let charset = match self.0.charset {
            Charset { name: "UTF-8", guessed: false } => String::new(),
            Charset { name, guessed: false } => format!(", {name}"),
            Charset { name, guessed: true } => format!(", {name} (guessed)"),
        };
        match &self.0.kind {
            Kind::Empty => "empty".to_owned(),
            Kind::Json(tape) if tape.documents() > 1 => {
                format!("JSON lines, {}, {bytes}{charset}", words::counted(tape.documents() as u64, "value"))
            }
            Kind::Json(tape) => {
                format!("JSON, {}, {bytes}{charset}", words::counted(tape.values() as u64, "value"))
            }
            Kind::Text(Markup::Plain) => format!("text, {}, {bytes}{charset}", lines()),
            Kind::Text(Markup::Html) => format!("HTML, {}, {bytes}{charset}", lines()),
            Kind::Text(Markup::Xml) => format!("XML, {}, {bytes}{charset}", lines()),
            Kind::Binary(Some(format)) => format!("{}, {bytes}", format.words()),
            Kind::Binary(None) => format!("binary, {bytes}"),
        }
    }

    /// The path of an entry for jq; `.` for anything but JSON.
    pub fn path(&self, token: TokenId) -> String {
        self.tape().map_or_else(|| ".".to_owned(), |tape| tape.path(&self.0.text, token))
    }

    /// The bytes of an entry's value as they are written.
    pub fn value(&self, token: TokenId) -> &[u8] {
        let range = self.tape().map_or(0..0, |tape| tape.value(token));
        self.0.text.get(range).unwrap_or_default()
    }

    /// What a string says, decoded; for copying, for it may hold anything.
    pub fn string(&self, token: TokenId) -> Option<String> {
        self.tape()?.string(&self.0.text, token)
    }

    pub(super) fn newlines(&self) -> &Newlines {
        &self.0.newlines
    }

    /// Whether both are the same opened body, not only equal ones. Costs nothing, however large they are.
    pub fn is_same(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }

    /// The rows of the text at a width, where they were made already.
    pub(super) fn wrapped_before(&self, width: usize) -> Option<Arc<Wrapped>> {
        let kept = self.0.wrapped.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        kept.as_ref().filter(|wrapped| wrapped.width == width.max(super::wrap::NARROWEST)).map(Arc::clone)
    }

    /// The rows of the text at a width.
    pub(super) fn wrapped(&self, width: usize) -> Arc<Wrapped> {
        if let Some(wrapped) = self.wrapped_before(width) {
            return wrapped;
        }
        // Nobody who only wants to look waits meanwhile.
        let wrapped = Arc::new(Wrapped::new(&self.0.text, width));
        let mut kept = self.0.wrapped.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        *kept = Some(Arc::clone(&wrapped));
        wrapped
    }
}

/// The JSON of a text; of a text that nobody declared to be JSON lines only where they are plainly that.
fn read_json(text: &[u8], declared: &Declared, cancelled: &dyn Fn() -> bool) -> Result<Tape, TapeError> {
    let tape = scan::scan(text, 0, true, cancelled)?;
    let plainly = || {
        let roots = std::iter::successors(tape.token(0), |root| tape.next_sibling(*root));
        roots.take(1000).all(|root| tape.shape(root).is_some_and(super::tape::Shape::opens))
    };
    if tape.documents() == 1 || declared.lines || plainly() { Ok(tape) } else { Tape::build(text, cancelled) }
}

#[cfg(test)]
#[path = "document_tests.rs"]
mod tests;
