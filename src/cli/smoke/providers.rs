//! The table of providers with a person's own rows: `providers.toml` beside the configuration, and `--provider-file`.

use std::fs;
use std::io::{self, Read as _};
use std::path::Path;

use crate::cli::arguments::SourceArguments;
use crate::cli::exit::Exit;
use crate::cli::report::Report;
use crate::domain::provider::merge::merge;
use crate::domain::provider::{self, Table};
use crate::store::paths::{config_file, process_environment};

/// Larger files are no tables.
const LARGEST: u64 = 1 << 20;

/// The table. A mistake in a person's standing file costs its own row and is told; one in the file that was named for
/// this run ends it, for the row that was meant would be missing.
pub(super) fn table(
    source: &SourceArguments,
    named: Option<&Path>,
    report: &mut Report,
) -> Result<Table, Exit> {
    let mut table = provider::table().clone();
    // In a demonstration nothing of the user's counts but what was named.
    let standing = config_file(source.config.as_deref(), &process_environment).ok().flatten();
    let standing = standing.filter(|_| !source.demo).map(|place| place.file.with_file_name("providers.toml"));
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

fn read(file: &Path) -> io::Result<String> {
    let mut text = String::new();
    let size = fs::File::open(file)?.take(LARGEST + 1).read_to_string(&mut text)?;
    if size as u64 > LARGEST {
        return Err(io::Error::other("is larger than 1 MiB"));
    }
    Ok(text)
}
