//! Draws the list of past calls and writes.

use ratatui::layout::{Position, Rect};

use super::columns::{Columns, GUTTER};
use super::{History, difference, foot};
use crate::app::screens::grants::explained;
use crate::app::shared::Shared;
use crate::app::{Model, Slot, private};
use crate::domain::{Clean, HistoryPolicy, HistoryRow, Now, words};
use crate::ui::paint::{Pen, Piece};
use crate::ui::{Role, layout, text};

/// Rows of the list that are visible.
pub(super) fn height(shared: &Shared) -> usize {
    shared
        .areas()
        .map_or(0, |areas| usize::from(layout::inside(areas.list).height.saturating_sub(1 + foot::HEIGHT)))
}

/// What is shown and what is kept: the line below the header.
pub(super) fn draw_title(history: &History, shared: &Shared, area: Rect, pen: &mut Pen<'_>) {
    let mut pieces = vec![Piece::new("History", Role::TextStrong), Piece::new("   ", Role::Text)];
    match history.hand.as_ref().filter(|_| history.only_hand) {
        Some(hand) => pieces.push(Piece::new(
            format!(
                "only {} · {}",
                private::provider(shared, &hand.provider),
                private::account(shared, &hand.account)
            ),
            Role::Text,
        )),
        None => pieces.push(Piece::new("all grants", Role::Text)),
    }
    if !history.text().is_empty() && !history.typing {
        let text =
            if shared.privacy { "search".to_owned() } else { Clean::brief(history.text()).to_string() };
        pieces.push(Piece::new(format!(" · “{text}”"), Role::Text));
    }
    let demo = shared.session.value().is_some_and(|session| session.demo);
    let kept = match history.keep {
        Some(HistoryPolicy::Nothing) => Some(("! nothing new is stored (history = false)", Role::HealthSoon)),
        Some(HistoryPolicy::WithoutBodies) => Some(("new calls are stored without bodies", Role::TextDim)),
        Some(HistoryPolicy::Everything) if demo => Some(("kept until the demo ends", Role::TextDim)),
        _ => None,
    };
    if let Some((kept, role)) = kept {
        pieces.push(Piece::new(format!("   {kept}"), role));
    }
    pen.pieces(area.x + 1, area.y, area.width.saturating_sub(2), &pieces);
}

/// Draws the list, or the comparison that is open.
pub(super) fn draw(model: &Model, now: Now, area: Rect, pen: &mut Pen<'_>) {
    let history = &model.history;
    if let Some(open) = &history.difference {
        difference::draw(&model.grants, &model.shared, open, now, area, pen);
        return;
    }
    let note = [Piece::new(position(&model.history, &model.shared), Role::TextDim)];
    let inside = pen.frame(area, &[Piece::new("Calls and writes", Role::Title)], &note, true);
    if history.rows.is_empty() {
        draw_empty(&model.history, &model.shared, inside, pen);
        return;
    }
    let height = height(&model.shared);
    let columns = Columns::of_list(inside.width);
    let x = inside.x + GUTTER;
    columns.heads(x, inside.y, pen);
    for (line, row) in history.rows.iter().skip(history.offset).take(height).enumerate() {
        let at = Rect::new(inside.x, inside.y + 1 + line as u16, inside.width, 1);
        if let HistoryRow::Call(call) = row {
            if history.marks.contains(&call.id) {
                pen.text(at.x + 1, at.y, 1, "◆", Role::Mark);
            }
            if call.is_unaudited() {
                pen.text(at.x + 2, at.y, 1, "!", Role::Odd);
            }
        }
        columns.draw(&model.grants, &model.shared, row, now, (x, at.y), pen);
        if history.offset + line == history.place {
            pen.wash(at, Role::Cursor);
            pen.text(at.x, at.y, 1, "▌", Role::CursorBar);
        }
    }
    let below = Rect { y: inside.bottom().saturating_sub(foot::HEIGHT), height: foot::HEIGHT, ..inside };
    foot::draw(history, &model.grants, &model.shared, now, below, pen);
    pen.scroll_bar(
        Rect { height: area.height - foot::HEIGHT, ..area },
        history.offset,
        height,
        history.rows.len(),
    );
}

