//! The bare origin of a provider's API.

use std::fmt;

/// Maximum length in characters.
const MAX_LENGTH: usize = 270;

/// A bare `https://host`: lower-case labels, no port, path or trailing slash (docs/protocol/grants.md section
/// 1, `api_base_url`). Safe to build URLs from and to open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin(Box<str>);

impl Origin {
    /// Parses an origin.
    pub fn parse(text: &str) -> Option<Self> {
        let legal = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        let label = |label: &str| {
            (1..=63).contains(&label.len())
                && label.bytes().all(legal)
                && !label.starts_with('-')
                && !label.ends_with('-')
        };
        let is_bare = text.len() <= MAX_LENGTH
            && text.strip_prefix("https://").is_some_and(|host| host.split('.').all(label));
        is_bare.then(|| Self(text.into()))
    }

    /// `https://host`.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
