//! Names of values: `GOOGLE_GRANT_ID`, `alter.grants.google`, `accounts."work@acme.com".id`.

use std::fmt;
use std::str::FromStr;

use thiserror::Error;

/// A name with one or more segments, none of them empty or with control characters.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct KeyPath(Vec<String>);

/// Why a text is not a valid name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum KeyPathError {
    /// An empty segment, or no text at all.
    #[error("a part of the name is empty")]
    Empty,
    /// An unclosed quote.
    #[error("a quote in the name is not closed")]
    Unclosed,
    /// Something other than a dot after a quoted segment.
    #[error("after a quoted part of the name comes a dot or nothing")]
    Trailing,
    /// A line break or another control character.
    #[error("the name has a control character")]
    Control,
}

impl KeyPath {
    /// A name with these segments, taken literally.
    ///
    /// # Errors
    /// If there is no segment, or one that is empty or has a control character.
    pub fn new<S: Into<String>>(segments: impl IntoIterator<Item = S>) -> Result<Self, KeyPathError> {
        let segments: Vec<String> = segments.into_iter().map(Into::into).collect();
        if segments.is_empty() || segments.iter().any(String::is_empty) {
            return Err(KeyPathError::Empty);
        }
        if segments.iter().any(|segment| segment.chars().any(char::is_control)) {
            return Err(KeyPathError::Control);
        }
        Ok(Self(segments))
    }

    /// The segments, outermost first.
    pub fn segments(&self) -> &[String] {
        &self.0
    }

    /// The innermost segment.
    pub(super) fn last(&self) -> &str {
        self.0.last().map_or("", String::as_str)
    }

    /// The first `depth` segments.
    pub(super) fn parents(&self, depth: usize) -> Self {
        Self(self.0.iter().take(depth).cloned().collect())
    }
}

impl FromStr for KeyPath {
    type Err = KeyPathError;

    /// Parses a dotted name. Double-quoted segments support `\"` and `\\`; single-quoted ones have no escapes.
    fn from_str(text: &str) -> Result<Self, KeyPathError> {
        let mut segments = Vec::new();
        let mut rest = text.chars().peekable();
        loop {
            let mut segment = String::new();
            match rest.peek().copied() {
                Some(quote @ ('"' | '\'')) => {
                    rest.next();
                    loop {
                        match rest.next().ok_or(KeyPathError::Unclosed)? {
                            '\\' if quote == '"' => segment.push(rest.next().ok_or(KeyPathError::Unclosed)?),
                            character if character == quote => break,
                            character => segment.push(character),
                        }
                    }
                    if !matches!(rest.peek(), None | Some('.')) {
                        return Err(KeyPathError::Trailing);
                    }
                }
                _ => {
                    while let Some(character) = rest.next_if(|character| *character != '.') {
                        segment.push(character);
                    }
                }
            }
            segments.push(segment);
            if rest.next().is_none() {
                return Self::new(segments);
            }
        }
    }
}

impl fmt::Display for KeyPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, segment) in self.0.iter().enumerate() {
            if index > 0 {
                f.write_str(".")?;
            }
            if segment.contains(['.', '"', '\'']) {
                write!(f, "\"{}\"", segment.replace('\\', "\\\\").replace('"', "\\\""))?;
            } else {
                f.write_str(segment)?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn names_are_read() {
        for (text, want) in [
            ("A", Ok(vec!["A"])),
            ("alter.grants.google", Ok(vec!["alter", "grants", "google"])),
            ("a.\"b.c\"", Ok(vec!["a", "b.c"])),
            ("a.'b.\"c'.d", Ok(vec!["a", "b.\"c", "d"])),
            ("\"a\\\"b\\\\\"", Ok(vec!["a\"b\\"])),
            ("", Err(KeyPathError::Empty)),
            ("a..b", Err(KeyPathError::Empty)),
            ("a.", Err(KeyPathError::Empty)),
            ("a.\"b", Err(KeyPathError::Unclosed)),
            ("\"a\"b", Err(KeyPathError::Trailing)),
            ("a\nb", Err(KeyPathError::Control)),
        ] {
            let read: Result<KeyPath, _> = text.parse();
            assert_eq!(read, want.map(|segments| KeyPath::new(segments).unwrap()), "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn a_name_is_read_as_it_is_printed(segments in proptest::collection::vec("[a-z.'\"\\\\ é]{1,5}", 1..4)) {
            let key = KeyPath::new(segments).unwrap();
            prop_assert_eq!(key.to_string().parse::<KeyPath>().unwrap(), key);
        }
    }
}
