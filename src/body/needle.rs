//! Search patterns, prepared for fast searching.

use std::ops::Range;

use memchr::{memchr, memchr2, memchr3, memmem};

/// Letters by frequency, most common first: searching for the rarest one leaves the fewest candidates to
/// compare.
const COMMON: &[u8] = b" \"etaoinsrhldcumfpgwybvkxjqz";

/// A text to search for. Case is ignored unless the text has a capital. In JSON, a character also matches its
/// escaped forms: `é` matches `\u00e9`, `a/b` matches `a\/b`. A typed escape matches that escape.
#[derive(Clone)]
pub struct Needle {
    typed: String,
    json: bool,
    /// For each character its possible forms, longest first.
    forms: Vec<Vec<Form>>,
    /// The length of the longest possible match in bytes.
    longest: usize,
    how: How,
}

#[derive(Clone)]
struct Form {
    bytes: Box<[u8]>,
    /// Hexadecimal digits match in either case.
    escape: bool,
}

#[derive(Clone)]
enum How {
    /// There is only one form.
    Exact(Box<memmem::Finder<'static>>),
    /// All forms are single bytes: search for the rarest, at this index.
    Anchored(usize),
    /// Search for the first bytes that the first character can have.
    First(Box<[u8]>),
}

impl Needle {
    /// Prepares a text; `None` if it is empty.
    pub fn new(typed: &str, json: bool) -> Option<Self> {
        let exact = typed.chars().any(char::is_uppercase);
        let forms: Vec<Vec<Form>> = typed.chars().map(|character| forms(character, exact, json)).collect();
        Self::build(typed, json, forms)
    }

    /// Prepares bytes typed as pairs of hexadecimal digits: `0xdeadbeef`, `de ad be ef`. Returns `None` if
    /// the text is anything else.
    pub fn bytes(typed: &str) -> Option<Self> {
        let digits = match typed.strip_prefix("0x") {
            Some(digits) => digits.replace(' ', ""),
            None if typed.split(' ').all(|pair| pair.len() == 2) => typed.replace(' ', ""),
            None => return None,
        };
        let digits: Vec<u32> = digits.chars().map(|c| c.to_digit(16)).collect::<Option<_>>()?;
        let (pairs, odd) = digits.as_chunks::<2>();
        if !odd.is_empty() {
            return None;
        }
        let form =
            |pair: &[u32; 2]| vec![Form { bytes: Box::new([(pair[0] << 4 | pair[1]) as u8]), escape: false }];
        Self::build(typed, false, pairs.iter().map(form).collect())
    }

    fn build(typed: &str, json: bool, forms: Vec<Vec<Form>>) -> Option<Self> {
        let first = forms.first()?;
        let longest =
            forms.iter().map(|forms| forms.iter().map(|form| form.bytes.len()).max().unwrap_or(0)).sum();
        let how = if forms.iter().all(|forms| forms.len() == 1) {
            let bytes: Vec<u8> = forms.iter().flatten().flat_map(|form| form.bytes.iter().copied()).collect();
            How::Exact(Box::new(memmem::Finder::new(&bytes).into_owned()))
        } else if forms.iter().flatten().all(|form| form.bytes.len() == 1) {
            let rarity = |forms: &Vec<Form>| {
                let byte = forms.first().and_then(|form| form.bytes.first()).copied().unwrap_or(b' ');
                COMMON.iter().position(|common| *common == byte).unwrap_or(COMMON.len())
            };
            How::Anchored((0..forms.len()).max_by_key(|at| forms.get(*at).map(rarity)).unwrap_or(0))
        } else {
            let mut bytes: Vec<u8> = first.iter().filter_map(|form| form.bytes.first()).copied().collect();
            bytes.sort_unstable();
            bytes.dedup();
            How::First(bytes.into())
        };
        Some(Self { typed: typed.to_owned(), json, forms, longest, how })
    }

    /// The text as typed.
    pub fn typed(&self) -> &str {
        &self.typed
    }

    /// The first match that starts at or after `from`.
    pub fn find(&self, bytes: &[u8], from: usize) -> Option<Range<usize>> {
        self.find_before(bytes, from, bytes.len())
    }

