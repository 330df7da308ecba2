//! What answers do to a session.

use super::{Planned, Stage, Waiting, What, start, view};
use crate::app::nav::{Kind, View};
use crate::app::requests::{ChangeUser, LinkEvent};
use crate::app::screens::confirm::{Confirm, Then};
use crate::app::screens::grants;
use crate::app::{Effect, Model, Slot, identity, private};
use crate::domain::connect::Finished;
use crate::domain::{Clean, Diagnosis, Now, RowId};
use crate::ui::Role;
use crate::ui::paint::Piece;

/// The plan is here: somebody is asked.
pub(crate) fn planned(model: &mut Model, planned: Result<Planned, Diagnosis>, now: Now) -> Vec<Effect> {
    let planned = match planned {
        Ok(planned) => planned,
        Err(why) => return failed(model, why, now),
    };
    if !is_in_sight(model) || !model.shared.nav.popups().is_empty() {
        model.connect.open = None;
        model.shared.nav.forget(Kind::Connect);
        model.shared.toasts.warning("Not connected: cancelled during preparation.", now);
        return Vec::new();
    }
    let Some(open) = &mut model.connect.open else { return Vec::new() };
    open.stage = Stage::Asked;
    open.plan = Some(planned.plan.clone());
    if let Some(about) = &planned.about {
        open.about = Some(about.clone());
    }
    let mut lines = view::question(&model.shared, &planned, now);
    let title = match open.what {
        What::Renewal(_) => "Reconnect?",
        What::New(..) | What::SignIn => "Connect?",
    };
    let word =
        model.shared.session.value().and_then(|session| session.write_policy.word().map(str::to_owned));
    if let Some(word) = &word {
        lines.push(Vec::new());
        lines.push(vec![Piece::new(format!("Type {word} to make the link."), Role::TextDim)]);
    }
    let question = Confirm::new(title, lines, "make the link", Then::Connect(planned));
    let question = match word {
        Some(word) => question.typed(&word),
        None => question,
    };
    model.shared.nav.push(View::Confirm(Box::new(question)));
    Vec::new()
}

fn is_in_sight(model: &Model) -> bool {
    model.shared.nav.screen() == Kind::Connect
}

/// Something is reported of the session that is waited for.
pub(crate) fn reported(model: &mut Model, event: LinkEvent, now: Now) -> Vec<Effect> {
    if matches!(event, LinkEvent::Connected(_) | LinkEvent::SignedIn(_) | LinkEvent::Failed(_)) {
        ended(model);
    }
    let Some(open) = &mut model.connect.open else { return Vec::new() };
    match event {
        LinkEvent::Begun(shown) => {
            let until = now.millis + u64::try_from(shown.lives.as_millis()).unwrap_or(u64::MAX / 2);
            open.stage = Stage::Waiting(Waiting { shown, until, declined: Vec::new() });
            Vec::new()
        }
        LinkEvent::Declined(provider) => {
            if let Stage::Waiting(waiting) = &mut open.stage {
                waiting.declined.push(provider);
            }
            Vec::new()
        }
        LinkEvent::Connected(finished) => connected(model, *finished, now),
        LinkEvent::SignedIn(name) => signed_in(model, name),
        LinkEvent::Failed(why) => failed(model, why, now),
    }
}

/// The last answer came: what was asked or shown about the link means nothing any more.
fn ended(model: &mut Model) {
    model.shared.slots.end(Slot::Link);
    let nav = &mut model.shared.nav;
    if matches!(nav.top(), View::Confirm(confirm) if confirm.then == Then::StopWaiting) {
        nav.pop();
    }
    if nav.screen() == Kind::Connect {
        for popup in nav.popups_mut() {
            if let View::Picture(picture) = popup {
                picture.end();
            }
        }
    }
}

/// Somebody signed in, and that is still wanted.
fn signed_in(model: &mut Model, name: Option<Clean>) -> Vec<Effect> {
    let name = name.unwrap_or_else(|| Clean::brief("the user"));
    vec![model.shared.slots.ask(ChangeUser(Some(name)))]
}

/// Everything is somebody else's now. Where the sign-in was for the sake of a grant, its renewal goes on.
pub(crate) fn user_changed(
    model: &mut Model,
    changed: Result<Option<Clean>, Diagnosis>,
    now: Now,
) -> Vec<Effect> {
    let user = match changed {
        Ok(user) => user,
        Err(why) => return failed(model, why, now),
    };
    let about = model.connect.open.take().and_then(|open| open.about).filter(|_| is_in_sight(model));
    let mut effects = identity::begin_anew(model, user.clone(), now);
    match user {
        Some(name) => {
            if let Some(grant) = about {
                effects.extend(start::renew(model, grant, false));
            }
            let shown = private::account(&model.shared, name.as_str());
            let message = format!("Signed in as {shown}: the list has that person's grants. U signs out.");
            model.shared.toasts.info(&message, now);
        }
        None => model.shared.toasts.info("Signed out.", now),
    }
    effects
}

fn connected(model: &mut Model, mut finished: Finished, now: Now) -> Vec<Effect> {
    if finished.grants.is_empty() {
        return failed(model, finished.nothing(), now);
    }
    let rows = std::mem::take(&mut finished.rows);
    let first = finished.grants.first().map(|grant| RowId::Grant(grant.connected.id));
    let effects = grants::take_in(&mut model.grants, &mut model.shared, rows, first, now);
    if !is_in_sight(model) {
        let names: Vec<String> = view::done(&model.shared, &finished, now)
            .iter()
            .map(|line| crate::ui::paint::plain(line))
            .collect();
        model.shared.toasts.info(&names.join(" "), now);
    }
    if let Some(open) = &mut model.connect.open {
        open.stage = Stage::Done(Box::new(finished));
    }
    effects
}

fn failed(model: &mut Model, why: Diagnosis, now: Now) -> Vec<Effect> {
    if !is_in_sight(model) {
        model.shared.toasts.failure(&why, now);
    }
    if let Some(open) = &mut model.connect.open {
        open.stage = Stage::Failed(why);
    }
    Vec::new()
}

/// Leaves the screen: a session that is waited for asks first.
pub(super) fn back(model: &mut Model, now: Now) -> Vec<Effect> {
    if model.connect.waiting().is_some() {
        let question = Confirm::new(
            "Stop waiting?",
            view::stop_question(&model.connect),
            "stop waiting",
            Then::StopWaiting,
        );
        model.shared.nav.push(View::Confirm(Box::new(question)));
        return Vec::new();
    }
    if start::is_under_way(model) {
        return start::stop_waiting(model, now);
    }
    model.connect.open = None;
    model.shared.nav.leave();
    Vec::new()
}
