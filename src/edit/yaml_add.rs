//! YAML: adds a missing name at the end of its block mapping.

use yamlpath::{FeatureKind, Route};

use super::error::EditError;
use super::key::KeyPath;
use super::node::Node;
use super::splice::{Splice, eol, indent_at, line_at, line_start, next_line, slice};
use super::yaml::{parse, read, route, span, unreadable, written};

mod empty;

pub(super) fn additions(
    text: &str,
    key: &KeyPath,
    value: &str,
    comment: Option<&str>,
) -> Result<Vec<Splice>, EditError> {
    let before = read(text)?;
    if before.is_empty_table() && !text.contains('{') {
        return at_the_end(text, key, value, comment);
    }
    let document = parse(text)?;
    let depth = before.depth(key.segments());
    let (there, missing) = key.segments().split_at(depth);
    if depth > 0 && before.at(there).is_some_and(Node::is_empty_table) {
        return Ok(vec![empty::filled(text, &document, there, missing, value, comment)?]);
    }
    let parent: Route<'_> = route(there);
    let found =
        if there.is_empty() { document.top_feature().map(Some) } else { document.query_exact(&parent) };
    let Some(found) = found.map_err(unreadable)? else {
        return Err(EditError::Unsafe { line: 1 });
    };
    let span = span(&found);
    let line = line_at(text, span.start);
    let refused = |problem, remedy| Err(EditError::Refused { line, problem, remedy });
    let here = slice(text, span.clone());
    if here.starts_with(['&', '*', '!']) {
        return refused("this table has an anchor, an alias or a tag", "add the name by hand");
    }
    if !there.is_empty() {
        let name = document.query_key_only(&parent).map_err(unreadable)?;
        if span.start < name.location.byte_span.1 {
            return refused("this table is an alias of an anchor", "add the name by hand");
        }
        let between = slice(text, name.location.byte_span.1..span.start);
        if between.contains(['&', '*', '!']) {
            return refused("this table has an anchor, an alias or a tag", "add the name by hand");
        }
    }
    if here.starts_with('{') {
        return empty::in_braces(text, span, missing, value, comment).map(|splice| vec![splice]);
    }
    if here.starts_with('[') || found.kind() != FeatureKind::BlockMapping {
        return refused("this is not a table with one name on each line", "add the name by hand");
    }
    let indent = indent_at(text, span.start);
    if line_start(text, span.start) + indent.len() != span.start {
        return refused("this table starts after something else on its line", "add the name by hand");
    }
    let last = span.start + here.trim_end().len();
    let at = next_line(text, last);
    Ok(vec![block(text, at, indent, missing, value, comment)])
}

/// For a file without entries: empty, or only comments.
fn at_the_end(
    text: &str,
    key: &KeyPath,
    value: &str,
    comment: Option<&str>,
) -> Result<Vec<Splice>, EditError> {
    if let Some(index) = text.lines().position(|line| line.trim_end() == "...") {
        return Err(EditError::Refused {
            line: index + 1,
            problem: "the document ends here",
            remedy: "remove this line",
        });
    }
    Ok(vec![block(text, text.len(), "", key.segments(), value, comment)])
}

/// Nested names, each indented one step further, starting at the beginning of a line.
fn block(
    text: &str,
    at: usize,
    indent: &str,
    names: &[String],
    value: &str,
    comment: Option<&str>,
) -> Splice {
    let mut with = String::new();
    if at > 0 && !slice(text, 0..at).ends_with('\n') {
        with.push_str(eol(text));
    }
    let name_at = write_block(&mut with, text, indent, names, value, comment);
    Splice::insert(at, with, name_at)
}

/// Writes nested names; returns the offset of the innermost one.
fn write_block(
    with: &mut String,
    text: &str,
    indent: &str,
    names: &[String],
    value: &str,
    comment: Option<&str>,
) -> usize {
    let (eol, step) = (eol(text), step(text));
    let mut indent = indent.to_owned();
    let mut name_at = 0;
    for (index, name) in names.iter().enumerate() {
        let is_last = index + 1 == names.len();
        if let Some(comment) = comment.filter(|_| is_last) {
            with.extend([&indent, "# ", comment, eol]);
        }
        name_at = with.len();
        with.extend([&indent, &*written(name, None), ":"]);
        if is_last {
            with.extend([" ", &*written(value, None)]);
        }
        with.push_str(eol);
        indent.push_str(step);
    }
    name_at
}

/// The unit of indentation: that of the first indented line, else two spaces.
fn step(text: &str) -> &str {
    let indents =
        text.lines().filter(|line| !line.trim_start().starts_with('#')).map(|line| indent_at(line, 0));
    let is_step = |indent: &&str| !indent.is_empty() && indent.len() <= 8 && !indent.contains('\t');
    indents.into_iter().find(is_step).unwrap_or("  ")
}
