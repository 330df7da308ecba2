//! A write of the history in full, over the list.

use jiff::tz::TimeZone;
use ratatui::layout::{Position, Rect};

use super::{names, past_outcome};
use crate::app::action::{Action, AppAction, Motion};
use crate::app::keymap::Place;
use crate::app::nav::View;
use crate::app::screen::Screen;
use crate::app::shared::Shared;
use crate::app::{Effect, Model, private};
use crate::domain::{Clean, Now, WriteRecord};
use crate::ui::layout::Areas;
use crate::ui::paint::{Pen, Piece, wrapped};
use crate::ui::{Role, layout};

/// Widest it gets, in cells.
const WIDEST: u16 = 84;

/// Cells of a label.
const LABEL: usize = 11;

/// The write that is open.
#[derive(Debug)]
pub struct PastWrite {
    record: WriteRecord,
    /// The first visible line.
    offset: usize,
}

impl PastWrite {
    /// Opens a write.
    pub(super) fn new(record: WriteRecord) -> Self {
        Self { record, offset: 0 }
    }
}

/// A write of the history in full.
pub(crate) struct PastWriteScreen;

impl Screen for PastWriteScreen {
    fn place(&self, _model: &Model) -> Place {
        Place::Help
    }

    fn act(&self, model: &mut Model, action: Action, now: Now) -> Vec<Effect> {
        let (View::PastWrite(open), Action::Move(motion)) = (model.shared.nav.top(), action) else {
            return Vec::new();
        };
        let (area, lines) = laid_out(&model.shared, &open.record, now);
        let room = usize::from(layout::inside(area).height);
        let last = lines.len().saturating_sub(room);
        if let Some(View::PastWrite(open)) = model.shared.nav.popup_mut() {
            open.offset = motion.from(open.offset, last, room);
        }
        Vec::new()
    }

    fn draw(&self, model: &Model, now: Now, _areas: Areas, pen: &mut Pen<'_>) {
        if let View::PastWrite(open) = model.shared.nav.top() {
            draw(&model.shared, open, now, pen);
        }
    }

    fn press(&self, model: &mut Model, _at: Position, now: Now) -> Vec<Effect> {
        self.back(model, now)
    }

    fn scroll(&self, model: &mut Model, motion: Motion, _at: Position, now: Now) -> Vec<Effect> {
        model.shared.toasts.leave_behind(now);
        self.act(model, Action::Move(motion), now)
    }

    fn is_noise(&self, _model: &Model, action: Action) -> bool {
        action == Action::App(AppAction::Help)
    }
}

fn draw(shared: &Shared, open: &PastWrite, now: Now, pen: &mut Pen<'_>) {
    let (area, lines) = laid_out(shared, &open.record, now);
    pen.clear(area, Role::Overlay);
    let title = [Piece::new("Write", Role::Title)];
    let inside = pen.frame(area, &title, &[Piece::new("Esc closes", Role::TextDim)], true);
    let height = usize::from(inside.height);
    let offset = open.offset.min(lines.len().saturating_sub(height));
    for (y, line) in (inside.y..inside.bottom()).zip(lines.iter().skip(offset)) {
        pen.pieces(inside.x + 1, y, inside.width.saturating_sub(2), line);
    }
    pen.scroll_bar(area, offset, height, lines.len());
}

/// Where it is drawn, and its lines.
fn laid_out(shared: &Shared, record: &WriteRecord, now: Now) -> (Rect, Vec<Vec<Piece>>) {
    let (width, height) = shared.size;
    // A strip of the list beside it would look like a part of it.
    let wide = if width < WIDEST + 8 { width } else { WIDEST };
    let cells = usize::from(layout::centered(width, height, (wide, height)).width.saturating_sub(4));
    let lines: Vec<_> = lines(shared, record, now).iter().flat_map(|line| wrapped(line, cells)).collect();
    (layout::centered(width, height, (wide, lines.len() as u16 + 2)), lines)
}

/// What is known of a write, what matters most first.
fn lines(shared: &Shared, record: &WriteRecord, now: Now) -> Vec<Vec<Piece>> {
    let result = record.result();
    let exactly = record.at.to_zoned(TimeZone::UTC).strftime("%Y-%m-%d %H:%M:%S UTC");
    let when = format!("{exactly}, {}", past_outcome::ago(record.at, now));
    let mut lines = vec![
        field("Act", record.act.word(), Role::TextStrong),
        field("Outcome", result.text, Role::of(result.tone)),
        field("", record.outcome.meaning(), Role::Text),
    ];
    let mut add = |label, value: Option<String>| {
        lines.extend(value.filter(|value| !value.is_empty()).map(|value| field(label, value, Role::Text)));
    };
    let some = |text: &Option<String>, shown: fn(&Shared, &str) -> String| {
        text.as_deref().map(|text| shown(shared, text))
    };
    add("Failure", failure(record));
    add("When", Some(when));
    add("Provider", some(&record.provider, private::provider));
    add("Account", some(&record.account, private::account));
    add("Grant", record.grant.map(|id| names::id(shared, &id.to_string())));
    add("New grant", record.new_grant.map(|id| names::id(shared, &id.to_string())));
    add("Agent", some(&record.agent, agent));
    add("Profile", some(&Some(record.profile.clone()), private::name));
    add("Backend", Some(Clean::brief(&record.backend).to_string()));
    add("Request", some(&record.request_id, names::id));
    // Last, since it may be long.
    add("Reason", some(&record.reason, names::reason));
    lines
}

fn field(label: &str, value: impl Into<String>, role: Role) -> Vec<Piece> {
    vec![Piece::new(format!("{label:<LABEL$}"), Role::Head), Piece::new(value, role)]
}

/// An agent by name and id.
fn agent(shared: &Shared, id: &str) -> String {
    let name = names::agent(shared, id);
    let id = names::id(shared, id);
    if shared.privacy || name == id { name } else { format!("{name}, {id}") }
}

/// The stable name of the failure, and its headline where the code is known.
fn failure(record: &WriteRecord) -> Option<String> {
    let code = record.code.as_deref()?;
    let name = Clean::brief(code).to_string();
    Some(match code.parse::<crate::domain::Code>() {
        Ok(_) => format!("{name}: {}", record.failure().unwrap_or_default()),
        Err(_) => name,
    })
}
