//! The history as a view.

use ratatui::layout::{Position, Rect};

use super::{availability, update, view};
use crate::app::action::Action;
use crate::app::availability::Availability::{self, Hidden, Ready};
use crate::app::availability::ready_if;
use crate::app::input::Key;
use crate::app::keymap::Place;
use crate::app::nav::Kind;
use crate::app::screen::Screen;
use crate::app::{Effect, Model};
use crate::domain::Now;
use crate::ui::layout::Areas;
use crate::ui::paint::Pen;

/// The history of calls and writes, and the comparison of two calls.
pub(crate) struct HistoryScreen;

impl Screen for HistoryScreen {
    fn place(&self, model: &Model) -> Place {
        if model.history.typing {
            Place::Input
        } else if model.history.difference.is_some() {
            Place::Comparison
        } else {
            Place::History
        }
    }

    fn open(&self, model: &mut Model, _kind: Kind, now: Now) -> Vec<Effect> {
        update::open(model, now)
    }

    fn can_open(&self, model: &Model) -> Availability {
        if model.shared.nav.screen() == Kind::History || !model.shared.nav.popups().is_empty() {
            return Hidden;
        }
        ready_if(model.shared.session.value().is_some(), "No session open yet.")
    }

    fn act(&self, model: &mut Model, action: Action, now: Now) -> Vec<Effect> {
        update::act(&mut model.history, &mut model.shared, action, now)
    }

    fn draw(&self, model: &Model, now: Now, areas: Areas, pen: &mut Pen<'_>) {
        view::draw_title(&model.history, &model.shared, areas.chips, pen);
        view::draw(model, now, areas.list, pen);
    }

    fn back(&self, model: &mut Model, _now: Now) -> Vec<Effect> {
        update::back(model)
    }

    fn availability(&self, model: &Model, action: Action) -> Option<Availability> {
        if let Action::History(action) = action {
            availability::in_history(&model.history, action)
        } else if let Action::Common(action) = action {
            availability::common(&model.history, &model.shared, action)
        } else {
            matches!(action, Action::Move(_)).then_some(Ready)
        }
    }

    fn typed(&self, model: &mut Model, key: Key, _now: Now) -> Vec<Effect> {
        update::typed(&mut model.history, &mut model.shared, key)
    }

    fn paste(&self, model: &mut Model, text: &str, _now: Now) -> Vec<Effect> {
        update::paste(&mut model.history, &mut model.shared, text)
    }

    fn press(&self, model: &mut Model, at: Position, _now: Now) -> Vec<Effect> {
        update::press(&mut model.history, &mut model.shared, at.y)
    }

    fn text_cursor(&self, model: &Model, areas: Areas) -> Option<Position> {
        view::search_cursor(&model.history, areas.footer)
    }

    fn types_in_footer(&self, model: &Model) -> bool {
        model.history.typing
    }

    fn draw_typed(&self, model: &Model, _now: Now, area: Rect, _right: u16, pen: &mut Pen<'_>) {
        view::draw_search(&model.history, &model.shared, area, pen);
    }

    fn flaw(&self, model: &Model) -> Option<&'static str> {
        model.history.flaw()
    }

    fn resized(&self, model: &mut Model) {
        let rows = view::height(&model.shared);
        model.history.fit(rows);
    }
}
