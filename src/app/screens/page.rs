//! A text that fills the screen, to be selected with the terminal's own means.

use ratatui::layout::{Position, Rect};

use crate::app::action::{Action, AppAction, Motion};
use crate::app::keymap::Place;
use crate::app::nav;
use crate::app::screen::Screen;
use crate::app::{Effect, Model};
use crate::body::{Document, Fit, Folds, View};
use crate::domain::{Clean, CopyText, Now};
use crate::ui::Role;
use crate::ui::layout::Areas;
use crate::ui::paint::{Pen, Piece};

/// The longest text that is shown to be selected, in bytes: nobody selects more from a screen.
const LONGEST: usize = 128 << 10;

/// A text without a frame, so that the terminal selects its lines and nothing else. The mouse is the terminal's own
/// while it is open.
#[derive(Debug)]
pub struct Page {
    document: Document,
    label: Clean,
    /// The first visible row.
    offset: usize,
}

impl Page {
    /// Shows a text that no clipboard took. None where it is too long for that.
    pub fn new(text: &CopyText) -> Option<Self> {
        let bytes = text.text.as_bytes().to_vec();
        if bytes.len() > LONGEST {
            return None;
        }
        let document = Document::open(bytes.into(), Some("text/plain; charset=utf-8"), &|| false)?;
        Some(Self { document, label: text.label.clone(), offset: 0 })
    }

    /// Moves the text.
    fn scroll(&mut self, motion: Motion, size: (u16, u16)) {
        let page = usize::from(size.1.saturating_sub(1)).max(1);
        let len = self.document.visible_len(View::Raw, &Folds::default(), Fit::Wrap(size.0.into()));
        let last = len.saturating_sub(page);
        self.offset = motion.from(self.offset, last, page);
    }

    fn draw(&self, leave: &str, whole: Rect, pen: &mut Pen<'_>) {
        pen.clear(whole, Role::Screen);
        let Some(height) = whole.height.checked_sub(1) else { return };
        let fit = Fit::Wrap(whole.width.into());
        let (document, folds) = (&self.document, Folds::default());
        let len = document.visible_len(View::Raw, &folds, fit);
        let offset = self.offset.min(len.saturating_sub(height.into()));
        let lines = document.lines(View::Raw, &folds, offset, height.into(), fit, None);
        for (y, line) in (whole.y..).zip(lines) {
            pen.text(whole.x, y, whole.width, &line.text(), Role::Text);
        }
        let y = whole.y + height;
        let more = if len > usize::from(height) {
            format!("  rows {} to {} of {len}", offset + 1, (offset + usize::from(height)).min(len))
        } else {
            String::new()
        };
        let pieces = [
            Piece::new(format!(" {leave}"), Role::HintKey),
            Piece::new(" leaves", Role::HintLabel),
            Piece::new(format!("   No clipboard: select and copy {}.", self.label), Role::Text),
            Piece::new(more, Role::TextDim),
        ];
        pen.pieces(whole.x, y, whole.width, &pieces);
    }
}

/// A text to be selected.
pub(crate) struct PageScreen;

impl Screen for PageScreen {
    fn place(&self, _model: &Model) -> Place {
        Place::Help
    }

    fn act(&self, model: &mut Model, action: Action, _now: Now) -> Vec<Effect> {
        let size = model.shared.size;
        if let (Action::Move(motion), Some(nav::View::Page(page))) = (action, model.shared.nav.popup_mut()) {
            page.scroll(motion, size);
        }
        Vec::new()
    }

    fn draw(&self, model: &Model, _now: Now, _areas: Areas, pen: &mut Pen<'_>) {
        if let nav::View::Page(page) = model.shared.nav.top() {
            page.draw(
                &model.shared.keymap.first_key(Place::Help, Action::App(AppAction::Back)),
                model.shared.whole(),
                pen,
            );
        }
    }

    fn press(&self, model: &mut Model, _at: Position, now: Now) -> Vec<Effect> {
        self.back(model, now)
    }

    fn scroll(&self, model: &mut Model, motion: Motion, _at: Position, now: Now) -> Vec<Effect> {
        model.shared.toasts.leave_behind(now);
        self.act(model, Action::Move(motion), now)
    }

    fn wants_mouse(&self) -> bool {
        false
    }
}
