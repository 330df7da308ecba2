//! Where the layer of edits may touch the disk.

use crate::imports::std_in_braces;
use crate::source::Source;
use crate::{files, none};

/// In `edit` only the part that is about files may touch them.
fn touches_files(source: &Source) -> Vec<String> {
    if !source.path.starts_with("src/edit/") || source.path.starts_with("src/edit/file") {
        return Vec::new();
    }
    let mut places: Vec<usize> = ["std::fs", "std::io", "tempfile::", "rustix::"]
        .iter()
        .flat_map(|part| source.places(part).into_iter().chain(std_in_braces(source, part)))
        .collect();
    places.retain(|offset| !source.is_test(*offset));
    places.into_iter().map(|offset| source.violation(offset, "only `edit::file` touches the disk")).collect()
}

#[test]
fn edits_are_planned_without_the_disk() {
    none(&files("src").iter().flat_map(touches_files).collect::<Vec<_>>());
    for (path, text, want) in [
        ("src/edit/env.rs", "use std::fs;", 1),
        ("src/edit/env.rs", "use std::{fs, ops::Range};", 1),
        ("src/edit/env.rs", "tempfile::tempdir()", 1),
        ("src/edit/env.rs", "use std::ops::Range;", 0),
        ("src/edit/file.rs", "use std::fs;", 0),
        ("src/edit/file/write.rs", "use std::fs;", 0),
        ("src/store/a.rs", "use std::fs;", 0),
    ] {
        assert_eq!(touches_files(&Source::new(path, text)).len(), want, "{path}: {text}");
    }
}
