//! What a scan found, for people and for programs.

use std::fmt::Write as _;
use std::io::{self, Write};
use std::path::Path;

use serde_json::{Value, json};
use unicode_width::UnicodeWidthStr;

use super::shown;
use super::swapping::Swapped;
use crate::cli::arguments::Format;
use crate::cli::listing::terminal_width;
use crate::cli::output::{csv, json as raw, table};
use crate::domain::Clean;
use crate::domain::scan::{Finding, Known, Obstacle, Standing};
use crate::edit::mask;

/// Columns of CSV.
const COLUMNS: [&str; 15] = [
    "path",
    "line",
    "column",
    "standing",
    "grant_id",
    "name",
    "provider",
    "account",
    "label",
    "health",
    "replacement",
    "replacements",
    "obstacle",
    "swapped_for",
    "context",
];

/// The format that is meant: lines for people on a terminal.
pub(super) fn format(asked: Option<Format>, terminal: bool) -> Format {
    asked.unwrap_or(if terminal { Format::Table } else { Format::Jsonl })
}

/// Prints all findings, in order, with what became of them.
pub(super) fn print(
    findings: &[Finding],
    swapped: &Swapped,
    error: Option<&Value>,
    format: Format,
    terminal: bool,
) -> io::Result<()> {
    let mut out = io::BufWriter::new(io::stdout().lock());
    match format {
        Format::Table => {
            let width = terminal.then(terminal_width).flatten().unwrap_or(usize::MAX);
            out.write_all(lines(findings, width).as_bytes())?;
        }
        Format::Jsonl => {
            for finding in findings {
                writeln!(out, "{}", object(finding, swapped, terminal))?;
            }
            if let Some(error) = error {
                out.write_all(last_line(error, false, terminal).as_bytes())?;
            }
        }
        Format::Json => {
            let objects: Vec<String> =
                findings.iter().map(|finding| object(finding, swapped, terminal)).collect();
            let begun = !objects.is_empty();
            write!(out, "{}{}", if begun { "[\n" } else { "" }, objects.join(",\n"))?;
            match error {
                Some(error) => out.write_all(last_line(error, begun, terminal).as_bytes())?,
                None => out.write_all(if begun { b"\n]\n" } else { b"[]\n" })?,
            }
        }
        Format::Csv => {
            let mut writer = ::csv::Writer::from_writer(&mut out);
            writer.write_record(COLUMNS).map_err(csv::broken)?;
            for finding in findings {
                let fields = fields(finding, swapped);
                let cells = COLUMNS.map(|column| {
                    let text = match &fields[column] {
                        Value::Null => String::new(),
                        Value::String(text) => text.clone(),
                        Value::Array(ids) => {
                            ids.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(" ")
                        }
                        other => other.to_string(),
                    };
                    let text = if terminal { Clean::line(&text).to_string() } else { text };
                    csv::defused(text.into()).into_owned()
                });
                writer.write_record(&cells).map_err(csv::broken)?;
            }
            writer.flush()?;
            drop(writer);
            if let Some(error) = error {
                writeln!(out, "{}", csv::last_record(error, COLUMNS.len()))?;
            }
        }
    }
    out.flush()
}

fn last_line(error: &Value, in_array: bool, terminal: bool) -> String {
    let mut line = String::new();
    raw::broken_off(&mut line, error, in_array, terminal);
    line
}

/// A file's name, and a line for each id in it.
fn lines(findings: &[Finding], width: usize) -> String {
    let mut out = String::new();
    let mut file: Option<&Path> = None;
    let places: Vec<String> =
        findings.iter().map(|finding| format!("{}:{}", finding.line, finding.column)).collect();
    let widest = places.iter().map(String::len).max().unwrap_or_default();
    for (finding, place) in findings.iter().zip(&places) {
        if file != Some(&finding.path) {
            file = Some(&finding.path);
            // Writing to a text cannot fail.
            let _ = writeln!(out, "{}", Clean::line(&shown(&finding.path)));
        }
        let standing = finding.standing;
        let line = format!(
            "  {place:>widest$}  {} {:<10}  {}  {}",
            standing.sign(),
            standing.name(),
            mask::id(finding.id),
            words(finding)
        );
        let line = Clean::line(&line);
        let shown = if line.as_str().width() > width {
            table::cut(line.as_str(), width)
        } else {
            line.as_str().into()
        };
        let _ = writeln!(out, "{}", shown.trim_end());
    }
    out
}

/// Whose it is, and what is to be known of it.
fn words(finding: &Finding) -> String {
    let Some(known) = &finding.known else {
        return finding.name.as_ref().map(|name| format!("under {name}")).unwrap_or_default();
    };
    let label = known.label.as_deref().map(|label| format!(" #{label}")).unwrap_or_default();
    let account = if known.account.is_empty() { String::new() } else { format!(" · {}", known.account) };
    let instead = match (finding.standing, known.replacements.as_slice()) {
        (Standing::Stale | Standing::Superseded, []) => {
            let why = known.obstacle.map(|why| format!(": {}", why.words())).unwrap_or_default();
            format!(", no replacement{why}")
        }
        (Standing::Stale | Standing::Superseded, [one]) if known.successor.is_some() => {
            format!(", now {}", mask::id(one.0))
        }
        (Standing::Stale | Standing::Superseded, [one]) => {
            let caveat = known.obstacle.map(|why| format!(", but {}", why.words())).unwrap_or_default();
            format!(", {} could replace it{caveat}", mask::id(one.0))
        }
        (Standing::Stale | Standing::Superseded, several) => {
            format!(", {} could replace it", several.len())
        }
        _ => String::new(),
    };
    format!("{}{account}{label}  {}{instead}", known.provider, known.health.word())
}

fn fields(finding: &Finding, swapped: &Swapped) -> Value {
    let known = finding.known.as_ref();
    let new = swapped.done.get(&(finding.path.clone(), finding.id));
    let replacements = known.map_or(&[][..], |known| &known.replacements);
    json!({
        "path": shown(&finding.path),
        "line": finding.line,
        "column": finding.column,
        "standing": finding.standing.name(),
        "grant_id": finding.id.to_string(),
        "name": finding.name.as_ref().map(Clean::as_str),
        "provider": known.map(|known| &*known.provider),
        "account": known.map(|known| &*known.account).filter(|account| !account.is_empty()),
        "label": known.and_then(|known| known.label.as_deref()),
        "health": known.map(|known| known.health.name()),
        "replacement": known.and_then(Known::replacement).map(|id| id.to_string()),
        "replacements": replacements.iter().map(ToString::to_string).collect::<Vec<_>>(),
        "obstacle": known.and_then(|known| known.obstacle).map(Obstacle::name),
        "swapped_for": new.map(ToString::to_string),
        "context": finding.context.as_str(),
    })
}

fn object(finding: &Finding, swapped: &Swapped, terminal: bool) -> String {
    let mut out = String::new();
    raw::raw(&mut out, &fields(finding, swapped).to_string(), terminal);
    out
}
