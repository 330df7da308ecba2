//! Removes the values of secret names from texts that may be broken: a cut body, JSON with a mistake. Everything else
//! is kept byte for byte.

use crate::domain::record::REDACTED;
use crate::domain::secret_names::{Place, is_name_of_pair, is_secret_name, is_value_of_pair, names_secret};

/// Redacts JSON, or what begins like it. `clean` is applied to every other string in it.
pub(super) fn json(text: &str, clean: &dyn Fn(&str) -> String) -> String {
    let out = String::with_capacity(text.len());
    let mut scan = Scan {
        text,
        at: 0,
        out,
        depth: 0,
        hidden: None,
        secret: false,
        pairs: Vec::new(),
        names: false,
        clean,
    };
    scan.run();
    scan.out
}

struct Scan<'a> {
    text: &'a str,
    at: usize,
    out: String,
    depth: usize,
    /// Everything within this depth is secret.
    hidden: Option<usize>,
    /// The next value is secret.
    secret: bool,
    /// One per open object.
    pairs: Vec<Pair>,
    /// The next value is the name in a name/value pair.
    names: bool,
    clean: &'a dyn Fn(&str) -> String,
}

/// An object such as `{"name": "password", "value": "x"}`.
#[derive(Default)]
struct Pair {
    /// Its name is secret.
    secret: bool,
    /// Offset in the output of its value, after the value's own name.
    value: Option<usize>,
    end: Option<usize>,
}

impl<'a> Scan<'a> {
    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn run(&mut self) {
        while let Some(character) = self.rest().chars().next() {
            match character {
                '"' => self.string(),
                '-' | '+' | '.' => self.bare(),
                character if character.is_alphanumeric() => self.bare(),
                _ => {
                    match character {
                        '{' | '[' => {
                            self.depth += 1;
                            if self.secret && self.hidden.is_none() {
                                self.hidden = Some(self.depth);
                            }
                            self.secret = false;
                            self.names = false;
                            self.pairs.push(Pair::default());
                        }
                        '}' | ']' => {
                            if self.hidden == Some(self.depth) {
                                self.hidden = None;
                            }
                            self.depth = self.depth.saturating_sub(1);
                            self.secret = false;
                            self.names = false;
                            self.pairs.pop();
                        }
                        ',' => {
                            self.secret = false;
                            self.names = false;
                            let written = self.out.len();
                            if let Some(pair) = self.pairs.last_mut().filter(|pair| pair.value.is_some()) {
                                pair.end.get_or_insert(written);
                            }
                        }
                        _ => {}
                    }
                    self.out.push(character);
                    self.at += character.len_utf8();
                }
            }
        }
    }

    /// Whether the value here is secret.
    fn take_secret(&mut self) -> bool {
        std::mem::take(&mut self.secret) || self.hidden.is_some()
    }

    fn string(&mut self) {
        let rest = self.rest();
        let (length, closed) = string_length(rest);
        let (token, after) = rest.split_at_checked(length).unwrap_or((rest, ""));
        self.at += token.len();
        if closed && after.trim_start().starts_with(':') {
            let name = decode(token, closed).unwrap_or_else(|| token.to_owned());
            self.secret = is_secret_name(&name, Place::Field);
            self.out.push_str(token);
            self.names = is_name_of_pair(&name);
            let written = self.out.len();
            if let Some(pair) = self.pairs.last_mut().filter(|_| is_value_of_pair(&name)) {
                self.secret |= pair.secret;
                (pair.value, pair.end) = (Some(written), None);
            }
            return;
        }
        if std::mem::take(&mut self.names) && decode(token, closed).is_some_and(|name| names_secret(&name)) {
            self.hide_pair();
        }
        let empty = token.len() == if closed { 2 } else { 1 };
        let secret = self.take_secret() && !empty;
        let cleaned = if secret {
            Some(REDACTED.to_owned())
        } else {
            decode(token, closed).and_then(|value| Some((self.clean)(&value)).filter(|clean| *clean != value))
        };
        match cleaned {
            None => self.out.push_str(token),
            Some(cleaned) => {
                let quoted = serde_json::to_string(&cleaned).unwrap_or_default();
                let open = quoted.strip_suffix('"').unwrap_or(&quoted);
                self.out.push_str(if closed { &quoted } else { open });
            }
        }
    }

    /// Redacts the value in a pair with a secret name, even if it was already written.
    fn hide_pair(&mut self) {
        let Some(pair) = self.pairs.last_mut() else { return };
        pair.secret = true;
        let Some((start, end)) = pair.value.take().zip(pair.end.take()) else { return };
        let value = self.out.get(start..end).unwrap_or_default().trim_start();
        let value = value.strip_prefix(':').unwrap_or(value).trim();
        if !matches!(value, "" | "\"\"" | "null" | "true" | "false") {
            self.out.replace_range(start..end, &format!(":\"{REDACTED}\""));
        }
    }

    /// A number or a word.
    fn bare(&mut self) {
        let rest = self.rest();
        let ends = |character: char| character.is_whitespace() || ",:{}[]\"".contains(character);
        let token = rest.get(..rest.find(ends).unwrap_or(rest.len())).unwrap_or(rest);
        self.at += token.len();
        let word = matches!(token, "true" | "false" | "null");
        if (self.take_secret() && !word) || (self.clean)(token) != token {
            self.out.push('"');
            self.out.push_str(REDACTED);
            self.out.push('"');
        } else {
            self.out.push_str(token);
        }
    }
}

/// The length of the string at the start of a text, quotes included, and whether it is closed.
fn string_length(text: &str) -> (usize, bool) {
    let mut escaped = false;
    for (at, byte) in text.bytes().enumerate().skip(1) {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => return (at + 1, true),
            _ => {}
        }
    }
    (text.len(), false)
}

/// Decodes a string; one that is cut is decoded as far as it goes.
fn decode(token: &str, closed: bool) -> Option<String> {
    if closed {
        return serde_json::from_str(token).ok();
    }
    // The last escape may be cut: the longest, half a surrogate pair and a part of the other half, has 11 characters.
    let ends = token.char_indices().rev().map(|(at, _)| at).take(11);
    let mut ends = std::iter::once(token.len()).chain(ends);
    ends.find_map(|end| serde_json::from_str(&format!("{}\"", token.get(..end)?)).ok())
}

/// Redacts markup: the text of elements with secret names.
pub(super) fn markup(text: &str) -> String {
    let mut pieces = text.split('<');
    let mut out = pieces.next().unwrap_or_default().to_owned();
    let mut secret = false;
    for piece in pieces {
        out.push('<');
        if piece.starts_with("![CDATA[") {
            out.push_str(if secret { "![CDATA[" } else { piece });
            if secret {
                out.push_str(REDACTED);
                out.push_str("]]>");
            }
            continue;
        }
        let Some((tag, value)) = piece.split_once('>') else {
            out.push_str(piece);
            continue;
        };
        let name = tag.split([' ', '\t', '\r', '\n', '/']).next().unwrap_or_default();
        let local = name.rsplit(':').next().unwrap_or_default();
        secret = !tag.ends_with('/') && is_secret_name(local, Place::Field);
        out.push_str(tag);
        out.push('>');
        out.push_str(if secret && !value.trim().is_empty() { REDACTED } else { value });
    }
    out
}

#[cfg(test)]
#[path = "scrub_tests.rs"]
mod tests;
