//! Draws the screen of a call: the line that says with whose grant, and the two panes.

use ratatui::layout::Rect;

use super::life::{Life, Waiting};
use super::offer::approval_link;
use super::{Call, approval, panes};
use crate::app::screens::grants::Grants;
use crate::app::screens::{composer, history, response};
use crate::app::shared::Shared;
use crate::app::{Model, private};
use crate::domain::{Health, Now, words};
use crate::ui::Role;
use crate::ui::layout::{Front, inside};
use crate::ui::paint::{Pen, Piece, wrapped};

/// Seconds after which waiting is said to be long.
const LONG: u64 = 5;

/// With whose grant the call is made: the line below the header.
pub(super) fn draw_title(
    current: Option<&Call>,
    grants: &Grants,
    shared: &Shared,
    now: Now,
    area: Rect,
    pen: &mut Pen<'_>,
) {
    let Some(call) = current else { return };
    let health = Health::of(&call.grant, now.wall);
    let mut pieces = vec![
        Piece::new(private::provider(shared, &call.grant.provider), Role::TextStrong),
        Piece::new(" · ", Role::TextDim),
        Piece::new(private::account(shared, call.grant.account()), Role::Text),
        Piece::new("   ", Role::Text),
    ];
    if history::grant_is_known(grants, call) {
        pieces.push(Piece::new(format!("{} {}", health.sign(), health.word()), Role::of(health)));
    } else {
        pieces.push(Piece::new("○ not in the list", Role::HealthEnded));
    }
    if let Some(past) = &call.past {
        pieces.push(Piece::new(format!("   {}", history::when(past, now)), Role::TextDim));
    }
    pen.pieces(area.x + 1, area.y, area.width.saturating_sub(2), &pieces);
}

/// Draws both panes, or the front one.
pub(super) fn draw(model: &Model, now: Now, pen: &mut Pen<'_>) {
    let (Some(call), Some(panes)) = (&model.call, panes(model.call.as_ref(), &model.shared)) else { return };
    if let Some(area) = panes.first {
        composer::draw(call, &model.shared, area, pen);
    }
    let Some(area) = panes.second else { return };
    match &call.life {
        Life::Sending { since, left, draft } => {
            let seconds = now.millis.saturating_sub(*since) / 1_000;
            let write = draft.is_write();
            sending(call, seconds, *left, write, area, pen);
        }
        Life::Waiting(waiting) => held(call, &model.shared, waiting, now, area, pen),
        Life::Building | Life::Ended => response::draw(model, call, now, area, pen),
    }
    let pane = usize::from(inside(area).width.saturating_sub(2));
    let window = model.shared.size.0.saturating_sub(2);
    let link = approval_link(call).filter(|_| !model.shared.privacy);
    if let Some(line) = link.and_then(|link| approval::whole_link(&link, pane, window.into())) {
        pen.pieces(1, area.bottom().saturating_sub(1), window, &line);
    }
}

fn sending(call: &Call, seconds: u64, left: bool, write: bool, area: Rect, pen: &mut Pen<'_>) {
    let inside = frame(call, "sending", area, pen);
    let who = match call.mode() {
        crate::domain::Mode::Proxy => "Alter calls the provider.",
        crate::domain::Mode::Retrieve => {
            "This machine calls the provider, with a credential for this one call."
        }
    };
    let message = if left { "Sent; waiting for the answer." } else { "Not sent yet." };
    let waited = if seconds == 0 { String::new() } else { format!("  {seconds} s") };
    let mut lines = vec![
        vec![
            Piece::new("◌ ", Role::HealthSoon),
            Piece::new(message, Role::TextStrong),
            Piece::new(waited, Role::TextDim),
        ],
        vec![Piece::new(who, Role::TextDim)],
    ];
    if let Some((received, total)) = call.response.arriving() {
        let of = total.map_or_else(String::new, |total| format!(" of {}", words::bytes(total)));
        lines.push(vec![Piece::new(format!("{}{of} received.", words::bytes(received)), Role::Text)]);
    }
    if seconds >= LONG {
        let meaning = if !left {
            "nothing was sent yet"
        } else if write {
            "it may still be executed"
        } else {
            "a read changes nothing"
        };
        lines.push(Vec::new());
        lines.push(vec![Piece::new(format!("Esc cancels; {meaning}."), Role::TextDim)]);
    }
    write_lines(&lines, inside, pen);
}

fn held(call: &Call, shared: &Shared, waiting: &Waiting, now: Now, area: Rect, pen: &mut Pen<'_>) {
    let inside = frame(call, "held", area, pen);
    let cells = usize::from(inside.width.saturating_sub(2));
    write_lines(&approval::lines(shared, waiting, now, cells), inside, pen);
}

fn frame(call: &Call, note: &str, area: Rect, pen: &mut Pen<'_>) -> Rect {
    let title = [Piece::new("Response", Role::Title)];
    pen.frame(area, &title, &[Piece::new(note, Role::TextDim)], call.front == Front::Second);
    inside(area)
}

fn write_lines(lines: &[Vec<Piece>], inside: Rect, pen: &mut Pen<'_>) {
    let cells = inside.width.saturating_sub(2);
    let mut y = inside.y;
    for line in lines {
        for line in wrapped(line, approval::room_for(line, cells.into())) {
            if y >= inside.bottom() {
                return;
            }
            pen.pieces(inside.x + 1, y, cells + 1, &line);
            y += 1;
        }
    }
}
