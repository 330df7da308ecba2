//! Replaces ids in several files: planned together, so that they can be shown and confirmed as one change, then written
//! file by file, each atomically.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use uuid::Uuid;

use crate::edit::file::{FileError, Planned, PlannedChange, is_backup};

/// A planned replacement of ids.
#[derive(Debug, Default)]
pub struct Swaps {
    /// The files that change, by path.
    pub files: Vec<FileSwap>,
    /// Files that could not be read.
    pub failed: Vec<FileError>,
    /// Backups that contain ids. They are not changed.
    pub backups: Vec<PathBuf>,
}

/// The replacements in one file.
#[derive(Debug)]
pub struct FileSwap {
    /// The change.
    pub planned: Planned,
    /// The number of ids replaced.
    pub places: usize,
    /// The paths that led to the file, and the old ids found there.
    pub found: Vec<(PathBuf, BTreeSet<Uuid>)>,
}

impl Swaps {
    /// Reads the files in which old ids of `pairs` were found, and plans to replace each by its new id. A file reached
    /// by several paths counts once.
    pub fn plan<'a>(pairs: &[(Uuid, Uuid)], found: impl IntoIterator<Item = (&'a Path, Uuid)>) -> Self {
        let is_wanted = |id: Uuid| pairs.iter().any(|(old, _)| *old == id);
        let mut paths: BTreeMap<&Path, BTreeSet<Uuid>> = BTreeMap::new();
        for (path, id) in found.into_iter().filter(|(_, id)| is_wanted(*id)) {
            paths.entry(path).or_default().insert(id);
        }
        let mut swaps = Self::default();
        for (path, ids) in paths {
            if is_backup(path) {
                swaps.backups.push(path.to_owned());
                continue;
            }
            let planned = match Planned::swap_all(path, pairs) {
                Ok(planned) if is_backup(&planned.path) => {
                    swaps.backups.push(path.to_owned());
                    continue;
                }
                Ok(planned) if planned.is_change() => planned,
                Ok(_) => continue,
                Err(error) => {
                    swaps.failed.push(error);
                    continue;
                }
            };
            let places = match planned.change {
                PlannedChange::Swap(places) => places,
                PlannedChange::Values(_) => 0,
            };
            let found = (path.to_owned(), ids);
            match swaps.files.iter_mut().find(|file| file.planned.path == planned.path) {
                Some(file) => file.found.push(found),
                None => swaps.files.push(FileSwap { planned, places, found: vec![found] }),
            }
        }
        swaps
    }

    /// Whether an id is in a file that changes.
    pub fn has(&self, old: Uuid) -> bool {
        self.files.iter().flat_map(|file| &file.found).any(|(_, ids)| ids.contains(&old))
    }

    /// The number of ids replaced.
    pub fn places(&self) -> usize {
        self.files.iter().map(|file| file.places).sum()
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn a_backup_keeps_what_it_holds() {
        let (old, new) = (Uuid::from_u128(1 << 64), Uuid::from_u128(2));
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        fs::write(at(".env.bak"), format!("{old}\n")).unwrap();
        fs::write(at(".env"), format!("{old}\n")).unwrap();
        let swaps = Swaps::plan(&[(old, new)], [(&*at(".env.bak"), old), (&*at(".env"), old)]);
        assert_eq!((swaps.files.len(), swaps.backups), (1, vec![at(".env.bak")]));
    }

    #[test]
    fn a_file_is_swapped_once_however_it_was_reached() {
        let (old, new, gone) = (Uuid::from_u128(1 << 64), Uuid::from_u128(2), Uuid::from_u128(3));
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        fs::write(at("a"), format!("{old} {old}\n")).unwrap();
        fs::write(at("b"), format!("{gone}\n")).unwrap();
        let (a, dotted) =
            (at("a"), folder.path().join("./../").join(folder.path().file_name().unwrap()).join("a"));
        let found = [(&*a, old), (&*dotted, old), (&*at("b"), old), (&*at("c"), old), (&*at("b"), gone)];
        let swaps = Swaps::plan(&[(old, new)], found);
        assert_eq!((swaps.files.len(), swaps.places(), swaps.failed.len()), (1, 2, 1));
        let file = swaps.files.into_iter().next().unwrap();
        assert_eq!(file.found.len(), 2);
        assert!(file.planned.write().unwrap().changed);
        assert_eq!(fs::read_to_string(at("a")).unwrap(), format!("{new} {new}\n"));
    }
}
