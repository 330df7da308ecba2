//! Whether an action makes sense now, and why not: asked by footer, help, palette and the key handler alike.

use super::keymap::Place;
use super::overlays::{Overlay, Purpose};
use super::{Action, Model, links};

/// The answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Availability {
    /// It can be done.
    Ready,
    /// It means nothing here and is not shown.
    Hidden,
    /// It could be done, but not now: the sentence says why.
    Blocked(&'static str),
}

/// Whether an action makes sense now.
pub fn availability(model: &Model, action: Action) -> Availability {
    use Availability::{Blocked, Hidden, Ready};
    let has_rows = !model.grants.rows.is_empty();
    let needs_row =
        if model.grants.cursor.is_some() { Ready } else { Blocked("There is no grant to do that with.") };
    match action {
        Action::Quit | Action::Back | Action::Help | Action::Palette | Action::Redraw | Action::Privacy => {
            Ready
        }
        Action::NextTheme => Ready,
        Action::Suspend => {
            if cfg!(unix) {
                Ready
            } else {
                Hidden
            }
        }
        Action::Accept => {
            if matches!(model.place(), Place::Picker | Place::Input) {
                Ready
            } else {
                Hidden
            }
        }
        Action::Toggle | Action::MoveEarlier | Action::MoveLater => match model.overlays.last() {
            Some(Overlay::Pick(pick)) if pick.purpose == Purpose::Columns => Ready,
            _ => Hidden,
        },
        Action::SwitchPane => {
            if model.detail_is_beside() {
                Ready
            } else {
                Blocked("This terminal shows one pane at a time: Enter opens the detail.")
            }
        }
        Action::OpenDetail | Action::Mark => needs_row,
        Action::MarkAll => {
            if model.grants.shown() > 0 {
                Ready
            } else {
                Blocked("No grant is shown.")
            }
        }
        Action::ClearMarks | Action::OnlyMarked => {
            if model.grants.marks.is_empty() {
                Blocked("No grant is marked; Space marks one.")
            } else {
                Ready
            }
        }
        Action::Parent => match model.grants.selected() {
            Some(grant) if grant.parent_grant_id.is_some() => Ready,
            Some(_) => Blocked("This grant was not delegated from another one."),
            None => needs_row,
        },
        Action::OpenLink => match model.grants.selected() {
            Some(grant) if links::of(grant).is_some() => Ready,
            Some(_) => Blocked("No page is known for this provider."),
            None => needs_row,
        },
        Action::ClearFilters => {
            if model.grants.filters.is_empty() && model.grants.query.is_empty() && !model.grants.only_marked {
                Blocked("No filter is set.")
            } else {
                Ready
            }
        }
        Action::StopLoading => {
            if model.grants.walk.is_busy() {
                Ready
            } else {
                Blocked("Nothing is being loaded.")
            }
        }
        Action::Refresh => {
            if model.session.value().is_some() {
                Ready
            } else {
                Blocked("There is no connection to refresh from.")
            }
        }
        Action::Watch => {
            if model.grants.rows.len() > super::WATCH_AT_MOST {
                Blocked("Above 5,000 grants, refresh by hand (r).")
            } else if model.session.value().is_some() {
                Ready
            } else {
                Blocked("There is no connection to watch.")
            }
        }
        Action::Search
        | Action::FilterProvider
        | Action::PreviousProvider
        | Action::NextProvider
        | Action::Filter
        | Action::FilterStatus
        | Action::FilterAccount
        | Action::FilterLabel
        | Action::FilterKind
        | Action::FilterHealth
        | Action::Sort
        | Action::ReverseSort
        | Action::WorstFirst
        | Action::Tree => {
            if has_rows || !model.grants.filters.is_empty() {
                Ready
            } else {
                Blocked("No grant is here yet.")
            }
        }
        Action::Columns => Ready,
        Action::Up
        | Action::Down
        | Action::HalfPageUp
        | Action::HalfPageDown
        | Action::PageUp
        | Action::PageDown
        | Action::PreviousPage
        | Action::NextPage
        | Action::Top
        | Action::Bottom => Ready,
    }
}
