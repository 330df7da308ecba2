//! A response body and its detected type.

use std::sync::{Arc, Mutex};

use super::magic::{self, Declared, Format};
use super::newlines::Newlines;
use super::problem::TapeError;
use super::reading::Reading;
use super::scan;
use super::tape::{Tape, TokenId};
use super::wrap::Wrapped;
use crate::domain::{Body, words};

/// How a body is displayed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, strum::EnumIter)]
pub enum View {
    /// JSON with one member per line. Otherwise [`View::Raw`], or [`View::Hex`] if it is not text.
    #[default]
    Pretty,
    /// The original text.
    Raw,
    /// A hex dump.
    Hex,
}

/// The detected type of a body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// No bytes.
    Empty,
    /// JSON, or JSON lines.
    Json(Tape),
    /// Any other text.
    Text(Markup),
    /// Not text; the format, if the first bytes identify it.
    Binary(Option<Format>),
}

/// The kind of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Markup {
    /// Unknown or unformatted text.
    Plain,
    /// HTML.
    Html,
    /// XML.
    Xml,
}

/// The charset a body was decoded with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Charset {
    /// Its name in the encoding standard: "UTF-8", "windows-1252".
    pub name: &'static str,
    /// It was neither declared nor proved by the bytes.
    pub guessed: bool,
}

/// Why a body is not shown as declared.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Note {
    /// Declared as JSON, but invalid.
    #[error("declared as JSON, but it is not: {0}")]
    NotJson(TapeError),
    /// Declared as JSON, but HTML.
    #[error("declared as JSON, but it is an HTML page")]
    HtmlForJson,
    /// Bytes that are invalid in this charset are shown as `�`.
    #[error("some bytes are not {0}; they are shown as \u{fffd}")]
    Broken(&'static str),
    /// The declared charset is unknown.
    #[error("the declared charset is not known; read as {0}")]
    UnknownCharset(&'static str),
}

/// A body prepared for display. Clones are cheap and share everything.
#[derive(Clone)]
pub struct Document(Arc<Inner>);

struct Inner {
    body: Body,
    /// The body as UTF-8 without a byte-order mark; usually the body itself.
    text: Body,
    kind: Kind,
    charset: Charset,
    notes: Vec<Note>,
    newlines: Newlines,
    /// The wrapped rows for the most recent width.
    wrapped: Mutex<Option<Arc<Wrapped>>>,
}

impl PartialEq for Document {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
            || (&self.0.body, &self.0.kind, &self.0.notes) == (&other.0.body, &other.0.kind, &other.0.notes)
    }
}

impl Eq for Document {}

/// Prints no content: a body may contain secrets.
impl std::fmt::Debug for Document {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Document({})", self.summary())
    }
}

