//! The meaning of a file, in one form for all formats; used to verify edits.

/// A value in a file.
#[derive(Clone, PartialEq)]
pub(super) enum Node {
    /// A string.
    Text(String),
    /// `null`, or an absent value.
    Null,
    /// A number, boolean, date…: its kind, and how it is written.
    Other(&'static str, String),
    /// A list.
    List(Vec<Self>),
    /// Names and values in file order; a name may occur twice.
    Map(Vec<Member>),
}

/// A name and its value.
#[derive(Clone, PartialEq)]
pub(super) struct Member {
    pub(super) name: String,
    pub(super) at: At,
    pub(super) node: Node,
}

/// The offset of a name; not part of the meaning.
#[derive(Clone, Copy)]
pub(super) struct At(pub(super) usize);

impl PartialEq for At {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

/// The result of a lookup.
#[derive(Clone, PartialEq)]
pub(super) enum Lookup {
    Text {
        value: String,
    },
    Null,
    /// Not a string.
    Other {
        at: usize,
        holds: &'static str,
    },
    /// The first `depth` segments lead to a value that is not a table.
    Blocked {
        depth: usize,
        at: usize,
        holds: &'static str,
    },
    /// The first `depth` segments occur more than once.
    Twice {
        depth: usize,
        ats: Vec<usize>,
    },
    Missing,
}

impl Node {
    fn holds(&self) -> &'static str {
        match self {
            Self::Text(_) => "a text",
            Self::Null => "empty",
            Self::Other(kind, _) => kind,
            Self::List(_) => "a list",
            Self::Map(_) => "a table",
        }
    }

    /// Looks up a name.
    pub(super) fn find(&self, path: &[String]) -> Lookup {
        let (mut node, mut at) = (self, 0);
        for (depth, segment) in path.iter().enumerate() {
            let entries = match node {
                Self::Map(entries) => entries,
                // A table without entries.
                Self::Null => return Lookup::Missing,
                _ => return Lookup::Blocked { depth, at, holds: node.holds() },
            };
            let mut named = entries.iter().filter(|entry| entry.name == *segment);
            let Some(entry) = named.next() else { return Lookup::Missing };
            let others: Vec<usize> = named.map(|entry| entry.at.0).collect();
            if !others.is_empty() {
                let ats = std::iter::once(entry.at.0).chain(others).collect();
                return Lookup::Twice { depth: depth + 1, ats };
            }
            (node, at) = (&entry.node, entry.at.0);
        }
        match node {
            Self::Text(value) => Lookup::Text { value: value.clone() },
            Self::Null => Lookup::Null,
            other => Lookup::Other { at, holds: other.holds() },
        }
    }

    /// Whether this is an empty table, or an absent value that could become one.
    pub(super) fn is_empty_table(&self) -> bool {
        matches!(self, Self::Null) || matches!(self, Self::Map(entries) if entries.is_empty())
    }

    /// The value at a path.
    pub(super) fn at(&self, path: &[String]) -> Option<&Self> {
        let Some((segment, rest)) = path.split_first() else { return Some(self) };
        let Self::Map(entries) = self else { return None };
        entries.iter().find(|entry| entry.name == *segment)?.node.at(rest)
    }

    /// How many leading segments of a path exist.
    pub(super) fn depth(&self, path: &[String]) -> usize {
        let (Self::Map(entries), Some((segment, rest))) = (self, path.split_first()) else { return 0 };
        let entry = entries.iter().find(|entry| entry.name == *segment);
        entry.map_or(0, |entry| 1 + entry.node.depth(rest))
    }

    /// Whether `after` equals this node except for the string `value` at `path`.
    pub(super) fn differs_only_at(&self, after: &Self, path: &[String], value: &str) -> bool {
        let Some((segment, rest)) = path.split_first() else {
            return matches!(after, Self::Text(text) if text == value);
        };
        let (Self::Map(old), Self::Map(new)) = (self, after) else { return false };
        old.len() == new.len()
            && old.iter().any(|entry| entry.name == *segment)
            && old.iter().zip(new).all(|(old, new)| {
                old.name == new.name
                    && if old.name == *segment {
                        old.node.differs_only_at(&new.node, rest, value)
                    } else {
                        old.node == new.node
                    }
            })
    }

    /// Whether `after` equals this node plus the string `value` at `path`; a table may replace an absent value. A new
    /// TOML table with its own header may end up elsewhere among its siblings, so the order of outer tables is ignored.
    pub(super) fn gains_only(&self, after: &Self, path: &[String], value: &str) -> bool {
        let Some((segment, rest)) = path.split_first() else { return false };
        if matches!(self, Self::Null) {
            return after.is_only(path, value);
        }
        let (Some(old), Some(new)) = (self.split(segment), after.split(segment)) else { return false };
        let is_same = old.1 == new.1;
        match (old.0, new.0) {
            (Some(old), Some(new)) => is_same && old.gains_only(new, rest, value),
            (None, Some(new)) => is_same && new.is_only(rest, value),
            _ => false,
        }
    }

    /// The value of a name, and all other entries sorted by name; `None` if this is not a table, or has the name twice.
    fn split(&self, name: &str) -> Option<(Option<&Self>, Vec<&Member>)> {
        let Self::Map(entries) = self else { return None };
        let (named, mut rest): (Vec<_>, Vec<_>) = entries.iter().partition(|entry| entry.name == name);
        rest.sort_by(|one, other| one.name.cmp(&other.name));
        match named.as_slice() {
            [] => Some((None, rest)),
            [entry] => Some((Some(&entry.node), rest)),
            _ => None,
        }
    }

    /// Whether this consists of nothing but the string `value` at `path`.
    fn is_only(&self, path: &[String], value: &str) -> bool {
        match (self, path.split_first()) {
            (Self::Text(text), None) => text == value,
            (Self::Map(entries), Some((segment, rest))) => match entries.as_slice() {
                [entry] => entry.name == *segment && entry.node.is_only(rest, value),
                _ => false,
            },
            _ => false,
        }
    }
}
