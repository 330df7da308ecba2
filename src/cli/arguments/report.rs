//! How much is told beside what was asked for.

use std::path::PathBuf;

use clap::Args;

use super::SHOWN;

/// How much is said beside what was asked for.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = SHOWN)]
pub struct ReportArguments {
    /// No progress or remarks; still reports failures and incomplete output
    #[arg(long, global = true, conflicts_with = "verbose")]
    pub quiet: bool,
    /// Log requests and answers to standard error
    #[arg(long, global = true)]
    pub verbose: bool,
    /// Append requests and answers to this file: methods, hosts, statuses, times, never secrets
    ///
    /// The file is private to its owner (0600). It rotates at 1 MiB; three old files are kept.
    #[arg(long, global = true, value_name = "FILE")]
    pub log: Option<PathBuf>,
}
