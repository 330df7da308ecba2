//! The format of API keys, checked offline (docs/protocol/transport.md section 2). This catches typos and authenticates
//! nothing: only the backend knows whether a key is valid.

use std::fmt;

use secrecy::{ExposeSecret, SecretString};

/// The kind of a key by its prefix. It does **not** say whether the key belongs to an application or an agent: that
/// cannot be seen from legacy, derived and publishable keys (docs/protocol/transport.md section 2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum KeyKind {
    /// `alter_rk_`: a runtime (application) key.
    Runtime,
    /// `alter_ak_`: an agent-typed key, not bound to a managed agent.
    Agent,
    /// `alter_dk_`: derived, short-lived.
    Derived,
    /// `alter_pk_`: publishable.
    Publishable,
    /// `alter_key_`: from before scoped keys, and every managed agent's own key.
    Legacy,
}

/// An API key that passed the offline check. Never printed, wiped on drop.
#[derive(Clone)]
pub struct ApiKey {
    text: SecretString,
    kind: KeyKind,
}

/// Why a text is not an API key. The messages never contain the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// An empty text.
    #[error("the key is empty")]
    Empty,
    /// Whitespace around it.
    #[error("the key has blanks or a line break around it; it was probably pasted with them")]
    SurroundingBlanks,
    /// Quotes around it.
    #[error("the key has quotes around it; remove them")]
    SurroundingQuotes,
    /// Not `alter_…` with a known type.
    #[error(
        "the key does not begin as an Alter key does (alter_rk_, alter_ak_, alter_dk_, alter_pk_, alter_key_)"
    )]
    UnknownPrefix,
    /// Shorter than its kind requires.
    #[error("the key is cut off: {have} characters of {want}")]
    Truncated {
        /// Its length.
        have: usize,
        /// The length of a complete key.
        want: usize,
    },
    /// Longer than its kind allows.
    #[error("the key has {have} characters where a whole one has {want}")]
    TooLong {
        /// Its length.
        have: usize,
        /// The length of a complete key.
        want: usize,
    },
    /// The right length, but the parts are in the wrong places.
    #[error("the parts of the key are not where they belong (alter_<type>_<22 characters>_<6 characters>)")]
    WrongShape,
    /// An invalid character.
    #[error("the key has a character that no key has, at position {position}")]
    WrongAlphabet {
        /// Counted from 1, in characters.
        position: usize,
    },
    /// The check characters do not match: there is a typo.
    #[error("the key's own check characters do not match: a character was mistyped")]
    Checksum,
}

const ALPHABET: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";
const SCOPED_PREFIX: usize = "alter_rk_".len();
const BODY: usize = 22;
const CHECK: usize = 6;
const SCOPED: usize = SCOPED_PREFIX + BODY + 1 + CHECK;
const LEGACY_PREFIX: &str = "alter_key_";
const LEGACY: usize = LEGACY_PREFIX.len() + 40;

const TYPES: [(&str, KeyKind); 4] = [
    ("rk", KeyKind::Runtime),
    ("ak", KeyKind::Agent),
    ("dk", KeyKind::Derived),
    ("pk", KeyKind::Publishable),
];

/// The six check characters of `<type>:<body>`: CRC-32, five bits at a time, least significant group first.
pub fn checksum(typed_body: &str) -> [u8; CHECK] {
    let crc = crc32fast::hash(typed_body.as_bytes());
    std::array::from_fn(|index| {
        let group = (crc >> (5 * index)) & 31;
        ALPHABET.get(group as usize).copied().unwrap_or_default()
    })
}

/// Checks the format and returns the kind.
///
/// # Errors
/// What is wrong with the text, without the text.
pub fn check(text: &str) -> Result<KeyKind, KeyError> {
    if text.is_empty() {
        return Err(KeyError::Empty);
    }
    if text.trim() != text {
        return Err(KeyError::SurroundingBlanks);
    }
    let quote = |character: char| matches!(character, '"' | '\'' | '`' | '“' | '”' | '‘' | '’');
    if text.starts_with(quote) || text.ends_with(quote) {
        return Err(KeyError::SurroundingQuotes);
    }
    if let Some(body) = text.strip_prefix(LEGACY_PREFIX) {
        return check_legacy(body);
    }
    for (name, kind) in TYPES {
        let rest = text.strip_prefix("alter_").and_then(|rest| rest.strip_prefix(name));
        if let Some(rest) = rest.and_then(|rest| rest.strip_prefix('_')) {
            return check_scoped(text, name, rest).map(|()| kind);
        }
    }
    Err(KeyError::UnknownPrefix)
}

