//! More of the result under the cursor: what was found, what to do, what it was before.

use super::super::Board;
use super::place::Places;
use super::{labelled, words};
use crate::app::screens::smoke::Smoke;
use crate::app::shared::Shared;
use crate::domain::Now;
use crate::domain::smoke::sparkline;
use crate::domain::smoke::{Change, SmokeResult};
use crate::domain::words::{relative, sentence};
use crate::ui::paint::{Pen, Piece, wrapped};
use crate::ui::{Role, text};

pub(super) fn draw(
    smoke: &Smoke,
    shared: &Shared,
    board: &Board,
    now: Now,
    places: &Places,
    pen: &mut Pen<'_>,
) {
    let selected = board.selected();
    let area = places.about;
    let cells = usize::from(area.width.saturating_sub(2));
    let lines = match (selected, places.about_frame) {
        (None, _) => Vec::new(),
        (Some(result), None) => brief(shared, result, usize::from(area.height), cells),
        (Some(result), Some(_)) => full(smoke, shared, result, now, cells),
    };
    if let Some(frame) = places.about_frame {
        let title = selected.map(|result| words::whose(shared, result)).unwrap_or_default();
        let title = text::cut(&title, usize::from(frame.width.saturating_sub(6))).into_owned();
        pen.frame(frame, &[Piece::new(title, Role::Title)], &[], false);
    }
    for (y, line) in (area.y..area.bottom()).zip(lines) {
        pen.pieces(area.x + 1, y, area.width.saturating_sub(2), &line);
    }
}

/// So many lines: what was found, and what to do, of which neither pushes the other out.
fn brief(shared: &Shared, result: &SmokeResult, lines: usize, cells: usize) -> Vec<Vec<Piece>> {
    let found = labelled("Cause", &sentence(&words::reason(shared, result)), Role::Text);
    let to_do = labelled("Fix", &result.remedy(), Role::TextStrong);
    if lines < 4 {
        return vec![found, to_do];
    }
    let mut both = wrapped(&found, cells);
    both.truncate(2);
    both.extend(wrapped(&to_do, cells));
    both
}

fn full(smoke: &Smoke, shared: &Shared, result: &SmokeResult, now: Now, cells: usize) -> Vec<Vec<Piece>> {
    let verdict = format!("{} {}", result.verdict.sign(), result.verdict.word());
    let mut lines = vec![vec![Piece::new(verdict, Role::of(result.verdict))]];
    let mut put = |lines_of: Vec<Vec<Piece>>| lines.extend(lines_of);
    put(wrapped(&[Piece::new(result.verdict.meaning(), Role::TextDim)], cells));
    put(vec![Vec::new()]);
    if result.why.is_some() || !result.caveats.is_empty() {
        put(wrapped(&labelled("Cause", &sentence(&words::reason(shared, result)), Role::Text), cells));
    }
    put(wrapped(&labelled("Fix", &result.remedy(), Role::TextStrong), cells));
    put(vec![Vec::new()]);
    if let Some(before) = result.before {
        let message = format!("{} {}", before.verdict.word(), relative(before.at, now.wall));
        let change = match result.change() {
            Some(Change::Broke) => Some(Piece::new("  broke since", Role::HealthBroken)),
            Some(Change::Healed) => Some(Piece::new("  healed since", Role::HealthOk)),
            None => None,
        };
        let mut line = labelled("Before", &message, Role::Text);
        line.extend(change);
        put(vec![line]);
    }
    let spark = sparkline(smoke.known.past(result.grant));
    if spark.chars().count() > 1 {
        put(vec![labelled("Runs", &spark, Role::Text)]);
    }
    if let Some(latency) = result.latency() {
        let tries = if result.attempts > 1 { format!(", {} tries", result.attempts) } else { String::new() };
        put(vec![labelled("Took", &format!("{latency}{tries}"), Role::Text)]);
    }
    if let Some(status) = result.provider_status {
        put(vec![labelled("Answer", &format!("{status} from the provider"), Role::Text)]);
    }
    if result.resumed {
        put(vec![labelled("When", &relative(result.at, now.wall), Role::Text)]);
    }
    put(vec![Vec::new()]);
    put(wrapped(&[Piece::new(enter(result), Role::TextDim)], cells));
    lines
}

fn enter(result: &SmokeResult) -> &'static str {
    match (result.record, result.attempts) {
        (Some(_), _) => "Enter opens the call.",
        (None, 0) => "Nothing sent. Enter opens the grant.",
        (None, _) => "The call was not stored. Enter opens the grant.",
    }
}
