//! What keys and answers do to a change that is open.

use std::path::PathBuf;

use tui_input::Input;
use uuid::Uuid;

use super::{About, ChangeState, Changes, Field, view};
use crate::app::action::{CommonAction, CopyAction};
use crate::app::input::Key;
use crate::app::nav::{Kind, View};
use crate::app::requests::{PlanChange, WriteChange};
use crate::app::screens::scan;
use crate::app::shared::Shared;
use crate::app::text_input::edit_line;
use crate::app::{Action, Effect, Model, question};
use crate::domain::change::{ChangePlan, Changed};
use crate::domain::{Clean, Diagnosis, Named, Now};

/// Opens the change that puts grants into the file that was written last, at first `.env`.
pub(crate) fn open_write(model: &mut Model, grants: Vec<Named>, name: Option<String>) -> Vec<Effect> {
    let suggested = grants.first().map(|grant| grant.name.clone()).unwrap_or_default();
    let about = About::Write {
        path: Input::new(model.copying.path.clone()),
        name: Input::new(name.unwrap_or(suggested)),
        grants,
    };
    open(&mut model.shared, about)
}

/// Opens the change that swaps ids where they were found.
pub(crate) fn open_swap(
    shared: &mut Shared,
    pairs: Vec<(Uuid, Uuid)>,
    found: Vec<(PathBuf, Uuid)>,
    stays: Vec<Clean>,
) -> Vec<Effect> {
    open(shared, About::Swap { pairs, found, stays })
}

fn open(shared: &mut Shared, about: About) -> Vec<Effect> {
    let changes = Changes { about, state: ChangeState::Planning, editing: None, offset: 0, asked: None };
    shared.nav.push(View::Changes(Box::new(changes)));
    plan(shared)
}

/// Asks what the change would do.
fn plan(shared: &mut Shared) -> Vec<Effect> {
    let Some(View::Changes(changes)) = shared.nav.popup_mut() else { return Vec::new() };
    (changes.state, changes.offset) = (ChangeState::Planning, 0);
    let request = changes.request();
    vec![shared.slots.ask(PlanChange(request))]
}

/// Carries out an action inside the change.
pub(super) fn act(shared: &mut Shared, action: Action, now: Now) -> Vec<Effect> {
    let height = view::height(shared);
    let Some(View::Changes(changes)) = shared.nav.popup_mut() else { return Vec::new() };
    if changes.editing.is_some() {
        return if action == Action::Common(CommonAction::Accept) { edited(shared) } else { Vec::new() };
    }
    let last = view::len(changes).saturating_sub(height.max(1));
    if let Action::Move(motion) = action {
        changes.offset = motion.from(changes.offset, last, height);
    } else if action == Action::Copy(CopyAction::ChoosePath) && changes.has_path() {
        edit(changes, Field::Path);
    } else if action == Action::Copy(CopyAction::Rename) && changes.has_name() {
        edit(changes, Field::Name);
    } else if action == Action::Common(CommonAction::Accept) {
        return accept(shared, now);
    }
    Vec::new()
}

fn edit(changes: &mut Changes, field: Field) {
    if matches!(changes.state, ChangeState::Writing(_)) {
        return;
    }
    let before = changes.input(field).map(|input| input.value().to_owned());
    changes.editing = before.map(|before| (field, before));
}

/// A field was typed: an empty one is as it was.
fn edited(shared: &mut Shared) -> Vec<Effect> {
    let Some(View::Changes(changes)) = shared.nav.popup_mut() else { return Vec::new() };
    let Some((field, before)) = changes.editing.take() else { return Vec::new() };
    if let Some(input) = changes.input(field) {
        if input.value().trim().is_empty() {
            *input = Input::new(before);
            return Vec::new();
        }
        if input.value() == before {
            return Vec::new();
        }
    }
    plan(shared)
}

