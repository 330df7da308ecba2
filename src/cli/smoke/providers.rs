//! The table of providers with a person's own rows: `providers.toml` beside the configuration, and `--provider-file`.

use std::path::Path;

use crate::cli::arguments::SourceArguments;
use crate::cli::report::{Report, refused};
use crate::domain::Diagnosis;
use crate::domain::provider::{self, Table};
use crate::store::probes::{Overlaid, lay_over, standing_file};

/// The table. A mistake in a person's standing file costs its own row and is told; one in the file that was named for
/// this run ends it, for the row that was meant would be missing; it was told in words then.
pub(in crate::cli) fn table(
    source: &SourceArguments,
    named: Option<&Path>,
    report: &mut Report,
) -> Result<Table, Diagnosis> {
    let mut table = provider::table().clone();
    // In a demonstration nothing of the user's counts but what was named.
    let standing = standing_file(source.config.as_deref()).filter(|_| !source.demo);
    if let Some(file) = standing {
        match lay_over(&table, &file) {
            Ok(Some(laid)) => {
                print_result(&file, &laid, report);
                table = laid.table;
            }
            Ok(None) => {}
            Err(why) => report.hint(&why),
        }
    }
    let Some(file) = named else { return Ok(table) };
    let laid = match lay_over(&table, file) {
        Ok(Some(laid)) => laid,
        Ok(None) => {
            let missing = format!("--provider-file: {} does not exist", file.display());
            report.notice(&missing);
            return Err(refused("--provider-file", &missing));
        }
        Err(why) => {
            report.hint(&why);
            return Err(why);
        }
    };
    print_result(file, &laid, report);
    if laid.mistakes.is_empty() {
        return Ok(laid.table);
    }
    report.notice("nothing was sent");
    Err(refused("--provider-file", "a row has a mistake; nothing was sent"))
}

fn print_result(file: &Path, laid: &Overlaid, report: &mut Report) {
    for mistake in &laid.mistakes {
        report.notice(&format!("{}: {mistake}", file.display()));
    }
    if let Some(held) = &laid.held {
        report.notice(held);
    }
}
