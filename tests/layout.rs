//! The layout of the code, checked in the source: which layer may import which, how long a file may be, what no code
//! outside tests may do, and that no table has a row that nobody uses. Drawn in `docs/architecture.md`.
//!
//! Each rule has a test beside it that shows the rule can fail.

#![expect(clippy::string_slice, reason = "every offset comes from a search in the same text")]
#![expect(clippy::unwrap_used, clippy::panic, reason = "all of this is a test, its helpers too")]

#[path = "layout/citations.rs"]
mod citations;
#[path = "layout/disk.rs"]
mod disk;
#[path = "layout/habits.rs"]
mod habits;
#[path = "layout/imports.rs"]
mod imports;
#[path = "layout/layers.rs"]
mod layers;
#[path = "layout/source.rs"]
mod source;
#[path = "layout/tables.rs"]
mod tables;
#[path = "layout/words.rs"]
mod words;

use std::path::Path;

use source::Source;

/// Fails with all violations, one a line.
fn none(violations: &[String]) {
    assert!(violations.is_empty(), "\n{}\n", violations.join("\n"));
}

/// Every Rust file below a folder of the package.
fn files(folder: &str) -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = Vec::new();
    let mut folders = vec![root.join(folder)];
    while let Some(folder) = folders.pop() {
        let Ok(entries) = std::fs::read_dir(&folder) else { continue };
        for entry in entries {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let name = path.strip_prefix(root).unwrap().to_str().unwrap().replace('\\', "/");
                found.push(Source::new(&name, &std::fs::read_to_string(&path).unwrap()));
            }
        }
    }
    found.sort_by(|one, other| one.path.cmp(&other.path));
    found
}

#[test]
fn every_layer_is_read() {
    let sources = files("src");
    for layer in layers::LAYERS {
        let seen = sources.iter().any(|source| source.layer() == Some(layer.name));
        assert!(seen, "the import rules name the layer `{}`, but there is no such folder", layer.name);
    }
    for source in &sources {
        let known = source.layer().is_none_or(|name| layers::LAYERS.iter().any(|layer| layer.name == name));
        assert!(known, "{} is in a layer that the import rules do not name", source.path);
    }
}
