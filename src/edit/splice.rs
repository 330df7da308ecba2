//! A single change of a text, and helpers for lines.

use std::ops::Range;

/// A replacement of a byte range.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Splice {
    /// The range to replace; empty for an insertion.
    pub(super) range: Range<usize>,
    /// The replacement.
    pub(super) with: String,
    /// Offset within the replacement of the name, or of the value if the name is unchanged.
    pub(super) name_at: usize,
}

impl Splice {
    /// Replaces the range by `with`.
    pub(super) fn replace(range: Range<usize>, with: impl Into<String>) -> Self {
        Self { range, with: with.into(), name_at: 0 }
    }

    /// Inserts at an offset; `name_at` is the offset of the name within the insertion.
    pub(super) fn insert(at: usize, with: impl Into<String>, name_at: usize) -> Self {
        Self { range: at..at, with: with.into(), name_at }
    }

    /// Applies the change; `None` if the range is not valid for this text.
    pub(super) fn apply(&self, text: &str) -> Option<String> {
        let head = text.get(..self.range.start)?;
        let tail = text.get(self.range.end..)?;
        (self.range.start <= self.range.end).then(|| [head, &self.with, tail].concat())
    }
}

/// The line of an offset, from 1.
pub(super) fn line_at(text: &str, offset: usize) -> usize {
    let head = text.as_bytes().get(..offset).unwrap_or(text.as_bytes());
    memchr::memchr_iter(b'\n', head).count() + 1
}

/// The offset at which the line of an offset starts.
pub(super) fn line_start(text: &str, offset: usize) -> usize {
    let head = text.as_bytes().get(..offset).unwrap_or(text.as_bytes());
    memchr::memrchr(b'\n', head).map_or(0, |at| at + 1)
}

/// The offset at which the line ending after `offset` starts; for CRLF, that of the `\r`.
pub(super) fn line_end(text: &str, offset: usize) -> usize {
    let tail = text.as_bytes().get(offset..).unwrap_or_default();
    let end = memchr::memchr(b'\n', tail).map_or(text.len(), |at| offset + at);
    let before = end.checked_sub(1).and_then(|at| text.as_bytes().get(at));
    if end < text.len() && end > offset && before == Some(&b'\r') { end - 1 } else { end }
}

/// The offset at which the next line starts, or the end of the text.
pub(super) fn next_line(text: &str, offset: usize) -> usize {
    let tail = text.as_bytes().get(offset..).unwrap_or_default();
    memchr::memchr(b'\n', tail).map_or(text.len(), |at| offset + at + 1)
}

/// The indentation of the line of an offset.
pub(super) fn indent_at(text: &str, offset: usize) -> &str {
    let line = text.get(line_start(text, offset)..).unwrap_or_default();
    let end = line.len() - line.trim_start_matches([' ', '\t']).len();
    line.get(..end).unwrap_or_default()
}

/// The line ending of a text: that of its first line.
pub(super) fn eol(text: &str) -> &'static str {
    let first = memchr::memchr(b'\n', text.as_bytes());
    let before = first.and_then(|at| at.checked_sub(1)).and_then(|at| text.as_bytes().get(at));
    if before == Some(&b'\r') { "\r\n" } else { "\n" }
}

/// A slice of a text; empty if the range is not valid for it.
pub(super) fn slice(text: &str, range: Range<usize>) -> &str {
    text.get(range).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_found() {
        let text = "a\r\n  b=1\r\n\tc\nlast";
        assert_eq!((line_at(text, 0), line_at(text, 6), line_at(text, text.len())), (1, 2, 4));
        assert_eq!((line_start(text, 6), line_end(text, 6), next_line(text, 6)), (3, 8, 10));
        assert_eq!((indent_at(text, 6), indent_at(text, 11), indent_at(text, 14)), ("  ", "\t", ""));
        assert_eq!((line_end(text, text.len()), next_line(text, text.len())), (text.len(), text.len()));
        assert_eq!((eol(text), eol("a"), eol("a\n")), ("\r\n", "\n", "\n"));
        assert_eq!(Splice::replace(1..9, "").apply("é"), None);
    }
}
