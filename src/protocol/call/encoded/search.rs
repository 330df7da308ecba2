//! Searches bytes for secrets in any encoding.

use std::collections::{BTreeSet, HashMap};
use std::fmt;
use std::ops::Range;
use std::sync::{Arc, OnceLock};

use memchr::{memchr, memchr3_iter};

use super::character::{INTRODUCERS, Reading, read};
use super::forms::{Form, SHORTEST, derive};

/// Parts of secrets shorter than this, in bytes, are not secret.
const SHORTEST_PART: usize = 4;

/// The longest nested escape that a cut may have split, in bytes.
const LONGEST_ESCAPE: usize = 40;

/// Secrets in all their forms, prepared for searching. Built once for all texts: that takes much longer than searching
/// a short one.
pub struct SecretForms {
    /// Sorted by their bytes.
    forms: Vec<Form>,
    /// Length of the shortest form, in bytes. No encoding makes it shorter.
    shortest: usize,
    start_bits: StartBits,
    places: OnceLock<Places>,
}

impl fmt::Debug for SecretForms {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretForms")
    }
}

/// A bit set of the hashed first bytes of all forms: nearly all offsets of a text are rejected with one lookup.
struct StartBits(Box<[u64; 1 << 10]>);

impl StartBits {
    fn of(forms: &[Form]) -> Self {
        let mut bits = Box::new([0; 1 << 10]);
        for first in forms.iter().filter_map(|form| form.bytes.first_chunk()) {
            let (word, bit) = Self::place(*first);
            if let Some(word) = bits.get_mut(word) {
                *word |= bit;
            }
        }
        Self(bits)
    }

    /// Whether a form may start with these bytes.
    fn has(&self, first: [u8; SHORTEST]) -> bool {
        let (word, bit) = Self::place(first);
        self.0.get(word).is_some_and(|word| word & bit != 0)
    }

    fn place(first: [u8; SHORTEST]) -> (usize, u64) {
        // The upper bits of a product depend on all bytes (Knuth's multiplicative hash).
        let hash = u32::from_le_bytes(first).wrapping_mul(0x9E37_79B1) >> 16;
        ((hash >> 6) as usize, 1 << (hash & 63))
    }
}

/// Index of bytes in the forms.
#[derive(Default)]
struct Places {
    /// For each byte, the forms that start with it.
    first: HashMap<u8, Vec<Place>>,
    /// For each pair of bytes, the forms that contain it, with the offset of the second one.
    within: HashMap<[u8; 2], Vec<Place>>,
}

impl Places {
    fn of(forms: &[Form]) -> Self {
        let mut places = Self::default();
        for (form, text) in (0_u32..).zip(forms) {
            if let Some(byte) = text.bytes.first() {
                places.first.entry(*byte).or_default().push(Place { form, at: 0 });
            }
            for (at, pair) in (1_u32..).zip(text.bytes.array_windows()) {
                places.within.entry(*pair).or_default().push(Place { form, at });
            }
        }
        places
    }
}

#[derive(Clone, Copy)]
struct Place {
    form: u32,
    at: u32,
}

/// The ranges of all secrets of some sets, sorted, merged if they touch. If the text was `cut`, its end counts too if a
/// secret starts there.
pub(crate) fn find(sets: &[Arc<SecretForms>], source: &[u8], cut: bool) -> Vec<Range<usize>> {
    let fits = |set: &&Arc<SecretForms>| !set.forms.is_empty() && (cut || source.len() >= set.shortest);
    let sets = || sets.iter().filter(fits);
    if sets().next().is_none() {
        return Vec::new();
    }
    let found = |text: &[u8]| merged(sets().flat_map(|set| set.matches(text, cut)).collect());
    if memchr(0, source).is_none() {
        return found(source);
    }
    // With two or four bytes per character, all but one of them are zero.
    let narrow: Vec<u8> = source.iter().copied().filter(|byte| *byte != 0).collect();
    widened(&found(&narrow), source)
}

