//! Draws the request as a form; the body is edited in its place.

use ratatui::layout::{Position, Rect};

use super::form::{Form, LABEL};
use super::notes::{below_notes, draw_notes};
use super::{BodyEditor, Composer, Field, Typing};
use crate::app::private;
use crate::app::screens::call::{Call, panes};
use crate::app::screens::role_of;
use crate::app::shared::Shared;
use crate::body::editor::classes;
use crate::domain::{Clean, DraftBody, Mode, policy, template};
use crate::ui::layout::{self, Front};
use crate::ui::paint::{Pen, Piece};
use crate::ui::{Role, text};

/// Where the form is, and how it is shown.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct FormRoom {
    /// Below the notes.
    pub(super) area: Rect,
    /// What may name somebody is masked.
    pub(super) masked: bool,
}

/// The room of the form; None where it is not on the screen.
pub(super) fn form_room(current: Option<&Call>, shared: &Shared) -> Option<FormRoom> {
    let panes = panes(current, shared)?;
    let notes = notes(shared, &current?.composer);
    let area = panes.first.or(panes.second).map(|area| below_notes(&notes, room(area)))?;
    Some(FormRoom { area, masked: shared.privacy })
}

/// What stands above the request, as it may be shown.
fn notes(shared: &Shared, composer: &Composer) -> Vec<String> {
    composer.warnings().iter().map(|note| private::sentence(shared, note)).collect()
}

/// Inside of the border, less the line at the bottom that tells what is missing.
fn room(area: Rect) -> Rect {
    let inside = layout::inside(area);
    Rect { height: inside.height.saturating_sub(1), ..inside }
}

/// Cells for what stands behind the name of a field.
pub(super) fn cells(room: Rect) -> usize {
    usize::from(room.width.saturating_sub(LABEL + 2)).max(1)
}

/// Draws the request with its border.
pub(crate) fn draw(call: &Call, shared: &Shared, area: Rect, pen: &mut Pen<'_>) {
    let composer = &call.composer;
    let focused = call.front == Front::First;
    let title = [Piece::new("Request", Role::Title)];
    let from = Clean::line(&composer.from);
    let most = usize::from(area.width).saturating_sub(18);
    let note = [Piece::new(text::cut(from.as_str(), most).into_owned(), Role::TextDim)];
    pen.frame(area, &title, &note, focused);
    let whole = room(area);
    let notes = notes(shared, composer);
    draw_notes(&notes, whole, pen);
    let room = below_notes(&notes, whole);
    let form = Form::new(composer, cells(room), shared.privacy);
    let height = usize::from(room.height);
    let offset = form.window(composer.offset, height);
    let mut row = 0;
    for (field, rows) in &form.fields {
        for (nth, pieces) in rows.iter().enumerate() {
            if (offset..offset + height).contains(&row) {
                let line = Rect::new(room.x, room.y + (row - offset) as u16, room.width, 1);
                draw_row(composer, field, (nth, pieces), line, focused, pen);
            }
            row += 1;
        }
    }
    pen.scroll_bar(area, offset, height, form.len());
    let (reported, role) = bottom(call);
    pen.text(room.x + 1, room.bottom(), room.width.saturating_sub(2), &reported, role);
}

fn draw_row(
    composer: &Composer,
    field: &Field,
    (nth, pieces): (usize, &[Piece]),
    line: Rect,
    focused: bool,
    pen: &mut Pen<'_>,
) {
    let x = line.x + 1 + LABEL;
    let cells = line.right().saturating_sub(x + 1);
    if nth == 0 {
        let (label, role) = match field {
            Field::Send => ("▶ Send", Role::HintKey),
            field @ (Field::Method
            | Field::Url
            | Field::Place(_)
            | Field::Query(_)
            | Field::NewQuery
            | Field::Header(_)
            | Field::NewHeader
            | Field::Body
            | Field::Reason
            | Field::Context(_)
            | Field::NewContext
            | Field::Mode
            | Field::Timeout) => (composer.shown_label(field), Role::Head),
        };
        pen.text(line.x + 1, line.y, LABEL, label, role);
    }
    let here = *field == composer.field;
    match &composer.typing {
        Typing::Line(_) if here => pen.wash(Rect::new(x, line.y, cells, 1), Role::Input),
        Typing::Body(editor) if here => {
            draw_body_line(editor, nth, Rect::new(x, line.y, cells, 1), pen);
            return;
        }
        Typing::Nothing | Typing::Line(_) | Typing::Choice | Typing::Body(_) => {}
    }
    pen.pieces(x, line.y, cells, pieces);
    if here && !matches!(composer.typing, Typing::Line(_)) {
        pen.wash(line, if focused { Role::Cursor } else { Role::CursorIdle });
        pen.text(line.x, line.y, 1, if focused { "▌" } else { " " }, Role::CursorBar);
    }
}

