//! What a file means, in one shape for all formats: how the edit is checked.

/// A value of a file.
#[derive(Clone, PartialEq)]
pub(super) enum Node {
    /// A text.
    Text(String),
    /// `null`, or nothing where a value could stand.
    Null,
    /// A number, true or false, a date…: what it is, and how it is written.
    Other(&'static str, String),
    /// A list.
    List(Vec<Self>),
    /// Names and values, in the order of the file; a name may come twice.
    Map(Vec<Entry>),
}

/// A name and its value.
#[derive(Clone, PartialEq)]
pub(super) struct Entry {
    pub(super) name: String,
    pub(super) at: At,
    pub(super) node: Node,
}

/// Where a name stands in its text; not part of what a file means.
#[derive(Clone, Copy)]
pub(super) struct At(pub(super) usize);

impl PartialEq for At {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

/// What a name stands for.
#[derive(Clone, PartialEq)]
pub(super) enum Found {
    Text {
        value: String,
    },
    Null,
    /// Something else than a text.
    Other {
        at: usize,
        holds: &'static str,
    },
    /// The first `depth` segments stand for something without names in it.
    Blocked {
        depth: usize,
        at: usize,
        holds: &'static str,
    },
    /// The first `depth` segments come more than once.
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

    /// Follows a name.
    pub(super) fn find(&self, path: &[String]) -> Found {
        let (mut node, mut at) = (self, 0);
        for (depth, segment) in path.iter().enumerate() {
            let entries = match node {
                Self::Map(entries) => entries,
                // A table that has no names yet.
                Self::Null => return Found::Missing,
                _ => return Found::Blocked { depth, at, holds: node.holds() },
            };
            let mut named = entries.iter().filter(|entry| entry.name == *segment);
            let Some(entry) = named.next() else { return Found::Missing };
            let others: Vec<usize> = named.map(|entry| entry.at.0).collect();
            if !others.is_empty() {
                let ats = std::iter::once(entry.at.0).chain(others).collect();
                return Found::Twice { depth: depth + 1, ats };
            }
            (node, at) = (&entry.node, entry.at.0);
        }
        match node {
            Self::Text(value) => Found::Text { value: value.clone() },
            Self::Null => Found::Null,
            other => Found::Other { at, holds: other.holds() },
        }
    }

    /// Whether this is a table without names, or nothing where one could stand.
    pub(super) fn is_empty_table(&self) -> bool {
        matches!(self, Self::Null) || matches!(self, Self::Map(entries) if entries.is_empty())
    }

    /// What stands under a name.
    pub(super) fn at(&self, path: &[String]) -> Option<&Self> {
        let Some((segment, rest)) = path.split_first() else { return Some(self) };
        let Self::Map(entries) = self else { return None };
        entries.iter().find(|entry| entry.name == *segment)?.node.at(rest)
    }

    /// How many segments of a name are there.
    pub(super) fn depth(&self, path: &[String]) -> usize {
        let (Self::Map(entries), Some((segment, rest))) = (self, path.split_first()) else { return 0 };
        let entry = entries.iter().find(|entry| entry.name == *segment);
        entry.map_or(0, |entry| 1 + entry.node.depth(rest))
    }

    /// Whether `after` is the same but for this text under this name.
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

    /// Whether `after` is the same and has this text under this name besides; a table may take the place of nothing. A table of TOML that gets a header
    /// of its own may come to stand elsewhere among its like; the order of the outer tables is not looked at.
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

    /// What stands under a name, and all the rest in the order of the names; None where this is no table, or has
    /// the name twice.
    fn split(&self, name: &str) -> Option<(Option<&Self>, Vec<&Entry>)> {
        let Self::Map(entries) = self else { return None };
        let (named, mut rest): (Vec<_>, Vec<_>) = entries.iter().partition(|entry| entry.name == name);
        rest.sort_by(|one, other| one.name.cmp(&other.name));
        match named.as_slice() {
            [] => Some((None, rest)),
            [entry] => Some((Some(&entry.node), rest)),
            _ => None,
        }
    }

    /// Whether this is nothing but this text under this name.
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
