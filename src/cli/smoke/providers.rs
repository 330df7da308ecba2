//! The table of providers with a person's own rows: `providers.toml` beside the configuration, and `--provider-file`.

use std::io;
use std::path::Path;

use crate::cli::arguments::SourceArguments;
use crate::cli::exit::Exit;
use crate::cli::report::Report;
use crate::domain::provider::merge::merge;
use crate::domain::provider::{self, Table};
use crate::store::probes::{read, standing_file};

/// The table. A mistake in a person's standing file costs its own row and is told; one in the file that was named for
/// this run ends it, for the row that was meant would be missing.
pub(super) fn table(
    source: &SourceArguments,
    named: Option<&Path>,
    report: &mut Report,
) -> Result<Table, Exit> {
    let mut table = provider::table().clone();
    // In a demonstration nothing of the user's counts but what was named.
    let standing = standing_file(source.config.as_deref()).filter(|_| !source.demo);
    if let Some(file) = standing {
        match read(&file) {
            Ok(text) => {
                let merged = merge(&table, &text);
                tell(&file, &merged.mistakes, report);
                table = merged.table;
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => report.notice(&format!("{} was not read: {error}", file.display())),
        }
    }
    let Some(file) = named else { return Ok(table) };
    let text = read(file).map_err(|error| {
        report.notice(&format!("--provider-file: {}: {error}", file.display()));
        Exit::Usage
    })?;
    let merged = merge(&table, &text);
    if merged.mistakes.is_empty() {
        return Ok(merged.table);
    }
    tell(file, &merged.mistakes, report);
    report.notice("nothing was sent");
    Err(Exit::Usage)
}

fn tell(file: &Path, mistakes: &[provider::merge::Mistake], report: &mut Report) {
    for mistake in mistakes {
        report.notice(&format!("{}: {mistake}", file.display()));
    }
}
