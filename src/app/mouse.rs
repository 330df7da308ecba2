//! The mouse: it hits what is seen, because both ask the same layout.

use ratatui::layout::{Position, Rect};

use super::action::{AppAction, CommonAction, ListAction, Motion, PickAction};
use super::input::{Mouse, MouseKind};
use super::model::{Focus, Screen};
use super::overlays::{self, Overlay};
use super::screens::{call, changes, copy, detail, grants, history, response, scan, smoke};
use super::{Action, Effect, Model, keys, picked};
use crate::domain::Now;
use crate::ui::layout::{self, Front};

/// Lines per notch of the wheel.
const NOTCH: usize = 3;

/// Something happened under the mouse.
pub(super) fn act(model: &mut Model, mouse: Mouse, now: Now) -> Vec<Effect> {
    if let Some(effects) = in_overlay(model, mouse, now) {
        return effects;
    }
    if model.screen == Screen::Call {
        return in_call(model, mouse, now);
    }
    if model.screen == Screen::History {
        return match mouse.kind {
            MouseKind::Press => history::press(model, mouse),
            kind => history::scroll_by_mouse(model, kind, NOTCH, now),
        };
    }
    if model.screen == Screen::Scan {
        return in_scan(model, mouse, now);
    }
    if model.screen == Screen::Smoke {
        return in_smoke(model, mouse, now);
    }
    let Some(areas) = model.areas() else { return Vec::new() };
    let at = Position::new(mouse.column, mouse.row);
    let over_detail = model.screen == Screen::Detail || areas.detail.is_some_and(|area| area.contains(at));
    match mouse.kind {
        MouseKind::ScrollDown | MouseKind::ScrollUp => {
            let action = if mouse.kind == MouseKind::ScrollDown {
                Action::Move(Motion::Down)
            } else {
                Action::Move(Motion::Up)
            };
            for _ in 0..NOTCH {
                if over_detail {
                    detail::scroll(model, action, now);
                } else {
                    grants::act(model, action, now);
                }
            }
            Vec::new()
        }
        MouseKind::Press if areas.chips.contains(at) => press_chip(model, mouse.column, areas.chips, now),
        MouseKind::Press if over_detail => {
            model.focus = Focus::Detail;
            Vec::new()
        }
        MouseKind::Press if areas.list.contains(at) => press_list(model, mouse, areas.list, now),
        MouseKind::Press => Vec::new(),
    }
}

fn in_overlay(model: &mut Model, mouse: Mouse, now: Now) -> Option<Vec<Effect>> {
    let whole = Rect::new(0, 0, model.size.0, model.size.1);
    match model.overlays.last_mut()? {
        Overlay::Help(_) | Overlay::Page(_) | Overlay::Picture(_) => {
            let action = match mouse.kind {
                MouseKind::ScrollDown => Action::Move(Motion::Down),
                MouseKind::ScrollUp => Action::Move(Motion::Up),
                MouseKind::Press => Action::App(AppAction::Back),
            };
            Some(keys::act(model, action, now))
        }
        Overlay::Copy(menu) => {
            let action = match mouse.kind {
                MouseKind::ScrollDown => Action::Move(Motion::HalfPageDown),
                MouseKind::ScrollUp => Action::Move(Motion::HalfPageUp),
                MouseKind::Press => {
                    if let Some(format) = copy::format_at(menu, whole, mouse.column, mouse.row) {
                        (menu.format, menu.offset) = (format, 0);
                    }
                    return Some(Vec::new());
                }
            };
            Some(copy::act(model, action, now))
        }
        Overlay::Changes(_) => {
            let action = match mouse.kind {
                MouseKind::ScrollDown => Action::Move(Motion::Down),
                MouseKind::ScrollUp => Action::Move(Motion::Up),
                MouseKind::Press => return Some(Vec::new()),
            };
            Some((0..NOTCH).flat_map(|_| changes::act(model, action, now)).collect())
        }
        // What cannot be taken back is not answered by a click that missed.
        Overlay::Confirm(_) | Overlay::Save(_) => Some(Vec::new()),
        Overlay::Pick(pick) => match mouse.kind {
            MouseKind::ScrollDown => {
                pick.step(1);
                Some(Vec::new())
            }
            MouseKind::ScrollUp => {
                pick.step(-1);
                Some(Vec::new())
            }
            MouseKind::Press => match overlays::item_at(pick, whole, mouse.column, mouse.row) {
                Some(place) => {
                    pick.go_to(place);
                    let action = if pick.takes_text() {
                        Action::Common(CommonAction::Accept)
                    } else {
                        Action::Pick(PickAction::Toggle)
                    };
                    Some(picked::act(model, action, now))
                }
                None => Some(keys::act(model, Action::App(AppAction::Back), now)),
            },
        },
    }
}

