//! A fast reader for pages as backends usually write them.
//!
//! A list of 100,000 grants is 80 MB of JSON, nearly all of it names in the same order in every row, strings without
//! escapes, `null` and short lists. This reader handles those and passes any other value to the general one. If it
//! finds anything unexpected, it returns `None`, and the page is parsed again by the general reader; any result is the
//! same as the general reader's.

use std::collections::HashMap;
use std::sync::Arc;

use foldhash::fast::RandomState;
use serde_json::value::RawValue;

use super::grant;
use super::page::Envelope;
use super::row::{Field, Reader, Row};
use super::wire_value::{WireValue, compact};
use crate::domain::unescaped::unescaped_length;

/// Parses a page; `None` if the general reader is needed.
pub(crate) fn page<'de>(text: &'de str, reader: &mut Reader) -> Option<Envelope<'de>> {
    let mut scan = Scan { text, at: 0, lists: HashMap::default(), items: Vec::new() };
    let mut envelope = Envelope::default();
    let mut row = Row::default();
    scan.blanks();
    scan.take(b'{')?;
    loop {
        let place = match scan.name()? {
            "grants" => {
                envelope.grants = Some(Ok(scan.rows(&mut row, reader)?));
                None
            }
            "total" => Some(&mut envelope.total),
            "limit" => Some(&mut envelope.limit),
            "offset" => Some(&mut envelope.offset),
            "has_more" => Some(&mut envelope.has_more),
            _ => {
                scan.raw()?;
                None
            }
        };
        if let Some(place) = place {
            *place = scan.value(None, reader)?;
        }
        if scan.ends(b'}')? {
            break;
        }
    }
    scan.blanks();
    scan.rest().is_empty().then_some(envelope)
}

struct Scan<'de> {
    text: &'de str,
    /// Always at a character boundary.
    at: usize,
    /// Lists by their source text.
    lists: HashMap<&'de str, Arc<[Arc<str>]>, RandomState>,
    /// The items of the last list.
    items: Vec<&'de str>,
}

impl<'de> Scan<'de> {
    fn rest(&self) -> &'de [u8] {
        self.text.as_bytes().get(self.at..).unwrap_or_default()
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn blanks(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\n' | b'\r' | b'\t')) {
            self.at += 1;
        }
    }

    fn take(&mut self, byte: u8) -> Option<()> {
        let met = self.peek() == Some(byte);
        self.at += usize::from(met);
        met.then_some(())
    }

    fn skip<const LENGTH: usize>(&mut self, word: &[u8; LENGTH]) -> bool {
        let met = self.rest().first_chunk() == Some(word);
        if met {
            self.at += LENGTH;
        }
        met
    }

    /// Skips a field's name if it is next, without spaces.
    fn skip_name(&mut self, field: Field) -> bool {
        let name = field.written();
        let met = self.rest().starts_with(name);
        if met {
            self.at += name.len();
        }
        met
    }

    /// After a value: returns whether the list or object ends here, else skips a comma.
    fn ends(&mut self, close: u8) -> Option<bool> {
        self.blanks();
        if self.take(b',').is_some() {
            return Some(false);
        }
        self.take(close).map(|()| true)
    }

    /// A name with its colon.
    fn name(&mut self) -> Option<&'de str> {
        self.blanks();
        let name = self.plain()?;
        self.blanks();
        self.take(b':')?;
        self.blanks();
        Some(name)
    }

    /// A string without escapes.
    fn plain(&mut self) -> Option<&'de str> {
        self.take(b'"')?;
        let begin = self.at;
        let length = unescaped_length(self.rest());
        self.at += length;
        let text = self.text.get(begin..self.at)?;
        self.take(b'"')?;
        Some(text)
    }

    fn rows(&mut self, row: &mut Row<'de>, reader: &mut Reader) -> Option<Vec<crate::domain::Grant>> {
        let mut grants = Vec::new();
        self.take(b'[')?;
        self.blanks();
        if self.take(b']').is_some() {
            return Some(grants);
        }
        loop {
            self.blanks();
            self.row(row, reader)?;
            grants.push(grant::convert(row, reader));
            row.clear();
            if self.ends(b']')? {
                return Some(grants);
            }
        }
    }

    fn row(&mut self, row: &mut Row<'de>, reader: &mut Reader) -> Option<()> {
        self.take(b'{')?;
        let mut position = 0;
        loop {
            let likely = reader.expected_field(position).filter(|likely| self.skip_name(*likely));
            let field = if let Some(likely) = likely {
                self.blanks();
                Some(likely)
            } else {
                let name = self.name()?;
                let field = Field::named(name);
                match field {
                    Some(field) => reader.remember_field(position, field),
                    None => row.unknown.push((name.into(), compact(self.raw()?.get()))),
                }
                field
            };
            if let Some(field) = field {
                position += 1;
                let value = self.value(Some(field), reader)?;
                row.set(field, value);
            }
            if self.ends(b'}')? {
                return Some(());
            }
        }
    }

    /// A value; without a field, it belongs to the envelope.
    fn value(&mut self, field: Option<Field>, reader: &mut Reader) -> Option<WireValue<'de>> {
        match self.peek()? {
            b'"' => {
                let begin = self.at;
                if let Some(text) = self.plain() {
                    return Some(WireValue::Text(text.into()));
                }
                self.at = begin;
            }
            b'n' if self.skip(b"null") => return Some(WireValue::Null),
            b't' if self.skip(b"true") => return Some(WireValue::Bool(true)),
            b'f' if self.skip(b"false") => return Some(WireValue::Bool(false)),
            b'0'..=b'9' => {
                if let Some(number) = self.number() {
                    return Some(WireValue::Whole(number));
                }
            }
            b'[' if field.is_some_and(Field::is_list) => {
                let begin = self.at;
                if let Some(raw) = self.list() {
                    let Self { lists, items, .. } = self;
                    let list = lists.entry(raw).or_insert_with(|| reader.share(items));
                    return Some(WireValue::List(Arc::clone(list), false));
                }
                self.at = begin;
            }
            _ => {}
        }
        let raw = self.raw()?;
        reader.read_value(field, raw.get()).ok()
    }

    /// A whole number that cannot overflow.
    fn number(&mut self) -> Option<i64> {
        let rest = self.rest();
        let length = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
        let follows = rest.get(length);
        if length > 18
            || (length > 1 && rest.first() == Some(&b'0'))
            || matches!(follows, Some(b'.' | b'e' | b'E'))
        {
            return None;
        }
        self.at += length;
        Some(rest.iter().take(length).fold(0, |number, digit| number * 10 + i64::from(digit - b'0')))
    }

    /// The source text of a list of strings without escapes; the strings are in `items`.
    fn list(&mut self) -> Option<&'de str> {
        let begin = self.at;
        self.items.clear();
        self.take(b'[')?;
        self.blanks();
        if self.take(b']').is_none() {
            loop {
                self.blanks();
                let item = self.plain()?;
                self.items.push(item);
                if self.ends(b']')? {
                    break;
                }
            }
        }
        self.text.get(begin..self.at)
    }

    /// Any value, by the general reader.
    fn raw(&mut self) -> Option<&'de RawValue> {
        let rest = self.text.get(self.at..)?;
        let mut values = serde_json::Deserializer::from_str(rest).into_iter::<&'de RawValue>();
        let raw = values.next()?.ok()?;
        self.at += values.byte_offset();
        Some(raw)
    }
}

#[cfg(test)]
#[path = "scan_tests.rs"]
mod tests;
