//! The jq path and the decoded value of a tape entry.

use std::fmt::Write as _;

use super::glyphs;
use super::tape::{NONE, Shape, Tape, TokenId};
use crate::domain::clean::is_harmless;

impl Tape {
    /// The jq path of an entry: `.`, `.items[3].name`, `.["odd name"]`. Characters that are not safe to
    /// display are escaped, so the path can be shown. In JSON lines, the path is relative to its line. `text`
    /// must be the text that the tape was built from.
    pub fn path(&self, text: &[u8], token: TokenId) -> String {
        let mut steps = Vec::new();
        let mut next = self.opening(token);
        while let (Some(parent), index) = self.place(next) {
            steps.push((next, index));
            next = parent;
        }
        if steps.is_empty() {
            return ".".to_owned();
        }
        let mut out = String::new();
        for (token, index) in steps.into_iter().rev() {
            let named = self.entry(token).filter(|entry| entry.key != NONE);
            let Some(entry) = named else {
                if out.is_empty() {
                    out.push('.');
                }
                // Writing to a String cannot fail.
                let _ = write!(out, "[{index}]");
                continue;
            };
            let name = glyphs::decode(text, entry.key as usize);
            if is_plain(&name) {
                out.push('.');
                out.push_str(&name);
                continue;
            }
            if out.is_empty() {
                out.push('.');
            }
            out.push('[');
            quote(&mut out, &name);
            out.push(']');
        }
        out
    }

    /// The decoded name of a member.
    pub fn name(&self, text: &[u8], token: TokenId) -> Option<String> {
        let entry = self.entry(self.opening(token)).filter(|entry| entry.key != NONE)?;
        Some(glyphs::decode(text, entry.key as usize))
    }

    /// The decoded value of a string, with lone surrogates as `�`; `None` for other values. It is not
    /// sanitised, so it may be copied but not shown.
    pub fn string(&self, text: &[u8], token: TokenId) -> Option<String> {
        let entry = self.entry(token).filter(|entry| entry.shape() == Shape::String)?;
        Some(glyphs::decode(text, entry.start as usize))
    }
}

/// Whether jq accepts a name without quotes.
fn is_plain(name: &str) -> bool {
    let begins = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    begins && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

fn quote(out: &mut String, name: &str) {
    out.push('"');
    for character in name.chars() {
        match character {
            '"' | '\\' => {
                out.push('\\');
                out.push(character);
            }
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            _ if is_harmless(character) => out.push(character),
            _ => glyphs::push_escaped(out, character),
        }
    }
    out.push('"');
}
