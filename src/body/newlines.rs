//! Finds the lines of a text without storing every line.

use std::ops::Range;

use memchr::memchr_iter;

/// Bytes per block of counted line breaks.
const BLOCK: usize = 4096;

/// The lines of a text, ended by `\n` or `\r\n`. A line break at the very end does not start another line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Newlines {
    /// Number of line breaks before each block.
    before: Vec<u32>,
    breaks: usize,
    lines: usize,
}

impl Newlines {
    pub(super) fn new(text: &[u8]) -> Self {
        let mut before = Vec::with_capacity(text.len() / BLOCK + 1);
        let mut breaks = 0;
        for block in text.chunks(BLOCK) {
            before.push(breaks as u32);
            breaks += memchr_iter(b'\n', block).count();
        }
        let open = text.last().is_some_and(|last| *last != b'\n');
        Self { before, breaks, lines: breaks + usize::from(open) }
    }

    /// Number of lines; 0 for an empty text.
    pub(super) fn lines(&self) -> usize {
        self.lines
    }

    /// The offset of the line break with this index, from 0; the end of the text if there are fewer.
    pub(super) fn line_break(&self, text: &[u8], number: usize) -> usize {
        if number >= self.breaks {
            return text.len();
        }
        let block = self.before.partition_point(|before| *before as usize <= number).saturating_sub(1);
        let skipped = self.before.get(block).map_or(0, |before| *before as usize);
        let start = block * BLOCK;
        let found = text.get(start..).and_then(|rest| memchr_iter(b'\n', rest).nth(number - skipped));
        found.map_or(text.len(), |at| start + at)
    }

    /// The range of a line, without its line break.
    pub(super) fn line(&self, text: &[u8], number: usize) -> Range<usize> {
        let start = match number.checked_sub(1) {
            Some(previous) => (self.line_break(text, previous) + 1).min(text.len()),
            None => 0,
        };
        let end = self.line_break(text, number);
        start..without_return(text, start, end)
    }

    /// The line of a byte offset.
    pub(super) fn line_of(&self, text: &[u8], offset: usize) -> usize {
        self.breaks_before(text, offset).min(self.lines.saturating_sub(1))
    }

    /// Number of line breaks before a byte offset.
    pub(super) fn breaks_before(&self, text: &[u8], offset: usize) -> usize {
        let offset = offset.min(text.len());
        let block = offset / BLOCK;
        let Some(before) = self.before.get(block) else { return self.breaks };
        let head = text.get(block * BLOCK..offset).unwrap_or_default();
        *before as usize + memchr_iter(b'\n', head).count()
    }
}

/// Moves the end of a line before its carriage return, if it has one.
pub(super) fn without_return(text: &[u8], start: usize, end: usize) -> usize {
    match text.get(start..end) {
        Some([.., b'\r']) => end - 1,
        _ => end,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn lines_are_those_of_the_text(text in "([a-c]{0,3}(\r?\n)?){0,40}", filler in 0usize..3) {
            let text = format!("{}{text}", "x\n".repeat(filler * 2047));
            let newlines = Newlines::new(text.as_bytes());
            let want: Vec<&str> = text.lines().collect();
            prop_assert_eq!(newlines.lines(), want.len());
            // There is a mark every 2,048 lines: check around the marks and at the end.
            let looked_at = |number: usize| number % 2_048 < 4 || number % 2_048 > 2_043 || number + 45 > want.len();
            for (number, line) in want.iter().enumerate().filter(|(number, _)| looked_at(*number)) {
                let range = newlines.line(text.as_bytes(), number);
                prop_assert_eq!(text.get(range.clone()), Some(*line));
                prop_assert_eq!(newlines.line_of(text.as_bytes(), range.start), number);
                prop_assert_eq!(newlines.line_of(text.as_bytes(), range.end), number);
            }
        }
    }
}
