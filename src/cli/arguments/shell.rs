//! The arguments of what grantdeck says about itself and about providers.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use clap_complete::engine::ArgValueCompleter;

use crate::cli::completions::{Providers, Words};
use crate::cli::{values, words};

/// What `grantdeck completions` may be told.
#[derive(Debug, Args)]
pub struct CompletionsArguments {
    /// The shell
    #[arg(value_name = "SHELL", value_enum)]
    pub shell: Shell,
}

/// Shells that can be helped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Shell {
    /// Asks grantdeck: names of grants and providers too
    Bash,
    /// Asks grantdeck: names of grants and providers too
    Zsh,
    /// Asks grantdeck: names of grants and providers too
    Fish,
    /// Commands and options (untested in a real PowerShell)
    Powershell,
    /// Asks grantdeck: names of grants and providers too
    Elvish,
}

pub(super) const COMPLETIONS_EXAMPLES: &str = "\
Examples:
  grantdeck completions bash > ~/.local/share/bash-completion/completions/grantdeck
  grantdeck completions zsh > ~/.zfunc/_grantdeck      (with fpath+=~/.zfunc before compinit)
  grantdeck completions fish > ~/.config/fish/completions/grantdeck.fish
  grantdeck completions elvish >> ~/.config/elvish/rc.elv
  grantdeck completions powershell >> $PROFILE";

/// What `grantdeck man` may be told.
#[derive(Debug, Args)]
pub struct ManArguments {
    /// Write one page per subcommand to this folder instead of one page to standard output
    #[arg(long, value_name = "FOLDER")]
    pub dir: Option<PathBuf>,
}

pub(super) const MAN_EXAMPLES: &str = "\
Examples:
  grantdeck man | man -l -
  grantdeck man --dir ~/.local/share/man/man1";

/// What `grantdeck providers` may be told.
#[derive(Debug, Args)]
pub struct ProvidersArguments {
    /// Only providers whose id or name contains this
    #[arg(value_name = "TEXT")]
    pub search: Option<String>,
    /// Output format [default: table on a terminal, else jsonl]
    #[arg(long, short, value_enum, value_name = "FORMAT")]
    pub output: Option<ListingFormat>,
}

/// What `grantdeck ops` may be told.
#[derive(Debug, Args)]
pub struct OperationsArguments {
    /// The provider's id, or the slug of a managed secret
    #[arg(value_name = "PROVIDER", value_parser = values::filled, add = ArgValueCompleter::new(Providers))]
    pub provider: String,
    /// Only operations whose id, path or summary contains this
    #[arg(long, short, value_name = "TEXT")]
    pub search: Option<String>,
    /// oauth or managed_secret [default: from the built-in catalog]
    #[arg(long, value_name = "KIND", value_parser = values::kind, add = ArgValueCompleter::new(Words(words::kind)))]
    pub kind: Option<String>,
    /// Output format [default: table on a terminal, else jsonl]
    #[arg(long, short, value_enum, value_name = "FORMAT")]
    pub output: Option<ListingFormat>,
}

pub(super) const OPERATIONS_EXAMPLES: &str = "\
Examples:
  grantdeck ops github --search repos
  grantdeck ops google --output json | jq -r '.[].operation_id'
  grantdeck call github:octo-acme --op repos/get --param owner=acme --param repo=site";

/// Formats of a short listing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ListingFormat {
    /// Columns for people
    Table,
    /// One array
    Json,
    /// One object per line
    Jsonl,
}

/// What `grantdeck doctor` may be told.
#[derive(Debug, Args)]
pub struct DoctorArguments {
    /// Output format [default: text]
    #[arg(long, short, value_enum, value_name = "FORMAT")]
    pub output: Option<DoctorFormat>,
    /// Skip checks that need the network
    #[arg(long)]
    pub offline: bool,
}

/// Formats of a doctor's report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum DoctorFormat {
    /// One object
    Json,
}

pub(super) const DOCTOR_EXAMPLES: &str = "\
Examples:
  grantdeck doctor
  grantdeck doctor --profile acme
  grantdeck doctor --output json | jq '.checks[] | select(.state != \"ok\")'";
