//! The tape: a JSON text as a flat array with one entry for each line that it would have, printed prettily.
//!
//! An entry is a member or element together with its name, an opening bracket, or a closing one; an empty list or
//! object is one entry. So the n-th line *is* the n-th entry, and what a fold hides is a range. An entry takes 16
//! bytes and holds places in the text only; a line is made when it is looked at.

use super::problem::TapeError;
use super::scan;

/// Brackets that may stand open at once.
pub const MAX_DEPTH: usize = 1_000_000;

/// Entries between two marks.
pub(super) const STRIDE: usize = 1024;

/// No name: an element of a list, or a value that stands alone.
pub(super) const NONE: u32 = u32::MAX;

/// An entry of a tape.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TokenId(pub(super) u32);

impl TokenId {
    /// Its place on the tape, which is its line while nothing is folded.
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// What an entry is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Shape {
    /// `{` of an object with members.
    Object,
    /// `[` of a list with elements.
    Array,
    /// `}`.
    ObjectEnd,
    /// `]`.
    ArrayEnd,
    /// `{}`.
    EmptyObject,
    /// `[]`.
    EmptyArray,
    /// A string.
    String,
    /// A number.
    Number,
    /// `true`, `false` or `null`.
    Literal,
}

impl Shape {
    /// An opening bracket: it can be folded.
    pub fn opens(self) -> bool {
        matches!(self, Self::Object | Self::Array)
    }

    /// A closing bracket.
    pub fn closes(self) -> bool {
        matches!(self, Self::ObjectEnd | Self::ArrayEnd)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Entry {
    /// Where the value begins, without its name.
    pub(super) start: u32,
    /// Where its name begins, or [`NONE`]. Of a closing bracket: how many children there are.
    pub(super) key: u32,
    /// Of a bracket: the entry of the other one. Else: where the value ends.
    pub(super) partner: u32,
    pub(super) depth: Depth,
}

/// Depth and shape in four bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Depth(u32);

impl Depth {
    pub(super) fn new(depth: usize, shape: Shape) -> Self {
        Self((depth as u32) << 4 | shape as u32)
    }
}

impl Entry {
    pub(super) fn depth(self) -> usize {
        (self.depth.0 >> 4) as usize
    }

    pub(super) fn shape(self) -> Shape {
        match self.depth.0 & 0xf {
            0 => Shape::Object,
            1 => Shape::Array,
            2 => Shape::ObjectEnd,
            3 => Shape::ArrayEnd,
            4 => Shape::EmptyObject,
            5 => Shape::EmptyArray,
            6 => Shape::String,
            7 => Shape::Number,
            _ => Shape::Literal,
        }
    }

    /// An opening bracket at this depth or deeper.
    pub(super) fn opens_below(self, depth: usize) -> bool {
        self.depth.0 & 0xf <= Shape::Array as u32 && self.depth() >= depth
    }

    /// Where the entry begins in the text: at its name, where it has one.
    pub(super) fn begin(self) -> usize {
        if self.key == NONE || self.shape().closes() { self.start as usize } else { self.key as usize }
    }
}

/// What surrounds the entry at a multiple of [`STRIDE`], so that a parent is found without reading all siblings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Mark {
    /// The innermost open bracket, or [`NONE`].
    pub(super) parent: u32,
    /// How many of its children come before.
    pub(super) children: u32,
}

/// A JSON text, ready to be shown.
#[derive(Clone, PartialEq, Eq)]
pub struct Tape {
    pub(super) entries: Vec<Entry>,
    pub(super) marks: Vec<Mark>,
    pub(super) documents: usize,
    pub(super) closings: usize,
}

impl std::fmt::Debug for Tape {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} entries", self.entries.len())
    }
}

impl Tape {
    /// Reads one JSON value as RFC 8259 has it: UTF-8, no mark of the byte order, nothing behind the value. What
    /// the RFC leaves to the reader is allowed: any size of number, halves of surrogate pairs, names that repeat.
    /// Asks every now and then whether it should stop.
    ///
    /// # Errors
    ///
    /// Where the text is not JSON, deeper than [`MAX_DEPTH`], 4 GiB or more, or when asked to stop.
    pub fn build(body: &[u8], cancelled: &dyn Fn() -> bool) -> Result<Self, TapeError> {
        scan::scan(body, 0, false, cancelled)
    }

