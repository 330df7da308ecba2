//! The request of a call: its fields, and what is typed into them.

mod view;

use std::time::Duration;

pub(crate) use view::draw;

use crate::app::input::Key;
use crate::app::{Action, Effect, Model};
use crate::domain::{Grant, GrantId, Mode, Now, RequestDraft};

/// What is asked. Every field may hold what was typed so far.
#[derive(Debug)]
pub struct Composer {
    draft: RequestDraft,
}

impl Composer {
    /// What is usually asked with a grant like this.
    pub fn new(id: GrantId, grant: &Grant) -> Self {
        let base = grant.api_base_url().cloned();
        let base = base.or_else(|| crate::domain::provider::known(&grant.provider)?.origin());
        let url = base.map_or_else(String::new, |origin| format!("{origin}/"));
        Self { draft: RequestDraft::new(id, "GET", &url) }
    }

    /// Who carries the call out.
    pub fn mode(&self) -> Mode {
        self.draft.mode
    }

    /// Chooses who carries the call out.
    pub fn set_mode(&mut self, mode: Mode) {
        self.draft.mode = mode;
    }

    /// Whether it can be sent as it is.
    ///
    /// # Errors
    /// What is missing, in a sentence.
    pub fn check(&self) -> Result<(), String> {
        if self.draft.url.trim().is_empty() { Err("There is no URL to call yet.".to_owned()) } else { Ok(()) }
    }

    /// The call as it is written now.
    pub fn draft(&self) -> &RequestDraft {
        &self.draft
    }

    /// How long to wait for the answer; None = as long as the backend may take.
    pub fn patience(&self) -> Option<Duration> {
        None
    }

    /// Hosts that were allowed on purpose.
    pub fn allowed_hosts(&self) -> &[String] {
        &[]
    }

    /// Allows a host for the calls of this screen.
    pub fn allow(&mut self, _host: &str) {}
}

/// Whether a field has the keys.
pub(crate) fn takes_text(_model: &Model) -> bool {
    false
}

/// A key that is no action goes into the field that is open.
pub(crate) fn typed(_model: &mut Model, _key: Key, _now: Now) -> Vec<Effect> {
    Vec::new()
}

/// A text was pasted.
pub(crate) fn paste(_model: &mut Model, _text: &str, _now: Now) -> Vec<Effect> {
    Vec::new()
}

/// Carries an action out; None when it means nothing here.
pub(crate) fn act(_model: &mut Model, _action: Action, _now: Now) -> Option<Vec<Effect>> {
    None
}

/// Leaves the field that is open; None when none is.
pub(crate) fn back(_model: &mut Model, _now: Now) -> Option<Vec<Effect>> {
    None
}
