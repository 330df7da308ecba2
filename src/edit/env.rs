//! `.env` files, as dotenv (Node, Python, Ruby), Docker and shells read them. Lines that these read differently are
//! refused, not guessed.
//!
//! Supported: `export`, spaces around `=`, values in single, double or backtick quotes, also over several lines, `#`
//! comments on their own line and after a space, CRLF.

use std::ops::Range;

use super::error::EditError;
use super::key::KeyPath;
use super::node::{At, Member, Node};
use super::splice::{Splice, eol, line_at, line_end, next_line, slice};

/// An assignment.
pub(super) struct Assignment<'a> {
    pub(super) name: &'a str,
    /// Offset of the name.
    pub(super) name_at: usize,
    /// Offset of the assignment: of the name, or of `export`.
    pub(super) at: usize,
    exported: bool,
    /// The value, including quotes.
    pub(super) value: Range<usize>,
    pub(super) quote: Option<char>,
    /// Why it cannot be edited, and what to do about it.
    pub(super) doubt: Option<(&'static str, &'static str)>,
}

impl Assignment<'_> {
    /// The value without quotes. Escapes are kept as written: readers disagree about them.
    pub(super) fn inner<'t>(&self, text: &'t str) -> &'t str {
        let value = slice(text, self.value.clone());
        match self.quote {
            Some(_) => value.get(1..value.len() - 1).unwrap_or_default(),
            None => value,
        }
    }
}

/// Parses the file. Doubtful lines are an error only if they assign `key`.
pub(super) fn read(text: &str, key: &KeyPath) -> Result<Node, EditError> {
    let assignments = assignments(text, name(key)?)?;
    let entries = assignments.iter().map(|one| Member {
        name: one.name.to_owned(),
        at: At(one.at),
        node: Node::Text(one.inner(text).to_owned()),
    });
    let doubtful = |one: &&Assignment<'_>| one.name == key.last() && one.doubt.is_some();
    match assignments.iter().find(doubtful) {
        Some(Assignment { at, doubt: Some((problem, remedy)), .. }) => {
            Err(EditError::Refused { line: line_at(text, *at), problem, remedy })
        }
        _ => Ok(Node::Map(entries.collect())),
    }
}

pub(super) fn replacement(text: &str, key: &KeyPath, value: &str) -> Result<Splice, EditError> {
    let assignments = assignments(text, name(key)?)?;
    let Some(found) = assignments.iter().find(|one| one.name == key.last()) else {
        return Err(EditError::Unsafe { line: 1 });
    };
    Ok(Splice::replace(found.value.clone(), written(value, found.quote)?))
}

pub(super) fn additions(
    text: &str,
    key: &KeyPath,
    value: &str,
    comment: Option<&str>,
) -> Result<Vec<Splice>, EditError> {
    let name = name(key)?;
    let is_good = |name: &str| {
        name.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
            && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
    };
    if !is_good(name) {
        let problem = "use letters, digits and `_`, not starting with a digit".to_owned();
        return Err(EditError::Name { key: name.to_owned(), problem });
    }
    if text.trim_end_matches(['\n', '\r']).ends_with('\\') {
        return Err(EditError::Refused {
            line: line_at(text, text.trim_end().len()),
            problem: "the last line ends with a backslash, so a shell reads on",
            remedy: "remove the backslash",
        });
    }
    let eol = eol(text);
    let others = assignments(text, name)?;
    let mut with = String::new();
    if !text.is_empty() && !text.ends_with('\n') {
        with.push_str(eol);
    }
    if let Some(comment) = comment {
        with.extend(["# ", comment, eol]);
    }
    let name_at = with.len();
    if !others.is_empty() && others.iter().all(|one| one.exported) {
        with.push_str("export ");
    }
    with.extend([name, "=", &written(value, None)?, eol]);
    Ok(vec![Splice::insert(text.len(), with, name_at)])
}

/// The name, which must have a single segment.
fn name(key: &KeyPath) -> Result<&str, EditError> {
    match key.segments() {
        [name] => Ok(name),
        segments => {
            let like: String = segments.join("_").to_ascii_uppercase();
            let like = like.replace(|character: char| !character.is_ascii_alphanumeric(), "_");
            let problem = format!("a .env file has no tables; `{like}` would be one");
            Err(EditError::Name { key: key.to_string(), problem })
        }
    }
}

