//! Draws the board.

use std::time::Duration;

use jiff::SignedDuration;
use ratatui::layout::Rect;

use super::Board;
use crate::domain::smoke::{BOUNDS, Standing, Verdict};
use crate::domain::words::{count, length, millis};
use crate::domain::{Clean, Now};
use crate::ui::Role;
use crate::ui::paint::{Pen, Piece};

/// Lines that one notable result takes: what was found, and what to do.
const EACH: usize = 2;

impl Board {
    /// Draws it. The rows of what is notable are those around the cursor.
    pub fn draw(&self, now: Now, area: Rect, focused: bool, pen: &mut Pen<'_>) {
        let title = [Piece::new("Smoke test", Role::Title)];
        let (done, all) = self.progress();
        let note = [Piece::new(format!("{} of {}", count(done.into()), count(all.into())), Role::TextDim)];
        let inside = pen.frame(area, &title, &note, focused);
        let cells = inside.width.saturating_sub(2);
        let mut y = inside.y;
        for line in self.head(now, usize::from(cells)) {
            if y < inside.bottom() {
                pen.pieces(inside.x + 1, y, cells, &line);
            }
            y += 1;
        }
        let room = usize::from(inside.bottom().saturating_sub(y)) / EACH;
        let first = self.line().saturating_sub(room.saturating_sub(1));
        for (place, result) in self.notable.iter().enumerate().skip(first).take(room) {
            let role = role(result.verdict);
            let since = result.change().map_or("", |change| match change {
                crate::domain::smoke::Change::Broke => "broke  ",
                crate::domain::smoke::Change::Healed => "healed  ",
            });
            let head = [
                Piece::new(format!("{} {:<14}", result.verdict.sign(), result.verdict.word()), role),
                Piece::new(format!("{}  ", result.name()), Role::TextStrong),
                Piece::new(since, Role::Changed),
                Piece::new(Clean::line(&result.reason()).as_str(), Role::Text),
            ];
            pen.pieces(inside.x + 1, y, cells, &head);
            pen.text(inside.x + 3, y + 1, cells.saturating_sub(2), result.remedy(), Role::TextDim);
            if place == self.line() {
                let row = Rect::new(inside.x, y, inside.width, 1);
                pen.wash(row, if focused { Role::Cursor } else { Role::CursorIdle });
                pen.text(row.x, y, 1, "▌", if focused { Role::CursorBar } else { Role::TextDim });
            }
            y += EACH as u16;
        }
    }

    /// What stands above the rows: a bar, how fast, the counts, the picture of latencies.
    fn head(&self, now: Now, cells: usize) -> Vec<Vec<Piece>> {
        let (done, all) = self.progress();
        let filled = if all == 0 { 0 } else { cells * done as usize / all as usize };
        let mut lines = vec![vec![
            Piece::new("█".repeat(filled), Role::Brand),
            Piece::new("░".repeat(cells.saturating_sub(filled)), Role::TextDim),
        ]];
        lines.push(vec![Piece::new(self.standing(now), Role::Text)]);
        let counts = self.tally.found().flat_map(|(verdict, count)| {
            let text = format!("{} {} {count}   ", verdict.sign(), verdict.word());
            [Piece::new(text, role(verdict))]
        });
        lines.push(counts.collect());
        lines.push(vec![Piece::new(self.histogram(), Role::TextDim)]);
        lines.push(vec![Piece::new("─".repeat(cells), Role::Border)]);
        lines
    }

    /// How it goes, in a sentence.
    fn standing(&self, now: Now) -> String {
        if let Some(summary) = &self.summary {
            let took = millis(summary.elapsed);
            let end = match (&summary.stopped, summary.cancelled) {
                (Some(_), _) => "given up",
                (None, true) => "cancelled",
                (None, false) => "done",
            };
            let left =
                if summary.left > 0 { format!(", {} not tested", summary.left) } else { String::new() };
            return format!("{end} after {took}{left}: {}", self.tally.sentence());
        }
        if let Some(pause) = &self.pause {
            let left = pause.until.duration_since(now.wall);
            return format!("waiting {}", crate::domain::words::countdown(left));
        }
        let rate = self.rate(now).map(|tenths| format!(", {}.{} a second", tenths / 10, tenths % 10));
        let left = self
            .seconds_left(now)
            .map(|seconds| format!(", {} left", length(SignedDuration::from_secs(seconds.cast_signed()))));
        let fail = self.tally.standing(Standing::Failing);
        format!("{fail} fail{}{}", rate.unwrap_or_default(), left.unwrap_or_default())
    }

    /// How many answers took how long: "≤50 ms 3  ≤100 ms 12".
    fn histogram(&self) -> String {
        let bound = |class: usize| match BOUNDS.get(class) {
            Some(bound) => format!("≤{}", millis(Duration::from_millis(*bound))),
            None => "more".to_owned(),
        };
        let classes = self.tally.latencies().into_iter().enumerate().filter(|(_, count)| *count > 0);
        let parts: Vec<String> = classes.map(|(class, count)| format!("{} {count}", bound(class))).collect();
        if parts.is_empty() {
            "no answer yet".to_owned()
        } else {
            format!("answers in {}", parts.join("   "))
        }
    }
}

fn role(verdict: Verdict) -> Role {
    match (verdict, verdict.standing()) {
        (Verdict::WorksBut, _) => Role::HealthSoon,
        (_, Standing::Fine) => Role::HealthOk,
        (_, Standing::Failing) => Role::HealthBroken,
        (_, Standing::Untold) => Role::HealthUnknown,
    }
}
