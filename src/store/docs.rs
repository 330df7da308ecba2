//! `docs/configuration.md`, printed from the table of settings.

use std::fmt::Write as _;

use super::settings::SETTINGS;

/// The page.
pub fn page() -> String {
    let mut page = String::from(
        "# Configuration\n\n\
         <!-- Printed from src/store/settings.rs; `UPDATE_DOCS=1 cargo test --lib docs` writes it again. -->\n\n\
         Everything works without a file. The file is `grantdeck/config.toml` in `$XDG_CONFIG_HOME` or `~/.config`\n\
         (`%APPDATA%` on Windows); `--config FILE` or `GRANTDECK_CONFIG` (an absolute path) name another. A key that\n\
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
    page.push_str(
        "\n## Keys\n\n\
         `keymap.toml` beside the configuration has the user's own keys; see [keys.md](keys.md).\n",
    );
    page
}

fn section(page: &mut String, head: &str, wanted: impl Fn(&str) -> bool) {
    // Writing to a text cannot fail.
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
        let file = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/configuration.md");
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
