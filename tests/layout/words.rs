//! Words that the code no longer uses: each had a private meaning, and the usual word took its place (docs/glossary.md).

use std::path::{Path, PathBuf};

use crate::{files, none};

/// Parts of names: `told` finds `told`, `is_told` and `Told`.
const NAMES: &[(&str, &str)] = &[
    ("beforehand", "preflight"),
    ("care", "write policy"),
    ("deck", "live session"),
    ("desk", "host"),
    ("errand", "helper process"),
    ("foresee", "preview"),
    ("foreseen", "previewed"),
    ("house", "layout"),
    ("keeper", "owner, writer"),
    ("kin", "relatives"),
    ("mind", "app"),
    ("mistrust", "signature error"),
    ("offence", "violation"),
    ("rooms", "layers"),
    ("shelf", "pending plan"),
    ("spell", "fault spec"),
    ("spells", "fault specs"),
    ("stranger", "unknown"),
    ("told", "reported, message"),
    ("villain", "edge case"),
    ("villains", "edge cases"),
    ("wallet", "approval page"),
    ("weather", "faults"),
    ("wish", "effect, request"),
    ("wishes", "effects, requests"),
];

/// Words of comments, texts and pages.
const PROSE: &[(&str, &str)] = &[
    ("beforehand", "before, preflight"),
    ("errand", "helper process"),
    ("errands", "helper processes"),
    ("foresee", "preview"),
    ("keeper", "owner"),
    ("mistrust", "signature error"),
    ("offence", "violation"),
    ("offences", "violations"),
    ("shelf", "pending plan"),
    ("villain", "edge case"),
    ("villains", "edge cases"),
    ("weather", "faults"),
    ("wishes", "effects, requests"),
];

/// Where a word may stay, and why.
const ALLOWED: &[(&str, &str, &str)] = &[
    // file, word, reason
    ("*", "told", "`told_apart` is said of things that differ"),
    ("src/cli/output", "deck", "the program's name"),
];

/// The parts of a name, in lower case.
fn parts(name: &str) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    let mut after_lower = false;
    for character in name.chars() {
        if character == '_' {
            out.push(String::new());
        } else {
            if (character.is_uppercase() && after_lower) || out.is_empty() {
                out.push(String::new());
            }
            if let Some(last) = out.last_mut() {
                last.extend(character.to_lowercase());
            }
        }
        after_lower = character.is_lowercase();
    }
    out.retain(|part| !part.is_empty());
    out
}

fn is_allowed(path: &str, name: &str, word: &str) -> bool {
    if word == "told" && name.contains("told_apart") {
        return true;
    }
    ALLOWED.iter().any(|(file, allowed, _)| *file != "*" && path.starts_with(file) && *allowed == word)
}

/// The names of a source in which an old word is left.
fn names_left(path: &str, code: &str) -> Vec<String> {
    let names = code.split(|character: char| !character.is_alphanumeric() && character != '_');
    let mut left = Vec::new();
    for name in names.filter(|name| !name.is_empty()) {
        let parts = parts(name);
        for (word, instead) in NAMES {
            if parts.iter().any(|part| part == word) && !is_allowed(path, name, word) {
                left.push(format!("{path}: the name `{name}`; say {instead}"));
            }
        }
    }
    left
}

/// The lines of a text in which an old word is left.
fn prose_left(path: &str, text: &str) -> Vec<String> {
    let mut left = Vec::new();
    for (number, line) in text.lines().enumerate() {
        let words = line.split(|character: char| !character.is_alphanumeric()).map(str::to_lowercase);
        let words: Vec<String> = words.collect();
        for (word, instead) in PROSE {
            if words.iter().any(|found| found == word) && !is_allowed(path, "", word) {
                left.push(format!("{path}:{}: `{word}`; say {instead}", number + 1));
            }
        }
    }
    left
}

/// Pages and tables, with their paths from the package's root.
fn pages() -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut folders: Vec<PathBuf> =
        ["docs", "assets", "src/sandbox/assets"].iter().map(|name| root.join(name)).collect();
    let mut found: Vec<PathBuf> =
        ["README.md", "CONTRIBUTING.md", "CHANGELOG.md"].iter().map(|name| root.join(name)).collect();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or_default();
            if path.is_dir() {
                folders.push(path);
            } else if ["md", "toml"].contains(&ending) {
                found.push(path);
            }
        }
    }
    let name = |path: &Path| path.strip_prefix(root).unwrap().to_str().unwrap().replace('\\', "/");
    found.iter().map(|path| (name(path), std::fs::read_to_string(path).unwrap())).collect()
}

#[test]
fn no_old_word_is_left() {
    let this = "tests/layout/words.rs";
    let sources =
        ["src", "tests", "benches"].into_iter().flat_map(files).filter(|source| source.path != this);
    let mut left = Vec::new();
    for source in sources {
        left.extend(names_left(&source.path, &source.code));
        left.extend(prose_left(&source.path, &source.text));
    }
    for (path, text) in pages() {
        left.extend(prose_left(&path, &text));
    }
    left.sort();
    left.dedup();
    none(&left);
}

#[test]
fn an_old_word_is_found() {
    for (code, want) in [
        ("let is_told = true;", 1),
        ("struct ToldTwice;", 1),
        ("fn colours_are_told_apart() {}", 0),
        ("let toldest = 1;", 0),
        ("KEEPER", 1),
    ] {
        assert_eq!(names_left("src/a.rs", code).len(), want, "{code}");
    }
    for (text, want) in [("// Runs an errand.", 1), ("// The errands, and the keeper", 2), ("// shelfish", 0)]
    {
        assert_eq!(prose_left("src/a.rs", text).len(), want, "{text}");
    }
}
