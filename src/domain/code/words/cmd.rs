//! Splits words like the Windows command prompt.

use super::{Command, push, push_variable};

/// The prompt removes carets first, then each program splits its own command line at spaces.
pub(super) fn commands(text: &str) -> Vec<Command> {
    let mut commands = Vec::new();
    let mut line = String::new();
    let mut quoted = false;
    let mut rest = text.chars().filter(|character| *character != '\r').peekable();
    while let Some(character) = rest.next() {
        match character {
            // A caret joins the next line; an empty line after it is a real line break.
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

/// Quotes join words. Backslashes are literal except before a quote, where two mean one.
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
                // Two quotes inside quotes mean one.
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
            // Not line breaks: those that are left were escaped.
            ' ' | '\t' if !command.open => command.words.extend(word.take()),
            character => push(&mut word, character),
        }
        rest = after;
    }
    command.words.extend(word);
    command
}

/// Whether a text contains something like `%ITEM_ID%`.
pub(super) fn has_variable(text: &str) -> bool {
    text.match_indices('%').any(|(at, _)| text.get(at..).and_then(variable).is_some())
}

/// The variable at the start of a text, `%NAME%`. Only capitals, and not a percent-encoded byte: `%C3%A9`
/// contains `%C3%`.
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
