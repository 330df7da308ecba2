//! YAML: one parser (`yamlpath`) locates values, another (`yaml_serde`) gives the file's meaning before and after an
//! edit. Constructs that they might understand differently are refused.

use std::ops::Range;

use serde::Deserialize;
use yaml_serde::Value;
use yamlpath::{Component, Document, QueryError, Route};

use super::error::EditError;
use super::key::KeyPath;
use super::node::{At, Member, Node};
use super::splice::{Splice, line_at, line_end, slice};
use crate::domain::Clean;

pub(super) fn read(text: &str) -> Result<Node, EditError> {
    let mut documents = yaml_serde::Deserializer::from_str(text);
    let Some(first) = documents.next() else { return Ok(Node::Map(Vec::new())) };
    let value = Value::deserialize(first).map_err(|error| malformed(&error))?;
    if documents.next().is_some() {
        return Err(EditError::Refused {
            line: second_document(text),
            problem: "the file has several documents",
            remedy: "edit it by hand, or split it",
        });
    }
    match node(&value) {
        // A file with nothing but comments.
        Node::Null => Ok(Node::Map(Vec::new())),
        node => Ok(node),
    }
}

pub(super) fn parse(text: &str) -> Result<Document, EditError> {
    Document::new(text).map_err(unreadable)
}

/// The error for a text that only the other parser understands.
pub(super) fn unreadable(_: QueryError) -> EditError {
    EditError::Refused {
        line: 1,
        problem: "YAML readers do not agree on what the file says",
        remedy: "edit it by hand",
    }
}

fn malformed(error: &yaml_serde::Error) -> EditError {
    let line = error.location().map_or(1, |location| location.line().max(1));
    EditError::Malformed { line, problem: Clean::line(&unquoted(&error.to_string())) }
}

/// Removes quoted parts from a parser's message: they are content of the file.
fn unquoted(message: &str) -> String {
    let is_quote = |character| matches!(character, '"' | '`');
    match (message.find(is_quote), message.rfind(is_quote)) {
        (Some(first), Some(last)) => {
            let (head, tail) = (message.get(..first), message.get(last + 1..));
            [head.unwrap_or_default(), super::mask::HIDDEN, tail.unwrap_or_default()].concat()
        }
        _ => message.to_owned(),
    }
}

/// The line of a name; 1 if it cannot be found.
pub(super) fn line(text: &str, key: &KeyPath) -> usize {
    let Ok(document) = Document::new(text) else { return 1 };
    document
        .query_key_only(&route(key.segments()))
        .map_or(1, |feature| line_at(text, feature.location.byte_span.0))
}

pub(super) fn route(segments: &[String]) -> Route<'_> {
    Route::from(segments.iter().map(|segment| Component::from(segment.as_str())).collect::<Vec<_>>())
}

pub(super) fn replacement(text: &str, key: &KeyPath, value: &str) -> Result<Splice, EditError> {
    let document = parse(text)?;
    let route = route(key.segments());
    let name = document.query_key_only(&route).map_err(unreadable)?;
    let (start, name_end) = name.location.byte_span;
    let line = line_at(text, start);
    let refused = |problem, remedy| Err(EditError::Refused { line, problem, remedy });
    let sign = name_end + blanks(slice(text, name_end..text.len()));
    if !slice(text, sign..text.len()).starts_with(':') {
        return refused("this name has no `:` after it", "write it as `name: value`");
    }
    let Some(found) = document.query_exact(&route).map_err(unreadable)? else {
        let between = slice(text, sign + 1..line_end(text, sign + 1)).trim();
        if !between.is_empty() && !between.starts_with('#') {
            return refused("this value has an anchor or a tag", "remove it, or edit the file by hand");
        }
        return Ok(Splice::insert(sign + 1, format!(" {}", written(value, None)), 0));
    };
    let span = found.location.byte_span.0..found.location.byte_span.1;
    if span.start < sign {
        return refused("this value is an alias (`*name`) of another one", "write a text in its place first");
    }
    let between = slice(text, sign + 1..span.start);
    if between.contains('*') || slice(text, span.clone()).starts_with('*') {
        return refused("this value is an alias (`*name`) of another one", "write a text in its place first");
    }
    let marks = |text: &str| text.split_whitespace().any(|word| word.starts_with(['&', '!']));
    if marks(between) || marks(slice(text, span.clone()).lines().next().unwrap_or_default()) {
        return refused("this value has an anchor or a tag", "remove it, or edit the file by hand");
    }
    let old = slice(text, span.clone());
    match old.chars().next() {
        Some('|' | '>') => {
            refused("this value is a block of several lines", "put it on one line first, in quotes")
        }
        Some(quote @ ('"' | '\'')) => {
            if old.len() < 2 || !old.ends_with(quote) {
                return Err(EditError::Unsafe { line });
            }
            Ok(Splice::replace(span, written(value, Some(quote))))
        }
        _ => {
            if old.contains(" #") || old.contains('\n') {
                return refused("this value goes over several lines", "put it on one line first, in quotes");
            }
            Ok(Splice::replace(span, written(value, None)))
        }
    }
}

