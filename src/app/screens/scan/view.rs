//! Draws a scan: how far it is, what it found, and more of what is under the cursor.

use ratatui::layout::{Position, Rect};

use super::{Scan, ScanState, shown};
use crate::app::private::{self, HIDDEN};
use crate::app::shared::Shared;
use crate::domain::scan::{Finding, Known, LARGEST, Standing};
use crate::domain::{Clean, GrantId, Now, words};
use crate::ui::paint::{Pen, Piece};
use crate::ui::{Role, layout, text};

/// Lines about the finding under the cursor, with the rule above them.
const BELOW: u16 = 4;

/// What stands before the path, and before the path that is typed.
const HEAD: &str = "Ids in ";
const PROMPT: &str = "File or folder to scan: ";

/// Findings that are visible at once.
pub(super) fn height(shared: &Shared) -> usize {
    shared.areas().map_or(0, |areas| usize::from(list(layout::inside(areas.list)).height))
}

fn list(inside: Rect) -> Rect {
    Rect { height: inside.height.saturating_sub(BELOW), ..inside }
}

/// The path, and how far the scan is: the line below the header.
pub(super) fn draw_title(scan: &Scan, now: Now, area: Rect, pen: &mut Pen<'_>) {
    let head = if scan.editing.is_some() { PROMPT } else { HEAD };
    let x = pen.text(area.x + 1, area.y, area.width, head, Role::TextDim);
    let path = Clean::line(scan.path.value());
    let right = area.right().saturating_sub(1);
    if scan.editing.is_some() {
        let line = Rect::new(x, area.y, right.saturating_sub(x), 1);
        pen.wash(line, Role::Input);
        pen.text(x, area.y, line.width, path.as_str(), Role::Input);
        return;
    }
    let message = progress(scan, now);
    let from = pen.text_right(right, area.y, area.width / 2, &message, Role::TextDim);
    let path = if path.as_str() == "." { "this folder" } else { path.as_str() };
    pen.text(x, area.y, from.saturating_sub(x + 1), path, Role::TextStrong);
}

fn progress(scan: &Scan, now: Now) -> String {
    let counts = &scan.counts;
    let plural = if counts.files == 1 { "" } else { "s" };
    let files = format!("{} file{plural}, {}", words::count(counts.files), words::bytes(counts.bytes));
    // Of a moment no speed can be told.
    let speed = |millis: u64| match counts.files.saturating_mul(1_000).checked_div(millis) {
        Some(speed) if millis >= 1_000 => format!(", {} files/s", words::count(speed)),
        _ => String::new(),
    };
    match scan.state {
        ScanState::Asking => String::new(),
        ScanState::Running { since } => format!("{files}{} …", speed(now.millis.saturating_sub(since))),
        ScanState::Done { took } => format!("{files}{}", speed(took)),
        ScanState::Stopped => format!("stopped after {files}"),
    }
}

/// Draws what was found.
pub(super) fn draw(scan: &Scan, shared: &Shared, area: Rect, pen: &mut Pen<'_>) {
    let tally: Vec<String> = scan
        .tally()
        .into_iter()
        .map(|(standing, count)| format!("{} {standing}", words::count(count as u64)))
        .collect();
    let more =
        if scan.more > 0 { format!(", {} more not shown", words::count(scan.more)) } else { String::new() };
    let title = [Piece::new("Grant ids", Role::Title)];
    let note = [Piece::new(format!("{}{more}", tally.join(", ")), Role::TextDim)];
    let inside = pen.frame(area, &title, &note, true);
    if scan.findings.is_empty() {
        nothing(scan, inside, pen);
        return;
    }
    let rows = list(inside);
    let height = usize::from(rows.height);
    let visible = scan.findings.iter().enumerate().skip(scan.offset).take(height);
    let places: Vec<String> = visible.clone().map(|(_, finding)| place(finding)).collect();
    let widest = places.iter().map(|place| text::width(place)).max().unwrap_or(0);
    let widest = widest.min(usize::from(rows.width) * 2 / 5);
    for ((y, (index, finding)), place) in (rows.y..).zip(visible).zip(&places) {
        let row = Rect::new(rows.x, y, rows.width, 1);
        let end = row.right().saturating_sub(1);
        let standing = format!("{} {:<10}", finding.standing.sign(), finding.standing.name());
        let x = pen.text(row.x + 2, y, row.width, &standing, role_of(finding.standing)) + 2;
        // The end of a path says more than its beginning.
        let skipped = text::width(place).saturating_sub(widest);
        let shown =
            if skipped > 0 { format!("…{}", text::skip(place, skipped + 1)) } else { place.clone() };
        pen.text(x, y, end.saturating_sub(x), &shown, Role::Text);
        let x = x + widest as u16 + 2;
        pen.text(x, y, end.saturating_sub(x), &whose(shared, finding), Role::TextStrong);
        if index == scan.cursor {
            pen.wash(row, Role::Cursor);
            pen.text(row.x, y, 1, "▌", Role::CursorBar);
        }
    }
    let bar = Rect { height: rows.height + 2, ..area };
    pen.scroll_bar(bar, scan.offset, height, scan.findings.len());
    about(scan, shared, inside, pen);
}

fn place(finding: &Finding) -> String {
    format!("{}:{}", shown(&finding.path), finding.line)
}

fn role_of(standing: Standing) -> Role {
    match standing {
        Standing::Stale => Role::HealthBroken,
        Standing::Superseded => Role::HealthSoon,
        Standing::Unknown => Role::HealthUnknown,
        Standing::Alive => Role::HealthOk,
    }
}

