//! Draws the list: chips, heads, visible rows, and what to say when there are none.

mod cell;
mod chips;
pub(crate) mod columns;
mod empty;
mod search;

use ratatui::layout::Rect;

pub(crate) use chips::{draw as draw_chips, spots};
pub(crate) use empty::explained;
pub(crate) use search::{search_cursor, search_line};

use super::walk::Purpose;
use super::{ChangeMark, Focus, Grants, PATIENCE, WalkPhase};
use crate::app::screens::smoke;
use crate::app::shared::Shared;
use crate::app::{Model, private};
use crate::domain::column::Order;
use crate::domain::{Clean, Column, Now, ServerFilter, words};
use crate::search::highlight::Highlighter;
use crate::ui::paint::{Pen, Piece};
use crate::ui::{Role, layout, text};

/// Cells before the first column: cursor bar, mark, change mark.
pub(crate) const GUTTER: u16 = 3;

/// Draws the list with its border.
pub(crate) fn draw(model: &Model, now: Now, area: Rect, pen: &mut Pen<'_>) {
    let grants = &model.grants;
    let focused = model.focus == Focus::List || !model.shared.detail_is_beside();
    let height = model.shared.list_height();
    let note = position(grants, height, now);
    let note_width = text::width(&note) as u16;
    let title_room = area.width.saturating_sub(note_width + 8);
    let inside = pen.frame(
        area,
        &title(&model.grants, &model.shared, title_room),
        &[Piece::new(note, Role::TextDim)],
        focused,
    );
    if grants.shown() == 0 {
        empty::draw(&model.grants, &model.shared, now, inside, pen);
        return;
    }
    let columns = laid_out(model, inside);
    heads(grants, inside, &columns, pen);
    let mut highlighter = Highlighter::new(&grants.found_query);
    for line in 0..height {
        let place = grants.offset + line;
        let Some(grant) = grants.at(place) else { break };
        let row = Rect::new(inside.x, inside.y + 1 + line as u16, inside.width, 1);
        let depth = grants.found.depth.get(place).copied().unwrap_or(0);
        let lit = cell::light(&model.grants, &model.shared, grant, &mut highlighter);
        draw_row(&cell::Row { model, now, grant, depth, lit }, row, &columns, pen);
        if place == grants.place {
            pen.wash(row, if focused { Role::Cursor } else { Role::CursorIdle });
            pen.text(row.x, row.y, 1, "▌", Role::CursorBar);
        }
    }
    pen.scroll_bar(area, grants.offset, height, grants.shown());
}

/// The columns that have something to tell: TEST takes no room before anything was tested.
fn laid_out(model: &Model, inside: Rect) -> Vec<columns::Laid> {
    let is_useful = |column: &Column| *column != Column::Test || smoke::is_anything_tested(&model.smoke);
    let columns: Vec<Column> = model.grants.columns.iter().copied().filter(is_useful).collect();
    columns::lay_out(&columns, inside.width.saturating_sub(GUTTER + 1))
}

fn heads(grants: &Grants, inside: Rect, columns: &[columns::Laid], pen: &mut Pen<'_>) {
    for column in columns {
        let facts = column.column.facts();
        let arrow = match grants.order {
            Order::By { column: by, descending } if by == column.column => {
                if descending {
                    "▼"
                } else {
                    "▲"
                }
            }
            Order::AsSent | Order::By { .. } => "",
        };
        let head = format!("{}{arrow}", facts.title);
        let x = inside.x + GUTTER + column.x;
        if facts.right {
            pen.text_right(x + column.width, inside.y, column.width, &head, Role::Head);
        } else {
            pen.text(x, inside.y, column.width, &head, Role::Head);
        }
    }
}

fn draw_row(row: &cell::Row<'_>, area: Rect, columns: &[columns::Laid], pen: &mut Pen<'_>) {
    let grants = &row.model.grants;
    if grants.marks.contains(&row.grant.row) {
        pen.text(area.x + 1, area.y, 1, "◆", Role::Mark);
    }
    let change = grants.changes.get(&row.grant.row);
    let (sign, role) = match change {
        Some(ChangeMark::New) => ("+", Role::New),
        Some(ChangeMark::Changed) => ("~", Role::Changed),
        Some(ChangeMark::Gone) => ("-", Role::Gone),
        None if !row.grant.oddities().is_empty() => ("!", Role::Odd),
        None => ("", Role::Text),
    };
    pen.text(area.x + 2, area.y, 1, sign, role);
    for column in columns {
        row.draw(*column, area.x + GUTTER + column.x, area.y, pen);
    }
    if change == Some(&ChangeMark::Gone) {
        pen.wash(area, Role::Gone);
    }
}

