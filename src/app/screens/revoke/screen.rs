//! A revocation as a view.

use ratatui::layout::Position;
use tui_input::InputRequest;

use super::{Run, agents, start, update, view};
use crate::app::action::{Action, AppAction, CommonAction, ManageAction, Motion};
use crate::app::availability::Availability::{self, Blocked, Hidden, Ready};
use crate::app::input::Key;
use crate::app::keymap::Place;
use crate::app::screen::{Hints, Screen};
use crate::app::screens::smoke;
use crate::app::text_input::edit_line;
use crate::app::{Effect, Model, Slot};
use crate::domain::{Clean, Now};
use crate::ui::layout::Areas;
use crate::ui::paint::Pen;

/// The longest reason that is typed or pasted, in characters.
const LONGEST: usize = 500;

/// Revoking grants.
pub(crate) struct RevokeScreen;

impl Screen for RevokeScreen {
    fn place(&self, model: &Model) -> Place {
        let is_typed = model.revoking.as_ref().is_some_and(super::Revoking::is_typed);
        if is_typed { Place::Input } else { Place::Revoke }
    }

    fn act_anywhere(&self, model: &mut Model, action: Action, now: Now) -> Option<Vec<Effect>> {
        let Action::Manage(action) = action else { return None };
        match action {
            ManageAction::Revoke => Some(start::open(model, now)),
            ManageAction::RevokeAgent => Some(agents::open(model)),
            ManageAction::Connect
            | ManageAction::Reconnect
            | ManageAction::SwitchAccount
            | ManageAction::ConnectAnew
            | ManageAction::SignIn
            | ManageAction::TestSiblings => None,
        }
    }

    fn act(&self, model: &mut Model, action: Action, now: Now) -> Vec<Effect> {
        if let Action::Move(motion) = action {
            update::go(model, motion, now);
        } else if action == Action::Common(CommonAction::Accept) {
            return start::go_on(model, now);
        } else if action == Action::Manage(ManageAction::TestSiblings) {
            return update::test_siblings(model);
        }
        Vec::new()
    }

    fn draw(&self, model: &Model, now: Now, areas: Areas, pen: &mut Pen<'_>) {
        let Some(revoking) = &model.revoking else { return };
        view::draw_title(model, revoking, now, areas.chips, pen);
        view::draw(model, revoking, now, areas.list, pen);
    }

    fn back(&self, model: &mut Model, now: Now) -> Vec<Effect> {
        update::back(model, now)
    }

    fn availability(&self, model: &Model, action: Action) -> Option<Availability> {
        let run = model.revoking.as_ref().and_then(super::Revoking::run);
        if action == Action::Manage(ManageAction::TestSiblings) {
            return Some(match run {
                Some(run) if run.is_over() && !run.siblings().is_empty() => {
                    if model.shared.slots.is_open(Slot::Smoke) { Blocked(smoke::BUSY) } else { Ready }
                }
                Some(_) | None => Hidden,
            });
        }
        let always = matches!(action, Action::Move(_) | Action::Common(CommonAction::Accept));
        always.then_some(Ready)
    }

    fn typed(&self, model: &mut Model, key: Key, _now: Now) -> Vec<Effect> {
        if let Some(revoking) = model.revoking.as_mut().filter(|revoking| revoking.is_typed()) {
            let is_full = revoking.reason.value().chars().count() >= LONGEST;
            if !(is_full && key.typed().is_some()) {
                edit_line(&mut revoking.reason, key);
            }
        }
        Vec::new()
    }

    fn paste(&self, model: &mut Model, text: &str, _now: Now) -> Vec<Effect> {
        if let Some(revoking) = model.revoking.as_mut().filter(|revoking| revoking.is_typed()) {
            let room = LONGEST.saturating_sub(revoking.reason.value().chars().count());
            for character in Clean::line(text.trim()).as_str().chars().take(room) {
                revoking.reason.handle(InputRequest::InsertChar(character));
            }
        }
        Vec::new()
    }

    fn press(&self, model: &mut Model, at: Position, _now: Now) -> Vec<Effect> {
        let line = model.revoking.as_ref().and_then(|revoking| view::line_at(&model.shared, revoking, at));
        if let Some(place) = line {
            update::go_to(model, place);
        }
        Vec::new()
    }

    fn text_cursor(&self, model: &Model, _areas: Areas) -> Option<Position> {
        view::text_cursor(&model.shared, model.revoking.as_ref()?)
    }

    fn hints(&self, model: &Model) -> Hints {
        if self.takes_text(model) { Hints::NoCharacters } else { Hints::All }
    }

    fn label(&self, model: &Model, action: Action) -> Option<&'static str> {
        let run = model.revoking.as_ref().and_then(super::Revoking::run);
        if action == Action::App(AppAction::Back) {
            return Some(match run {
                Some(run) if run.stopping && !run.is_over() => "stopping",
                Some(run) if !run.is_over() => "stop",
                Some(_) => "back",
                None => "cancel",
            });
        }
        (action == Action::Common(CommonAction::Accept)).then(|| {
            match model.revoking.as_ref().map(|open| &open.state) {
                Some(super::RevokeState::Refused(_)) => "read again",
                Some(super::RevokeState::Planned(facts)) if facts.plan.targets.is_empty() => "close",
                _ => "go on",
            }
        })
    }

    fn is_noise(&self, model: &Model, action: Action) -> bool {
        let several =
            model.revoking.as_ref().and_then(super::Revoking::facts).is_some_and(|facts| facts.len() > 1);
        matches!(action, Action::Move(Motion::Up | Motion::Down)) && !several
    }

    fn flaw(&self, model: &Model) -> Option<&'static str> {
        model.revoking.as_ref().and_then(super::Revoking::flaw)
    }

    fn resized(&self, model: &mut Model) {
        let height = view::height(&model.shared, model.revoking.as_ref());
        if let Some(revoking) = &mut model.revoking {
            revoking.go_to(revoking.cursor, height);
        }
    }

    fn next_wake(&self, model: &Model, now: Now) -> Option<u64> {
        let revoking = model.revoking.as_ref()?;
        let pause = match &revoking.state {
            super::RevokeState::Reading { pause, .. } => pause.as_ref(),
            super::RevokeState::Running(run) => Some(run).filter(|run| !Run::is_over(run))?.pause.as_ref(),
            super::RevokeState::Refused(_) | super::RevokeState::Planned(_) => None,
        };
        pause.and_then(|pause| pause.next_wake(now))
    }
}
