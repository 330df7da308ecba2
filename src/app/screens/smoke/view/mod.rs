//! Draws the board: how it stands above, what was found below, more of what is under the cursor beside or under it.

mod about;
mod head;
mod place;
mod words;

use ratatui::layout::Rect;

use self::place::{Places, places};
use super::{Board, cell};
use crate::app::private;
use crate::app::screens::smoke::Smoke;
use crate::app::shared::Shared;
use crate::domain::smoke::{Change, SmokeResult, Verdict};
use crate::domain::words::count;
use crate::domain::{Clean, Now};
use crate::ui::paint::{Pen, Piece};
use crate::ui::{Role, text};

pub(super) use words::{subject, whose};

/// Cells of a verdict with its sign, and of a latency.
const VERDICT: u16 = 15;
const TOOK: u16 = 7;
/// A reason that has fewer cells says nothing.
const REASON: u16 = 24;

/// Results that are visible at once.
pub(super) fn height(shared: &Shared) -> usize {
    shared.areas().map_or(0, |areas| usize::from(places(areas.list).rows.height))
}

/// The result at a line of the screen; for the mouse.
pub(super) fn line_at(smoke: &Smoke, shared: &Shared, row: u16) -> Option<usize> {
    let rows = places(shared.areas()?.list).rows;
    let line = row.checked_sub(rows.y).filter(|_| row < rows.bottom())?;
    let board = smoke.board.as_ref()?;
    let at = board.offset + usize::from(line);
    (at < board.found.len()).then_some(at)
}

/// What is tested, and whether it goes on: the line below the header.
pub(super) fn draw_title(smoke: &Smoke, now: Now, area: Rect, pen: &mut Pen<'_>) {
    let Some(board) = &smoke.board else { return };
    let (state, role) = words::state(board, now);
    let right = area.right().saturating_sub(1);
    let right = pen.text_right(right, area.y, area.width / 2, &state, role).saturating_sub(2);
    let x = pen.text(area.x + 1, area.y, area.width, "Smoke test of ", Role::TextDim);
    let about = subject(&board.subject);
    pen.text(x, area.y, right.saturating_sub(x), &about, Role::TextStrong);
}

/// Draws the board.
pub(super) fn draw(smoke: &Smoke, shared: &Shared, now: Now, area: Rect, pen: &mut Pen<'_>) {
    let Some(board) = &smoke.board else { return };
    let places = places(area);
    head::draw(board, shared.privacy, now, &places, pen);
    results(shared, board, &places, pen);
    about::draw(smoke, shared, board, now, &places, pen);
}

fn results(shared: &Shared, board: &Board, places: &Places, pen: &mut Pen<'_>) {
    let rows = places.rows;
    let height = usize::from(rows.height);
    if board.found.is_empty() {
        let message = words::nothing_yet(board);
        pen.text(rows.x + 1, rows.y, rows.width.saturating_sub(2), message, Role::TextDim);
        return;
    }
    let columns = Columns::of(rows.width);
    columns.heads(rows.x, rows.y.saturating_sub(1), pen);
    for (line, (place, result)) in board.found.iter().enumerate().skip(board.offset).take(height).enumerate()
    {
        let row = Rect::new(rows.x, rows.y + line as u16, rows.width, 1);
        columns.draw(shared, result, row, pen);
        if place == board.place {
            pen.wash(row, Role::Cursor);
            pen.text(row.x, row.y, 1, "▌", Role::CursorBar);
        }
    }
    let below = rows.y + board.found.len().saturating_sub(board.offset).min(height) as u16;
    let at_end = board.offset + height > board.found.len();
    if board.unlisted > 0 && at_end && below < rows.bottom() {
        let more = format!("… and {} more that work", count(board.unlisted.into()));
        pen.text(rows.x + 2, below, rows.width.saturating_sub(3), &more, Role::TextDim);
    }
    // The bar stands on the border of the frame around the rows.
    let bar = Rect { y: rows.y.saturating_sub(1), height: rows.height + 2, ..places.frame };
    pen.scroll_bar(bar, board.offset, height, board.found.len());
}

/// The columns of the results in a width.
struct Columns {
    provider: u16,
    account: u16,
    reason: u16,
}

impl Columns {
    fn of(width: u16) -> Self {
        // The cursor's bar and a cell at the end; gaps of two between columns.
        let room = width.saturating_sub(3 + VERDICT + 2 + 2 + 2 + TOOK);
        let provider = if room > 60 { 16 } else { 10 }.min(room / 3);
        let rest = room.saturating_sub(provider);
        let reason = rest.saturating_sub(2) * 11 / 20;
        if reason >= REASON {
            Self { provider, account: rest - 2 - reason, reason }
        } else {
            Self { provider, account: rest, reason: 0 }
        }
    }

    fn heads(&self, x: u16, y: u16, pen: &mut Pen<'_>) {
        let at = self.places(x);
        pen.text(at[0], y, VERDICT, "VERDICT", Role::Head);
        pen.text(at[1], y, self.provider, "PROVIDER", Role::Head);
        pen.text(at[2], y, self.account, "ACCOUNT", Role::Head);
        pen.text_right(at[3] + TOOK, y, TOOK, "TOOK", Role::Head);
        pen.text(at[4], y, self.reason, "WHAT WAS FOUND", Role::Head);
    }

    fn places(&self, x: u16) -> [u16; 5] {
        let verdict = x + 2;
        let provider = verdict + VERDICT + 2;
        let account = provider + self.provider + 2;
        let took = account + self.account + 2;
        [verdict, provider, account, took, took + TOOK + 2]
    }

    fn draw(&self, shared: &Shared, result: &SmokeResult, row: Rect, pen: &mut Pen<'_>) {
        let at = self.places(row.x);
        let verdict = format!("{} {}", result.verdict.sign(), result.verdict.word());
        pen.text(at[0], row.y, VERDICT, &verdict, Role::of(result.verdict));
        pen.text(at[1], row.y, self.provider, &private::provider(shared, &result.provider), Role::Text);
        pen.text(at[2], row.y, self.account, &words::account(shared, result), Role::TextStrong);
        if let Some(millis) = result.latency_ms {
            pen.text_right(at[3] + TOOK, row.y, TOOK, &cell::brief(millis), Role::TextDim);
        }
        let (mut x, end) = (at[4], (at[4] + self.reason).min(row.right()));
        if let Some(change) = result.change().filter(|_| self.reason > 0) {
            let (word, role) = match change {
                Change::Broke => ("broke  ", Role::HealthBroken),
                Change::Healed => ("healed  ", Role::HealthOk),
            };
            x = pen.text(x, row.y, end.saturating_sub(x), word, role);
        }
        // Where all is well, a sentence on each line would only hide the others.
        if result.verdict == Verdict::Works {
            return;
        }
        let reason = words::reason(shared, result);
        let reason = text::cut(&reason, usize::from(end.saturating_sub(x)));
        pen.text(x, row.y, end.saturating_sub(x), &reason, Role::TextDim);
    }
}

/// A line of text with a label in front.
fn labelled(label: &str, value: &str, role: Role) -> Vec<Piece> {
    vec![Piece::new(format!("{label:<8}"), Role::Head), Piece::new(Clean::brief(value).as_str(), role)]
}
