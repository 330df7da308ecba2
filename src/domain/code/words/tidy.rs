//! Removes what surrounds a copied command: the fence of a code block, the prompt of a shell.

use std::borrow::Cow;

/// Removes a fence around the text and the prompt before its command.
pub(super) fn tidy(text: &str) -> Cow<'_, str> {
    let text = text.trim_start_matches('\u{feff}');
    let text = fenced(text);
    match text {
        Cow::Borrowed(text) => Cow::Borrowed(after_prompt(text)),
        Cow::Owned(text) => Cow::Owned(after_prompt(&text).to_owned()),
    }
}

/// The lines between the first two fences, if the first non-empty line is one.
fn fenced(text: &str) -> Cow<'_, str> {
    let is_fence = |line: &str| line.trim_start().starts_with("```") || line.trim_start().starts_with("~~~");
    let mut lines = text.lines().skip_while(|line| line.trim().is_empty());
    if !lines.next().is_some_and(is_fence) {
        return Cow::Borrowed(text);
    }
    let inside: Vec<&str> = lines.take_while(|line| !is_fence(line)).collect();
    Cow::Owned(inside.join("\n"))
}

/// Strips a prompt: `$ curl …`, `me@host:~$ curl …`, `C:\Users\me>curl …`, `PS C:\> curl.exe …`.
fn after_prompt(text: &str) -> &str {
    let begin = text.len() - text.trim_start().len();
    let line = text.get(begin..).unwrap_or_default();
    let line = line.split_once('\n').map_or(line, |(line, _)| line);
    let Some(at) = line.match_indices("curl").map(|(at, _)| at).find(|at| {
        let before = line.get(..*at).unwrap_or_default().chars().next_back();
        before.is_none_or(|before| before.is_whitespace() || MARKS.contains(&before))
    }) else {
        return text;
    };
    let head = line.get(..at).unwrap_or_default();
    let trimmed = head.trim_end();
    let is_prompt = !head.contains(['\'', '"']) && (trimmed.ends_with(MARKS) || trimmed.starts_with('➜'));
    if is_prompt { text.get(begin + at..).unwrap_or_default() } else { text }
}

/// Characters that end a prompt.
const MARKS: [char; 7] = ['$', '#', '%', '>', '❯', 'λ', '»'];
