//! TOML: adds a missing name at the end of its table.

use toml_edit::{Document, Item, Table, TableLike, Value};

use super::error::EditError;
use super::key::KeyPath;
use super::splice::{Splice, eol, indent_at, line_start, next_line, slice};
use super::toml::{parse, written};

pub(super) fn additions(
    text: &str,
    key: &KeyPath,
    value: &str,
    comment: Option<&str>,
) -> Result<Vec<Splice>, EditError> {
    let document = parse(text)?;
    let value = written(value, '"');
    let (parent, depth) = deepest(&document, key.segments());
    let rest = key.segments().get(depth..).unwrap_or_default();
    let mut out = Vec::new();
    match parent {
        Parent::Inline(table) => out.extend(in_braces(text, table, rest, &value)),
        // A direct entry of an existing table goes into that table; deeper names get a header at the end of the file.
        Parent::Table { table, dotted } if rest.len() == 1 => {
            let names: Vec<String> = dotted.iter().chain(rest).map(|name| bare_or_quoted(name)).collect();
            let line = format!("{} = {value}", names.join("."));
            let at = if depth == 0 { Some(end_of_root(text, &document)) } else { end_of(text, table) };
            out.extend(at.map(|at| at.line(text, comment, &line)));
        }
        Parent::Table { .. } => {}
    }
    if let Some((last, outer)) = key.segments().split_last()
        && !outer.is_empty()
    {
        let header: Vec<String> = outer.iter().map(|name| bare_or_quoted(name)).collect();
        out.push(section(text, &header.join("."), comment, &format!("{} = {value}", bare_or_quoted(last))));
    }
    Ok(out)
}

/// The innermost existing table on the path of a name.
enum Parent<'a> {
    /// A regular table; `dotted` holds the segments since the last header, if the table comes from dotted keys.
    Table { table: &'a Table, dotted: Vec<String> },
    /// An inline table.
    Inline(&'a toml_edit::InlineTable),
}

fn deepest<'a>(document: &'a Document<&str>, path: &[String]) -> (Parent<'a>, usize) {
    let (mut table, mut dotted) = (document.as_table(), Vec::new());
    for (depth, segment) in path.iter().enumerate() {
        match table.get(segment) {
            Some(Item::Table(inner)) => {
                table = inner;
                if inner.is_dotted() {
                    dotted.push(segment.clone());
                } else {
                    dotted.clear();
                }
            }
            Some(Item::Value(Value::InlineTable(inner))) => return in_inline(inner, path, depth + 1),
            _ => return (Parent::Table { table, dotted }, depth),
        }
    }
    (Parent::Table { table, dotted }, path.len())
}

fn in_inline<'a>(table: &'a toml_edit::InlineTable, path: &[String], depth: usize) -> (Parent<'a>, usize) {
    match path.get(depth).and_then(|segment| table.get(segment)) {
        Some(Value::InlineTable(inner)) => in_inline(inner, path, depth + 1),
        _ => (Parent::Inline(table), depth),
    }
}

/// Where to insert a line.
struct InsertPoint {
    at: usize,
    indent: String,
    blank_below: bool,
}

impl InsertPoint {
    fn line(&self, text: &str, comment: Option<&str>, line: &str) -> Splice {
        let eol = eol(text);
        let mut with = String::new();
        if self.at > 0 && !slice(text, 0..self.at).ends_with('\n') {
            with.push_str(eol);
        }
        if let Some(comment) = comment {
            with.extend([&self.indent, "# ", comment, eol]);
        }
        let name_at = with.len();
        with.extend([&self.indent, line, eol]);
        if self.blank_below {
            with.push_str(eol);
        }
        Splice::insert(self.at, with, name_at)
    }
}

/// After the last direct entry of a table, else after its header.
fn end_of(text: &str, table: &Table) -> Option<InsertPoint> {
    let last = last_value(table).or_else(|| table.span().map(|span| header_end(text, span.start)))?;
    let indent = indent_at(text, last).to_owned();
    Some(InsertPoint { at: next_line(text, last), indent, blank_below: false })
}

/// After the last top-level entry, else above the first header and the comment directly above it.
fn end_of_root(text: &str, document: &Document<&str>) -> InsertPoint {
    if let Some(place) = last_value(document.as_table()).and(end_of(text, document.as_table())) {
        return place;
    }
    let mut spans = Vec::new();
    headers(document.as_table(), &mut spans);
    let Some(first) = spans.into_iter().min() else {
        return InsertPoint { at: text.len(), indent: String::new(), blank_below: false };
    };
    let mut at = line_start(text, first);
    while at > 0 {
        let above = line_start(text, at - 1);
        if !slice(text, above..at).trim_start().starts_with('#') {
            break;
        }
        at = above;
    }
    InsertPoint { at, indent: String::new(), blank_below: true }
}

/// The offsets of tables with headers.
fn headers(table: &Table, spans: &mut Vec<usize>) {
    for (_, item) in table {
        match item {
            Item::Table(inner) => {
                spans.extend(
                    inner.span().filter(|_| !inner.is_dotted() && !inner.is_implicit()).map(|s| s.start),
                );
                headers(inner, spans);
            }
            Item::ArrayOfTables(tables) => {
                spans.extend(tables.iter().filter_map(|table| table.span().map(|span| span.start)));
            }
            _ => {}
        }
    }
}

/// The end of the last value directly in a table, or under dotted keys in it.
fn last_value(table: &Table) -> Option<usize> {
    let ends = table.iter().filter_map(|(_, item)| match item {
        Item::Value(value) => value_end(value),
        Item::Table(inner) if inner.is_dotted() => last_value(inner),
        _ => None,
    });
    ends.max()
}

fn value_end(value: &Value) -> Option<usize> {
    value.span().map(|span| span.end)
}

/// The end of the header that starts at an offset.
fn header_end(text: &str, start: usize) -> usize {
    super::splice::line_end(text, start)
}

fn in_braces(text: &str, table: &toml_edit::InlineTable, rest: &[String], value: &str) -> Option<Splice> {
    let names: Vec<String> = rest.iter().map(|name| bare_or_quoted(name)).collect();
    let pair = format!("{} = {value}", names.join("."));
    match TableLike::iter(table).filter_map(|(_, item)| item.as_value().and_then(value_end)).max() {
        Some(end) => {
            let end = slice(text, 0..end).trim_end().len();
            Some(Splice::insert(end, format!(", {pair}"), 2))
        }
        None => table.span().map(|span| Splice::replace(span, format!("{{ {pair} }}"))),
    }
}

/// A new table at the end of the file.
fn section(text: &str, header: &str, comment: Option<&str>, line: &str) -> Splice {
    let eol = eol(text);
    let mut with = String::new();
    if !text.is_empty() && !text.ends_with('\n') {
        with.push_str(eol);
    }
    if !text.trim().is_empty() {
        with.push_str(eol);
    }
    with.extend(["[", header, "]", eol]);
    if let Some(comment) = comment {
        with.extend(["# ", comment, eol]);
    }
    let name_at = with.len();
    with.extend([line, eol]);
    Splice::insert(text.len(), with, name_at)
}

fn bare_or_quoted(name: &str) -> String {
    let is_bare = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
    if name.bytes().all(is_bare) { name.to_owned() } else { written(name, '"') }
}
