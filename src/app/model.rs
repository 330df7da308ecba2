//! The whole visible truth.

use std::collections::HashMap;
use std::sync::Arc;

use ratatui::layout::Rect;

use super::discard::Discards;
use super::input::Key;
use super::keymap::{Keymap, Place};
use super::memory::Memory;
use super::nav::{Kind, Nav};
use super::question::Presses;
use super::remote::Remote;
use super::requests::{Identify, ReadCatalog, Session};
use super::screens::call::Call;
use super::screens::copy::Copying;
use super::screens::detail::Detail;
use super::screens::grants::{Grants, WalkPhase};
use super::screens::history::History;
use super::screens::response;
use super::screens::scan::Scan;
use super::screens::smoke::Smoke;
use super::slots::Slots;
use super::toast::Toasts;
use super::{Effect, Slot};
use crate::domain::{Agent, Budget, Catalog, Identity, Now, Split};
use crate::ui::layout::{self, Areas, Middle};
use crate::ui::{Depth, Theme};

/// A chord that is not finished shows what may follow after this many milliseconds.
pub const CHORD_POPUP: u64 = 300;
/// Loading that takes longer than this is said to take long, and how to stop it.
pub const PATIENCE: u64 = 2_000;

/// Which pane has the keys on the main screen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Focus {
    /// The list.
    #[default]
    List,
    /// The detail.
    Detail,
}

/// What the screen knows. Built by [`Model::new`], changed by [`super::update()`] only.
#[derive(Debug)]
pub struct Model {
    /// The colours.
    pub theme: Arc<Theme>,
    /// Nobody chose the theme: it is the one for the terminal's background.
    pub follows_background: bool,
    /// How many colours the terminal has.
    pub depth: Depth,
    /// The keys.
    pub keymap: Arc<Keymap>,
    /// Raised by every change that the screen shows; equal revisions draw equal pictures.
    pub revision: u64,
    /// Columns and rows of the terminal.
    pub size: (u16, u16),
    /// What is under way.
    pub slots: Slots,
    /// Backend and key.
    pub session: Remote<Session>,
    /// Whose key it is.
    pub identity: Remote<Identity>,
    /// Names and scopes of providers.
    pub catalog: Remote<Arc<Catalog>>,
    /// Names of agents, by id.
    pub agents: Remote<HashMap<Arc<str>, Agent>>,
    /// The rate budget.
    pub budget: Option<Budget>,
    /// The list.
    pub grants: Grants,
    /// The detail.
    pub detail: Detail,
    /// The test call; it stays when its screen is left.
    pub call: Option<Call>,
    /// The history of calls.
    pub history: History,
    /// What is there again at the next start.
    pub memory: Memory,
    /// How list and detail share the screen.
    pub split: Split,
    /// What copying remembers.
    pub copying: Copying,
    /// Grant ids in files; they stay when their screen is left.
    pub scan: Scan,
    /// Smoke tests, and what they found; they stay when their screen is left.
    pub smoke: Smoke,
    /// What is open.
    pub nav: Nav,
    /// Which pane has the keys.
    pub focus: Focus,
    /// The jq filters of this session, the newest last.
    pub past_filters: Vec<String>,
    /// The keys of a chord that is not finished, and when its first came.
    pub pending: Vec<Key>,
    /// When the first pending key came, in [`Now::millis`].
    pub pending_since: u64,
    /// The last keys, and when they came.
    pub presses: Presses,
    /// Notices.
    pub toasts: Toasts,
    /// Large bodies that are done with.
    pub(crate) discards: Discards,
    /// Ids and accounts are masked.
    pub privacy: bool,
}

