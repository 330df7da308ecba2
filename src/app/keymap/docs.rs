//! The keys in Markdown, printed from the table: `docs/keys.md` and the table in the README. A test compares
//! both with what is printed here.

use std::fmt::Write;

use strum::IntoEnumIterator;

use super::{Binding, Keymap, Place};
use crate::app::input::KEY_NAMES;
use crate::domain::Preset;

/// What stands before the table in the README.
pub const README_BEGIN: &str = "<!-- keys: begin (printed from assets/keymap.toml) -->";
/// What stands after it.
pub const README_END: &str = "<!-- keys: end -->";

/// How many keys of the list the README names.
const README_ROWS: usize = 16;

/// The whole of `docs/keys.md`.
pub fn page(keymap: &Keymap) -> String {
    let mut out = String::from(
        "# Keys\n\n\
         <!-- Printed from assets/keymap.toml; `UPDATE_DOCS=1 cargo test --lib docs` writes it again. -->\n\n\
         Press `?` to see the keys of the place you are in, `:` to reach every action by its name.\n",
    );
    for place in Place::iter() {
        let _ = write!(out, "\n## {}\n\n{} (`{place}`)\n", heading(place), place.sentence());
        let rows: Vec<&Binding> = keymap.rows(place).collect();
        let mut groups: Vec<&str> = Vec::new();
        for row in &rows {
            if !groups.contains(&row.group.as_str()) {
                groups.push(&row.group);
            }
        }
        out.push_str("\n| Keys | What they do | Action |\n|---|---|---|\n");
        for group in groups {
            for row in rows.iter().filter(|row| row.group == group) {
                let _ = writeln!(out, "| {} | {} | `{}` |", keys(row), cell(&row.help), row.action);
            }
        }
    }
    for (preset, about) in PRESETS {
        let _ = write!(
            out,
            "\n## `keymap = \"{preset}\"`\n\n{about}\n\n| Where | Keys | Action |\n|---|---|---|\n"
        );
        let with = Keymap::preset(preset);
        let (before, after) = (&keymap.rows, &with.rows);
        for row in after.iter().filter(|row| !before.contains(row)) {
            let _ = writeln!(out, "| {} | {} | `{}` |", heading(row.place), keys(row), row.action);
        }
    }
    let _ = write!(
        out,
        "\n## Changing keys\n\n\
         Write rows into your own keymap file. `place`, `keys` and `action` are enough; the name of a place is in \
         brackets above, and `place` may be a list of them. An empty list of keys switches a row off:

\
         ```toml\nrows = [\n  \
         {{ place = \"grants\", keys = [\"R\"], action = \"refresh\" }},\n  \
         {{ place = \"grants\", keys = [], action = \"watch\" }},\n]\n```\n\n\
         A row with a mistake is reported with its file and line, and its default stays. Several keys in a row \
         are written with a space between them (`g g`), held ones in front, in this order: `ctrl-`, `alt-`, \
         `shift-`. Keys with a name: {}, `f1` to `f24`; every other key is the character it types.\n\n\
         `ctrl-i`, `ctrl-m`, `ctrl-h` and `ctrl-[` cannot be used: terminals send them as `tab`, `enter`, \
         `backspace` and `esc`.\n",
        KEY_NAMES.map(|(name, _)| format!("`{name}`")).join(", "),
    );
    out
}

/// The table of the README: what the footer would show first, with its markers.
pub fn readme(keymap: &Keymap) -> String {
    let mut rows: Vec<&Binding> =
        keymap.rows(Place::Grants).chain(keymap.rows(Place::Global)).filter(|row| row.weight > 0).collect();
    rows.sort_by_key(|row| std::cmp::Reverse(row.weight));
    rows.truncate(README_ROWS);
    let mut out = format!("{README_BEGIN}\n\n| Keys | What they do |\n|---|---|\n");
    for row in rows {
        let _ = writeln!(out, "| {} | {} |", keys(row), cell(&row.help));
    }
    let _ = write!(out, "\n{README_END}");
    out
}

/// The presets that change something.
const PRESETS: [(Preset, &str); 2] = [
    (Preset::Vim, "Set in the configuration. All other keys stay."),
    (Preset::Emacs, "Control and Meta, as in emacs and shells. All other keys stay."),
];

fn keys(row: &Binding) -> String {
    let keys: Vec<String> = row.keys.iter().map(|chord| format!("`{}`", cell(&chord.to_string()))).collect();
    keys.join(", ")
}

/// A bar would end the cell of a Markdown table, even inside backticks.
fn cell(text: &str) -> String {
    text.replace('|', "\\|")
}

/// The title of a place as a heading: "List" for "the list".
fn heading(place: Place) -> String {
    let title = place.title();
    let title = title.strip_prefix("the ").or(title.strip_prefix("a ")).unwrap_or(title);
    let (first, rest) = title.split_at(title.chars().next().map_or(0, char::len_utf8));
    format!("{}{rest}", first.to_uppercase())
}

#[cfg(test)]
mod tests {
    use std::path::{Path, PathBuf};

    use super::*;

    fn path(name: &str) -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
    }

    fn compare(name: &str, want: &str) {
        if std::env::var_os("UPDATE_DOCS").is_some() {
            std::fs::write(path(name), want).unwrap();
        }
        let found = std::fs::read_to_string(path(name)).unwrap_or_default();
        assert!(found == want, "{name} is stale: run `UPDATE_DOCS=1 cargo test --lib docs` and commit it");
    }

    /// The text with what stands between the markers replaced; None where a marker is missing.
    fn with_table(text: &str, table: &str) -> Option<String> {
        let (before, rest) = text.split_once(README_BEGIN)?;
        let (_, after) = rest.split_once(README_END)?;
        Some(format!("{before}{table}{after}"))
    }

    #[test]
    fn the_page_of_keys_is_fresh() {
        compare("docs/keys.md", &page(&Keymap::builtin()));
    }

    #[test]
    fn the_table_of_the_readme_is_fresh() {
        let Ok(text) = std::fs::read_to_string(path("README.md")) else { return };
        let want = with_table(&text, &readme(&Keymap::builtin()))
            .unwrap_or_else(|| panic!("README.md needs the lines `{README_BEGIN}` and `{README_END}`"));
        compare("README.md", &want);
    }

    #[test]
    fn the_readme_s_table_replaces_what_stands_between_its_markers() {
        let text = format!("a\n{README_BEGIN}\nold\n{README_END}\nb");
        let table = readme(&Keymap::builtin());
        let new = with_table(&text, &table).unwrap();
        assert_eq!(new, format!("a\n{table}\nb"));
        assert_eq!(with_table(&new, &table), Some(new.clone()));
        assert_eq!(with_table("no markers", &table), None);
    }

    #[test]
    fn every_action_stands_on_the_page() {
        let page = page(&Keymap::builtin());
        for action in crate::app::Action::iter() {
            assert!(page.contains(&format!("| `{action}` |")), "{action}");
        }
    }
}
