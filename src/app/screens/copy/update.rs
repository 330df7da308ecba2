//! What keys do in the copy menu, and copying itself.

use std::cell::RefCell;

use strum::IntoEnumIterator;
use tui_input::Input;

use super::{CopyMenu, Copying, chosen, whose};
use crate::app::action::{CommonAction, CopyAction, Motion};
use crate::app::input::Key;
use crate::app::nav::View;
use crate::app::requests::CopyOut;
use crate::app::screens::changes;
use crate::app::screens::grants::Grants;
use crate::app::shared::Shared;
use crate::app::text_input::edit_line;
use crate::app::{Action, Effect, Model};
use crate::domain::copy::Copies;
use crate::domain::{Clean, CopyFormat, CopyText, GrantId, Named, Now, formats};

/// Lines of the preview that one key scrolls by.
const HALF_PAGE: usize = 6;

/// Copies the ids that an action is about.
pub(crate) fn copy_ids(grants: &Grants, shared: &mut Shared) -> Vec<Effect> {
    let (grants, _) = chosen(grants);
    copy(shared, CopyFormat::Uuid, &grants)
}

/// Copies the ids of these grants.
pub(crate) fn copy_these(shared: &mut Shared, grants: &[Named]) -> Vec<Effect> {
    copy(shared, CopyFormat::Uuid, grants)
}

/// Opens the menu for the grants that an action is about.
pub(crate) fn open(model: &mut Model) -> Vec<Effect> {
    let (grants, hidden) = chosen(&model.grants);
    open_for(model, grants, hidden)
}

/// Opens the menu for these grants; `hidden`: how many of them the filters hide.
pub(crate) fn open_for(model: &mut Model, grants: Vec<Named>, hidden: usize) -> Vec<Effect> {
    let Some(first) = grants.first() else { return Vec::new() };
    let menu = CopyMenu {
        name: Input::new(first.name.clone()),
        grants,
        hidden,
        format: model.copying.format,
        naming: None,
        offset: 0,
        preview: RefCell::default(),
    };
    model.shared.nav.push(View::Copy(Box::new(menu)));
    Vec::new()
}

/// Carries out an action inside the menu.
pub(super) fn act(model: &mut Model, action: Action, now: Now) -> Vec<Effect> {
    let Some(View::Copy(menu)) = model.shared.nav.popup_mut() else { return Vec::new() };
    if menu.naming.is_some() {
        if action == Action::Common(CommonAction::Accept) {
            named(&mut model.shared, now);
        }
        return Vec::new();
    }
    let formats: Vec<CopyFormat> = CopyFormat::iter().collect();
    let last = formats.len() - 1;
    let at = formats.iter().position(|format| *format == menu.format).unwrap_or(0);
    let mut to = at;
    if let Action::Move(motion) = action {
        if let Motion::HalfPageUp | Motion::HalfPageDown = motion {
            menu.offset = menu.offset.saturating_add_signed(motion.lines(HALF_PAGE * 2));
        } else if motion == Motion::Up {
            to = at.checked_sub(1).unwrap_or(last);
        } else if motion == Motion::Down {
            to = (at + 1) % formats.len();
        } else {
            to = motion.from(at, last, formats.len());
        }
    } else if action == Action::Copy(CopyAction::Rename) {
        menu.naming = Some(menu.name.value().to_owned());
    } else if action == Action::Copy(CopyAction::WriteFile) {
        let (grants, name) = (menu.grants.clone(), menu.own_name());
        return changes::open_write(model, grants, name);
    } else if action == Action::Common(CommonAction::Accept) {
        let (format, grants) = (menu.format, menu.named());
        model.shared.nav.pop();
        model.copying.format = format;
        return copy(&mut model.shared, format, &grants);
    }
    if let Some(format) = formats.get(to).filter(|format| **format != menu.format) {
        (menu.format, menu.offset) = (*format, 0);
    }
    let lines = match model.shared.nav.popups().last() {
        Some(View::Copy(menu)) => menu.preview(model).len(),
        _ => 0,
    };
    if let Some(View::Copy(menu)) = model.shared.nav.popup_mut() {
        menu.offset = menu.offset.min(lines.saturating_sub(1));
    }
    Vec::new()
}

/// The name was typed: an empty one is the suggested one again, and one that the format does not take stays open.
fn named(shared: &mut Shared, now: Now) {
    let Some(View::Copy(menu)) = shared.nav.popup_mut() else { return };
    let name = menu.name.value().trim().to_owned();
    if name.is_empty() {
        let suggested = menu.grants.first().map(|grant| grant.name.clone()).unwrap_or_default();
        menu.name = Input::new(suggested);
    } else if let Err(refused) = formats::check(menu.format, &name) {
        shared.toasts.refuse(&format!("{refused}."), now);
        return;
    }
    menu.naming = None;
}

/// Leaves the innermost thing of the menu. False when that is the menu itself.
pub(super) fn back(menu: &mut CopyMenu) -> bool {
    match menu.naming.take() {
        Some(before) => {
            menu.name = Input::new(before);
            true
        }
        None => false,
    }
}

/// A key edits the name.
pub(super) fn typed(menu: &mut CopyMenu, key: Key) {
    if menu.naming.is_some() {
        edit_line(&mut menu.name, key);
    }
}

/// Ids were copied once more.
pub(crate) fn copied(copying: &mut Copying, ids: &[GrantId], now: Now) {
    let Some(counts) = &mut copying.counts else { return };
    for id in ids {
        let count = counts.entry(*id).or_insert(Copies { times: 0, last: now.wall });
        *count = Copies { times: count.times.saturating_add(1), last: now.wall };
    }
}

fn copy(shared: &mut Shared, format: CopyFormat, grants: &[Named]) -> Vec<Effect> {
    if grants.is_empty() {
        return Vec::new();
    }
    let whose = whose(shared, grants);
    let label = match (format, grants.len()) {
        (CopyFormat::Uuid, 1) => format!("the id of {whose}"),
        (CopyFormat::Uuid, _) => format!("the ids of {whose}"),
        (format, _) => format!("{whose} as {}", format.row().label),
    };
    let text = CopyText::sensitive(formats::render(format, grants), Clean::line(&label));
    let text = text.with_ids(grants.iter().map(|grant| grant.id), format);
    vec![shared.slots.ask(CopyOut(text))]
}
