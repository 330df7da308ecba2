//! The lines around the panes: header, footer, search line, notices, the keys that may follow a chord.

use ratatui::layout::{Position, Rect};

use crate::app::action::{AppAction, ListAction, Motion};
use crate::app::availability::{Availability, availability};
use crate::app::keymap::{Binding, Place};
use crate::app::model::{CHORD_POPUP, Screen};
use crate::app::overlays::Overlay;
use crate::app::screens::{changes, grants, history, smoke};
use crate::app::toast::Level;
use crate::app::{Action, Model, private};
use crate::domain::{Clean, Identity, Now, Spending, words};
use crate::ui::paint::{Pen, Piece};
use crate::ui::{Role, text};

/// Program, session, host, budget. What is not known is not shown.
pub(super) fn header(model: &Model, area: Rect, pen: &mut Pen<'_>) {
    let mut right_edge = area.right().saturating_sub(1);
    if let Some(budget) = model.budget {
        let told = format!("budget {}/{}", words::count(budget.remaining), words::count(budget.limit));
        let role =
            if budget.spendable(Spending::LeavesAQuarter) == 0 { Role::HealthSoon } else { Role::TextDim };
        right_edge = pen.text_right(right_edge, area.y, area.width / 2, &told, role).saturating_sub(2);
    }
    let x = pen.text(area.x + 1, area.y, area.width, "grantdeck", Role::Brand);
    let Some(session) = model.session.value() else { return };
    let mut pieces: Vec<Piece> = Vec::new();
    let profile = session.care.profile.as_deref().map(Clean::brief);
    match profile {
        Some(name) if session.care.production => {
            pieces.push(Piece::new("  ", Role::Text));
            pieces.push(Piece::new(format!(" PRODUCTION {name} "), Role::Production));
        }
        Some(name) => pieces.push(Piece::new(format!("  {name}"), Role::TextStrong)),
        None => {}
    }
    if session.care.read_only {
        pieces.push(Piece::new("  read-only", Role::HealthSoon));
    }
    if session.demo {
        pieces.push(Piece::new("  demo", Role::HealthSoon));
    }
    match model.identity.value() {
        Some(Identity::Agent(agent)) => {
            let name = agent.display_name.as_deref().unwrap_or(&agent.name);
            pieces.push(Piece::new(format!("  agent {}", private::name(model, name)), Role::TextStrong));
        }
        Some(Identity::Application) => pieces.push(Piece::new("  app", Role::TextStrong)),
        None => {}
    }
    let gap = if model.identity.value().is_some() { " " } else { "  " };
    pieces.push(Piece::new(format!("{gap}key {}", session.masked_key), Role::TextDim));
    if session.one_user {
        pieces.push(Piece::new("  one user", Role::TextDim));
    }
    if !session.demo {
        pieces.push(Piece::new(format!("  {}", Clean::brief(&session.host)), Role::TextDim));
    }
    if model.privacy {
        pieces.push(Piece::new("  private", Role::HealthSoon));
    }
    pen.pieces(x, area.y, right_edge.saturating_sub(x), &pieces);
}

/// The search line while it has the keys, else the keys of the place.
pub(super) fn footer(model: &Model, now: Now, area: Rect, pen: &mut Pen<'_>) {
    let mut right = area.right().saturating_sub(1);
    let of_list = matches!(model.screen, Screen::Grants | Screen::Detail);
    let marked = model.grants.marks.len();
    if marked > 0 && of_list {
        let hidden = model.grants.hidden_marks;
        let told =
            if hidden > 0 { format!("{marked} marked, {hidden} hidden") } else { format!("{marked} marked") };
        right = pen.text_right(right, area.y, area.width / 2, &told, Role::Mark).saturating_sub(2);
    }
    if let Some(told) = smoke::told(model, now) {
        right = pen.text_right(right, area.y, area.width / 2, &told, Role::HealthSoon).saturating_sub(2);
    }
    if history::is_typing(model) && model.overlays.is_empty() {
        history::draw_search(model, area, pen);
        return;
    }
    if model.grants.typing && model.overlays.is_empty() {
        search_line(model, now, area, right, pen);
        return;
    }
    let mut x = area.x + 1;
    if let Some(told) = misunderstood(model).filter(|_| of_list && model.overlays.is_empty()) {
        // As long as the search is in use: what it shows may not be what was meant.
        let told = format!("! {told}");
        let room = usize::from(right.saturating_sub(x));
        x = pen.text(x, area.y, right.saturating_sub(x), &text::cut(&told, room), Role::HealthBroken) + 3;
    }
    hints(model, model.place(), x, area.y, right, pen);
}

