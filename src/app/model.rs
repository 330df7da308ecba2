//! The whole visible truth.

use std::sync::Arc;

use super::keymap::Keymap;
use crate::domain::Now;
use crate::ui::Theme;

/// What the screen knows. Built by [`Model::new`], changed by [`super::update`] only.
#[derive(Debug)]
pub struct Model {
    /// The colours.
    pub theme: Arc<Theme>,
    /// The keys.
    pub keymap: Arc<Keymap>,
    /// Raised by every change that the screen shows; equal revisions draw equal pictures.
    pub revision: u64,
}

impl Model {
    /// A model that knows nothing yet: enough for the first frame.
    pub fn new(theme: Arc<Theme>, keymap: Arc<Keymap>) -> Self {
        Self { theme, keymap, revision: 0 }
    }

    /// When the picture changes by itself, in [`Now::millis`]; None at rest. The runtime then sends
    /// [`super::Msg::Wake`].
    pub fn next_wake(&self, now: Now) -> Option<u64> {
        let _ = now;
        None
    }
}
