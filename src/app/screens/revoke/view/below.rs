//! What is asked before, and what is reported afterwards.

use ratatui::layout::{Position, Rect};

use super::super::{Revoking, Run};
use super::places_of;
use crate::app::Model;
use crate::app::screens::smoke::Latest;
use crate::app::shared::Shared;
use crate::domain::describe::revoke as describe;
use crate::domain::smoke::Standing;
use crate::domain::words::{count, counted, sentence};
use crate::domain::{Clean, Now};
use crate::ui::paint::{Pen, Piece, wrapped};
use crate::ui::{Role, text};

/// In front of the reason.
const PROMPT: &str = "Reason › ";

/// Draws it.
pub(super) fn draw(model: &Model, revoking: &Revoking, now: Now, area: Rect, pen: &mut Pen<'_>) {
    let area = Rect { x: area.x + 1, width: area.width.saturating_sub(2), ..area };
    if let Some(run) = revoking.run() {
        for (y, line) in
            (area.y..area.bottom()).zip(report(model, revoking, run, now, usize::from(area.width)))
        {
            pen.pieces(area.x, y, area.width, &line);
        }
        return;
    }
    if revoking.facts().is_some_and(|facts| !facts.plan.targets.is_empty()) {
        let message = [Piece::new(describe::FOR_GOOD, Role::TextStrong)];
        let lines = wrapped(&message, usize::from(area.width));
        for (y, line) in (area.y..area.bottom().saturating_sub(1)).zip(lines) {
            pen.pieces(area.x, y, area.width, &line);
        }
    } else if revoking.facts().is_some() {
        let message = "Nothing to revoke: what was meant is gone already.";
        pen.text(area.x, area.y, area.width, message, Role::TextStrong);
        return;
    }
    reason(&model.shared, revoking, area, pen);
}

/// The line to type a reason.
fn reason(shared: &Shared, revoking: &Revoking, area: Rect, pen: &mut Pen<'_>) {
    let y = area.bottom().saturating_sub(1);
    pen.wash(Rect { y, height: 1, ..area }, Role::Input);
    let x = pen.text(area.x, y, area.width, PROMPT, Role::HintKey);
    let room = area.right().saturating_sub(x);
    let value = revoking.reason.value();
    if value.is_empty() {
        let key = shared.keymap.first_key(
            crate::app::keymap::Place::Input,
            crate::app::Action::Common(crate::app::action::CommonAction::Accept),
        );
        let hint = format!(" optional, for Alter's records; {key} goes on");
        pen.text(x, y, room, &hint, Role::TextDim);
        return;
    }
    let scroll = revoking.reason.visual_scroll(usize::from(room.saturating_sub(1)));
    let typed = Clean::line(value);
    pen.text(x, y, room, text::skip(typed.as_str(), scroll), Role::Input);
}

/// Where the terminal's cursor stands while the reason is typed.
pub(in super::super) fn text_cursor(shared: &Shared, revoking: &Revoking) -> Option<Position> {
    let has_reason = revoking.facts().is_none_or(|facts| !facts.plan.targets.is_empty());
    let below = places_of(shared, revoking).filter(|_| revoking.is_typed() && has_reason)?.below;
    let x = below.x + 1 + text::width(PROMPT) as u16;
    let room = usize::from(below.right().saturating_sub(x + 1));
    let scroll = revoking.reason.visual_scroll(room.saturating_sub(1));
    let cells = revoking.reason.visual_cursor().saturating_sub(scroll).min(room.saturating_sub(1));
    Some(Position::new(x + cells as u16, below.bottom().saturating_sub(1)))
}

/// How it stands, and at the end what it came to.
fn report(model: &Model, revoking: &Revoking, run: &Run, now: Now, cells: usize) -> Vec<Vec<Piece>> {
    let role = match run.tally {
        tally if tally.failed + tally.uncertain > 0 => Role::HealthBroken,
        tally if tally.left > 0 => Role::HealthSoon,
        _ => Role::TextStrong,
    };
    let summary = vec![Piece::new(describe::summary(run.tally), role)];
    if run.is_over() {
        let middle = match siblings(model, run) {
            Some(line) => line,
            None if run.tally.is_done() || !revoking.subject.marked => Vec::new(),
            None => vec![Piece::new("What did not end stays marked in the list.", Role::Text)],
        };
        let back = if run.tally.revoked > 0 { describe::COMES_BACK } else { "" };
        return vec![summary, middle, vec![Piece::new(back, Role::TextDim)]];
    }
    let note = match run.pause.as_ref().and_then(|pause| Some((pause, pause.seconds(now)?))) {
        _ if run.stopping => "Stopping: what was sent already is awaited, nothing more is sent.".to_owned(),
        Some((pause, seconds)) => format!("Waiting {seconds} s. {}", pause.reason.headline()),
        None => String::new(),
    };
    vec![bar(run, cells), summary, vec![Piece::new(note, Role::HealthSoon)]]
}

/// What is known of the siblings, or how to find out; None where there are none.
fn siblings(model: &Model, run: &Run) -> Option<Vec<Piece>> {
    let siblings = run.siblings();
    let known = &model.smoke.known;
    let since = siblings.iter().filter_map(|grant| known.latest(grant.row.grant()?));
    let since: Vec<Latest> = since.filter(|latest| latest.at >= run.facts.at).collect();
    let all = siblings.len() as u64;
    if all > 0 && since.len() == siblings.len() {
        let failing = since.iter().filter(|latest| latest.verdict.standing() == Standing::Failing).count();
        let (words, role) = match failing as u64 {
            0 if all == 1 => ("its sibling was tested and does not fail".to_owned(), Role::HealthOk),
            0 => (format!("{} were tested and do not fail", counted(all, "sibling")), Role::HealthOk),
            _ if all == 1 => ("its sibling fails".to_owned(), Role::HealthBroken),
            failing => {
                (format!("{} of {} fail", count(failing), counted(all, "sibling")), Role::HealthBroken)
            }
        };
        return Some(vec![Piece::new(sentence(&words), role)]);
    }
    let words = match all {
        0 => return None,
        1 => " tests its sibling: it may have ended too.".to_owned(),
        several => format!(" tests {}: they may have ended too.", counted(several, "sibling")),
    };
    Some(vec![Piece::new("t", Role::HintKey), Piece::new(words, Role::Text)])
}

/// What is done of the whole, and the numbers.
fn bar(run: &Run, cells: usize) -> Vec<Piece> {
    let (done, all) = (run.ended(), run.steps.len());
    let message = format!("  {} of {}", count(done as u64), count(all as u64));
    let width = cells.saturating_sub(2 * count(all as u64).len() + 6);
    let filled = (width * done).checked_div(all).unwrap_or_default();
    vec![
        Piece::new("█".repeat(filled), Role::Brand),
        Piece::new("░".repeat(width - filled), Role::TextDim),
        Piece::new(message, Role::Text),
    ]
}
