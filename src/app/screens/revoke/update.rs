//! What keys and answers do to a revocation.

use std::sync::Arc;

use super::run::Progress;
use super::{Facts, Pause, RevokeState, Revoking, Run, known, view};
use crate::app::action::Motion;
use crate::app::nav::Kind;
use crate::app::screens::{grants, smoke};
use crate::app::shared::Shared;
use crate::app::{Effect, Model, Slot};
use crate::domain::describe::revoke as describe;
use crate::domain::revoke::{GoneGrant, PlanEvent, Planned, RevokeEvent};
use crate::domain::words::count;
use crate::domain::{Now, RowId};

/// What came of reading the list.
pub(crate) fn planned(model: &mut Model, event: PlanEvent, now: Now) -> Vec<Effect> {
    let is_over = matches!(event, PlanEvent::Done(_));
    if is_over {
        model.shared.slots.end(Slot::Revoke);
    }
    let Some(revoking) = &mut model.revoking else { return Vec::new() };
    let RevokeState::Reading { rows, pause } = &mut revoking.state else { return Vec::new() };
    match event {
        PlanEvent::Reading { here, total } => {
            (*rows, *pause) = (Some((here, total)), None);
            Vec::new()
        }
        PlanEvent::Waiting { reason, millis } => {
            *pause = Some(Pause::new(reason, millis, now));
            Vec::new()
        }
        PlanEvent::Done(Err(why)) => {
            revoking.state = RevokeState::Refused(why);
            Vec::new()
        }
        PlanEvent::Done(Ok(planned)) => {
            let Planned { plan, siblings, verdicts, doubt } = *planned;
            let files = known::files(&model.scan, &plan);
            let fresh: Vec<_> = plan.targets.iter().map(|target| target.grant.clone()).collect();
            let facts = Facts { plan: Arc::new(plan), siblings, verdicts, files, doubt, at: now.wall };
            revoking.state = RevokeState::Planned(Box::new(facts));
            (revoking.cursor, revoking.offset, revoking.scroll) = (0, 0, 0);
            grants::read_again(&mut model.grants, &mut model.shared, &fresh, now)
        }
    }
}

/// All that was meant is gone already.
pub(super) fn nothing_to_do(model: &mut Model, now: Now) -> Vec<Effect> {
    let Some(revoking) = model.revoking.take() else { return Vec::new() };
    model.shared.nav.leave();
    let Some(facts) = revoking.facts() else { return Vec::new() };
    let message = match facts.plan.gone.len() {
        1 => "It is gone already; nothing was sent.".to_owned(),
        several => format!("All {} are gone already; nothing was sent.", count(several as u64)),
    };
    model.shared.toasts.info(&message, now);
    let gone = Arc::clone(&facts.plan);
    gone_already(model, &gone.gone, now)
}

/// What was gone before is done, and shown so.
fn gone_already(model: &mut Model, gone: &[GoneGrant], now: Now) -> Vec<Effect> {
    let rows = |there: bool| {
        let of = gone.iter().filter(move |gone| gone.grant.is_some() == there);
        of.map(|gone| RowId::Grant(gone.id)).collect::<Vec<_>>()
    };
    let mut effects = grants::revoked(&mut model.grants, &mut model.shared, rows(true), now);
    effects.extend(grants::gone(&mut model.grants, &mut model.shared, rows(false), now));
    effects
}

/// What became of grants since the last time.
pub(crate) fn answer(model: &mut Model, events: Vec<RevokeEvent>, now: Now) -> Vec<Effect> {
    let is_over = events.iter().any(|event| matches!(event, RevokeEvent::Done { .. }));
    if is_over {
        model.shared.slots.end(Slot::Revoke);
    }
    let height = view::height(&model.shared, model.revoking.as_ref());
    let Some(revoking) = &mut model.revoking else { return Vec::new() };
    let RevokeState::Running(run) = &mut revoking.state else { return Vec::new() };
    let done = run.apply(events, now);
    let plan = Arc::clone(&run.facts.plan);
    let follow = match (run.moved, is_over) {
        (false, false) => Some(run.front()),
        // What needs attention stands first now.
        (_, true) => Some(0),
        (true, false) => None,
    };
    if let Some(place) = follow {
        revoking.go_to(place, height);
    }
    let targets = || done.iter().filter_map(|index| plan.targets.get(*index));
    let rows = targets().map(|target| RowId::Grant(target.id));
    let mut effects = grants::ended(&mut model.grants, &mut model.shared, rows, now);
    // Whatever was delegated from a grant ended with it.
    let below = targets().flat_map(|target| target.reach.children.iter().copied().map(RowId::Grant));
    effects.extend(grants::revoked(&mut model.grants, &mut model.shared, below, now));
    if is_over {
        effects.extend(gone_already(model, &plan.gone, now));
        tell(model, now);
    }
    effects
}