    /// How many entries, which are the lines without folds.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there is nothing on it; never, once it is built.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// How many values, objects and lists included.
    pub fn values(&self) -> usize {
        // Each non-empty object or list has two entries.
        self.entries.len() - self.closings
    }

    /// How many values stand one after the other: 1, or more for JSON lines.
    pub fn documents(&self) -> usize {
        self.documents
    }

    /// What an entry is; none behind the end.
    pub fn shape(&self, token: TokenId) -> Option<Shape> {
        self.entry(token).map(Entry::shape)
    }

    /// How many brackets stand open around an entry.
    pub fn depth(&self, token: TokenId) -> usize {
        self.entry(token).map_or(0, Entry::depth)
    }

    pub(super) fn entry(&self, token: TokenId) -> Option<Entry> {
        self.entries.get(token.index()).copied()
    }

    /// The entry at which a line begins, while nothing is folded.
    pub fn token(&self, index: usize) -> Option<TokenId> {
        (index < self.entries.len()).then_some(TokenId(index as u32))
    }

    /// The last entry of what an entry begins: its closing bracket, or itself.
    pub(super) fn last(&self, token: TokenId) -> TokenId {
        match self.entry(token) {
            Some(entry) if entry.shape().opens() => TokenId(entry.partner),
            _ => token,
        }
    }

    /// The opening bracket of a closing one; any other entry itself.
    pub fn opening(&self, token: TokenId) -> TokenId {
        match self.entry(token) {
            Some(entry) if entry.shape().closes() => TokenId(entry.partner),
            _ => token,
        }
    }

    /// How many members or elements an object or a list has.
    pub fn children(&self, token: TokenId) -> usize {
        let close = self.last(self.opening(token));
        self.entry(close).filter(|entry| entry.shape().closes()).map_or(0, |entry| entry.key as usize)
    }

    /// The bytes of a value, without its name; of a bracket, all of the object or list.
    pub fn value(&self, token: TokenId) -> std::ops::Range<usize> {
        let Some(entry) = self.entry(self.opening(token)) else { return 0..0 };
        let end = if entry.shape().opens() {
            self.entry(TokenId(entry.partner)).map_or(entry.start, |close| close.start + 1)
        } else {
            entry.partner
        };
        entry.start as usize..end as usize
    }

    /// The entry in which a byte of the text stands: the last one that begins at or before it.
    pub fn token_at(&self, offset: usize) -> Option<TokenId> {
        let behind = self.entries.partition_point(|entry| entry.begin() <= offset);
        self.token(behind.saturating_sub(1))
    }

    /// The entry of the bracket around an entry, and how many of its siblings come before it.
    pub(super) fn place(&self, token: TokenId) -> (Option<TokenId>, usize) {
        let mut at = self.opening(token).0;
        let mut before = 0;
        loop {
            if (at as usize).is_multiple_of(STRIDE) {
                let Some(mark) = self.marks.get(at as usize / STRIDE) else { return (None, before) };
                let parent = (mark.parent != NONE).then_some(TokenId(mark.parent));
                return (parent, before + mark.children as usize);
            }
            let previous = TokenId(at - 1);
            let Some(entry) = self.entry(previous) else { return (None, before) };
            if entry.shape().opens() {
                return (Some(previous), before);
            }
            at = self.opening(previous).0;
            before += 1;
        }
    }

    /// The object or list that an entry belongs to.
    pub fn parent(&self, token: TokenId) -> Option<TokenId> {
        self.place(token).0
    }

    /// The member or element behind this one, in the same object or list.
    pub fn next_sibling(&self, token: TokenId) -> Option<TokenId> {
        let next = self.token(self.last(self.opening(token)).index() + 1)?;
        self.entry(next).filter(|entry| !entry.shape().closes()).map(|_| next)
    }

    /// The first member or element of an object or list.
    pub fn first_child(&self, token: TokenId) -> Option<TokenId> {
        let token = self.opening(token);
        self.entry(token).filter(|entry| entry.shape().opens()).and_then(|_| self.token(token.index() + 1))
    }

    /// Whether a comma follows what ends at this entry.
    pub(super) fn comma(&self, last: TokenId) -> bool {
        self.entry(last).is_some_and(|entry| entry.depth() > 0)
            && self.entry(TokenId(last.0 + 1)).is_some_and(|next| !next.shape().closes())
    }
}