fn check_legacy(body: &str) -> Result<KeyKind, KeyError> {
    let legal = |character: char| character.is_ascii_alphanumeric() || matches!(character, '-' | '_');
    wrong_character(body, LEGACY_PREFIX.len(), legal)?;
    check_length(LEGACY_PREFIX.len() + body.len(), LEGACY)?;
    Ok(KeyKind::Legacy)
}

fn check_scoped(text: &str, name: &str, rest: &str) -> Result<(), KeyError> {
    let legal =
        |character: char| character == '_' || ALPHABET.iter().any(|known| char::from(*known) == character);
    wrong_character(rest, SCOPED_PREFIX, legal)?;
    check_length(text.len(), SCOPED)?;
    let (body, check) = rest.split_once('_').ok_or(KeyError::WrongShape)?;
    if body.len() != BODY || check.len() != CHECK || check.contains('_') {
        return Err(KeyError::WrongShape);
    }
    if checksum(&format!("{name}:{body}")) == check.as_bytes() { Ok(()) } else { Err(KeyError::Checksum) }
}

fn wrong_character(text: &str, offset: usize, legal: impl Fn(char) -> bool) -> Result<(), KeyError> {
    match text.chars().position(|character| !legal(character)) {
        Some(index) => Err(KeyError::WrongAlphabet { position: offset + index + 1 }),
        None => Ok(()),
    }
}

fn check_length(have: usize, want: usize) -> Result<(), KeyError> {
    match have.cmp(&want) {
        std::cmp::Ordering::Less => Err(KeyError::Truncated { have, want }),
        std::cmp::Ordering::Equal => Ok(()),
        std::cmp::Ordering::Greater => Err(KeyError::TooLong { have, want }),
    }
}

impl ApiKey {
    /// Checks a key, without trimming.
    ///
    /// # Errors
    /// See [`check`].
    pub fn new(text: SecretString) -> Result<Self, KeyError> {
        let kind = check(text.expose_secret())?;
        Ok(Self { text, kind })
    }

    /// The kind by its prefix.
    pub fn kind(&self) -> KeyKind {
        self.kind
    }

    /// For display: an ellipsis and the last four characters.
    pub fn masked(&self) -> String {
        let text = self.text.expose_secret();
        // A checked key is ASCII and longer than four characters.
        format!("…{}", text.get(text.len().saturating_sub(4)..).unwrap_or_default())
    }

    /// The part after the prefix, without the check characters.
    pub fn secret_part(&self) -> Option<&str> {
        let range = match self.kind {
            KeyKind::Legacy => LEGACY_PREFIX.len()..LEGACY,
            _ => SCOPED_PREFIX..SCOPED_PREFIX + BODY,
        };
        self.expose().get(range)
    }

    /// The key itself: only for the header and the signing key.
    pub fn expose(&self) -> &str {
        self.text.expose_secret()
    }
}

impl std::str::FromStr for ApiKey {
    type Err = KeyError;

    fn from_str(text: &str) -> Result<Self, KeyError> {
        Self::new(SecretString::from(text))
    }
}

impl fmt::Debug for ApiKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ApiKey({})", self.masked())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wrong_is_said_without_the_key() {
        let whole = "alter_rk_hjw52w67h7kd7qevze2avf_26kyip";
        let cases = [
            (String::new(), KeyError::Empty),
            (format!("{whole}\n"), KeyError::SurroundingBlanks),
            (format!("\"{whole}\""), KeyError::SurroundingQuotes),
            ("sk_live_aaaaaaaaaaaaaaaaaaaaaaaa".to_owned(), KeyError::UnknownPrefix),
            (whole.chars().take(30).collect(), KeyError::Truncated { have: 30, want: 38 }),
            (format!("{whole}a"), KeyError::TooLong { have: 39, want: 38 }),
            (whole.replace('w', "W"), KeyError::WrongAlphabet { position: 12 }),
            (whole.replace("26kyip", "26kyiq"), KeyError::Checksum),
            ("alter_rk_hjw52w67h7kd7qevze2a_vf_26kyi".to_owned(), KeyError::WrongShape),
            (format!("alter_key_{}", "A".repeat(39)), KeyError::Truncated { have: 49, want: 50 }),
        ];
        for (text, want) in cases {
            let error = check(&text).unwrap_err();
            assert_eq!(error, want, "{text}");
            assert!(!error.to_string().contains("hjw52w67"), "{error}");
        }
    }

    #[test]
    fn only_the_tail_is_shown() {
        let key: ApiKey = "alter_rk_hjw52w67h7kd7qevze2avf_26kyip".parse().unwrap();
        assert_eq!((key.masked().as_str(), key.kind()), ("…kyip", KeyKind::Runtime));
        assert_eq!(format!("{key:?}"), "ApiKey(…kyip)");
    }
}
