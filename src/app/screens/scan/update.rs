//! What keys and answers do to a scan.

use std::path::PathBuf;

use tui_input::{Input, InputRequest};
use uuid::Uuid;

use super::candidates::candidates;
use super::{SKIPPED, Scan, ScanState, view};
use crate::app::action::{CommonAction, CopyAction, ListAction, ScanAction};
use crate::app::input::Key;
use crate::app::nav::View;
use crate::app::requests::ScanFiles;
use crate::app::screens::grants::ChangeMark;
use crate::app::screens::grants::Grants;
use crate::app::screens::{changes, copy};
use crate::app::shared::Shared;
use crate::app::text_input::edit_line;
use crate::app::{Action, Effect, Model, Slot, views};
use crate::domain::scan::{Finding, Repairs, ScanEvent};
use crate::domain::{Clean, Now, ServerFilter, words};
use crate::ui::layout;

/// Opens the screen; a scan that was made before is still there, else a path is asked for.
pub(super) fn open(scan: &mut Scan, shared: &mut Shared) -> Vec<Effect> {
    shared.nav.open(View::Scan);
    if scan.state == ScanState::Asking {
        scan.path = Input::new(".".to_owned());
        scan.editing = Some(".".to_owned());
    }
    Vec::new()
}

/// Carries out an action on the screen.
pub(super) fn act(model: &mut Model, action: Action, now: Now) -> Vec<Effect> {
    if model.scan.editing.is_some() {
        let accepts = action == Action::Common(CommonAction::Accept);
        return if accepts { start(model, now) } else { Vec::new() };
    }
    if let Action::Move(motion) = action {
        let height = view::height(&model.shared);
        let to = motion.from(model.scan.cursor, model.scan.findings.len(), height);
        go_to(&mut model.scan, to, height);
    } else if let Action::Scan(action) = action {
        return match action {
            ScanAction::ScanAgain => again(model, now),
            ScanAction::StopScan => stop(&mut model.scan, &mut model.shared),
            ScanAction::SwapId => swap(&model.scan, &model.grants, &mut model.shared, now),
            ScanAction::RepairAll => {
                let repairs = model.scan.repairs();
                let (pairs, stays) = (repairs.pairs.clone(), stays(&repairs));
                change(&model.scan, &mut model.shared, pairs, stays)
            }
        };
    } else if let Action::Copy(action) = action {
        match action {
            CopyAction::ChoosePath => model.scan.editing = Some(model.scan.path.value().to_owned()),
            CopyAction::CopyId => return copy::copy_ids(&model.grants, &mut model.shared),
            CopyAction::CopyMenu => return copy::open(model),
            CopyAction::Rename | CopyAction::WriteFile => {}
        }
    } else if action == Action::List(ListAction::Views) {
        views::open(model);
    }
    Vec::new()
}

fn go_to(scan: &mut Scan, to: usize, height: usize) {
    let len = scan.findings.len();
    scan.cursor = to.min(len.saturating_sub(1));
    scan.offset = layout::scroll_to(scan.offset, scan.cursor, height, len, layout::CONTEXT);
}

/// The path was typed: look through it.
fn start(model: &mut Model, now: Now) -> Vec<Effect> {
    let before = model.scan.editing.take();
    if model.scan.path.value().trim().is_empty() {
        model.scan.path = Input::new(before.unwrap_or_else(|| ".".to_owned()));
    }
    again(model, now)
}

/// Scans, once more if need be.
pub(crate) fn again(model: &mut Model, now: Now) -> Vec<Effect> {
    let paths = vec![PathBuf::from(model.scan.path.value().trim())];
    model.scan = Scan {
        path: std::mem::take(&mut model.scan.path),
        state: ScanState::Running { since: now.millis },
        whole: model.grants.walk.has_all(&ServerFilter::default()),
        ..Scan::default()
    };
    let grants = &model.grants;
    let gone = grants.changes.iter().filter(|(_, mark)| **mark == ChangeMark::Gone).map(|(row, _)| *row);
    let job = ScanFiles { paths, grants: grants.rows.snapshot(), gone: gone.collect() };
    vec![model.shared.slots.ask(job)]
}

fn stop(scan: &mut Scan, shared: &mut Shared) -> Vec<Effect> {
    if scan.is_running() {
        scan.state = ScanState::Stopped;
        scan.put_in_order();
    }
    shared.give_up(Slot::Scan).into_iter().collect()
}