fn accept(shared: &mut Shared, now: Now) -> Vec<Effect> {
    let presses = shared.presses;
    let Some(View::Changes(changes)) = shared.nav.popup_mut() else { return Vec::new() };
    match std::mem::replace(&mut changes.state, ChangeState::Planning) {
        ChangeState::Ready(plan) if plan.files.is_empty() => {
            let message = format!("Nothing to write: {}.", plan.summary);
            changes.state = ChangeState::Ready(plan);
            shared.toasts.refuse(&message, now);
            Vec::new()
        }
        ChangeState::Ready(plan) if !question::may_answer(question::Answer::Key, changes.asked, presses) => {
            changes.state = ChangeState::Ready(plan);
            shared.toasts.refuse(question::TOO_FAST, now);
            Vec::new()
        }
        ChangeState::Ready(plan) => {
            let id = plan.id;
            changes.state = ChangeState::Writing(plan);
            vec![shared.slots.ask(WriteChange(id))]
        }
        // What stood in the way may be gone.
        ChangeState::Refused(_) => plan(shared),
        state @ (ChangeState::Planning | ChangeState::Writing(_)) => {
            changes.state = state;
            Vec::new()
        }
    }
}

/// Leaves the innermost thing of the change. False when that is the change itself. What is being written is not
/// left.
pub(super) fn back(changes: &mut Changes) -> bool {
    if let Some((field, before)) = changes.editing.take() {
        if let Some(input) = changes.input(field) {
            *input = Input::new(before);
        }
        return true;
    }
    matches!(changes.state, ChangeState::Writing(_))
}

/// A key edits the field that is open.
pub(super) fn typed(changes: &mut Changes, key: Key) {
    if let Some((field, _)) = changes.editing
        && let Some(input) = changes.input(field)
    {
        edit_line(input, key);
    }
}

/// The change was planned, or is refused.
pub(crate) fn planned(shared: &mut Shared, result: Result<ChangePlan, Diagnosis>) {
    if let Some(changes) = opened(shared) {
        changes.state = match result {
            Ok(plan) => ChangeState::Ready(plan),
            Err(diagnosis) => ChangeState::Refused(diagnosis),
        };
    }
}

/// The change was made, or could not be.
pub(crate) fn changed(model: &mut Model, result: Result<Changed, Diagnosis>, now: Now) -> Vec<Effect> {
    let done = match result {
        Ok(done) => done,
        Err(diagnosis) => {
            if let Some(changes) = opened(&mut model.shared) {
                changes.state = ChangeState::Refused(diagnosis);
            }
            return Vec::new();
        }
    };
    let about = close(&mut model.shared);
    let summary = if model.shared.privacy { "done".to_owned() } else { done.summary.clone() };
    let message = match (&about, done.files.as_slice()) {
        (Some(About::Write { path, .. }), [file]) => {
            path.value().trim().clone_into(&mut model.copying.path);
            format!("Wrote {file}: {summary}.")
        }
        _ => format!("Replaced {}.", done.summary),
    };
    match done.failed.first() {
        Some(failed) => {
            model.shared.toasts.failure(failed, now);
            model.shared.toasts.info_next(&message, now);
        }
        None => match &about {
            Some(About::Swap { stays, .. }) => model.shared.toasts.info_for(&message, stays.clone(), now),
            _ => model.shared.toasts.info(&message, now),
        },
    }
    if matches!(about, Some(About::Swap { .. })) { scan::again(model, now) } else { Vec::new() }
}

fn opened(shared: &mut Shared) -> Option<&mut Changes> {
    shared
        .nav
        .popups_mut()
        .iter_mut()
        .rev()
        .find_map(|popup| if let View::Changes(changes) = popup { Some(&mut **changes) } else { None })
}

/// Closes the change and the menu that it came from.
fn close(shared: &mut Shared) -> Option<About> {
    shared.nav.close(Kind::Copy);
    match shared.nav.close(Kind::Changes).pop() {
        Some(View::Changes(changes)) => Some(changes.about),
        _ => None,
    }
}
