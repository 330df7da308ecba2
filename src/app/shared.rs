//! What all screens use: the session, the terminal, what is open and under way.

use std::collections::HashMap;
use std::sync::Arc;

use ratatui::layout::Rect;

use super::Effect;
use super::discard::Discards;
use super::keymap::Keymap;
use super::memory::Memory;
use super::nav::{Kind, Nav};
use super::question::Presses;
use super::remote::Remote;
use super::requests::{Session, Slot};
use super::slots::Slots;
use super::toast::Toasts;
use crate::domain::{Agent, Budget, Catalog, Clean, Identity, Split};
use crate::ui::layout::{self, Areas, Middle};
use crate::ui::{Depth, Theme};

/// What all screens use.
#[derive(Debug)]
pub struct Shared {
    /// The colours.
    pub theme: Arc<Theme>,
    /// Nobody chose the theme: it is the one for the terminal's background.
    pub follows_background: bool,
    /// How many colours the terminal has.
    pub depth: Depth,
    /// The keys.
    pub keymap: Arc<Keymap>,
    /// Columns and rows of the terminal.
    pub size: (u16, u16),
    /// What is under way.
    pub slots: Slots,
    /// Backend and key.
    pub session: Remote<Session>,
    /// Whose key it is.
    pub identity: Remote<Identity>,
    /// The end user who signed in: everything that is shown is that person's.
    pub user: Option<Clean>,
    /// Names and scopes of providers.
    pub catalog: Remote<Arc<Catalog>>,
    /// Names of agents, by id.
    pub agents: Remote<HashMap<Arc<str>, Agent>>,
    /// The rate budget.
    pub budget: Option<Budget>,
    /// What is open.
    pub nav: Nav,
    /// How list and detail share the screen.
    pub split: Split,
    /// What is there again at the next start.
    pub memory: Memory,
    /// The last keys, and when they came.
    pub presses: Presses,
    /// Notices.
    pub toasts: Toasts,
    /// Large bodies that are done with.
    pub(crate) discards: Discards,
    /// Ids and accounts are masked.
    pub privacy: bool,
}

impl Shared {
    /// What is known before anything was asked.
    pub(super) fn new(theme: Arc<Theme>, depth: Depth, keymap: Arc<Keymap>) -> Self {
        Self {
            theme,
            follows_background: false,
            depth,
            keymap,
            size: (0, 0),
            slots: Slots::default(),
            session: Remote::Idle,
            identity: Remote::Idle,
            user: None,
            catalog: Remote::Idle,
            agents: Remote::Idle,
            budget: None,
            nav: Nav::default(),
            split: Split::default(),
            memory: Memory::default(),
            presses: Presses::default(),
            toasts: Toasts::default(),
            discards: Discards::default(),
            privacy: false,
        }
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

    /// All of the terminal.
    pub(crate) fn whole(&self) -> Rect {
        Rect::new(0, 0, self.size.0, self.size.1)
    }

    /// Ends a question whose answer is not wanted any more; None where none is open.
    pub(crate) fn give_up(&mut self, slot: Slot) -> Option<Effect> {
        let open = self.slots.is_open(slot);
        self.slots.end(slot);
        open.then_some(Effect::Cancel(slot))
    }

    /// Seconds between refreshes of a watch.
    pub fn watch_seconds(&self) -> u64 {
        self.session.value().map_or(60, |session| session.watch_seconds).max(60)
    }
}
