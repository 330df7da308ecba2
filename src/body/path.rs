//! Where an entry stands, as jq writes it, and what it says.

use std::fmt::Write as _;

use super::glyphs;
use super::tape::{NONE, Shape, Tape, TokenId};
use crate::domain::clean::is_harmless;

impl Tape {
    /// The path of an entry for jq: `.`, `.items[3].name`, `.["odd name"]`. What is not harmless in a name is
    /// escaped, so the path can be shown. Of JSON lines it is the path within its own line. `text` is what the tape
    /// was built from.
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
                // Writing into a text cannot fail.
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

    /// The name of a member, decoded.
    pub fn name(&self, text: &[u8], token: TokenId) -> Option<String> {
        let entry = self.entry(self.opening(token)).filter(|entry| entry.key != NONE)?;
        Some(glyphs::decode(text, entry.key as usize))
    }

    /// What a string says, decoded; half a surrogate pair becomes `�`. None for any other value. It may hold
    /// anything: it is for copying, not for showing.
    pub fn string(&self, text: &[u8], token: TokenId) -> Option<String> {
        let entry = self.entry(token).filter(|entry| entry.shape() == Shape::String)?;
        Some(glyphs::decode(text, entry.start as usize))
    }
}

/// A name that jq takes without quotes.
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
