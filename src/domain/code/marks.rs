//! Variables within the words of a command: as written, or as placeholders of a URL.

use super::words::{BEGIN, END};
use crate::percent;
use crate::template;

/// A piece of a marked text.
enum Piece<'a> {
    Text(&'a str),
    /// A variable, as written.
    Variable(&'a str),
}

fn pieces(marked: &str) -> impl Iterator<Item = Piece<'_>> {
    marked.split(BEGIN).enumerate().flat_map(|(at, part)| match part.split_once(END).filter(|_| at > 0) {
        Some((variable, rest)) => [Piece::Variable(variable), Piece::Text(rest)],
        None => [Piece::Text(part), Piece::Text("")],
    })
}

/// Removes the marks. Returns the text and its variables.
pub(super) fn unmarked(marked: &str) -> (String, Vec<String>) {
    let mut text = String::with_capacity(marked.len());
    let mut found = Vec::new();
    for piece in pieces(marked) {
        match piece {
            Piece::Text(plain) => text.push_str(plain),
            Piece::Variable(variable) => {
                text.push_str(variable);
                found.push(variable.to_owned());
            }
        }
    }
    (text, found)
}

/// Replaces each variable by `by`.
pub(super) fn replace(marked: &str, by: &str) -> String {
    let piece = |piece| match piece {
        Piece::Text(plain) => plain,
        Piece::Variable(_) => by,
    };
    pieces(marked).map(piece).collect()
}

/// Percent-encodes like `--data-urlencode`, with `+` for spaces; variables stay as they are.
pub(super) fn percent_encode(marked: &[u8]) -> Vec<u8> {
    let plus = |text: String| text.replace("%20", "+");
    let Ok(marked) = std::str::from_utf8(marked) else {
        return plus(percent::encode_bytes(marked)).into_bytes();
    };
    let piece = |piece| match piece {
        Piece::Text(plain) => plus(percent::encode(plain)),
        Piece::Variable(written) => format!("{BEGIN}{written}{END}"),
    };
    pieces(marked).map(piece).collect::<String>().into_bytes()
}

/// Turns the variables of a URL into `{name}` placeholders.
pub(super) fn with_placeholders(marked: &str) -> String {
    let piece = |piece| match piece {
        Piece::Text(plain) => plain.to_owned(),
        Piece::Variable(written) => format!("{{{}}}", name(written)),
    };
    pieces(marked).map(piece).collect()
}

/// The names of the placeholders that [`with_placeholders`] creates.
pub(super) fn names(marked: &str) -> Vec<String> {
    let name = |piece| match piece {
        Piece::Text(_) => None,
        Piece::Variable(written) => Some(name(written).to_owned()),
    };
    pieces(marked).filter_map(name).collect()
}

/// The name in `$ID`, `${ID:-x}`, `$env:ID`, `%ID%`; "command" for `$(…)` and backticks.
fn name(written: &str) -> &str {
    let inner = written.trim_matches(['$', '{', '}', '%']);
    let inner = inner
        .get(..4)
        .filter(|head| head.eq_ignore_ascii_case("env:"))
        .map_or(inner, |_| inner.get(4..).unwrap_or_default());
    let end = inner.find(|character: char| !character.is_ascii_alphanumeric() && character != '_');
    let name = end.map_or(inner, |end| inner.get(..end).unwrap_or_default());
    if template::is_name(name) { name } else { "command" }
}

/// Marks `{{name}}`, the variables of Postman and Insomnia, as variables.
pub(super) fn mark_double_braces(text: &str) -> String {
    mark_between(text, "{{", "}}", |name| template::is_name(name.trim()))
}

/// Marks `<name>`, the placeholders of documentation, as variables.
pub(super) fn mark_angle_brackets(text: &str) -> String {
    mark_between(text, "<", ">", |name| template::is_name(&name.replace(['-', ' '], "_")))
}

/// Marks text between two delimiters if it is a name.
fn mark_between(text: &str, open: &str, close: &str, is_name: impl Fn(&str) -> bool) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once(open) {
        out.push_str(before);
        if let Some((name, tail)) = after.split_once(close).filter(|(name, _)| is_name(name)) {
            out.push(BEGIN);
            out.extend([open, name, close]);
            out.push(END);
            rest = tail;
        } else {
            out.push_str(open);
            rest = after;
        }
    }
    out.push_str(rest);
    out
}