/// How much of the history is here.
fn position(history: &History, shared: &Shared) -> String {
    if history.rows.is_empty() {
        return String::new();
    }
    let last = (history.offset + height(shared)).min(history.rows.len());
    let count = |number: usize| words::count(number as u64);
    let read = if history.more {
        format!("{} read, more below", count(history.rows.len()))
    } else {
        count(history.rows.len())
    };
    let marked =
        if history.marks.is_empty() { String::new() } else { format!(", {} marked", history.marks.len()) };
    format!("{}–{} of {read}{marked}", count(history.offset + 1), count(last))
}

/// Why there is nothing to show, and what to do.
fn draw_empty(history: &History, shared: &Shared, area: Rect, pen: &mut Pen<'_>) {
    let width = usize::from(area.width.saturating_sub(6)).min(76);
    let lines = empty(history, shared, width);
    let top = area.y + area.height.saturating_sub(lines.len() as u16) / 3;
    let widest = lines.iter().map(|line| text::width(&line.text)).max().unwrap_or(0) as u16;
    let x = area.x + area.width.saturating_sub(widest) / 2;
    for (y, line) in (top..area.bottom()).zip(&lines) {
        pen.text(x, y, area.right().saturating_sub(x), &line.text, line.role);
    }
}

fn empty(history: &History, shared: &Shared, width: usize) -> Vec<Piece> {
    if let Some(why) = &history.trouble {
        return explained(shared, why, width, &["r retries.  Esc goes back."]);
    }
    if !history.loaded || (history.text().is_empty() && shared.slots.is_open(Slot::Records)) {
        return vec![Piece::new("Reading the history…", Role::TextDim)];
    }
    if !history.text().is_empty() {
        let all = "Matches words in provider, account, URL, method, status, act, outcome, failure, agent and reason.";
        return said(width, "No calls or writes match.", &[all, " ", "Esc clears the search."]);
    }
    if history.only_hand {
        return said(width, "No calls or writes with this grant.", &[" ", "o shows all grants."]);
    }
    if history.keep == Some(HistoryPolicy::Nothing) {
        let message = "Set history = true in the configuration or profile to store calls and writes.";
        return said(width, "The history is switched off.", &[" ", message]);
    }
    let message = "Press c on a grant to compose a test call. Calls and writes are stored on this machine, without secrets and for a limited time.";
    said(width, "No calls or writes yet.", &[" ", message])
}

fn said(width: usize, headline: &str, more: &[&str]) -> Vec<Piece> {
    let more = more.iter().flat_map(|line| text::wrap(line, width));
    std::iter::once(Piece::new(headline, Role::TextStrong))
        .chain(more.map(|line| Piece::new(line, Role::Text)))
        .collect()
}

const PROMPT: &str = " / ";

/// The search line, in place of the hints.
pub(super) fn draw_search(history: &History, shared: &Shared, area: Rect, pen: &mut Pen<'_>) {
    let right = area.right().saturating_sub(1);
    let x = pen.text(area.x, area.y, 3, PROMPT, Role::HintKey);
    let input = &history.input;
    if input.value().is_empty() {
        let hint = "(provider, account, URL, method, status, act, failure, reason)";
        pen.text(x + 1, area.y, right.saturating_sub(x + 1), hint, Role::TextDim);
        return;
    }
    let room = right.saturating_sub(x);
    let scroll = input.visual_scroll(usize::from(room.saturating_sub(1)));
    let typed = Clean::line(input.value());
    let x = pen.text(x, area.y, room, text::skip(typed.as_str(), scroll), Role::Input);
    let message = if history.rows.is_empty() { "none".to_owned() } else { position(history, shared) };
    let left = right.saturating_sub(x + 3);
    if usize::from(left) > 8 {
        pen.text_right(right, area.y, left, &text::cut(&message, usize::from(left)), Role::TextDim);
    }
}

/// Where the terminal's cursor stands while the search line has the keys.
pub(super) fn search_cursor(history: &History, area: Rect) -> Option<Position> {
    if !history.typing {
        return None;
    }
    let input = &history.input;
    let scroll = input.visual_scroll(usize::from(area.width.saturating_sub(6)));
    let cells = input.visual_cursor().saturating_sub(scroll) as u16;
    Some(Position::new((area.x + PROMPT.len() as u16 + cells).min(area.right() - 1), area.y))
}
