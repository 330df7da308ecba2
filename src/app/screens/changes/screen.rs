//! A change of files as a view.

use ratatui::layout::Position;

use super::{ChangeState, Changes, update, view};
use crate::app::action::{Action, CommonAction, CopyAction, Motion};
use crate::app::availability::Availability::{self, Ready};
use crate::app::availability::shown_if;
use crate::app::input::Key;
use crate::app::keymap::Place;
use crate::app::nav::View;
use crate::app::screen::{Hints, Screen};
use crate::app::shared::Shared;
use crate::app::{Effect, Model, Slot, question};
use crate::domain::{Clean, Now};
use crate::ui::layout::Areas;
use crate::ui::paint::Pen;

/// The longest path that is pasted, in characters.
const LONGEST: usize = 400;

/// A change of files, before it is made.
pub(crate) struct ChangesScreen;

/// The change that is open.
fn open(shared: &Shared) -> Option<&Changes> {
    if let View::Changes(changes) = shared.nav.top() { Some(changes) } else { None }
}

fn is_edited(shared: &Shared) -> bool {
    open(shared).is_some_and(|changes| changes.editing.is_some())
}

impl Screen for ChangesScreen {
    fn place(&self, model: &Model) -> Place {
        if is_edited(&model.shared) { Place::Input } else { Place::Changes }
    }

    fn act(&self, model: &mut Model, action: Action, now: Now) -> Vec<Effect> {
        update::act(&mut model.shared, action, now)
    }

    fn draw(&self, model: &Model, now: Now, _areas: Areas, pen: &mut Pen<'_>) {
        if let Some(changes) = open(&model.shared) {
            view::draw(model, changes, now, model.shared.whole(), pen);
        }
    }

    fn back(&self, model: &mut Model, _now: Now) -> Vec<Effect> {
        let stays = match model.shared.nav.popup_mut() {
            Some(View::Changes(open)) => update::back(open),
            _ => false,
        };
        if stays {
            return Vec::new();
        }
        model.shared.nav.pop();
        // What is being planned is not wanted any more.
        model.shared.give_up(Slot::Change).into_iter().collect()
    }

    fn availability(&self, model: &Model, action: Action) -> Option<Availability> {
        let changes = open(&model.shared)?;
        if action == Action::Copy(CopyAction::Rename) {
            return Some(shown_if(changes.has_name()));
        }
        if action == Action::Copy(CopyAction::ChoosePath) {
            return Some(shown_if(changes.has_path()));
        }
        (action == Action::Common(CommonAction::Accept)).then_some(Ready)
    }

    fn typed(&self, model: &mut Model, key: Key, _now: Now) -> Vec<Effect> {
        if let Some(View::Changes(open)) = model.shared.nav.popup_mut() {
            update::typed(open, key);
        }
        Vec::new()
    }

    fn paste(&self, model: &mut Model, text: &str, now: Now) -> Vec<Effect> {
        for character in Clean::line(text.trim()).as_str().chars().take(LONGEST) {
            self.typed(model, Key::char(character), now);
        }
        Vec::new()
    }

    fn text_cursor(&self, model: &Model, _areas: Areas) -> Option<Position> {
        view::text_cursor(open(&model.shared)?, model.shared.whole())
    }

    fn hints(&self, model: &Model) -> Hints {
        if is_edited(&model.shared) { Hints::NoCharacters } else { Hints::All }
    }

    fn is_noise(&self, model: &Model, action: Action) -> bool {
        let is_still = || is_edited(&model.shared) || !view::is_scrollable(&model.shared);
        (action == Action::Move(Motion::Down) && is_still())
            || (action == Action::Move(Motion::Up) && is_edited(&model.shared))
    }

    fn catch_up(&self, model: &mut Model, now: Now) -> Vec<Effect> {
        if let Some(View::Changes(open)) = model.shared.nav.popup_mut() {
            if matches!(open.state, ChangeState::Ready(_)) {
                open.asked.get_or_insert(now.millis);
            } else {
                open.asked = None;
            }
        }
        Vec::new()
    }

    fn next_wake(&self, model: &Model, now: Now) -> Option<u64> {
        let asked = open(&model.shared)?.asked;
        question::opens_at(question::Answer::Key, asked, model.shared.presses).filter(|at| *at > now.millis)
    }
}