impl Document {
    /// Detects the type of a body from its first bytes, byte-order mark, Content-Type and content. Takes
    /// about half a second for 50 MB of JSON, so call it off the UI thread. Returns `None` if cancelled.
    pub fn open(body: Body, content_type: Option<&str>, cancelled: &dyn Fn() -> bool) -> Option<Self> {
        let declared = Declared::new(content_type);
        if body.is_empty() {
            return Some(Self::new(body, Reading::default(), Kind::Empty));
        }
        // Some magic numbers are plain letters, so UTF-8 that is declared as text is text.
        let format = Format::detect(&body);
        if format.is_some() && (!declared.text || magic::is_binary(&body)) {
            return Some(Self::new(body, Reading::default(), Kind::Binary(format)));
        }
        let Some(mut reading) = Reading::new(&body, &declared) else {
            return Some(Self::new(body, Reading::default(), Kind::Binary(None)));
        };
        let text: &[u8] = reading.decoded.as_ref().map_or(&body, |text| text);
        let first = text.trim_ascii_start().first();
        let mut markup = Markup::Plain;
        if declared.json || matches!(first, Some(b'{' | b'[')) {
            match read_json(text, &declared, cancelled) {
                Ok(tape) => return Some(Self::new(body, reading, Kind::Json(tape))),
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
            return Some(Self::new(body, Reading::default(), Kind::Binary(None)));
        }
        Some(Self::new(body, reading, Kind::Text(markup)))
    }

    fn new(body: Body, reading: Reading, kind: Kind) -> Self {
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

    /// The detected type.
    pub fn kind(&self) -> &Kind {
        &self.0.kind
    }

    /// The tape, if the body is JSON.
    pub fn tape(&self) -> Option<&Tape> {
        match &self.0.kind {
            Kind::Json(tape) => Some(tape),
            _ => None,
        }
    }

    /// The original body.
    pub fn body(&self) -> &Body {
        &self.0.body
    }

    /// The body as text, converted to UTF-8 if it was in another charset. Offsets of lines and matches refer
    /// to it, except in [`View::Hex`], where they refer to the body. It may contain invalid UTF-8.
    pub fn text(&self) -> &Body {
        &self.0.text
    }

    /// The charset of the text.
    pub fn charset(&self) -> Charset {
        self.0.charset
    }

    /// Why the body is not shown as declared.
    pub fn notes(&self) -> &[Note] {
        &self.0.notes
    }

    /// The first syntax error of a body that was declared as JSON.
    pub fn problem(&self) -> Option<&TapeError> {
        self.0.notes.iter().find_map(|note| match note {
            Note::NotJson(error) => Some(error),
            _ => None,
        })
    }

    /// Number of lines of the original text.
    pub fn text_lines(&self) -> usize {
        self.0.newlines.lines()
    }

    /// The views that differ for this body, best first.
    pub fn views(&self) -> &'static [View] {
        match self.0.kind {
            Kind::Empty => &[View::Raw],
            Kind::Json(_) => &[View::Pretty, View::Raw, View::Hex],
            Kind::Text(_) => &[View::Raw, View::Hex],
            Kind::Binary(_) => &[View::Hex, View::Raw],
        }
    }

    /// A short description: "JSON, 12,345 values", "text, windows-1252 (guessed)", "PNG image, 12 kB".
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

    /// The jq path of an entry; `.` if the body is not JSON.
    pub fn path(&self, token: TokenId) -> String {
        self.tape().map_or_else(|| ".".to_owned(), |tape| tape.path(&self.0.text, token))
    }

    /// The bytes of an entry's value, as written.
    pub fn value(&self, token: TokenId) -> &[u8] {
        let range = self.tape().map_or(0..0, |tape| tape.value(token));
        self.0.text.get(range).unwrap_or_default()
    }

    /// The decoded value of a string. It is not sanitised, so it may be copied but not shown.
    pub fn string(&self, token: TokenId) -> Option<String> {
        self.tape()?.string(&self.0.text, token)
    }

    pub(super) fn newlines(&self) -> &Newlines {
        &self.0.newlines
    }

    /// Whether both are clones of the same document. Costs nothing, whatever the size.
    pub fn is_same(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }

    /// Returns the wrapped rows for a width, if they exist already.
    pub(super) fn wrapped_before(&self, width: usize) -> Option<Arc<Wrapped>> {
        let kept = self.0.wrapped.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        kept.as_ref().filter(|wrapped| wrapped.width == width.max(super::wrap::MIN_WIDTH)).map(Arc::clone)
    }

    /// Returns the wrapped rows for a width, computing them if needed.
    pub(super) fn wrapped(&self, width: usize) -> Arc<Wrapped> {
        if let Some(wrapped) = self.wrapped_before(width) {
            return wrapped;
        }
        // The lock is not held while wrapping, so readers do not wait.
        let wrapped = Arc::new(Wrapped::new(&self.0.text, width));
        let mut kept = self.0.wrapped.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        *kept = Some(Arc::clone(&wrapped));
        wrapped
    }
}

/// Reads a text as JSON. Undeclared text counts as JSON lines only if it is unmistakable.
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
