//! JSON and JSON Lines.

use std::io::{self, Write};

use serde_json::{Value, json};

use super::Reporting;
use crate::cli::output::json::{broken_off, raw};
use crate::domain::Code;
use crate::domain::smoke::{Change, SmokeResult};

/// One array, or one object per line; of a run that is not whole the error is the last line.
pub(super) fn write(
    reporting: &Reporting,
    lines: bool,
    terminal: bool,
    out: &mut dyn Write,
) -> io::Result<()> {
    let mut line = String::new();
    for (place, result) in reporting.all().enumerate() {
        line.clear();
        if !lines {
            line.push_str(if place == 0 { "[\n" } else { ",\n" });
        }
        raw(&mut line, &object(result).to_string(), terminal);
        if lines {
            line.push('\n');
        }
        out.write_all(line.as_bytes())?;
    }
    let begun = reporting.all().next().is_some();
    if let Some(error) = &reporting.error {
        line.clear();
        broken_off(&mut line, error, !lines && begun, terminal);
        out.write_all(line.as_bytes())?;
    } else if !lines {
        out.write_all(if begun { b"\n]\n" } else { b"[]\n" })?;
    }
    Ok(())
}

fn object(result: &SmokeResult) -> Value {
    let change = result.change().map(|change| match change {
        Change::Broke => "broke",
        Change::Healed => "healed",
    });
    json!({
        "grant_id": result.grant.to_string(),
        "provider": result.provider,
        "account": result.account,
        "label": result.label,
        "verdict": result.verdict.name(),
        "reason": result.reason(),
        "remedy": result.remedy(),
        "code": result.code.map(Code::name),
        "provider_status": result.provider_status,
        "latency_ms": result.latency_ms,
        "attempts": result.attempts,
        "at": result.at.to_string(),
        "resumed": result.resumed,
        "change": change,
        "before": result.before.map(|before| json!({ "verdict": before.verdict.name(), "at": before.at.to_string() })),
    })
}
