//! The copy menu as a view.

use ratatui::layout::Position;

use super::{CopyMenu, update, view};
use crate::app::action::{Action, CommonAction, CopyAction, Motion};
use crate::app::availability::Availability::{self, Ready};
use crate::app::availability::shown_if;
use crate::app::input::Key;
use crate::app::keymap::Place;
use crate::app::nav::View;
use crate::app::screen::{Hints, Screen};
use crate::app::shared::Shared;
use crate::app::{Effect, Model};
use crate::domain::{Clean, Now};
use crate::ui::layout::Areas;
use crate::ui::paint::Pen;

/// The longest name that is pasted, in characters.
const LONGEST: usize = 400;

/// The menu of formats to copy in.
pub(crate) struct CopyScreen;

/// The menu that is open.
fn open(shared: &Shared) -> Option<&CopyMenu> {
    if let View::Copy(menu) = shared.nav.top() { Some(menu) } else { None }
}

fn is_named(shared: &Shared) -> bool {
    open(shared).is_some_and(|menu| menu.naming.is_some())
}

impl Screen for CopyScreen {
    fn place(&self, model: &Model) -> Place {
        if is_named(&model.shared) { Place::Input } else { Place::Copy }
    }

    fn act(&self, model: &mut Model, action: Action, now: Now) -> Vec<Effect> {
        update::act(model, action, now)
    }

    fn draw(&self, model: &Model, _now: Now, _areas: Areas, pen: &mut Pen<'_>) {
        if let Some(menu) = open(&model.shared) {
            view::draw(model, menu, model.shared.whole(), pen);
        }
    }

    fn back(&self, model: &mut Model, _now: Now) -> Vec<Effect> {
        let stays = match model.shared.nav.popup_mut() {
            Some(View::Copy(menu)) => update::back(menu),
            _ => false,
        };
        if !stays {
            model.shared.nav.pop();
        }
        Vec::new()
    }

    fn availability(&self, model: &Model, action: Action) -> Option<Availability> {
        if action == Action::Copy(CopyAction::Rename) {
            return Some(shown_if(open(&model.shared).is_some_and(CopyMenu::has_name)));
        }
        let always = [Action::Common(CommonAction::Accept), Action::Copy(CopyAction::WriteFile)];
        always.contains(&action).then_some(Ready)
    }

    fn typed(&self, model: &mut Model, key: Key, _now: Now) -> Vec<Effect> {
        if let Some(View::Copy(menu)) = model.shared.nav.popup_mut() {
            update::typed(menu, key);
        }
        Vec::new()
    }

    fn paste(&self, model: &mut Model, text: &str, now: Now) -> Vec<Effect> {
        for character in Clean::line(text.trim()).as_str().chars().take(LONGEST) {
            self.typed(model, Key::char(character), now);
        }
        Vec::new()
    }

    fn press(&self, model: &mut Model, at: Position, _now: Now) -> Vec<Effect> {
        let whole = model.shared.whole();
        if let Some(View::Copy(menu)) = model.shared.nav.popup_mut()
            && let Some(format) = view::format_at(menu, whole, at.x, at.y)
        {
            (menu.format, menu.offset) = (format, 0);
        }
        Vec::new()
    }

    fn scroll(&self, model: &mut Model, motion: Motion, _at: Position, now: Now) -> Vec<Effect> {
        let preview = if motion.lines(1) < 0 { Motion::HalfPageUp } else { Motion::HalfPageDown };
        update::act(model, Action::Move(preview), now)
    }

    fn text_cursor(&self, model: &Model, _areas: Areas) -> Option<Position> {
        view::text_cursor(open(&model.shared)?, model.shared.whole())
    }

    fn hints(&self, model: &Model) -> Hints {
        if is_named(&model.shared) { Hints::NoCharacters } else { Hints::All }
    }

    // There is no list below that could be moved in.
    fn is_noise(&self, model: &Model, action: Action) -> bool {
        is_named(&model.shared) && matches!(action, Action::Move(Motion::Up | Motion::Down))
    }
}
