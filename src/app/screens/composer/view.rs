//! Draws the request: one line a field, or the editor of the body.

use std::borrow::Cow;

use ratatui::layout::{Position, Rect};
use tui_input::Input;

use super::{BodyEditor, Composer, Field, Typing};
use crate::app::Model;
use crate::app::model::Screen;
use crate::app::screens::call::{Call, panes};
use crate::app::screens::role_of;
use crate::body::editor::classes;
use crate::domain::{Clean, DraftBody, Mode, policy, template, words};
use crate::ui::layout::{self, Front};
use crate::ui::paint::{Pen, Piece};
use crate::ui::{Role, text};

/// Cells for the name of a field.
const LABEL: u16 = 9;

/// Lines of the form that are visible.
pub(super) fn height(model: &Model) -> usize {
    let pane = panes(model).and_then(|panes| panes.first.or(panes.second));
    let notes = model.call.as_ref().map_or(&[][..], |call| &call.composer.notes);
    pane.map_or(0, |area| usize::from(below_notes(notes, room(area)).height))
}

/// The notes about a pasted command as lines; a third of the form at most, the last line says how many are left out.
fn note_lines(notes: &[String], room: Rect) -> Vec<String> {
    let cells = usize::from(room.width.saturating_sub(4)).max(1);
    let most = usize::from(room.height / 3).max(1);
    let mut lines = Vec::new();
    for (at, note) in notes.iter().enumerate() {
        let mut wrapped = text::wrap(Clean::line(note).as_str(), cells);
        for (row, line) in wrapped.iter_mut().enumerate() {
            line.insert_str(0, if row == 0 { "! " } else { "  " });
        }
        let is_last = at + 1 == notes.len();
        if lines.len() + wrapped.len() + usize::from(!is_last) > most {
            let room = most.saturating_sub(lines.len() + 1);
            if room > 0 {
                wrapped.truncate(room);
                lines.append(&mut wrapped);
            }
            let left = notes.len() - at - usize::from(room > 0);
            lines.push(if left > 0 { format!("  … {left} more") } else { "  …".to_owned() });
            break;
        }
        lines.append(&mut wrapped);
    }
    lines
}

/// What is left for the fields: the notes and an empty line go first.
fn below_notes(notes: &[String], room: Rect) -> Rect {
    let taken = match note_lines(notes, room).len() {
        0 => 0,
        lines => (lines as u16 + 1).min(room.height),
    };
    Rect { y: room.y + taken, height: room.height - taken, ..room }
}

fn draw_notes(notes: &[String], room: Rect, pen: &mut Pen<'_>) {
    for (y, line) in (room.y..room.bottom()).zip(note_lines(notes, room)) {
        pen.text(room.x + 1, y, room.width.saturating_sub(2), &line, Role::HealthSoon);
    }
}

/// Inside of the border, less the line at the bottom that tells what is missing.
fn room(area: Rect) -> Rect {
    let inside = layout::inside(area);
    Rect { height: inside.height.saturating_sub(1), ..inside }
}

/// Draws the request with its border.
pub(crate) fn draw(call: &Call, area: Rect, pen: &mut Pen<'_>) {
    let composer = &call.composer;
    let focused = call.front == Front::First;
    let title = [Piece::new("Request", Role::Title)];
    let from = Clean::line(&composer.from);
    let most = usize::from(area.width).saturating_sub(18);
    let note = [Piece::new(text::cut(from.as_str(), most).into_owned(), Role::TextDim)];
    pen.frame(area, &title, &note, focused);
    let whole = room(area);
    draw_notes(&composer.notes, whole, pen);
    let room = below_notes(&composer.notes, whole);
    if let Typing::Body(editor) = &composer.typing {
        draw_body(editor, room, pen);
    } else {
        let fields = composer.fields();
        let height = usize::from(room.height);
        let at = composer.place(&fields);
        let offset = layout::scroll_to(composer.offset, at, height, fields.len(), 1);
        for (y, field) in (room.y..room.bottom()).zip(fields.iter().skip(offset)) {
            let line = Rect::new(room.x, y, room.width, 1);
            draw_field(composer, field, line, pen);
            if *field == composer.field && !matches!(composer.typing, Typing::Line(_)) {
                pen.wash(line, if focused { Role::Cursor } else { Role::CursorIdle });
                pen.text(line.x, y, 1, if focused { "▌" } else { " " }, Role::CursorBar);
            }
        }
        pen.scroll_bar(area, offset, height, fields.len());
    }
    let (told, role) = bottom(call);
    pen.text(room.x + 1, room.bottom(), room.width.saturating_sub(2), &told, role);
}

