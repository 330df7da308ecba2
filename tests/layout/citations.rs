//! Pages of `docs/protocol` that the code cites: each page is there, and has the section.

use std::collections::BTreeMap;
use std::path::Path;

use crate::{files, none};

const PAGES: &str = "docs/protocol/";

/// The numbers of a page's headings: `1` of `## 1. Base URL`, `A4` of `### A4. Building the request`.
fn sections(page: &str) -> Vec<String> {
    let headings = page.lines().filter(|line| line.starts_with('#'));
    headings
        .filter_map(|line| line.trim_start_matches(['#', ' ']).split_once('.'))
        .map(|(number, _)| number.to_owned())
        .collect()
}

/// The page that a text after `docs/protocol/` names, and the number of the section behind it.
fn citation(text: &str) -> Option<(&str, Option<&str>)> {
    let (page, rest) = text.split_once(".md")?;
    let rest = rest.strip_prefix(' ').unwrap_or_default();
    let words = ["sections ", "section ", "part "];
    let rest = words.iter().find_map(|word| rest.strip_prefix(word)).unwrap_or(rest);
    let number = rest.split(|character: char| !character.is_ascii_alphanumeric()).next()?;
    let digits = number.trim_start_matches(|character: char| character.is_ascii_uppercase());
    let is_number =
        !number.is_empty() && number.len() <= 3 && digits.bytes().all(|byte| byte.is_ascii_digit());
    Some((page, is_number.then_some(number)))
}

/// What a file cites that is not there.
fn missing(path: &str, text: &str, pages: &BTreeMap<String, Vec<String>>) -> Vec<String> {
    // A citation may go over the end of a comment's line.
    let lines = text.lines().map(|line| line.trim_start().trim_start_matches(['/', '!', ' ']));
    let text = lines.collect::<Vec<_>>().join(" ");
    let cited = text.split(PAGES).skip(1).filter_map(citation);
    let absent = cited.filter(|(page, section)| {
        pages
            .get(*page)
            .is_none_or(|known| section.is_some_and(|number| !known.iter().any(|one| one == number)))
    });
    absent
        .map(|(page, section)| format!("{path}: no {PAGES}{page}.md {}", section.unwrap_or_default()))
        .collect()
}

#[test]
fn cited_pages_and_sections_are_there() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(PAGES);
    let mut pages = BTreeMap::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        pages.insert(name, sections(&std::fs::read_to_string(&path).unwrap()));
    }
    let sources = ["src", "tests/wire", "tests/sandbox"].into_iter().flat_map(files);
    none(&sources.flat_map(|source| missing(&source.path, &source.text, &pages)).collect::<Vec<_>>());
    for (text, want) in [
        ("/// docs/protocol/calls.md section A4", 0),
        ("/// (docs/protocol/calls.md\n/// section A44).", 1),
        ("/// docs/protocol/transport.md sections 3 and 5", 0),
        ("/// docs/protocol/transport.md section 33", 1),
        ("/// docs/protocol/errors.md, main surface", 0),
        ("/// docs/protocol/error.md", 1),
        ("/// docs/protocol/errors.md names the code", 0),
    ] {
        assert_eq!(missing("a.rs", text, &pages).len(), want, "{text}");
    }
}
