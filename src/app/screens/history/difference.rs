//! Two calls compared: scrolling through what differs, and drawing it.

use ratatui::layout::Rect;

use super::{CompareRow, Comparison, Difference, History, past_outcome};
use crate::app::Action;
use crate::app::private::{self, HIDDEN};
use crate::app::remote::Remote;
use crate::app::screens::grants::Grants;
use crate::app::screens::grants::explained;
use crate::app::screens::role_of;
use crate::app::shared::Shared;
use crate::body::{DiffLine, Sign};
use crate::domain::describe::Span;
use crate::domain::{Clean, Now, RecordSummary, words};
use crate::ui::layout;
use crate::ui::paint::{Pen, Piece};
use crate::ui::{Role, text};

/// Lines above what differs: both calls, and a rule.
const HEAD: u16 = 3;

/// Scrolls.
pub(super) fn act(history: &mut History, shared: &Shared, action: Action) {
    let (Action::Move(motion), Some(areas)) = (action, shared.areas()) else { return };
    let height = usize::from(layout::inside(areas.list).height.saturating_sub(HEAD));
    let Some(difference) = &mut history.difference else { return };
    let rows = difference.found.value().map_or(0, |found| found.rows.len());
    let last = rows.saturating_sub(height);
    difference.offset = motion.from(difference.offset, last, height);
}

/// Draws the comparison with its border.
pub(super) fn draw(
    grants: &Grants,
    shared: &Shared,
    difference: &Difference,
    now: Now,
    area: Rect,
    pen: &mut Pen<'_>,
) {
    let note = match &difference.found {
        Remote::Ready { value, .. } => counts(value),
        Remote::Idle | Remote::Loading { .. } | Remote::Failed { .. } => Vec::new(),
    };
    let inside = pen.frame(area, &[Piece::new("Two calls compared", Role::Title)], &note, true);
    let cells = inside.width.saturating_sub(2);
    let x = inside.x + 1;
    let found = match &difference.found {
        Remote::Ready { value, .. } => value,
        Remote::Failed { diagnosis, .. } => {
            let lines = explained(shared, diagnosis, usize::from(cells), &["Esc goes back to the list."]);
            for (y, line) in (inside.y..inside.bottom()).zip(&lines) {
                pen.text(x, y, cells, &line.text, line.role);
            }
            return;
        }
        Remote::Idle | Remote::Loading { .. } => {
            pen.text(x, inside.y, cells, "Comparing…  Esc stops.", Role::TextDim);
            return;
        }
    };
    for (y, sign, role, call) in [
        (inside.y, "− ", Role::ScopeMissing, &found.left),
        (inside.y + 1, "+ ", Role::ScopeHeld, &found.right),
    ] {
        let mut pieces = vec![Piece::new(sign, role)];
        pieces.extend(headline(grants, shared, call, now, usize::from(cells.saturating_sub(2))));
        pen.pieces(x, y, cells, &pieces);
    }
    pen.text(x, inside.y + 2, cells, &"─".repeat(usize::from(cells)), Role::Border);
    let body = Rect { y: inside.y + HEAD, height: inside.height.saturating_sub(HEAD), ..inside };
    let height = usize::from(body.height);
    let offset = difference.offset.min(found.rows.len().saturating_sub(height));
    for (y, row) in (body.y..body.bottom()).zip(found.rows.iter().skip(offset)) {
        pen.pieces(x, y, cells, &pieces(shared, row));
    }
    pen.scroll_bar(area, offset, height, found.rows.len());
}

fn counts(found: &Comparison) -> Vec<Piece> {
    if found.added + found.removed == 0 {
        return vec![Piece::new("nothing differs", Role::TextDim)];
    }
    let added = format!("+{} ", words::count(found.added as u64));
    let removed = format!("−{} ", words::count(found.removed as u64));
    vec![
        Piece::new(added, Role::ScopeHeld),
        Piece::new(removed, Role::ScopeMissing),
        Piece::new("lines", Role::TextDim),
    ]
}

/// A call in one line: when, what, with which grant, how it ended; the URL gives way where there is no room.
fn headline(grants: &Grants, shared: &Shared, call: &RecordSummary, now: Now, cells: usize) -> Vec<Piece> {
    let when = past_outcome::ago(call.at, now);
    let Span { text: result, tone } = call.result();
    let alter = call.alter_status.map(|status| format!(", Alter {status}"));
    let result = result + &alter.unwrap_or_default();
    let method = Clean::brief(&call.method);
    let taken = 13 + 2 + text::width(&result) + 2 + text::width(method.as_str()) + 1;
    let left = cells.saturating_sub(taken);
    let url = super::names::called(shared, call);
    let url = url.strip_prefix("https://").unwrap_or(&url);
    let who = super::names::account_of_call(grants, shared, call);
    // Where both do not fit, what was called goes before with whom.
    let fits = text::width(url) + text::width(&who) + 2 <= left;
    let who = if fits || left > 60 { who } else { String::new() };
    let room = left.saturating_sub(if who.is_empty() { 0 } else { text::width(&who) + 2 });
    let url = text::cut(url, room).into_owned();
    vec![
        Piece::new(format!("{when:<13}  "), Role::TextDim),
        Piece::new(format!("{result}  "), Role::of(tone)),
        Piece::new(format!("{method} "), Role::TextStrong),
        Piece::new(format!("{url}  "), Role::Text),
        Piece::new(who, Role::TextDim),
    ]
}

fn pieces(shared: &Shared, row: &CompareRow) -> Vec<Piece> {
    match row {
        CompareRow::Heading(what, message) => {
            vec![Piece::new(format!("{what}  "), Role::Title), Piece::new(message.clone(), Role::TextDim)]
        }
        CompareRow::Note(message) => vec![Piece::new(format!("  {message}"), Role::TextDim)],
        CompareRow::Pair(pair) => {
            let (sign, role) = look(pair.sign);
            let value = match pair.name.as_str() {
                super::compare::URL => private::url(shared, pair.value.as_str()),
                super::compare::PROVIDER => private::provider(shared, pair.value.as_str()),
                name if !super::compare::HARMLESS.contains(&name) && shared.privacy => HIDDEN.to_owned(),
                _ => pair.value.to_string(),
            };
            vec![Piece::new(format!("{sign} {}: ", pair.name), role), Piece::new(value, role)]
        }
        CompareRow::Line(line) => of_body(line),
    }
}

fn of_body(line: &DiffLine) -> Vec<Piece> {
    let (sign, role) = look(line.sign);
    let mut pieces = vec![Piece::new(format!("{sign} {}", " ".repeat(line.indent)), role)];
    pieces.extend(line.pieces.iter().map(|(class, text)| {
        let plain = matches!(line.sign, Sign::Same | Sign::Gap);
        Piece::new(text.as_str(), if plain { role_of(*class) } else { role })
    }));
    pieces
}

fn look(sign: Sign) -> (&'static str, Role) {
    match sign {
        Sign::Added => ("+", Role::ScopeHeld),
        Sign::Removed => ("−", Role::ScopeMissing),
        Sign::Same | Sign::Gap => (" ", Role::TextDim),
    }
}
