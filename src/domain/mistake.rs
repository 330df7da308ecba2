//! Where in a file that a person wrote something stands.

/// The line, counted from 1, in which the byte at `offset` stands. An offset behind the end is in the last line.
pub fn line_of(text: &str, offset: usize) -> usize {
    1 + text.bytes().take(offset).filter(|byte| *byte == b'\n').count()
}

/// Where the lines of a text begin, for whoever asks for the line of many places in it.
#[derive(Clone, Debug)]
pub struct Lines {
    newlines: Vec<usize>,
}

impl Lines {
    /// Reads the text once.
    pub fn of(text: &str) -> Self {
        Self {
            newlines: text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n').map(|(at, _)| at).collect(),
        }
    }

    /// The line, counted from 1, in which the byte at `offset` stands. An offset behind the end is in the last line.
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
            assert_eq!(Lines::of(text).line(offset), want, "{offset}");
        }
    }
}
