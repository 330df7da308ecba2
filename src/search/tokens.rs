//! Tokenises search queries: signs, facet names, quotes.

/// A part of a query.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Token {
    /// As typed.
    pub(super) typed: String,
    /// It starts with `-`.
    pub(super) negated: bool,
    /// The name before the first colon, if any.
    pub(super) facet: Option<String>,
    /// The value, without quotes.
    pub(super) value: String,
    /// The value was quoted.
    pub(super) quoted: bool,
}

impl Token {
    /// The facet as typed, reduced to one of its alternatives.
    pub(super) fn only(&self, value: &str) -> String {
        let several = !self.quoted && self.value.contains(',');
        match &self.facet {
            Some(name) if several => format!("{}{name}:{value}", if self.negated { "-" } else { "" }),
            _ => self.typed.clone(),
        }
    }
}

/// Splits at whitespace outside quotes. A quote counts at the start of a part or right after its colon; an
/// open one extends to the end. A URL is one word, not a facet called `https`.
pub(super) fn tokens(text: &str) -> Vec<Token> {
    let mut found = Vec::new();
    let mut rest = text.trim_start();
    while !rest.is_empty() {
        let (token, after) = token(rest);
        found.push(token);
        rest = after.trim_start();
    }
    found
}

fn token(text: &str) -> (Token, &str) {
    let signed = text.strip_prefix('-').filter(|body| body.starts_with(|c: char| !c.is_whitespace()));
    let body = signed.unwrap_or(text);
    let (facet, rest) = match body.split_once(':') {
        Some((name, rest)) if is_name(name) && !rest.starts_with("//") => (Some(name.to_owned()), rest),
        _ => (None, body),
    };
    let (value, quoted, after) = match rest.strip_prefix('"') {
        Some(inside) => match inside.split_once('"') {
            Some((value, after)) => (value, true, after),
            None => (inside, true, ""),
        },
        None => match rest.split_once(char::is_whitespace) {
            Some((value, after)) => (value, false, after),
            None => (rest, false, ""),
        },
    };
    let typed = text.strip_suffix(after).unwrap_or(text).trim_end().to_owned();
    (Token { typed, negated: signed.is_some(), facet, value: value.to_owned(), quoted }, after)
}

fn is_name(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_ascii_alphabetic() || c == '_')
}
