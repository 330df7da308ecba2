//! Identifiers: of a grant, of a row, and references to other objects.

use std::collections::{HashMap, HashSet};
use std::fmt;
use std::sync::Arc;

use foldhash::fast::RandomState;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// The id of a grant (docs/protocol/grants.md section 1, `grant_id`). Sensitive: together with a key it is
/// enough to use the grant.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct GrantId(pub Uuid);

impl GrantId {
    /// Parses a canonical hyphenated UUID in either case; other forms (braces, no hyphens, `urn:`) are not
    /// ids of this backend (docs/protocol/grants.md section 2).
    pub fn parse(text: &str) -> Option<Self> {
        if text.len() != 36 {
            return None;
        }
        Uuid::try_parse(text).ok().map(Self)
    }
}

impl fmt::Display for GrantId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.hyphenated().fmt(f)
    }
}

impl fmt::Debug for GrantId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "GrantId({self})")
    }
}

/// A partial id as people type it or as grantdeck shows it: `7c1f0a52`, `7c1f0a52-…-9e2a`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PartOfId {
    /// Its first digits, lower case, without hyphens.
    head: Box<str>,
    /// Its last digits; may be empty.
    tail: Box<str>,
}

impl PartOfId {
    /// Parses a partial id that starts with at least `least` digits.
    pub fn parse(text: &str, least: usize) -> Option<Self> {
        if text.starts_with('-') {
            return None;
        }
        let (head, tail) = text.split_once('…').unwrap_or((text, ""));
        let digits = |part: &str| part.replace('-', "").to_ascii_lowercase().into_boxed_str();
        let (head, tail) = (digits(head), digits(tail));
        let is_hex = |part: &str| part.bytes().all(|byte| byte.is_ascii_hexdigit());
        let is_part = head.len() >= least && head.len() + tail.len() <= 32 && is_hex(&head) && is_hex(&tail);
        is_part.then_some(Self { head, tail })
    }

    /// Whether it matches an id.
    pub fn fits(&self, id: Uuid) -> bool {
        let digits = id.simple().to_string();
        digits.starts_with(&*self.head) && digits.ends_with(&*self.tail)
    }
}

impl fmt::Display for PartOfId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}…{}", self.head, self.tail)
    }
}

/// The identity of a row. Cursor, marks and change marks refer to it, never to an index.
///
/// A row with an unreadable `grant_id` gets an identity derived from its content, so that it can be shown and
/// selected, but never used for a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum RowId {
    /// A readable grant.
    Grant(GrantId),
    /// A row without a readable id, identified by a digest of its raw text.
    Unreadable(u64),
}

impl RowId {
    /// The grant id for calls and copies, if the row has one.
    pub fn grant(self) -> Option<GrantId> {
        match self {
            Self::Grant(id) => Some(id),
            Self::Unreadable(_) => None,
        }
    }
}

impl fmt::Display for RowId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Grant(id) => id.fmt(f),
            Self::Unreadable(_) => f.write_str("unreadable id"),
        }
    }
}

/// A set of rows. Lists have up to 100,000 rows, so it hashes fast; it is still seeded, because the backend
/// chooses the ids.
pub type RowSet = HashSet<RowId, RandomState>;

/// A map keyed by row; hashes like [`RowSet`].
pub type RowMap<T> = HashMap<RowId, T, RandomState>;

/// A reference to another object (parent grant, credential, agent): a UUID, or any other text as received,
/// which the protocol allows.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Reference {
    /// A canonical lower-case UUID, which prints exactly as received.
    Id(Uuid),
    /// Anything else.
    Text(Arc<str>),
}

impl Reference {
    /// Keeps the text exactly; only a canonical lower-case UUID is stored as a number.
    pub fn new(text: &str) -> Self {
        match Uuid::try_parse(text) {
            Ok(id) if text.len() == 36 && !text.bytes().any(|b| b.is_ascii_uppercase()) => Self::Id(id),
            _ => Self::Text(text.into()),
        }
    }

    /// The grant this refers to, if it can be one.
    pub fn grant(&self) -> Option<GrantId> {
        match self {
            Self::Id(id) => Some(GrantId(*id)),
            Self::Text(text) => GrantId::parse(text),
        }
    }
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Id(id) => id.hyphenated().fmt(f),
            Self::Text(text) => f.write_str(text),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_canonical_uuids_are_grant_ids() {
        let id = "2a60b3ed-2485-535b-8dd1-9f04e567f3a1";
        assert_eq!(GrantId::parse(id).map(|id| id.to_string()).as_deref(), Some(id));
        assert!(GrantId::parse(&id.to_uppercase()).is_some());
        for odd in ["", "x", "{2a60b3ed-2485-535b-8dd1-9f04e567f3a1}", "2a60b3ed2485535b8dd19f04e567f3a1"] {
            assert_eq!(GrantId::parse(odd), None, "{odd}");
        }
    }

    #[test]
    fn a_part_of_an_id_fits_as_it_is_shown() {
        let id = Uuid::try_parse("7c1f0a52-1111-4222-8333-444455559e2a").unwrap();
        for (text, want) in [
            ("7c1f0a52", Some(true)),
            ("7C1F0A52-1111", Some(true)),
            ("7c1f0a52…", Some(true)),
            ("7c1f0a52-…-9e2a", Some(true)),
            ("7c1f0a52-…-9e2b", Some(false)),
            ("7c1f0a53-…-9e2a", Some(false)),
            ("7c1f", None),
            ("…9e2a", None),
            ("-7c1f0a52", None),
            ("7c1f0a52-…-team", None),
        ] {
            assert_eq!(PartOfId::parse(text, 8).map(|part| part.fits(id)), want, "{text}");
        }
    }

    #[test]
    fn references_print_as_they_came() {
        for text in ["2a60b3ed-2485-535b-8dd1-9f04e567f3a1", "2A60B3ED-2485-535b-8dd1-9f04e567f3a1", "x", ""]
        {
            assert_eq!(Reference::new(text).to_string(), text);
        }
    }
}
