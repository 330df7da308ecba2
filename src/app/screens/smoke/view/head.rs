//! How a run stands: how far, how fast, how many of each verdict, and how long answers took.

use std::time::Duration;

use ratatui::layout::Rect;

use super::super::Board;
use super::place::Places;
use super::words;
use crate::domain::Now;
use crate::domain::smoke::{BOUNDS, Verdict};
use crate::domain::words::{count, millis};
use crate::ui::paint::{Pen, Piece, plain};
use crate::ui::{Role, layout, text};

/// Cells of one verdict's count, where they stand in columns.
const COUNT: usize = 23;
/// Cells of "… 9 more" with a gap.
const MORE: usize = 12;

pub(super) fn draw(board: &Board, privacy: bool, now: Now, places: &Places, pen: &mut Pen<'_>) {
    let title = |text: &str| [Piece::new(text, Role::Title)];
    if let Some(frame) = places.summary_frame {
        pen.frame(frame, &title("Progress"), &[], false);
    }
    let (broken, all) = (words_of_results(board), board.found.len() as u64 + u64::from(board.unlisted));
    let note = if all == 0 { String::new() } else { format!("{} results", count(all)) };
    pen.frame(places.frame, &title(broken), &[Piece::new(note, Role::TextDim)], true);
    let inside = places.summary;
    let (x, cells) = (inside.x + 1, inside.width.saturating_sub(2));
    let mut y = inside.y;
    let mut line = |pieces: &[Piece], pen: &mut Pen<'_>| {
        if y < inside.bottom() {
            pen.pieces(x, y, cells, pieces);
        }
        y += 1;
    };
    let pieces = |parts: Vec<(String, Role)>| -> Vec<Piece> {
        parts.into_iter().map(|(text, role)| Piece::new(text, role)).collect()
    };
    line(&bar(board, usize::from(cells)), pen);
    let glance = pieces(words::glance(&board.tally));
    let (message, role) = words::standing(board, privacy, now);
    let standing = [Piece::new(text::cut(&message, usize::from(cells)).into_owned(), role)];
    let since = words::since(&board.tally).map(pieces);
    if places.summary_frame.is_some() {
        let mut message = vec![&glance[..], &standing, since.as_deref().unwrap_or_default()];
        // What there is stands together; what follows does not move.
        message.sort_by_key(|pieces| plain(pieces).is_empty());
        let counts = counts(board, usize::from(cells), 4, true);
        for pieces in message.into_iter().chain(counts.iter().map(Vec::as_slice)) {
            line(pieces, pen);
        }
    } else if inside.height >= 5 {
        let latencies = [Piece::new(latency_words(board), Role::TextDim)];
        line(&glance, pen);
        line(if message.is_empty() { &latencies } else { &standing }, pen);
        let counts = counts(board, usize::from(cells), 1, false);
        line(&counts.into_iter().next().unwrap_or_default(), pen);
        line(
            if message.is_empty() {
                since.as_deref().unwrap_or_default()
            } else {
                since.as_deref().unwrap_or(&latencies)
            },
            pen,
        );
    } else {
        // Of two, what is news: how it goes while it goes on, then what it came to.
        line(if board.is_running() || glance.is_empty() { &standing } else { &glance }, pen);
        for pieces in &counts(board, usize::from(cells), 1, false) {
            line(pieces, pen);
        }
    }
    if let Some(area) = places.latencies {
        latencies(board, area, pen);
    }
    if let Some(y) = places.rule {
        pen.text(inside.x, y, inside.width, &"─".repeat(usize::from(inside.width)), Role::Border);
        let below = places.about.y.saturating_sub(1);
        pen.text(inside.x, below, inside.width, &"─".repeat(usize::from(inside.width)), Role::Border);
    }
}

fn words_of_results(board: &Board) -> &'static str {
    if board.found.is_empty() { "Results" } else { "Results · failures first" }
}

/// The bar: what is done of the whole, and the numbers.
fn bar(board: &Board, cells: usize) -> Vec<Piece> {
    let (done, all) = board.progress();
    let message = format!("  {} of {}", count(done.into()), count(all.into()));
    let message = if all == 0 { String::new() } else { message };
    // As wide as the numbers will become, so that the bar does not shrink.
    let widest = text::width(&message).max(2 + 2 * count(all.into()).len() + 4);
    let width = cells.saturating_sub(widest);
    let filled = if all == 0 { 0 } else { width * done as usize / all as usize };
    vec![
        Piece::new("█".repeat(filled), Role::Brand),
        Piece::new("░".repeat(width.saturating_sub(filled)), Role::TextDim),
        Piece::new(format!("{message:>widest$}"), Role::TextStrong),
    ]
}

