//! What a person should know of a pasted command, above the request.

use ratatui::layout::Rect;

use crate::domain::Clean;
use crate::ui::paint::Pen;
use crate::ui::{Role, text};

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
pub(super) fn below_notes(notes: &[String], room: Rect) -> Rect {
    let taken = match note_lines(notes, room).len() {
        0 => 0,
        lines => (lines as u16 + 1).min(room.height),
    };
    Rect { y: room.y + taken, height: room.height - taken, ..room }
}

/// Draws the notes at the top of the form.
pub(super) fn draw_notes(notes: &[String], room: Rect, pen: &mut Pen<'_>) {
    for (y, line) in (room.y..room.bottom()).zip(note_lines(notes, room)) {
        pen.text(room.x + 1, y, room.width.saturating_sub(2), &line, Role::HealthSoon);
    }
}
