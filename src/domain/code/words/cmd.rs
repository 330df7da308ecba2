//! The Windows command prompt.

use super::{Command, push, push_variable};

/// The prompt first takes carets away, then each program cuts its own line at blanks.
pub(super) fn commands(text: &str) -> Vec<Command> {
    let mut commands = Vec::new();
    let mut line = String::new();
    let mut quoted = false;
    let mut rest = text.chars().filter(|character| *character != '\r').peekable();
    while let Some(character) = rest.next() {
        match character {
            // A caret joins the next line; an empty line after it is a real break.
            '^' if !quoted => match rest.next() {
                Some('\n') => line.extend(rest.next_if_eq(&'\n')),
                next => line.extend(next),
            },
            '\n' | '&' | '|' if !quoted => commands.push(words(&std::mem::take(&mut line))),
            character => {
                quoted ^= character == '"';
                line.push(character);
            }
        }
    }
    commands.push(words(&line));
    commands.retain(|command| !command.words.is_empty());
    commands
}

/// Quotes join words; backslashes are plain but before a quote, where two stand for one.
fn words(line: &str) -> Command {
    let mut command = Command::default();
    let mut word: Option<Vec<u8>> = None;
    let mut rest = line;
    while let Some(character) = rest.chars().next() {
        let after = rest.get(character.len_utf8()..).unwrap_or_default();
        match character {
            '\\' => {
                let tail = rest.trim_start_matches('\\');
                let count = rest.len() - tail.len();
                let before_quote = tail.starts_with('"');
                let kept = if before_quote { count / 2 } else { count };
                word.get_or_insert_default().extend(std::iter::repeat_n(b'\\', kept));
                rest = tail;
                if before_quote && count % 2 == 1 {
                    push(&mut word, '"');
                    rest = tail.get(1..).unwrap_or_default();
                }
                continue;
            }
            '"' => {
                word.get_or_insert_default();
                // Two of them within quotes are one that is meant.
                if command.open && after.starts_with('"') {
                    push(&mut word, '"');
                    rest = after.get(1..).unwrap_or_default();
                    continue;
                }
                command.open = !command.open;
            }
            '%' => {
                if let Some(written) = variable(rest) {
                    push_variable(&mut word, written);
                    rest = rest.get(written.len()..).unwrap_or_default();
                    continue;
                }
                push(&mut word, '%');
            }
            // Not at ends of lines: those that are left were escaped.
            ' ' | '\t' if !command.open => command.words.extend(word.take()),
            character => push(&mut word, character),
        }
        rest = after;
    }
    command.words.extend(word);
    command
}

/// Whether a text has something like `%ITEM_ID%`.
pub(super) fn has_variable(text: &str) -> bool {
    text.match_indices('%').any(|(at, _)| text.get(at..).and_then(variable).is_some())
}

/// The variable that a text begins with, `%NAME%`. Capitals only, and none that is a percent-encoded byte:
/// `%C3%A9` has a `%C3%` in it.
fn variable(text: &str) -> Option<&str> {
    let inside = text.strip_prefix('%')?;
    let end = inside.find('%')?;
    let name = inside.get(..end)?;
    let legal = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_';
    let is_word = name.bytes().any(|byte| byte.is_ascii_uppercase() && !byte.is_ascii_hexdigit());
    (name.len() > 2
        && name.bytes().all(legal)
        && is_word
        && !name.starts_with(|first: char| first.is_ascii_digit()))
    .then(|| text.get(..end + 2))
    .flatten()
}
