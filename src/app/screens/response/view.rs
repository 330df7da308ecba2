//! Draws what came of a call.

use ratatui::layout::{Position, Rect};
use tui_input::Input;

use super::sheet::Room;
use super::{PastLines, Response, input, outcome_lines};
use crate::app::remote::Remote;
use crate::app::screens::call::{Call, panes, room_for};
use crate::app::screens::role_of;
use crate::app::shared::Shared;
use crate::app::{Model, private};
use crate::body::{Line, View};
use crate::domain::{CallOutcome, Clean, Now};
use crate::ui::layout::{self, Front};
use crate::ui::paint::{Pen, Piece, wrapped};
use crate::ui::{Role, text};

/// What stands before a filter, and before a search.
const FILTER: &str = "| ";
const SEARCH: &str = "/ ";

/// That body and headers are shown as they came, while everything around them is masked.
const OPEN: &str = "; not masked";

/// The places of a response.
struct Places {
    /// Where the filter is typed.
    filter: Option<Rect>,
    /// Why the filter gives nothing.
    problem: Option<Rect>,
    /// Where the body is.
    body: Rect,
    /// What is looked for.
    search: Option<Rect>,
}

impl Places {
    fn new(response: &Response, shared: &Shared, inside: Rect) -> Self {
        let head = response.head(shared, inside.width).len() as u16;
        let mut y = (inside.y + head).min(inside.bottom());
        let mut line = |wanted: bool| {
            let place = (wanted && y < inside.bottom()).then_some(Rect { y, height: 1, ..inside });
            y += u16::from(place.is_some());
            place
        };
        let filter = line(response.filter.input().is_some() || response.filter.is_on());
        let problem = line(response.filter.problem().is_some());
        let last = inside.bottom().saturating_sub(1);
        let search =
            (response.finding.is_seen() && y < last).then_some(Rect { y: last, height: 1, ..inside });
        let end = search.map_or(inside.bottom(), |line| line.y);
        let body = Rect { y, height: end.saturating_sub(y), ..inside };
        Self { filter, problem, body, search }
    }
}

/// Lines and cells that the body has.
pub(super) fn room(current: Option<&Call>, shared: &Shared) -> Option<Room> {
    let inside = layout::inside(panes(current, shared)?.second?);
    let response = &current?.response;
    Some(response.room(Places::new(response, shared, inside).body))
}

/// Lines that the body has on the screen; None where it is not on it.
pub(crate) fn height(current: Option<&Call>, shared: &Shared) -> Option<usize> {
    room(current, shared).map(|room| room.height)
}

/// Draws the response with its border.
pub(crate) fn draw(model: &Model, call: &Call, _now: Now, area: Rect, pen: &mut Pen<'_>) {
    let response = &call.response;
    let focused = call.front == Front::Second;
    let title = [Piece::new("Response", Role::Title)];
    let note = [Piece::new(response.note(), Role::TextDim)];
    let inside = pen.frame(area, &title, &note, focused);
    let cells = inside.width.saturating_sub(2);
    if response.outcome().is_none() {
        pen.text(inside.x + 1, inside.y, cells, "Nothing was sent yet.", Role::TextDim);
        return;
    }
    let places = Places::new(response, &model.shared, inside);
    let top = places.filter.map_or(places.body.y, |line| line.y);
    for (y, line) in (inside.y..top).zip(&response.head(&model.shared, inside.width)) {
        pen.pieces(inside.x + 1, y, cells + 1, line);
    }
    if let Some(line) = places.filter {
        let (filter, role) = (&response.filter, Role::TextDim);
        draw_line(line, FILTER, filter.text(), filter.input(), (filter.note(), role), pen);
    }
    if let (Some(line), Some(problem)) = (places.problem, response.filter.problem()) {
        pen.text(line.x + 1, line.y, cells, problem.message.as_str(), Role::HealthBroken);
    }
    if let Some(line) = places.search {
        let finding = &response.finding;
        draw_line(line, SEARCH, finding.text(), finding.input(), (&finding.note(), Role::TextDim), pen);
    }
    let body = places.body;
    let room = response.room(body);
    let Some(sheet) = response.sheet() else { return };
    for (at, (y, line)) in (body.y..).zip(sheet.window(room, response.finding.needle())).enumerate() {
        pen.pieces(body.x + 1, y, cells, &response.pieces(&line));
        if sheet.offset + at == sheet.line {
            let row = Rect::new(body.x, y, body.width, 1);
            pen.wash(row, if focused { Role::Cursor } else { Role::CursorIdle });
            pen.text(row.x, y, 1, "▌", if focused { Role::CursorBar } else { Role::TextDim });
        }
    }
    pen.scroll_bar(area, sheet.offset, room.height, sheet.len(room));
}

