//! The user's keys, read as the screen reads them, for who has no screen.

use crate::app::keymap::Keymap;
use crate::domain::Diagnosis;
use crate::store::config::KeymapFile;

/// What is wrong with a `keymap.toml`, row by row.
pub fn mistakes(file: &KeymapFile) -> Vec<Diagnosis> {
    Keymap::load(&file.text, &file.file.display().to_string()).1
}
