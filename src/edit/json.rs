//! JSON, with comments and trailing commas if the file has them. Other JSON5 extensions are refused.

use jsonc_parser::ast::{Object, Value};
use jsonc_parser::common::{Range, Ranged};
use jsonc_parser::{CollectOptions, CommentCollectionStrategy, ParseOptions, parse_to_ast};

use super::error::EditError;
use super::key::KeyPath;
use super::node::{At, Member, Node};
use super::splice::{Splice, eol, indent_at, line_at, line_end, line_start, slice};
use crate::domain::Clean;

pub(super) const OPTIONS: ParseOptions = ParseOptions {
    allow_comments: true,
    allow_loose_object_property_names: false,
    allow_trailing_commas: true,
    allow_missing_commas: false,
    allow_single_quoted_strings: false,
    allow_hexadecimal_numbers: false,
    allow_unary_plus_numbers: false,
    allow_bare_decimal_point_numbers: false,
    allow_non_finite_numbers: false,
    allow_extended_string_escapes: false,
};

struct Parsed<'a> {
    root: Value<'a>,
    has_comments: bool,
}

fn parse(text: &str) -> Result<Parsed<'_>, EditError> {
    let collect = CollectOptions { comments: CommentCollectionStrategy::Separate, tokens: false };
    let parsed = parse_to_ast(text, &collect, &OPTIONS).map_err(|error| EditError::Malformed {
        line: error.line_display(),
        problem: Clean::line(&error.kind().to_string()),
    })?;
    let has_comments = parsed.comments.is_some_and(|comments| !comments.is_empty());
    let root = parsed.value.ok_or(EditError::Refused {
        line: 1,
        problem: "the file is empty, which is not JSON",
        remedy: "write {} into it",
    })?;
    Ok(Parsed { root, has_comments })
}

pub(super) fn read(text: &str) -> Result<Node, EditError> {
    Ok(node(&parse(text)?.root))
}

pub(super) fn replacement(text: &str, key: &KeyPath, value: &str) -> Result<Splice, EditError> {
    let parsed = parse(text)?;
    let mut at = &parsed.root;
    for segment in key.segments() {
        let property = at.as_object().and_then(|object| object.get(segment));
        at = &property.ok_or(EditError::Unsafe { line: 1 })?.value;
    }
    Ok(Splice::replace(at.start()..at.end(), written(value)))
}

pub(super) fn additions(
    text: &str,
    key: &KeyPath,
    value: &str,
    comment: Option<&str>,
) -> Result<Vec<Splice>, EditError> {
    let parsed = parse(text)?;
    let comment = comment.filter(|_| parsed.has_comments);
    let (mut at, mut rest) = (&parsed.root, key.segments());
    loop {
        let object = match at {
            Value::Object(object) => object,
            Value::NullKeyword(null) => return Ok(vec![filled(text, null.range(), rest, value, comment)]),
            other => return Err(EditError::Unsafe { line: line_at(text, other.start()) }),
        };
        match rest.split_first().and_then(|(segment, inner)| Some((object.get(segment)?, inner))) {
            Some((property, inner)) => (at, rest) = (&property.value, inner),
            None => return Ok(vec![append(text, object, rest, value, comment)]),
        }
    }
}

/// Adds a property after the last one, in the object's layout: on one line, or one property per line.
fn append(text: &str, object: &Object<'_>, names: &[String], value: &str, comment: Option<&str>) -> Splice {
    let eol = eol(text);
    let outer = indent_at(text, object.start());
    let Some(last) = object.properties.last() else {
        let inside = object.start() + 1..object.end().saturating_sub(1);
        let filled = slice(text, inside.clone());
        let indent = format!("{outer}{}", unit(text));
        let mut with = format!("{eol}{indent}");
        write_comment(&mut with, comment, &indent, eol);
        let name_at = write_pair(&mut with, names, value, &indent, unit(text), Some(eol));
        // Comments and line breaks in an empty object stay in place.
        if filled.contains('\n') || !filled.trim().is_empty() {
            return Splice::insert(inside.start + filled.trim_end().len(), with, name_at);
        }
        with.extend([eol, outer]);
        return Splice { range: inside, with, name_at };
    };
    let comma = comma(slice(text, last.end()..object.end()));
    let end = last.end() + comma.map_or(0, |at| at + 1);
    let indent = indent_at(text, last.start());
    let is_on_a_line = line_start(text, last.start()) + indent.len() == last.start();
    let mut with = String::new();
    if comma.is_none() {
        with.push(',');
    }
    if !is_on_a_line || object.start() >= line_start(text, last.start()) {
        with.push(' ');
        let name_at = write_pair(&mut with, names, value, "", "", None);
        with.extend(comma.map(|_| ','));
        return Splice::insert(end, with, name_at);
    }
    // A comment after the last value stays after it.
    let mut range = end..end;
    let behind = slice(text, end..line_end(text, end));
    if is_comment(behind.trim()) {
        range.end += behind.len();
        with.push_str(behind);
    }
    with.extend([eol, indent]);
    write_comment(&mut with, comment, indent, eol);
    let step = indent.strip_prefix(outer).filter(|step| !step.is_empty()).unwrap_or(unit(text));
    let name_at = write_pair(&mut with, names, value, indent, step, Some(eol));
    with.extend(comma.map(|_| ','));
    Splice { range, with, name_at }
}

