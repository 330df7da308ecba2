//! Exports a draft as code: the parts that all languages share.

use serde_json::Value;
use strum::{Display, EnumIter, EnumString, IntoStaticStr};

use super::{command, curl, python, secret, typescript};
use crate::percent;
use crate::secret_names::{Place, is_secret_name};
use crate::template::Piece;
use crate::{Clean, DraftBody, RequestDraft, template};

/// A language to export a draft to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Display, EnumIter, EnumString, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum Language {
    /// curl for a POSIX shell, calling the provider directly, with a placeholder for the credential.
    Curl,
    /// `grantdeck call` for a POSIX shell.
    Command,
    /// The official Python SDK.
    Python,
    /// The official TypeScript SDK.
    #[strum(serialize = "typescript")]
    TypeScript,
}

impl Language {
    /// The name for people.
    pub fn name(self) -> &'static str {
        match self {
            Self::Curl => "curl",
            Self::Command => "grantdeck command",
            Self::Python => "Python SDK",
            Self::TypeScript => "TypeScript SDK",
        }
    }
}

/// The provider and account of the grant, for the comment at the top. Untrusted texts; neither can end the
/// comment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct About {
    /// The provider's id.
    pub provider: String,
    /// The account's name.
    pub account: String,
}

/// Exports the draft as equivalent code without credentials: headers, parameters and parts of the URL that
/// look like one are left out, and a comment says so. Bodies are kept as they are.
pub fn export(draft: &RequestDraft, about: &About, language: Language) -> String {
    let sheet = Sheet::new(draft, about);
    let mut out = match language {
        Language::Curl => curl::write(&sheet),
        Language::Command => command::write(&sheet),
        Language::Python => python::write(&sheet),
        Language::TypeScript => typescript::write(&sheet),
    };
    if !out.ends_with('\n') {
        out.push('\n');
    }
    out
}

/// A draft prepared for export.
pub(super) struct Sheet<'a> {
    pub(super) draft: &'a RequestDraft,
    pub(super) provider: &'a str,
    /// In upper case.
    pub(super) method: String,
    /// With its placeholders.
    pub(super) url: String,
    /// Only those that the URL uses.
    pub(super) parameters: Vec<(String, String)>,
    /// As strings; arrays become repeated names.
    pub(super) query: Vec<(String, String)>,
    pub(super) headers: Vec<(String, String)>,
    /// `None` if the draft has no body, or `null`.
    pub(super) json: Option<&'a str>,
    /// Lines for the comment at the top.
    pub(super) notes: Vec<String>,
}

impl<'a> Sheet<'a> {
    fn new(draft: &'a RequestDraft, about: &'a About) -> Self {
        let mut left_out: Vec<String> = Vec::new();
        let mut drop = |what: String| {
            if !left_out.contains(&what) {
                left_out.push(what);
            }
        };
        let url = secret::clean_url(draft.url.trim(), &mut drop);
        let places = template::places(&url, &draft.path_parameters);
        let required = template::places(&url, &[]);
        let mut parameters: Vec<(String, String)> = Vec::new();
        for (name, value) in &draft.path_parameters {
            let secret = is_secret_name(name, Place::Parameter) && !value.is_empty();
            if secret || secret::holds(value) {
                drop(secret::describe_parameter(name));
                continue;
            }
            // A placeholder in the query without a value is kept as it is.
            let is_there = if value.is_empty() { &required } else { &places }.contains(&name.as_str());
            if is_there && !parameters.iter().any(|(known, _)| known == name) {
                parameters.push((name.clone(), value.clone()));
            }
        }
        let mut query = texts(&draft.query);
        query.retain(|(name, value)| {
            let named = is_secret_name(name, Place::Parameter) && !value.is_empty();
            let secret = named || secret::holds(value) || secret::holds(name);
            if secret {
                drop(secret::describe_parameter(name));
            }
            !secret
        });
        let mut headers = Vec::new();
        for (name, value) in &draft.headers {
            if is_secret_name(name, Place::Header) || secret::holds(value) || secret::holds(name) {
                drop(
                    secret::quotable(name)
                        .map_or_else(|| "a header".to_owned(), |name| format!("the header {name}")),
                );
            } else if !name.is_empty() {
                headers.push((name.clone(), value.trim().to_owned()));
            }
        }
        let json = match &draft.body {
            DraftBody::Json(text) if text.trim() != "null" => Some(text.as_str()),
            _ => None,
        };
        let who = match (about.provider.as_str(), about.account.as_str()) {
            (provider, "") => provider.to_owned(),
            (provider, account) => format!("{provider} · {account}"),
        };
        let mut notes: Vec<String> = Vec::new();
        if !who.is_empty() {
            notes.push(who);
        }
        if !left_out.is_empty() {
            notes.push(format!("Omitted (looks like a credential): {}", left_out.join(", ")));
        }
        let method = draft.method.trim().to_ascii_uppercase();
        let method = if secret::holds(draft.method.trim()) { "GET".to_owned() } else { method };
        Self { draft, provider: &about.provider, method, url, parameters, query, headers, json, notes }
    }

