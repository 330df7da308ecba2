//! Generates `docs/configuration.md` from the table of settings.

use std::fmt::Write as _;

use super::preferences::EVERYWHERE;
use super::settings::SETTINGS;

/// Renders the page.
pub fn page() -> String {
    let mut page = String::from(
        "# Configuration\n\n\
         <!-- Printed from src/store/settings.rs; `UPDATE_DOCS=1 cargo test --lib docs` writes it again. -->\n\n\
         Everything works without a file. The file is `grantdeck/config.toml` in `$XDG_CONFIG_HOME` or `~/.config`\n\
         (`%APPDATA%` on Windows); `--config FILE` or `GRANTDECK_CONFIG` (an absolute path) name another. A relative\n\
         `HOME` or `XDG_CONFIG_HOME` is ignored; the path of `--config` may be relative. A key that\n\
         nobody knows, or a value that cannot be meant, is told with its line and what was probably meant, and costs\n\
         that setting alone. Only a profile with a mistake in it is not used at all: a key must never go to another\n\
         backend than the one that was meant. `grantdeck doctor` shows all of it.\n",
    );
    section(&mut page, "For everything", |key| !key.starts_with("profiles."));
    page.push_str(
        "\n## Profiles\n\n\
         A profile is a backend with a key of its own: `grantdeck profiles add`, `list`, `use`, `remove`, and\n\
         `--profile NAME` for one start. It ignores `ALTER_API_KEY`, `ALTER_BASE_URL` and `ALTER_USER_TOKEN`. The key\n\
         itself never stands in the file: exactly one of `key_env`, `key_command` and `key` says where it comes from.\n",
    );
    section(&mut page, "In each profile", |key| key.starts_with("profiles."));
    let everywhere: Vec<String> = EVERYWHERE.iter().map(|key| format!("`{key}`")).collect();
    let _ = write!(
        page,
        "\nThese keys may stand in a profile too and are then for that profile alone:\n{}.\n",
        everywhere.join(", ")
    );
    page.push_str(
        "\nWhat a call says itself (`--reason`, `--context`, or what is typed on the screen) counts more than `reason` and\n\
         `context` of the profile, and those more than what is set for everything; contexts are merged key by key. A smoke\n\
         test sends the `reason` in place of its own sentence. A key whose variable is not set is omitted, with a warning.\n",
    );
    page.push_str(REMEMBERED);
    page.push_str(
        "\n## Keys\n\n\
         `keymap = \"vim\"` or `\"emacs\"` brings more keys; `keymap.toml` beside the configuration has your own, which go\n\
         on top. See [keys.md](keys.md).\n",
    );
    page
}

/// The section about remembered choices and the order of precedence.
const REMEMBERED: &str = "
## What is remembered

What you choose on the screen is there again at the next start, for each profile on its own: filters, order, columns,
where the detail stands, the format in which ids were copied last and the file they were written into, and the views
that were saved (`V`, or `:view save NAME`). `ALTER_API_KEY` counts as a profile of its own.

Options of the command line come first, then what was chosen on the screen, then
the profile, then what is set for everything. A choice ends when the setting it took the place of is changed: what
was written into the configuration later counts.

Without `profile = \"…\"`, `--profile` and `ALTER_API_KEY`, the screen opens the profile that was used last; a profile
with `production = true` is only opened by name. Subcommands never look at any of it. `remember = false` switches it
off; a demonstration and a typed key remember nothing.

The files are in `grantdeck/remembered` in `$XDG_STATE_HOME` or `~/.local/state` (`%LOCALAPPDATA%` on Windows), readable by
you alone. They hold names of providers, accounts and labels where a filter or a saved search has them, never a key, and a
grant id only where you saved a search for one. Deleting them forgets it all.
";

fn section(page: &mut String, head: &str, wanted: impl Fn(&str) -> bool) {
    // Formatting into a string cannot fail.
    let _ = write!(
        page,
        "\n## {head}\n\n| Key | What it has to be | Example | What it does |\n|---|---|---|---|\n"
    );
    for setting in SETTINGS.iter().filter(|setting| wanted(setting.key)) {
        let key = setting.key.strip_prefix("profiles.NAME.").unwrap_or(setting.key);
        let _ =
            writeln!(page, "| `{key}` | {} | `{}` | {} |", setting.expected, setting.example, setting.help);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_is_fresh() {
        let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/configuration.md");
        let page = page();
        if std::env::var_os("UPDATE_DOCS").is_some() {
            std::fs::write(file, &page).unwrap();
        }
        let found = std::fs::read_to_string(file).unwrap_or_default();
        assert!(
            found == page,
            "docs/configuration.md is stale: run `UPDATE_DOCS=1 cargo test --lib docs` and commit it"
        );
    }
}
