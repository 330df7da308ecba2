//! The lines around the panes: header, footer, search line, notices, the keys that may follow a chord.

use ratatui::layout::Rect;

use crate::app::action::AppAction;
use crate::app::availability::Availability;
use crate::app::available::availability;
use crate::app::keymap::{Binding, Place};
use crate::app::model::CHORD_POPUP;
use crate::app::screen::Hints;
use crate::app::screens::grants::Grants;
use crate::app::screens::{revoke, smoke};
use crate::app::shared::Shared;
use crate::app::toast::Level;
use crate::app::{Action, Model, manage, private};
use crate::domain::{Clean, Identity, Now, Spending, words};
use crate::ui::paint::{Pen, Piece};
use crate::ui::{Role, text};

/// Program, session, host, budget. What is not known is not shown.
pub(super) fn header(shared: &Shared, area: Rect, pen: &mut Pen<'_>) {
    let mut right_edge = area.right().saturating_sub(1);
    if let Some(budget) = shared.budget {
        let message = format!("budget {}/{}", words::count(budget.remaining), words::count(budget.limit));
        let role =
            if budget.spendable(Spending::LeavesAQuarter) == 0 { Role::HealthSoon } else { Role::TextDim };
        right_edge = pen.text_right(right_edge, area.y, area.width / 2, &message, role).saturating_sub(2);
    }
    let x = pen.text(area.x + 1, area.y, area.width, "grantdeck", Role::Brand);
    let Some(session) = shared.session.value() else { return };
    let mut pieces: Vec<Piece> = Vec::new();
    let profile = session.write_policy.profile.as_deref().map(Clean::brief);
    match profile {
        Some(name) if session.write_policy.production => {
            pieces.push(Piece::new("  ", Role::Text));
            pieces.push(Piece::new(format!(" PRODUCTION {name} "), Role::Production));
        }
        Some(name) => pieces.push(Piece::new(format!("  {name}"), Role::TextStrong)),
        None => {}
    }
    if session.write_policy.read_only {
        pieces.push(Piece::new("  read-only", Role::HealthSoon));
    }
    if session.demo {
        pieces.push(Piece::new("  demo", Role::HealthSoon));
    }
    match shared.identity.value() {
        Some(Identity::Agent(agent)) => {
            let name = agent.display_name.as_deref().unwrap_or(&agent.name);
            pieces.push(Piece::new(format!("  agent {}", private::name(shared, name)), Role::TextStrong));
        }
        Some(Identity::Application) => pieces.push(Piece::new("  app", Role::TextStrong)),
        None => {}
    }
    let gap = if shared.identity.value().is_some() { " " } else { "  " };
    pieces.push(Piece::new(format!("{gap}key {}", session.masked_key), Role::TextDim));
    if let Some(user) = &shared.user {
        pieces
            .push(Piece::new(format!("  as {}", private::account(shared, user.as_str())), Role::HealthSoon));
    } else if session.one_user {
        pieces.push(Piece::new("  one user", Role::TextDim));
    }
    if !session.demo {
        pieces.push(Piece::new(format!("  {}", Clean::brief(&session.host)), Role::TextDim));
    }
    if shared.privacy {
        pieces.push(Piece::new("  private", Role::HealthSoon));
    }
    pen.pieces(x, area.y, right_edge.saturating_sub(x), &pieces);
}

/// The search line while it has the keys, else the keys of the place.
pub(super) fn footer(model: &Model, now: Now, area: Rect, pen: &mut Pen<'_>) {
    let mut right = area.right().saturating_sub(1);
    let of_list = model.shown().shows_grants();
    let marked = model.grants.marks.len();
    if marked > 0 && of_list {
        let hidden = model.grants.hidden_marks;
        let message =
            if hidden > 0 { format!("{marked} marked, {hidden} hidden") } else { format!("{marked} marked") };
        right = pen.text_right(right, area.y, area.width / 2, &message, Role::Mark).saturating_sub(2);
    }
    if let Some(message) = revoke::progress_line(model.revoking.as_ref(), &model.shared, now) {
        right = pen.text_right(right, area.y, area.width / 2, &message, Role::HealthSoon).saturating_sub(2);
    }
    if let Some(message) = smoke::progress_line(&model.smoke, &model.shared, now) {
        right = pen.text_right(right, area.y, area.width / 2, &message, Role::HealthSoon).saturating_sub(2);
    }
    if model.shared.nav.popups().is_empty() && model.shown().types_in_footer(model) {
        model.shown().draw_typed(model, now, area, right, pen);
        return;
    }
    let mut x = area.x + 1;
    if let Some(message) = misunderstood(&model.grants, &model.shared)
        .filter(|_| of_list && model.shared.nav.popups().is_empty())
    {
        // As long as the search is in use: what it shows may not be what was meant.
        let message = format!("! {message}");
        let room = usize::from(right.saturating_sub(x));
        x = pen.text(x, area.y, right.saturating_sub(x), &text::cut(&message, room), Role::HealthBroken) + 3;
    }
    hints((model, now), model.place(), x, area.y, right, pen);
}

/// The first part of the search that was not understood.
fn misunderstood(grants: &Grants, shared: &Shared) -> Option<String> {
    let mistake = grants.query.mistakes.first()?;
    // What was typed may name somebody.
    Some(if shared.privacy {
        format!("search: {}", mistake.problem)
    } else {
        Clean::brief(&mistake.to_string()).to_string()
    })
}

