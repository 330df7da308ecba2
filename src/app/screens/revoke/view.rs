//! Draws a revocation: the grants, more of the one under the cursor, and what is asked or reported below.

mod about;
mod below;
mod row;

use ratatui::layout::{Position, Rect};

use super::run::Progress;
use super::{RevokeState, Revoking, Subject};
use crate::app::Model;
use crate::app::shared::Shared;
use crate::domain::words::{count, counted};
use crate::domain::{Now, describe};
use crate::ui::paint::{Pen, Piece};
use crate::ui::{Role, layout, text};

pub(super) use below::text_cursor;

/// From this width on, what is under the cursor stands beside the grants.
const BESIDE: u16 = 104;

/// Lines of what is asked or reported.
const BELOW: u16 = 3;

/// Where the parts stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Places {
    /// The frame around the grants, or around everything.
    frame: Rect,
    /// The grants; without a line where there is one grant.
    rows: Rect,
    /// The frame around more of the one under the cursor; None where it shares that of the grants.
    about_frame: Option<Rect>,
    /// More of it.
    about: Rect,
    /// The lines between the parts.
    rules: [Option<u16>; 2],
    /// What is asked or reported.
    below: Rect,
}

fn places(area: Rect, grants: usize) -> Places {
    let inside = layout::inside(area);
    let below = Rect { y: inside.bottom().saturating_sub(BELOW), height: BELOW, ..inside };
    let room = Rect { height: inside.height.saturating_sub(BELOW + 1), ..inside };
    let rule = Some(below.y.saturating_sub(1));
    let none = Rect { height: 0, ..room };
    if grants < 2 {
        return Places {
            frame: area,
            rows: none,
            about_frame: None,
            about: room,
            rules: [rule, None],
            below,
        };
    }
    if area.width >= BESIDE {
        let beside = (area.width * 3 / 8).clamp(44, 72);
        let above = Rect { height: area.height - BELOW - 2, ..area };
        let frame = Rect { width: area.width - beside, ..above };
        let about_frame = Rect { x: frame.right(), width: beside, ..above };
        return Places {
            frame,
            rows: layout::inside(frame),
            about_frame: Some(about_frame),
            about: layout::inside(about_frame),
            rules: [None, None],
            below,
        };
    }
    let most = room.height.saturating_sub(1);
    let rows = most.saturating_sub((most / 3).clamp(2, 7)).min(grants.try_into().unwrap_or(u16::MAX));
    let about = Rect { y: room.y + rows + 1, height: most.saturating_sub(rows), ..room };
    let rules = [rule, Some(room.y + rows)];
    Places { frame: area, rows: Rect { height: rows, ..room }, about_frame: None, about, rules, below }
}

fn places_of(shared: &Shared, revoking: &Revoking) -> Option<Places> {
    let grants = revoking.facts().map_or(0, super::Facts::len);
    Some(places(shared.areas()?.list, grants))
}

/// Grants that are visible at once.
pub(super) fn height(shared: &Shared, revoking: Option<&Revoking>) -> usize {
    let places = revoking.and_then(|revoking| places_of(shared, revoking));
    places.map_or(0, |places| usize::from(places.rows.height))
}

/// How many lines there are about the grant under the cursor, and how many of them are visible.
pub(super) fn about_lines(model: &Model, now: Now) -> (usize, usize) {
    let Some(revoking) = &model.revoking else { return (0, 0) };
    let Some(places) = places_of(&model.shared, revoking) else { return (0, 0) };
    (about::lines(model, revoking, now, places.about).len(), usize::from(places.about.height))
}

/// The place of the grant at a line of the screen; for the mouse.
pub(super) fn line_at(shared: &Shared, revoking: &Revoking, at: Position) -> Option<usize> {
    let rows = places_of(shared, revoking)?.rows;
    let line = rows.contains(at).then(|| at.y - rows.y)?;
    let place = revoking.offset + usize::from(line);
    revoking.at(place).map(|_| place)
}

/// What it is about, and how far it is: the line below the header.
pub(super) fn draw_title(model: &Model, revoking: &Revoking, now: Now, area: Rect, pen: &mut Pen<'_>) {
    let (state, role) = state(revoking, now);
    let right = area.right().saturating_sub(1);
    let right = pen.text_right(right, area.y, area.width / 2, &state, role).saturating_sub(2);
    let x = pen.text(area.x + 1, area.y, area.width, "Revoke ", Role::TextDim);
    let about = match revoking.named(&model.shared, 0) {
        Some((name, _)) if !revoking.subject.marked && revoking.subject.count == 1 => name,
        _ => subject(revoking.subject),
    };
    let room = right.saturating_sub(x);
    pen.text(x, area.y, room, &text::cut(&about, usize::from(room)), Role::TextStrong);
}

