//! Draws what came of a call.

use ratatui::layout::Rect;

use super::{Response, told};
use crate::app::Model;
use crate::app::remote::Remote;
use crate::app::screens::call::{Call, panes};
use crate::app::screens::role_of;
use crate::body::{Document, Fit, Line, View};
use crate::domain::{CallOutcome, Clean, Now};
use crate::ui::layout::{self, Front};
use crate::ui::paint::{Pen, Piece, wrapped};
use crate::ui::{Role, text};

/// Lines and cells that the body has.
pub(super) fn room(model: &Model) -> Option<(usize, usize)> {
    let area = panes(model)?.second?;
    let inside = layout::inside(area);
    let head = model.call.as_ref()?.response.head(inside.width).len();
    Some((usize::from(inside.height).saturating_sub(head), usize::from(inside.width.saturating_sub(2))))
}

/// Draws the response with its border.
pub(crate) fn draw(_model: &Model, call: &Call, _now: Now, area: Rect, pen: &mut Pen<'_>) {
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
    let head = response.head(inside.width);
    let mut y = inside.y;
    for line in head.iter().take(usize::from(inside.height)) {
        pen.pieces(inside.x + 1, y, cells, line);
        y += 1;
    }
    let body = Rect { y, height: inside.bottom().saturating_sub(y), ..inside };
    let height = usize::from(body.height);
    for (y, (number, pieces)) in (body.y..).zip(response.window(height, usize::from(cells))) {
        pen.pieces(body.x + 1, y, cells, &pieces);
        if number == response.line {
            let row = Rect::new(body.x, y, body.width, 1);
            pen.wash(row, if focused { Role::Cursor } else { Role::CursorIdle });
            pen.text(row.x, y, 1, "▌", if focused { Role::CursorBar } else { Role::TextDim });
        }
    }
    pen.scroll_bar(area, response.offset, height, response.len(usize::from(cells)));
}

impl Response {
    /// What is said above the body, in lines that fit.
    fn head(&self, width: u16) -> Vec<Vec<Piece>> {
        let Some(outcome) = &self.outcome else { return Vec::new() };
        let summary = match &self.document {
            Remote::Ready { value, .. } => Some(value.summary()),
            Remote::Loading { .. } => Some("Reading the body…".to_owned()),
            _ => None,
        };
        let cells = usize::from(width.saturating_sub(2));
        let mut lines = match &self.past {
            Some(past) if past.instead => past.lines.clone(),
            Some(past) => [told::lines(outcome, summary.as_deref()), past.lines.clone()].concat(),
            None => told::lines(outcome, summary.as_deref()),
        };
        if let Some(problem) = self.document().and_then(Document::problem) {
            let told = format!("declared as JSON, but {problem}");
            lines.push(vec![Piece::new(Clean::line(&told).as_str(), Role::HealthSoon)]);
        }
        let mut lines: Vec<Vec<Piece>> = lines.iter().flat_map(|line| wrapped(line, cells)).collect();
        if matches!(outcome, CallOutcome::Done(_)) {
            lines.push(vec![Piece::new("─".repeat(cells), Role::Border)]);
        }
        lines
    }

    /// What the border says: what is looked at.
    fn note(&self) -> String {
        if self.headers {
            return "headers".to_owned();
        }
        match (self.document(), self.view) {
            (None, _) => String::new(),
            (Some(_), View::Pretty) => "pretty".to_owned(),
            (Some(_), View::Raw) if self.wrap => "raw, wrapped".to_owned(),
            (Some(_), View::Raw) => "raw".to_owned(),
            (Some(_), View::Hex) => "hex".to_owned(),
        }
    }

    /// What happens to long lines.
    pub(super) fn fit(&self, width: usize) -> Fit {
        if self.wrap && self.view == View::Raw { Fit::Wrap(width) } else { Fit::Cut(width) }
    }

    /// How many lines there are below the head.
    pub(super) fn len(&self, width: usize) -> usize {
        if self.headers {
            return self.header_lines().len();
        }
        self.document().map_or(0, |document| document.visible_len(self.view, &self.folds, self.fit(width)))
    }

    /// The visible lines with their numbers.
    fn window(&self, height: usize, width: usize) -> Vec<(usize, Vec<Piece>)> {
        let offset = self.offset;
        let lines: Vec<Vec<Piece>> = if self.headers {
            self.header_lines().into_iter().skip(offset).take(height).collect()
        } else if let Some(document) = self.document() {
            let lines = document.lines(self.view, &self.folds, offset, height, self.fit(width), None);
            lines.iter().map(pieces).collect()
        } else {
            Vec::new()
        };
        lines.into_iter().enumerate().map(|(at, line)| (offset + at, line)).collect()
    }

    fn header_lines(&self) -> Vec<Vec<Piece>> {
        let Some(CallOutcome::Done(report)) = &self.outcome else { return Vec::new() };
        let headers = report.answer.headers.iter();
        headers
            .map(|(name, value)| {
                vec![
                    Piece::new(Clean::line(name).as_str(), Role::CodeKey),
                    Piece::new(": ", Role::CodeMark),
                    Piece::new(Clean::line(value).as_str(), Role::Text),
                ]
            })
            .collect()
    }
}

fn pieces(line: &Line) -> Vec<Piece> {
    let sign = match line.foldable {
        Some(true) => "▸ ",
        Some(false) => "▾ ",
        None => "  ",
    };
    let indent = text::cut(sign, 2).into_owned() + &" ".repeat(line.indent);
    let mut out = vec![Piece::new(indent, Role::TextDim)];
    out.extend(line.pieces.iter().map(|(class, clean)| Piece::new(clean.as_str(), role_of(*class))));
    out
}
