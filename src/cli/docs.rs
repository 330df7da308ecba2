//! `docs/cli.md`, printed from the definition of the command line.

use std::fmt::Write as _;

use clap::{Command, CommandFactory};

use super::arguments::Arguments;
use super::exit::Exit;

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

#[cfg(test)]
mod tests {
    use super::*;

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