/// "Grants", and what narrows them.
fn title(grants: &Grants, shared: &Shared, room: u16) -> Vec<Piece> {
    let mut narrowed: Vec<String> = grants
        .filters
        .active()
        .map(|(choice, value)| match choice {
            super::Choice::Account => private::account(shared, value),
            super::Choice::Label => private::name(shared, value),
            super::Choice::Provider => private::provider(shared, value),
            super::Choice::Health => value.replace('_', " "),
            super::Choice::Status | super::Choice::Kind => Clean::brief(value).to_string(),
        })
        .collect();
    if grants.only_marked {
        narrowed.push("marked".to_owned());
    }
    if !grants.query.text.trim().is_empty() && !grants.typing {
        let typed = if shared.privacy {
            "search".to_owned()
        } else {
            format!("“{}”", Clean::brief(grants.query.text.trim()))
        };
        narrowed.push(typed);
    }
    if grants.order == Order::AsSent && grants.query.ranks() && !grants.tree {
        narrowed.push("best match first".to_owned());
    }
    if let Order::By { column, descending } = grants.order
        && !grants.columns.contains(&column)
    {
        // A column that is shown says it itself.
        narrowed.push(format!("by {} {}", column.name(), if descending { "▼" } else { "▲" }));
    }
    if grants.tree {
        narrowed.push("tree".to_owned());
    }
    if grants.watch.is_some() {
        narrowed.push("watching".to_owned());
    }
    let mut pieces = vec![Piece::new("Grants", Role::Title)];
    if !narrowed.is_empty() {
        let list = format!(" · {}", narrowed.join(" · "));
        pieces.push(Piece::new(
            text::cut(&list, usize::from(room.saturating_sub(7))).into_owned(),
            Role::TextStrong,
        ));
    }
    pieces
}

/// Where the window stands, and how much of the whole is here: a part never passes for the whole.
pub(crate) fn position(grants: &Grants, height: usize, now: Now) -> String {
    let (shown, loaded) = (grants.shown(), grants.rows.len());
    if loaded == 0 {
        return String::new();
    }
    let count = |number: usize| words::count(number as u64);
    let window = if shown == 0 {
        "0".to_owned()
    } else {
        format!("{}–{}", count(grants.offset + 1), count((grants.offset + height.max(1)).min(shown)))
    };
    let filter = &grants.filters.server;
    let has_all = grants.walk.has_all(filter);
    let state = state_of(grants, now);
    if grants.is_narrowed_here() || !filter.is_empty() && has_all {
        let window = if shown == 0 { "none".to_owned() } else { format!("{window} of {}", count(shown)) };
        let whole = whole(grants).filter(|_| has_all);
        let out_of = whole.map_or_else(|| format!("{} loaded", count(loaded)), words::count);
        return format!("{window} in {out_of}{state}");
    }
    let total = grants.walk.total(filter).unwrap_or(0).max(shown as u64);
    if has_all || (shown as u64 >= total && grants.walk.total(filter).is_some()) {
        return format!("{window} of {}{state}", words::count(if has_all { shown as u64 } else { total }));
    }
    match grants.walk.total(filter) {
        Some(_) => format!("{window} of {}, {} loaded{state}", words::count(total), count(shown)),
        None => format!("{window} of {} loaded{state}", count(shown)),
    }
}

/// How many grants there are without any filter, where that is known.
fn whole(grants: &Grants) -> Option<u64> {
    let everything = ServerFilter::default();
    let loaded = grants.rows.len() as u64;
    if grants.walk.has_all(&everything) {
        return Some(loaded);
    }
    grants.walk.total(&everything).map(|total| total.max(loaded))
}

/// What loading is doing, where that is worth a word; begins with a comma.
fn state_of(grants: &Grants, now: Now) -> String {
    let walk = &grants.walk;
    let filter = &grants.filters.server;
    let has_all = walk.has_all(filter);
    match &walk.phase {
        WalkPhase::Loading { since } if now.millis.saturating_sub(*since) >= PATIENCE => {
            format!(", no answer for {} s", (now.millis - since) / 1_000)
        }
        WalkPhase::Waiting { until, .. } => {
            format!(", trying again in {} s", until.saturating_sub(now.millis).div_ceil(1_000))
        }
        WalkPhase::Loading { .. } if walk.purpose == Purpose::Refresh => ", refreshing".to_owned(),
        WalkPhase::Loading { .. } if !has_all => ", loading".to_owned(),
        WalkPhase::Failed(_) => if has_all { ", not refreshed" } else { ", interrupted" }.to_owned(),
        _ if walk.fell_short(filter) => ", incomplete".to_owned(),
        WalkPhase::Stopped if !has_all => ", stopped".to_owned(),
        WalkPhase::Idle | WalkPhase::Loading { .. } | WalkPhase::Done | WalkPhase::Stopped => String::new(),
    }
}

/// Which columns of the list are at a place on the screen; for the mouse.
pub(crate) fn column_at(model: &Model, x: u16) -> Option<Column> {
    let inside = layout::inside(model.shared.areas()?.list);
    let columns = laid_out(model, inside);
    let x = x.checked_sub(inside.x + GUTTER)?;
    columns.iter().find(|column| (column.x..column.x + column.width).contains(&x)).map(|column| column.column)
}
