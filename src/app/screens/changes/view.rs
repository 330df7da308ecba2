//! Draws a change before it is made.

use ratatui::layout::{Position, Rect};

use super::{About, ChangeState, Changes, Field};
use crate::app::private::HIDDEN;
use crate::app::screens::scan;
use crate::app::shared::Shared;
use crate::app::{Model, private, question};
use crate::domain::change::{self, ChangePlan, DiffKind, DiffLine, FileChange, PieceKind};
use crate::domain::describe::diagnosis::Described;
use crate::domain::{Clean, Diagnosis, GrantId, Health, Now, RowId};
use crate::ui::Role;
use crate::ui::layout;
use crate::ui::paint::{Pen, Piece, wrapped};

/// Cells of the labels of fields.
const LABEL: u16 = 7;

/// As high as what it shows, within bounds: at first it is not known how much that is.
fn area(changes: &Changes, whole: Rect) -> Rect {
    let most = (whole.height * 4 / 5).max(14);
    let wanted = (len(changes) as u16).saturating_add(fields(changes) + 4).clamp(14, most);
    let area = layout::centered(whole.width, whole.height, (112, wanted));
    // Near the top, so that it grows downwards.
    Rect { y: (whole.height / 8).min(area.y), ..area }
}

/// The lines of the fields, and the gap below them.
fn fields(changes: &Changes) -> u16 {
    match &changes.about {
        About::Write { .. } => 2 + u16::from(changes.has_name()),
        About::Swap { .. } => 0,
    }
}

/// How many lines of the diff are visible.
pub(super) fn height(shared: &Shared) -> usize {
    let crate::app::nav::View::Changes(changes) = shared.nav.top() else { return 0 };
    let whole = Rect::new(0, 0, shared.size.0, shared.size.1);
    usize::from(layout::inside(area(changes, whole)).height.saturating_sub(fields(changes) + 2))
}

/// Whether there is more than fits.
pub(super) fn is_scrollable(shared: &Shared) -> bool {
    matches!(shared.nav.top(), crate::app::nav::View::Changes(changes) if len(changes) > height(shared))
}

/// How many lines there are to scroll through.
pub(super) fn len(changes: &Changes) -> usize {
    let below = |plan: &ChangePlan| plan.files.iter().map(lines_of).sum::<usize>() + plan.failed.len();
    changes.plan().map_or(0, |plan| whose_lines(changes) + below(plan))
}

/// The lines that say whose ids come and go, and the empty one below them.
fn whose_lines(changes: &Changes) -> usize {
    match &changes.about {
        About::Swap { pairs, .. } if changes.plan().is_some_and(|plan| !plan.files.is_empty()) => {
            pairs.len() * 2 + 1
        }
        About::Write { .. } | About::Swap { .. } => 0,
    }
}

/// One of them: the old grant of a pair, or the new one.
fn whose(model: &Model, changes: &Changes, at: usize, now: Now) -> Vec<Piece> {
    let About::Swap { pairs, .. } = &changes.about else { return Vec::new() };
    let Some((old, new)) = pairs.get(at / 2) else { return Vec::new() };
    let (id, sign, role) =
        if at.is_multiple_of(2) { (*old, "- ", Role::Gone) } else { (*new, "+ ", Role::New) };
    let id = GrantId(id);
    let grant = model.grants.rows.find(RowId::Grant(id));
    // What the scan knew of it, where the list has changed since.
    let known = || model.scan.findings.iter().find(|finding| finding.id == id.0 && finding.known.is_some());
    let (named, health) = match (grant, known()) {
        (Some(grant), _) => (scan::named(&model.shared, grant), Health::of(grant, now.wall).word()),
        (None, Some(finding)) => (
            scan::whose(&model.shared, finding),
            finding.known.as_ref().map_or("", |known| known.health.word()),
        ),
        (None, None) => ("not in the list".to_owned(), ""),
    };
    vec![
        Piece::new(sign, role),
        Piece::new(format!("{}  ", scan::short(&model.shared, id)), Role::TextStrong),
        Piece::new(named, Role::Text),
        Piece::new(format!("  {health}"), Role::TextDim),
    ]
}

/// A file's own line, its notes, its diff, and an empty line.
fn lines_of(file: &FileChange) -> usize {
    file.notes.len() + file.lines.len() + 2
}