    /// The comment at the top, each line prefixed with `mark`.
    pub(super) fn comment(&self, mark: &str) -> String {
        const LONGEST: usize = 200;
        let line = |note: &String| {
            let clean = Clean::line(note);
            let cut: String = clean.as_str().chars().take(LONGEST).collect();
            format!("{mark} {}\n", cut.trim())
        };
        self.notes.iter().map(line).collect()
    }

    /// The URL with its placeholders filled as far as possible.
    pub(super) fn filled(&self) -> String {
        let pieces = template::split_url(&self.url, &self.parameters).into_iter().map(|piece| match piece {
            Piece::Text(text) => text.to_owned(),
            Piece::Place(name) => self
                .parameters
                .iter()
                .find(|(known, _)| known == name)
                .map_or_else(|| format!("{{{name}}}"), |(_, value)| percent::encode(value)),
        });
        pieces.collect()
    }

    /// The URL for the official SDKs, which read all braces as placeholders: other braces are encoded.
    pub(super) fn templated(&self) -> String {
        let mut in_query = false;
        let pieces = template::split_url(&self.url, &self.parameters).into_iter().map(|piece| match piece {
            Piece::Text(text) => {
                let begin = if in_query { 0 } else { text.find('?').unwrap_or(text.len()) };
                in_query |= begin < text.len();
                let (path, query) = text.split_at_checked(begin).unwrap_or((text, ""));
                format!("{path}{}", query.replace('{', "%7B").replace('}', "%7D"))
            }
            Piece::Place(name) => format!("{{{name}}}"),
        });
        pieces.collect()
    }

    /// Headers with unique names: repeated ones are joined as in HTTP.
    pub(super) fn joined_headers(&self) -> Vec<(String, String)> {
        let mut out: Vec<(String, String)> = Vec::new();
        for (name, value) in &self.headers {
            match out.iter_mut().find(|(known, _)| known.eq_ignore_ascii_case(name)) {
                Some((_, known)) => *known = format!("{known}, {value}"),
                None => out.push((name.clone(), value.clone())),
            }
        }
        out
    }
}

/// Query parameters as strings.
fn texts(query: &[(String, Value)]) -> Vec<(String, String)> {
    let text = |value: &Value| match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    let mut out = Vec::new();
    for (name, value) in query {
        match value {
            Value::Array(items) => out.extend(items.iter().map(|item| (name.clone(), text(item)))),
            one => out.push((name.clone(), text(one))),
        }
    }
    out
}

/// Quotes a word for a POSIX shell. Control characters except line breaks and tabs cannot be typed and are
/// dropped.
pub fn word(text: &str) -> String {
    let kept: String = text.chars().filter(|character| !is_control(*character)).collect();
    let bare = |byte: u8| byte.is_ascii_alphanumeric() || b"_-./:@%+,".contains(&byte);
    if !kept.is_empty() && kept.bytes().all(bare) {
        kept
    } else {
        // Quote braces too: some shells expand them.
        format!("'{}'", kept.replace('\'', r"'\''"))
    }
}

/// Control characters that a shell word cannot carry safely.
pub(super) fn is_control(character: char) -> bool {
    character.is_control() && !matches!(character, '\n' | '\t')
}

/// Whether a character can be written literally in source code because editors show it faithfully.
fn is_plain(character: char) -> bool {
    let mut buffer = [0; 4];
    let text: &str = character.encode_utf8(&mut buffer);
    Clean::line(text).as_str() == text
}

/// Quotes a string for Python and TypeScript; `escape` writes the escape of a character that cannot be
/// written literally.
pub(super) fn quoted(text: &str, escape: impl Fn(&mut String, u32)) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for character in text.chars() {
        match character {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            '\r' => out.push_str("\\r"),
            character if is_plain(character) => out.push(character),
            character => escape(&mut out, u32::from(character)),
        }
    }
    out.push('"');
    out
}

/// Parses JSON as a literal, unless that would lose digits or repeated names.
pub(super) fn literal(text: &str) -> Option<Value> {
    let value: Value = serde_json::from_str(text).ok()?;
    let bare = |text: &str| {
        let mut inside = false;
        let mut escaped = false;
        let kept = text.chars().filter(|character| {
            let string = inside;
            match character {
                '"' if !escaped => inside = !inside,
                _ => {}
            }
            escaped = string && *character == '\\' && !escaped;
            string || !character.is_ascii_whitespace()
        });
        kept.collect::<String>()
    };
    let written = value.to_string();
    (written == bare(text)).then_some(value)
}

#[cfg(test)]
#[path = "export_tests.rs"]
mod tests;
