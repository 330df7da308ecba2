//! Where the parts of the board stand, from the size alone: a run never moves them.

use ratatui::layout::Rect;

use crate::ui::layout;

/// From this size on, summary and picture of latencies have frames of their own, and what is under the cursor stands
/// beside the results.
const WIDE: (u16, u16) = (104, 28);

/// Lines of the summary in a frame of its own.
const SUMMARY: u16 = 10;
/// Cells of the picture of latencies with its border.
const LATENCIES: u16 = 62;

/// The parts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Places {
    /// The frame around the summary; None where it shares the one of the results.
    pub(super) summary_frame: Option<Rect>,
    /// How it stands.
    pub(super) summary: Rect,
    /// The frame around the picture of latencies.
    pub(super) latencies: Option<Rect>,
    /// The frame around the results.
    pub(super) frame: Rect,
    /// The line between summary and results, where they share a frame.
    pub(super) rule: Option<u16>,
    /// The results, without the heads of their columns.
    pub(super) rows: Rect,
    /// The frame around what is under the cursor.
    pub(super) about_frame: Option<Rect>,
    /// More of what is under the cursor.
    pub(super) about: Rect,
}

/// Divides the body of the screen.
pub(super) fn places(area: Rect) -> Places {
    if area.width >= WIDE.0 && area.height >= WIDE.1 { wide(area) } else { narrow(area) }
}

fn wide(area: Rect) -> Places {
    let top = Rect { height: SUMMARY, ..area };
    let left = Rect { width: area.width - LATENCIES, ..top };
    let latencies = Rect { x: left.right(), width: LATENCIES, ..top };
    let below = Rect { y: top.bottom(), height: area.height - SUMMARY, ..area };
    let beside = (area.width * 3 / 8).clamp(44, 72);
    let frame = Rect { width: area.width - beside, ..below };
    let about_frame = Rect { x: frame.right(), width: beside, ..below };
    Places {
        summary_frame: Some(left),
        summary: layout::inside(left),
        latencies: Some(latencies),
        frame,
        rule: None,
        rows: without_heads(layout::inside(frame)),
        about_frame: Some(about_frame),
        about: layout::inside(about_frame),
    }
}

fn narrow(area: Rect) -> Places {
    let inside = layout::inside(area);
    let (summary, about) = if inside.height >= 16 { (5, 4) } else { (3, 2) };
    let part = |y: u16, height: u16| Rect { y: inside.y + y, height, ..inside };
    let rows = inside.height.saturating_sub(summary + 1 + about + 1);
    Places {
        summary_frame: None,
        summary: part(0, summary),
        latencies: None,
        frame: area,
        rule: Some(inside.y + summary),
        // The rule is the line for the heads of the columns, too.
        rows: part(summary + 1, rows),
        about_frame: None,
        about: part(summary + 1 + rows + 1, about),
    }
}

fn without_heads(inside: Rect) -> Rect {
    Rect { y: inside.y + 1, height: inside.height.saturating_sub(1), ..inside }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_parts_share_the_screen_at_every_size() {
        for width in 60..220 {
            for height in 13..60 {
                let area = Rect::new(0, 2, width, height);
                let places = places(area);
                let parts = [places.summary, places.rows, places.about];
                for part in parts {
                    assert!(
                        part.height > 0 && area.intersection(part) == part,
                        "{width}x{height} {places:?}"
                    );
                }
                assert!(places.rows.height >= 3, "{width}x{height}");
                for (index, one) in parts.iter().enumerate() {
                    for other in parts.iter().skip(index + 1) {
                        assert!(one.intersection(*other).is_empty(), "{width}x{height} {places:?}");
                    }
                }
            }
        }
    }
}
