//! What is searched for, made ready for finding it in many bytes.

use std::ops::Range;

use memchr::{memchr, memchr2, memchr3, memmem};

/// Letters, the commonest first: the rarer one is looked for, the fewer places are compared.
const COMMON: &[u8] = b" \"etaoinsrhldcumfpgwybvkxjqz";

/// A text to look for. Upper and lower case are one, unless it has a capital. In JSON a character that may be
/// written as an escape is found in that form too: `é` finds `\u00e9`, `a/b` finds `a\/b`. What is typed as an
/// escape finds that escape.
#[derive(Clone)]
pub struct Needle {
    typed: String,
    json: bool,
    /// For each character the forms that it may have; the longer ones first.
    forms: Vec<Vec<Form>>,
    /// The most bytes that a match takes.
    longest: usize,
    how: How,
}

#[derive(Clone)]
struct Form {
    bytes: Box<[u8]>,
    /// Hexadecimal digits may be of either case.
    escape: bool,
}

#[derive(Clone)]
enum How {
    /// There is one form only.
    Exact(Box<memmem::Finder<'static>>),
    /// Every form is one byte: look for the rarest.
    Anchored(usize),
    /// Look for what the first character may begin with.
    First(Box<[u8]>),
}

impl Needle {
    /// Makes a text ready; none where it is empty.
    pub fn new(typed: &str, json: bool) -> Option<Self> {
        let exact = typed.chars().any(char::is_uppercase);
        let forms: Vec<Vec<Form>> = typed.chars().map(|character| forms(character, exact, json)).collect();
        Self::build(typed, json, forms)
    }

    /// Looks for bytes written as pairs of hexadecimal digits: `0xdeadbeef`, `de ad be ef`. None where it is
    /// something else.
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

    /// What was typed.
    pub fn typed(&self) -> &str {
        &self.typed
    }

    /// The first match that begins at `from` or behind.
    pub fn find(&self, bytes: &[u8], from: usize) -> Option<Range<usize>> {
        self.find_before(bytes, from, bytes.len())
    }

    /// The first match that begins at `from` or behind, but before `limit`.
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

    /// Where a match that begins at `at` ends.
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

/// The forms of a character, the longer ones first.
fn forms(character: char, exact: bool, json: bool) -> Vec<Form> {
    let mut cases = vec![character];
    if !exact {
        // A character whose other case is several characters has none here.
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

/// The matches of what is shown of a range within `room` cells.
pub(super) fn marks(
    needle: &Needle,
    text: &[u8],
    range: Range<usize>,
    room: usize,
    out: &mut Vec<Range<usize>>,
) {
    // A cell shows at most an escaped surrogate pair.
    let limit = range.end.min(range.start + room * 12 + 64);
    // A match may begin on the line before.
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
