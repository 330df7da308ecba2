//! The import rules of the layers in the root package, and what each layer must not touch of the standard library.

use crate::layers::{Crates, LAYERS, MAIN};
use crate::source::{Source, is_name};
use crate::{files, none};

/// Everything in a file that breaks an import rule.
fn violations(source: &Source, dependencies: &[String]) -> Vec<String> {
    let mut out = Vec::new();
    let layer = source.layer().and_then(|name| LAYERS.iter().find(|layer| layer.name == name));
    let name = layer.map_or("main.rs", |layer| layer.name);
    for (offset, path) in layers_named(source) {
        let head = path.split("::").next().unwrap_or_default();
        let package = layer.is_some_and(|layer| matches!(layer.crates, Crates::Package));
        if package || head == name || !LAYERS.iter().any(|layer| layer.name == head) {
            continue;
        }
        let may =
            |list: &[&str]| list.iter().any(|one| path == *one || path.starts_with(&format!("{one}::")));
        let allowed = match layer {
            None => source.path != "src/main.rs" || may(MAIN),
            Some(layer) => may(layer.layers),
        };
        if !allowed {
            out.push(source.violation(offset, &format!("`{name}` must not import `{path}`")));
        }
    }
    let Some(layer) = layer else { return out };
    for dependency in dependencies {
        let allowed = match &layer.crates {
            Crates::Package => true,
            Crates::Only(list) => list.contains(&dependency.as_str()),
            Crates::AllExcept(list) => !list.contains(&dependency.as_str()),
        };
        if allowed {
            continue;
        }
        for form in [format!("{dependency}::"), format!("use {dependency};"), format!("use {dependency} as ")]
        {
            for offset in source.places(&form) {
                // `self::url::x` and `super::bytes::y` are modules of ours.
                if !source.code[..offset].ends_with("::") && !source.is_test(offset) {
                    out.push(
                        source.violation(offset, &format!("`{name}` must not use the crate `{dependency}`")),
                    );
                }
            }
        }
    }
    for part in layer.without {
        let mut places = source.places(part);
        // `Instant` must not find `Instantly`.
        places.retain(|offset| !source.code[offset + part.len()..].starts_with(is_name));
        places.extend(std_in_braces(source, part));
        for offset in places {
            if !source.is_test(offset) {
                out.push(source.violation(offset, &format!("`{name}` must not touch `{part}`")));
            }
        }
    }
    out
}

/// `use std::{fs, …}`: where `part` is imported in braces, the offset of the brace's `std::`.
pub(crate) fn std_in_braces(source: &Source, part: &str) -> Vec<usize> {
    let Some(child) = part.strip_prefix("std::") else { return Vec::new() };
    let heads = |offset: &usize| children(&source.code[offset + "std::".len()..]);
    let mut found = source.places("std::");
    found.retain(|offset| {
        source.code[offset + "std::".len()..].starts_with('{')
            && heads(offset).iter().any(|(_, path)| path.split("::").next() == Some(child))
    });
    found
}

/// The paths from the crate's root that a file names, with where: `domain::Grant` for `crate::domain::Grant`,
/// for `use crate::{domain::Grant, …}`, for `super::super::domain::Grant` and, in `main.rs`, for `grantdeck::…`.
fn layers_named(source: &Source) -> Vec<(usize, String)> {
    let mut out = Vec::new();
    let mut roots = vec!["crate::".to_owned()];
    roots.extend((source.depth() > 0).then(|| "super::".repeat(source.depth())));
    if source.path == "src/main.rs" {
        roots.push("grantdeck::".to_owned());
    }
    for root in roots {
        for offset in source.places(&root) {
            let before = &source.code[..offset];
            if before.ends_with("::") && !before.ends_with(" ::") {
                continue;
            }
            let start = offset + root.len();
            out.extend(children(&source.code[start..]).into_iter().map(|(at, path)| (start + at, path)));
        }
    }
    out
}

