//! The board as a view.

use ratatui::layout::Position;

use super::{Board, availability, start, update, view};
use crate::app::action::{Action, AppAction, OpenAction, SmokeAction};
use crate::app::availability::Availability::{self, Ready};
use crate::app::availability::ready_if;
use crate::app::keymap::Place;
use crate::app::nav::Kind;
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

    fn act_anywhere(&self, model: &mut Model, action: Action, now: Now) -> Option<Vec<Effect>> {
        let Action::Smoke(action) = action else { return None };
        match action {
            SmokeAction::Test => Some(start::selection(model)),
            SmokeAction::TestShown => Some(start::shown(model, now)),
            SmokeAction::OpenResult
            | SmokeAction::TestFailures
            | SmokeAction::GoOn
            | SmokeAction::StopTest => None,
        }
    }

    fn open(&self, model: &mut Model, _kind: Kind, _now: Now) -> Vec<Effect> {
        update::show(&mut model.smoke, &mut model.grants, &mut model.shared);
        Vec::new()
    }

    fn can_open(&self, model: &Model) -> Availability {
        let message = "Nothing tested yet; t tests this grant, T all shown.";
        ready_if(model.smoke.board.is_some(), message)
    }

    fn act(&self, model: &mut Model, action: Action, now: Now) -> Vec<Effect> {
        update::act(model, action, now)
    }

    fn draw(&self, model: &Model, now: Now, areas: Areas, pen: &mut Pen<'_>) {
        view::draw_title(&model.smoke, now, areas.chips, pen);
        view::draw(&model.smoke, &model.shared, now, areas.list, pen);
    }

    fn back(&self, model: &mut Model, _now: Now) -> Vec<Effect> {
        if let Some(effects) = update::back(&mut model.smoke) {
            return effects;
        }
        model.shared.nav.leave();
        Vec::new()
    }

    fn availability(&self, model: &Model, action: Action) -> Option<Availability> {
        if let Action::Smoke(action) = action {
            return availability::on_board(&model.smoke, &model.shared, action);
        }
        // Opening the board where it is shown leaves it.
        let always = matches!(action, Action::Move(_) | Action::Open(OpenAction::ShowBoard));
        always.then_some(Ready)
    }

    fn label(&self, model: &Model, action: Action) -> Option<&'static str> {
        let runs = model.smoke.board.as_ref().is_some_and(Board::is_running);
        let is_back = action == Action::App(AppAction::Back);
        is_back.then_some(if runs { "stop" } else { "back" })
    }

    fn press(&self, model: &mut Model, at: Position, _now: Now) -> Vec<Effect> {
        let height = view::height(&model.shared);
        if let (Some(at), Some(board)) =
            (view::line_at(&model.smoke, &model.shared, at.y), &mut model.smoke.board)
        {
            board.go_to(at, height);
        }
        Vec::new()
    }

    fn flaw(&self, model: &Model) -> Option<&'static str> {
        model.smoke.board.as_ref().and_then(Board::flaw)
    }

    fn resized(&self, model: &mut Model) {
        let rows = view::height(&model.shared);
        if let Some(board) = &mut model.smoke.board {
            board.settle(rows);
        }
    }

    fn next_wake(&self, model: &Model, now: Now) -> Option<u64> {
        let board = model.smoke.board.as_ref().filter(|board| Board::is_running(board));
        board.and_then(|board| board.next_wake(now))
    }
}
