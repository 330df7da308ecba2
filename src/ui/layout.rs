//! Computes the layout from the terminal size. Pure: update and view use the same functions, so mouse clicks
//! hit what is visible, and a page is what is visible.

use ratatui::layout::Rect;

use crate::domain::{Side, Split};

/// The smallest supported terminal; a smaller one shows a message instead.
pub const MINIMUM: (u16, u16) = (60, 16);

/// Minimum width for list and detail pane side by side.
const SIDE_BY_SIDE: u16 = 104;
/// Minimum height for list and detail pane stacked.
const STACKED: u16 = 28;
/// Minimum width and height of list and detail pane if both are shown.
const MIN_PANE: (u16, u16) = (40, 7);

/// The areas of the main screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Areas {
    /// Program, session and budget: one line.
    pub header: Rect,
    /// Provider chips: one line.
    pub chips: Rect,
    /// The list of grants with its border.
    pub list: Rect,
    /// The detail pane with its border, if shown beside or below the list.
    pub detail: Option<Rect>,
    /// Key hints, or the search input: one line.
    pub footer: Rect,
}

/// What fills the middle.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Middle {
    /// The list, and the detail pane if there is room.
    Split(Split),
    /// A single pane.
    Whole,
}

/// Divides the terminal. Returns `None` if it is too small.
pub fn areas(width: u16, height: u16, middle: Middle) -> Option<Areas> {
    if width < MINIMUM.0 || height < MINIMUM.1 {
        return None;
    }
    let line = |y: u16| Rect::new(0, y, width, 1);
    let body = Rect::new(0, 2, width, height - 3);
    let (list, detail) = match middle {
        Middle::Split(split) => divided(body, split, side(width, height, split.side)),
        Middle::Whole => (body, None),
    };
    Some(Areas { header: line(0), chips: line(1), list, detail, footer: line(height - 1) })
}

/// The position of the detail pane in a terminal of this size: as requested if there is room, otherwise where
/// there is.
pub fn side(width: u16, height: u16, wished: Side) -> Side {
    match (wished, width >= SIDE_BY_SIDE, height >= STACKED) {
        (Side::Hidden, ..) | (_, false, false) => Side::Hidden,
        (Side::Below, _, true) | (_, false, true) => Side::Below,
        (_, true, _) => Side::Right,
    }
}

/// Divides the body between list and detail pane.
fn divided(body: Rect, split: Split, side: Side) -> (Rect, Option<Rect>) {
    let part = |whole: u16| split.list.map(|list| (u32::from(whole) * u32::from(list) / 100) as u16);
    match side {
        Side::Right | Side::Usual => {
            let usual = body.width - (body.width * 3 / 8).clamp(44, 90);
            let left = part(body.width).map_or(usual, |list| list.clamp(MIN_PANE.0, body.width - MIN_PANE.0));
            let right = Rect { x: left, width: body.width - left, ..body };
            (Rect { width: left, ..body }, Some(right))
        }
        Side::Below => {
            let usual = body.height - (body.height * 2 / 5).max(11);
            let above =
                part(body.height).map_or(usual, |list| list.clamp(MIN_PANE.1, body.height - MIN_PANE.1));
            let below = Rect { y: body.y + above, height: body.height - above, ..body };
            (Rect { height: above, ..body }, Some(below))
        }
        Side::Hidden => (body, None),
    }
}

/// The areas of a screen with two equal panes, such as request and response.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Panes {
    /// Program, session and budget: one line.
    pub header: Rect,
    /// The title: one line.
    pub title: Rect,
    /// The first pane with its border; `None` if only the second has room.
    pub first: Option<Rect>,
    /// The second pane with its border; `None` if only the first has room.
    pub second: Option<Rect>,
    /// Key hints: one line.
    pub footer: Rect,
}

/// Which of two panes is shown if there is only room for one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Front {
    /// The first.
    #[default]
    First,
    /// The second.
    Second,
}

/// Divides the terminal into two panes: side by side, stacked, or only the front one. Returns `None` if it is
/// too small.
pub fn panes(width: u16, height: u16, front: Front) -> Option<Panes> {
    let whole = areas(width, height, Middle::Whole)?;
    let body = whole.list;
    let (first, second) = if width >= SIDE_BY_SIDE {
        let left = (width * 2 / 5).clamp(46, 84);
        let second = Rect { x: left, width: width - left, ..body };
        (Some(Rect { width: left, ..body }), Some(second))
    } else if height >= STACKED {
        let above = (body.height * 2 / 5).max(11);
        let second = Rect { y: body.y + above, height: body.height - above, ..body };
        (Some(Rect { height: above, ..body }), Some(second))
    } else {
        match front {
            Front::First => (Some(body), None),
            Front::Second => (None, Some(body)),
        }
    };
    Some(Panes { header: whole.header, title: whole.chips, first, second, footer: whole.footer })
}

