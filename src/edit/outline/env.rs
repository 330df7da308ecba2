//! `.env` files. Nearly any text parses as one, so a name is shown only if nothing contradicts the file being what it
//! seems. A secret pasted without quotes must not pass as a name: its lines may end in the `=` of base64 padding or
//! contain one. Only names in the style of variables are trusted; any other name must have an id as its value.

use std::ops::Range;

use uuid::Uuid;

use super::Outline;
use crate::env::{Assignment, all, blanks};
use crate::ids;
use crate::splice::{line_end, next_line, slice};

pub(super) fn read(text: &str) -> Option<Outline> {
    let assignments = all(text).ok()?;
    let mut outline = Outline::default();
    let is_plain = is_plain(text, &assignments);
    let mut from = 0;
    for one in &assignments {
        comments(&mut outline, text, from..one.at);
        let value = one.inner(text);
        let is_id = value.len() == ids::LENGTH && Uuid::try_parse(value).is_ok();
        let name = one.name_at..one.name_at + one.name.len();
        let is_value = is_plain && is_variable(one.name) && !value.is_empty() && !value.starts_with('=');
        let is_shown = is_name(one.name) && (is_id || is_value) && !is_lopsided(text, one);
        let step = if is_shown {
            outline.sign(one.at..name.start);
            outline.sign(name.end..one.value.start);
            outline.name_at(name, one.name, None)
        } else {
            outline.hidden(None)
        };
        outline.value(text, one.value.clone(), Some(step));
        from = next_line(text, one.value.end);
        let tail = slice(text, one.value.end..line_end(text, one.value.end));
        if tail.get(blanks(tail)..).is_some_and(|tail| tail.starts_with('#')) {
            let at = one.value.end + blanks(tail);
            outline.sign(at..at + 1);
        }
    }
    comments(&mut outline, text, from..text.len());
    Some(outline)
}

/// Whether a file consists only of assignments that all readers agree on, comments and empty lines.
fn is_plain(text: &str, assignments: &[Assignment<'_>]) -> bool {
    let mut from = 0;
    for one in assignments {
        let value = slice(text, one.value.clone());
        let is_odd = one.quote.is_none() && value.contains(['"', '\'', '`', '\\']);
        if is_odd || one.doubt.is_some() || !is_between(text, from..one.at) {
            return false;
        }
        from = next_line(text, one.value.end);
    }
    is_between(text, from..text.len())
}

/// Whether there is a space after the `=` and none before it, as after base64 padding.
fn is_lopsided(text: &str, one: &Assignment<'_>) -> bool {
    let sign = slice(text, one.name_at + one.name.len()..one.value.start);
    sign.starts_with('=') && sign.len() > 1
}

/// Whether the range contains only comments and empty lines.
fn is_between(text: &str, range: Range<usize>) -> bool {
    slice(text, range).lines().map(str::trim).all(|line| line.is_empty() || line.starts_with('#'))
}

/// Marks the signs of comments on their own lines.
fn comments(outline: &mut Outline, text: &str, range: Range<usize>) {
    let mut at = range.start;
    while at < range.end {
        let mark = at + blanks(slice(text, at..range.end));
        if slice(text, mark..range.end).starts_with('#') {
            outline.sign(mark..mark + 1);
        }
        at = next_line(text, at);
    }
}

fn is_name(name: &str) -> bool {
    name.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_.-".contains(&byte))
}

/// Whether a name is written like an environment variable: `API_KEY_2`. Secrets with this many capitals before an `=`
/// are rare; with lower-case letters they are not.
fn is_variable(name: &str) -> bool {
    name.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_')
}