/// How many of each verdict, what is broken first: in columns where `aligned`, else one behind the other.
fn counts(board: &Board, cells: usize, lines: usize, aligned: bool) -> Vec<Vec<Piece>> {
    let all: Vec<(Verdict, u32)> = board.tally.found().collect();
    let mut out: Vec<Vec<Piece>> = Vec::new();
    // Where the next count begins, and where the last one ended.
    let (mut next, mut end) = (cells, cells);
    for (place, (verdict, number)) in all.iter().enumerate() {
        let message = format!("{} {} {}", verdict.sign(), verdict.word(), count((*number).into()));
        let width = text::width(&message);
        // Where no further line follows, what comes behind must be told of.
        let rest = if out.len() == lines && place + 1 < all.len() { MORE } else { 0 };
        if next + width + rest > cells {
            if out.len() == lines {
                let more = format!("   … {} more", all.len() - place);
                out.last_mut()
                    .into_iter()
                    .for_each(|line| line.push(Piece::new(more.clone(), Role::TextDim)));
                break;
            }
            out.push(Vec::new());
            (next, end) = (0, 0);
        }
        let blanks = next - end;
        end = next + width;
        next = if aligned { next + COUNT.max(width + 2) } else { end + 3 };
        if let Some(line) = out.last_mut() {
            line.push(Piece::new(format!("{}{message}", " ".repeat(blanks)), Role::of(*verdict)));
        }
    }
    out
}

/// How many answers took how long, in one line: "answers within 50 ms 3 · 100 ms 12 · longer 1".
fn latency_words(board: &Board) -> String {
    let classes = board.tally.latencies().into_iter().enumerate().filter(|(_, number)| *number > 0);
    let parts: Vec<String> = classes
        .map(|(class, number)| match BOUNDS.get(class) {
            Some(bound) => format!("{} {}", millis(Duration::from_millis(*bound)), count(number.into())),
            None => format!("longer {}", count(number.into())),
        })
        .collect();
    if parts.is_empty() { String::new() } else { format!("answers within {}", parts.join(" · ")) }
}

/// The picture of latencies: a column for each class.
fn latencies(board: &Board, area: Rect, pen: &mut Pen<'_>) {
    const BARS: [&str; 9] = [" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"];
    let counts = board.tally.latencies();
    let answers: u32 = counts.iter().sum();
    let note = if answers == 0 { String::new() } else { format!("{} answers", count(answers.into())) };
    let title = [Piece::new("Response times in ms", Role::Title)];
    let inside = layout::inside(area);
    pen.frame(area, &title, &[Piece::new(note, Role::TextDim)], false);
    let highest = counts.iter().copied().max().unwrap_or_default().max(1);
    let each = (inside.width.saturating_sub(2)) / counts.len() as u16;
    let top = inside.y + 1;
    let bottom = inside.bottom().saturating_sub(1);
    let tall = u32::from(bottom.saturating_sub(top)) * 8;
    for (class, number) in counts.into_iter().enumerate() {
        let x = inside.x + 1 + class as u16 * each;
        let bound = BOUNDS.get(class).map_or_else(|| "more".to_owned(), |bound| label(*bound));
        pen.text(x, bottom, each, &format!("{bound:>5}"), Role::TextDim);
        if number == 0 {
            continue;
        }
        let steps = (u64::from(number) * u64::from(tall)).div_ceil(u64::from(highest)) as u32;
        for line in 0..bottom.saturating_sub(top) {
            let filled = steps.saturating_sub(u32::from(line) * 8).min(8) as usize;
            let bar = BARS.get(filled).copied().unwrap_or("█").repeat(4);
            pen.text(x + 1, bottom - 1 - line, 4, &bar, Role::Brand);
        }
        let over = bottom.saturating_sub(1 + (steps.div_ceil(8)) as u16);
        pen.text(x, over, each, &format!("{:>5}", count(number.into())), Role::TextStrong);
    }
}

fn label(bound: u64) -> String {
    if bound < 1_000 { bound.to_string() } else { format!("{} s", bound / 1_000) }
}
