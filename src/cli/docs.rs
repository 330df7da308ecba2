//! `docs/cli.md`, printed from the definition of the command line, and the faults in `docs/sandbox.md`.

use std::fmt::Write as _;

use clap::{Command, CommandFactory};

use super::arguments::Arguments;
use crate::sandbox::FAULTS;
use crate::session::exit::Exit;

/// The page.
pub fn page() -> String {
    let mut page = format!(
        "# Command line\n\n\
         <!-- Printed from src/cli/arguments; `UPDATE_DOCS=1 cargo test --lib docs` writes it again. -->\n\n\
         {}\n",
        Exit::sentence()
    );
    let mut whole = Arguments::command().term_width(100).disable_help_subcommand(true);
    whole.build();
    section(&mut page, &mut whole, "grantdeck");
    page
}

fn section(page: &mut String, command: &mut Command, name: &str) {
    let help = command.clone().bin_name(name).render_long_help().to_string();
    let help: Vec<&str> = help.lines().map(str::trim_end).collect();
    // Writing to a text cannot fail.
    let _ = write!(page, "\n## {name}\n\n```text\n{}\n```\n", help.join("\n").trim_end());
    for below in command.get_subcommands_mut() {
        let name = format!("{name} {}", below.get_name());
        section(page, below, &name);
    }
}

/// Around the table in `docs/sandbox.md`.
const FAULTS_BEGIN: &str = "<!-- faults: begin (printed from src/sandbox/faults/table.rs) -->\n";
const FAULTS_END: &str = "<!-- faults: end -->";

/// The page about the sandbox with a fresh table of faults; None where its marks are missing.
pub fn with_faults(page: &str) -> Option<String> {
    let (before, rest) = page.split_once(FAULTS_BEGIN)?;
    let (_, after) = rest.split_once(FAULTS_END)?;
    let rows = FAULTS.iter().map(|fault| {
        // A bar would end the cell.
        let value = fault.value.replace('|', ", ");
        let value = if value.is_empty() { String::new() } else { format!("={value}") };
        format!("| `{}{value}` | {} | `{}` |\n", fault.name, fault.help, fault.example)
    });
    let head = "\n| Fault | What happens | For example |\n|---|---|---|\n";
    Some(format!("{before}{FAULTS_BEGIN}{head}{}\n{FAULTS_END}{after}", rows.collect::<String>()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_of_faults_is_fresh() {
        let file = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/sandbox.md");
        let found = std::fs::read_to_string(file).unwrap();
        let page = with_faults(&found).unwrap();
        if std::env::var_os("UPDATE_DOCS").is_some() {
            std::fs::write(file, &page).unwrap();
        } else {
            assert!(
                found == page,
                "stale: run `UPDATE_DOCS=1 cargo test --lib docs` and commit docs/sandbox.md"
            );
        }
    }

    #[test]
    fn the_page_is_fresh() {
        let file = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/cli.md");
        let page = page();
        if std::env::var_os("UPDATE_DOCS").is_some() {
            std::fs::write(file, &page).unwrap();
        }
        let found = std::fs::read_to_string(file).unwrap_or_default();
        assert!(
            found == page,
            "docs/cli.md is stale: run `UPDATE_DOCS=1 cargo test --lib docs` and commit it"
        );
    }
}
