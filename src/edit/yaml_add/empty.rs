//! YAML: adds a name to an empty table (`alter:`, `alter: {}`) or to one in braces.

use std::ops::Range;

use yamlpath::Document;

use super::{step, write_block};
use crate::error::EditError;
use crate::splice::{Splice, eol, line_at, line_end, line_start, next_line, slice};
use crate::yaml::{blanks, route, span, unreadable, written};

/// Fills the empty table at the path `there`: on the lines below its name, if that has a line of its own.
pub(super) fn filled(
    text: &str,
    document: &Document,
    there: &[String],
    missing: &[String],
    value: &str,
    comment: Option<&str>,
) -> Result<Splice, EditError> {
    let route = route(there);
    let name = span(&document.query_key_only(&route).map_err(unreadable)?);
    let line = line_at(text, name.start);
    let refused = |problem, remedy| Err(EditError::Refused { line, problem, remedy });
    let sign = name.end + blanks(slice(text, name.end..text.len()));
    if !slice(text, sign..text.len()).starts_with(':') {
        return refused("this name has no `:` after it", "write it as `name:`");
    }
    let held = document.query_exact(&route).map_err(unreadable)?.map(|found| span(&found));
    let held = held.unwrap_or(sign + 1..sign + 1);
    if held.start < sign {
        return refused("this table is an alias of an anchor", "add the name by hand");
    }
    let between = slice(text, sign + 1..held.start);
    let here = slice(text, held.clone());
    if between.contains(['&', '*', '!', '#', '\n']) || here.starts_with(['&', '*', '!']) {
        return refused("this table has an anchor, an alias or a tag", "add the name by hand");
    }
    let start = line_start(text, name.start);
    let end = line_end(text, held.end);
    let tail = slice(text, held.end..end);
    let is_alone =
        tail.trim().is_empty() || tail.starts_with([' ', '\t']) && tail.trim_start().starts_with('#');
    let indent = slice(text, start..name.start);
    if !is_alone || !indent.chars().all(|blank| blank == ' ') || here.contains('\n') {
        if here.starts_with('{') {
            return in_braces(text, held, missing, value, comment);
        }
        return refused("this table starts after something else on its line", "add the name by hand");
    }
    let eol = eol(text);
    let mut with = format!("{}{eol}", tail.trim_end());
    let name_at = write_block(&mut with, text, &format!("{indent}{}", step(text)), missing, value, comment);
    Ok(Splice { range: sign + 1..next_line(text, end), with, name_at })
}

/// Adds a name after the last one in braces.
pub(super) fn in_braces(
    text: &str,
    braces: Range<usize>,
    missing: &[String],
    value: &str,
    comment: Option<&str>,
) -> Result<Splice, EditError> {
    let here = slice(text, braces.clone());
    let inner = here.strip_prefix('{').and_then(|inner| inner.strip_suffix('}'));
    let Some(inner) = inner.filter(|inner| !inner.contains(['#', '\n'])) else {
        return Err(EditError::Refused {
            line: line_at(text, braces.start),
            problem: "this table in braces goes over several lines",
            remedy: "add the name by hand, or write one name a line",
        });
    };
    // An empty document in braces does not need them any more.
    let is_alone = slice(text, 0..braces.start).lines().all(|line| line.is_empty() || line.starts_with('#'))
        && line_start(text, braces.start) == braces.start
        && slice(text, braces.end..line_end(text, braces.end)).trim().is_empty();
    if inner.trim().is_empty() && is_alone {
        let mut with = String::new();
        let name_at = write_block(&mut with, text, "", missing, value, comment);
        return Ok(Splice { range: braces.start..next_line(text, braces.end), with, name_at });
    }
    let mut pair = written(value, None);
    for (depth, name) in missing.iter().rev().enumerate() {
        let (open, close) = if depth == 0 { ("", "") } else { ("{", "}") };
        pair = format!("{}: {open}{pair}{close}", written(name, None));
    }
    let end = braces.start + 1 + inner.trim_end().len();
    let comma = match inner.trim_end() {
        "" => "",
        filled if filled.ends_with(',') => " ",
        _ => ", ",
    };
    Ok(Splice::insert(end, format!("{comma}{pair}"), comma.len()))
}
