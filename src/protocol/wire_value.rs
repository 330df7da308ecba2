//! A JSON value of any type: parsing never fails because of a type, so that conversion can wait until the whole row is
//! read.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use serde::Deserializer;
use serde::de::{DeserializeSeed, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};

use crate::domain::{Interner, JsonText};

/// A value as received.
#[derive(Clone, Debug, Default)]
pub(crate) enum WireValue<'de> {
    /// The field is absent.
    #[default]
    Absent,
    Null,
    Bool(bool),
    Whole(i64),
    Number(f64),
    Text(Cow<'de, str>),
    /// The strings of a list, and whether it contained anything else.
    List(Arc<[Arc<str>]>, bool),
    /// A list in place of another type.
    SomeList,
    Object,
    /// An object or any other value, kept as text.
    Raw(JsonText),
    /// JSON that cannot be parsed, such as an unpaired surrogate or a number out of range.
    Broken,
}

impl WireValue<'_> {
    /// The type, for people.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Absent => "nothing",
            Self::Null => "null",
            Self::Bool(_) => "true or false",
            Self::Whole(_) | Self::Number(_) => "a number",
            Self::Text(_) => "a text",
            Self::List(..) | Self::SomeList => "a list",
            Self::Object => "an object",
            Self::Raw(_) => "something else",
            Self::Broken => "JSON that cannot be held",
        }
    }

    /// The value as JSON, if it was kept.
    pub(crate) fn to_json(&self) -> Option<JsonText> {
        let json = match self {
            Self::Bool(value) => serde_json::to_string(value),
            Self::Whole(value) => serde_json::to_string(value),
            Self::Number(value) => serde_json::to_string(value),
            Self::Text(value) => serde_json::to_string(value),
            Self::List(items, _) => serde_json::to_string(items),
            Self::Raw(json) => return Some(json.clone()),
            Self::Absent | Self::Null | Self::SomeList | Self::Object | Self::Broken => return None,
        };
        json.ok().map(|json| JsonText(json.into()))
    }
}

/// Parses a value; `texts` has the interner if a list of strings is expected.
pub(crate) struct ValueSeed<'a> {
    pub(crate) texts: Option<(&'a mut Interner, &'a mut Vec<Arc<str>>)>,
}

impl<'de> DeserializeSeed<'de> for ValueSeed<'_> {
    type Value = WireValue<'de>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<WireValue<'de>, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for ValueSeed<'_> {
    type Value = WireValue<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any value")
    }

    fn visit_unit<E: Error>(self) -> Result<WireValue<'de>, E> {
        Ok(WireValue::Null)
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<WireValue<'de>, E> {
        Ok(WireValue::Bool(value))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<WireValue<'de>, E> {
        Ok(WireValue::Whole(value))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<WireValue<'de>, E> {
        Ok(i64::try_from(value).map_or(WireValue::Number(value as f64), WireValue::Whole))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<WireValue<'de>, E> {
        Ok(WireValue::Number(value))
    }

    fn visit_borrowed_str<E: Error>(self, value: &'de str) -> Result<WireValue<'de>, E> {
        Ok(WireValue::Text(Cow::Borrowed(value)))
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<WireValue<'de>, E> {
        Ok(WireValue::Text(Cow::Owned(value.to_owned())))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<WireValue<'de>, A::Error> {
        let Some((interner, scratch)) = self.texts else {
            while items.next_element::<IgnoredAny>()?.is_some() {}
            return Ok(WireValue::SomeList);
        };
        scratch.clear();
        let mut odd = false;
        while let Some(item) = items.next_element_seed(Item(interner))? {
            match item {
                Some(text) => scratch.push(text),
                None => odd = true,
            }
        }
        Ok(WireValue::List(interner.list(scratch), odd))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<WireValue<'de>, A::Error> {
        while entries.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(WireValue::Object)
    }
}

/// An item of a list of strings: the shared string, or `None` for anything else.
struct Item<'a>(&'a mut Interner);

impl<'de> DeserializeSeed<'de> for Item<'_> {
    type Value = Option<Arc<str>>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Item<'_> {
    type Value = Option<Arc<str>>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any value")
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Self::Value, E> {
        Ok(Some(self.0.text(value)))
    }

    fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_bool<E: Error>(self, _: bool) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_i64<E: Error>(self, _: i64) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_u64<E: Error>(self, _: u64) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_f64<E: Error>(self, _: f64) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Self::Value, A::Error> {
        while items.next_element::<IgnoredAny>()?.is_some() {}
        Ok(None)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Self::Value, A::Error> {
        while entries.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(None)
    }
}

/// Removes whitespace between the parts of JSON text; the parts stay unchanged.
pub(crate) fn compact(json: &str) -> JsonText {
    let blank = |byte: u8| matches!(byte, b' ' | b'\n' | b'\r' | b'\t');
    if !json.bytes().any(blank) {
        return JsonText(json.into());
    }
    let mut out = String::with_capacity(json.len());
    let (mut in_text, mut escaped) = (false, false);
    for character in json.chars() {
        if in_text {
            in_text = escaped || character != '"';
            escaped = !escaped && character == '\\';
            out.push(character);
        } else if !character.is_ascii_whitespace() {
            in_text = character == '"';
            out.push(character);
        }
    }
    JsonText(out.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn compacting_keeps_texts() {
        for (json, want) in [
            (r#"{ "a b" : [ 1 , "x \" y\\" , {} ] }"#, r#"{"a b":[1,"x \" y\\",{}]}"#),
            ("7", "7"),
            ("\" \"", "\" \""),
        ] {
            assert_eq!(&*compact(json).0, want);
        }
    }
}