/// The line below the fields: what is missing, what the body lacks, what the mode means.
fn bottom(call: &Call) -> (String, Role) {
    let composer = &call.composer;
    if let Typing::Body(editor) = &composer.typing {
        return match editor.problem() {
            Some(problem) => (Clean::line(&format!("✗ {problem}")).to_string(), Role::HealthBroken),
            None if editor.is_raw() => ("· sent as it is".to_owned(), Role::TextDim),
            None if editor.text().trim().is_empty() => ("· no body".to_owned(), Role::TextDim),
            None => ("✓ JSON".to_owned(), Role::ScopeHeld),
        };
    }
    if !composer.missing_scopes.is_empty() {
        let told = format!("! this grant lacks {}", composer.missing_scopes.join(", "));
        return (Clean::line(&told).to_string(), Role::HealthBroken);
    }
    match composer.check() {
        Err(problem) => (format!("! {}", Clean::line(&problem)), Role::HealthSoon),
        Ok(()) if composer.lacks_body() => {
            ("! its body was not kept whole: b writes it again".to_owned(), Role::HealthSoon)
        }
        Ok(()) if composer.mode() == Mode::Retrieve && call.grant.is_proxy_only() => {
            ("! this grant is for proxy mode: m switches".to_owned(), Role::HealthSoon)
        }
        Ok(()) if is_held(call) => ("◌ its policy holds this until approved".to_owned(), Role::HealthSoon),
        Ok(()) if composer.draft.is_write() => {
            ("! this may change something there; it asks before it is sent".to_owned(), Role::HealthSoon)
        }
        Ok(()) => ("recorded by Alter; its user may see it".to_owned(), Role::TextDim),
    }
}

/// Whether the grant's policy says that somebody must approve of this call.
fn is_held(call: &Call) -> bool {
    let draft = call.composer.draft();
    let url = template::shown(&draft.url, &draft.path_parameters);
    call.grant.grant_policy().is_some_and(|policy| policy::is_held(policy, &draft.method, &url))
}

fn draw_field(composer: &Composer, field: &Field, line: Rect, pen: &mut Pen<'_>) {
    let right = line.right().saturating_sub(1);
    let x = line.x + 1;
    if *field == Field::Send {
        let x = pen.text(x, line.y, 8, "▶ Send", Role::HintKey) + 3;
        let method = Clean::line(&composer.draft.method);
        let x = pen.text(x, line.y, right.saturating_sub(x), method.as_str(), Role::TextStrong) + 1;
        let cells = right.saturating_sub(x);
        pen.text(x, line.y, cells, &short_url(&shown_url(composer), cells), Role::Text);
        return;
    }
    let draft = &composer.draft;
    let goes_on = match field {
        Field::NewQuery => !draft.query.is_empty(),
        Field::NewHeader => !draft.headers.is_empty(),
        Field::NewContext => !draft.context.is_empty(),
        _ => false,
    };
    pen.text(x, line.y, LABEL, if goes_on { "" } else { field.label() }, Role::Head);
    let mut x = x + LABEL;
    if let Field::Place(name) = field {
        let name = Clean::line(&format!("{{{name}}} "));
        x = pen.text(x, line.y, right.saturating_sub(x) / 2, name.as_str(), Role::TextDim);
    }
    let cells = right.saturating_sub(x);
    if let Typing::Line(input) = &composer.typing
        && *field == composer.field
    {
        draw_input(input, Rect::new(x, line.y, cells, 1), pen);
        return;
    }
    if *field == Field::Body {
        draw_body_summary(&composer.draft.body, x, line.y, cells, pen);
        return;
    }
    let (told, role) = match composer.word(field) {
        Some(word) => (word, Role::Text),
        None => match composer.text(field) {
            text if text.is_empty() => (field.hint().to_owned(), Role::TextDim),
            text => (text, if *field == Field::Method { Role::TextStrong } else { Role::Text }),
        },
    };
    let told = Clean::line(&told);
    let told = match field {
        Field::Url => short_url(told.as_str(), cells),
        _ => told.as_str().into(),
    };
    pen.text(x, line.y, cells, &told, role);
}

/// A URL in so many cells: the host whole, for the call goes there, and the end, which tells most of what is asked.
fn short_url(url: &str, cells: u16) -> Cow<'_, str> {
    let host = url.find("://").map_or(0, |at| at + 3);
    let path = url.get(host..).and_then(|rest| rest.find('/')).map_or(url.len(), |at| host + at + 1);
    text::cut_behind(url, path, usize::from(cells))
}

/// The URL with its places filled, without the scheme that nearly all have.
fn shown_url(composer: &Composer) -> String {
    let mut url = composer.draft.url.clone();
    for name in composer.places() {
        if let Some(value) = composer.parameter(name).filter(|value| !value.is_empty()) {
            url = url.replace(&format!("{{{name}}}"), value);
        }
    }
    let short = url.strip_prefix("https://").unwrap_or(&url);
    Clean::line(short).to_string()
}

fn draw_body_summary(body: &DraftBody, x: u16, y: u16, cells: u16, pen: &mut Pen<'_>) {
    let (told, role) = match body {
        DraftBody::Empty => (Field::Body.hint().to_owned(), Role::TextDim),
        DraftBody::Json(text) => {
            let one_line = text.split_whitespace().collect::<Vec<_>>().join(" ");
            (format!("JSON  {one_line}"), Role::Text)
        }
        DraftBody::Raw(bytes) => {
            let text = String::from_utf8_lossy(bytes);
            (format!("raw, {}  {text}", words::bytes(bytes.len() as u64)), Role::Text)
        }
    };
    pen.text(x, y, cells, Clean::line(&told).as_str(), role);
}

