//! Finding secrets in bytes, however they are written there.

use std::collections::BTreeSet;
use std::ops::Range;

use memchr::{memchr, memchr3_iter, memmem};

use super::character::{INTRODUCERS, Read, read};
use super::forms::Form;

/// Parts of secrets that are shorter, in bytes, are no secret.
const SHORTEST_PART: usize = 4;

/// The longest escape, one upon another, that may be cut in two where a text is.
const LONGEST_ESCAPE: usize = 40;

/// Forms of secrets, made ready to be looked for.
pub(crate) struct Needles {
    forms: Vec<Needle>,
    /// For each byte, the forms that it is in, and where.
    places: Vec<Vec<Place>>,
}

struct Needle {
    form: Form,
    finder: memmem::Finder<'static>,
}

#[derive(Clone, Copy)]
struct Place {
    form: u32,
    at: u32,
}

impl Needles {
    pub(crate) fn new(forms: Vec<Form>) -> Self {
        let mut places = vec![Vec::new(); 256];
        for (index, form) in forms.iter().enumerate() {
            for (at, byte) in form.bytes.iter().enumerate() {
                if let Some(places) = places.get_mut(usize::from(*byte)) {
                    places.push(Place { form: index as u32, at: at as u32 });
                }
            }
        }
        let ready = |form: Form| {
            let finder = memmem::Finder::new(form.bytes.as_slice()).into_owned();
            Needle { form, finder }
        };
        Self { forms: forms.into_iter().map(ready).collect(), places }
    }

    /// Where any of them is, in order, none touching another. Of a text that was `cut`, its end too where a secret
    /// begins there.
    pub(crate) fn find(&self, source: &[u8], cut: bool) -> Vec<Range<usize>> {
        if self.forms.is_empty() {
            return Vec::new();
        }
        if memchr(0, source).is_none() {
            return merged(self.found(source, cut));
        }
        // With two or four bytes for each character all but one of them are zero.
        let narrow: Vec<u8> = source.iter().copied().filter(|byte| *byte != 0).collect();
        widened(&merged(self.found(&narrow, cut)), source)
    }

    fn found(&self, source: &[u8], cut: bool) -> Vec<Range<usize>> {
        let mut hits = Vec::new();
        for needle in &self.forms {
            let length = needle.form.bytes.len();
            let found = needle.finder.find_iter(source);
            hits.extend(found.map(|at| behind_escape(source, at)..at + length));
            if cut {
                let begun =
                    |length: &usize| source.ends_with(needle.form.bytes.get(..*length).unwrap_or_default());
                let longest = (1..length.min(source.len() + 1)).rev().find(begun);
                hits.extend(longest.map(|length| source.len() - length..source.len()));
                hits.extend(before_cut_escape(source, &needle.form.bytes));
            }
        }
        let [one, two, three, four] = INTRODUCERS;
        let introducers =
            memchr3_iter(one, two, three, source).chain(memchr3_iter(four, b'\n', b'\r', source));
        for at in introducers {
            self.match_introducer(source, at, cut, &mut hits);
        }
        hits
    }

    /// Everything whose first character that is not written as itself is this one.
    fn match_introducer(&self, source: &[u8], at: usize, cut: bool, hits: &mut Vec<Range<usize>>) {
        for (index, here) in read(source, at).enumerate() {
            let folded = is_line_end(here);
            if folded || here.is_nothing() {
                let next =
                    if folded { over_line_ends(source, here.end) } else { over_nothing(source, here.end) };
                for here in read(source, next) {
                    self.match_read(source, at, here, folded, cut, hits);
                }
            }
            // The end of a line may also be a character of the secret itself: keys have several lines.
            if index > 0 && !here.is_nothing() {
                // The first reading is the plain one, with which no form is met that is not met elsewhere.
                self.match_read(source, at, here, false, cut, hits);
            }
        }
    }

    fn match_read(
        &self,
        source: &[u8],
        at: usize,
        here: Read,
        folded: bool,
        cut: bool,
        hits: &mut Vec<Range<usize>>,
    ) {
        let mut room = [0; 4];
        let bytes = here.bytes(&mut room);
        let Some(first) = bytes.first() else { return };
        for place in self.places.get(usize::from(*first)).into_iter().flatten() {
            let Some(needle) = self.forms.get(place.form as usize) else { continue };
            let (form, index) = (&needle.form, place.at as usize);
            if folded && (!form.folds || index == 0) {
                continue;
            }
            let (before, from) = form.bytes.split_at(index);
            let behind = source.get(..at).unwrap_or_default();
            // The last byte first: it rules nearly all of them out.
            let plain = before.is_empty() || (before.last() == behind.last() && behind.ends_with(before));
            if !plain || !from.starts_with(bytes) {
                continue;
            }
            if let Some(end) = ends(form, index + bytes.len(), source, here.end, cut) {
                hits.push(behind_escape(source, at - index)..end);
            }
        }
    }
}

