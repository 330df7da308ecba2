//! CSV that is safe to open in a spreadsheet.

use std::borrow::Cow;
use std::io::{self, Write};

use super::Reporting;
use crate::cli::output::csv::{broken, defused, last_record};
use crate::domain::Clean;

const HEAD: [&str; 11] = [
    "grant_id",
    "provider",
    "account",
    "label",
    "verdict",
    "reason",
    "remedy",
    "provider_status",
    "latency_ms",
    "at",
    "before",
];

pub(super) fn write(reporting: &Reporting, terminal: bool, out: &mut dyn Write) -> io::Result<()> {
    let mut table = ::csv::Writer::from_writer(&mut *out);
    table.write_record(HEAD).map_err(broken)?;
    for result in reporting.all() {
        let number = |number: Option<u64>| number.map(|number| number.to_string()).unwrap_or_default();
        let cells = [
            result.grant.to_string(),
            result.provider.to_string(),
            result.account.to_string(),
            result.label.as_deref().unwrap_or_default().to_owned(),
            result.verdict.name().to_owned(),
            result.reason(),
            result.remedy().into_owned(),
            number(result.provider_status.map(u64::from)),
            number(result.latency_ms),
            result.at.to_string(),
            result.before.map(|before| before.verdict.name()).unwrap_or_default().to_owned(),
        ];
        for cell in cells {
            let cell: Cow<'_, str> =
                if terminal { Clean::line(&cell).as_str().to_owned().into() } else { cell.into() };
            table.write_field(defused(cell).as_bytes()).map_err(broken)?;
        }
        table.write_record(None::<&[u8]>).map_err(broken)?;
    }
    table.flush()?;
    if let Some(error) = &reporting.error {
        drop(table);
        writeln!(out, "{}", last_record(error, HEAD.len()))?;
    }
    Ok(())
}