/// Leaves the innermost thing of the screen; None when that is the screen itself.
pub(super) fn back(scan: &mut Scan, shared: &mut Shared) -> Option<Vec<Effect>> {
    match scan.editing.take() {
        Some(_) if scan.state == ScanState::Asking => {
            shared.nav.leave();
            Some(Vec::new())
        }
        Some(before) => {
            scan.path = Input::new(before);
            Some(Vec::new())
        }
        None if scan.is_running() => Some(stop(scan, shared)),
        None => None,
    }
}

/// A key edits the path.
pub(super) fn typed(scan: &mut Scan, key: Key) {
    if scan.editing.is_some() {
        edit_line(&mut scan.path, key);
    }
}

/// A text was pasted into the path.
pub(super) fn paste(scan: &mut Scan, text: &str) {
    if scan.editing.is_some() {
        for character in Clean::line(text.trim()).as_str().chars() {
            scan.path.handle(InputRequest::InsertChar(character));
        }
    }
}

/// What the scan found since the last time.
pub(crate) fn answer(scan: &mut Scan, shared: &mut Shared, events: Vec<ScanEvent>, now: Now) {
    for event in events {
        match event {
            ScanEvent::Progress(counts) => scan.counts = counts,
            ScanEvent::Found(finding) => scan.found(*finding),
            ScanEvent::Skipped { path, why, .. } => {
                if scan.skipped.len() < SKIPPED {
                    scan.skipped.push((path, why));
                }
            }
            ScanEvent::Done(counts) => {
                shared.slots.end(Slot::Scan);
                scan.counts = counts;
                if let ScanState::Running { since } = scan.state {
                    scan.state = ScanState::Done { took: now.millis.saturating_sub(since) };
                }
                scan.put_in_order();
                let (height, cursor) = (view::height(shared), scan.cursor);
                go_to(scan, cursor, height);
            }
        }
    }
}

/// Swaps the id under the cursor; where it is not certain which grant takes its place, somebody chooses.
fn swap(scan: &Scan, grants: &Grants, shared: &mut Shared, now: Now) -> Vec<Effect> {
    let Some(finding) = scan.selected() else { return Vec::new() };
    let certain = finding.known.as_ref().and_then(|known| known.successor).map(|new| (finding.id, new.0));
    if let Some(pair) = certain {
        return change(scan, shared, vec![pair], Vec::new());
    }
    match candidates(grants, shared, finding, now) {
        Some(pick) => shared.nav.push(View::Pick(Box::new(pick))),
        None => shared.toasts.refuse("No live grant to choose from.", now),
    }
    Vec::new()
}

/// A grant was chosen to take the place of the id under the cursor.
pub(crate) fn picked(scan: &Scan, shared: &mut Shared, new: Uuid) -> Vec<Effect> {
    let Some(old) = scan.selected().map(|finding| finding.id) else { return Vec::new() };
    change(scan, shared, vec![(old, new)], Vec::new())
}

/// Why `R` would change nothing, and why each id stays.
pub(super) fn refuse_repair(scan: &Scan, shared: &mut Shared, reason: &str, now: Now) {
    let repairs = scan.repairs();
    let can_be = !scan.is_running() && scan.whole;
    let stays = if can_be { stays(&repairs) } else { Vec::new() };
    shared.toasts.refuse_for(reason, stays, now);
}

/// How many old ids stay where they are when all is repaired, and why; nothing where none does.
fn stays(repairs: &Repairs<'_>) -> Vec<Clean> {
    let mut reasons: Vec<(&str, usize)> = Vec::new();
    for why in repairs.left.iter().filter_map(|finding| finding.known.as_ref()?.obstacle) {
        match reasons.iter_mut().find(|(known, _)| *known == why.words()) {
            Some((_, count)) => *count += 1,
            None => reasons.push((why.words(), 1)),
        }
    }
    let count = repairs.left.len();
    let ids =
        if count == 1 { "1 id stays".to_owned() } else { format!("{} ids stay", words::count(count as u64)) };
    let head = (count > 0).then(|| Clean::line(&format!("{ids}; s: choose a grant:")));
    let of = |(why, count): (&str, usize)| Clean::line(&format!("{} – {why}", words::count(count as u64)));
    head.into_iter().chain(reasons.into_iter().map(of)).collect()
}

fn change(scan: &Scan, shared: &mut Shared, pairs: Vec<(Uuid, Uuid)>, stays: Vec<Clean>) -> Vec<Effect> {
    let is_old = |finding: &&Finding| pairs.iter().any(|(old, _)| *old == finding.id);
    let found = scan.findings.iter().filter(is_old).map(|finding| (finding.path.clone(), finding.id));
    let found: Vec<(PathBuf, Uuid)> = found.collect();
    changes::open_swap(shared, pairs, found, stays)
}
