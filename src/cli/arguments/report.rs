//! How much is told beside what was asked for.

use std::path::PathBuf;

use clap::Args;

use super::SHOWN;

/// How much is said beside what was asked for.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = SHOWN)]
pub struct ReportArguments {
    /// Show no progress and no remarks; failures, and what makes the output less than it seems, are told all the same
    #[arg(long, global = true, conflicts_with = "verbose")]
    pub quiet: bool,
    /// Tell each request and its answer on standard error, as the log has them
    #[arg(long, global = true)]
    pub verbose: bool,
    /// Add what is asked and answered to this file: methods, hosts, statuses, times, never a secret
    ///
    /// The file is its owner's alone (0600). At 1 MiB it becomes FILE.1; three old ones are kept.
    #[arg(long, global = true, value_name = "FILE")]
    pub log: Option<PathBuf>,
}
