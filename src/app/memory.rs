//! What is to be there again at the next start.

use std::collections::BTreeMap;

use crate::domain::{Look, Remembered, SavedView};

/// What is known about remembering.
#[derive(Debug)]
pub struct Memory {
    /// How the list looks where nothing was chosen.
    pub configured: Look,
    /// The views that were saved, by name.
    pub views: BTreeMap<String, SavedView>,
    /// Why nothing is remembered; None = it is.
    pub off: Option<&'static str>,
    /// What was remembered last, the views aside.
    pub(super) saved: Remembered,
}

impl Default for Memory {
    fn default() -> Self {
        Self {
            configured: Look::default(),
            views: BTreeMap::new(),
            off: Some("the session is not open yet"),
            saved: Remembered::default(),
        }
    }
}
