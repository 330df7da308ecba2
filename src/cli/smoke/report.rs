//! What a run found, in the format that was asked for: what is broken first, the same for the same findings.

mod csv;
mod json;
mod junit;
mod markdown;
mod table;

use std::fmt::Write as _;
use std::io::{self, BufWriter, Write};
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};

use crate::cli::arguments::{SmokeFormat, Verdicts};
use crate::cli::listing::terminal_width;
use crate::domain::smoke::{Change, SmokeResult, SmokeSummary, Tally, Verdict};
use crate::domain::words::{count, length};

/// Everything that reports say.
#[derive(Debug)]
pub(super) struct Reporting {
    /// In the order of reports.
    pub(super) results: Vec<Arc<SmokeResult>>,
    pub(super) tally: Tally,
    /// Grants without a verdict.
    pub(super) left: u32,
    /// From the first call to the end.
    pub(super) elapsed: std::time::Duration,
    pub(super) at: Timestamp,
    failing: Vec<Verdict>,
}

impl Reporting {
    pub(super) fn new(
        mut results: Vec<Arc<SmokeResult>>,
        summary: &SmokeSummary,
        failing: Verdicts,
        at: Timestamp,
    ) -> Self {
        results.sort_by(|one, other| one.order().cmp(&other.order()));
        let SmokeSummary { tally, left, elapsed, .. } = summary;
        Self { results, tally: tally.clone(), left: *left, elapsed: *elapsed, at, failing: failing.0 }
    }

    /// Whether this verdict fails the run.
    pub(super) fn is_failing(&self, verdict: Verdict) -> bool {
        self.failing.contains(&verdict)
    }

    /// Whether something failed the run.
    pub(super) fn fails(&self) -> bool {
        self.results.iter().any(|result| self.is_failing(result.verdict))
    }

    /// The run in one line, without a full stop.
    pub(super) fn sentence(&self) -> String {
        let mut sentence = self.tally.sentence();
        if self.left > 0 {
            // Writing to a text cannot fail, here and below.
            let _ = write!(sentence, "; {} not tested", count(self.left.into()));
        }
        let Tally { broke, healed, compared, .. } = self.tally;
        if compared > 0 {
            let changed = match (broke, healed) {
                (0, 0) => "nothing changed".to_owned(),
                (broke, 0) => format!("{broke} broke"),
                (0, healed) => format!("{healed} healed"),
                (broke, healed) => format!("{broke} broke, {healed} healed"),
            };
            let _ = write!(sentence, ". Since the last time {changed}");
        }
        sentence
    }

    /// What became of a grant since the last time, in a few words.
    pub(super) fn since(&self, result: &SmokeResult) -> Option<String> {
        let (change, before) = (result.change()?, result.before?);
        let age: SignedDuration = self.at.duration_since(before.at);
        Some(match change {
            Change::Broke => format!("broke: {} {} ago", before.verdict.word(), length(age)),
            Change::Healed => format!("healed: {} {} ago", before.verdict.word(), length(age)),
        })
    }

    /// The results in groups that have one remedy, in order.
    pub(super) fn groups(&self) -> Vec<(Verdict, &'static str, Vec<&SmokeResult>)> {
        let mut groups: Vec<(Verdict, &'static str, Vec<&SmokeResult>)> = Vec::new();
        for result in &self.results {
            let (verdict, remedy) = (result.verdict, result.remedy());
            match groups.iter_mut().find(|(known, same, _)| *known == verdict && *same == remedy) {
                Some((_, _, members)) => members.push(result),
                None => groups.push((verdict, remedy, vec![result])),
            }
        }
        groups
    }
}

/// Prints to standard output.
pub(super) fn print(
    reporting: &Reporting,
    format: SmokeFormat,
    terminal: bool,
    colour: Option<bool>,
) -> io::Result<()> {
    let able = || anstream::AutoStream::choice(&io::stdout()) != anstream::ColorChoice::Never;
    let colour = colour.unwrap_or_else(able);
    let width = terminal.then(terminal_width).flatten();
    if format == SmokeFormat::Table {
        let choice = if colour { anstream::ColorChoice::Always } else { anstream::ColorChoice::Never };
        let mut out = BufWriter::new(anstream::AutoStream::new(io::stdout(), choice));
        table::write(reporting, colour, width, &mut out)?;
        return out.flush();
    }
    let mut out = BufWriter::new(io::stdout().lock());
    write(reporting, format, terminal, width, &mut out)?;
    out.flush()
}

/// Writes a whole report. Nothing in it that a terminal would obey, where it goes to one.
pub(super) fn write(
    reporting: &Reporting,
    format: SmokeFormat,
    terminal: bool,
    width: Option<usize>,
    out: &mut dyn Write,
) -> io::Result<()> {
    match format {
        SmokeFormat::Table => table::write(reporting, false, width, out),
        SmokeFormat::Json => json::write(reporting, false, terminal, out),
        SmokeFormat::Jsonl => json::write(reporting, true, terminal, out),
        SmokeFormat::Junit => junit::write(reporting, out),
        SmokeFormat::Markdown => markdown::write(reporting, out),
        SmokeFormat::Csv => csv::write(reporting, terminal, out),
    }
}

/// The head of an id, as lists show it: whole ids are sensitive, and reports travel.
fn head(result: &SmokeResult) -> String {
    result.grant.to_string().chars().take(8).collect()
}

#[cfg(test)]
#[path = "report_tests.rs"]
mod tests;