/// Who does not look at it is told how it ended.
fn tell(model: &mut Model, now: Now) {
    let Some(run) = model.revoking.as_ref().and_then(Revoking::run) else { return };
    model.shared.toasts.leave_behind(now);
    if let Progress::Broke(why) = &run.progress {
        model.shared.toasts.failure(why, now);
    } else if model.shared.nav.screen() != Kind::Revoke {
        let left = if run.tally.is_done() { "" } else { " The others stay marked." };
        let message = format!("Revocation: {}.{left}", describe::summary(run.tally));
        if run.tally.is_done() {
            model.shared.toasts.info(&message, now);
        } else {
            model.shared.toasts.warning(&message, now);
        }
    }
}

/// Leaves the innermost thing: a run that is under way is stopped, never left without a word.
pub(super) fn back(model: &mut Model, now: Now) -> Vec<Effect> {
    if let Some(run) = running(model.revoking.as_mut()).filter(|run| !run.is_over()) {
        if run.stopping {
            model.shared.toasts.refuse("Stopping: what was sent already is awaited.", now);
            return Vec::new();
        }
        (run.stopping, run.pause) = (true, None);
        return vec![Effect::Cancel(Slot::Revoke)];
    }
    model.revoking = None;
    model.shared.nav.leave();
    model.shared.give_up(Slot::Revoke).into_iter().collect()
}

/// What was confirmed.
fn running(revoking: Option<&mut Revoking>) -> Option<&mut Run> {
    match &mut revoking?.state {
        RevokeState::Running(run) => Some(run),
        RevokeState::Reading { .. } | RevokeState::Refused(_) | RevokeState::Planned(_) => None,
    }
}

/// Moves: through the grants, or through the lines about the only one.
pub(super) fn go(model: &mut Model, motion: Motion, now: Now) {
    let height = view::height(&model.shared, model.revoking.as_ref());
    let Some(revoking) = &mut model.revoking else { return };
    let grants = revoking.facts().map_or(0, Facts::len);
    if grants > 1 {
        let to = motion.from(revoking.cursor, grants - 1, height);
        go_to(model, to);
        return;
    }
    let (lines, height) = view::about_lines(model, now);
    if let Some(revoking) = &mut model.revoking {
        revoking.scroll = motion.from(revoking.scroll, lines.saturating_sub(height), height);
    }
}

/// Puts the cursor on a place.
pub(super) fn go_to(model: &mut Model, place: usize) {
    let height = view::height(&model.shared, model.revoking.as_ref());
    if let Some(run) = running(model.revoking.as_mut()) {
        run.moved = true;
    }
    if let Some(revoking) = &mut model.revoking {
        revoking.go_to(place, height);
    }
}

/// Tests the siblings of what was revoked: nobody knows whether they survived.
pub(super) fn test_siblings(model: &mut Model) -> Vec<Effect> {
    let Some(run) = model.revoking.as_ref().and_then(Revoking::run) else { return Vec::new() };
    let rows: Vec<_> = run.siblings().into_iter().cloned().collect();
    smoke::test_rows(model, rows)
}

/// What is lost of a revocation that is under way.
pub(crate) fn under_way_in_words(revoking: Option<&Revoking>) -> Option<String> {
    let run = revoking?.run().filter(|run| !run.is_over())?;
    let (ended, all) = (count(run.ended() as u64), count(run.steps.len() as u64));
    Some(format!("Grants are being revoked: {ended} of {all} are decided. The rest will not be revoked."))
}

/// The revocation in a few words, for the screens that do not show it; None where none is under way.
pub(crate) fn progress_line(revoking: Option<&Revoking>, shared: &Shared, now: Now) -> Option<String> {
    let run = revoking?.run().filter(|run| !run.is_over())?;
    if shared.nav.screen() == Kind::Revoke {
        return None;
    }
    let state = match run.pause.as_ref().and_then(|pause| pause.seconds(now)) {
        _ if run.stopping => ", stopping",
        Some(_) => ", waiting",
        None => "",
    };
    let failed = match run.tally.failed + run.tally.uncertain {
        0 => String::new(),
        failed => format!(", {} failed", count(failed.into())),
    };
    Some(format!(
        "revoking {} of {}{failed}{state}",
        count(run.ended() as u64),
        count(run.steps.len() as u64)
    ))
}
