//! A page of the list (docs/protocol/grants.md section 1, response).
//!
//! Parsed directly into [`Grant`]s, without an intermediate tree of values. A single odd row never loses the page.

use std::borrow::Cow;
use std::collections::HashSet;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use super::grant;
use super::lenient;
use super::malformed::Malformed;
use super::row::{Reader, RowSeed};
use super::scan;
use super::surrogates;
use super::wire_value::{ValueSeed, WireValue, compact};
use crate::domain::{Grant, Oddity, RowId};

/// Method and path.
pub const ENDPOINT: &str = "POST /sdk/grants/list";

/// A page, as far as it could be parsed.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Page {
    /// The rows in the backend's order; those not parsed completely have oddities.
    pub grants: Vec<Grant>,
    /// The backend's count of rows for this filter; if absent, the number of rows known.
    pub total: u64,
    /// The page size that the backend used.
    pub limit: u64,
    /// The offset of this page.
    pub offset: u64,
    /// Whether more pages follow.
    pub has_more: bool,
    /// Problems with the envelope; the affected values were derived from the rest.
    pub oddities: Vec<Oddity>,
}

impl Page {
    /// Parses a page.
    ///
    /// # Errors
    /// If there are no rows to be had: not JSON (cut off, or HTML), not an object, no list of grants.
    pub fn parse(bytes: &[u8]) -> Result<Self, Malformed> {
        let text = text(bytes);
        let mut reader = Reader::default();
        if let Some(envelope) = scan::page(&text, &mut reader) {
            return to_page(envelope, &text);
        }
        parse_general(&text, &mut reader)
    }

    /// The results of the fast reader, if it has one, and of the general one.
    pub fn parse_both(bytes: &[u8]) -> (Option<Result<Self, Malformed>>, Result<Self, Malformed>) {
        let text = text(bytes);
        let fast = scan::page(&text, &mut Reader::default()).map(|envelope| to_page(envelope, &text));
        (fast, parse_general(&text, &mut Reader::default()))
    }
}

/// Invalid UTF-8 and unpaired surrogates lose the character, not the page.
fn text(bytes: &[u8]) -> Cow<'_, str> {
    let text = std::str::from_utf8(bytes).map_or_else(|_| String::from_utf8_lossy(bytes), Cow::Borrowed);
    surrogates::paired_text(text)
}

/// Parses any page.
fn parse_general(text: &str, reader: &mut Reader) -> Result<Page, Malformed> {
    let envelope = read(text, reader).or_else(|_| {
        // Something in it cannot be parsed. Retry value by value; broken JSON fails again.
        reader.careful = true;
        read(text, reader)
    });
    to_page(envelope.map_err(|error| Malformed::from_json(ENDPOINT, &error))?, text)
}

/// Converts an envelope to a page.
fn to_page(envelope: Envelope<'_>, text: &str) -> Result<Page, Malformed> {
    let mut page = envelope.page()?;
    assign_row_digests(&mut page.grants, text);
    Ok(page)
}

fn read<'de>(text: &'de str, reader: &mut Reader) -> Result<Envelope<'de>, serde_json::Error> {
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let envelope = EnvelopeSeed(reader).deserialize(&mut deserializer)?;
    deserializer.end()?;
    Ok(envelope)
}

/// The envelope, not yet converted.
#[derive(Debug, Default)]
pub(crate) struct Envelope<'de> {
    /// The rows, or what was found instead of a list.
    pub(crate) grants: Option<Result<Vec<Grant>, &'static str>>,
    pub(crate) total: WireValue<'de>,
    pub(crate) limit: WireValue<'de>,
    pub(crate) offset: WireValue<'de>,
    pub(crate) has_more: WireValue<'de>,
    /// Set if the answer is not an object.
    instead: Option<&'static str>,
}

impl Envelope<'_> {
    fn page(self) -> Result<Page, Malformed> {
        if let Some(instead) = self.instead {
            return Err(Malformed::whole(ENDPOINT, format!("expected an object, found {instead}")));
        }
        let grants = self.grants.unwrap_or(Err("nothing")).map_err(|instead| Malformed {
            endpoint: ENDPOINT,
            position: "grants".to_owned(),
            problem: format!("expected a list, found {instead}"),
        })?;
        let rows = grants.len() as u64;
        let mut oddities = Vec::new();
        let offset = count("offset", &self.offset, 0, &mut oddities);
        let limit = count("limit", &self.limit, rows, &mut oddities);
        let known = offset.saturating_add(rows);
        let total = count("total", &self.total, known, &mut oddities);
        let has_more = truth(&self.has_more).unwrap_or_else(|| {
            oddities.push(odd("has_more", "true or false", &self.has_more));
            // If the backend does not say: a full page may have a successor, an empty one has none.
            rows > 0 && (total > known || rows >= limit)
        });
        Ok(Page { grants, total, limit, offset, has_more, oddities })
    }
}