impl Model {
    /// A model that knows nothing yet: enough for the first frame.
    pub fn new(theme: Arc<Theme>, depth: Depth, keymap: Arc<Keymap>) -> Self {
        Self {
            theme,
            follows_background: false,
            depth,
            keymap,
            revision: 0,
            size: (0, 0),
            slots: Slots::default(),
            session: Remote::Idle,
            identity: Remote::Idle,
            catalog: Remote::Idle,
            agents: Remote::Idle,
            budget: None,
            grants: Grants::default(),
            detail: Detail::default(),
            call: None,
            history: History::default(),
            memory: Memory::default(),
            split: Split::default(),
            copying: Copying::default(),
            scan: Scan::default(),
            smoke: Smoke::default(),
            nav: Nav::default(),
            focus: Focus::default(),
            past_filters: Vec::new(),
            pending: Vec::new(),
            pending_since: 0,
            presses: Presses::default(),
            toasts: Toasts::default(),
            discards: Discards::default(),
            privacy: false,
        }
    }

    /// When the picture changes by itself, in [`Now::millis`]; None at rest. The runtime then sends
    /// [`super::Msg::Wake`].
    pub fn next_wake(&self, now: Now) -> Option<u64> {
        let chord = (!self.pending.is_empty())
            .then_some(self.pending_since + CHORD_POPUP)
            .filter(|at| *at > now.millis);
        let toast = self.toasts.current().map(|toast| toast.until);
        let watch = self.grants.watch.filter(|_| !self.grants.walk.is_busy());
        // Seconds are counted only while something is slow: then they are news.
        let next_second = |from: u64| from + (now.millis.saturating_sub(from) / 1_000 + 1) * 1_000;
        let walk = match &self.grants.walk.phase {
            WalkPhase::Loading { since } => Some(next_second(*since).max(since + PATIENCE)),
            WalkPhase::Waiting { until, .. } if *until > now.millis => {
                Some(until - (until - now.millis - 1) / 1_000 * 1_000)
            }
            WalkPhase::Idle
            | WalkPhase::Waiting { .. }
            | WalkPhase::Done
            | WalkPhase::Stopped
            | WalkPhase::Failed(_) => None,
        };
        let shown = self.shown().next_wake(self, now);
        let popup = self.top().next_wake(self, now).filter(|_| !self.nav.popups().is_empty());
        [chord, toast, watch, walk, shown, popup].into_iter().flatten().min()
    }

    /// The places of the screen; None when the terminal is too small.
    pub fn areas(&self) -> Option<Areas> {
        let middle =
            if self.nav.screen() == Kind::Grants { Middle::Split(self.split) } else { Middle::Whole };
        layout::areas(self.size.0, self.size.1, middle)
    }

    /// Whether list and detail are both on the screen.
    pub fn detail_is_beside(&self) -> bool {
        self.areas().is_some_and(|areas| areas.detail.is_some())
    }

    /// How many rows of the list are visible: the pane less its border and the heads of the columns.
    pub fn list_height(&self) -> usize {
        let areas = layout::areas(self.size.0, self.size.1, Middle::Split(self.split));
        areas.map_or(0, |areas| usize::from(layout::inside(areas.list).height.saturating_sub(1)))
    }

    /// How many lines of a body are visible; None where none is on the screen.
    pub fn body_height(&self) -> Option<usize> {
        response::height(self)
    }

    /// All of the terminal.
    pub(crate) fn whole(&self) -> Rect {
        Rect::new(0, 0, self.size.0, self.size.1)
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

    /// Asks for the names that explain the list: catalog, agents, whose key.
    pub(super) fn ask_for_names(&mut self, now: Now) -> Vec<Effect> {
        self.identity.load(now.millis);
        self.catalog.load(now.millis);
        vec![self.slots.ask(Identify), self.slots.ask(ReadCatalog)]
    }

    /// Ends a question whose answer is not wanted any more; None where none is open.
    pub(super) fn give_up(&mut self, slot: Slot) -> Option<Effect> {
        let open = self.slots.is_open(slot);
        self.slots.end(slot);
        open.then_some(Effect::Cancel(slot))
    }

    /// Seconds between refreshes of a watch.
    pub fn watch_seconds(&self) -> u64 {
        self.session.value().map_or(60, |session| session.watch_seconds).max(60)
    }

    /// Sets the time of the next refresh.
    pub(super) fn watch_again(&mut self, now: Now) {
        self.grants.watch = Some(now.millis + self.watch_seconds() * 1_000);
    }
}
