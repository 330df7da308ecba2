//! The law of the house, read from the source: which room may know which, how long a file may be, what no code
//! outside tests may do, and that no table has a row that nobody uses. Drawn in `docs/architecture.md`.
//!
//! Each rule has a test beside it that shows the rule can fail.

#![expect(clippy::string_slice, reason = "every offset comes from a search in the same text")]
#![expect(clippy::unwrap_used, clippy::panic, reason = "all of this is a test, its helpers too")]

#[path = "house/citations.rs"]
mod citations;
#[path = "house/disk.rs"]
mod disk;
#[path = "house/habits.rs"]
mod habits;
#[path = "house/law.rs"]
mod law;
#[path = "house/rooms.rs"]
mod rooms;
#[path = "house/source.rs"]
mod source;
#[path = "house/tables.rs"]
mod tables;

use std::path::Path;

use source::Source;

/// Fails with all offences, one a line.
fn none(offences: &[String]) {
    assert!(offences.is_empty(), "\n{}\n", offences.join("\n"));
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
fn every_room_is_read() {
    let sources = files("src");
    for room in rooms::ROOMS {
        let seen = sources.iter().any(|source| source.room() == Some(room.name));
        assert!(seen, "the law names the room `{}`, but there is no such folder", room.name);
    }
    for source in &sources {
        let known = source.room().is_none_or(|name| rooms::ROOMS.iter().any(|room| room.name == name));
        assert!(known, "{} stands in a room that the law does not name", source.path);
    }
}