/// The area inside a border.
pub fn inside(area: Rect) -> Rect {
    Rect {
        x: area.x.saturating_add(1),
        y: area.y.saturating_add(1),
        width: area.width.saturating_sub(2),
        height: area.height.saturating_sub(2),
    }
}

/// A box in the middle of the terminal, as large as wanted if there is room.
pub fn centered(width: u16, height: u16, wanted: (u16, u16)) -> Rect {
    let (w, h) = (wanted.0.min(width.saturating_sub(2)), wanted.1.min(height.saturating_sub(2)));
    Rect::new((width - w) / 2, (height - h) / 2, w, h)
}

/// Lines that stay visible around a cursor that moves line by line.
pub const CONTEXT: usize = 2;

/// Keeps `cursor` inside a window of `height` lines over `len` items, with `context` lines around it if there
/// is room, and never scrolls past the end. Returns the new offset.
pub fn scroll_to(offset: usize, cursor: usize, height: usize, len: usize, context: usize) -> usize {
    if height == 0 || len <= height {
        return 0;
    }
    let context = context.min(height.saturating_sub(1) / 2);
    let lowest = (cursor + context + 1).saturating_sub(height);
    let highest = cursor.saturating_sub(context);
    offset.clamp(lowest, highest.max(lowest)).min(len - height)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn each_size_has_its_layout() {
        let cases = [
            ((200, 50), true, "side by side"),
            ((120, 36), true, "side by side"),
            ((80, 40), true, "stacked"),
            ((80, 24), false, "one at a time"),
            ((60, 16), false, "one at a time"),
        ];
        for ((width, height), has_detail, name) in cases {
            let areas = areas(width, height, Middle::Split(Split::default())).unwrap();
            assert_eq!(areas.detail.is_some(), has_detail, "{name}");
        }
        assert_eq!(areas(59, 16, Middle::Split(Split::default())), None);
        assert_eq!(areas(60, 15, Middle::Whole), None);
    }

    proptest! {
        #[test]
        fn areas_cover_the_terminal_once(width in 0u16..300, height in 0u16..120, side in 0usize..4, list in proptest::option::of(0u8..=100)) {
            let side = [Side::Usual, Side::Right, Side::Below, Side::Hidden][side];
            let Some(areas) = areas(width, height, Middle::Split(Split { side, list })) else {
                prop_assert!(width < MINIMUM.0 || height < MINIMUM.1);
                return Ok(());
            };
            let all = [Some(areas.header), Some(areas.chips), Some(areas.list), areas.detail, Some(areas.footer)];
            let cells: u32 = all.iter().flatten().map(|area| u32::from(area.width) * u32::from(area.height)).sum();
            prop_assert_eq!(cells, u32::from(width) * u32::from(height));
            prop_assert!(areas.list.height >= 4 && areas.list.width >= 40);
        }

        #[test]
        fn panes_cover_the_terminal_once(width in 60u16..300, height in 16u16..120, second in any::<bool>()) {
            let front = if second { Front::Second } else { Front::First };
            let panes = panes(width, height, front).unwrap();
            let all = [Some(panes.header), Some(panes.title), panes.first, panes.second, Some(panes.footer)];
            let cells: u32 = all.iter().flatten().map(|area| u32::from(area.width) * u32::from(area.height)).sum();
            prop_assert_eq!(cells, u32::from(width) * u32::from(height));
            prop_assert!([panes.first, panes.second].iter().flatten().all(|pane| pane.width >= 46 && pane.height >= 10));
        }

        #[test]
        fn the_cursor_stays_in_the_window(offset in 0usize..500, cursor in 0usize..500, height in 1usize..60, len in 1usize..500, context in 0usize..4) {
            let cursor = cursor.min(len - 1);
            let offset = scroll_to(offset, cursor, height, len, context);
            prop_assert!(offset <= cursor && cursor < offset + height);
            prop_assert!(offset + height <= len || offset == 0);
        }
    }
}
