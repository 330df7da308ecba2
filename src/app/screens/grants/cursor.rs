//! Where the cursor is: on a row, found again by its identity whenever the list changes under it.

use super::Grants;
use crate::app::Model;
use crate::app::action::Motion;
use crate::app::availability::Availability;
use crate::domain::{Grant, RowId};
use crate::ui::layout;

/// Moves the cursor.
pub(crate) fn move_cursor(model: &mut Model, motion: Motion) {
    let height = model.shared.list_height();
    let grants = &mut model.grants;
    match motion {
        Motion::PageUp | Motion::PreviousPage => grants.page(false, height),
        Motion::PageDown | Motion::NextPage => grants.page(true, height),
        Motion::Up
        | Motion::Down
        | Motion::HalfPageUp
        | Motion::HalfPageDown
        | Motion::Top
        | Motion::Bottom => grants.go_to(motion.from(grants.place, grants.shown(), height), height),
    }
    model.detail.offset = 0;
}

impl Grants {
    /// Finds the cursor's row again after the shown rows changed; where it is gone, the row that stands in its
    /// place. Until the person moves, the cursor stays at the top.
    pub(super) fn settle(&mut self, height: usize) {
        let len = self.shown();
        self.count_hidden();
        if !self.moved {
            self.place = 0;
            self.offset = 0;
        } else if let Some(place) = self.cursor.and_then(|row| self.place_of(row)) {
            // The row keeps its line on the screen where it can.
            let line = self.place.saturating_sub(self.offset);
            self.offset = place.saturating_sub(line);
            self.place = place;
        }
        self.place = self.place.min(len.saturating_sub(1));
        self.cursor = self.at(self.place).map(|grant| grant.row);
        self.scroll(height, 0);
    }

    /// Puts the cursor on a place of the shown list.
    pub(crate) fn go_to(&mut self, place: usize, height: usize) {
        self.put_at(place);
        self.scroll(height, layout::CONTEXT);
    }

    fn put_at(&mut self, place: usize) {
        self.moved = true;
        self.place = place.min(self.shown().saturating_sub(1));
        self.cursor = self.at(self.place).map(|grant| grant.row);
    }

    /// Puts the cursor on a row, where it is shown.
    pub(crate) fn go_to_row(&mut self, row: RowId, height: usize) -> bool {
        let Some(place) = self.place_of(row) else { return false };
        self.go_to(place, height);
        true
    }

    /// Keeps the cursor's place inside the window.
    fn scroll(&mut self, height: usize, context: usize) {
        self.offset = layout::scroll_to(self.offset, self.place, height, self.shown(), context);
    }

    /// Moves the window by whole pages; the cursor keeps its line. No line is shown on two pages, so the lines
    /// around the cursor do not count here.
    pub(super) fn page(&mut self, forward: bool, height: usize) {
        let step = height.max(1);
        let place = if forward { self.place + step } else { self.place.saturating_sub(step) };
        let offset = if forward { self.offset + step } else { self.offset.saturating_sub(step) };
        self.offset = offset.min(self.shown().saturating_sub(height));
        self.put_at(place);
        self.scroll(height, 0);
    }

    /// The window has another height now.
    pub(crate) fn fit(&mut self, height: usize) {
        self.scroll(height, 0);
    }

    /// The place of a row among the shown ones.
    fn place_of(&self, row: RowId) -> Option<usize> {
        let index = self.rows.position(row)?;
        match &self.found.order {
            None => Some(index as usize),
            Some(order) => order.iter().position(|shown| *shown == index),
        }
    }
}

/// Something can be done with the grant under the cursor, as far as that grant allows.
pub(crate) fn with_grant(grants: &Grants, judge: impl FnOnce(&Grant) -> Availability) -> Availability {
    grants.selected().map_or(Availability::Blocked("No grant selected."), judge)
}