/// Draws the change.
pub(super) fn draw(model: &Model, changes: &Changes, now: Now, whole: Rect, pen: &mut Pen<'_>) {
    let area = area(changes, whole);
    pen.clear(area, Role::Overlay);
    let title = match &changes.about {
        About::Write { grants, .. } if grants.len() > 1 => format!("Write {} ids to a file", grants.len()),
        About::Write { .. } => "Write the id to a file".to_owned(),
        About::Swap { .. } => "Replace ids".to_owned(),
    };
    let note = match &changes.state {
        ChangeState::Planning => "reading …",
        ChangeState::Writing(_) => "writing …",
        ChangeState::Ready(_) | ChangeState::Refused(_) => "",
    };
    let inside = pen.frame(area, &[Piece::new(title, Role::Title)], &[Piece::new(note, Role::TextDim)], true);
    draw_fields(&model.shared, changes, inside, pen);
    let top = inside.y + fields(changes);
    let body = Rect {
        x: inside.x + 1,
        y: top,
        width: inside.width.saturating_sub(2),
        height: inside.bottom().saturating_sub(top),
    };
    match &changes.state {
        ChangeState::Planning => {}
        ChangeState::Refused(diagnosis) => refused(&model.shared, diagnosis, body, pen),
        ChangeState::Ready(plan) | ChangeState::Writing(plan) => {
            let role = if plan.files.is_empty() { Role::TextDim } else { Role::TextStrong };
            let mut line = vec![Piece::new(headline(&model.shared, changes, plan), role)];
            if !plan.files.is_empty() {
                let open = question::is_open(model.shared.presses, question::Answer::Key, changes.asked, now);
                line.push(Piece::new("  y", if open { Role::HintKey } else { Role::TextDim }));
                line.push(Piece::new(" writes", Role::HintLabel));
            }
            pen.pieces(body.x, body.y, body.width, &line);
            let list = Rect { y: body.y + 2, height: body.height.saturating_sub(2), ..body };
            let above = whose_lines(changes);
            let mut rest = list;
            for at in changes.offset..above {
                pen.pieces(rest.x, rest.y, rest.width, &whose(model, changes, at, now));
                rest = Rect { y: rest.y + 1, height: rest.height.saturating_sub(1), ..rest };
                if rest.height == 0 {
                    break;
                }
            }
            diff(&model.shared, changes.offset.saturating_sub(above), plan, rest, pen);
            let bar = Rect { y: list.y.saturating_sub(1), height: list.height + 2, ..area };
            pen.scroll_bar(bar, changes.offset, usize::from(list.height), len(changes));
        }
    }
}

/// What would be done, in a line.
fn headline(shared: &Shared, changes: &Changes, plan: &ChangePlan) -> String {
    let summary = match &changes.about {
        // The name of an id may tell an account.
        About::Write { .. } if shared.privacy && plan.files.is_empty() => "Already present",
        About::Write { .. } if shared.privacy => "the ids are added or replaced",
        About::Write { .. } | About::Swap { .. } => &plan.summary,
    };
    match (&changes.about, plan.files.is_empty()) {
        (About::Write { .. }, true) => format!("Nothing to write: {summary}."),
        (About::Write { .. }, false) => format!("Preview: {summary}."),
        (About::Swap { .. }, true) => "Nothing to replace.".to_owned(),
        (About::Swap { .. }, false) => format!("Replace {summary}?"),
    }
}

fn draw_fields(shared: &Shared, changes: &Changes, inside: Rect, pen: &mut Pen<'_>) {
    let About::Write { path, name, .. } = &changes.about else { return };
    let mut rows = vec![(Field::Path, "File", Clean::line(path.value()).to_string())];
    if changes.has_name() {
        let is_open = matches!(changes.editing, Some((Field::Name, _)));
        let shown = Clean::line(name.value()).to_string();
        rows.push((Field::Name, "Name", if is_open { shown } else { private::name(shared, &shown) }));
    }
    let editing = changes.editing.as_ref().map(|(field, _)| *field);
    for (y, (field, label, value)) in (inside.y..).zip(rows) {
        let is_open = editing == Some(field);
        pen.text(inside.x + 1, y, LABEL, label, Role::Head);
        let x = inside.x + 1 + LABEL;
        let cells = inside.right().saturating_sub(x + 1);
        if is_open {
            pen.wash(Rect::new(x, y, cells, 1), Role::Input);
        }
        pen.text(x, y, cells, &value, if is_open { Role::Input } else { Role::TextStrong });
    }
}

fn refused(shared: &Shared, diagnosis: &Diagnosis, body: Rect, pen: &mut Pen<'_>) {
    let words = Described::new(diagnosis);
    // A fact may hold a name that tells an account.
    let headline = if shared.privacy { words.headline } else { words.first_line() };
    let mut lines = vec![vec![Piece::new(format!("✗ {headline}"), Role::HealthBroken)]];
    let facts = words.facts.iter().filter(|_| !shared.privacy);
    lines.extend(facts.map(|(_, value)| vec![Piece::new(value.as_str(), Role::Text)]));
    lines.push(vec![Piece::new(words.remedy, Role::TextDim)]);
    lines.push(Vec::new());
    lines.push(vec![Piece::new("y retries. No file was changed.", Role::TextDim)]);
    let lines = lines.iter().flat_map(|line| wrapped(line, usize::from(body.width)));
    for (y, line) in (body.y..body.bottom()).zip(lines) {
        pen.pieces(body.x, y, body.width, &line);
    }
}

