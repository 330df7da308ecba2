//! Formats for copying a grant id: as a UUID, a line of a `.env` file, TOML, code… The table is
//! `assets/formats.toml`; the screen, `grantdeck id --as` and `docs/formats.md` are generated from it.
//!
//! The output is valid whatever a provider or account is called: foreign text only appears in comments, which
//! it cannot end, and in names, reduced to letters, digits and `_`.

#[cfg(test)]
pub mod docs;
mod name;
mod write;

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;
use strum::{Display, EnumIter, EnumString, IntoStaticStr};

use super::{Grant, GrantId};

pub use name::{NameRefused, check, suggest};
pub use write::{about, names, render, render_masked};

use name::Names;

/// A format, in menu order. Its name is that of its row, and of `--as`.
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    PartialEq,
    Eq,
    Hash,
    PartialOrd,
    Ord,
    Display,
    EnumIter,
    EnumString,
    IntoStaticStr,
)]
#[strum(serialize_all = "snake_case")]
pub enum CopyFormat {
    /// The id alone.
    #[default]
    Uuid,
    /// A line of a `.env` file.
    Env,
    /// A POSIX shell `export`.
    Shell,
    /// A key of TOML.
    Toml,
    /// A key of YAML.
    Yaml,
    /// A JSON object.
    Json,
    /// The official Python SDK.
    Python,
    /// The official TypeScript SDK.
    #[strum(serialize = "typescript")]
    TypeScript,
    /// A Rust constant.
    Rust,
    /// `grantdeck call`.
    Command,
    /// An entry for the configuration of an MCP client.
    Mcp,
}

/// A row of the table.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct FormatRow {
    /// One or two words for a menu.
    pub label: String,
    /// Its purpose, in a sentence.
    pub help: String,
    /// What starts a comment; `None` if the syntax has no comments.
    pub comment: Option<String>,
    /// The syntax of names.
    names: Names,
    /// The template of the block.
    template: String,
}

static TABLE: LazyLock<BTreeMap<String, FormatRow>> =
    LazyLock::new(|| toml::from_str(grantdeck_assets::FORMATS).unwrap_or_default());

/// Fallback for a format without a row, which a test rules out.
static NONE: LazyLock<FormatRow> = LazyLock::new(FormatRow::default);

/// The names of all rows.
pub fn rows() -> impl Iterator<Item = &'static str> {
    TABLE.keys().map(String::as_str)
}

impl CopyFormat {
    /// Its name.
    pub fn name(self) -> &'static str {
        self.into()
    }

    /// Its row.
    pub fn row(self) -> &'static FormatRow {
        TABLE.get(self.name()).unwrap_or(&NONE)
    }

    /// Whether the output contains a name, so that asking for one makes sense.
    pub fn is_named(self) -> bool {
        self.row().names != Names::None
    }
}

/// A grant to be copied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named {
    /// The name for the id: [`suggest`], or the user's own.
    pub name: String,
    /// The id.
    pub id: GrantId,
    /// The provider's id, or the slug of a managed secret. Untrusted.
    pub provider: String,
    /// The account's name; empty if there is none. Untrusted.
    pub account: String,
}

impl Named {
    /// A grant with its suggested name; `None` if its id is unreadable.
    pub fn from_grant(grant: &Grant) -> Option<Self> {
        Some(Self {
            name: suggest(&grant.provider, grant.account()),
            id: grant.row.grant()?,
            provider: grant.provider.to_string(),
            account: grant.account().to_owned(),
        })
    }
}

#[cfg(test)]
#[path = "formats_tests.rs"]
mod tests;