/// The path that a text begins with, or all paths of the braces that it begins with; braces further down are
/// left as their common head.
fn children(text: &str) -> Vec<(usize, String)> {
    let path_at = |at: usize| -> (usize, String) {
        let rest = &text[at..];
        let lead = rest.len() - rest.trim_start().len();
        let path: String = rest
            .trim_start()
            .chars()
            .take_while(|character| is_name(*character) || *character == ':')
            .collect();
        (at + lead, path.trim_end_matches(':').to_owned())
    };
    if !text.starts_with('{') {
        return vec![path_at(0)];
    }
    let (mut out, mut depth) = (Vec::new(), 0);
    for (at, character) in text.char_indices() {
        match character {
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            break;
        }
        if depth == 1 && (at == 0 || character == ',') {
            out.push(path_at(at + 1));
        }
    }
    out.retain(|(_, path)| !path.is_empty());
    out
}

/// The names of all dependencies, as code writes them.
fn dependencies() -> Vec<String> {
    let manifest: toml::Table = include_str!("../../Cargo.toml").parse().unwrap();
    let mut names: Vec<String> = Vec::new();
    let targets =
        manifest["target"].as_table().unwrap().values().filter_map(|target| target.get("dependencies"));
    for table in targets.chain([&manifest["dependencies"]]) {
        names.extend(table.as_table().unwrap().keys().map(|name| name.replace('-', "_")));
    }
    // Layers and tables of this program, whose paths are looked at as layers.
    names.retain(|name| !name.starts_with("grantdeck_"));
    names
}

#[test]
fn every_layer_keeps_the_import_rules() {
    let dependencies = dependencies();
    assert!(dependencies.contains(&"tokio_util".to_owned()) && dependencies.contains(&"rustix".to_owned()));
    none(&files("src").iter().flat_map(|source| violations(source, &dependencies)).collect::<Vec<_>>());
}

#[test]
fn no_layer_imports_one_above_it() {
    for (place, layer) in LAYERS.iter().enumerate() {
        for known in layer.layers {
            let head = known.split("::").next().unwrap();
            assert!(LAYERS[..place].iter().any(|below| below.name == head), "{} and {known}", layer.name);
        }
    }
}

#[test]
fn the_import_rules_can_be_broken() {
    let dependencies = dependencies();
    for (path, text, want) in [
        ("src/app/a.rs", "use crate::domain::Grant;\nuse crate::{search::Plan, ui::Role};", 0),
        ("src/app/a.rs", "use crate::api::Client;", 1),
        ("src/app/a.rs", "use crate::{\n    domain::Grant,\n    store::{Config, Key},\n};", 1),
        ("src/app/a.rs", "fn f() { crate::tui::run() }", 1),
        ("src/app/a.rs", "use super::super::tui::run;", 1),
        ("src/app/a.rs", "use super::tui::run;", 0),
        ("src/app/mod.rs", "use super::store;", 1),
        ("src/app/a.rs", "// crate::api\nconst A: &str = \"crate::api\";", 0),
        ("src/app/a.rs", "use tokio::sync::mpsc;", 1),
        ("src/app/a.rs", "use crossterm;", 1),
        ("src/app/a.rs", "use super::tokio::x;", 0),
        ("src/app/a.rs", "use std::{collections::HashMap, fs};", 1),
        ("src/app/a.rs", "let now = std::time::Instant::now();", 1),
        ("src/app/a.rs", "let instant = Instantly;", 0),
        ("src/app/a.rs", "#[cfg(test)]\nmod tests {\n    use std::fs;\n    use tokio::x;\n}", 0),
        ("src/app/a.rs", "#[cfg(test)]\nmod tests {\n    use crate::api;\n}", 1),
        ("src/search/a.rs", "use std::fs;", 1),
        ("src/cli/a.rs", "use crate::platform::clock::Clock;", 0),
        ("src/cli/a.rs", "use crate::tui::terminal::Guard;", 1),
        ("src/cli/a.rs", "use crate::app::Model;", 1),
        ("src/cli/a.rs", "use crate::app::keymap::Keymap;", 0),
        ("src/tui/a.rs", "use crate::cli::report::Report;", 1),
        ("src/tui/a.rs", "use crate::session::exit::Exit;", 0),
        ("src/main.rs", "use grantdeck::{cli, platform};", 0),
        ("src/main.rs", "use grantdeck::app::Model;", 1),
    ] {
        let found = violations(&Source::new(path, text), &dependencies);
        assert_eq!(found.len(), want, "{path}: {text}\n{found:?}");
    }
}
