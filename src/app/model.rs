//! The whole visible truth.

use std::collections::HashMap;
use std::sync::Arc;

use super::discard::Discards;
use super::input::Key;
use super::keymap::{Keymap, Place};
use super::memory::Memory;
use super::overlays::Overlay;
use super::question::{self, Presses};
use super::remote::Remote;
use super::requests::{Identify, ReadCatalog, Session};
use super::screens::call::Call;
use super::screens::copy::Copying;
use super::screens::detail::Detail;
use super::screens::grants::{Grants, WalkPhase};
use super::screens::history::History;
use super::screens::scan::Scan;
use super::screens::smoke::{Board, Smoke};
use super::screens::{composer, response};
use super::slots::Slots;
use super::toast::Toasts;
use super::{Effect, Slot};
use crate::domain::{Agent, Budget, Catalog, Identity, Now, Split};
use crate::ui::layout::{self, Areas, Front, Middle};
use crate::ui::{Depth, Theme};

/// A chord that is not finished shows what may follow after this many milliseconds.
pub const CHORD_POPUP: u64 = 300;
/// Loading that takes longer than this is said to take long, and how to stop it.
pub const PATIENCE: u64 = 2_000;

/// Which screen is open.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Screen {
    /// The list, with the detail beside or below it where there is room.
    #[default]
    Grants,
    /// The detail alone.
    Detail,
    /// A test call.
    Call,
    /// The history of calls.
    History,
    /// Grant ids in files.
    Scan,
    /// A smoke test.
    Smoke,
}

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
    /// Nobody chose the theme: it is the one for the terminal's ground.
    pub follows_ground: bool,
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
    /// Which screen is open.
    pub screen: Screen,
    /// Which pane has the keys.
    pub focus: Focus,
    /// The jq filters of this session, the newest last.
    pub past_filters: Vec<String>,
    /// What pops up, the top last.
    pub overlays: Vec<Overlay>,
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
            follows_ground: false,
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
            screen: Screen::default(),
            focus: Focus::default(),
            past_filters: Vec::new(),
            overlays: Vec::new(),
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
            _ => None,
        };
        let call = self.call.as_ref().filter(|_| self.screen == Screen::Call);
        let call = call.and_then(|call| call.next_wake(now));
        let board = self.smoke.board.as_ref().filter(|_| self.screen == Screen::Smoke);
        let board = board.filter(|board| Board::is_running(board)).and_then(|board| board.next_wake(now));
        let question = question::next_wake(self, now);
        [chord, toast, watch, walk, call, board, question].into_iter().flatten().min()
    }

    /// The places of the screen; None when the terminal is too small.
    pub fn areas(&self) -> Option<Areas> {
        let middle = if self.screen == Screen::Grants { Middle::Split(self.split) } else { Middle::Whole };
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

    /// Where the keys go, overlays aside.
    pub fn place(&self) -> Place {
        match self.overlays.last() {
            Some(Overlay::Copy(menu)) if menu.naming.is_some() => return Place::Input,
            Some(Overlay::Changes(changes)) if changes.editing.is_some() => return Place::Input,
            Some(Overlay::Copy(_)) => return Place::Copy,
            Some(Overlay::Changes(_)) => return Place::Changes,
            Some(Overlay::Pick(_)) => return Place::Picker,
            Some(Overlay::Confirm(confirm)) if confirm.word.is_some() => return Place::Input,
            Some(Overlay::Confirm(_)) => return Place::Confirm,
            Some(Overlay::Save(_)) => return Place::Input,
            Some(Overlay::Help(_) | Overlay::Page(_) | Overlay::Picture(_)) => return Place::Help,
            None => {}
        }
        self.place_below()
    }

    /// Where the keys go once all overlays are closed.
    pub fn place_below(&self) -> Place {
        if let Some(call) = self.call.as_ref().filter(|_| self.screen == Screen::Call) {
            return match call.front {
                _ if composer::takes_text(self) => Place::Field,
                _ if response::takes_text(self) => Place::Input,
                _ if composer::is_body_open(self) => Place::Editor,
                Front::First => Place::Composer,
                Front::Second => Place::Response,
            };
        }
        if self.screen == Screen::History {
            return match &self.history {
                history if history.typing => Place::Input,
                history if history.difference.is_some() => Place::Comparison,
                _ => Place::History,
            };
        }
        if self.screen == Screen::Scan {
            return if self.scan.editing.is_some() { Place::Input } else { Place::Scan };
        }
        if self.screen == Screen::Smoke {
            return Place::Smoke;
        }
        if self.grants.typing {
            Place::Input
        } else if self.screen == Screen::Detail || (self.focus == Focus::Detail && self.detail_is_beside()) {
            Place::Detail
        } else {
            Place::Grants
        }
    }

    /// Whether presses and the wheel are the program's. While a text is to be selected they are the terminal's own.
    pub fn wants_mouse(&self) -> bool {
        !matches!(self.overlays.last(), Some(Overlay::Page(_)))
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