/// The line below the fields: what is missing, what the body lacks, what the mode means.
fn bottom(call: &Call) -> (String, Role) {
    let composer = &call.composer;
    match &composer.typing {
        Typing::Body(editor) => {
            return match editor.problem() {
                Some(problem) => (Clean::line(&format!("✗ {problem}")).to_string(), Role::HealthBroken),
                None if editor.is_raw() => ("· sent unchanged".to_owned(), Role::TextDim),
                None if editor.text().trim().is_empty() => ("· no body".to_owned(), Role::TextDim),
                None => ("✓ JSON".to_owned(), Role::ScopeHeld),
            };
        }
        Typing::Choice => return ("space switches the mode".to_owned(), Role::TextDim),
        Typing::Line(_) | Typing::Nothing => {}
    }
    if !composer.missing_scopes.is_empty() {
        let reported = format!("! this grant lacks {}", composer.missing_scopes.join(", "));
        return (Clean::line(&reported).to_string(), Role::HealthBroken);
    }
    let strange = strange(call);
    match composer.check_while_typing() {
        Err(lack) => (format!("! {}", Clean::line(&lack.message)), Role::HealthSoon),
        Ok(()) if composer.lacks_body() => {
            ("! body stored incompletely: b rewrites it".to_owned(), Role::HealthSoon)
        }
        Ok(()) if composer.mode() == Mode::Retrieve && call.grant.is_proxy_only() => {
            let reported = match composer.draft.body {
                DraftBody::Raw(_) => "! this grant needs proxy mode, which takes JSON only",
                DraftBody::Empty | DraftBody::Json(_) => "! this grant needs proxy mode: m switches",
            };
            (reported.to_owned(), Role::HealthSoon)
        }
        Ok(()) if strange.is_some() => (strange.unwrap_or_default(), Role::HealthSoon),
        Ok(()) if is_held(call) => ("◌ its policy holds this for approval".to_owned(), Role::HealthSoon),
        Ok(()) if composer.draft.is_write() => {
            ("! may change data; asks before sending".to_owned(), Role::HealthSoon)
        }
        Ok(()) => ("logged by Alter; the owner may see it".to_owned(), Role::TextDim),
    }
}

/// That nobody vouches for the host: in retrieve mode what the refusal will say.
fn strange(call: &Call) -> Option<String> {
    let refused = call.strange_host()?;
    Some(match call.mode() {
        Mode::Retrieve => format!("! {}", refused.headline()),
        Mode::Proxy if call.composer.draft.is_write() => {
            "! may change data; Alter may refuse the host".to_owned()
        }
        Mode::Proxy => "! Alter may refuse this host".to_owned(),
    })
}

/// Whether the grant's policy says that somebody must approve of this call.
fn is_held(call: &Call) -> bool {
    let draft = call.composer.draft();
    let url = template::shown(&draft.url, &draft.path_parameters);
    call.grant.grant_policy().is_some_and(|policy| policy::is_held(policy, &draft.method, &url))
}

fn draw_body_line(editor: &BodyEditor, at: usize, line: Rect, pen: &mut Pen<'_>) {
    pen.wash(line, Role::Input);
    let Some(text) = editor.lines().get(at) else { return };
    let pieces: Vec<Piece> = if editor.is_raw() {
        vec![Piece::new(Clean::line(text).to_string(), Role::Text)]
    } else {
        coloured(text)
    };
    pen.pieces(line.x, line.y, line.width, &text_from(&pieces, across(editor, line.width)));
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

/// Cells of the line under the cursor before the cursor.
fn cells_before(editor: &BodyEditor) -> usize {
    let (row, column) = editor.cursor();
    let line = editor.lines().get(row).map(String::as_str).unwrap_or_default();
    let before: String = line.chars().take(column).collect();
    text::width(Clean::line(&before).as_str())
}

/// How far the text is moved to the left so that the cursor is seen.
fn across(editor: &BodyEditor, width: u16) -> usize {
    cells_before(editor).saturating_sub(usize::from(width.saturating_sub(2)))
}

/// Where the terminal's cursor stands while something is typed here.
pub(crate) fn text_cursor(current: Option<&Call>, shared: &Shared) -> Option<Position> {
    let call = current?;
    let composer = &call.composer;
    let room = below_notes(&notes(shared, composer), room(panes(current, shared)?.first?));
    let cells = cells(room);
    let column = match &composer.typing {
        Typing::Nothing | Typing::Choice => return None,
        Typing::Body(editor) => cells_before(editor) - across(editor, cells as u16),
        Typing::Line(_) => composer.typed_at(cells)?.1,
    };
    let form = Form::new(composer, cells, shared.privacy);
    let row = form.cursor_row().checked_sub(form.window(composer.offset, usize::from(room.height)))?;
    let x = room.x + 1 + LABEL + column as u16;
    Some(Position::new(x.min(room.right().saturating_sub(1)), room.y + row as u16))
}

impl Composer {
    /// What stands before a field; nothing where a list goes on.
    fn shown_label(&self, field: &Field) -> &'static str {
        let goes_on = match field {
            Field::NewQuery => !self.draft.query.is_empty(),
            Field::NewHeader => !self.draft.headers.is_empty(),
            Field::NewContext => !self.draft.context.is_empty(),
            Field::Send
            | Field::Method
            | Field::Url
            | Field::Place(_)
            | Field::Query(_)
            | Field::Header(_)
            | Field::Body
            | Field::Reason
            | Field::Context(_)
            | Field::Mode
            | Field::Timeout => false,
        };
        if goes_on { "" } else { field.label() }
    }
}