impl SecretForms {
    /// Prepares these secrets.
    pub fn of<'a>(secrets: impl Iterator<Item = &'a str>) -> Arc<Self> {
        let forms = derive(secrets);
        let shortest = forms.iter().map(|form| form.bytes.len()).min().unwrap_or_default();
        Arc::new(Self { shortest, start_bits: StartBits::of(&forms), forms, places: OnceLock::new() })
    }

    /// Ranges of forms that are not escaped. Overlapping matches are merged at once, as a whole body may consist of
    /// matches.
    fn unescaped_matches(&self, source: &[u8]) -> Vec<Range<usize>> {
        let mut matches: Vec<Range<usize>> = Vec::new();
        for (at, first) in
            source.array_windows().enumerate().filter(|(_, first)| self.start_bits.has(**first))
        {
            let rest = source.get(at..).unwrap_or_default();
            let known = self.forms.partition_point(|form| form.bytes.as_slice() < first.as_slice());
            let begun = self.forms.iter().skip(known).take_while(|form| form.bytes.starts_with(first));
            let lengths = begun.filter(|form| rest.starts_with(&form.bytes)).map(|form| form.bytes.len());
            let Some(end) = lengths.max().map(|length| at + length) else { continue };
            match matches.last_mut() {
                Some(last) if (last.start..=last.end).contains(&at) => last.end = last.end.max(end),
                _ => matches.push(escape_start(source, at)..end),
            }
        }
        matches
    }

    fn matches(&self, source: &[u8], cut: bool) -> Vec<Range<usize>> {
        let mut matches = self.unescaped_matches(source);
        for form in self.forms.iter().filter(|_| cut) {
            let begun = |length: &usize| source.ends_with(form.bytes.get(..*length).unwrap_or_default());
            let longest = (1..form.bytes.len().min(source.len() + 1)).rev().find(begun);
            matches.extend(longest.map(|length| source.len() - length..source.len()));
            matches.extend(match_before_cut_escape(source, &form.bytes));
        }
        let [one, two, three, four] = INTRODUCERS;
        let introducers =
            memchr3_iter(one, two, three, source).chain(memchr3_iter(four, b'\n', b'\r', source));
        for at in introducers {
            self.match_introducer(source, at, cut, &mut matches);
        }
        matches
    }

    /// Matches the forms whose first escaped character is this one.
    fn match_introducer(&self, source: &[u8], at: usize, cut: bool, matches: &mut Vec<Range<usize>>) {
        for (index, here) in read(source, at).enumerate() {
            let folded = is_line_end(here);
            if folded || here.is_nothing() {
                let next = if folded {
                    skip_line_breaks(source, here.end)
                } else {
                    skip_soft_breaks(source, here.end)
                };
                for here in read(source, next) {
                    self.match_read(source, at, here, folded, cut, matches);
                }
            }
            // A line break may also be part of the secret: keys can have several lines.
            if index > 0 && !here.is_nothing() {
                // The first reading is the plain byte; matches that start with it are found elsewhere.
                self.match_read(source, at, here, false, cut, matches);
            }
        }
    }

    fn match_read(
        &self,
        source: &[u8],
        at: usize,
        here: Reading,
        folded: bool,
        cut: bool,
        matches: &mut Vec<Range<usize>>,
    ) {
        let mut buffer = [0; 4];
        let bytes = here.bytes(&mut buffer);
        let Some(first) = bytes.first() else { return };
        let behind = source.get(..at).unwrap_or_default();
        let places = self.places.get_or_init(|| Places::of(&self.forms));
        let before = behind.last().and_then(|last| places.within.get(&[*last, *first]));
        for place in places.first.get(first).into_iter().chain(before).flatten() {
            let Some(form) = self.forms.get(place.form as usize) else { continue };
            let index = place.at as usize;
            if folded && (!form.folds || index == 0) {
                continue;
            }
            let (before, from) = form.bytes.split_at(index);
            if !behind.ends_with(before) || !from.starts_with(bytes) {
                continue;
            }
            if let Some(end) = match_rest(form, index + bytes.len(), source, here.end, cut) {
                matches.push(escape_start(source, at - index)..end);
            }
        }
    }
}

