//! One line for each grant: what ends with it, then what became of it.

use ratatui::layout::Rect;

use super::super::{Revoking, Step};
use super::Places;
use crate::app::Model;
use crate::domain::describe::revoke as describe;
use crate::domain::revoke::RevokeOutcome;
use crate::domain::{Health, Now};
use crate::ui::paint::Pen;
use crate::ui::{Role, text};

/// Cells of an outcome with its sign.
const OUTCOME: u16 = 12;

/// Draws the visible ones.
pub(super) fn draw(model: &Model, revoking: &Revoking, now: Now, places: &Places, pen: &mut Pen<'_>) {
    let rows = places.rows;
    let (height, len) = (usize::from(rows.height), revoking.facts().map_or(0, super::super::Facts::len));
    for (line, place) in (revoking.offset..len).take(height).enumerate() {
        let Some(index) = revoking.at(place) else { continue };
        let row = Rect::new(rows.x, rows.y + line as u16, rows.width, 1);
        draw_one(model, revoking, index, now, row, pen);
        if place == revoking.cursor {
            pen.wash(row, Role::Cursor);
            pen.text(row.x, row.y, 1, "▌", Role::CursorBar);
        }
    }
    // The bar stands on the border of the frame.
    let bar = Rect { y: rows.y.saturating_sub(1), height: rows.height + 2, ..places.frame };
    pen.scroll_bar(bar, revoking.offset, height, len);
}

fn draw_one(model: &Model, revoking: &Revoking, index: usize, now: Now, row: Rect, pen: &mut Pen<'_>) {
    let Some(facts) = revoking.facts() else { return };
    let Some((name, _)) = revoking.named(&model.shared, index) else { return };
    let target = facts.plan.targets.get(index);
    let step = revoking.run().map(|run| run.steps.get(index));
    let (sign, role, more) = match (target, step) {
        (None, _) => ("✓ gone".to_owned(), Role::TextDim, String::new()),
        (Some(target), None) => {
            let health = Health::of(&target.grant, now.wall);
            (health.sign().to_owned(), Role::of(health), planned(target, facts.at))
        }
        (Some(_), Some(step)) => stands(step),
    };
    let first = if step.is_some() || target.is_none() { OUTCOME } else { 2 };
    let x = row.x + 2;
    pen.text(x, row.y, first, &sign, role);
    let x = x + first;
    let room = row.right().saturating_sub(x + 1);
    // The name is what is looked for: it has half of the room at least, and all that the rest leaves.
    let wanted = (text::width_within(&more, usize::from(room / 2)) as u16).min(room / 2);
    let cells = room.saturating_sub(if wanted > 0 { wanted + 2 } else { 0 });
    let of_name = if step.is_some() && wanted > 0 { cells.min(room / 2) } else { cells };
    let name_role = if target.is_some() { Role::TextStrong } else { Role::TextDim };
    pen.text(x, row.y, of_name, &text::cut(&name, usize::from(of_name)), name_role);
    if step.is_some() {
        let x = x + of_name + 2;
        let room = row.right().saturating_sub(x + 1);
        pen.text(x, row.y, room, &text::cut(&more, usize::from(room)), Role::TextDim);
    } else {
        let more = text::cut(&more, usize::from(wanted));
        pen.text_right(row.right().saturating_sub(1), row.y, wanted, &more, Role::TextDim);
    }
}

/// What ends with a grant, and when it was last used, in a few words.
fn planned(target: &crate::domain::revoke::RevokeTarget, at: jiff::Timestamp) -> String {
    let reach = describe::brief(&target.reach);
    let used = if describe::is_in_use(&target.grant, at) { "in use" } else { "" };
    [used, &reach].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", ")
}

/// Where a grant stands, and why.
fn stands(step: Option<&Step>) -> (String, Role, String) {
    let (sign, role, why) = match step {
        None | Some(Step::Waiting) => ("· waiting", Role::TextDim, ""),
        Some(Step::Sent) => ("… revoking", Role::TextStrong, ""),
        Some(Step::Ended(outcome)) => match outcome {
            RevokeOutcome::Revoked { .. } => ("✓ revoked", Role::HealthOk, ""),
            RevokeOutcome::RevokedByList => {
                ("✓ revoked", Role::HealthOk, "the answer was lost; the list says so")
            }
            RevokeOutcome::Gone => ("✓ gone", Role::TextDim, "gone already"),
            RevokeOutcome::Failed(why) => ("✗ failed", Role::HealthBroken, why.headline()),
            RevokeOutcome::Uncertain(_) => ("? uncertain", Role::HealthSoon, "it may have been revoked"),
            RevokeOutcome::NotTried => ("– not tried", Role::HealthUnknown, ""),
        },
    };
    (sign.to_owned(), role, why.to_owned())
}
