//! Draws what came of a call.

use ratatui::layout::Rect;

use crate::app::Model;
use crate::app::screens::call::Call;
use crate::domain::{CallOutcome, Clean, Now, remedy};
use crate::ui::layout::Front;
use crate::ui::paint::{Pen, Piece};
use crate::ui::{Role, text};

/// Draws the response with its border.
pub(crate) fn draw(_model: &Model, call: &Call, _now: Now, area: Rect, pen: &mut Pen<'_>) {
    let title = [Piece::new("Response", Role::Title)];
    let inside = pen.frame(area, &title, &[], call.front == Front::Second);
    let (told, role) = match call.response.outcome() {
        None => ("Nothing was sent yet.".to_owned(), Role::TextDim),
        Some(CallOutcome::Done(report)) => {
            let body = String::from_utf8_lossy(&report.answer.body).into_owned();
            (format!("{} · Alter {}\n{body}", report.answer.status, report.alter_status), Role::Text)
        }
        Some(CallOutcome::Kept(held)) => (format!("Held: {}", held.id), Role::HealthSoon),
        Some(CallOutcome::Failed(diagnosis)) => {
            let words = remedy::render(diagnosis);
            (format!("{}\n{}", words.headline, words.remedy), Role::HealthBroken)
        }
        Some(CallOutcome::Cancelled { .. }) => ("Cancelled.".to_owned(), Role::HealthEnded),
    };
    let cells = usize::from(inside.width.saturating_sub(2));
    let told = Clean::lines(&told);
    for (y, line) in (inside.y..inside.bottom()).zip(text::wrap(told.as_str(), cells)) {
        pen.text(inside.x + 1, y, cells as u16, &line, role);
    }
}
