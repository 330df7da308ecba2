//! Deserialisers for the few types that the official SDK accepts leniently: numbers and booleans in other forms.

use std::fmt;

use serde::Deserializer;
use serde::de::{Error, Visitor};

/// A whole number: `7`, `7.0`, `"7"`, `true` (1).
pub(crate) fn whole<'de, D: Deserializer<'de>>(deserializer: D) -> Result<i64, D::Error> {
    struct Whole;
    impl Visitor<'_> for Whole {
        type Value = i64;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a whole number")
        }

        fn visit_bool<E: Error>(self, value: bool) -> Result<i64, E> {
            Ok(i64::from(value))
        }

        fn visit_i64<E: Error>(self, value: i64) -> Result<i64, E> {
            Ok(value)
        }

        fn visit_u64<E: Error>(self, value: u64) -> Result<i64, E> {
            Ok(i64::try_from(value).unwrap_or(i64::MAX))
        }

        fn visit_f64<E: Error>(self, value: f64) -> Result<i64, E> {
            if value.fract() == 0.0 { Ok(value as i64) } else { Err(E::custom("not a whole number")) }
        }

        fn visit_str<E: Error>(self, value: &str) -> Result<i64, E> {
            value.trim().parse().map_err(|error| E::custom(format_args!("not a whole number: {error}")))
        }
    }
    deserializer.deserialize_any(Whole)
}

/// A boolean: also `0`, `1` and words such as `yes`.
pub(crate) fn flag<'de, D: Deserializer<'de>>(deserializer: D) -> Result<bool, D::Error> {
    struct Flag;
    impl Visitor<'_> for Flag {
        type Value = bool;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("true or false")
        }

        fn visit_bool<E: Error>(self, value: bool) -> Result<bool, E> {
            Ok(value)
        }

        fn visit_i64<E: Error>(self, value: i64) -> Result<bool, E> {
            number(value as f64).ok_or_else(|| E::custom("neither 0 nor 1"))
        }

        fn visit_u64<E: Error>(self, value: u64) -> Result<bool, E> {
            number(value as f64).ok_or_else(|| E::custom("neither 0 nor 1"))
        }

        fn visit_f64<E: Error>(self, value: f64) -> Result<bool, E> {
            number(value).ok_or_else(|| E::custom("neither 0 nor 1"))
        }

        fn visit_str<E: Error>(self, value: &str) -> Result<bool, E> {
            word(value).ok_or_else(|| E::custom("a word that means neither true nor false"))
        }
    }
    deserializer.deserialize_any(Flag)
}

/// A number as a boolean.
pub(crate) fn number(value: f64) -> Option<bool> {
    if value == 0.0 {
        Some(false)
    } else if (value - 1.0).abs() < f64::EPSILON {
        Some(true)
    } else {
        None
    }
}

/// A word as a boolean.
pub(crate) fn word(value: &str) -> Option<bool> {
    match value.to_ascii_lowercase().as_str() {
        "1" | "on" | "t" | "true" | "y" | "yes" => Some(true),
        "0" | "off" | "f" | "false" | "n" | "no" => Some(false),
        _ => None,
    }
}

/// The strings of a list; other items are left out. Anything but a list counts as empty.
pub(crate) fn texts<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    let value: serde_json::Value = serde::Deserialize::deserialize(deserializer)?;
    let items = value.as_array().map(Vec::as_slice).unwrap_or_default();
    Ok(items.iter().filter_map(serde_json::Value::as_str).map(str::to_owned).collect())
}

/// Whether a value is `true`; any other value counts as false.
pub(crate) fn is_true<'de, D: Deserializer<'de>>(deserializer: D) -> Result<bool, D::Error> {
    let value: serde_json::Value = serde::Deserialize::deserialize(deserializer)?;
    Ok(value == serde_json::Value::Bool(true))
}

/// A non-empty string.
pub(crate) fn filled<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    let text: String = serde::Deserialize::deserialize(deserializer)?;
    if text.is_empty() { Err(D::Error::custom("an empty text")) } else { Ok(text) }
}