/// The end of the longest match of the rest of a form at an offset.
fn match_rest(form: &Form, index: usize, source: &[u8], at: usize, cut: bool) -> Option<usize> {
    let mut longest = None;
    let mut states = BTreeSet::from([(index, at)]);
    while let Some((index, at)) = states.pop_first() {
        let Some(wanted) = form.bytes.get(index..).filter(|wanted| !wanted.is_empty()) else {
            longest = longest.max(Some(at));
            continue;
        };
        if at >= source.len() {
            longest = longest.max(cut.then_some(at));
            continue;
        }
        if cut
            && source.len() - at < LONGEST_ESCAPE
            && source.get(at).is_some_and(|byte| INTRODUCERS.contains(byte))
        {
            longest = longest.max(Some(source.len()));
        }
        for here in read(source, at) {
            let mut buffer = [0; 4];
            let bytes = here.bytes(&mut buffer);
            if wanted.starts_with(bytes) {
                states.insert((index + bytes.len(), here.end));
            }
            if form.folds && is_line_end(here) {
                states.insert((index, skip_line_breaks(source, here.end)));
            }
        }
    }
    longest
}

/// The beginning of a form before an escape that was cut. If the text may end within the escape, one byte is enough:
/// the escape would have been the next one.
fn match_before_cut_escape(source: &[u8], form: &[u8]) -> Option<Range<usize>> {
    let last = source.len().saturating_sub(LONGEST_ESCAPE);
    let escapes = source.iter().enumerate().skip(last).filter(|(_, byte)| INTRODUCERS.contains(byte));
    let begun = escapes.filter_map(|(at, _)| {
        let (before, escape) = source.split_at_checked(at)?;
        let shortest = if escape.iter().copied().all(is_of_escape) { 1 } else { SHORTEST_PART };
        let ends = |length: &usize| before.ends_with(form.get(..*length).unwrap_or_default());
        (shortest..form.len().min(at + 1)).rev().find(ends).map(|length| at - length)
    });
    begun.min().map(|start| start..source.len())
}

/// Whether a byte can be part of an escape, or of nested ones.
fn is_of_escape(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || INTRODUCERS.contains(&byte) || b"#{;\r".contains(&byte)
}

fn is_line_end(read: Reading) -> bool {
    matches!(read.byte(), Some(b'\r' | b'\n'))
}

/// The offset after line breaks and the indentation of the next line, including soft line breaks in between.
fn skip_line_breaks(source: &[u8], mut at: usize) -> usize {
    loop {
        let blank = |byte: u8| matches!(byte, b'\r' | b'\n' | b' ' | b'\t');
        match source.get(at) {
            Some(byte) if blank(*byte) => at += 1,
            // Most line breaks are not escaped.
            Some(byte) if INTRODUCERS.contains(byte) => {
                match read(source, at).find(|read| read.is_nothing() || read.byte().is_some_and(blank)) {
                    Some(read) => at = read.end,
                    None => return at,
                }
            }
            _ => return at,
        }
    }
}

/// The offset after further soft line breaks.
fn skip_soft_breaks(source: &[u8], mut at: usize) -> usize {
    while let Some(read) = read(source, at).find(Reading::is_nothing) {
        at = read.end;
    }
    at
}

/// The offset, moved back to a backslash if it would split that escape.
fn escape_start(source: &[u8], at: usize) -> usize {
    let before = source.get(..at).unwrap_or_default();
    let backslashes = before.iter().rev().take_while(|byte| **byte == b'\\').count();
    at - backslashes % 2
}

/// Sorts ranges and merges those that overlap or touch.
fn merged(mut ranges: Vec<Range<usize>>) -> Vec<Range<usize>> {
    ranges.sort_by_key(|range| (range.start, range.end));
    let mut out: Vec<Range<usize>> = Vec::with_capacity(ranges.len());
    for range in ranges {
        match out.last_mut() {
            Some(last) if range.start <= last.end => last.end = last.end.max(range.end),
            _ => out.push(range),
        }
    }
    out
}

