//! For people: what is broken first, in groups that have one remedy; the sum at the end, where a long table leaves it on
//! the screen.

use std::io::{self, Write};

use anstyle::{AnsiColor, Style};
use unicode_width::UnicodeWidthStr;

use super::Reporting;
use crate::cli::output::table::cut;
use crate::domain::Clean;
use crate::domain::smoke::{SmokeResult, Standing, Verdict};

/// Cells of a column at most.
const PROVIDER: usize = 20;
const ACCOUNT: usize = 36;

pub(super) fn write(
    reporting: &Reporting,
    colour: bool,
    width: Option<usize>,
    out: &mut dyn Write,
) -> io::Result<()> {
    let widest = |cells: &dyn Fn(&SmokeResult) -> String, most: usize| {
        let cells = reporting.results.iter().map(|result| cells(result).width());
        cells.max().unwrap_or_default().min(most)
    };
    let (provider, account) = (widest(&provider_of, PROVIDER), widest(&account_of, ACCOUNT));
    for (verdict, remedy, results) in reporting.groups() {
        let head = format!("{} {}", verdict.sign(), verdict.word());
        let head = if colour { painted(&head, verdict) } else { head };
        writeln!(out, "{head}  {}", results.len())?;
        if verdict != Verdict::Works {
            writeln!(out, "  {remedy}")?;
        }
        for result in results {
            let cells = [
                super::head(result),
                padded(&provider_of(result), provider),
                padded(&account_of(result), account),
                format!("{:>7}", result.latency().unwrap_or_default()),
            ];
            let mut line = format!("  {}", cells.join("  "));
            if let Some(since) = reporting.since(result) {
                line.push_str("  ");
                line.push_str(&since);
            }
            if let Some(found) = result.found() {
                line.push_str("  ");
                line.push_str(Clean::line(&found).as_str());
            }
            let line = line.trim_end();
            match width {
                Some(width) => writeln!(out, "{}", cut(line, width))?,
                None => writeln!(out, "{line}")?,
            }
        }
        writeln!(out)?;
    }
    writeln!(out, "{}.", reporting.sentence())
}

fn provider_of(result: &SmokeResult) -> String {
    Clean::line(&result.provider).as_str().to_owned()
}

fn account_of(result: &SmokeResult) -> String {
    let label = result.label.as_deref().map(|label| format!("#{label}")).unwrap_or_default();
    Clean::line(&format!("{}{label}", result.account)).as_str().to_owned()
}

fn padded(text: &str, width: usize) -> String {
    let text = cut(text, width);
    let blanks = width.saturating_sub(text.width());
    format!("{text}{}", " ".repeat(blanks))
}

fn painted(text: &str, verdict: Verdict) -> String {
    let colour = match (verdict, verdict.standing()) {
        (Verdict::WorksBut, _) => AnsiColor::Yellow,
        (_, Standing::Fine) => AnsiColor::Green,
        (_, Standing::Failing) => AnsiColor::Red,
        (_, Standing::Untold) => AnsiColor::BrightBlack,
    };
    let style: Style = colour.on_default().bold();
    format!("{}{text}{}", style.render(), style.render_reset())
}
