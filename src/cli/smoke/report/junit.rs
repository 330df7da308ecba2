//! JUnit XML, as CI systems read it: a suite for each provider, a case for each grant.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::{self, Write};

use super::{Reporting, head};
use crate::domain::Clean;
use crate::domain::smoke::{SmokeResult, Standing};

/// What a case counts as.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Passed,
    Failed,
    Skipped,
}

#[derive(Default)]
struct Counts {
    tests: usize,
    failures: usize,
    errors: usize,
    skipped: usize,
    millis: u64,
}

pub(super) fn write(reporting: &Reporting, out: &mut dyn Write) -> io::Result<()> {
    let mut suites: BTreeMap<&str, Vec<&SmokeResult>> = BTreeMap::new();
    for result in reporting.all() {
        suites.entry(&result.provider).or_default().push(result);
    }
    let mut all = counts(reporting, reporting.all());
    // A run that did not come to its end is an error, so that it is never taken for one that found nothing.
    let aborted = usize::from(reporting.aborted.is_some());
    (all.tests, all.errors) = (all.tests + aborted, all.errors + aborted);
    let mut text = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    // Writing to a text cannot fail, here and below.
    let _ = writeln!(
        text,
        "<testsuites name=\"grantdeck smoke\" {} time=\"{}.{:03}\">",
        attributes(&all),
        reporting.elapsed.as_secs(),
        reporting.elapsed.subsec_millis()
    );
    if let Some(why) = &reporting.aborted {
        let counts = Counts { tests: 1, errors: 1, ..Counts::default() };
        run(reporting, &counts, why, &mut text);
    }
    for (provider, results) in suites {
        let counts = counts(reporting, results.iter().copied());
        let (name, time) = (escaped(provider), seconds(counts.millis));
        let at = reporting.at.strftime("%Y-%m-%dT%H:%M:%S");
        let _ = writeln!(
            text,
            "  <testsuite name=\"{name}\" {} time=\"{time}\" timestamp=\"{at}\">",
            attributes(&counts)
        );
        for result in results {
            case(reporting, result, &mut text);
        }
        text.push_str("  </testsuite>\n");
    }
    text.push_str("</testsuites>\n");
    out.write_all(text.as_bytes())
}

/// The run itself as a case, where it did not come to its end.
fn run(reporting: &Reporting, counts: &Counts, why: &str, text: &mut String) {
    let (attributes, at) = (attributes(counts), reporting.at.strftime("%Y-%m-%dT%H:%M:%S"));
    let left = match reporting.left {
        1 => "1 grant was not tested".to_owned(),
        left => format!("{left} grants were not tested"),
    };
    let _ = writeln!(
        text,
        "  <testsuite name=\"run\" {attributes} time=\"0.000\" timestamp=\"{at}\">\n    \
         <testcase classname=\"run\" name=\"the whole run\" time=\"0.000\">\
         <error type=\"aborted\" message=\"{}\">{left}</error></testcase>\n  </testsuite>",
        escaped(why)
    );
}

fn case(reporting: &Reporting, result: &SmokeResult, text: &mut String) {
    let label = result.label.as_deref().map(|label| format!("#{label}")).unwrap_or_default();
    // The head of the id makes the name the grant's own, also where two have the same account.
    let name = format!("{}{label} {}", result.account, head(result));
    let (provider, name) = (escaped(&result.provider), escaped(name.trim()));
    let time = seconds(result.latency_ms.unwrap_or_default());
    let _ = write!(text, "    <testcase classname=\"{provider}\" name=\"{name}\" time=\"{time}\">");
    let (verdict, reason) = (result.verdict.name(), escaped(&result.reason()));
    match kind(reporting, result) {
        Kind::Passed => {}
        Kind::Failed => {
            let remedy = escaped(&result.remedy());
            let _ = write!(text, "<failure type=\"{verdict}\" message=\"{reason}\">{remedy}</failure>");
        }
        Kind::Skipped => {
            let _ = write!(text, "<skipped message=\"{verdict}: {reason}\"/>");
        }
    }
    let mut said = format!("verdict: {verdict}");
    if let Some(more) = result.remark() {
        let _ = write!(said, "\n{more}");
    }
    if let Some(since) = reporting.since(result) {
        let _ = write!(said, "\n{since}");
    }
    let _ = writeln!(text, "<system-out>{}</system-out></testcase>", escaped_lines(&said));
}

fn kind(reporting: &Reporting, result: &SmokeResult) -> Kind {
    if reporting.is_failing(result.verdict) {
        Kind::Failed
    } else if result.verdict.standing() == Standing::Fine {
        Kind::Passed
    } else {
        Kind::Skipped
    }
}

fn counts<'a>(reporting: &Reporting, results: impl Iterator<Item = &'a SmokeResult>) -> Counts {
    let mut counts = Counts::default();
    for result in results {
        let kind = kind(reporting, result);
        counts.tests += 1;
        counts.failures += usize::from(kind == Kind::Failed);
        counts.skipped += usize::from(kind == Kind::Skipped);
        counts.millis += result.latency_ms.unwrap_or_default();
    }
    counts
}

fn attributes(counts: &Counts) -> String {
    let Counts { tests, failures, errors, skipped, .. } = counts;
    format!("tests=\"{tests}\" failures=\"{failures}\" errors=\"{errors}\" skipped=\"{skipped}\"")
}

fn seconds(millis: u64) -> String {
    format!("{}.{:03}", millis / 1_000, millis % 1_000)
}

/// One line of text for an attribute or an element.
fn escaped(text: &str) -> String {
    escaped_lines(Clean::line(text).as_str())
}

/// The same for text of our own, whose line breaks stay.
fn escaped_lines(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&apos;"),
            // XML 1.0 has no way to write these at all.
            '\u{fffe}' | '\u{ffff}' => out.push('\u{fffd}'),
            '\0'..'\u{20}' if character != '\n' => out.push('\u{fffd}'),
            _ => out.push(character),
        }
    }
    out
}
