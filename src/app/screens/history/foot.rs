//! The lines at the bottom of the list: the row under the cursor, in full.

use ratatui::layout::Rect;

use super::columns::Columns;
use super::{History, names};
use crate::app::private;
use crate::app::screens::grants::Grants;
use crate::app::shared::Shared;
use crate::domain::{Clean, GrantId, HistoryRow, Now, words};
use crate::ui::Role;
use crate::ui::paint::{Pen, Piece};

/// A rule and two lines.
pub(super) const HEIGHT: u16 = 3;

/// Draws what the columns have no room for.
pub(super) fn draw(
    history: &History,
    grants: &Grants,
    shared: &Shared,
    now: Now,
    area: Rect,
    pen: &mut Pen<'_>,
) {
    let Some(row) = history.selected() else { return };
    let (x, cells) = (area.x + 1, area.width.saturating_sub(2));
    pen.text(x, area.y, cells, &"─".repeat(usize::from(cells)), Role::Border);
    pen.pieces(x, area.y + 1, cells, &what(shared, row));
    let mut message = vec![Piece::new(names::account(grants, shared, row), Role::TextStrong)];
    let mut add = |text: String, role| message.push(Piece::new(format!("   {text}"), role));
    let (grant, profile) = match row {
        HistoryRow::Call(call) => {
            if Columns::of_list(area.width).mode == 0 {
                add(call.mode.to_string(), Role::TextDim);
            }
            if let Some(sentence) = call.sentence() {
                add(sentence, Role::HealthSoon);
            }
            (Some(call.grant), &call.profile)
        }
        HistoryRow::Write(write) => {
            if let Some(sentence) = write.record.sentence() {
                add(sentence, Role::HealthSoon);
            }
            (write.record.latest_grant(), &write.record.profile)
        }
    };
    add(when(row, now), Role::TextDim);
    if let Some(grant) = grant {
        add(of_grant(shared, grant), Role::TextDim);
    }
    add(format!("profile {}", private::name(shared, profile)), Role::TextDim);
    pen.pieces(x, area.y + 2, cells, &message);
}

fn what(shared: &Shared, row: &HistoryRow) -> Vec<Piece> {
    match row {
        HistoryRow::Call(call) => vec![
            Piece::new(format!("{} ", Clean::brief(&call.method)), Role::TextStrong),
            Piece::new(names::called(shared, call), Role::Text),
        ],
        HistoryRow::Write(write) => {
            let mut pieces = vec![Piece::new(names::done(shared, &write.record), Role::TextStrong)];
            if let Some(reason) = write.record.reason.as_deref() {
                pieces.push(Piece::new(format!("   reason: {}", names::reason(shared, reason)), Role::Text));
            }
            pieces
        }
    }
}

fn when(row: &HistoryRow, now: Now) -> String {
    let at = row.at().to_zoned(jiff::tz::TimeZone::UTC);
    format!("{}, {} UTC", words::day(row.at(), now.wall), at.strftime("%H:%M"))
}

fn of_grant(shared: &Shared, grant: GrantId) -> String {
    format!("grant {}", names::short_id(shared, grant))
}