fn in_scan(model: &mut Model, mouse: Mouse, now: Now) -> Vec<Effect> {
    let action = match mouse.kind {
        MouseKind::ScrollDown => Action::Move(Motion::Down),
        MouseKind::ScrollUp => Action::Move(Motion::Up),
        MouseKind::Press => {
            if let Some(at) = scan::line_at(model, mouse.row) {
                model.scan.cursor = at;
            }
            return Vec::new();
        }
    };
    (0..NOTCH).flat_map(|_| scan::act(model, action, now).unwrap_or_default()).collect()
}

fn in_smoke(model: &mut Model, mouse: Mouse, now: Now) -> Vec<Effect> {
    let action = match mouse.kind {
        MouseKind::ScrollDown => Action::Move(Motion::Down),
        MouseKind::ScrollUp => Action::Move(Motion::Up),
        MouseKind::Press => {
            let height = smoke::height(model);
            if let (Some(at), Some(board)) = (smoke::line_at(model, mouse.row), &mut model.smoke.board) {
                board.go_to(at, height);
            }
            return Vec::new();
        }
    };
    (0..NOTCH).flat_map(|_| smoke::act(model, action, now).unwrap_or_default()).collect()
}

fn in_call(model: &mut Model, mouse: Mouse, now: Now) -> Vec<Effect> {
    let Some(panes) = call::panes(model) else { return Vec::new() };
    let at = Position::new(mouse.column, mouse.row);
    let over = |area: Option<Rect>| area.is_some_and(|area| area.contains(at));
    let front = if over(panes.first) { Front::First } else { Front::Second };
    if !over(panes.first) && !over(panes.second) {
        return Vec::new();
    }
    if let Some(open) = &mut model.call {
        open.front = front;
    }
    let action = match mouse.kind {
        MouseKind::ScrollDown => Action::Move(Motion::Down),
        MouseKind::ScrollUp => Action::Move(Motion::Up),
        MouseKind::Press => return Vec::new(),
    };
    if front == Front::Second && response::takes_text(model) {
        // The arrow keys belong to the line that is typed.
        response::wheel(
            model,
            if action == Action::Move(Motion::Down) { NOTCH as isize } else { -(NOTCH as isize) },
        );
        return Vec::new();
    }
    (0..NOTCH).flat_map(|_| call::act(model, action, now).unwrap_or_default()).collect()
}

fn press_chip(model: &mut Model, column: u16, area: Rect, now: Now) -> Vec<Effect> {
    let (spots, hidden) = grants::spots(model, area.width);
    let hit = spots.iter().find(|spot| (spot.x..spot.x + spot.width).contains(&column));
    match hit {
        Some(spot) => {
            let provider = spot.provider.clone();
            grants::set_filter(model, grants::Choice::Provider, provider.as_deref().unwrap_or(""), now)
        }
        None if hidden > 0 && spots.last().is_some_and(|last| column > last.x + last.width) => {
            keys::act(model, Action::List(ListAction::FilterProvider), now)
        }
        None => Vec::new(),
    }
}

fn press_list(model: &mut Model, mouse: Mouse, area: Rect, now: Now) -> Vec<Effect> {
    model.focus = Focus::List;
    let inside = layout::inside(area);
    if mouse.row == inside.y {
        return match grants::column_at(model, mouse.column) {
            Some(column) => picked::sort_by(model, column, now),
            None => Vec::new(),
        };
    }
    let Some(line) = mouse.row.checked_sub(inside.y + 1) else { return Vec::new() };
    let place = model.grants.offset + usize::from(line);
    if place < model.grants.shown() {
        let height = model.list_height();
        model.grants.go_to(place, height);
        model.detail.offset = 0;
    }
    Vec::new()
}