/// The hints that fit, the weightiest first, in the order of the table.
fn hints((model, now): (&Model, Now), place: Place, x: u16, y: u16, right: u16, pen: &mut Pen<'_>) {
    let types = match model.top().hints(model) {
        Hints::All => false,
        Hints::NoCharacters => true,
        Hints::None => return,
    };
    let mut rows: Vec<(usize, &Binding, String)> = model
        .shared
        .keymap
        .rows(place)
        .chain(model.shared.keymap.rows(Place::Global).filter(|_| !place.takes_text()))
        .filter(|row| row.weight > 0 && availability(model, row.action) == Availability::Ready)
        .filter(|row| {
            let is_noise =
                model.top().is_noise(model, row.action) || manage::is_noise(model, row.action, now);
            !(is_noise || is_of_screens(&model.shared, row.action))
        })
        .filter(|row| {
            !types
                || row.keys.first().and_then(|chord| chord.0.first()).is_some_and(|key| key.typed().is_none())
        })
        .enumerate()
        .filter_map(|(order, row)| Some((order, row, row.keys.first()?.to_string())))
        .collect();
    // The place's own row comes before the global one of the same action.
    let mut message = std::collections::HashSet::new();
    rows.retain(|(_, row, _)| message.insert(row.action));
    // The way out of a screen is never dropped; the list is left by none.
    let is_way_out = |row: &Binding| place != Place::Grants && row.action == Action::App(AppAction::Back);
    rows.sort_by_key(|(order, row, _)| (!is_way_out(row), std::cmp::Reverse(row.weight), *order));
    let mut room = right.saturating_sub(x);
    let mut kept = Vec::new();
    for (order, row, key) in rows {
        let cells = (text::width(&key) + 1 + text::width(label(model, row)) + 3) as u16;
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
        x = pen.text(x + 1, y, right.saturating_sub(x + 1), label(model, row), Role::HintLabel) + 3;
    }
}

/// What an action is called now.
fn label<'a>(model: &Model, row: &'a Binding) -> &'a str {
    model.top().label(model, row.action).unwrap_or(&row.label)
}

/// Whether an action is of no use while something pops up.
fn is_of_screens(shared: &Shared, action: Action) -> bool {
    let of_screens = [AppAction::Quit, AppAction::Palette, AppAction::NextTheme, AppAction::Privacy];
    !shared.nav.popups().is_empty() && of_screens.map(Action::App).contains(&action)
}

/// The notice, above the footer at the right.
pub(super) fn toast(model: &Model, now: Now, whole: Rect, pen: &mut Pen<'_>) {
    let Some(toast) = model.shared.toasts.current() else { return };
    let (role, sign) = match toast.level {
        Level::Info => (Role::ToastInfo, "·"),
        Level::Warning => (Role::ToastWarning, "!"),
        Level::Error => (Role::ToastError, "✗"),
    };
    let typing = model.shown().types_in_footer(model);
    let said = toast.shown(&model.shared);
    if let [headline] = &said[..]
        && !typing
        && text::width(headline) + 6 <= usize::from(whole.width)
    {
        // One line needs no box: it takes the place of the hints, and covers nothing.
        let line = format!(" {sign} {headline} ");
        let area = Rect::new(whole.x, whole.bottom().saturating_sub(1), whole.width, 1);
        pen.clear(area, Role::Screen);
        pen.text(area.x, area.y, area.width, &line, role);
        return;
    }
    let most = usize::from(whole.width.saturating_sub(8)).min(84);
    let mut lines: Vec<String> = Vec::new();
    for (index, part) in said.iter().enumerate() {
        let sign = if index == 0 { sign } else { " " };
        for (nth, line) in text::wrap(part, most).into_iter().enumerate() {
            let sign = if nth == 0 { sign } else { " " };
            lines.push(format!(" {sign} {line} "));
        }
    }
    // While something is typed, or a list is open above, these keys are its own.
    let is_free = !typing && model.shared.nav.popups().is_empty();
    if let Some(keys) = toast.keys(model.shown().back_only_closes(model, now)).filter(|_| is_free) {
        lines.push(format!("   {keys} "));
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
    let next = model.shared.keymap.continuations(model.place(), &model.pending);
    let lines: Vec<(String, &str, Option<&str>)> = next
        .iter()
        .filter_map(|(key, row)| match availability(model, row.action) {
            Availability::Hidden => None,
            Availability::Ready => Some((key.to_string(), row.help.as_str(), None)),
            Availability::Blocked(why) => Some((key.to_string(), row.label.as_str(), Some(why))),
        })
        .collect();
    let cells = |(key, what, why): &(String, &str, Option<&str>)| {
        text::width(key) + text::width(what) + why.map_or(0, |why| text::width(why) + 2) + 5
    };
    let width = lines.iter().map(cells).max().unwrap_or(0) as u16;
    let height = lines.len() as u16 + 2;
    let area = Rect::new(
        whole.right().saturating_sub(width + 4),
        whole.bottom().saturating_sub(height + 2),
        (width + 2).min(whole.width),
        height.min(whole.height),
    );
    pen.clear(area, Role::Overlay);
    let inside = pen.frame(area, &[Piece::new("then", Role::Title)], &[], true);
    for (y, (key, what, why)) in (inside.y..inside.bottom()).zip(&lines) {
        let (of_key, of_words) =
            if why.is_some() { (Role::TextDim, Role::TextDim) } else { (Role::HintKey, Role::Text) };
        let x = pen.text(inside.x + 1, y, inside.width, key, of_key) + 2;
        let x = pen.text(x, y, inside.right().saturating_sub(x), what, of_words) + 2;
        if let Some(why) = why {
            pen.text(x, y, inside.right().saturating_sub(x), why, Role::TextDim);
        }
    }
}
