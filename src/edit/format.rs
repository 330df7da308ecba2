//! File formats, and how to recognise them.

use std::path::Path;

use super::error::EditError;
use super::key::KeyPath;
use super::node::Node;
use super::splice::{Splice, line_at};
use super::{env, json, toml_add, yaml, yaml_add};

/// The format of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Format {
    /// `NAME=value` lines, as dotenv, Docker and shells read them.
    Env,
    /// TOML.
    Toml,
    /// JSON, with comments and trailing commas if the file has them.
    Json,
    /// YAML, a single document.
    Yaml,
}

impl Format {
    /// Detects the format by the file's name; `None` if it cannot be edited ([`Format::refusal`] says why).
    pub fn of(path: &Path) -> Option<Self> {
        let name = path.file_name()?.to_str()?.to_ascii_lowercase();
        let extension = name.rsplit_once('.').map(|(_, extension)| extension)?;
        match extension {
            "toml" => Some(Self::Toml),
            "json" | "jsonc" => Some(Self::Json),
            "yaml" | "yml" => Some(Self::Yaml),
            "env" | "envrc" => Some(Self::Env),
            _ if name.starts_with(".env.") || name.starts_with(".envrc.") => Some(Self::Env),
            _ => None,
        }
    }

    /// Why a file with this name cannot be edited, for a path without a format.
    pub fn refusal(path: &Path) -> &'static str {
        let extension = path.extension().and_then(|extension| extension.to_str()).unwrap_or_default();
        match extension.to_ascii_lowercase().as_str() {
            "json5" => "JSON5 has names and texts that no reader of JSON understands; use .json or .jsonc",
            _ => "only .env, .toml, .json, .jsonc, .yaml and .yml files can be edited",
        }
    }

    /// Parses a text. `key` is the name of interest, which only matters for `.env` files.
    pub(super) fn read(self, text: &str, key: &KeyPath) -> Result<Node, EditError> {
        match self {
            Self::Env => env::read(text, key),
            Self::Toml => super::toml::read(text),
            Self::Json => json::read(text),
            Self::Yaml => yaml::read(text),
        }
    }

    /// The line of a name that [`Format::read`] found at an offset.
    pub(super) fn line(self, text: &str, key: &KeyPath, at: usize) -> usize {
        match self {
            Self::Yaml => yaml::line(text, key),
            Self::Env | Self::Toml | Self::Json => line_at(text, at),
        }
    }

    /// The splice that replaces a string or an empty value.
    pub(super) fn replacement(self, text: &str, key: &KeyPath, value: &str) -> Result<Splice, EditError> {
        match self {
            Self::Env => env::replacement(text, key, value),
            Self::Toml => super::toml::replacement(text, key, value),
            Self::Json => json::replacement(text, key, value),
            Self::Yaml => yaml::replacement(text, key, value),
        }
    }

    /// The error for an edit that failed verification, with the reason if it is known.
    pub(super) fn blame(self, text: &str, line: usize) -> EditError {
        if self == Self::Yaml && text.contains('&') {
            let problem = "this is shared with another place through an anchor";
            return EditError::Refused { line, problem, remedy: "edit it by hand" };
        }
        EditError::Unsafe { line }
    }

    /// Candidate splices that add a missing name, best first.
    pub(super) fn additions(
        self,
        text: &str,
        key: &KeyPath,
        value: &str,
        comment: Option<&str>,
    ) -> Result<Vec<Splice>, EditError> {
        match self {
            Self::Env => env::additions(text, key, value, comment),
            Self::Toml => toml_add::additions(text, key, value, comment),
            Self::Json => json::additions(text, key, value, comment),
            Self::Yaml => yaml_add::additions(text, key, value, comment),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_known_by_their_names() {
        for (name, want) in [
            (".env", Some(Format::Env)),
            ("a/b/.env", Some(Format::Env)),
            (".env.local", Some(Format::Env)),
            (".ENV.production", Some(Format::Env)),
            ("acme.env", Some(Format::Env)),
            (".envrc", Some(Format::Env)),
            (".env.toml", Some(Format::Toml)),
            ("Settings.TOML", Some(Format::Toml)),
            ("a.json", Some(Format::Json)),
            ("a.jsonc", Some(Format::Json)),
            ("a.yaml", Some(Format::Yaml)),
            ("a.yml", Some(Format::Yaml)),
            ("a.json5", None),
            ("environment", None),
            (".environment", None),
            ("env", None),
            ("a.rs", None),
            ("", None),
        ] {
            assert_eq!(Format::of(Path::new(name)), want, "{name}");
        }
        assert!(Format::refusal(Path::new("a.json5")).contains("JSON5"));
        assert!(Format::refusal(Path::new("a.rs")).contains(".env"));
    }
}