/// The first part of the search that was not understood.
fn misunderstood(model: &Model) -> Option<String> {
    let mistake = model.grants.query.mistakes.first()?;
    // What was typed may name somebody.
    Some(if model.privacy {
        format!("search: {}", mistake.problem)
    } else {
        Clean::brief(&mistake.to_string()).to_string()
    })
}

/// The hints that fit, the weightiest first, in the order of the table.
fn hints(model: &Model, place: Place, x: u16, y: u16, right: u16, pen: &mut Pen<'_>) {
    // What asks a question or for a path says itself which keys answer it.
    if matches!(model.overlays.last(), Some(Overlay::Save(_) | Overlay::Confirm(_))) {
        return;
    }
    // Where characters are typed, a key that is one does not do what its hint would say.
    let types = match model.overlays.last() {
        Some(Overlay::Pick(pick)) => pick.takes_text(),
        Some(Overlay::Copy(_) | Overlay::Changes(_)) => place == Place::Input,
        _ => place == Place::Input && model.screen == Screen::Scan,
    };
    let mut rows: Vec<(usize, &Binding, String)> = model
        .keymap
        .rows(place)
        .chain(model.keymap.rows(Place::Global).filter(|_| !place.takes_text()))
        .filter(|row| row.weight > 0 && availability(model, row.action) == Availability::Ready)
        .filter(|row| !is_noise(model, row.action))
        .filter(|row| {
            !types
                || row.keys.first().and_then(|chord| chord.0.first()).is_some_and(|key| key.typed().is_none())
        })
        .enumerate()
        .filter_map(|(order, row)| Some((order, row, row.keys.first()?.to_string())))
        .collect();
    // The place's own row comes before the global one of the same action.
    let mut told = std::collections::HashSet::new();
    rows.retain(|(_, row, _)| told.insert(row.action));
    rows.sort_by_key(|(order, row, _)| (std::cmp::Reverse(row.weight), *order));
    let mut room = right.saturating_sub(x);
    let mut kept = Vec::new();
    for (order, row, key) in rows {
        let cells = (text::width(&key) + 1 + text::width(&row.label) + 3) as u16;
        if cells > room + 3 {
            break;
        }
        room = room.saturating_sub(cells);
        kept.push((order, row, key));
    }
    kept.sort_by_key(|(order, row, _)| (std::cmp::Reverse(row.weight), *order));
    let mut x = x;
    for (_, row, key) in kept {
        x = pen.text(x, y, right.saturating_sub(x), &key, Role::HintKey);
        x = pen.text(x + 1, y, right.saturating_sub(x + 1), &row.label, Role::HintLabel) + 3;
    }
}

/// Hints that would be true and of no use where the person is.
fn is_noise(model: &Model, action: Action) -> bool {
    match action {
        Action::App(AppAction::Quit | AppAction::Palette | AppAction::NextTheme | AppAction::Privacy) => {
            !model.overlays.is_empty()
        }
        Action::App(AppAction::Help) => matches!(model.overlays.last(), Some(Overlay::Help(_))),
        Action::List(ListAction::OpenDetail) => model.screen == Screen::Detail,
        Action::Move(Motion::Down) if model.place() == Place::Changes => !changes::is_scrollable(model),
        // There is no list below that could be moved in.
        Action::Move(Motion::Up | Motion::Down) => {
            model.place() == Place::Input && (!model.overlays.is_empty() || model.screen == Screen::Scan)
        }
        _ => false,
    }
}

const PROMPT: &str = " / ";

fn search_line(model: &Model, now: Now, area: Rect, right: u16, pen: &mut Pen<'_>) {
    let grants = &model.grants;
    let note = match grants.query.mistakes.first() {
        Some(mistake) => (Clean::brief(&mistake.to_string()).to_string(), Role::HealthBroken),
        None => (grants::position(grants, model.list_height(), now), Role::TextDim),
    };
    let mut x = pen.text(area.x, area.y, 3, PROMPT, Role::HintKey);
    if grants.input.value().is_empty() {
        let hint = "(account, provider, label, id, scope:gmail, health:expired, -label:test)";
        pen.text(x + 1, area.y, right.saturating_sub(x + 1), hint, Role::TextDim);
        return;
    }
    let room = right.saturating_sub(x);
    let typed = Clean::line(grants.input.value());
    let scroll = grants.input.visual_scroll(usize::from(room.saturating_sub(1)));
    let visible = text::skip(typed.as_str(), scroll);
    x = pen.text(x, area.y, room, visible, Role::Input);
    let left = right.saturating_sub(x + 3);
    if usize::from(left) > 8 {
        pen.text_right(right, area.y, left, &text::cut(&note.0, usize::from(left)), note.1);
    }
}

