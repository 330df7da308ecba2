//! The tape: a JSON text as a flat array with one entry per line of its pretty-printed form.
//!
//! An entry is a member or element with its name, an opening bracket, or a closing one; an empty array or
//! object is a single entry. So line n *is* entry n, and a fold is a range. An entry takes 16 bytes and only
//! stores offsets into the text; lines are built on demand.

use super::problem::TapeError;
use super::scan;

/// Maximum nesting depth.
pub const MAX_DEPTH: usize = 1_000_000;

/// Entries between two marks.
pub(super) const STRIDE: usize = 1024;

/// No name: an array element, or a top-level value.
pub(super) const NONE: u32 = u32::MAX;

/// Identifies an entry of a tape.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TokenId(pub(super) u32);

impl TokenId {
    /// Its index on the tape, which is its line while nothing is folded.
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// The type of an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Shape {
    /// `{` of a non-empty object.
    Object,
    /// `[` of a non-empty array.
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
    /// Whether it is an opening bracket, which can be folded.
    pub fn opens(self) -> bool {
        matches!(self, Self::Object | Self::Array)
    }

    /// Whether it is a closing bracket.
    pub fn closes(self) -> bool {
        matches!(self, Self::ObjectEnd | Self::ArrayEnd)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Entry {
    /// Start of the value, without its name.
    pub(super) start: u32,
    /// Start of its name, or [`NONE`]. For a closing bracket, the number of children.
    pub(super) key: u32,
    /// For a bracket, the matching one. Otherwise the end of the value.
    pub(super) partner: u32,
    pub(super) depth: Depth,
}

/// Depth and shape packed into four bytes.
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

    /// Whether it is an opening bracket at `depth` or deeper.
    pub(super) fn opens_below(self, depth: usize) -> bool {
        self.depth.0 & 0xf <= Shape::Array as u32 && self.depth() >= depth
    }

    /// Start of the entry in the text: its name, if it has one.
    pub(super) fn begin(self) -> usize {
        if self.key == NONE || self.shape().closes() { self.start as usize } else { self.key as usize }
    }
}

/// The state before an entry at a multiple of [`STRIDE`], so that a parent is found without reading all
/// siblings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Mark {
    /// The innermost open bracket, or [`NONE`].
    pub(super) parent: u32,
    /// How many of its children come before.
    pub(super) children: u32,
}

/// A parsed JSON text, ready for display.
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
    /// Parses one JSON value according to RFC 8259: UTF-8 without a byte-order mark, nothing after the value.
    /// What the RFC leaves to the implementation is accepted: numbers of any size, lone surrogates, repeated
    /// names. Polls `cancelled` regularly.
    ///
    /// # Errors
    ///
    /// The text is not JSON, nested deeper than [`MAX_DEPTH`], 4 GiB or more, or the caller cancelled.
    pub fn build(body: &[u8], cancelled: &dyn Fn() -> bool) -> Result<Self, TapeError> {
        scan::scan(body, 0, false, cancelled)
    }

    /// Number of entries, which is the number of lines without folds.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there are no entries; never true after [`Tape::build`].
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Number of values, including objects and arrays.
    pub fn values(&self) -> usize {
        // A non-empty object or array has two entries.
        self.entries.len() - self.closings
    }

    /// Number of top-level values: 1, or more for JSON lines.
    pub fn documents(&self) -> usize {
        self.documents
    }

    /// The type of an entry; `None` past the end.
    pub fn shape(&self, token: TokenId) -> Option<Shape> {
        self.entry(token).map(Entry::shape)
    }

    /// Nesting depth of an entry, from 0.
    pub fn depth(&self, token: TokenId) -> usize {
        self.entry(token).map_or(0, Entry::depth)
    }

    pub(super) fn entry(&self, token: TokenId) -> Option<Entry> {
        self.entries.get(token.index()).copied()
    }

    /// The entry on a line while nothing is folded.
    pub fn token(&self, index: usize) -> Option<TokenId> {
        (index < self.entries.len()).then_some(TokenId(index as u32))
    }

    /// The last entry of an object or array that an entry opens; otherwise the entry itself.
    pub(super) fn last(&self, token: TokenId) -> TokenId {
        match self.entry(token) {
            Some(entry) if entry.shape().opens() => TokenId(entry.partner),
            _ => token,
        }
    }

    /// The opening bracket for a closing one; otherwise the entry itself.
    pub fn opening(&self, token: TokenId) -> TokenId {
        match self.entry(token) {
            Some(entry) if entry.shape().closes() => TokenId(entry.partner),
            _ => token,
        }
    }

    /// Number of members or elements of an object or array.
    pub fn children(&self, token: TokenId) -> usize {
        let close = self.last(self.opening(token));
        self.entry(close).filter(|entry| entry.shape().closes()).map_or(0, |entry| entry.key as usize)
    }

    /// The byte range of a value without its name; for a bracket, of the whole object or array.
    pub fn value(&self, token: TokenId) -> std::ops::Range<usize> {
        let Some(entry) = self.entry(self.opening(token)) else { return 0..0 };
        let end = if entry.shape().opens() {
            self.entry(TokenId(entry.partner)).map_or(entry.start, |close| close.start + 1)
        } else {
            entry.partner
        };
        entry.start as usize..end as usize
    }

    /// The entry at a byte offset: the last one that starts at or before it.
    pub fn token_at(&self, offset: usize) -> Option<TokenId> {
        let behind = self.entries.partition_point(|entry| entry.begin() <= offset);
        self.token(behind.saturating_sub(1))
    }

    /// The parent of an entry, and how many siblings come before it.
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

    /// The object or array that contains an entry.
    pub fn parent(&self, token: TokenId) -> Option<TokenId> {
        self.place(token).0
    }

    /// The next member or element of the same object or array.
    pub fn next_sibling(&self, token: TokenId) -> Option<TokenId> {
        let next = self.token(self.last(self.opening(token)).index() + 1)?;
        self.entry(next).filter(|entry| !entry.shape().closes()).map(|_| next)
    }

    /// The first member or element of an object or array.
    pub fn first_child(&self, token: TokenId) -> Option<TokenId> {
        let token = self.opening(token);
        self.entry(token).filter(|entry| entry.shape().opens()).and_then(|_| self.token(token.index() + 1))
    }

    /// Whether a comma follows the value that ends with this entry.
    pub(super) fn comma(&self, last: TokenId) -> bool {
        self.entry(last).is_some_and(|entry| entry.depth() > 0)
            && self.entry(TokenId(last.0 + 1)).is_some_and(|next| !next.shape().closes())
    }
}