/// Where the rest of a form ends that goes on at a place; the last such end.
fn ends(form: &Form, index: usize, source: &[u8], at: usize, cut: bool) -> Option<usize> {
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
            let mut room = [0; 4];
            let bytes = here.bytes(&mut room);
            if wanted.starts_with(bytes) {
                states.insert((index + bytes.len(), here.end));
            }
            if form.folds && is_line_end(here) {
                states.insert((index, over_line_ends(source, here.end)));
            }
        }
    }
    longest
}

/// The beginning of a form before an escape that was cut in two. Where the text may end within the escape, a beginning of
/// one byte is enough: the escape would have been the next one.
fn before_cut_escape(source: &[u8], form: &[u8]) -> Option<Range<usize>> {
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

/// Whether this may be a byte of an escape, or of several one upon another.
fn is_of_escape(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || INTRODUCERS.contains(&byte) || b"#{;\r".contains(&byte)
}

fn is_line_end(read: Read) -> bool {
    matches!(read.byte(), Some(b'\r' | b'\n'))
}

/// Behind ends of lines and the blanks with which the next line begins.
fn over_line_ends(source: &[u8], mut at: usize) -> usize {
    loop {
        let blank = |byte: u8| matches!(byte, b'\r' | b'\n' | b' ' | b'\t');
        match source.get(at) {
            Some(byte) if blank(*byte) => at += 1,
            // Most lines end as they are.
            Some(byte) if INTRODUCERS.contains(byte) => {
                match read(source, at).find(|read| read.byte().is_some_and(blank)) {
                    Some(read) => at = read.end,
                    None => return at,
                }
            }
            _ => return at,
        }
    }
}

/// Behind further soft ends of lines.
fn over_nothing(source: &[u8], mut at: usize) -> usize {
    while let Some(read) = read(source, at).find(Read::is_nothing) {
        at = read.end;
    }
    at
}

/// The place itself, or that of the backslash whose escape it would cut in two.
fn behind_escape(source: &[u8], at: usize) -> usize {
    let before = source.get(..at).unwrap_or_default();
    let backslashes = before.iter().rev().take_while(|byte| **byte == b'\\').count();
    at - backslashes % 2
}

/// Ranges in order, overlapping and touching ones as one.
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

/// Ranges of the bytes that are not zero as ranges of all bytes, from the first such byte to the last.
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

/// All of it with `mask` in place of every range, as wide as what it replaces. None where there is none.
pub(crate) fn masked(source: &[u8], ranges: &[Range<usize>], mask: &str, cut: bool) -> Option<Vec<u8>> {
    if ranges.is_empty() {
        return None;
    }
    let mut out = Vec::with_capacity(source.len());
    let mut from = 0;
    for range in ranges {
        out.extend_from_slice(source.get(from..range.start).unwrap_or_default());
        from = range.end;
        // A beginning that is too short for a secret at a text's cut end is left out without a word.
        if cut && range.end == source.len() && range.len() < SHORTEST_PART {
            continue;
        }
        let width = source
            .get(range.clone())
            .map_or(0, |hit| hit.iter().skip(1).take(3).take_while(|byte| **byte == 0).count());
        for (index, byte) in mask.bytes().enumerate() {
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
    use crate::protocol::call::encoded::forms_of;

    fn found(secret: &str, source: &str, cut: bool) -> Vec<Range<usize>> {
        Needles::new(forms_of(std::iter::once(secret))).find(source.as_bytes(), cut)
    }

    #[test]
    fn a_beginning_before_an_escape_that_was_cut_in_two_is_found() {
        let secret = "abcd/efgh+ijkl";
        for source in ["x abcd\\", "x abcd\\u00", "x abcd%2", "x abcd&#4"] {
            assert_eq!(
                found(secret, source, true),
                std::iter::once(2..source.len()).collect::<Vec<_>>(),
                "{source}"
            );
            assert!(found(secret, source, false).is_empty(), "{source}");
        }
        // What cannot be within an escape proves less: then four bytes are needed.
        assert_eq!(found("a/bcdefgh", "x a\\u00", true).len(), 1);
        assert!(found("a/bcdefgh", "x a\\ z", true).is_empty());
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
