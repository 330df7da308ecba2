//! A success answer that cannot be parsed.

use std::borrow::Cow;

use serde::de::DeserializeOwned;

use super::surrogates;

/// Where and how an answer departs from its shape.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the answer of {endpoint} cannot be read: {problem} (at {position})")]
pub struct Malformed {
    /// Method and path of the request.
    pub endpoint: &'static str,
    /// The place in the answer: a path such as `providers.github.name`, else line and column; `answer` for the whole.
    pub position: String,
    /// What is wrong. May quote the answer: untrusted text.
    pub problem: String,
}

impl Malformed {
    /// The whole answer is wrong.
    pub fn whole(endpoint: &'static str, problem: impl Into<String>) -> Self {
        Self { endpoint, position: "answer".to_owned(), problem: problem.into() }
    }

    /// The same without any text of the answer, for answers that contain secrets.
    #[must_use]
    pub fn unquoted(self) -> Self {
        Self { problem: "missing, or not of the expected type".to_owned(), ..self }
    }

    /// Converts serde's error; the position is a path if it is known.
    pub fn from_path(endpoint: &'static str, error: &serde_path_to_error::Error<serde_json::Error>) -> Self {
        let path = error.path().to_string();
        let inner = error.inner();
        let position =
            if path == "." { format!("line {} column {}", inner.line(), inner.column()) } else { path };
        Self { endpoint, position, problem: plain(inner) }
    }

    /// Converts serde's error for an answer from which a piece was removed.
    fn from_path_around(
        endpoint: &'static str,
        error: &serde_path_to_error::Error<serde_json::Error>,
        gap: Gap,
    ) -> Self {
        let mut malformed = Self::from_path(endpoint, error);
        if error.path().to_string() == "." {
            malformed.position = gap.position(error.inner());
        }
        malformed
    }

    /// Converts serde's error; the position is line and column.
    pub fn from_json(endpoint: &'static str, error: &serde_json::Error) -> Self {
        let position = format!("line {} column {}", error.line(), error.column());
        Self { endpoint, position, problem: plain(error) }
    }
}

/// serde's message, without the position, which is shown separately.
fn plain(error: &serde_json::Error) -> String {
    if error.is_eof() {
        return "it ends in the middle; it was cut off on the way".to_owned();
    }
    let text = error.to_string();
    let end = text.rfind(" at line ").unwrap_or(text.len());
    text.get(..end).unwrap_or(&text).to_owned()
}

/// Parses an answer; the error names the place of the first fault. Unpaired surrogates are replaced.
pub(crate) fn read<T: DeserializeOwned>(endpoint: &'static str, bytes: &[u8]) -> Result<T, Malformed> {
    read_around(endpoint, bytes, Gap::default())
}

/// A piece that was removed from an answer before parsing. It was part of a string, so it contains no line break.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Gap {
    /// Its line, from 1; 0 = nothing was removed.
    pub(crate) line: usize,
    /// Its column: bytes before it on that line.
    pub(crate) column: usize,
    /// Its length.
    pub(crate) length: usize,
}

impl Gap {
    /// The position of serde's error in the original answer.
    fn position(self, error: &serde_json::Error) -> String {
        let behind = error.line() == self.line && error.column() > self.column;
        let column = error.column() + if behind { self.length } else { 0 };
        format!("line {} column {column}", error.line())
    }
}

/// Like [`read`]; positions are those before a piece was removed.
pub(crate) fn read_around<T: DeserializeOwned>(
    endpoint: &'static str,
    bytes: &[u8],
    gap: Gap,
) -> Result<T, Malformed> {
    read_strictly(endpoint, bytes, gap).or_else(|malformed| match surrogates::paired(bytes) {
        Cow::Borrowed(_) => Err(malformed),
        Cow::Owned(bytes) => read_strictly(endpoint, &bytes, gap),
    })
}

/// Parses strict JSON, without replacing surrogates: for answers in which no character may change.
pub(crate) fn read_strictly<T: DeserializeOwned>(
    endpoint: &'static str,
    bytes: &[u8],
    gap: Gap,
) -> Result<T, Malformed> {
    let mut deserializer = serde_json::Deserializer::from_slice(bytes);
    let value = serde_path_to_error::deserialize(&mut deserializer)
        .map_err(|error| Malformed::from_path_around(endpoint, &error, gap))?;
    deserializer.end().map_err(|error| Malformed {
        position: gap.position(&error),
        ..Malformed::from_json(endpoint, &error)
    })?;
    Ok(value)
}
