//! The tables of `assets/`: each one is part of the program, and each of its rows is used.

use std::collections::BTreeSet;
use std::path::Path;

use grantdeck::app::Action;
use grantdeck::app::keymap::{Keymap, Place};
use grantdeck::domain::smoke::Verdict;
use grantdeck::domain::{Code, CopyFormat, provider};
use grantdeck::ui::{Role, Theme};
use strum::IntoEnumIterator;

use crate::{files, none};

fn assets() -> Vec<(String, toml::Table)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = Vec::new();
    for (package, folder) in [("", "assets"), ("", "assets/themes"), ("src/sandbox", "assets")] {
        for entry in std::fs::read_dir(root.join(package).join(folder)).unwrap() {
            let path = entry.unwrap().path();
            let is_table = path.extension().is_some_and(|extension| extension == "toml");
            if is_table && path.file_name().is_some_and(|name| name != "Cargo.toml") {
                let name = format!("{folder}/{}", path.file_name().unwrap().to_str().unwrap());
                let table = std::fs::read_to_string(&path).unwrap().parse();
                found.push((name.clone(), table.unwrap_or_else(|error| panic!("{name}: {error}"))));
            }
        }
    }
    found
}

/// The tables that no `include_str!` names, from the folder of the tables or from the one above.
fn forgotten<'a>(assets: impl IntoIterator<Item = &'a str>, sources: &[String]) -> Vec<String> {
    let named = |name: &str| sources.iter().any(|text| text.contains(&format!("include_str!(\"{name}\")")));
    let embedded = |name: &str| named(name) || named(name.trim_start_matches("assets/"));
    let unused = assets.into_iter().filter(|name| !embedded(name));
    unused.map(|name| format!("{name} is not part of the program")).collect()
}

/// Rows without a meaning and meanings without a row.
fn differences(file: &str, rows: &BTreeSet<String>, used: &BTreeSet<String>) -> Vec<String> {
    let unused = rows.difference(used).map(|row| format!("{file}: nothing uses the row `{row}`"));
    let missing = used.difference(rows).map(|row| format!("{file}: there is no row for `{row}`"));
    unused.chain(missing).collect()
}

fn names<T: IntoEnumIterator + ToString>() -> BTreeSet<String> {
    T::iter().map(|value| value.to_string()).collect()
}

/// What the rows of a table are about, and what of that the program uses.
fn rows_and_uses(file: &str, table: &toml::Table) -> Option<(BTreeSet<String>, BTreeSet<String>)> {
    let keys = |table: &toml::Table| table.keys().cloned().collect::<BTreeSet<_>>();
    match file {
        "assets/keymap.toml" => {
            let rows = table["rows"].as_array().unwrap();
            let names = |row: &toml::Value, field: &str| {
                let value = row[field].clone();
                let several = value.as_array().cloned().unwrap_or_else(|| vec![value]);
                several.iter().map(|name| name.as_str().unwrap().to_owned()).collect::<Vec<_>>()
            };
            let rows = rows.iter().flat_map(|row| {
                let action = names(row, "action").concat();
                names(row, "place").into_iter().map(move |place| format!("{place} {action}"))
            });
            let keymap = Keymap::builtin();
            let used = Place::iter().flat_map(|place| {
                let actions =
                    Action::iter().filter_map(|action| keymap.row(place, action)).collect::<Vec<_>>();
                actions.into_iter().map(|row| format!("{} {}", row.place, row.action)).collect::<Vec<_>>()
            });
            Some((rows.collect(), used.collect()))
        }
        "assets/providers.toml" => {
            let used = keys(table).into_iter().filter(|id| provider::known(id).is_some()).collect();
            Some((keys(table), used))
        }
        "assets/formats.toml" => Some((keys(table), names::<CopyFormat>())),
        "assets/remedies.toml" => Some((keys(table), names::<Code>())),
        "assets/verdicts.toml" => Some((keys(table), names::<Verdict>())),
        theme if theme.starts_with("assets/themes/") => {
            let name = theme.trim_start_matches("assets/themes/").trim_end_matches(".toml");
            assert!(Theme::BUILTIN.contains(&name), "{theme} is not among the built-in themes");
            Some((keys(table["roles"].as_table().unwrap()), names::<Role>()))
        }
        _ => None,
    }
}

#[test]
fn every_table_is_part_of_the_program() {
    let sources = ["src", "assets"].into_iter().flat_map(files);
    let sources: Vec<String> =
        sources.map(|source| source.text.replace("include_str!(\"../", "include_str!(\"")).collect();
    let assets = assets();
    assert!(assets.len() >= 6, "{}", assets.len());
    none(&forgotten(assets.iter().map(|(name, _)| name.as_str()), &sources));
    assert_eq!(forgotten(["assets/nobody.toml"], &sources).len(), 1);
}

#[test]
fn every_row_is_used() {
    let mut checked = 0;
    for (file, table) in assets() {
        let Some((rows, used)) = rows_and_uses(&file, &table) else { continue };
        assert!(!rows.is_empty(), "{file}");
        none(&differences(&file, &rows, &used));
        checked += 1;
    }
    assert!(checked >= 6, "{checked}");
}

#[test]
fn a_row_too_many_and_a_row_too_few_are_found() {
    let set = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<BTreeSet<_>>();
    assert_eq!(differences("x", &set(&["a", "b"]), &set(&["b", "c"])).len(), 2);
    let mut table: toml::Table = include_str!("../../assets/themes/dark.toml").parse().unwrap();
    table["roles"].as_table_mut().unwrap().insert("glow".to_owned(), toml::Value::Boolean(true));
    let (rows, used) = rows_and_uses("assets/themes/dark.toml", &table).unwrap();
    assert_eq!(differences("x", &rows, &used).len(), 1);
}

/// The names of facts in a source, as they stand in the code.
fn fact_names(text: &str) -> Vec<&str> {
    let calls = text.split(".fact(").skip(1);
    calls.filter_map(|call| call.trim_start().strip_prefix('"')?.split('"').next()).collect()
}

#[test]
fn each_fact_has_a_label() {
    assert_eq!(fact_names(".fact(\n  \"url\", x).fact(\"a b\", y).fact(name, z)"), ["url", "a b"]);
    let known: BTreeSet<&str> = grantdeck::domain::describe::facts::names().collect();
    let missing = files("src").into_iter().flat_map(|source| {
        let names = fact_names(&source.text).into_iter().filter(|name| !known.contains(name));
        let violation = |name| format!("{}: the fact `{name}` has no label", source.path);
        names.map(violation).collect::<Vec<_>>()
    });
    none(&missing.collect::<Vec<_>>());
}
