//! Saved views: filters, search, order and columns under a name. They are commands of the palette.

use tui_input::InputRequest;

use super::nav::View;
use super::screens::grants;
use super::screens::pick::{Command, VIEW, items};
use super::{Effect, Model};
use crate::domain::remembered::{MemoryChange, check_name};
use crate::domain::{Look, Now, SavedView};

/// Opens the palette at the views.
pub(super) fn open(model: &mut Model) {
    let mut palette = items::palette(model);
    for letter in VIEW.chars().chain([' ']) {
        palette.input.handle(InputRequest::InsertChar(letter));
    }
    palette.narrow();
    model.shared.nav.push(View::Pick(Box::new(palette)));
}

/// Carries a command out.
pub(super) fn run(model: &mut Model, command: &Command, now: Now) -> Vec<Effect> {
    let is_off = model.shared.memory.off.is_some();
    // Where nothing is kept, a view lasts as long as the session.
    let kept = |keep: MemoryChange| if is_off { Vec::new() } else { vec![Effect::Remember(keep)] };
    match command {
        Command::Open(name) => {
            let Some(view) = model.shared.memory.views.get(name).cloned() else { return Vec::new() };
            let effects = grants::show(model, view, now);
            model.shared.toasts.info(&format!("View: {name}."), now);
            effects
        }
        Command::Save(name) => {
            if let Err(why) = check_name(name) {
                model
                    .shared
                    .toasts
                    .refuse(&format!("Not saved: {why}. For example: view save broken-google"), now);
                return Vec::new();
            }
            let grants = &model.grants;
            let look = Look {
                filters: grants.filters.clone(),
                order: grants.order,
                columns: grants.columns.clone(),
            };
            let view = SavedView { look, search: grants.input.value().trim().to_owned() };
            model.shared.memory.views.insert(name.clone(), view.clone());
            let message = match model.shared.memory.off {
                None => format!("Saved view {name}; V lists all views."),
                Some(why) => format!("Saved view {name} for this session only: {why}."),
            };
            model.shared.toasts.info(&message, now);
            kept(MemoryChange::View(name.clone(), Box::new(view)))
        }
        Command::Delete(name) => {
            if model.shared.memory.views.remove(name).is_none() {
                return Vec::new();
            }
            model.shared.toasts.info(&format!("Deleted view {name}."), now);
            kept(MemoryChange::Forget(name.clone()))
        }
    }
}