fn count(field: &str, seen: &WireValue<'_>, otherwise: u64, oddities: &mut Vec<Oddity>) -> u64 {
    let number = match seen {
        WireValue::Whole(number) => Some(*number),
        WireValue::Bool(value) => Some(i64::from(*value)),
        WireValue::Number(number) if number.fract() == 0.0 => Some(*number as i64),
        WireValue::Text(text) => text.trim().parse().ok(),
        _ => None,
    };
    // The SDK accepts negative counts, which are useless.
    number.and_then(|number| u64::try_from(number).ok()).unwrap_or_else(|| {
        oddities.push(odd(field, "a count", seen));
        otherwise
    })
}

fn truth(seen: &WireValue<'_>) -> Option<bool> {
    match seen {
        WireValue::Bool(value) => Some(*value),
        WireValue::Whole(value) => lenient::number(*value as f64),
        WireValue::Number(value) => lenient::number(*value),
        WireValue::Text(word) => lenient::word(word),
        _ => None,
    }
}

fn odd(field: &str, wanted: &str, found: &WireValue<'_>) -> Oddity {
    Oddity { field: field.into(), problem: format!("expected {wanted}, found {}", found.name()).into() }
}

#[derive(serde::Deserialize)]
struct Texts<'a> {
    #[serde(borrow)]
    grants: Vec<&'a RawValue>,
}

/// Identifies rows without an id by a digest of their text, which is the same after a refresh.
fn assign_row_digests(grants: &mut [Grant], text: &str) {
    if grants.iter().all(|grant| grant.row.grant().is_some()) {
        return;
    }
    let texts = serde_json::from_str::<Texts<'_>>(text).map(|texts| texts.grants).unwrap_or_default();
    let mut taken = HashSet::new();
    for (index, grant) in grants.iter_mut().enumerate() {
        if grant.row.grant().is_none() {
            let text = texts.get(index).map(|raw| compact(raw.get()).0).unwrap_or_default();
            let mut digest = digest(text.as_bytes());
            while !taken.insert(digest) {
                digest = digest.wrapping_add(1);
            }
            grant.row = RowId::Unreadable(digest);
        }
    }
}

/// FNV-1a: stable across builds, which the standard hasher does not guarantee.
fn digest(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |digest, byte| {
        (digest ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}

struct EnvelopeSeed<'a>(&'a mut Reader);

impl<'de> DeserializeSeed<'de> for EnvelopeSeed<'_> {
    type Value = Envelope<'de>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Envelope<'de>, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for EnvelopeSeed<'_> {
    type Value = Envelope<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a page of grants")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Envelope<'de>, A::Error> {
        let mut envelope = Envelope::default();
        while let Some(name) = entries.next_key::<Cow<'_, str>>()? {
            let place = match name.as_ref() {
                "grants" => {
                    envelope.grants = Some(entries.next_value_seed(Rows(self.0))?);
                    continue;
                }
                "total" => &mut envelope.total,
                "limit" => &mut envelope.limit,
                "offset" => &mut envelope.offset,
                "has_more" => &mut envelope.has_more,
                _ => {
                    entries.next_value::<IgnoredAny>()?;
                    continue;
                }
            };
            *place = entries.next_value_seed(ValueSeed { texts: None })?;
        }
        Ok(envelope)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Envelope<'de>, A::Error> {
        while items.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Envelope { instead: Some("a list"), ..Envelope::default() })
    }

    fn visit_unit<E: Error>(self) -> Result<Envelope<'de>, E> {
        Ok(Envelope { instead: Some("null"), ..Envelope::default() })
    }
}

/// The list of rows; the error is what was found instead.
struct Rows<'a>(&'a mut Reader);

impl<'de> DeserializeSeed<'de> for Rows<'_> {
    type Value = Result<Vec<Grant>, &'static str>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Rows<'_> {
    type Value = Result<Vec<Grant>, &'static str>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of grants")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Self::Value, A::Error> {
        let reader = self.0;
        let mut grants = Vec::new();
        if reader.careful {
            while let Some(raw) = items.next_element::<&'de RawValue>()? {
                let mut deserializer = serde_json::Deserializer::from_str(raw.get());
                grants.push(match RowSeed(&mut *reader).deserialize(&mut deserializer) {
                    Ok(mut row) => grant::convert(&mut row, reader),
                    Err(error) => grant::unreadable(&error.to_string()),
                });
            }
        } else {
            while let Some(mut row) = items.next_element_seed(RowSeed(&mut *reader))? {
                grants.push(grant::convert(&mut row, reader));
            }
        }
        Ok(Ok(grants))
    }

    fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
        Ok(Err("null"))
    }

    fn visit_bool<E: Error>(self, _: bool) -> Result<Self::Value, E> {
        Ok(Err("true or false"))
    }

    fn visit_i64<E: Error>(self, _: i64) -> Result<Self::Value, E> {
        Ok(Err("a number"))
    }

    fn visit_u64<E: Error>(self, _: u64) -> Result<Self::Value, E> {
        Ok(Err("a number"))
    }

    fn visit_f64<E: Error>(self, _: f64) -> Result<Self::Value, E> {
        Ok(Err("a number"))
    }

    fn visit_str<E: Error>(self, _: &str) -> Result<Self::Value, E> {
        Ok(Err("a text"))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Self::Value, A::Error> {
        while entries.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Err("an object"))
    }
}
