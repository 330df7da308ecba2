//! Remembering what is chosen: noticed here, kept by the host.

use std::collections::BTreeMap;

use super::memory::Memory;
use super::nav::View;
use super::screens::copy::Copying;
use super::screens::pick::Purpose;
use super::shared::Shared;
use super::{Effect, Model};
use crate::domain::remembered::MemoryChange;
use crate::domain::{Chosen, Look, Remembered};

/// The session is open: what was chosen last time is chosen again.
pub(super) fn recall(model: &mut Model, configured: Look, found: Result<Remembered, &'static str>) {
    let (mut found, off) = match found {
        Ok(found) => (found, None),
        Err(why) => (Remembered::default(), Some(why)),
    };
    let Look { filters, order, columns } = found.look(configured.clone());
    model.grants.filters = filters;
    model.grants.order = order;
    model.grants.columns = columns;
    model.shared.split = found.split;
    let usual = Copying::default();
    model.copying = Copying {
        format: found.format.unwrap_or(usual.format),
        path: found.path.take().unwrap_or_else(|| usual.path.clone()),
        ..usual
    };
    let views = std::mem::take(&mut found.views);
    model.shared.memory = Memory { configured, views, off, saved: Remembered::default() };
    // A choice that the configuration has overruled is forgotten with the next one that is made.
    model.shared.memory.saved = choices(model);
}

/// Asks that what was chosen since is remembered.
pub(super) fn catch_up(model: &mut Model) -> Option<Effect> {
    if model.shared.memory.off.is_some() || is_trying(&model.shared) || is_as_saved(model) {
        return None;
    }
    let now = choices(model);
    model.shared.memory.saved = now.clone();
    Some(Effect::Remember(MemoryChange::Choices(Box::new(now))))
}

/// Columns are shown while they are being chosen; leaving the list takes them back.
fn is_trying(shared: &Shared) -> bool {
    shared
        .nav
        .popups()
        .iter()
        .any(|overlay| matches!(overlay, View::Pick(pick) if pick.purpose == Purpose::Columns))
}

/// Whether nothing was chosen since. Asked after each message: nothing is copied.
fn is_as_saved(model: &Model) -> bool {
    fn same<T: PartialEq>(saved: Option<&Chosen<T>>, now: &T, configured: &T) -> bool {
        saved.map_or(configured, |chosen| &chosen.value) == now
    }
    let Memory { saved, configured, .. } = &model.shared.memory;
    let (grants, copying) = (&model.grants, &model.copying);
    let usual = Copying::default();
    same(saved.filters.as_ref(), &grants.filters, &configured.filters)
        && same(saved.order.as_ref(), &grants.order, &configured.order)
        && same(saved.columns.as_ref(), &grants.columns, &configured.columns)
        && saved.split == model.shared.split
        && saved.format.unwrap_or(usual.format) == copying.format
        && saved.path.as_deref().unwrap_or(&usual.path) == copying.path
}

fn choices(model: &Model) -> Remembered {
    let configured = &model.shared.memory.configured;
    let usual = Copying::default();
    Remembered {
        filters: Chosen::of(&model.grants.filters, &configured.filters),
        order: Chosen::of(&model.grants.order, &configured.order),
        columns: Chosen::of(&model.grants.columns, &configured.columns),
        split: model.shared.split,
        format: Some(model.copying.format).filter(|format| *format != usual.format),
        path: Some(model.copying.path.clone()).filter(|path| *path != usual.path),
        views: BTreeMap::new(),
    }
}