    /// The first match that starts in `from..limit`.
    pub(super) fn find_before(&self, bytes: &[u8], from: usize, limit: usize) -> Option<Range<usize>> {
        let limit = limit.min(bytes.len());
        let mut at = from;
        match &self.how {
            How::Exact(finder) => {
                let end = (limit + self.longest).saturating_sub(1).min(bytes.len());
                let start = from + finder.find(bytes.get(from..end)?)?;
                Some(start..start + self.longest)
            }
            How::Anchored(anchor) => {
                let forms = self.forms.get(*anchor)?;
                let byte = |at: usize| forms.get(at).and_then(|form| form.bytes.first()).copied();
                let (one, other) = (byte(0)?, byte(1).or_else(|| byte(0))?);
                let end = (limit + anchor).min(bytes.len());
                while at < limit {
                    let found = at + memchr2(one, other, bytes.get(at + anchor..end)?)?;
                    match self.matches(bytes, found) {
                        Some(end) => return Some(found..end),
                        None => at = found + 1,
                    }
                }
                None
            }
            How::First(first) => {
                while at < limit {
                    let rest = bytes.get(at..limit)?;
                    let found = at
                        + match **first {
                            [one] => memchr(one, rest)?,
                            [one, two] => memchr2(one, two, rest)?,
                            [one, two, three] => memchr3(one, two, three, rest)?,
                            _ => rest.iter().position(|byte| first.contains(byte))?,
                        };
                    match self.matches(bytes, found) {
                        Some(end) => return Some(found..end),
                        None => at = found + 1,
                    }
                }
                None
            }
        }
    }

    /// Returns the end of the match that starts at `at`.
    fn matches(&self, bytes: &[u8], at: usize) -> Option<usize> {
        self.forms.iter().try_fold(at, |at, forms| {
            let rest = bytes.get(at..)?;
            forms.iter().find(|form| form.begins(rest)).map(|form| at + form.bytes.len())
        })
    }
}

impl Form {
    fn begins(&self, rest: &[u8]) -> bool {
        if self.escape {
            rest.get(..self.bytes.len()).is_some_and(|head| head.eq_ignore_ascii_case(&self.bytes))
        } else {
            rest.starts_with(&self.bytes)
        }
    }
}

/// Returns the forms of a character, longest first.
fn forms(character: char, exact: bool, json: bool) -> Vec<Form> {
    let mut cases = vec![character];
    if !exact {
        // A character whose other case is several characters only matches itself.
        cases.extend(single(character.to_lowercase()).filter(|other| *other != character));
        cases.extend(single(character.to_uppercase()).filter(|other| *other != character));
        cases.dedup();
    }
    let mut forms = Vec::new();
    for character in cases {
        let mut add = |text: &str, escape| forms.push(Form { bytes: text.as_bytes().into(), escape });
        if json && (!character.is_ascii() || "<>&'\"/\\\u{7f}".contains(character)) {
            let mut escaped = String::new();
            super::glyphs::push_escaped(&mut escaped, character);
            add(&escaped, true);
        }
        if json && "\"/\\".contains(character) {
            add(&format!("\\{character}"), false);
        }
        add(character.encode_utf8(&mut [0; 4]), false);
    }
    forms.sort_by_key(|form| std::cmp::Reverse(form.bytes.len()));
    forms
}

fn single(mut all: impl Iterator<Item = char>) -> impl Iterator<Item = char> {
    let first = all.next();
    let alone = all.next().is_none();
    first.filter(|_| alone).into_iter()
}

impl std::fmt::Debug for Needle {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Needle").field("typed", &self.typed).field("json", &self.json).finish_non_exhaustive()
    }
}

impl PartialEq for Needle {
    fn eq(&self, other: &Self) -> bool {
        (&self.typed, self.json, self.forms.len()) == (&other.typed, other.json, other.forms.len())
    }
}

impl Eq for Needle {}

/// Returns the matches in the part of a range that fits into `room` cells.
pub(super) fn marks(
    needle: &Needle,
    text: &[u8],
    range: Range<usize>,
    room: usize,
    out: &mut Vec<Range<usize>>,
) {
    // A cell shows at most an escaped surrogate pair.
    let limit = range.end.min(range.start + room * 12 + 64);
    // A match may start on the previous line.
    let mut at = range.start.saturating_sub(needle.longest.saturating_sub(1));
    while let Some(found) = needle.find_before(text, at, limit) {
        at = found.end.max(at + 1);
        if found.end > range.start {
            out.push(found);
        }
    }
    out.sort_by_key(|found| (found.end, found.start));
    out.dedup();
}