/// Where the terminal's cursor stands while the search line has the keys.
pub(super) fn search_cursor(model: &Model, area: Rect) -> Option<Position> {
    if !model.grants.typing || !model.overlays.is_empty() {
        return None;
    }
    let room = usize::from(area.width.saturating_sub(6));
    let scroll = model.grants.input.visual_scroll(room);
    let cells = model.grants.input.visual_cursor().saturating_sub(scroll) as u16;
    Some(Position::new((area.x + PROMPT.len() as u16 + cells).min(area.right() - 1), area.y))
}

/// The notice, above the footer at the right.
pub(super) fn toast(model: &Model, whole: Rect, pen: &mut Pen<'_>) {
    let Some(toast) = model.toasts.current() else { return };
    let (role, sign) = match toast.level {
        Level::Info => (Role::ToastInfo, "·"),
        Level::Warning => (Role::ToastWarning, "!"),
        Level::Error => (Role::ToastError, "✗"),
    };
    let typing = model.grants.typing || history::is_typing(model);
    if !typing
        && toast.more.is_empty()
        && text::width(toast.headline.as_str()) + 6 <= usize::from(whole.width)
    {
        // One line needs no box: it takes the place of the hints, and covers nothing.
        let line = format!(" {sign} {} ", toast.headline);
        let area = Rect::new(whole.x, whole.bottom().saturating_sub(1), whole.width, 1);
        pen.clear(area, Role::Screen);
        pen.text(area.x, area.y, area.width, &line, role);
        return;
    }
    let most = usize::from(whole.width.saturating_sub(8)).min(84);
    let mut lines: Vec<String> = Vec::new();
    for (index, part) in std::iter::once(&toast.headline).chain(&toast.more).enumerate() {
        let sign = if index == 0 { sign } else { " " };
        for (nth, line) in text::wrap(part.as_str(), most).into_iter().enumerate() {
            let sign = if nth == 0 { sign } else { " " };
            lines.push(format!(" {sign} {line} "));
        }
    }
    // While something is typed, or a list is open above, these keys are its own.
    if !toast.keys.is_empty() && !typing && model.overlays.is_empty() {
        lines.push(format!("   {} ", toast.keys));
    }
    let width = lines.iter().map(|line| text::width(line)).max().unwrap_or(0) as u16;
    let height = (lines.len() as u16).min(whole.height.saturating_sub(3));
    let area = Rect::new(
        whole.right().saturating_sub(width + 2),
        whole.bottom().saturating_sub(height + 2),
        width,
        height,
    );
    pen.clear(area, role);
    for (y, line) in (area.y..area.bottom()).zip(&lines) {
        pen.text(area.x, y, area.width, line, role);
    }
}

/// What may follow the keys of a chord, once the person hesitates.
pub(super) fn chord(model: &Model, now: Now, whole: Rect, pen: &mut Pen<'_>) {
    if model.pending.is_empty() || now.millis < model.pending_since + CHORD_POPUP {
        return;
    }
    let next = model.keymap.continuations(model.place(), &model.pending);
    let lines: Vec<(String, &str)> =
        next.iter().map(|(key, row)| (key.to_string(), row.help.as_str())).collect();
    let width =
        lines.iter().map(|(key, help)| text::width(key) + text::width(help) + 5).max().unwrap_or(0) as u16;
    let height = lines.len() as u16 + 2;
    let area = Rect::new(
        whole.right().saturating_sub(width + 4),
        whole.bottom().saturating_sub(height + 2),
        (width + 2).min(whole.width),
        height.min(whole.height),
    );
    pen.clear(area, Role::Overlay);
    let inside = pen.frame(area, &[Piece::new("then", Role::Title)], &[], true);
    for (y, (key, help)) in (inside.y..inside.bottom()).zip(&lines) {
        let x = pen.text(inside.x + 1, y, inside.width, key, Role::HintKey);
        pen.text(x + 2, y, inside.right().saturating_sub(x + 2), help, Role::Text);
    }
}
