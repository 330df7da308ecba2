//! The reason and context sent with each call, and their limits on the wire (docs/protocol/transport.md
//! section 4).

use std::fmt::Write as _;

use super::RequestDraft;

/// Maximum number of keys.
const MAX_KEYS: usize = 20;
/// Maximum length of a key in characters.
const MAX_KEY: usize = 64;
/// Maximum length of a value in characters.
const MAX_VALUE: usize = 512;
/// Maximum length of the encoded context in characters.
const MAX_ENCODED: usize = 4096;

/// A limit of the context that was exceeded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ContextLimit {
    /// More than 20 keys, or a repeated key.
    #[error("a context has at most 20 keys, each once")]
    Keys,
    /// A key longer than 64 characters.
    #[error("a context key has at most 64 characters")]
    Key,
    /// A value longer than 512 characters.
    #[error("a context value has at most 512 characters")]
    Value,
    /// Longer than 4096 characters when encoded.
    #[error("a context has at most 4096 characters when encoded")]
    Size,
}

/// Encodes a context for the wire: compact ASCII JSON in the given order. Returns `None` for no pairs: then
/// nothing is sent.
///
/// # Errors
/// The limit that was exceeded.
pub fn encode_context(pairs: &[(&str, &str)]) -> Result<Option<String>, ContextLimit> {
    if pairs.is_empty() {
        return Ok(None);
    }
    let twice = pairs.iter().enumerate().any(|(at, (key, _))| pairs.iter().take(at).any(|(k, _)| k == key));
    if pairs.len() > MAX_KEYS || twice {
        return Err(ContextLimit::Keys);
    }
    let mut out = String::from("{");
    for (index, (key, value)) in pairs.iter().enumerate() {
        if key.chars().count() > MAX_KEY {
            return Err(ContextLimit::Key);
        }
        if value.chars().count() > MAX_VALUE {
            return Err(ContextLimit::Value);
        }
        if index > 0 {
            out.push(',');
        }
        ascii_json(&mut out, key);
        out.push(':');
        ascii_json(&mut out, value);
    }
    out.push('}');
    if out.len() > MAX_ENCODED { Err(ContextLimit::Size) } else { Ok(Some(out)) }
}

/// Appends a JSON string with everything outside printable ASCII escaped, so that it can be used in a header.
pub fn ascii_json(out: &mut String, text: &str) {
    out.push('"');
    for character in text.chars() {
        match character {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            ' '..='~' => out.push(character),
            _ => {
                for unit in character.encode_utf16(&mut [0; 2]) {
                    // Writing to a `String` cannot fail.
                    let _ = write!(out, "\\u{unit:04x}");
                }
            }
        }
    }
    out.push('"');
}

/// The default reason and context of a session, from the configuration.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Attribution {
    /// Reason, for the audit log and approvers.
    pub reason: Option<String>,
    /// Further attribution: name and value.
    pub context: Vec<(String, String)>,
}

impl Attribution {
    /// Fills in what a draft leaves out; what the draft says wins.
    pub fn complete(&self, draft: &mut RequestDraft) {
        draft.reason = draft.reason.take().or_else(|| self.reason.clone());
        let own = std::mem::take(&mut draft.context);
        draft.context = merged(&self.context, &own);
    }

    /// Overrides the attribution of a draft that nobody composed, where it only contains defaults.
    pub fn replace(&self, draft: &mut RequestDraft) {
        draft.reason = self.reason.clone().or_else(|| draft.reason.take());
        let usual = std::mem::take(&mut draft.context);
        draft.context = merged(&usual, &self.context);
    }
}

/// Merges pairs by key, `own` taking precedence: first the keys of `others` in their order, then the
/// remaining own ones.
pub fn merged<T: Clone>(others: &[(String, T)], own: &[(String, T)]) -> Vec<(String, T)> {
    let replaced = others.iter().map(|(key, value)| {
        let mine = own.iter().find(|(known, _)| known == key);
        mine.cloned().unwrap_or_else(|| (key.clone(), value.clone()))
    });
    let new = own.iter().filter(|(key, _)| !others.iter().any(|(known, _)| known == key)).cloned();
    replaced.chain(new).collect()
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::GrantId;

    fn pairs(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn a_draft_says_more_than_the_configuration_and_a_probe_less() {
        let set = Attribution {
            reason: Some("on call".to_owned()),
            context: pairs(&[("operator", "ann"), ("tool", "grantdeck")]),
        };
        let bare = RequestDraft::new(GrantId(Uuid::nil()), "GET", "https://h/");
        let own = RequestDraft {
            reason: Some("ticket 7".to_owned()),
            context: pairs(&[("ticket", "7"), ("operator", "bob")]),
            ..bare.clone()
        };
        let mut draft = bare.clone();
        set.complete(&mut draft);
        assert_eq!((draft.reason.as_deref(), draft.context), (Some("on call"), set.context.clone()));
        let mut draft = own.clone();
        set.complete(&mut draft);
        assert_eq!(draft.reason.as_deref(), Some("ticket 7"));
        assert_eq!(draft.context, pairs(&[("operator", "bob"), ("tool", "grantdeck"), ("ticket", "7")]));
        let mut draft = own.clone();
        set.replace(&mut draft);
        assert_eq!(draft.reason.as_deref(), Some("on call"));
        assert_eq!(draft.context, pairs(&[("ticket", "7"), ("operator", "ann"), ("tool", "grantdeck")]));
        let mut draft = own.clone();
        Attribution::default().replace(&mut draft);
        assert_eq!(draft, own);
    }
}
