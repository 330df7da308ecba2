//! Names for ids: suggested from provider and account, and checked against the syntax of a format.

use std::collections::{HashMap, HashSet};

use serde::Deserialize;
use thiserror::Error;

use super::CopyFormat;
use crate::Clean;
use crate::clean::{BRIEF, head, is_harmless};

/// Maximum number of characters of a provider or account name in a suggestion.
const MAX_PART: usize = 40;

/// The syntax of names in a format.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub(super) enum Names {
    /// The format has no names.
    #[default]
    None,
    /// Letters, digits and `_`, not starting with a digit.
    Shell,
    /// Bare keys, separated by dots.
    Toml,
    /// A plain key that every parser reads as a string.
    Yaml,
    /// Anything that can be displayed.
    Json,
    /// An identifier.
    Python,
    /// An identifier.
    TypeScript,
    /// An identifier.
    Rust,
}

/// A name that is invalid in a format.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{problem}; try `{suggestion}`")]
pub struct NameRefused {
    /// Why.
    pub problem: &'static str,
    /// A similar valid name.
    pub suggestion: String,
}

/// Words that YAML parsers do not read as strings.
const YAML: &[&str] = &["y", "n", "yes", "no", "on", "off", "true", "false", "null"];

/// Python keywords, and the names used by the block itself.
const PYTHON: &[&str] = &[
    "False",
    "None",
    "True",
    "and",
    "as",
    "assert",
    "async",
    "await",
    "break",
    "class",
    "continue",
    "def",
    "del",
    "elif",
    "else",
    "except",
    "finally",
    "for",
    "from",
    "global",
    "if",
    "import",
    "in",
    "is",
    "lambda",
    "nonlocal",
    "not",
    "or",
    "pass",
    "raise",
    "return",
    "try",
    "while",
    "with",
    "yield",
    "App",
    "call",
    "os",
    "str",
    "alter_sdk",
    "__debug__",
];

/// TypeScript keywords, and the names used by the block itself.
const TYPESCRIPT: &[&str] = &[
    "arguments",
    "await",
    "break",
    "case",
    "catch",
    "class",
    "const",
    "continue",
    "debugger",
    "default",
    "delete",
    "do",
    "else",
    "enum",
    "eval",
    "export",
    "extends",
    "false",
    "finally",
    "for",
    "function",
    "if",
    "implements",
    "import",
    "in",
    "instanceof",
    "interface",
    "let",
    "new",
    "null",
    "package",
    "private",
    "protected",
    "public",
    "return",
    "static",
    "super",
    "switch",
    "this",
    "throw",
    "true",
    "try",
    "typeof",
    "undefined",
    "var",
    "void",
    "while",
    "with",
    "yield",
    "App",
    "call",
    "process",
];

/// Rust keywords.
const RUST: &[&str] = &[
    "_", "Self", "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "crate",
    "do", "dyn", "else", "enum", "extern", "false", "final", "fn", "for", "gen", "if", "impl", "in", "let",
    "loop", "macro", "match", "mod", "move", "mut", "override", "priv", "pub", "ref", "return", "self",
    "static", "struct", "super", "trait", "true", "try", "type", "typeof", "unsafe", "unsized", "use",
    "virtual", "where", "while", "yield",
];

/// Suggests a name from provider and account: `GOOGLE_WORK_ACME_GRANT_ID` for `google` and `work@acme.com`.
/// It is valid in every format; non-ASCII letters are dropped.
pub fn suggest(provider: &str, account: &str) -> String {
    let account = match account.rsplit_once('@') {
        // The top-level domain does not help to identify the account.
        Some((_, host)) => {
            let end = host.rfind('.').map_or(0, |dot| host.len() - dot);
            account.get(..account.len() - end).unwrap_or(account)
        }
        None => account,
    };
    let parts = [part(provider), part(account), "GRANT_ID".to_owned()];
    let name = parts.iter().filter(|part| !part.is_empty()).cloned().collect::<Vec<_>>().join("_");
    if name.starts_with(|first: char| first.is_ascii_digit()) { format!("GRANT_{name}") } else { name }
}

fn part(text: &str) -> String {
    let part: String = upper_snake_case(head(text, BRIEF)).chars().take(MAX_PART).collect();
    part.trim_end_matches('_').to_owned()
}