/// Whose the id is, as it may be shown.
pub(crate) fn whose(shared: &Shared, finding: &Finding) -> String {
    let Some(known) = &finding.known else {
        let name = finding.name.as_ref().map(|name| private::name(shared, name.as_str()));
        return name.map_or_else(|| "not in the list".to_owned(), |name| format!("under {name}"));
    };
    let provider = private::provider(shared, &known.provider);
    let account = private::account(shared, &known.account);
    let label = known.label.as_deref().map(|label| format!("  #{}", private::name(shared, label)));
    let account = if account.is_empty() { account } else { format!(" · {account}") };
    format!("{provider}{account}{}", label.unwrap_or_default())
}

/// More of the finding under the cursor.
fn about(scan: &Scan, shared: &Shared, inside: Rect, pen: &mut Pen<'_>) {
    let Some(finding) = scan.selected() else { return };
    let y = inside.bottom().saturating_sub(BELOW);
    let cells = inside.width.saturating_sub(2);
    pen.text(inside.x, y, inside.width, &"─".repeat(usize::from(inside.width)), Role::Border);
    // Names in a file may tell accounts.
    let context = if shared.privacy { HIDDEN } else { finding.context.as_str().trim() };
    pen.text(inside.x + 1, y + 1, cells, context, Role::Text);
    pen.text(inside.x + 1, y + 2, cells, &meaning(shared, finding), Role::TextDim);
    if !scan.whole {
        let message = "The list is incomplete: unknown ids may be grants.";
        pen.text(inside.x + 1, y + 3, cells, message, Role::HealthSoon);
    } else if let Some((path, why)) = scan.skipped.first() {
        let count = words::count(scan.counts.skipped.max(1));
        let message = format!("{count} skipped; {}: {why}", shown(path));
        pen.text(inside.x + 1, y + 3, cells, &message, Role::TextDim);
    }
}

fn meaning(shared: &Shared, finding: &Finding) -> String {
    let Some(known) = &finding.known else {
        return "Looks like a grant id, but is not in the list; s: choose a grant.".to_owned();
    };
    let instead = match (finding.standing, known.replacements.as_slice()) {
        (Standing::Alive | Standing::Unknown, _) => String::new(),
        (_, []) => format!("  {}", nothing_instead(known)),
        (_, [new]) if known.successor.is_some() => format!("  Replacement: {}.", short(shared, *new)),
        (_, [_]) => format!("  s: choose a grant{}.", because(known)),
        (_, several) => format!("  {} grants could replace it; s: choose.", several.len()),
    };
    let newer = if finding.standing == Standing::Superseded { "; the account has a newer one" } else { "" };
    format!("Its grant: {}{newer}.{instead}", known.health.word())
}

/// That nothing takes the place of an id by itself, and why.
fn nothing_instead(known: &Known) -> String {
    let why = known.obstacle.map(|why| format!(": {}", why.words())).unwrap_or_default();
    format!("s: choose a grant; no replacement{why}.")
}

/// Why the only grant that could take the place does not do so by itself.
fn because(known: &Known) -> String {
    known.obstacle.map(|why| format!("; {}", why.words())).unwrap_or_default()
}

/// An id as it may be shown in a sentence.
pub(crate) fn short(shared: &Shared, id: GrantId) -> String {
    let text = id.to_string();
    if shared.privacy { HIDDEN.to_owned() } else { format!("{}…", text.get(..8).unwrap_or_default()) }
}

fn nothing(scan: &Scan, inside: Rect, pen: &mut Pen<'_>) {
    let lines = match scan.state {
        ScanState::Asking => vec![
            "A dot is the folder in which grantdeck was started.".to_owned(),
            format!(
                "Skips files in .gitignore (except .env), binaries, and files over {} MiB.",
                LARGEST >> 20
            ),
        ],
        ScanState::Running { .. } => vec!["No grant ids yet.".to_owned()],
        ScanState::Done { .. } | ScanState::Stopped => {
            let others = Some(scan.counts.other_ids)
                .filter(|others| *others > 0)
                .map(|others| format!("Other ids (not grants): {}.", words::count(others)));
            let until = if scan.state == ScanState::Stopped { " before it was stopped" } else { "" };
            std::iter::once(format!("No grant ids were found{until}.")).chain(others).collect()
        }
    };
    let skipped = scan.skipped.iter().map(|(path, why)| format!("{}: {why}", shown(path)));
    let cells = inside.width.saturating_sub(2);
    let lines = lines.into_iter().chain(skipped).flat_map(|line| text::wrap(&line, cells.into()));
    for (y, line) in (inside.y..inside.bottom()).zip(lines) {
        pen.text(inside.x + 1, y, cells, &line, Role::TextDim);
    }
}

/// Where the terminal's cursor stands while the path is edited.
pub(super) fn text_cursor(scan: &Scan, area: Rect) -> Option<Position> {
    scan.editing.as_ref()?;
    let x = area.x + 1 + text::width(PROMPT) as u16 + scan.path.visual_cursor() as u16;
    Some(Position::new(x.min(area.right().saturating_sub(2)), area.y))
}

/// The finding at a line of the screen; for the mouse.
pub(super) fn line_at(scan: &Scan, shared: &Shared, row: u16) -> Option<usize> {
    let rows = list(layout::inside(shared.areas()?.list));
    let line = row.checked_sub(rows.y).filter(|_| row < rows.bottom())?;
    let at = scan.offset + usize::from(line);
    (at < scan.findings.len()).then_some(at)
}