/// The visible lines, found without looking at those of files above.
fn diff(shared: &Shared, offset: usize, plan: &ChangePlan, list: Rect, pen: &mut Pen<'_>) {
    let mut skip = offset;
    let mut y = list.y;
    for file in &plan.files {
        if skip >= lines_of(file) {
            skip -= lines_of(file);
            continue;
        }
        for at in skip..lines_of(file) {
            if y >= list.bottom() {
                return;
            }
            pen.pieces(list.x, y, list.width, &line(shared, file, at));
            y += 1;
        }
        skip = 0;
    }
    for failed in plan.failed.iter().skip(skip) {
        if y >= list.bottom() {
            return;
        }
        let words = Described::new(failed);
        let why = words.facts.first().map_or(words.first_line(), |(_, value)| value.as_str());
        pen.text(list.x, y, list.width, &format!("✗ {why}"), Role::HealthBroken);
        y += 1;
    }
}

fn line(shared: &Shared, file: &FileChange, at: usize) -> Vec<Piece> {
    let Some(below) = at.checked_sub(1) else {
        let made = if file.is_new { "  new file" } else { "" };
        return vec![Piece::new(file.path.as_str(), Role::Head), Piece::new(made, Role::New)];
    };
    if let Some(note) = file.notes.get(below) {
        return vec![Piece::new(format!("  {note}"), Role::TextDim)];
    }
    let Some(DiffLine { kind, old, new, pieces }) = file.lines.get(below - file.notes.len()) else {
        return Vec::new();
    };
    let (sign, role) = match kind {
        DiffKind::Same => (" ", Role::TextDim),
        DiffKind::Removed => ("-", Role::Gone),
        DiffKind::Added => ("+", Role::New),
        DiffKind::Gap => ("⋮", Role::TextDim),
        DiffKind::Path => ("@", Role::Head),
    };
    let number = new.or(*old).map(|number| number.to_string()).unwrap_or_default();
    let start = [Piece::new(format!("{number:>5} "), Role::TextDim), Piece::new(format!("{sign} "), role)];
    start.into_iter().chain(pieces.iter().map(|piece| drawn(shared, *kind, piece))).collect()
}

/// A piece of a line as it may be shown.
fn drawn(shared: &Shared, line: DiffKind, piece: &change::Piece) -> Piece {
    let text = piece.text.as_str();
    let role = match (line, piece.kind) {
        (DiffKind::Same, _) | (_, PieceKind::Hidden | PieceKind::Cut | PieceKind::Comment) => Role::TextDim,
        (DiffKind::Path, _) => Role::Head,
        (_, PieceKind::Id) => Role::TextStrong,
        _ => Role::Text,
    };
    // Names in a file may tell accounts.
    match piece.kind {
        PieceKind::Name | PieceKind::Id | PieceKind::Comment if shared.privacy => Piece::new(HIDDEN, role),
        PieceKind::Sign
        | PieceKind::Name
        | PieceKind::Id
        | PieceKind::Comment
        | PieceKind::Hidden
        | PieceKind::Cut => Piece::new(text, role),
    }
}

/// Where the terminal's cursor stands while a field is edited.
pub(super) fn text_cursor(changes: &Changes, whole: Rect) -> Option<Position> {
    let (field, _) = changes.editing.as_ref()?;
    let About::Write { path, name, .. } = &changes.about else { return None };
    let inside = layout::inside(area(changes, whole));
    let (y, input) = match field {
        Field::Path => (inside.y, path),
        Field::Name => (inside.y + 1, name),
    };
    let x = inside.x + 1 + LABEL + input.visual_cursor() as u16;
    Some(Position::new(x.min(inside.right().saturating_sub(2)), y))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_of_a_file_is_drawn_once() {
        let diff = |text: &str| DiffLine {
            kind: DiffKind::Added,
            old: None,
            new: Some(1),
            pieces: vec![change::Piece::new(PieceKind::Name, text)],
        };
        let file = FileChange {
            path: Clean::line(".env"),
            is_new: false,
            notes: vec![Clean::line("a link")],
            lines: vec![diff("a"), diff("b")],
        };
        let theme = std::sync::Arc::new(crate::ui::Theme::builtin("mono", crate::ui::Depth::Mono));
        let keymap = std::sync::Arc::new(crate::app::keymap::Keymap::builtin());
        let mut model = Model::new(theme, crate::ui::Depth::Mono, keymap);
        let all = |model: &Model| {
            let lines = (0..lines_of(&file)).map(|at| line(&model.shared, &file, at));
            lines.map(|line| crate::ui::paint::plain(&line).trim().to_owned()).collect::<Vec<_>>()
        };
        assert_eq!(all(&model), [".env", "a link", "1 + a", "1 + b", ""]);
        model.shared.privacy = true;
        assert_eq!(all(&model)[2], "1 + •••");
    }
}
