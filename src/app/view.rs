//! A model in, a picture out: this file places the parts, the screens draw themselves.

mod bars;

use ratatui::Frame;
use ratatui::layout::Rect;

use super::model::Screen;
use super::screens::{call, composer, detail, grants, history, response, scan, smoke};
use super::{Model, overlays};
use crate::domain::Now;
use crate::ui::Role;
use crate::ui::layout::MINIMUM;
use crate::ui::paint::Pen;

/// Draws the whole screen; its cost depends on the rows that are visible.
pub fn view(model: &Model, now: Now, frame: &mut Frame<'_>) {
    let whole = frame.area();
    let mut pen = Pen::new(frame.buffer_mut(), &model.theme);
    pen.wash(whole, Role::Screen);
    let Some(areas) = model.areas().filter(|_| (whole.width, whole.height) == model.size) else {
        too_small(whole, &mut pen);
        return;
    };
    bars::header(model, areas.header, &mut pen);
    match model.screen {
        Screen::Grants => {
            grants::draw_chips(model, areas.chips, &mut pen);
            grants::draw(model, now, areas.list, &mut pen);
            if let Some(area) = areas.detail {
                detail::draw(model, now, area, &mut pen);
            }
        }
        Screen::Detail => {
            grants::draw_chips(model, areas.chips, &mut pen);
            detail::draw(model, now, areas.list, &mut pen);
        }
        Screen::Call => {
            call::draw_title(model, now, areas.chips, &mut pen);
            call::draw(model, now, &mut pen);
        }
        Screen::History => {
            history::draw_title(model, areas.chips, &mut pen);
            history::draw(model, now, areas.list, &mut pen);
        }
        Screen::Scan => {
            scan::draw_title(model, now, areas.chips, &mut pen);
            scan::draw(model, areas.list, &mut pen);
        }
        Screen::Smoke => {
            smoke::draw_title(model, now, areas.chips, &mut pen);
            smoke::draw(model, now, areas.list, &mut pen);
        }
    }
    bars::footer(model, now, areas.footer, &mut pen);
    bars::toast(model, whole, &mut pen);
    overlays::draw(model, now, whole, &mut pen);
    bars::chord(model, now, whole, &mut pen);
    let cursor = if model.overlays.is_empty() {
        let searched =
            history::search_cursor(model, areas.footer).or_else(|| bars::search_cursor(model, areas.footer));
        let typed = composer::text_cursor(model).or_else(|| response::text_cursor(model));
        typed.or_else(|| scan::text_cursor(model, areas.chips)).or(searched)
    } else {
        overlays::text_cursor(model, whole)
    };
    if let Some(place) = cursor {
        frame.set_cursor_position(place);
    }
}

fn too_small(whole: Rect, pen: &mut Pen<'_>) {
    let lines = [
        "grantdeck needs room:".to_owned(),
        format!("at least {} × {}", MINIMUM.0, MINIMUM.1),
        format!("this is {} × {}", whole.width, whole.height),
        "q quits".to_owned(),
    ];
    let top = whole.height.saturating_sub(lines.len() as u16) / 2;
    for (y, line) in (top..whole.height).zip(&lines) {
        let x = whole.width.saturating_sub(line.chars().count() as u16) / 2;
        pen.text(x, y, whole.width, line, Role::Text);
    }
}
