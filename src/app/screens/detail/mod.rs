//! The detail of the grant under the cursor, beside the list or on a screen of its own.

pub mod content;
mod view;

use ratatui::layout::Position;

use super::grants::{self, Focus};
use super::smoke;
use crate::app::action::{Action, Motion, OpenAction};
use crate::app::availability::Availability;
use crate::app::keymap::Place;
use crate::app::nav::{Kind, View};
use crate::app::screen::Screen;
use crate::app::shared::Shared;
use crate::app::{Effect, Model};
use crate::domain::Now;
use crate::ui::layout::{self, Areas, Middle};
use crate::ui::paint::Pen;

pub(crate) use view::draw;

/// Where the detail is scrolled to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Detail {
    /// The first visible line; the view never scrolls past the last.
    pub offset: usize,
}

/// Scrolls the detail. Pages go to the next grant of the list.
pub(crate) fn scroll(model: &mut Model, motion: Motion, now: Now) {
    let beside = match motion {
        Motion::NextPage => Some(Motion::Down),
        Motion::PreviousPage => Some(Motion::Up),
        Motion::Up
        | Motion::Down
        | Motion::HalfPageUp
        | Motion::HalfPageDown
        | Motion::PageUp
        | Motion::PageDown
        | Motion::Top
        | Motion::Bottom => None,
    };
    if let Some(motion) = beside {
        grants::move_cursor(model, motion);
        return;
    }
    let Some(area) = area(&model.shared) else { return };
    let room = layout::inside(area);
    let height = usize::from(room.height);
    let last = content::lines(model, room.width, now).len().saturating_sub(height);
    model.detail.offset = motion.from(model.detail.offset, last, height);
}

/// Where the detail is drawn, border included.
pub(crate) fn area(shared: &Shared) -> Option<ratatui::layout::Rect> {
    let areas = shared.areas()?;
    if shared.nav.screen() == Kind::Detail {
        return layout::areas(shared.size.0, shared.size.1, Middle::Whole).map(|areas| areas.list);
    }
    areas.detail
}

/// The detail alone.
pub(crate) struct DetailScreen;

impl Screen for DetailScreen {
    fn place(&self, _model: &Model) -> Place {
        Place::Detail
    }

    /// Opens it over the list; where it is open, the list again.
    fn open(&self, model: &mut Model, _kind: Kind, _now: Now) -> Vec<Effect> {
        if model.shown().shows_grants() {
            model.shared.nav.open(if model.shared.nav.screen() == Kind::Detail {
                View::Grants
            } else {
                View::Detail
            });
            model.detail.offset = 0;
        }
        Vec::new()
    }

    fn can_open(&self, model: &Model) -> Availability {
        grants::with_grant(&model.grants, |_| Availability::Ready)
    }

    fn act(&self, model: &mut Model, action: Action, now: Now) -> Vec<Effect> {
        grants::act_on_grants(model, action, now)
    }

    fn draw(&self, model: &Model, now: Now, areas: Areas, pen: &mut Pen<'_>) {
        grants::draw_chips(&model.grants, &model.shared, areas.chips, pen);
        draw(model, now, areas.list, pen);
    }

    fn back(&self, model: &mut Model, _now: Now) -> Vec<Effect> {
        model.shared.nav.leave();
        model.detail.offset = 0;
        Vec::new()
    }

    fn press(&self, model: &mut Model, at: Position, now: Now) -> Vec<Effect> {
        let chips = model.shared.areas().map(|areas| areas.chips).filter(|chips| chips.contains(at));
        if let Some(chips) = chips {
            return grants::press_chip(model, at.x, chips, now);
        }
        model.focus = Focus::Detail;
        Vec::new()
    }

    fn is_noise(&self, _model: &Model, action: Action) -> bool {
        action == Action::Open(OpenAction::OpenDetail)
    }

    fn shows_grants(&self) -> bool {
        true
    }

    fn catch_up(&self, model: &mut Model, _now: Now) -> Vec<Effect> {
        smoke::ask_about_what_is_seen(&mut model.smoke, &model.grants, &mut model.shared)
    }
}
