//! The user's keys, read as the screen reads them, for who has no screen.

use crate::app::keymap::Keymap;
use crate::domain::{Diagnosis, Preset};
use crate::store::config::KeymapFile;

/// What is wrong with a `keymap.toml` on top of a preset, row by row.
pub fn mistakes(file: &KeymapFile, preset: Preset) -> Vec<Diagnosis> {
    Keymap::load(preset, &file.text, &file.file.display().to_string()).1
}