/// Replaces `null` by an object, on several lines if the file has several.
fn filled(text: &str, null: Range, names: &[String], value: &str, comment: Option<&str>) -> Splice {
    let (outer, mut with) = (indent_at(text, null.start), String::from("{"));
    let name_at = if text.trim_end().contains('\n') {
        let (eol, step) = (eol(text), unit(text));
        let indent = format!("{outer}{step}");
        with.extend([eol, &indent]);
        write_comment(&mut with, comment, &indent, eol);
        let name_at = write_pair(&mut with, names, value, &indent, step, Some(eol));
        with.extend([eol, outer]);
        name_at
    } else {
        write_pair(&mut with, names, value, "", "", None)
    };
    with.push('}');
    Splice { range: null.start..null.end, with, name_at }
}

/// Whether the rest of a line is a single comment.
fn is_comment(text: &str) -> bool {
    text.starts_with("//")
        || text.strip_prefix("/*").is_some_and(|rest| rest.find("*/") == rest.len().checked_sub(2))
}

/// Writes a comment above a name.
fn write_comment(with: &mut String, comment: Option<&str>, indent: &str, eol: &str) {
    if let Some(comment) = comment {
        with.extend(["// ", comment, eol, indent]);
    }
}

/// Writes a name and its value; nested names become nested objects, on several lines if `eol` is given. Returns the
/// offset of the innermost name.
fn write_pair(
    with: &mut String,
    names: &[String],
    value: &str,
    indent: &str,
    step: &str,
    eol: Option<&str>,
) -> usize {
    let name_at = with.len();
    let Some((name, rest)) = names.split_first() else { return name_at };
    with.extend([&written(name), ": "]);
    if rest.is_empty() {
        with.push_str(&written(value));
        return name_at;
    }
    let inner = format!("{indent}{step}");
    with.push('{');
    with.extend(eol.into_iter().flat_map(|eol| [eol, &inner]));
    let name_at = write_pair(with, rest, value, &inner, step, eol);
    with.extend(eol.into_iter().flat_map(|eol| [eol, indent]));
    with.push('}');
    name_at
}

/// The offset of the comma in the text between the last value and the end of its object, ignoring comments.
fn comma(text: &str) -> Option<usize> {
    let mut rest = text;
    loop {
        let at = text.len() - rest.len();
        if let Some(tail) = rest.strip_prefix("//") {
            rest = tail.get(tail.find('\n')?..)?;
        } else if let Some(tail) = rest.strip_prefix("/*") {
            rest = tail.get(tail.find("*/")? + 2..)?;
        } else {
            let mut characters = rest.chars();
            match characters.next()? {
                ',' => return Some(at),
                _ => rest = characters.as_str(),
            }
        }
    }
}

/// The unit of indentation: that of the file's first indented line, else two spaces.
fn unit(text: &str) -> &str {
    let indents = text.lines().map(|line| indent_at(line, 0));
    indents.into_iter().find(|indent| !indent.is_empty() && indent.len() <= 8).unwrap_or("  ")
}

fn written(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

fn node(value: &Value<'_>) -> Node {
    match value {
        Value::StringLit(text) => Node::Text(text.value.clone().into_owned()),
        Value::NumberLit(number) => Node::Other("a number", number.value.to_owned()),
        Value::BooleanLit(switch) => Node::Other("true or false", switch.value.to_string()),
        Value::NullKeyword(_) => Node::Null,
        Value::Array(list) => Node::List(list.elements.iter().map(node).collect()),
        Value::Object(object) => Node::Map(
            object
                .properties
                .iter()
                .map(|property| Member {
                    name: property.name.as_str().to_owned(),
                    at: At(property.start()),
                    node: node(&property.value),
                })
                .collect(),
        ),
    }
}
