//! A person's own rows for the table of providers: `providers.toml` beside the configuration.

use std::fs;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use super::paths::{config_file, process_environment};
use crate::domain::provider::merge::{Merged, merge};
use crate::domain::provider::{Table, table};
use crate::domain::{Code, Diagnosis, Retry, Who};

/// Larger files are no tables, in bytes.
const LARGEST: u64 = 1 << 20;

/// Where a person's standing rows are; `option` is the value of `--config`. None where no folder is known.
pub fn standing_file(option: Option<&Path>) -> Option<PathBuf> {
    let place = config_file(option, &process_environment).ok().flatten()?;
    Some(place.file.with_file_name("providers.toml"))
}

/// The text of such a file.
///
/// # Errors
/// It cannot be read, is no text, or is larger than 1 MiB.
pub fn read(file: &Path) -> io::Result<String> {
    let mut text = String::new();
    let size = fs::File::open(file)?.take(LARGEST + 1).read_to_string(&mut text)?;
    if size as u64 > LARGEST {
        return Err(io::Error::other("is larger than 1 MiB"));
    }
    Ok(text)
}

/// The built-in table with the standing rows on top. A mistake costs its own row, and is told; that there is no such
/// file is none.
pub fn standing(option: Option<&Path>) -> (Table, Vec<Diagnosis>) {
    let builtin = || table().clone();
    let Some(file) = standing_file(option) else { return (builtin(), Vec::new()) };
    let told = |problem: &str| {
        Diagnosis::new(Code::ConfigMalformed, Who::You, Retry::AfterRemedy)
            .fact("file", &file.display().to_string())
            .fact("problem", problem)
    };
    match read(&file) {
        Ok(text) => {
            let Merged { table, mistakes } = merge(table(), &text);
            (table, mistakes.iter().map(|mistake| told(&mistake.to_string())).collect())
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => (builtin(), Vec::new()),
        Err(error) => (builtin(), vec![told(&format!("it was not read: {error}"))]),
    }
}