fn draw_input(input: &Input, line: Rect, pen: &mut Pen<'_>) {
    pen.wash(line, Role::Input);
    let scroll = input.visual_scroll(usize::from(line.width.saturating_sub(1)));
    let typed = Clean::line(input.value());
    let visible = text::skip(typed.as_str(), scroll);
    pen.text(line.x, line.y, line.width, visible, Role::Input);
}

fn draw_body(editor: &BodyEditor, room: Rect, pen: &mut Pen<'_>) {
    let (row, _) = editor.cursor();
    let height = usize::from(room.height);
    let offset = first_line(editor, height);
    let across = across(editor, room.width);
    for (y, (at, line)) in (room.y..room.bottom()).zip(editor.lines().iter().enumerate().skip(offset)) {
        let pieces: Vec<Piece> = if editor.is_raw() {
            vec![Piece::new(Clean::line(line).to_string(), Role::Text)]
        } else {
            coloured(line)
        };
        let pieces = text_from(&pieces, across);
        pen.pieces(room.x + 1, y, room.width.saturating_sub(2), &pieces);
        if at == row {
            pen.text(room.x, y, 1, "▌", Role::CursorBar);
        }
    }
}

/// A line of JSON in colours; each piece is made safe for itself.
fn coloured(line: &str) -> Vec<Piece> {
    let classes = classes(line);
    let mut pieces = Vec::with_capacity(classes.len());
    let mut at = 0;
    for (range, class) in classes {
        if let Some(between) = line.get(at..range.start).filter(|text| !text.is_empty()) {
            pieces.push(Piece::new(Clean::line(between).to_string(), Role::Text));
        }
        if let Some(token) = line.get(range.clone()) {
            pieces.push(Piece::new(Clean::line(token).to_string(), role_of(class)));
        }
        at = range.end;
    }
    if let Some(rest) = line.get(at..).filter(|text| !text.is_empty()) {
        pieces.push(Piece::new(Clean::line(rest).to_string(), Role::Text));
    }
    pieces
}

/// Pieces without their first cells.
fn text_from(pieces: &[Piece], mut cells: usize) -> Vec<Piece> {
    let mut out = Vec::with_capacity(pieces.len());
    for piece in pieces {
        let width = text::width(&piece.text);
        if cells >= width && cells > 0 {
            cells -= width;
            continue;
        }
        out.push(Piece::new(text::skip(&piece.text, cells), piece.role));
        cells = 0;
    }
    out
}

/// The first visible line of the body: the cursor is kept in the middle third where there is more than fits.
fn first_line(editor: &BodyEditor, height: usize) -> usize {
    let (row, _) = editor.cursor();
    layout::scroll_to(row.saturating_sub(height / 2), row, height, editor.lines().len(), 1)
}

/// Cells of the line under the cursor before the cursor.
fn cells_before(editor: &BodyEditor) -> usize {
    let (row, column) = editor.cursor();
    let line = editor.lines().get(row).map(String::as_str).unwrap_or_default();
    let before: String = line.chars().take(column).collect();
    text::width(Clean::line(&before).as_str())
}

/// How far the text is moved to the left so that the cursor is seen.
fn across(editor: &BodyEditor, width: u16) -> usize {
    cells_before(editor).saturating_sub(usize::from(width.saturating_sub(4)))
}

/// Where the terminal's cursor stands while something is typed here.
pub(crate) fn text_cursor(model: &Model) -> Option<Position> {
    let call = model.call.as_ref().filter(|_| model.screen == Screen::Call)?;
    let composer = &call.composer;
    let room = below_notes(&composer.notes, room(panes(model)?.first?));
    match &composer.typing {
        Typing::Nothing => None,
        Typing::Body(editor) => {
            let (row, _) = editor.cursor();
            let y = room.y + (row - first_line(editor, usize::from(room.height)).min(row)) as u16;
            let x = room.x + 1 + (cells_before(editor) - across(editor, room.width)) as u16;
            Some(Position::new(x, y))
        }
        Typing::Line(input) => {
            let fields = composer.fields();
            let height = usize::from(room.height);
            let at = composer.place(&fields);
            let offset = layout::scroll_to(composer.offset, at, height, fields.len(), 1);
            let mut x = room.x + 1 + LABEL;
            let right = room.right().saturating_sub(1);
            if let Field::Place(name) = &composer.field {
                let name = Clean::line(&format!("{{{name}}} "));
                x += (text::width(name.as_str()) as u16).min(right.saturating_sub(x) / 2);
            }
            let scroll = input.visual_scroll(usize::from(right.saturating_sub(x + 1)));
            let cells = input.visual_cursor().saturating_sub(scroll) as u16;
            Some(Position::new((x + cells).min(right), room.y + (at - offset.min(at)) as u16))
        }
    }
}
