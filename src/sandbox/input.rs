//! Reading the JSON body of a call strictly: a client's mistake must not pass here and fail there.
//!
//! Whether the backend minds a field it does not know is not stated; here it does, so that a client that sends one
//! finds out.

use std::ops::RangeInclusive;

use serde_json::{Map, Value};
use uuid::Uuid;

use super::message::Reply;

/// The fields of a JSON object that has been checked for names.
#[derive(Debug)]
pub(super) struct Fields(Map<String, Value>);

impl Fields {
    pub(super) fn read(body: &[u8], known: &[&str]) -> Result<Self, Box<Reply>> {
        let fields = match serde_json::from_slice(body) {
            Ok(Value::Object(fields)) => fields,
            Ok(_) => return Err(invalid("body", "model_attributes_type", "Input should be an object")),
            Err(_) => return Err(invalid("body", "json_invalid", "JSON decode error")),
        };
        match fields.keys().find(|name| !known.contains(&name.as_str())) {
            Some(extra) => Err(invalid(extra, "extra_forbidden", "Extra inputs are not permitted")),
            None => Ok(Self(fields)),
        }
    }

    /// The fields of an object, whatever their names.
    pub(super) fn anything(body: Value) -> Option<Self> {
        if let Value::Object(fields) = body { Some(Self(fields)) } else { None }
    }

    /// The value, where there is one other than null.
    pub(super) fn get(&self, name: &str) -> Option<&Value> {
        self.0.get(name).filter(|value| !value.is_null())
    }

    /// Whether the field is there at all, null included.
    pub(super) fn has(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    pub(super) fn text(&self, name: &str) -> Result<Option<String>, Box<Reply>> {
        match self.get(name) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text.clone())),
            Some(_) => Err(invalid(name, "string_type", "Input should be a valid string")),
        }
    }

    pub(super) fn needed(&self, name: &str) -> Result<String, Box<Reply>> {
        self.text(name)?
            .filter(|text| !text.is_empty())
            .ok_or_else(|| invalid(name, "missing", "Field required"))
    }

    pub(super) fn uuid(&self, name: &str) -> Result<Option<Uuid>, Box<Reply>> {
        self.text(name)?.map_or(Ok(None), |text| {
            let id = Uuid::try_parse(&text).ok().filter(|_| text.len() == 36);
            id.map(Some).ok_or_else(|| invalid(name, "uuid_parsing", "Input should be a valid UUID"))
        })
    }

    pub(super) fn flag(&self, name: &str) -> Result<Option<bool>, Box<Reply>> {
        match self.get(name) {
            None => Ok(None),
            Some(Value::Bool(flag)) => Ok(Some(*flag)),
            Some(_) => Err(invalid(name, "bool_type", "Input should be a valid boolean")),
        }
    }

    /// A whole number in a range; `true`, `"7"` and `7.0` are none.
    pub(super) fn whole(&self, name: &str, range: RangeInclusive<i64>) -> Result<Option<i64>, Box<Reply>> {
        match self.get(name) {
            None => Ok(None),
            Some(value) => match value.as_i64().filter(|_| value.is_i64() || value.is_u64()) {
                Some(number) if range.contains(&number) => Ok(Some(number)),
                Some(_) => {
                    let message = format!("Input should be from {} to {}", range.start(), range.end());
                    Err(invalid(name, "out_of_range", &message))
                }
                None => Err(invalid(name, "int_type", "Input should be a valid integer")),
            },
        }
    }

    /// A text of 1 to `most` characters that is not blank.
    pub(super) fn name(&self, name: &str, most: usize) -> Result<Option<String>, Box<Reply>> {
        match self.text(name)? {
            Some(text) if text.trim().is_empty() => {
                Err(invalid(name, "string_too_short", "Input should not be blank"))
            }
            Some(text) if text.chars().count() > most => {
                let message = format!("Input should have at most {most} characters");
                Err(invalid(name, "string_too_long", &message))
            }
            found => Ok(found),
        }
    }

    /// A list of texts, none of them blank.
    pub(super) fn texts(&self, name: &str) -> Result<Option<Vec<String>>, Box<Reply>> {
        let wrong = || invalid(name, "list_type", "Input should be a list of texts that are not blank");
        match self.get(name) {
            None => Ok(None),
            Some(Value::Array(list)) => {
                let texts: Option<Vec<String>> = list
                    .iter()
                    .map(|item| item.as_str().filter(|text| !text.trim().is_empty()).map(str::to_owned))
                    .collect();
                texts.map(Some).ok_or_else(wrong)
            }
            Some(_) => Err(wrong()),
        }
    }

    /// The fields of an object inside, checked for names as these are.
    pub(super) fn inner(&self, name: &str, known: &[&str]) -> Result<Option<Self>, Box<Reply>> {
        let Some(object) = self.object(name)? else { return Ok(None) };
        match object.keys().find(|inside| !known.contains(&inside.as_str())) {
            Some(extra) => Err(invalid(extra, "extra_forbidden", "Extra inputs are not permitted")),
            None => Ok(Some(Self(object.clone()))),
        }
    }

    pub(super) fn object(&self, name: &str) -> Result<Option<&Map<String, Value>>, Box<Reply>> {
        match self.get(name) {
            None => Ok(None),
            Some(Value::Object(object)) => Ok(Some(object)),
            Some(_) => Err(invalid(name, "dict_type", "Input should be a valid dictionary")),
        }
    }
}

/// The list form of a refusal: 422.
pub(super) fn invalid(field: &str, kind: &str, message: &str) -> Box<Reply> {
    Box::new(Reply::invalid("body", field, kind, message))
}