/// What it is about: "12 marked grants, 3 of them not shown".
fn subject(subject: Subject) -> String {
    let mut words = counted(subject.count as u64, if subject.marked { "marked grant" } else { "grant" });
    if subject.hidden > 0 {
        words = format!("{words}, {} of them not shown", count(subject.hidden as u64));
    }
    if subject.unreadable > 0 {
        words = format!("{words}; {} with unreadable ids left out", count(subject.unreadable as u64));
    }
    words
}

fn state(revoking: &Revoking, now: Now) -> (String, Role) {
    let waiting = |seconds: u64| (format!("waiting {seconds} s"), Role::HealthSoon);
    match &revoking.state {
        RevokeState::Reading { rows, pause } => {
            match (pause.as_ref().and_then(|pause| pause.seconds(now)), rows) {
                (Some(seconds), _) => waiting(seconds),
                (None, Some((here, total))) => {
                    (format!("{} of {} read", count(*here), count(*total)), Role::TextDim)
                }
                (None, None) => ("reading the list".to_owned(), Role::TextDim),
            }
        }
        RevokeState::Refused(_) => ("not planned".to_owned(), Role::HealthBroken),
        RevokeState::Planned(_) => ("nothing is sent yet".to_owned(), Role::TextDim),
        RevokeState::Running(run) => match &run.progress {
            Progress::Broke(_) => ("broke off".to_owned(), Role::HealthBroken),
            Progress::Done if run.tally.is_done() => ("done".to_owned(), Role::HealthOk),
            Progress::Done if run.stopping => ("stopped".to_owned(), Role::HealthSoon),
            Progress::Done => ("done, but not all".to_owned(), Role::HealthSoon),
            Progress::UnderWay if run.stopping => ("stopping …".to_owned(), Role::HealthSoon),
            Progress::UnderWay => match run.pause.as_ref().and_then(|pause| pause.seconds(now)) {
                Some(seconds) => waiting(seconds),
                None => ("revoking".to_owned(), Role::TextStrong),
            },
        },
    }
}

/// Draws it.
pub(super) fn draw(model: &Model, revoking: &Revoking, now: Now, area: Rect, pen: &mut Pen<'_>) {
    let grants = revoking.facts().map_or(0, super::Facts::len);
    let places = places(area, grants);
    let title = if revoking.run().is_some() { "Outcomes" } else { "What it affects" };
    let note = revoking.facts().filter(|_| grants > 1).map(totals).unwrap_or_default();
    // A title gives way to it.
    let note = text::cut(&note, usize::from(places.frame.width.saturating_sub(6)));
    if let Some(frame) = places.about_frame {
        let whole = Rect { y: places.below.y - 1, height: BELOW + 2, ..area };
        pen.frame(whole, &[], &[], false);
        pen.frame(frame, &[Piece::new("Under the cursor", Role::Title)], &[], false);
    }
    let title = [Piece::new(title, Role::Title)];
    pen.frame(places.frame, &title, &[Piece::new(note.as_ref(), Role::TextDim)], true);
    for y in places.rules.into_iter().flatten() {
        let inside = layout::inside(area);
        pen.text(inside.x, y, inside.width, &"─".repeat(usize::from(inside.width)), Role::Border);
    }
    row::draw(model, revoking, now, &places, pen);
    about::draw(model, revoking, now, places.about, pen);
    below::draw(model, revoking, now, places.below, pen);
}

/// What ends in total.
fn totals(facts: &super::Facts) -> String {
    let gone = match facts.plan.gone.len() {
        0 => String::new(),
        gone => format!("{} gone already", count(gone as u64)),
    };
    let live = if facts.plan.targets.is_empty() {
        String::new()
    } else {
        describe::revoke::totals(&facts.plan, facts.at)
    };
    [live, gone].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_parts_share_the_screen_at_every_size() {
        for (width, height, grants) in (60..220)
            .flat_map(|width| (13..60).map(move |height| (width, height)))
            .flat_map(|(width, height)| [0, 1, 2, 500].map(|grants| (width, height, grants)))
        {
            let area = Rect::new(0, 2, width, height);
            let places = places(area, grants);
            let parts = [places.rows, places.about, places.below];
            for part in parts {
                assert!(area.intersection(part) == part, "{width}x{height} {grants} {places:?}");
            }
            assert!(places.about.height >= 2, "{width}x{height} {grants} {places:?}");
            assert_eq!(places.rows.height >= 2, grants >= 2, "{width}x{height} {grants} {places:?}");
            for (index, one) in parts.iter().enumerate() {
                for other in parts.iter().skip(index + 1) {
                    assert!(one.intersection(*other).is_empty(), "{width}x{height} {grants} {places:?}");
                }
                assert!(places.rules.iter().flatten().all(|y| !(one.y..one.bottom()).contains(y)));
            }
        }
    }
}