/// Quotes a value so that every reader understands it, keeping the existing quotes if they can hold it. Backticks
/// become double quotes, as a shell would run their content.
fn written(value: &str, quote: Option<char>) -> Result<String, EditError> {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_-./:@%+,".contains(&byte);
    let can_hold = |quote: Option<char>| match quote {
        None => !value.is_empty() && value.bytes().all(is_plain),
        Some('\'') => !value.contains(['\'', '\\']),
        Some('"') => !value.contains(['"', '\\', '$', '`']),
        Some(_) => false,
    };
    let first = if quote == Some('`') { Some('"') } else { quote };
    let choice = [first, Some('"'), Some('\''), None].into_iter().find(|quote| can_hold(*quote));
    match choice {
        Some(Some(quote)) => Ok(format!("{quote}{value}{quote}")),
        Some(None) => Ok(value.to_owned()),
        None => Err(EditError::Value {
            problem: "readers of .env files disagree on backslashes, and on `$` or quotes within quotes",
        }),
    }
}

/// All assignments of a file.
pub(super) fn all(text: &str) -> Result<Vec<Assignment<'_>>, EditError> {
    assignments(text, "")
}

/// All assignments of a file. For the name `wanted`, assignments in unusual forms are included too.
fn assignments<'a>(text: &'a str, wanted: &str) -> Result<Vec<Assignment<'a>>, EditError> {
    if let Some(at) = lone_return(text) {
        return Err(EditError::Refused {
            line: line_at(text, at),
            problem: "a carriage return stands here without a line feed, which some readers take for the end of a line",
            remedy: "save the file with LF or CRLF line ends",
        });
    }
    let mut found = Vec::new();
    let (mut at, mut is_continued) = (0, false);
    while at < text.len() {
        let end = line_end(text, at);
        let line = slice(text, at..end);
        let mut next = next_line(text, at);
        let continues = line.ends_with('\\') && !line.trim_start().starts_with('#');
        if let Some(mut one) = assignment(text, at, end, wanted)? {
            if one.quote.is_none() && continues && one.doubt.is_none() {
                one.doubt =
                    Some(("its line ends with a backslash, so a shell reads on", "remove the backslash"));
            }
            if is_continued {
                one.doubt = Some(("the line above ends with a backslash", "remove the backslash"));
            }
            next = next_line(text, one.value.end.max(at));
            found.push(one);
        }
        is_continued = continues;
        at = next;
    }
    Ok(found)
}

/// Parses the assignment on the line from `at` to `end`; its value may extend further.
fn assignment<'a>(
    text: &'a str,
    at: usize,
    end: usize,
    wanted: &str,
) -> Result<Option<Assignment<'a>>, EditError> {
    let skip = |from: usize| from + blanks(slice(text, from..end));
    let start = skip(at);
    let (mut from, mut exported) = (start, false);
    if slice(text, from..end).strip_prefix("export").is_some_and(|rest| blanks(rest) > 0) {
        from = skip(from + "export".len());
        exported = true;
    }
    let rest = slice(text, from..end);
    // Python's dotenv accepts quoted names.
    let (name, after) = if let Some(quote @ ('"' | '\'')) = rest.chars().next() {
        let inner = rest.get(1..).unwrap_or_default();
        let Some(close) = inner.find(quote) else { return Ok(None) };
        (inner.get(..close).unwrap_or_default(), from + close + 2)
    } else {
        let is_end = |character: char| character.is_whitespace() || "=:#'\"`".contains(character);
        let close = rest.find(is_end).unwrap_or(rest.len());
        (rest.get(..close).unwrap_or_default(), from + close)
    };
    if name.is_empty() {
        return Ok(None);
    }
    let sign = skip(after);
    let quoted = after != from + name.len();
    let name_at = from + usize::from(quoted);
    let mut one =
        Assignment { name, name_at, at: start, exported, value: sign..sign, quote: None, doubt: None };
    let tail = slice(text, sign..end);
    if let Some(base) = name.strip_suffix('+')
        && base == wanted
        && tail.starts_with('=')
    {
        one.name = base;
        one.doubt = Some(("a shell adds to it here with `+=`", "write it with `=`"));
        return Ok(Some(one));
    }
    if name == wanted && tail.strip_prefix(':').is_some_and(|rest| blanks(rest) > 0) {
        one.doubt = Some(("some readers take `NAME: value`, others do not", "write it with `=`"));
        return Ok(Some(one));
    }
    if !tail.starts_with('=') {
        return Ok(None);
    }
    if quoted {
        one.doubt = Some(("its name is in quotes, which few readers take", "write it without them"));
    }
    value(text, sign + 1, end, &mut one)?;
    Ok(Some(one))
}