/// Writes a string in YAML, in the existing quotes; without quotes only if every parser takes it for a string.
pub(super) fn written(value: &str, quote: Option<char>) -> String {
    match quote {
        Some('\'') => format!("'{}'", value.replace('\'', "''")),
        None if is_plain(value) => value.to_owned(),
        // JSON strings are valid YAML, except for a few characters that should not be written raw.
        _ => {
            let mut out = String::from("\"");
            for character in value.chars() {
                match character {
                    '"' | '\\' => out.extend(['\\', character]),
                    '\u{2028}' => out.push_str("\\L"),
                    '\u{2029}' => out.push_str("\\P"),
                    '\u{feff}' => out.push_str("\\ufeff"),
                    character => out.push(character),
                }
            }
            out.push('"');
            out
        }
    }
}

fn is_plain(value: &str) -> bool {
    const WORDS: [&str; 9] = ["y", "n", "yes", "no", "on", "off", "true", "false", "null"];
    let is_id = value.len() == super::ids::LENGTH && uuid::Uuid::try_parse(value).is_ok();
    let is_word = |byte: u8| byte.is_ascii_alphanumeric() || b"_-./@".contains(&byte);
    is_id
        || (value.starts_with(|first: char| first.is_ascii_alphabetic())
            && value.bytes().all(is_word)
            && !WORDS.contains(&value.to_ascii_lowercase().as_str()))
}

/// The line on which a second document starts.
fn second_document(text: &str) -> usize {
    let mut seen = false;
    for (index, line) in text.lines().enumerate() {
        let is_mark = line == "---" || line.starts_with("--- ") || line.trim_end() == "...";
        if is_mark && seen {
            return index + 1;
        }
        seen |= !is_mark && !line.trim().is_empty() && !line.trim_start().starts_with('#');
    }
    1
}

pub(super) fn blanks(text: &str) -> usize {
    text.len() - text.trim_start_matches([' ', '\t']).len()
}

/// The span of a feature.
pub(super) fn span(feature: &yamlpath::Feature<'_>) -> Range<usize> {
    feature.location.byte_span.0..feature.location.byte_span.1
}

fn node(value: &Value) -> Node {
    match value {
        Value::Null => Node::Null,
        Value::Bool(switch) => Node::Other("true or false", switch.to_string()),
        Value::Number(number) => Node::Other("a number", number.to_string()),
        Value::String(text) => Node::Text(text.clone()),
        Value::Sequence(list) => Node::List(list.iter().map(node).collect()),
        Value::Mapping(mapping) => Node::Map(
            mapping
                .iter()
                .map(|(name, value)| Member { name: name_of(name), at: At(0), node: node(value) })
                .collect(),
        ),
        Value::Tagged(tagged) => Node::Other("tagged", format!("{tagged:?}")),
    }
}

/// A name as text; non-string names are mapped to texts that no name can have.
fn name_of(name: &Value) -> String {
    match name {
        Value::String(text) => text.clone(),
        other => format!("\0{other:?}"),
    }
}
