//! The user's own rows for the table of providers: `providers.toml` beside the configuration, or a named file.

use std::path::{Path, PathBuf};

use super::paths::{self, Text, config_file, process_environment};
use crate::domain::provider::merge::{Merged, Mistake, merge};
use crate::domain::provider::{Table, table};
use crate::domain::{Code, Diagnosis, Retry, Who};

/// Locates `providers.toml`; `option` is the value of `--config`. `None` if there is no configuration folder.
pub fn standing_file(option: Option<&Path>) -> Option<PathBuf> {
    let place = config_file(option, &process_environment).ok().flatten()?;
    Some(place.file.with_file_name("providers.toml"))
}

/// A table with the rows of a file added.
#[derive(Debug)]
pub struct Overlaid {
    /// The table.
    pub table: Table,
    /// Mistakes in the file's other rows.
    pub mistakes: Vec<Mistake>,
    /// Which of its probes are not sent, and why: a sentence without its full stop.
    pub held: Option<String>,
}

/// Adds the rows of a file to a table; `None` if the file does not exist.
///
/// # Errors
/// If the file cannot be read, is not a regular UTF-8 file, or is larger than 1 MiB.
pub fn lay_over(base: &Table, file: &Path) -> Result<Option<Overlaid>, Diagnosis> {
    let Some(Text { text, .. }) = paths::read(file)? else { return Ok(None) };
    let Merged { table, mistakes, held } = merge(base, &text);
    let held = (!held.is_empty()).then(|| {
        let file = file.display();
        format!(
            "{file} changes the URL or method of these probes, which are not GET and therefore not sent: {}",
            held.join(", ")
        )
    });
    Ok(Some(Overlaid { table, mistakes, held }))
}

/// The built-in table with the user's rows; `None` without a file. A mistake affects only its own row, and is reported.
pub fn standing(option: Option<&Path>) -> (Option<Table>, Vec<Diagnosis>) {
    // The built-in table is parsed on first use, which takes milliseconds.
    let Some(file) = standing_file(option).filter(|file| file.try_exists().unwrap_or(true)) else {
        return (None, Vec::new());
    };
    let reported = |problem: &str| {
        Diagnosis::new(Code::ConfigMalformed, Who::You, Retry::AfterRemedy)
            .fact("file", &file.display().to_string())
            .fact("problem", problem)
    };
    match lay_over(table(), &file) {
        Ok(Some(Overlaid { table, mistakes, held })) => {
            let mistakes = mistakes.iter().map(|mistake| reported(&mistake.to_string()));
            (Some(table), mistakes.chain(held.map(|held| reported(&held))).collect())
        }
        Ok(None) => (None, Vec::new()),
        Err(why) => (None, vec![why]),
    }
}

#[cfg(unix)]
#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn only_the_built_in_table_vouches_for_what_is_no_get() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("providers.toml");
        let rows = "[ours]\nname = \"Ours\"\nbase = \"https://ours.acme.example\"\nprobe = { path = \"/me\" }\n\
            [linear]\nname = \"Our Linear\"\n\
            [monday]\nbase = \"https://monday.acme.example\"\n";
        fs::write(&file, rows).unwrap();
        let Overlaid { table, mistakes, held } = lay_over(table(), &file).unwrap().unwrap();
        assert_eq!(mistakes, []);
        // linear's probe is as built in; monday's goes to another URL.
        assert_eq!(["ours", "linear", "monday"].map(|id| table[id].probe.is_some()), [true, true, false]);
        let held = held.unwrap();
        assert!(held.starts_with(&*file.to_string_lossy()) && held.ends_with("not sent: monday"), "{held}");
    }

    #[test]
    fn what_is_no_file_is_not_waited_for() {
        let folder = tempfile::tempdir().unwrap();
        let config = folder.path().join("config.toml");
        assert_eq!(standing(Some(&config)).1, [], "that there is none is no mistake");
        let pipe = folder.path().join("providers.toml");
        rustix::fs::mkfifoat(rustix::fs::CWD, &pipe, rustix::fs::Mode::RWXU).unwrap();
        let (rows, reported) = standing(Some(&config));
        assert!(rows.is_none(), "the built-in table stays");
        assert!(reported[0].facts[1].1.as_str().contains("is not a file"), "{reported:?}");
    }
}
