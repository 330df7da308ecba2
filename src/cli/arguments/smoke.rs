//! The arguments of `grantdeck smoke`.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, ValueEnum};
use clap_complete::engine::ArgValueCompleter;

use super::FilterArguments;
use crate::cli::completions::{Selectors, Words};
use crate::cli::{values, words};
use crate::domain::smoke::Verdict;
use crate::domain::{Mode, Selector};

/// Test which grants really work: one safe, read-only probe and one verdict each.
///
/// The probes are real calls that ask each provider "who am I"; they are logged, and end users may see them with their
/// reason. What the list already says (revoked, expired, held for approval) needs no call. A quarter of the rate budget
/// is left to others. Without selectors and filters, all grants are tested.
///
/// Failures come first, with their fix; progress goes to standard error. Ctrl-C prints the results so
/// far, and --resume continues. The exit code is 10 if a grant failed.
#[derive(Debug, Args)]
pub struct SmokeArguments {
    /// Grants: id, at least four digits of it, or provider[:account][#label]
    #[arg(value_name = "SELECTOR", add = ArgValueCompleter::new(Selectors))]
    pub selectors: Vec<Selector>,
    /// Which ones.
    #[command(flatten)]
    pub filters: FilterArguments,
    /// Only grants that failed in the last run on this machine
    #[arg(long, help_heading = super::FILTERS)]
    pub only_failed: bool,
    /// Exit with 0 instead of 4 if no grant matches
    #[arg(long, help_heading = super::FILTERS)]
    pub allow_empty: bool,
    /// Test at most this many grants
    #[arg(long, value_name = "N", value_parser = values::limit, help_heading = super::AMOUNT)]
    pub limit: Option<u64>,
    /// Concurrent calls, 1 to 64
    #[arg(
        long, value_name = "N", default_value_t = 8, help_heading = super::AMOUNT,
        value_parser = clap::value_parser!(u8).range(1..=64),
    )]
    pub concurrency: u8,
    /// Timeout for each probe [default: 30s]
    #[arg(long, value_name = "TIME", value_parser = values::duration)]
    pub timeout: Option<Duration>,
    /// Who calls the provider: Alter (proxy), or this machine with a credential per call (retrieve)
    #[arg(long, value_name = "MODE", value_parser = values::mode, add = ArgValueCompleter::new(Words(words::mode)), default_value = "proxy", hide_default_value = true)]
    pub mode: Mode,
    /// Add or override providers and probes from this file
    #[arg(long, value_name = "FILE")]
    pub provider_file: Option<PathBuf>,
    /// Resume the last run if it was interrupted less than a day ago
    #[arg(long)]
    pub resume: bool,
    /// Do not ask before sending many calls
    #[arg(long)]
    pub yes: bool,
    /// Verdicts that exit with 10, comma-separated [default: all failures]
    #[arg(long, value_name = "VERDICT", value_delimiter = ',', value_parser = values::verdict, add = ArgValueCompleter::new(Words(words::verdict)), help_heading = super::SHOWN)]
    pub fail_on: Vec<Verdict>,
    /// Output format [default: table on a terminal, else jsonl]
    #[arg(long, short, value_enum, value_name = "FORMAT", help_heading = super::SHOWN)]
    pub output: Option<SmokeFormat>,
    /// Also write a report to this file; format by extension: .xml (JUnit), .md, .json, .jsonl, .csv, .txt
    #[arg(long, value_name = "FILE", value_parser = ReportFile::parse, help_heading = super::SHOWN)]
    pub report: Option<ReportFile>,
    /// Overwrite an existing report
    #[arg(long, requires = "report", help_heading = super::SHOWN)]
    pub force: bool,
}

/// The verdicts that fail a run.
#[derive(Clone, Debug)]
pub struct Verdicts(pub Vec<Verdict>);

impl SmokeArguments {
    /// The verdicts that fail the run.
    pub(in crate::cli) fn failing(&self) -> Verdicts {
        if self.fail_on.is_empty() {
            Verdicts(Verdict::failing().collect())
        } else {
            Verdicts(self.fail_on.clone())
        }
    }
}

/// Formats of a smoke test.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum SmokeFormat {
    /// For people, what is broken first
    Table,
    /// One array
    Json,
    /// One object per line
    Jsonl,
    /// XML for CI
    Junit,
    /// For issues and chats
    Markdown,
    /// For spreadsheets
    Csv,
}

/// A file, and the format that its ending asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReportFile {
    /// Where.
    pub path: PathBuf,
    /// How.
    pub format: SmokeFormat,
}

impl ReportFile {
    fn parse(text: &str) -> Result<Self, String> {
        let path = PathBuf::from(text);
        let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or_default();
        let format = match ending.to_ascii_lowercase().as_str() {
            "xml" => SmokeFormat::Junit,
            "md" | "markdown" => SmokeFormat::Markdown,
            "json" => SmokeFormat::Json,
            "jsonl" | "ndjson" => SmokeFormat::Jsonl,
            "csv" => SmokeFormat::Csv,
            "txt" => SmokeFormat::Table,
            _ => return Err("the name must end in .xml, .md, .json, .jsonl, .csv or .txt".to_owned()),
        };
        Ok(Self { path, format })
    }
}

pub(super) const EXAMPLES: &str = "\
Examples:
  grantdeck smoke --demo                                     try it without any setup
  grantdeck smoke github:octo-acme                           one grant
  grantdeck smoke --provider google --health ok              do the healthy ones really work?
  grantdeck smoke --only-failed                              retest the failures of the last run
  grantdeck smoke --report smoke.xml --force --fail-on needs_reconnect     for CI";
