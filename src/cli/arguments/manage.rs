//! The arguments of the commands that make and end grants.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use clap_complete::engine::ArgValueCompleter;

use super::{LinkArguments, ListingFormat};
use crate::cli::completions::Selectors;
use crate::cli::values;
use crate::domain::Selector;

/// How a write is confirmed.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Confirmation")]
pub struct ConsentArguments {
    /// Print the plan; send nothing that changes something
    #[arg(long, conflicts_with_all = ["yes", "confirm"])]
    pub dry_run: bool,
    /// Confirm (a terminal is asked); not enough in a production profile
    #[arg(long)]
    pub yes: bool,
    /// Confirm in a production profile by the profile's name
    #[arg(long, value_name = "PROFILE")]
    pub confirm: Option<String>,
}

/// Formats of what a write did.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ManageFormat {
    /// One object
    Json,
}

/// What `grantdeck revoke` may be told.
#[derive(Debug, Args)]
pub struct RevokeArguments {
    /// Grants: id, at least four digits of it, or provider[:account][#label]; each must fit exactly one
    #[arg(value_name = "SELECTOR", required_unless_present = "from", add = ArgValueCompleter::new(Selectors))]
    pub selectors: Vec<Selector>,
    /// Also those of this file, one a line (- for standard input); ids that the list no longer has are done
    #[arg(long, value_name = "FILE", conflicts_with_all = ["agent", "own"])]
    pub from: Option<PathBuf>,
    /// Keep the grant; take it away from this agent (name or id)
    #[arg(long, value_name = "NAME", conflicts_with = "own", value_parser = values::filled)]
    pub agent: Option<String>,
    /// Keep the grant; give up this agent key's own access to it
    #[arg(long)]
    pub own: bool,
    /// Why, for the backend's records
    #[arg(long, value_name = "TEXT", conflicts_with_all = ["agent", "own"], value_parser = values::filled)]
    pub reason: Option<String>,
    /// Name the files below this folder that hold the ids; repeatable
    #[arg(long = "in", value_name = "PATH", conflicts_with_all = ["agent", "own"])]
    pub paths: Vec<PathBuf>,
    /// Do not test the grants on the same credential afterwards
    #[arg(long, conflicts_with_all = ["agent", "own"])]
    pub no_test: bool,
    /// How it is confirmed.
    #[command(flatten)]
    pub consent: ConsentArguments,
    /// How somebody signs in.
    #[command(flatten)]
    pub link: LinkArguments,
    /// Output format [default: a line for each grant]
    #[arg(long, short, value_enum, value_name = "FORMAT", help_heading = super::SHOWN)]
    pub output: Option<ManageFormat>,
}

pub(super) const REVOKE_EXAMPLES: &str = "\
Examples:
  grantdeck revoke github:octo-acme --reason 'left the team'
  grantdeck revoke google:work@acme.com --dry-run --in .
  grantdeck list --all --health expired --output jsonl | jq -r .grant_id | grantdeck revoke --from - --yes
  grantdeck revoke slack#team --agent billing-agent
  grantdeck revoke 7c1f0a52 --profile live --confirm live --output json";

/// What `grantdeck history` may be told.
#[derive(Debug, Args)]
pub struct HistoryArguments {
    /// At most this many
    #[arg(long, value_name = "N", default_value_t = 50)]
    pub limit: usize,
    /// Only what made, renewed or ended grants
    #[arg(long)]
    pub writes: bool,
    /// Output format [default: table on a terminal, else jsonl]
    #[arg(long, short, value_enum, value_name = "FORMAT", help_heading = super::SHOWN)]
    pub output: Option<ListingFormat>,
}