/// Maps ranges of the non-zero bytes to ranges of all bytes.
fn widened(ranges: &[Range<usize>], source: &[u8]) -> Vec<Range<usize>> {
    let mut places = source.iter().enumerate().filter(|(_, byte)| **byte != 0).map(|(at, _)| at);
    let mut passed = 0;
    let mut place = |wanted: usize| {
        let found = places.nth(wanted - passed);
        passed = wanted + 1;
        found
    };
    let mut out = Vec::with_capacity(ranges.len());
    for range in ranges {
        let Some(start) = place(range.start) else { break };
        let last = if range.len() > 1 { place(range.end - 1) } else { Some(start) };
        out.push(start..last.unwrap_or(source.len() - 1) + 1);
    }
    out
}

/// Replaces every range by `mask`, in the same character width. `None` if there are no ranges.
pub(crate) fn masked(source: &[u8], ranges: &[Range<usize>], mask: &str, cut: bool) -> Option<Vec<u8>> {
    masked_each(source, ranges, |_| mask, cut)
}

/// Like [`masked`], with a mask per range.
pub(crate) fn masked_each<'m>(
    source: &[u8],
    ranges: &[Range<usize>],
    mask: impl Fn(&Range<usize>) -> &'m str,
    cut: bool,
) -> Option<Vec<u8>> {
    if ranges.is_empty() {
        return None;
    }
    let mut out = Vec::with_capacity(source.len());
    let mut from = 0;
    for range in ranges {
        out.extend_from_slice(source.get(from..range.start).unwrap_or_default());
        from = range.end;
        // A match at a cut end that is too short to be secret is removed without a mask.
        if cut && range.end == source.len() && range.len() < SHORTEST_PART {
            continue;
        }
        let width = source
            .get(range.clone())
            .map_or(0, |matched| matched.iter().skip(1).take(3).take_while(|byte| **byte == 0).count());
        for (index, byte) in mask(range).bytes().enumerate() {
            if index > 0 {
                out.extend(std::iter::repeat_n(0, width));
            }
            out.push(byte);
        }
    }
    out.extend_from_slice(source.get(from..).unwrap_or_default());
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matches(secret: &str, source: &str, cut: bool) -> Vec<Range<usize>> {
        find(&[SecretForms::of(std::iter::once(secret))], source.as_bytes(), cut)
    }

    #[test]
    fn a_beginning_before_an_escape_that_was_cut_in_two_is_found() {
        let secret = "abcd/efgh+ijkl";
        for source in ["x abcd\\", "x abcd\\u00", "x abcd%2", "x abcd&#4"] {
            assert_eq!(
                matches(secret, source, true),
                std::iter::once(2..source.len()).collect::<Vec<_>>(),
                "{source}"
            );
            assert!(matches(secret, source, false).is_empty(), "{source}");
        }
        // A byte that cannot be part of an escape proves less: four bytes are needed then.
        assert_eq!(matches("a/bcdefgh", "x a\\u00", true).len(), 1);
        assert!(matches("a/bcdefgh", "x a\\ z", true).is_empty());
    }

    #[test]
    fn a_short_beginning_at_a_cut_end_is_left_out_and_everything_else_masked() {
        let masked = |range: Range<usize>, cut: bool| {
            masked(b"say tokens", &[range], "*", cut).map(|text| String::from_utf8_lossy(&text).into_owned())
        };
        assert_eq!(masked(7..10, true).as_deref(), Some("say tok"));
        assert_eq!(masked(7..10, false).as_deref(), Some("say tok*"));
        assert_eq!(masked(6..10, true).as_deref(), Some("say to*"));
        assert_eq!(masked(4..6, true).as_deref(), Some("say *kens"));
    }

    #[test]
    fn ranges_that_touch_are_one_and_are_widened_to_whole_characters() {
        assert_eq!(merged(vec![2..4, 0..2, 6..7]), [0..4, 6..7]);
        assert_eq!(widened(&[0..1, 2..4], b"a\0b\0c\0d\0"), [0..1, 4..7]);
    }
}