/// A line in which something is typed, or was; at the right what came of it.
fn draw_line(
    line: Rect,
    prompt: &str,
    text: &str,
    input: Option<&Input>,
    (note, role): (&str, Role),
    pen: &mut Pen<'_>,
) {
    let x = pen.text(line.x + 1, line.y, line.width, prompt, Role::HintKey);
    let room = typing_room(line, note);
    let typed = Clean::line(text);
    match input {
        Some(input) => {
            let scroll = input.visual_scroll(usize::from(room.saturating_sub(1)));
            pen.wash(Rect { x, width: room, ..line }, Role::Input);
            pen.text(x, line.y, room, text::skip(typed.as_str(), scroll), Role::Input);
        }
        None => {
            pen.text(x, line.y, room, typed.as_str(), Role::Text);
        }
    }
    pen.text_right(line.right().saturating_sub(1), line.y, line.width / 2, note, role);
}

/// Cells for what is typed, beside the prompt and the note.
fn typing_room(line: Rect, note: &str) -> u16 {
    let note = (text::width(note) as u16).min(line.width / 2);
    line.width.saturating_sub(5 + note)
}

/// Where the terminal's cursor stands while something is typed here.
pub(crate) fn text_cursor(current: Option<&Call>, shared: &Shared) -> Option<Position> {
    if !current.is_some_and(input::takes_text) {
        return None;
    }
    let response = &current?.response;
    let places = Places::new(response, shared, layout::inside(panes(current, shared)?.second?));
    let (line, input, note) = match response.finding.input() {
        Some(input) => (places.search?, input, response.finding.note()),
        None => (places.filter?, response.filter.input()?, response.filter.note().to_owned()),
    };
    let room = typing_room(line, &note);
    let scroll = input.visual_scroll(usize::from(room.saturating_sub(1)));
    let cells = input.visual_cursor().saturating_sub(scroll) as u16;
    Some(Position::new(line.x + 3 + cells.min(room.saturating_sub(1)), line.y))
}

impl Response {
    fn room(&self, body: Rect) -> Room {
        // Beside the border's own, two cells for the sign of a fold.
        let width = usize::from(body.width.saturating_sub(4));
        Room { height: usize::from(body.height), width, wrap: self.wrap }
    }

    /// What is said above the body, in lines that fit.
    fn head(&self, shared: &Shared, width: u16) -> Vec<Vec<Piece>> {
        let Some(outcome) = &self.outcome else { return Vec::new() };
        let summary = match &self.body {
            Remote::Ready { value, .. } => Some(value.document.summary()),
            Remote::Loading { .. } => Some("Reading the body…".to_owned()),
            Remote::Idle | Remote::Failed { .. } => None,
        };
        // It is what the person asked for, so it is shown as it came; that has to be said.
        let summary =
            summary.map(|summary| if shared.privacy { format!("{summary}{OPEN}") } else { summary });
        let cells = usize::from(width.saturating_sub(2));
        let own = || outcome_lines::lines(shared, outcome, summary.as_deref(), cells);
        let of_past =
            |past: &PastLines| outcome_lines::laid(&private::section(shared, past.entries.clone()), cells);
        let mut lines = match &self.past {
            Some(past) if past.instead => of_past(past),
            Some(past) => [own(), of_past(past)].concat(),
            None => own(),
        };
        if let Some(problem) = self.body.value().and_then(|body| body.document.problem()) {
            let reported = format!("declared as JSON, but {problem}");
            lines.push(vec![Piece::new(Clean::line(&reported).as_str(), Role::HealthSoon)]);
        }
        let mut lines: Vec<Vec<Piece>> =
            lines.iter().flat_map(|line| wrapped(line, room_for(line, cells))).collect();
        if matches!(outcome, CallOutcome::Done(_)) {
            lines.push(vec![Piece::new("─".repeat(cells), Role::Border)]);
        }
        lines
    }

    /// What the border says: what is looked at.
    fn note(&self) -> String {
        if self.shows_headers {
            return "headers".to_owned();
        }
        let Some(sheet) = self.sheet() else { return String::new() };
        let view = match sheet.view {
            View::Pretty => "pretty",
            View::Raw if self.wrap => "raw, wrapped",
            View::Raw => "raw",
            View::Hex => "hex",
        };
        if self.narrowed().is_some() { format!("filtered, {view}") } else { view.to_owned() }
    }

    fn pieces(&self, line: &Line) -> Vec<Piece> {
        let sign = match line.foldable {
            Some(true) => "▸ ",
            Some(false) => "▾ ",
            None => "  ",
        };
        // Headers have nothing to fold.
        let sign = if self.shows_headers { "" } else { sign };
        let mut out = vec![Piece::new(format!("{sign}{}", " ".repeat(line.indent)), Role::TextDim)];
        // What a wrong filter leaves on the screen is that of another one.
        let stale = self.filter.problem().is_some() && !self.shows_headers;
        let mut in_name = self.shows_headers && !line.continued;
        for (class, clean) in &line.pieces {
            let role = if stale { Role::TextDim } else { role_of(*class) };
            let colon = clean.as_str().find(':').filter(|_| in_name);
            let (name, rest) = clean.as_str().split_at(colon.unwrap_or(clean.as_str().len()));
            let lit = role == Role::Match;
            out.push(Piece::new(name, if in_name && !lit { Role::CodeKey } else { role }));
            if colon.is_some() {
                in_name = false;
                out.push(Piece::new(rest, role));
            }
        }
        out
    }
}
