//! Converts byte offsets to line numbers, for error messages.

/// The line, from 1, of the byte at `offset`. An offset past the end is on the last line.
pub fn line_of(text: &str, offset: usize) -> usize {
    1 + text.bytes().take(offset).filter(|byte| *byte == b'\n').count()
}

/// The line starts of a text, to look up many offsets in it.
#[derive(Clone, Debug)]
pub struct Lines {
    newlines: Vec<usize>,
}

impl Lines {
    /// Indexes a text.
    pub fn new(text: &str) -> Self {
        Self {
            newlines: text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n').map(|(at, _)| at).collect(),
        }
    }

    /// The line, from 1, of the byte at `offset`. An offset past the end is on the last line.
    pub fn line(&self, offset: usize) -> usize {
        1 + self.newlines.partition_point(|newline| *newline < offset)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_counted_from_one() {
        let text = "a\nbc\n\nd";
        for (offset, want) in [(0, 1), (1, 1), (2, 2), (4, 2), (5, 3), (6, 4), (99, 4)] {
            assert_eq!(line_of(text, offset), want, "{offset}");
            assert_eq!(Lines::new(text).line(offset), want, "{offset}");
        }
    }
}
