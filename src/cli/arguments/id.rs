//! The arguments of `grantdeck id` and `grantdeck show`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use clap_complete::engine::ArgValueCompleter;

use crate::cli::completions::{Selectors, Words};
use crate::cli::{values, words};
use crate::domain::{CopyFormat, Selector};

/// Print, copy or write the ids of grants.
#[derive(Debug, Args)]
pub struct IdArguments {
    /// Grants: id, at least four digits of it, or provider[:account][#label]
    #[arg(value_name = "SELECTOR", required = true, add = ArgValueCompleter::new(Selectors))]
    pub selectors: Vec<Selector>,
    /// Format: uuid, env, shell, toml, yaml, json, python, typescript, rust, command, mcp
    #[arg(long = "as", value_name = "FORMAT", value_parser = values::copy_format, add = ArgValueCompleter::new(Words(words::copy_format)), conflicts_with = "write")]
    pub format: Option<CopyFormat>,
    /// Name [default: from provider and account]; with --write, dots lead into tables:
    /// alter.grants.google
    #[arg(long, value_name = "NAME", value_parser = values::filled)]
    pub name: Option<String>,
    /// Skip the check against the list; accept full ids as given, and revoked or expired grants
    ///
    /// Otherwise an unknown id exits with 4 and an ended grant with 11, and nothing is printed.
    #[arg(long)]
    pub no_check: bool,
    /// Copy instead of printing; standard error names the method used. If copying fails, the text is
    /// printed and the exit code is 1
    #[arg(long, conflicts_with = "write")]
    pub copy: bool,
    /// Write it to this .env, TOML, YAML or JSON file, keeping every other byte
    #[arg(long, value_name = "FILE")]
    pub write: Option<PathBuf>,
    /// How the change is confirmed.
    #[command(flatten)]
    pub confirm: ConfirmArguments,
}

/// How a change of files is confirmed.
#[derive(Clone, Copy, Debug, Args)]
pub struct ConfirmArguments {
    /// Show the change without writing it
    #[arg(long, conflicts_with = "yes")]
    pub dry_run: bool,
    /// Confirm the change (a terminal is asked)
    #[arg(long)]
    pub yes: bool,
    /// Keep a backup as NAME.bak
    #[arg(long)]
    pub backup: bool,
}

impl ConfirmArguments {
    /// The first of them that was given, where none can be meant.
    pub(super) fn given(self) -> Option<&'static str> {
        let all = [("--dry-run", self.dry_run), ("--yes", self.yes), ("--backup", self.backup)];
        all.into_iter().find_map(|(name, given)| given.then_some(name))
    }
}

pub(super) const ID_EXAMPLES: &str = "\
Examples:
  export GRANT=$(grantdeck id google:work@acme.com)
  grantdeck id google:work@acme.com --as toml --name alter.grants.google
  grantdeck id google:work@acme.com slack:acme-hq --as env >> .env
  grantdeck id slack#team --copy
  grantdeck id google:work@acme.com --write .env --dry-run
  grantdeck id google:work@acme.com --write config.yaml --name alter.grants.google --yes";

/// Print everything the list says about one grant.
#[derive(Debug, Args)]
pub struct ShowArguments {
    /// Grant: id, at least four digits of it, or provider[:account][#label]
    #[arg(value_name = "SELECTOR", add = ArgValueCompleter::new(Selectors))]
    pub selector: Selector,
    /// Output format [default: table on a terminal, else json]
    #[arg(long, short, value_enum, value_name = "FORMAT")]
    pub output: Option<ShowFormat>,
}

/// Formats of one grant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ShowFormat {
    /// Lines for people
    Table,
    /// One object
    Json,
}
