//! Draws clean text into cells with the roles of the theme, and returns where it ended.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::widgets::{Block, BorderType, Clear, Widget};

use super::text;
use super::theme::{Role, Theme};
use crate::domain::describe::Span;

/// Draws into a buffer with a theme.
#[derive(Debug)]
pub struct Pen<'a> {
    /// The cells.
    pub buffer: &'a mut Buffer,
    /// The theme.
    pub theme: &'a Theme,
}

/// A piece of a line: clean text with a role.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    /// Clean text.
    pub text: String,
    /// Its role.
    pub role: Role,
}

impl Piece {
    /// Creates a piece.
    pub fn new(text: impl Into<String>, role: Role) -> Self {
        Self { text: text.into(), role }
    }
}

impl From<&Span> for Piece {
    fn from(span: &Span) -> Self {
        Self::new(&*span.text, Role::of(span.tone))
    }
}

/// Concatenates the text of pieces.
pub fn plain(pieces: &[Piece]) -> String {
    pieces.iter().map(|piece| piece.text.as_str()).collect()
}

/// Wraps a line to at most `cells`. Continuation lines have the role of the last piece, which is the one of
/// variable length.
pub fn wrapped(line: &[Piece], cells: usize) -> Vec<Vec<Piece>> {
    let before: usize =
        line.iter().rev().skip(1).map(|piece| text::width(&piece.text)).sum::<usize>().min(cells / 2);
    if text::width(&plain(line)) <= cells {
        return vec![line.to_vec()];
    }
    let Some((last, head)) = line.split_last() else { return vec![Vec::new()] };
    let mut parts = text::wrap(&last.text, cells.saturating_sub(before).max(1)).into_iter();
    let mut lines =
        vec![head.iter().cloned().chain(parts.next().map(|part| Piece::new(part, last.role))).collect()];
    lines.extend(
        parts.map(|part| vec![Piece::new(" ".repeat(before), last.role), Piece::new(part, last.role)]),
    );
    lines
}

impl<'a> Pen<'a> {
    /// Creates a pen for a buffer.
    pub fn new(buffer: &'a mut Buffer, theme: &'a Theme) -> Self {
        Self { buffer, theme }
    }

    /// The style of a role.
    pub fn style(&self, role: Role) -> Style {
        self.theme.style(role)
    }

    /// Writes a text at (x, y), cut with an ellipsis to `cells`; returns the column after it. Does not draw
    /// outside the buffer.
    pub fn text(&mut self, x: u16, y: u16, cells: u16, text: &str, role: Role) -> u16 {
        let style = self.theme.style(role);
        self.styled(x, y, cells, text, style)
    }

    /// Writes a text in a resolved style.
    pub fn styled(&mut self, x: u16, y: u16, cells: u16, text: &str, style: Style) -> u16 {
        let area = self.buffer.area;
        if y >= area.bottom() || x >= area.right() || cells == 0 {
            return x;
        }
        let cells = cells.min(area.right() - x);
        let cut = text::cut(text, usize::from(cells));
        let (after, _) = self.buffer.set_stringn(x, y, cut.as_ref(), usize::from(cells), style);
        after
    }

    /// Writes a right-aligned text that ends at the column before `right`; returns its first column.
    pub fn text_right(&mut self, right: u16, y: u16, cells: u16, text: &str, role: Role) -> u16 {
        let width = text::width_within(text, usize::from(cells)) as u16;
        let x = right.saturating_sub(width);
        self.text(x, y, width, text, role);
        x
    }

    /// Writes pieces one after the other, cut to `cells`; returns the column after them.
    pub fn pieces(&mut self, x: u16, y: u16, cells: u16, pieces: &[Piece]) -> u16 {
        let end = x.saturating_add(cells);
        let mut at = x;
        for piece in pieces {
            if at >= end {
                break;
            }
            at = self.text(at, y, end - at, &piece.text, piece.role);
        }
        at
    }

    /// Applies a role's style to cells that are already written.
    pub fn wash(&mut self, area: Rect, role: Role) {
        let style = self.theme.style(role);
        let area = area.intersection(self.buffer.area);
        self.buffer.set_style(area, style);
    }

    /// Clears an area and fills it with a role's background.
    pub fn clear(&mut self, area: Rect, role: Role) {
        let area = area.intersection(self.buffer.area);
        Clear.render(area, self.buffer);
        self.buffer.set_style(area, self.theme.style(role));
    }

    /// Draws a rounded border with a title on the left and a note on the right; returns the area inside.
    pub fn frame(&mut self, area: Rect, title: &[Piece], note: &[Piece], focused: bool) -> Rect {
        let area = area.intersection(self.buffer.area);
        let border = if focused { Role::BorderFocused } else { Role::Border };
        Block::bordered()
            .border_type(BorderType::Rounded)
            .border_style(self.theme.style(border))
            .render(area, self.buffer);
        let room = area.width.saturating_sub(4);
        if room > 0 && area.height > 0 {
            let most = usize::from(room);
            let note_width = text::width_within(&plain(note), most) as u16;
            let spaced_note = if note_width == 0 { 0 } else { note_width + 2 };
            let title_room = room.saturating_sub(spaced_note);
            let wanted = text::width_within(&plain(title), most) as u16;
            if wanted > 0 && title_room >= 4 {
                let x = self.text(area.x + 1, area.y, 1, " ", border);
                let x = self.pieces(x, area.y, title_room.saturating_sub(1).min(wanted), title);
                self.text(x, area.y, 1, " ", border);
            }
            if note_width > 0 && spaced_note <= room {
                let x = area.right() - 2 - spaced_note;
                let x = self.text(x, area.y, 1, " ", border);
                let x = self.pieces(x, area.y, note_width, note);
                self.text(x, area.y, 1, " ", border);
            }
        }
        super::layout::inside(area)
    }

    /// Draws a scroll bar on the right border of `area`.
    pub fn scroll_bar(&mut self, area: Rect, offset: usize, height: usize, len: usize) {
        if len <= height || area.height < 4 || height == 0 {
            return;
        }
        let track = usize::from(area.height - 2);
        let thumb = (track * height / len).clamp(1, track);
        let top = (track - thumb) * offset / (len - height).max(1);
        for line in 0..thumb {
            let y = area.y + 1 + (top + line) as u16;
            self.text(area.right().saturating_sub(1), y, 1, "┃", Role::Head);
        }
    }
}