/// Upper-cases letters and digits, and replaces everything between them by one `_`.
fn upper_snake_case(text: &str) -> String {
    let words =
        text.split(|character: char| !character.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    words.map(str::to_ascii_uppercase).collect::<Vec<_>>().join("_")
}

/// Checks whether a name is valid in a format.
///
/// # Errors
/// It is invalid: the reason, and a similar valid name.
pub fn check(format: CopyFormat, name: &str) -> Result<(), NameRefused> {
    let names = format.row().names;
    match names.problem(name) {
        None => Ok(()),
        Some(problem) => Err(NameRefused { problem, suggestion: names.valid_name(name) }),
    }
}

impl Names {
    fn problem(self, name: &str) -> Option<&'static str> {
        let words = match self {
            Self::None => return None,
            Self::Json => {
                let is_shown =
                    |name: &str| Clean::line(name).as_str() == name && name.chars().all(is_harmless);
                return match name {
                    "" => Some("the name is empty"),
                    name if is_shown(name) => None,
                    _ => Some("the name has invisible characters"),
                };
            }
            Self::Toml => {
                let is_key = |key: &str| !key.is_empty() && key.bytes().all(is_bare);
                let problem = "a name in TOML takes letters, digits, `_` and `-`, with dots between tables";
                return (!name.split('.').all(is_key)).then_some(problem);
            }
            Self::Yaml => {
                let is_plain = |byte: u8| is_bare(byte) || byte == b'.';
                let problem =
                    "a name in YAML takes letters, digits, `_`, `-` and dots here, and starts with a letter";
                let starts = name.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_');
                if !starts || !name.bytes().all(is_plain) {
                    return Some(problem);
                }
                let is_word = YAML.iter().any(|word| word.eq_ignore_ascii_case(name));
                return is_word.then_some("YAML parsers do not read this word as a name");
            }
            Self::Shell => &[][..],
            Self::Python => PYTHON,
            Self::TypeScript => TYPESCRIPT,
            Self::Rust => RUST,
        };
        if !crate::template::is_name(name) {
            return Some("use letters, digits and `_`, not starting with a digit");
        }
        words.contains(&name).then_some("the name is a reserved word there")
    }

    /// Returns the name if it is valid, otherwise a similar one.
    pub(super) fn valid_name(self, name: &str) -> String {
        if self.problem(name).is_none() {
            return name.to_owned();
        }
        if self == Self::Json {
            let shown: String = Clean::line(name).as_str().chars().filter(|one| is_harmless(*one)).collect();
            return if shown.is_empty() { "GRANT_ID".to_owned() } else { shown };
        }
        let words = name.split(|character: char| !character.is_ascii_alphanumeric());
        let joined = words.filter(|word| !word.is_empty()).collect::<Vec<_>>().join("_");
        let valid = match joined.as_str() {
            "" => "GRANT_ID".to_owned(),
            digit if digit.starts_with(|first: char| first.is_ascii_digit()) => format!("GRANT_{digit}"),
            joined => joined.to_owned(),
        };
        if self.problem(&valid).is_none() { valid } else { format!("{valid}_GRANT_ID") }
    }

    /// Returns the names of a block: valid and without conflicts. If the format has no names, they are
    /// unchanged.
    pub(super) fn block<'a>(self, names: impl Iterator<Item = &'a str>) -> Vec<String> {
        if self == Self::None {
            return names.map(str::to_owned).collect();
        }
        let mut used = UsedNames { tables: self == Self::Toml, ..UsedNames::default() };
        names.map(|name| used.reserve(self.valid_name(name))).collect()
    }
}

/// The names used so far in a block.
#[derive(Default)]
struct UsedNames {
    /// Whether dots separate nested tables, so that `a` excludes `a.b`.
    tables: bool,
    /// The names in lower case: some parsers ignore case.
    folded: HashSet<String>,
    /// The names as they are, for formats with tables.
    keys: HashSet<String>,
    /// The tables that contain the names.
    enclosing: HashSet<String>,
    /// The number to try next, by name.
    next: HashMap<String, usize>,
}

impl UsedNames {
    /// Reserves a name, or a similar one if it is taken.
    fn reserve(&mut self, mut name: String) -> String {
        if self.tables && (self.enclosing.contains(&name) || tables(&name).any(|one| self.keys.contains(one)))
        {
            name = name.replace('.', "_");
        }
        let mut free = name.clone();
        if self.clashes(&free) {
            // Reserved names are never released, so no number is tried twice.
            let stem = if self.tables { name.clone() } else { name.to_ascii_lowercase() };
            let mut number = self.next.get(&stem).copied().unwrap_or(2);
            loop {
                free = format!("{name}_{number}");
                number += 1;
                if !self.clashes(&free) {
                    break;
                }
            }
            self.next.insert(stem, number);
        }
        self.folded.insert(free.to_ascii_lowercase());
        if self.tables {
            self.enclosing.extend(tables(&free).map(str::to_owned));
            self.keys.insert(free.clone());
        }
        free
    }

    fn clashes(&self, name: &str) -> bool {
        self.folded.contains(&name.to_ascii_lowercase()) || self.enclosing.contains(name)
    }
}

/// The tables that contain a name: `a` and `a.b` for `a.b.c`.
fn tables(name: &str) -> impl Iterator<Item = &str> {
    name.match_indices('.').filter_map(|(at, _)| name.get(..at))
}

fn is_bare(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-'
}