/// Parses the value that starts at `from`, after the `=`, on the line that ends at `end`.
fn value(text: &str, from: usize, end: usize, one: &mut Assignment<'_>) -> Result<(), EditError> {
    let start = from + blanks(slice(text, from..end));
    let rest = slice(text, start..end);
    let Some(quote @ ('"' | '\'' | '`')) = rest.chars().next() else {
        bare(text, from, start, end, one);
        return Ok(());
    };
    let Some(length) = closing(slice(text, start + 1..text.len()), quote) else {
        return Err(EditError::Refused {
            line: line_at(text, start),
            problem: "a quote is opened and never closed",
            remedy: "close it",
        });
    };
    one.value = start..start + 1 + length + 1;
    one.quote = Some(quote);
    let last = line_end(text, one.value.end);
    let tail = slice(text, one.value.end..last);
    let rest = tail.trim_start_matches([' ', '\t']);
    let is_comment = blanks(tail) > 0 && rest.starts_with('#');
    if !rest.is_empty() && !is_comment {
        if last != end || tail.contains(['"', '\'', '`']) {
            return Err(EditError::Refused {
                line: line_at(text, start),
                problem: "more text follows a closing quote, so parsers disagree on where the value ends",
                remedy: "put the whole value into one pair of quotes",
            });
        }
        one.doubt = Some((
            "more text follows its closing quote, so parsers disagree on where it ends",
            "put the whole value into one pair of quotes",
        ));
    }
    Ok(())
}

/// Parses an unquoted value: up to a comment or the end of the line.
fn bare(text: &str, from: usize, start: usize, end: usize, one: &mut Assignment<'_>) {
    let rest = slice(text, start..end);
    let is_comment = |at: usize| {
        let before = slice(text, from..start + at).chars().next_back();
        before.is_some_and(|before| before == ' ' || before == '\t')
    };
    let hashes: Vec<usize> = rest.match_indices('#').map(|(at, _)| at).collect();
    let comment = hashes.iter().copied().find(|at| is_comment(*at));
    let value = rest.get(..comment.unwrap_or(rest.len())).unwrap_or_default().trim_end_matches([' ', '\t']);
    // An empty value before a comment is placed right after the `=`, so that the space before `#` stays.
    let at = if value.is_empty() { from } else { start };
    one.value = at..at + value.len();
    if hashes.first().is_some_and(|first| comment.is_none_or(|comment| *first < comment)) {
        one.doubt = Some((
            "readers disagree on whether its `#` starts a comment",
            "put a blank before it, or quotes round the value",
        ));
    } else if value.contains([' ', '\t']) && value.contains('=') {
        one.doubt = Some(("its line may set several names", "put each on a line of its own"));
    }
}

/// The offset of a carriage return that is not part of a CRLF.
fn lone_return(text: &str) -> Option<usize> {
    let mut returns = memchr::memchr_iter(b'\r', text.as_bytes());
    returns.find(|at| text.as_bytes().get(at + 1) != Some(&b'\n'))
}

/// The number of bytes before the closing quote.
fn closing(text: &str, quote: char) -> Option<usize> {
    let mut escaped = false;
    text.char_indices().find_map(|(at, character)| {
        if escaped {
            escaped = false;
        } else if character == '\\' && quote == '"' {
            escaped = true;
        } else if character == quote {
            return Some(at);
        }
        None
    })
}

pub(super) fn blanks(text: &str) -> usize {
    text.len() - text.trim_start_matches([' ', '\t']).len()
}
