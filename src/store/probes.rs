//! A person's own rows for the table of providers: `providers.toml` beside the configuration, or a file that is named.

use std::path::{Path, PathBuf};

use super::paths::{self, Text, config_file, process_environment};
use crate::domain::provider::merge::{Merged, Mistake, merge};
use crate::domain::provider::{Table, table};
use crate::domain::{Code, Diagnosis, Retry, Who};

/// Where a person's standing rows are; `option` is the value of `--config`. None where no folder is known.
pub fn standing_file(option: Option<&Path>) -> Option<PathBuf> {
    let place = config_file(option, &process_environment).ok().flatten()?;
    Some(place.file.with_file_name("providers.toml"))
}

/// A table with the rows of a file on top.
#[derive(Debug)]
pub struct Laid {
    /// The table.
    pub table: Table,
    /// What is wrong with other rows of the file.
    pub mistakes: Vec<Mistake>,
    /// Which of its probes are not sent, and why: a sentence without its full stop.
    pub held: Option<String>,
}

/// Lays the rows of a file over a table; None where there is no such file.
///
/// # Errors
/// It cannot be read, is no file or no text, or is larger than 1 MiB.
pub fn lay_over(base: &Table, file: &Path) -> Result<Option<Laid>, Diagnosis> {
    let Some(Text { text, .. }) = paths::read(file)? else { return Ok(None) };
    let Merged { table, mistakes, held } = merge(base, &text);
    let held = (!held.is_empty()).then(|| {
        let file = file.display();
        format!(
            "{file} changes the URL or method of these probes, which are not GET and therefore not sent: {}",
            held.join(", ")
        )
    });
    Ok(Some(Laid { table, mistakes, held }))
}

/// The built-in table with the standing rows on top; None where there are none. A mistake costs its own row, and is told;
/// that there is no such file is none.
pub fn standing(option: Option<&Path>) -> (Option<Table>, Vec<Diagnosis>) {
    // The built-in table is read once somebody asks for it, which costs milliseconds.
    let Some(file) = standing_file(option).filter(|file| file.try_exists().unwrap_or(true)) else {
        return (None, Vec::new());
    };
    let reported = |problem: &str| {
        Diagnosis::new(Code::ConfigMalformed, Who::You, Retry::AfterRemedy)
            .fact("file", &file.display().to_string())
            .fact("problem", problem)
    };
    match lay_over(table(), &file) {
        Ok(Some(Laid { table, mistakes, held })) => {
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
        let Laid { table, mistakes, held } = lay_over(table(), &file).unwrap().unwrap();
        assert_eq!(mistakes, []);
        // What is asked of linear is as built in; of monday it is asked elsewhere.
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
