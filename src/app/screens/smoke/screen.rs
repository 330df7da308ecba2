//! The board as a view.

use ratatui::layout::Position;

use super::{Board, availability, start, update, view};
use crate::app::action::{Action, SmokeAction};
use crate::app::availability::{Availability, Availability::Ready};
use crate::app::keymap::Place;
use crate::app::screen::Screen;
use crate::app::{Effect, Model};
use crate::domain::Now;
use crate::ui::layout::Areas;
use crate::ui::paint::Pen;

/// The board of a smoke test.
pub(crate) struct SmokeScreen;

impl Screen for SmokeScreen {
    fn place(&self, _model: &Model) -> Place {
        Place::Smoke
    }

    fn open(&self, model: &mut Model, action: Action, now: Now) -> Option<Vec<Effect>> {
        let Action::Smoke(action) = action else { return None };
        match action {
            SmokeAction::Test => Some(start::selection(model)),
            SmokeAction::TestShown => Some(start::shown(model, now)),
            SmokeAction::ShowBoard => {
                update::show(model);
                Some(Vec::new())
            }
            SmokeAction::OpenResult
            | SmokeAction::TestFailures
            | SmokeAction::GoOn
            | SmokeAction::StopTest => None,
        }
    }

    fn act(&self, model: &mut Model, action: Action, now: Now) -> Vec<Effect> {
        update::act(model, action, now)
    }

    fn draw(&self, model: &Model, now: Now, areas: Areas, pen: &mut Pen<'_>) {
        view::draw_title(model, now, areas.chips, pen);
        view::draw(model, now, areas.list, pen);
    }

    fn back(&self, model: &mut Model, now: Now) -> Vec<Effect> {
        if let Some(effects) = update::back(model) {
            return effects;
        }
        if !model.toasts.dismiss(now) {
            model.nav.leave();
        }
        Vec::new()
    }

    fn availability(&self, model: &Model, action: Action) -> Option<Availability> {
        match action {
            Action::Smoke(action) => availability::on_board(model, action),
            Action::Move(_) => Some(Ready),
            Action::App(_)
            | Action::Common(_)
            | Action::List(_)
            | Action::Copy(_)
            | Action::Scan(_)
            | Action::Request(_)
            | Action::Response(_)
            | Action::Call(_)
            | Action::History(_)
            | Action::Pick(_) => None,
        }
    }

    fn press(&self, model: &mut Model, at: Position, _now: Now) -> Vec<Effect> {
        let height = view::height(model);
        if let (Some(at), Some(board)) = (view::line_at(model, at.y), &mut model.smoke.board) {
            board.go_to(at, height);
        }
        Vec::new()
    }

    fn resized(&self, model: &mut Model) {
        let rows = view::height(model);
        if let Some(board) = &mut model.smoke.board {
            board.settle(rows);
        }
    }

    fn next_wake(&self, model: &Model, now: Now) -> Option<u64> {
        let board = model.smoke.board.as_ref().filter(|board| Board::is_running(board));
        board.and_then(|board| board.next_wake(now))
    }
}
