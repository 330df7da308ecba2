//! The keys of a place, printed from the keymap.

use ratatui::layout::{Position, Rect};
use strum::IntoEnumIterator;

use crate::app::action::{Action, AppAction, Motion};
use crate::app::available::has_no_session;
use crate::app::keymap::{Binding, Keymap, Place};
use crate::app::nav::View;
use crate::app::screen::Screen;
use crate::app::shared::Shared;
use crate::app::{Effect, Model};
use crate::domain::{Health, Now};
use crate::ui::layout::Areas;
use crate::ui::paint::{Pen, Piece};
use crate::ui::{Role, layout, paint, text};

/// The help that is open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Help {
    /// Whose keys.
    pub place: Place,
    /// The first visible line.
    pub offset: usize,
}

/// The lines of the help for a place: a heading per group, a line per action. Disabled actions are left out, and
/// those of the welcome screen where there is a session.
pub fn lines(keymap: &Keymap, place: Place, welcomes: bool) -> Vec<Vec<Piece>> {
    let of_welcome = [AppAction::TryDemo, AppAction::TypeKey].map(Action::App);
    let rows: Vec<&Binding> = keymap
        .rows(place)
        .chain(keymap.rows(Place::Global))
        .filter(|row| !row.keys.is_empty() && (welcomes || !of_welcome.contains(&row.action)))
        .collect();
    let keys_width = rows.iter().map(|row| text::width(&keys(row))).max().unwrap_or(0).min(26);
    let mut groups: Vec<&str> = Vec::new();
    for row in &rows {
        if !groups.contains(&row.group.as_str()) {
            groups.push(&row.group);
        }
    }
    let mut lines = Vec::new();
    for group in groups {
        if !lines.is_empty() {
            lines.push(Vec::new());
        }
        lines.push(vec![Piece::new(group, Role::Title)]);
        for row in rows.iter().filter(|row| row.group == group) {
            let keys = keys(row);
            let gap = " ".repeat(keys_width.saturating_sub(text::width(&keys)) + 2);
            lines.push(vec![
                Piece::new("  ", Role::Text),
                Piece::new(keys, Role::HintKey),
                Piece::new(gap, Role::Text),
                Piece::new(row.help.clone(), Role::Text),
            ]);
        }
    }
    if place == Place::Grants {
        lines.push(Vec::new());
        lines.push(vec![Piece::new("Signs", Role::Title)]);
        for (sign, role, meaning) in SIGNS {
            let gap = " ".repeat(keys_width.saturating_sub(text::width(sign)) + 2);
            lines.push(vec![
                Piece::new("  ", Role::Text),
                Piece::new(*sign, *role),
                Piece::new(gap, Role::Text),
                Piece::new(*meaning, Role::Text),
            ]);
        }
        for health in Health::iter() {
            let sign = format!("{} {}", health.sign(), health.word());
            let gap = " ".repeat(keys_width.saturating_sub(text::width(&sign)) + 2);
            lines.push(vec![
                Piece::new("  ", Role::Text),
                Piece::new(sign, Role::of(health)),
                Piece::new(gap, Role::Text),
                Piece::new(health.explained(), Role::Text),
            ]);
        }
    }
    lines
}

/// The signs at the left of a row.
const SIGNS: &[(&str, Role, &str)] = &[
    ("◆", Role::Mark, "Marked."),
    ("+", Role::New, "New since the last refresh."),
    ("~", Role::Changed, "Changed since the last refresh."),
    ("-", Role::Gone, "Removed since the last refresh."),
    ("!", Role::Odd, "This row is partly unreadable; see the detail."),
];

/// All chords of a row in one text.
pub fn keys(row: &Binding) -> String {
    row.keys.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

/// The keys of the place below it.
pub(crate) struct HelpScreen;

impl Screen for HelpScreen {
    fn place(&self, _model: &Model) -> Place {
        Place::Help
    }

    fn act(&self, model: &mut Model, action: Action, _now: Now) -> Vec<Effect> {
        let (room, cells) = (room(model.shared.size), cells(area_of(model.shared.size)));
        let (keymap, welcomes) = (&model.shared.keymap, has_no_session(&model.shared));
        if let (Action::Move(motion), Some(View::Help(open))) = (action, model.shared.nav.popup_mut()) {
            let last = wrapped(keymap, open.place, welcomes, cells).len().saturating_sub(room);
            open.offset = motion.from(open.offset, last, room);
        }
        Vec::new()
    }

    fn draw(&self, model: &Model, _now: Now, _areas: Areas, pen: &mut Pen<'_>) {
        if let View::Help(open) = model.shared.nav.top() {
            draw(&model.shared, open, model.shared.whole(), pen);
        }
    }

    fn press(&self, model: &mut Model, _at: Position, now: Now) -> Vec<Effect> {
        self.back(model, now)
    }

    fn scroll(&self, model: &mut Model, motion: Motion, _at: Position, now: Now) -> Vec<Effect> {
        model.shared.toasts.leave_behind(now);
        self.act(model, Action::Move(motion), now)
    }

    fn is_noise(&self, _model: &Model, action: Action) -> bool {
        action == Action::App(AppAction::Help)
    }
}

/// How many lines of help are visible.
fn room(size: (u16, u16)) -> usize {
    usize::from(layout::inside(area_of(size)).height)
}

fn area_of(size: (u16, u16)) -> Rect {
    layout::centered(size.0, size.1, (92, size.1.saturating_sub(4)))
}

/// How many columns a line may have: those inside, with a blank on each side.
fn cells(area: Rect) -> usize {
    usize::from(layout::inside(area).width.saturating_sub(2))
}

/// The lines of the help, the long ones on several rows.
fn wrapped(keymap: &Keymap, place: Place, welcomes: bool, cells: usize) -> Vec<Vec<Piece>> {
    lines(keymap, place, welcomes).iter().flat_map(|line| paint::wrapped(line, cells)).collect()
}

/// Draws the help.
fn draw(shared: &Shared, open: &Help, whole: Rect, pen: &mut Pen<'_>) {
    let area = area_of((whole.width, whole.height));
    pen.clear(area, Role::Overlay);
    let lines = wrapped(&shared.keymap, open.place, has_no_session(shared), cells(area));
    let note = [Piece::new("Esc closes", Role::TextDim)];
    let inside =
        pen.frame(area, &[Piece::new(format!("Keys of {}", open.place.title()), Role::Title)], &note, true);
    let height = usize::from(inside.height);
    for (y, line) in (inside.y..inside.bottom()).zip(lines.iter().skip(open.offset)) {
        pen.pieces(inside.x + 1, y, inside.width.saturating_sub(2), line);
    }
    pen.scroll_bar(area, open.offset, height, lines.len());
}
