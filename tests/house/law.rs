//! The import law: what each room may know.

use crate::source::{Source, is_name};
use crate::{files, none};

/// A room and what it may know.
pub(crate) struct Room {
    pub(crate) name: &'static str,
    /// The rooms it may name.
    rooms: &'static [&'static str],
    /// Rooms that only its tests may name.
    in_tests: &'static [&'static str],
    crates: Crates,
    /// Parts of the standard library that it must not name outside tests.
    without: &'static [&'static str],
}

enum Crates {
    /// Only these.
    Only(&'static [&'static str]),
    /// All but these.
    AllBut(&'static [&'static str]),
}

/// The world outside, and time.
const WORLD: &[&str] =
    &["std::fs", "std::net", "std::env", "std::process", "std::thread", "std::io", "SystemTime", "Instant"];
const TERMINAL: &[&str] = &["ratatui", "crossterm", "tui_input", "clap"];

pub(crate) const ROOMS: &[Room] = &[
    Room {
        name: "domain",
        rooms: &[],
        in_tests: &[],
        crates: Crates::Only(&[
            "foldhash",
            "jiff",
            "serde",
            "serde_json",
            "serde_path_to_error",
            "similar",
            "strum",
            "thiserror",
            "toml",
            "unicode_segmentation",
            "unicode_width",
            "url",
            "uuid",
            "zeroize",
        ]),
        without: WORLD,
    },
    Room {
        name: "protocol",
        rooms: &["domain"],
        in_tests: &[],
        crates: Crates::AllBut(&["tokio", "tokio_util", "reqwest", "axum", "ratatui", "crossterm", "clap"]),
        without: WORLD,
    },
    Room {
        name: "search",
        rooms: &["domain"],
        in_tests: &[],
        crates: Crates::Only(&[
            "jiff",
            "nucleo_matcher",
            "strum",
            "unicode_segmentation",
            "unicode_width",
            "uuid",
        ]),
        without: WORLD,
    },
    Room {
        name: "body",
        rooms: &["domain"],
        in_tests: &[],
        crates: Crates::Only(&[
            "encoding_rs",
            "memchr",
            "serde_json",
            "similar",
            "strum",
            "thiserror",
            "unicode_segmentation",
            "unicode_width",
        ]),
        without: WORLD,
    },
    Room {
        name: "api",
        rooms: &["domain", "protocol"],
        in_tests: &["sandbox"],
        crates: Crates::AllBut(&["axum", "ratatui", "crossterm", "tui_input", "clap"]),
        // The environment names proxies: the HTTP library reads it here, and what it cannot read is refused here.
        without: &["std::fs", "std::process"],
    },
    Room {
        name: "disk",
        rooms: &[],
        in_tests: &[],
        crates: Crates::Only(&["fastrand", "rustix", "sha2", "tempfile"]),
        without: &["std::net", "std::process", "Instant"],
    },
    Room {
        name: "store",
        rooms: &["domain", "disk"],
        in_tests: &[],
        crates: Crates::AllBut(&["reqwest", "axum", "ratatui", "crossterm", "tui_input", "clap"]),
        without: &["std::net"],
    },
    Room {
        name: "edit",
        rooms: &["domain", "disk"],
        in_tests: &[],
        crates: Crates::Only(&[
            "jsonc_parser",
            "memchr",
            "rustix",
            "serde",
            "serde_json",
            "similar",
            "thiserror",
            "toml_edit",
            "toml_parser",
            "tree_sitter",
            "tree_sitter_yaml",
            "uuid",
            "yaml_serde",
            "yamlpath",
        ]),
        without: &["std::net", "std::env", "std::process", "std::thread", "Instant"],
    },
    Room {
        name: "jobs",
        rooms: &["domain", "protocol", "body", "api", "edit", "search", "store"],
        in_tests: &["sandbox"],
        crates: Crates::AllBut(TERMINAL),
        without: &["std::env"],
    },
    Room {
        name: "sandbox",
        // Never `api`: it must not check itself with the code that it checks.
        rooms: &["domain", "protocol"],
        in_tests: &[],
        crates: Crates::AllBut(&["reqwest", "ratatui", "crossterm", "tui_input", "clap"]),
        without: &["SystemTime", "Instant"],
    },
    Room {
        name: "ui",
        rooms: &["domain", "body"],
        in_tests: &[],
        crates: Crates::Only(&[
            "qrcode",
            "ratatui",
            "strum",
            "thiserror",
            "toml",
            "unicode_segmentation",
            "unicode_width",
        ]),
        without: WORLD,
    },
    Room {
        name: "app",
        rooms: &["domain", "body", "search", "ui"],
        in_tests: &[],
        crates: Crates::Only(&[
            "jiff",
            "ratatui",
            "ratatui_textarea",
            "serde_json",
            "strum",
            "thiserror",
            "toml",
            "tui_input",
            "unicode_segmentation",
            "unicode_width",
            "uuid",
        ]),
        without: WORLD,
    },
    Room {
        name: "platform",
        rooms: &["domain", "disk", "store", "session", "app", "ui", "cli::report", "tui"],
        in_tests: &[],
        crates: Crates::AllBut(&["reqwest", "axum", "clap"]),
        without: &[],
    },
    Room {
        name: "session",
        rooms: &["domain", "disk", "store", "jobs", "sandbox", "platform"],
        in_tests: &[],
        crates: Crates::AllBut(TERMINAL),
        without: &[],
    },
    Room {
        name: "cli",
        rooms: &[
            "domain", "protocol", "body", "search", "api", "disk", "store", "edit", "jobs", "sandbox",
            "platform", "session",
        ],
        in_tests: &[],
        crates: Crates::AllBut(&["ratatui", "tui_input"]),
        without: &[],
    },
    Room {
        name: "tui",
        rooms: &[
            "domain", "protocol", "body", "search", "api", "disk", "store", "edit", "jobs", "sandbox", "ui",
            "app", "platform", "session", "cli",
        ],
        in_tests: &[],
        crates: Crates::AllBut(&[]),
        without: &[],
    },
];

