//! TOML: parsing, and replacing values.

use std::ops::Range;

use toml_edit::{Document, InlineTable, Item, Table, Value};

use super::error::EditError;
use super::key::KeyPath;
use super::node::{At, Member, Node};
use super::splice::{Splice, line_at, slice};
use crate::domain::Clean;

pub(super) fn parse(text: &str) -> Result<Document<&str>, EditError> {
    Document::parse(text).map_err(|error| EditError::Malformed {
        line: line_at(text, error.span().map_or(0, |span| span.start)),
        problem: Clean::line(error.message()),
    })
}

pub(super) fn read(text: &str) -> Result<Node, EditError> {
    Ok(table(parse(text)?.as_table()))
}

pub(super) fn replacement(text: &str, key: &KeyPath, value: &str) -> Result<Splice, EditError> {
    let document = parse(text)?;
    let span = key
        .segments()
        .iter()
        .try_fold(document.as_item(), |item, segment| item.get(segment.as_str()))
        .and_then(Item::as_value)
        .and_then(Value::span)
        .ok_or(EditError::Unsafe { line: 1 })?;
    let span = trimmed(text, span);
    let quote = if slice(text, span.clone()).starts_with('\'') { '\'' } else { '"' };
    Ok(Splice::replace(span, written(value, quote)))
}

/// Writes a string in TOML, in single quotes if `quote` is one and they can hold it.
pub(super) fn written(value: &str, quote: char) -> String {
    if quote == '\'' && !value.contains('\'') {
        return format!("'{value}'");
    }
    format!("\"{}\"", value.replace('\\', "\\\\").replace('"', "\\\""))
}

/// A span without surrounding whitespace.
fn trimmed(text: &str, span: Range<usize>) -> Range<usize> {
    let value = slice(text, span.clone());
    let start = span.start + (value.len() - value.trim_start().len());
    start..start + value.trim().len()
}

fn table(table: &Table) -> Node {
    let entries = table.iter().filter(|(_, item)| !item.is_none()).map(|(name, item)| Member {
        name: name.to_owned(),
        at: At(table.key(name).and_then(toml_edit::Key::span).map_or(0, |span| span.start)),
        node: node(item),
    });
    Node::Map(entries.collect())
}

fn inline(table: &InlineTable) -> Node {
    let entries = table.iter().map(|(name, value)| Member {
        name: name.to_owned(),
        at: At(table.key(name).and_then(toml_edit::Key::span).map_or(0, |span| span.start)),
        node: leaf(value),
    });
    Node::Map(entries.collect())
}

fn node(item: &Item) -> Node {
    match item {
        Item::None => Node::Null,
        Item::Value(value) => leaf(value),
        Item::Table(inner) => table(inner),
        Item::ArrayOfTables(tables) => Node::List(tables.iter().map(table).collect()),
    }
}

fn leaf(value: &Value) -> Node {
    match value {
        Value::String(text) => Node::Text(text.value().clone()),
        Value::Integer(number) => Node::Other("a number", number.value().to_string()),
        Value::Float(number) => Node::Other("a number", format!("{:?}", number.value())),
        Value::Boolean(switch) => Node::Other("true or false", switch.value().to_string()),
        Value::Datetime(date) => Node::Other("a date", date.value().to_string()),
        Value::Array(list) => Node::List(list.iter().map(leaf).collect()),
        Value::InlineTable(inner) => inline(inner),
    }
}
