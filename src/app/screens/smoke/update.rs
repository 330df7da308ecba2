//! What keys and answers do to a smoke test.

use std::collections::HashMap;

use super::{Board, Smoke, Subject, start, view};
use crate::app::action::SmokeAction;
use crate::app::nav::{Kind, View};
use crate::app::requests::ReadRecord;
use crate::app::screens::grants::Grants;
use crate::app::shared::Shared;
use crate::app::{Action, Effect, Model, Slot};
use crate::domain::smoke::{Past, SmokeEvent, Standing};
use crate::domain::words::{count, sentence};
use crate::domain::{Diagnosis, GrantId, Now, RowId, Which};

/// Whether a smoke test is under way.
pub(crate) fn is_running(smoke: &Smoke) -> bool {
    smoke.board.as_ref().is_some_and(Board::is_running)
}

/// Whether a verdict is known of any row of the list, or one is on its way.
pub(crate) fn is_anything_tested(smoke: &Smoke) -> bool {
    is_running(smoke) || !smoke.known.is_empty()
}

/// Shows the board; where it is shown, the list again.
pub(super) fn show(smoke: &mut Smoke, grants: &mut Grants, shared: &mut Shared) {
    if shared.nav.screen() == Kind::Smoke {
        shared.nav.home();
    } else {
        shared.nav.open(View::Smoke);
    }
    grants.typing = false;
    let height = view::height(shared);
    if let Some(board) = &mut smoke.board {
        board.settle(height);
    }
}

/// Carries an action out.
pub(super) fn act(model: &mut Model, action: Action, now: Now) -> Vec<Effect> {
    if let Action::Move(motion) = action {
        let height = view::height(&model.shared);
        if let Some(board) = &mut model.smoke.board {
            board.go_to(motion.from(board.place, board.found.len(), height), height);
        }
    }
    let Action::Smoke(action) = action else { return Vec::new() };
    match action {
        SmokeAction::TestFailures => start::failures(model, now),
        SmokeAction::GoOn => start::go_on(&mut model.smoke, &mut model.shared),
        SmokeAction::StopTest => stop(&mut model.smoke),
        SmokeAction::OpenResult => open_result(model, now),
        SmokeAction::Test | SmokeAction::TestShown => Vec::new(),
    }
}

/// Ends the run; what is known stays. It is still listened to until it has ended: what was answered by now counts.
fn stop(smoke: &mut Smoke) -> Vec<Effect> {
    let Some(board) = smoke.board.as_mut().filter(|board| board.is_running()) else {
        return Vec::new();
    };
    board.stopping = true;
    board.pause = None;
    vec![Effect::Cancel(Slot::Smoke)]
}

/// Leaves the innermost thing of the board; None when that is the board itself.
pub(super) fn back(smoke: &mut Smoke) -> Option<Vec<Effect>> {
    let board = smoke.board.as_ref()?;
    (board.is_running() && !board.stopping).then(|| stop(smoke))
}

/// Shows the exchange behind a result, or the grant where none was kept.
fn open_result(model: &mut Model, now: Now) -> Vec<Effect> {
    let result = model.smoke.board.as_ref().and_then(Board::selected);
    let Some((grant, record)) = result.map(|result| (result.grant, result.record)) else { return Vec::new() };
    if let Some(id) = record {
        return vec![model.shared.slots.ask(ReadRecord(Which::This(id)))];
    }
    let height = model.shared.list_height();
    if model.grants.go_to_row(RowId::Grant(grant), height) {
        model.detail.offset = 0;
        model.shared.nav.push(View::Detail);
    } else {
        let message = match model.grants.rows.position(RowId::Grant(grant)) {
            Some(_) => "This grant is hidden by filters; x in the list clears them.",
            None => "This grant is no longer in the list.",
        };
        model.shared.toasts.refuse(message, now);
    }
    Vec::new()
}

/// What the run reported.
pub(crate) fn answer(smoke: &mut Smoke, shared: &mut Shared, events: &[SmokeEvent], now: Now) -> Vec<Effect> {
    let height = view::height(shared);
    let Some(board) = &mut smoke.board else {
        if events.iter().any(|event| matches!(event, SmokeEvent::Done(_))) {
            shared.slots.end(Slot::Smoke);
        }
        return Vec::new();
    };
    board.apply(events, now);
    board.settle(height);
    let run = board.plan.as_ref().and_then(|plan| plan.run);
    for event in events {
        match event {
            SmokeEvent::Verdict(result) => smoke.known.found(result, run),
            SmokeEvent::NotKept(why) => shared.toasts.failure(why, now),
            SmokeEvent::Done(_) => ended(smoke, shared, now),
            SmokeEvent::Planned(_) | SmokeEvent::Started(_) | SmokeEvent::Paused(_) => {}
        }
    }
    Vec::new()
}

/// The run is over. Who does not look at the board is told.
fn ended(smoke: &Smoke, shared: &mut Shared, now: Now) {
    shared.slots.end(Slot::Smoke);
    let Some(board) = &smoke.board else { return };
    let Some(summary) = &board.summary else { return };
    if let Some(why) = &summary.stopped {
        shared.toasts.failure(why, now);
        return;
    }
    if shared.nav.screen() == Kind::Smoke {
        return;
    }
    let message = match (board.subject, board.found.first()) {
        (Subject::One(_), Some(result)) => {
            let verdict = format!("{} {}", result.verdict.sign(), result.verdict.word());
            let took = result.latency().map(|took| format!(", {took}")).unwrap_or_default();
            let whose = view::whose(shared, result);
            let more = match result.verdict.standing() {
                _ if shared.privacy => String::new(),
                Standing::Fine if result.caveats.is_empty() => String::new(),
                Standing::Fine | Standing::Failing | Standing::Untold => {
                    format!(" {}", sentence(&result.reason()))
                }
            };
            format!("{whose}: {verdict}{took}.{more}")
        }
        _ => format!("Smoke test: {}. b shows it.", board.tally.sentence()),
    };
    if board.tally.standing(Standing::Failing) > 0 {
        shared.toasts.warning(&message, now);
    } else {
        shared.toasts.info(&message, now);
    }
}

/// What the history says of rows that are on the screen.
pub(crate) fn verdicts(smoke: &mut Smoke, result: Result<HashMap<GrantId, Vec<Past>>, Diagnosis>) {
    // Nobody asked for it: a history that cannot be read is told where it is opened, and by `doctor`.
    if let Ok(found) = result {
        smoke.known.read(found);
    }
}

/// What is lost of a run that is under way.
pub(crate) fn under_way_in_words(smoke: &Smoke) -> Option<String> {
    let board = smoke.board.as_ref().filter(|board| board.is_running())?;
    let (done, all) = board.progress();
    let (done, all) = (count(done.into()), count(all.into()));
    Some(format!("A smoke test is running: {done} of {all} grants tested. Results are kept."))
}

/// The run in a few words, for the screens that do not show it; None where none is under way.
pub(crate) fn progress_line(smoke: &Smoke, shared: &Shared, now: Now) -> Option<String> {
    let board = smoke.board.as_ref().filter(|board| board.is_running())?;
    if shared.nav.screen() == Kind::Smoke {
        return None;
    }
    if let Subject::One(_) = board.subject {
        return Some("testing …".to_owned());
    }
    let (done, all) = board.progress();
    let paused = if board.pause_now(now).is_some() { ", waiting" } else { "" };
    let failing = match board.tally.standing(Standing::Failing) {
        0 => String::new(),
        failing => format!(", {} fail", count(failing.into())),
    };
    Some(format!("testing {} of {}{failing}{paused}", count(done.into()), count(all.into())))
}
