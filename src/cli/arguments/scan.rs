//! The arguments of `grantdeck scan`.

use std::path::PathBuf;

use clap::Args;
use uuid::Uuid;

use super::Format;
use super::id::ConfirmArguments;
use crate::cli::values;
use crate::domain::Selector;
use crate::domain::scan::Standing;

/// Find grant ids in the files of a project.
#[derive(Debug, Args)]
pub struct ScanArguments {
    /// Files and folders
    #[arg(value_name = "PATH", default_value = ".")]
    pub paths: Vec<PathBuf>,
    /// How to print [default: table on a terminal, else jsonl]
    #[arg(long, short, value_enum, value_name = "FORMAT")]
    pub output: Option<Format>,
    /// Which findings make the exit code 10: stale, superseded, unknown
    #[arg(
        long, value_name = "STANDING", value_delimiter = ',', value_parser = values::standing,
        default_value = "stale",
    )]
    pub fail_on: Vec<Standing>,
    /// Put another grant, an id or a SELECTOR, in the place of this id everywhere; more than once if need be
    #[arg(long, value_name = "OLD=NEW", value_parser = values::swap, help_heading = SWAPS)]
    pub swap: Vec<(Uuid, Selector)>,
    /// Put the live grant of its account and label in the place of each stale id, where there is exactly one
    #[arg(long, help_heading = SWAPS)]
    pub repair: bool,
    /// How the change is confirmed.
    #[command(flatten, next_help_heading = SWAPS)]
    pub confirm: ConfirmArguments,
}

const SWAPS: &str = "Swapping";

pub(super) const EXAMPLES: &str = "\
Examples:
  grantdeck scan                                     what do the files here hold?
  grantdeck scan . --fail-on stale,unknown           for CI
  grantdeck scan --repair                            find what is stale, show one diff, ask, swap it
  grantdeck scan --repair --dry-run                  show what would be swapped
  grantdeck scan src .env --swap 7c1f0a52-1111-4222-8333-444455559e2a=google:work@acme.com --yes";
