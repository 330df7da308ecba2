//! What a run found, in the format that was asked for: what is broken first, the same for the same findings.

mod csv;
mod json;
mod junit;
mod markdown;
mod table;

use std::borrow::Cow;
use std::collections::HashSet;
use std::fmt::Write as _;
use std::io::{self, BufWriter, Write};
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use crate::cli::arguments::{SmokeFormat, Verdicts};
use crate::cli::listing::terminal_width;
use crate::domain::smoke::{Change, SmokeResult, SmokeSummary, Tally, Verdict, left_words};
use crate::domain::words::{count, length};
use crate::domain::{Clean, Grant, GrantId};

/// Everything that reports say.
#[derive(Debug)]
pub(super) struct Reporting {
    /// In the order of reports.
    pub(super) results: Vec<Arc<SmokeResult>>,
    pub(super) tally: Tally,
    /// Grants without a verdict, those whose id cannot be read among them.
    pub(super) left: u32,
    /// Rows whose id cannot be read.
    pub(super) unreadable: u32,
    /// The same one by one, each as skipped, and why.
    pub(super) untested: Vec<SmokeResult>,
    /// Why the run did not come to its end, in a sentence without its full stop.
    pub(super) aborted: Option<String>,
    /// From the first call to the end.
    pub(super) elapsed: std::time::Duration,
    pub(super) at: Timestamp,
    failing: Vec<Verdict>,
    /// Why the run is not whole, as an object.
    error: Option<Value>,
}

impl Reporting {
    /// `grants` are those that were to be tested.
    pub(super) fn new(
        mut results: Vec<Arc<SmokeResult>>,
        grants: &[Grant],
        summary: &SmokeSummary,
        failing: Verdicts,
        at: Timestamp,
    ) -> Self {
        results.sort_by(|one, other| one.order().cmp(&other.order()));
        let SmokeSummary { tally, left, unreadable, elapsed, .. } = summary;
        let aborted = aborted(summary);
        let untested = aborted.as_deref().map(|why| untested(&results, grants, why, summary, at));
        let untested = untested.unwrap_or_default();
        let (tally, failing) = (tally.clone(), failing.0);
        let (left, unreadable, elapsed) = (left + unreadable, *unreadable, *elapsed);
        Self { results, tally, left, unreadable, untested, aborted, elapsed, at, failing, error: None }
    }

    /// Every grant of the run: those with a verdict, and those that the run did not come to.
    pub(super) fn all(&self) -> impl Iterator<Item = &SmokeResult> {
        self.results.iter().map(|result| &**result).chain(&self.untested)
    }

    /// The same of a run that is not whole, with the reason as an object.
    pub(super) fn broken_off(self, error: Option<Value>) -> Self {
        Self { error, ..self }
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
        if let Some(left) = left_words(self.left - self.unreadable, self.unreadable) {
            // Writing to a text cannot fail, here and below.
            let _ = write!(sentence, "; {left}");
        }
        let Tally { broke, healed, compared, .. } = self.tally;
        if compared > 0 {
            let changed = match (broke, healed) {
                (0, 0) => "nothing changed".to_owned(),
                (broke, 0) => format!("{broke} broke"),
                (0, healed) => format!("{healed} healed"),
                (broke, healed) => format!("{broke} broke, {healed} healed"),
            };
            let _ = write!(sentence, ". Since the last run {changed}");
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
    pub(super) fn groups(&self) -> Vec<(Verdict, Cow<'static, str>, Vec<&SmokeResult>)> {
        let mut groups: Vec<(Verdict, Cow<'static, str>, Vec<&SmokeResult>)> = Vec::new();
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

/// Why a run did not come to its end.
fn aborted(summary: &SmokeSummary) -> Option<String> {
    if let Some(why) = &summary.stopped {
        let headline = why.headline().trim_end_matches('.');
        return Some(format!("the run was aborted: {headline}"));
    }
    if summary.cancelled || summary.left > 0 {
        return Some("the run was interrupted".to_owned());
    }
    (summary.unreadable > 0).then(|| match summary.unreadable {
        1 => "the list has a row with an unreadable id".to_owned(),
        rows => format!("the list has {} rows with unreadable ids", count(rows.into())),
    })
}

/// Those that a run did not come to, in the order of reports.
fn untested(
    results: &[Arc<SmokeResult>],
    grants: &[Grant],
    why: &str,
    summary: &SmokeSummary,
    at: Timestamp,
) -> Vec<SmokeResult> {
    let mut known: HashSet<GrantId> = results.iter().map(|result| result.grant).collect();
    let why = Clean::line(&format!("not tested: {why}"));
    let code = summary.stopped.as_ref().map(|why| why.code);
    let left = grants.iter().filter_map(|grant| {
        let id = grant.row.grant().filter(|id| known.insert(*id))?;
        let why = Some(why.clone());
        Some(SmokeResult { why, code, ..SmokeResult::blank(grant, id, Verdict::Skipped, at) })
    });
    let mut left: Vec<SmokeResult> = left.collect();
    left.sort_by(|one, other| one.order().cmp(&other.order()));
    left
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
