//! A model in, a picture out: this file places the parts, the screens draw themselves.

mod bars;

use ratatui::Frame;
use ratatui::layout::Rect;

use super::action::{AppAction, CommonAction};
use super::keymap::Place;
use super::nav::View;
use super::screens::confirm::Then;
use super::{Action, Model};
use crate::domain::Now;
use crate::ui::layout::MINIMUM;
use crate::ui::paint::{Pen, plain};
use crate::ui::{Role, text};

/// Draws the whole screen; its cost depends on the rows that are visible.
pub fn view(model: &Model, now: Now, frame: &mut Frame<'_>) {
    let whole = frame.area();
    let mut pen = Pen::new(frame.buffer_mut(), &model.shared.theme);
    pen.wash(whole, Role::Screen);
    let Some(areas) = model.shared.areas().filter(|_| (whole.width, whole.height) == model.shared.size)
    else {
        too_small(model, whole, &mut pen);
        return;
    };
    bars::header(&model.shared, areas.header, &mut pen);
    model.shown().draw(model, now, areas, &mut pen);
    bars::footer(model, now, areas.footer, &mut pen);
    bars::toast(model, now, whole, &mut pen);
    if !model.shared.nav.popups().is_empty() {
        model.top().draw(model, now, areas, &mut pen);
    }
    bars::chord(model, now, whole, &mut pen);
    if let Some(place) = model.top().text_cursor(model, areas) {
        frame.set_cursor_position(place);
    }
}

fn too_small(model: &Model, whole: Rect, pen: &mut Pen<'_>) {
    let key = |place, action| model.shared.keymap.first_key(place, action);
    let lines = if let View::Confirm(question) = model.shared.nav.top()
        && question.then == Then::Quit
    {
        let yes = key(Place::Confirm, Action::Common(CommonAction::Accept));
        let no = key(Place::Confirm, Action::App(AppAction::Back));
        let lost = question.lines.iter().map(|line| plain(line));
        let lost = lost.flat_map(|line| text::wrap(&line, usize::from(whole.width)));
        // The answer stays in sight, whatever is cut.
        let head = [question.title.clone(), format!("{yes} {}, {no} cancel", question.yes)];
        head.into_iter().chain(lost).collect()
    } else {
        vec![
            "grantdeck needs room:".to_owned(),
            format!("at least {} × {}", MINIMUM.0, MINIMUM.1),
            format!("this is {} × {}", whole.width, whole.height),
            format!("{} quits", key(Place::Global, Action::App(AppAction::Quit))),
        ]
    };
    let top = whole.height.saturating_sub(lines.len() as u16) / 2;
    for (y, line) in (top..whole.height).zip(&lines) {
        let x = whole.width.saturating_sub(text::width(line) as u16) / 2;
        pen.text(x, y, whole.width, line, Role::Text);
    }
}
