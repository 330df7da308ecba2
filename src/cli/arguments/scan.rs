//! The arguments of `grantdeck scan`.

use std::fmt;
use std::path::PathBuf;

use clap::Args;
use clap_complete::engine::ArgValueCompleter;
use uuid::Uuid;

use super::Format;
use super::id::ConfirmArguments;
use crate::cli::completions::Words;
use crate::cli::{values, words};
use crate::domain::scan::Standing;
use crate::domain::{PartOfId, Selector};
use crate::edit::mask;

/// Find grant ids in the files of a project.
#[derive(Debug, Args)]
pub struct ScanArguments {
    /// Files and folders
    #[arg(value_name = "PATH", default_value = ".")]
    pub paths: Vec<PathBuf>,
    /// Output format [default: table on a terminal, else jsonl]
    #[arg(long, short, value_enum, value_name = "FORMAT")]
    pub output: Option<Format>,
    /// Findings that exit with 10: stale, superseded, unknown
    #[arg(
        long, value_name = "STANDING", value_delimiter = ',', value_parser = values::standing, add = ArgValueCompleter::new(Words(words::standing)),
        default_value = "stale",
    )]
    pub fail_on: Vec<Standing>,
    /// Replace this id with another grant (id or SELECTOR); both may be shortened as scan shows them;
    /// repeatable
    #[arg(long, value_name = "OLD=NEW", value_parser = values::swap, help_heading = SWAPS)]
    pub swap: Vec<(OldId, Selector)>,
    /// Replace each stale id with the live grant of its account and label, if there is exactly one
    #[arg(long, help_heading = SWAPS)]
    pub repair: bool,
    /// Exit with 0 instead of 4 if no file contains an id that --swap names
    #[arg(long, requires = "swap", help_heading = SWAPS)]
    pub allow_empty: bool,
    /// How the change is confirmed.
    #[command(flatten, next_help_heading = SWAPS)]
    pub confirm: ConfirmArguments,
}

/// The fewest digits that are taken for a part of an id, so that nothing is swapped by chance.
const DIGITS: usize = 8;

/// An id in files, named whole or by a part of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OldId {
    /// The whole id, which is then looked for by itself.
    Whole(Uuid),
    /// One of those that a scan finds.
    Part(PartOfId),
}

impl OldId {
    /// Reads `7c1f0a52-1111-4222-8333-444455559e2a`, `7c1f0a52` or `7c1f0a52-…-9e2a`.
    pub(in crate::cli) fn parse(text: &str) -> Option<Self> {
        if text.len() == 36
            && let Ok(id) = Uuid::try_parse(text)
        {
            return Some(Self::Whole(id));
        }
        PartOfId::parse(text, DIGITS).map(Self::Part)
    }

    /// The id, where it was named whole.
    pub(in crate::cli) fn whole(&self) -> Option<Uuid> {
        match self {
            Self::Whole(id) => Some(*id),
            Self::Part(_) => None,
        }
    }

    /// Whether it means this id.
    pub(in crate::cli) fn fits(&self, id: Uuid) -> bool {
        match self {
            Self::Whole(whole) => *whole == id,
            Self::Part(part) => part.fits(id),
        }
    }
}

impl fmt::Display for OldId {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Whole(id) => out.write_str(mask::id(*id).as_str()),
            Self::Part(part) => part.fmt(out),
        }
    }
}

const SWAPS: &str = "Swapping";

pub(super) const EXAMPLES: &str = "\
Examples:
  grantdeck scan                                     which ids do the files here contain?
  grantdeck scan . --fail-on stale,unknown           for CI
  grantdeck scan --repair                            replace stale ids: one diff, one question
  grantdeck scan --repair --dry-run                  show the changes only
  grantdeck scan src .env --swap 7c1f0a52=google:work@acme.com --yes";
