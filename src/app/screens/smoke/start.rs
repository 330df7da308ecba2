//! From a key to a run: what is meant, how long it takes, whether it is wanted.

use std::sync::Arc;

use super::{ASK_ABOVE, Asked, Board, Smoke, Subject, view};
use crate::app::nav::{Kind, View};
use crate::app::requests::{PlanSmoke, ReadVerdicts, RunSmoke, SmokeTargets};
use crate::app::screens::confirm::{Confirm, Then};
use crate::app::screens::grants::Grants;
use crate::app::shared::Shared;
use crate::app::{Effect, Model, Slot};
use crate::domain::smoke::SmokePlan;
use crate::domain::words::{count, length};
use crate::domain::{Diagnosis, Grant, GrantId, Now, RowId};
use crate::search::Rows;
use crate::ui::Role;
use crate::ui::paint::Piece;

/// Rows above and below the visible ones whose verdicts are read along with them.
const AROUND: usize = 40;

/// Tests the grants that were just connected where they are shown, else the marked ones, or the one under the cursor
/// where none is marked.
pub(super) fn selection(model: &mut Model) -> Vec<Effect> {
    let grants = &model.grants;
    let connected = model.connect.ids();
    if model.shared.nav.screen() == Kind::Connect && !connected.is_empty() {
        let place = |id: &GrantId| grants.rows.position(RowId::Grant(*id));
        let places: Vec<u32> = connected.iter().filter_map(place).collect();
        let subject = match connected.as_slice() {
            [one] => Subject::One(*one),
            several => Subject::Marked { count: several.len(), hidden: 0 },
        };
        return ask(model, subject, Some(places.into()));
    }
    let (subject, places) = if grants.marks.is_empty() {
        let Some(RowId::Grant(id)) = grants.selected().map(|grant| grant.row) else { return Vec::new() };
        (Subject::One(id), Vec::from_iter(grants.rows.position(RowId::Grant(id))))
    } else {
        let subject = Subject::Marked { count: grants.marks.len(), hidden: grants.hidden_marks };
        let mut places: Vec<u32> = grants.marks.iter().filter_map(|row| grants.rows.position(*row)).collect();
        // The order of the list, not that of a set.
        places.sort_unstable();
        (subject, places)
    };
    ask(model, subject, Some(places.into()))
}

/// Tests all that the list shows, once it shows what was asked for.
pub(super) fn shown(model: &mut Model, now: Now) -> Vec<Effect> {
    if model.grants.outdated {
        model.shared.toasts.refuse("The search is still running; press T when it is done.", now);
        return Vec::new();
    }
    let grants = &model.grants;
    let server = &grants.filters.server;
    let subject = Subject::Shown {
        count: grants.shown(),
        narrowed: grants.is_narrowed_here() || !server.is_empty(),
        partial: !grants.walk.has_all(server),
    };
    let places = grants.found.order.clone();
    ask(model, subject, places)
}

/// Tests once more what failed.
pub(super) fn failures(model: &mut Model, now: Now) -> Vec<Effect> {
    let Some(board) = &model.smoke.board else { return Vec::new() };
    let failed = board.failures();
    let rows = &model.grants.rows;
    let places: Vec<u32> = failed.iter().filter_map(|id| rows.position(RowId::Grant(*id))).collect();
    if places.is_empty() {
        model.shared.toasts.refuse("None of them is still in the list.", now);
        return Vec::new();
    }
    ask(model, Subject::Failed(places.len()), Some(places.into()))
}

/// Tests rows that the list may not have.
pub(crate) fn test_rows(model: &mut Model, grants: Vec<Grant>) -> Vec<Effect> {
    let mut rows = Rows::default();
    for grant in grants {
        rows.put(grant);
    }
    let subject = match rows.iter().next().and_then(|grant| grant.row.grant()) {
        Some(one) if rows.len() == 1 => Subject::One(one),
        _ => Subject::Siblings(rows.len()),
    };
    ask_about(model, subject, SmokeTargets::all(rows.snapshot()))
}

/// Goes on with the run on the board, which was stopped: what it decided is not asked again. Somebody said yes to all
/// of it already.
pub(super) fn go_on(smoke: &mut Smoke, shared: &mut Shared) -> Vec<Effect> {
    let job = smoke.board.as_mut().and_then(Board::go_on);
    job.map_or_else(Vec::new, |job| fire(shared, job))
}

/// Finds out what it would come to.
fn ask(model: &mut Model, subject: Subject, places: Option<Arc<[u32]>>) -> Vec<Effect> {
    let job = SmokeTargets { places, ..SmokeTargets::all(model.grants.rows.snapshot()) };
    ask_about(model, subject, job)
}

fn ask_about(model: &mut Model, subject: Subject, job: SmokeTargets) -> Vec<Effect> {
    model.smoke.asked = Some(Asked { job: job.clone(), subject, place: model.place_below() });
    vec![model.shared.slots.ask(PlanSmoke(job))]
}

