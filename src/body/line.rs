//! A displayable line of a body: pieces of clean text, each with a class.

use std::ops::Range;

use unicode_width::UnicodeWidthChar;

use super::glyphs::{self, Glyph};
use super::tape::TokenId;
use crate::domain::{Clean, clean, words};

/// The class of a piece of text. The UI maps each class to a theme role.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, strum::EnumIter)]
pub enum Class {
    /// Brackets, commas, colons.
    Punctuation,
    /// A member name, with its quotes.
    Key,
    /// A string, with its quotes.
    String,
    /// A number.
    Number,
    /// `true`, `false`, `null`.
    Literal,
    /// Text that is not JSON, and whitespace.
    Text,
    /// The offset at the start of a hex line.
    Offset,
    /// A byte as hexadecimal digits.
    Byte,
    /// Text added by the program, such as the size of a fold or of what was cut.
    Dim,
    /// A search match.
    Match,
}

/// A line of a body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// The text without the indentation.
    pub pieces: Vec<(Class, Clean)>,
    /// The bytes it represents, including any that were cut. In hex, an offset of the body, otherwise of the
    /// text.
    pub source: Range<usize>,
    /// The tape entry, in pretty JSON.
    pub token: Option<TokenId>,
    /// Whether it is folded; `None` if it cannot be folded.
    pub foldable: Option<bool>,
    /// Indentation in cells; at most half the width.
    pub indent: usize,
    /// It continues the previous line, which was too long.
    pub continued: bool,
}

impl Line {
    /// The text with its indentation.
    pub fn text(&self) -> String {
        let mut out = " ".repeat(self.indent);
        for (_, piece) in &self.pieces {
            out.push_str(piece.as_str());
        }
        out
    }
}

/// Builds a line within a number of cells.
pub(super) struct Builder<'a> {
    text: &'a [u8],
    marks: &'a [Range<usize>],
    pieces: Vec<(Class, String)>,
    cells: usize,
    room: usize,
    /// Number of glyphs: those without width take no room on the screen, but do take time.
    glyphs: usize,
    /// The offset at which the line was cut.
    cut: Option<usize>,
    /// Spaces per tab.
    tab: usize,
}

impl<'a> Builder<'a> {
    fn new(text: &'a [u8], marks: &'a [Range<usize>], room: usize, tab: usize) -> Self {
        Self { text, marks, pieces: Vec::new(), cells: 0, room, glyphs: 0, cut: None, tab }
    }

    /// Appends text that is at `at` in the source. Returns false if the line is full.
    pub(super) fn push(&mut self, class: Class, shown: &str, at: usize) -> bool {
        let cells = shown.chars().map(|c| c.width().unwrap_or(1)).sum::<usize>();
        self.glyphs += 1;
        if self.cut.is_some() || self.cells + cells > self.room || self.glyphs > 4 * self.room + 64 {
            self.cut.get_or_insert(at);
            return false;
        }
        self.cells += cells;
        let behind = self.marks.partition_point(|mark| mark.end <= at);
        let lit = class != Class::Dim && self.marks.get(behind).is_some_and(|mark| mark.start <= at);
        self.append(if lit { Class::Match } else { class }, shown);
        true
    }

    /// Appends printable ASCII from `at` that contains no match, and returns its length. Leaves a single
    /// remaining character to the slow path.
    fn push_ascii(&mut self, class: Class, at: usize, end: usize) -> usize {
        if !self.marks.is_empty() || self.cut.is_some() {
            return 0;
        }
        let end = end.min(at + self.room - self.cells).min(self.text.len());
        let rest = self.text.get(at..end).unwrap_or_default();
        let plain = |byte: &&u8| matches!(byte, b' '..=b'~') && !matches!(byte, b'"' | b'\\');
        let length = rest.iter().take_while(plain).count();
        let text = rest.get(..length).and_then(|plain| std::str::from_utf8(plain).ok()).unwrap_or_default();
        if !text.is_empty() {
            self.cells += length;
            self.append(class, text);
        }
        length
    }

