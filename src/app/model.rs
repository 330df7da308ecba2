//! The whole visible truth.

use std::sync::Arc;

use super::input::Key;
use super::keymap::{Keymap, Place};
use super::screens::call::Call;
use super::screens::connect::Connect;
use super::screens::copy::Copying;
use super::screens::detail::Detail;
use super::screens::grants::{Focus, Grants};
use super::screens::history::History;
use super::screens::response;
use super::screens::revoke::{Access, Revoking};
use super::screens::scan::Scan;
use super::screens::smoke::Smoke;
use super::shared::Shared;
use crate::domain::Now;
use crate::ui::{Depth, Theme};

/// A chord that is not finished shows what may follow after this many milliseconds.
pub const CHORD_POPUP: u64 = 300;

/// What the screen knows. Built by [`Model::new`], changed by [`super::update()`] only.
#[derive(Debug)]
pub struct Model {
    /// What all screens use.
    pub shared: Shared,
    /// Raised by every change that the screen shows; equal revisions draw equal pictures.
    pub revision: u64,
    /// The list.
    pub grants: Grants,
    /// The detail.
    pub detail: Detail,
    /// The test call; it stays when its screen is left.
    pub call: Option<Call>,
    /// The history of calls.
    pub history: History,
    /// What copying remembers.
    pub copying: Copying,
    /// Grant ids in files; they stay when their screen is left.
    pub scan: Scan,
    /// Smoke tests, and what they found; they stay when their screen is left.
    pub smoke: Smoke,
    /// The session whose link was opened last.
    pub connect: Connect,
    /// The revocation that is planned, under way or was looked at last; it goes on when its screen is left.
    pub revoking: Option<Revoking>,
    /// The access of an agent that is just being ended.
    pub access: Option<Access>,
    /// Which pane has the keys.
    pub focus: Focus,
    /// The jq filters of this session, the newest last.
    pub past_filters: Vec<String>,
    /// The keys of a chord that is not finished, and when its first came.
    pub pending: Vec<Key>,
    /// When the first pending key came, in [`Now::millis`].
    pub pending_since: u64,
}

impl Model {
    /// A model that knows nothing yet: enough for the first frame.
    pub fn new(theme: Arc<Theme>, depth: Depth, keymap: Arc<Keymap>) -> Self {
        Self {
            shared: Shared::new(theme, depth, keymap),
            revision: 0,
            grants: Grants::default(),
            detail: Detail::default(),
            call: None,
            history: History::default(),
            copying: Copying::default(),
            scan: Scan::default(),
            smoke: Smoke::default(),
            connect: Connect::default(),
            revoking: None,
            access: None,
            focus: Focus::default(),
            past_filters: Vec::new(),
            pending: Vec::new(),
            pending_since: 0,
        }
    }

    /// When the picture changes by itself, in [`Now::millis`]; None at rest. The runtime then sends
    /// [`super::Msg::Wake`].
    pub fn next_wake(&self, now: Now) -> Option<u64> {
        let chord = (!self.pending.is_empty())
            .then_some(self.pending_since + CHORD_POPUP)
            .filter(|at| *at > now.millis);
        let toast = self.shared.toasts.current().map(|toast| toast.until);
        let watch = self.grants.watch.filter(|_| !self.grants.walk.is_busy());
        let walk = self.grants.walk.next_wake(now);
        let shown = self.shown().next_wake(self, now);
        let popup = self.top().next_wake(self, now).filter(|_| !self.shared.nav.popups().is_empty());
        [chord, toast, watch, walk, shown, popup].into_iter().flatten().min()
    }

    /// Where the keys go.
    pub fn place(&self) -> Place {
        self.top().place(self)
    }

    /// Where the keys go once all that pops up is closed.
    pub fn place_below(&self) -> Place {
        self.shown().place(self)
    }

    /// Whether presses and the wheel are the program's. While a text is to be selected they are the terminal's own.
    pub fn wants_mouse(&self) -> bool {
        self.top().wants_mouse()
    }

    /// How many lines of a body are visible; None where none is on the screen.
    pub fn body_height(&self) -> Option<usize> {
        response::height(self.call.as_ref(), &self.shared)
    }
}