/// What it comes to is known: it begins, or somebody is asked first.
pub(crate) fn previewed(model: &mut Model, result: Result<SmokePlan, Diagnosis>, now: Now) -> Vec<Effect> {
    let Some(asked) = model.smoke.asked.take() else { return Vec::new() };
    let plan = match result {
        Ok(plan) => plan,
        Err(why) => {
            model.shared.toasts.failure(&why, now);
            return Vec::new();
        }
    };
    if plan.grants == 0 {
        model.shared.toasts.refuse("These ids are unreadable; nothing to test.", now);
        return Vec::new();
    }
    let opens_nothing = matches!(asked.subject, Subject::One(_)) && plan.calls <= ASK_ABOVE;
    let moved_on = !model.shared.nav.popups().is_empty() || model.place_below() != asked.place;
    if moved_on && !opens_nothing {
        model.shared.toasts.warning("Not tested: cancelled during preparation.", now);
        return Vec::new();
    }
    if plan.calls <= ASK_ABOVE {
        return begin(&mut model.smoke, &mut model.grants, &mut model.shared, asked);
    }
    let lines = question(&asked.subject, &plan);
    let title = format!("Test {} grants?", count(plan.grants.into()));
    let then = Then::Test(Box::new(asked));
    model.shared.nav.push(View::Confirm(Box::new(Confirm::new(&title, lines, "test", then))));
    Vec::new()
}

/// What somebody should know before many calls.
fn question(subject: &Subject, plan: &SmokePlan) -> Vec<Vec<Piece>> {
    let text = |text: String| vec![Piece::new(text, Role::Text)];
    let decided = match plan.decided {
        0 => String::new(),
        decided => format!("; {} of them are decided by the list", count(decided.into())),
    };
    let mut lines = vec![
        text(format!("{} calls for {}{decided}.", count(plan.calls.into()), view::subject(subject))),
        text(format!("It takes about {}{}.", time(plan), because(plan))),
    ];
    if let Subject::Shown { partial: true, .. } = subject {
        let message = "The list is not fully loaded; only loaded grants are tested.";
        lines.push(vec![Piece::new(message, Role::HealthSoon)]);
    }
    if plan.unreadable > 0 {
        lines.push(text(match plan.unreadable {
            1 => "1 row has an unreadable id and is skipped.".to_owned(),
            rows => format!("{} rows have unreadable ids and are skipped.", count(rows.into())),
        }));
    }
    lines.push(Vec::new());
    let message = "Each is a real, read-only call. It is logged, and the account's owner may see it.";
    lines.push(vec![Piece::new(message, Role::TextDim)]);
    lines
}

/// How long it takes, in words.
fn time(plan: &SmokePlan) -> String {
    match plan.estimate.length.as_secs() {
        seconds @ 0..60 => format!("{} s", seconds.max(1)),
        seconds => length(jiff::SignedDuration::from_secs(seconds.cast_signed())),
    }
}

fn because(plan: &SmokePlan) -> String {
    plan.estimate
        .per_minute
        .map_or_else(String::new, |each| format!(" (rate budget: {} calls a minute)", count(each)))
}

/// Begins a run. One grant alone needs no board: its row says what was found.
pub(crate) fn begin(
    smoke: &mut Smoke,
    grants: &mut Grants,
    shared: &mut Shared,
    asked: Asked,
) -> Vec<Effect> {
    let Asked { job, subject, .. } = asked;
    smoke.board = Some(Board::new(subject, job.clone()));
    if !matches!(subject, Subject::One(_)) {
        grants.typing = false;
        if shared.nav.screen() == Kind::Revoke {
            // From there one comes back to what became of the others.
            shared.nav.push(View::Smoke);
        } else {
            shared.nav.open(View::Smoke);
        }
    }
    fire(shared, job)
}

fn fire(shared: &mut Shared, job: SmokeTargets) -> Vec<Effect> {
    vec![shared.slots.ask(RunSmoke(job))]
}

/// Asks the history about rows that are on the screen and were not asked about yet, one question at a time.
pub(crate) fn ask_about_what_is_seen(smoke: &mut Smoke, grants: &Grants, shared: &mut Shared) -> Vec<Effect> {
    if shared.session.value().is_none() || shared.slots.is_open(Slot::Verdicts) {
        return Vec::new();
    }
    let height = shared.list_height();
    let known = &smoke.known;
    let id =
        |place: usize| grants.at(place).and_then(|grant| grant.row.grant()).filter(|id| known.is_new(*id));
    if (grants.offset..grants.offset + height).find_map(id).is_none() {
        return Vec::new();
    }
    let around = grants.offset.saturating_sub(AROUND)..grants.offset + height + AROUND;
    let ids: Vec<GrantId> = around.filter_map(id).collect();
    smoke.known.asking(&ids);
    vec![shared.slots.ask(ReadVerdicts(ids))]
}
