//! What is left of a file's content where it must not be read by everyone: names, and enough of an id to
//! recognise it.

use uuid::Uuid;

use super::ids;
use crate::domain::Clean;

/// What stands for text that is hidden.
pub const HIDDEN: &str = "•••";

/// An id as it can be shown: "7c1f0a52-…-9e2a".
pub fn id(id: Uuid) -> String {
    let text = id.hyphenated().to_string();
    let (head, tail) = (text.get(..8).unwrap_or_default(), text.get(32..).unwrap_or_default());
    format!("{head}-…-{tail}")
}

/// A value: an id shortened, nothing of anything else.
pub fn value(text: &str) -> Clean {
    match ids::find(text.as_bytes()).next() {
        Some(found) if text.len() == ids::LENGTH => Clean::line(&id(found.id)),
        _ if text.is_empty() => Clean::line("(empty)"),
        _ => Clean::line(HIDDEN),
    }
}

/// A line of a file: the name that it starts with, its ids shortened, its punctuation; all else is hidden,
/// comments too, for they name accounts.
pub fn line(text: &str) -> Clean {
    let trimmed = text.trim_start();
    let blanks = text.get(..text.len() - trimmed.len()).unwrap_or_default();
    let (head, rest) = head(trimmed);
    let mut out = format!("{blanks}{head}");
    let mut from = 0;
    let mut ids = ids::find(rest.as_bytes()).peekable();
    let is_bare = ids.peek().is_none();
    for found in ids {
        hide(&mut out, rest.get(from..found.offset).unwrap_or_default());
        out.push_str(&id(found.id));
        from = found.offset + ids::LENGTH;
    }
    if is_bare && !rest.chars().any(char::is_alphanumeric) {
        out.push_str(rest);
    } else {
        hide(&mut out, rest.get(from..).unwrap_or_default());
    }
    Clean::line(&out)
}

/// Keeps punctuation and hides the rest.
fn hide(out: &mut String, text: &str) {
    if text.chars().any(char::is_alphanumeric) {
        let kept = |character: &char| !character.is_alphanumeric();
        let core = text.trim_matches(|character: char| kept(&character));
        let start = text.find(core).unwrap_or_default();
        out.push_str(text.get(..start).unwrap_or_default());
        out.push_str(HIDDEN);
        out.push_str(text.get(start + core.len()..).unwrap_or_default());
    } else {
        out.push_str(text);
    }
}

/// What can be shown as it is: the mark of a comment, or a name with what follows it up to its value.
fn head(text: &str) -> (&str, &str) {
    for mark in ["#", "//", "/*", "--"] {
        if let Some(rest) = text.strip_prefix(mark) {
            return (mark, rest);
        }
    }
    let is_name = |character: char| character.is_ascii_alphanumeric() || "_-.\"' ".contains(character);
    let end = text.find(|character| !is_name(character)).unwrap_or(text.len());
    match text.as_bytes().get(end) {
        Some(b'=' | b':') if end <= 80 => text.split_at(end + 1),
        _ => ("", text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_show_names_and_ids_only() {
        const ID: &str = "7c1f0a52-1111-4222-8333-44445555ee2a";
        for (text, want) in [
            (format!("GOOGLE={ID}"), "GOOGLE=7c1f0a52-…-ee2a"),
            (format!("  google: \"{ID}\" # work@acme.com"), "  google: \"7c1f0a52-…-ee2a\" # •••"),
            ("API_KEY=sk-live-1".to_owned(), "API_KEY=•••"),
            ("export A='b c'".to_owned(), "export A='•••'"),
            ("# google work@acme.com".to_owned(), "# •••"),
            ("  {".to_owned(), "  {"),
            ("hunter2".to_owned(), "•••"),
            (String::new(), ""),
            (format!("x({ID}, {ID})"), "•••(7c1f0a52-…-ee2a, 7c1f0a52-…-ee2a)"),
        ] {
            assert_eq!(line(&text).as_str(), want, "{text}");
        }
        assert_eq!(value(ID).as_str(), "7c1f0a52-…-ee2a");
        assert_eq!(value("hunter2").as_str(), HIDDEN);
        assert_eq!(value("").as_str(), "(empty)");
    }
}