/// What `main.rs` may name.
const MAIN: &[&str] = &["cli", "tui", "platform", "domain", "store", "sandbox", "ui::Depth"];

/// Everything in a file that the law forbids.
fn offences(source: &Source, dependencies: &[String]) -> Vec<String> {
    let mut out = Vec::new();
    let room = source.room().and_then(|name| ROOMS.iter().find(|room| room.name == name));
    let name = room.map_or("main.rs", |room| room.name);
    for (offset, path) in rooms_named(source) {
        let head = path.split("::").next().unwrap_or_default();
        if head == name || !ROOMS.iter().any(|room| room.name == head) {
            continue;
        }
        let may =
            |list: &[&str]| list.iter().any(|one| path == *one || path.starts_with(&format!("{one}::")));
        let allowed = match room {
            None => source.path != "src/main.rs" || may(MAIN),
            Some(room) => may(room.rooms) || (source.is_test(offset) && may(room.in_tests)),
        };
        if !allowed {
            out.push(source.offence(offset, &format!("`{name}` must not know `{path}`")));
        }
    }
    let Some(room) = room else { return out };
    for dependency in dependencies {
        let allowed = match &room.crates {
            Crates::Only(list) => list.contains(&dependency.as_str()),
            Crates::AllBut(list) => !list.contains(&dependency.as_str()),
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
                        source.offence(offset, &format!("`{name}` must not use the crate `{dependency}`")),
                    );
                }
            }
        }
    }
    for part in room.without {
        let mut places = source.places(part);
        // `Instant` must not find `Instantly`.
        places.retain(|offset| !source.code[offset + part.len()..].starts_with(is_name));
        places.extend(std_in_braces(source, part));
        for offset in places {
            if !source.is_test(offset) {
                out.push(source.offence(offset, &format!("`{name}` must not touch `{part}`")));
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
fn rooms_named(source: &Source) -> Vec<(usize, String)> {
    let mut out = Vec::new();
    let mut roots = vec!["crate::".to_owned(), "super::".repeat(source.depth())];
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
    names
}

#[test]
fn every_room_keeps_the_law() {
    let dependencies = dependencies();
    assert!(dependencies.contains(&"tokio_util".to_owned()) && dependencies.contains(&"rustix".to_owned()));
    none(&files("src").iter().flat_map(|source| offences(source, &dependencies)).collect::<Vec<_>>());
}

#[test]
fn the_law_can_be_broken() {
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
        ("src/app/a.rs", "use reqwest;", 1),
        ("src/app/a.rs", "use super::tokio::x;", 0),
        ("src/app/a.rs", "use std::{collections::HashMap, fs};", 1),
        ("src/app/a.rs", "let now = std::time::Instant::now();", 1),
        ("src/app/a.rs", "let instant = Instantly;", 0),
        ("src/app/a.rs", "#[cfg(test)]\nmod tests {\n    use std::fs;\n    use tokio::x;\n}", 0),
        ("src/app/a.rs", "#[cfg(test)]\nmod tests {\n    use crate::api;\n}", 1),
        ("src/jobs/a.rs", "use crate::sandbox::World;", 1),
        ("src/jobs/a.rs", "#[cfg(test)]\nmod tests {\n    use crate::sandbox::World;\n}", 0),
        ("src/sandbox/a.rs", "#[cfg(test)]\nmod tests {\n    use crate::api::Client;\n}", 1),
        ("src/search/a.rs", "use ratatui::text::Span;", 1),
        ("src/search/a.rs", "use nucleo_matcher::Matcher;", 0),
        ("src/cli/a.rs", "use crate::platform::clock::Clock;", 0),
        ("src/cli/a.rs", "use crate::tui::terminal::Guard;", 1),
        ("src/cli/a.rs", "use crate::app::Model;", 1),
        ("src/main.rs", "use grantdeck::{cli, platform};", 0),
        ("src/main.rs", "use grantdeck::app::Model;", 1),
    ] {
        let found = offences(&Source::new(path, text), &dependencies);
        assert_eq!(found.len(), want, "{path}: {text}\n{found:?}");
    }
}