    fn append(&mut self, class: Class, shown: &str) {
        match self.pieces.last_mut() {
            Some((last, text)) if *last == class => text.push_str(shown),
            _ => self.pieces.push((class, shown.to_owned())),
        }
    }

    /// Appends punctuation that is at `at` in the source.
    pub(super) fn push_punctuation(&mut self, shown: &str, at: usize) {
        self.push(Class::Punctuation, shown, at);
    }

    fn glyph(&mut self, class: Class, glyph: Glyph, range: &Range<usize>) -> bool {
        match glyph {
            Glyph::Character(character) => self.push(class, character.encode_utf8(&mut [0; 4]), range.start),
            Glyph::Hidden(character) => {
                let mut escaped = String::new();
                glyphs::push_escaped(&mut escaped, character);
                self.push(class, &escaped, range.start)
            }
            Glyph::Broken => self.push(class, "\u{fffd}", range.start),
            Glyph::Escape => {
                let source = self.text.get(range.clone()).and_then(|bytes| std::str::from_utf8(bytes).ok());
                self.push(class, source.unwrap_or("\u{fffd}"), range.start)
            }
        }
    }

    /// Appends the JSON string whose opening quote is at `at`.
    pub(super) fn push_string(&mut self, class: Class, at: usize) {
        let mut next = at + 1;
        let mut open = self.push(class, "\"", at);
        while open {
            next += self.push_ascii(class, next, self.text.len());
            let Some((glyph, range)) = glyphs::in_string(self.text, next) else { break };
            next = range.end;
            open = self.glyph(class, glyph, &range);
        }
        self.push(class, "\"", next);
    }

    /// Appends bytes as text, replacing invalid UTF-8 and characters that are not safe to display.
    pub(super) fn push_raw(&mut self, class: Class, range: Range<usize>) {
        let mut at = range.start;
        loop {
            at += self.push_ascii(class, at, range.end);
            if at >= range.end {
                return;
            }
            let rest = self.text.get(at..range.end).unwrap_or_default();
            let (character, length) = glyphs::character(rest);
            let fits = match character {
                Some('\t') => self.push(class, "    ".get(..self.tab).unwrap_or(" "), at),
                Some(character) if clean::is_harmless(character) => {
                    self.push(class, character.encode_utf8(&mut [0; 4]), at)
                }
                _ => self.push(class, "\u{fffd}", at),
            };
            if !fits {
                return;
            }
            at += length.max(1);
        }
    }
}

/// Builds pieces within `room` cells. If not all of the source up to `end` fits, the last piece says how much
/// is missing.
pub(super) fn fit(
    text: &[u8],
    marks: &[Range<usize>],
    room: usize,
    tab: usize,
    end: usize,
    build: impl Fn(&mut Builder<'_>),
) -> Vec<(Class, Clean)> {
    let mut builder = Builder::new(text, marks, room, tab);
    build(&mut builder);
    let mut more = String::new();
    if let Some(cut) = builder.cut {
        let words = |cut: usize| format!("… {} more", words::bytes(end.saturating_sub(cut) as u64));
        let mut kept = room.saturating_sub(words(cut).chars().count() + 1);
        if kept * 2 > room {
            // The less is kept, the longer the number of missing bytes.
            loop {
                builder = Builder::new(text, marks, kept, tab);
                build(&mut builder);
                more = words(builder.cut.unwrap_or(cut));
                let over = (builder.cells + more.chars().count()).saturating_sub(room);
                if over == 0 || kept == 0 {
                    break;
                }
                kept = kept.saturating_sub(over);
            }
        } else {
            builder = Builder::new(text, marks, room.saturating_sub(1), tab);
            build(&mut builder);
            if room > 0 {
                "…".clone_into(&mut more);
            }
        }
    }
    let mut pieces: Vec<_> = builder.pieces.iter().map(|(class, text)| (*class, Clean::line(text))).collect();
    if !more.is_empty() {
        pieces.push((Class::Dim, Clean::line(&more)));
    }
    pieces
}
