//! What fills the screen: a text to be selected with the terminal's own means, and a link as a picture.

use ratatui::layout::{Position, Rect};

use super::first_key;
use crate::app::action::{Action, AppAction, Motion};
use crate::app::keymap::Place;
use crate::app::nav;
use crate::app::screen::Screen;
use crate::app::{Effect, Model, keys};
use crate::body::{Document, Fit, Folds, View};
use crate::domain::{Clean, CopyText, Now};
use crate::ui::layout::Areas;
use crate::ui::paint::{Pen, Piece};
use crate::ui::{Role, qr, text};

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

/// A link as a picture that a telephone reads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Picture {
    link: Clean,
    /// The picture; None where the link is too long for one.
    lines: Option<Vec<String>>,
    /// What was to be decided there is, or nobody waits for it any more.
    over: bool,
}

impl Picture {
    /// The picture of a link.
    pub fn new(link: &str) -> Self {
        Self { link: Clean::line(link), lines: qr::qr(link), over: false }
    }

    /// The link is of no use any more. The window stays: whoever is about to leave it must not leave what lies beneath.
    pub(crate) fn end(&mut self) {
        self.over = true;
    }

    fn draw(&self, leave: &str, whole: Rect, pen: &mut Pen<'_>) {
        let lines = self.lines.as_deref().unwrap_or_default();
        let side = lines.first().map_or(0, |line| text::width(line)) as u16;
        // The link whole on one line where there is room: broken, nobody could select it.
        let link = text::width(self.link.as_str()) as u16;
        let beneath = side.max(46).max(link).min(whole.width.saturating_sub(4));
        let link = text::wrap(self.link.as_str(), usize::from(beneath));
        let (width, height) = (beneath + 4, (lines.len() + link.len() + 2) as u16);
        let note = [Piece::new(format!("{leave} closes"), Role::TextDim)];
        let title = [Piece::new("Scan to approve", Role::Title)];
        if self.over {
            let message = "This call is decided; its answer is behind this window.";
            draw_words((message, ""), whole, (&title, &note), pen);
            return;
        }
        if lines.is_empty() || side > beneath || height > whole.height {
            self.draw_regret((side + 4, height), whole, (&title, &note), pen);
            return;
        }
        let area = middle(whole, width, height);
        pen.clear(area, Role::Overlay);
        let inside = pen.frame(area, &title, &note, true);
        let x = inside.x + inside.width.saturating_sub(side) / 2;
        for (y, line) in (inside.y..).zip(lines) {
            pen.text(x, y, side, line, Role::Picture);
        }
        for (y, line) in (inside.y + lines.len() as u16..).zip(&link) {
            pen.text(inside.x + 1, y, beneath, line, Role::Link);
        }
    }

    /// Says why there is no picture, and gives the link.
    fn draw_regret(
        &self,
        (width, height): (u16, u16),
        whole: Rect,
        (title, note): (&[Piece], &[Piece]),
        pen: &mut Pen<'_>,
    ) {
        let message = if self.lines.is_none() {
            "The link is too long for a QR code. Open or copy it:".to_owned()
        } else {
            let (columns, rows) = (whole.width, whole.height);
            format!(
                "The QR code needs {width} × {height} cells; this terminal has {columns} × {rows}. Enlarge it, or open the link:"
            )
        };
        draw_words((&message, self.link.as_str()), whole, (title, note), pen);
    }
}

/// A sentence, and a link beneath it where there is one.
fn draw_words(
    (message, link): (&str, &str),
    whole: Rect,
    (title, note): (&[Piece], &[Piece]),
    pen: &mut Pen<'_>,
) {
    let cells = whole.width.saturating_sub(4).min(text::width(link).max(74) as u16);
    let message = text::wrap(message, usize::from(cells));
    let link = if link.is_empty() { Vec::new() } else { text::wrap(link, usize::from(cells)) };
    let gap = usize::from(!link.is_empty());
    let area = middle(whole, cells + 4, (message.len() + gap + link.len() + 2) as u16);
    pen.clear(area, Role::Overlay);
    let inside = pen.frame(area, title, note, true);
    for (y, line) in (inside.y..inside.bottom()).zip(&message) {
        pen.text(inside.x + 1, y, cells, line, Role::Text);
    }
    for (y, line) in (inside.y + (message.len() + gap) as u16..inside.bottom()).zip(&link) {
        pen.text(inside.x + 1, y, cells, line, Role::Link);
    }
}

/// A box in the middle that may take all of the screen.
fn middle(whole: Rect, width: u16, height: u16) -> Rect {
    let (width, height) = (width.min(whole.width), height.min(whole.height));
    Rect::new((whole.width - width) / 2, (whole.height - height) / 2, width, height)
}

/// A text to be selected.
pub(crate) struct PageScreen;

impl Screen for PageScreen {
    fn place(&self, _model: &Model) -> Place {
        Place::Help
    }

    fn act(&self, model: &mut Model, action: Action, _now: Now) -> Vec<Effect> {
        let size = model.size;
        if let (Action::Move(motion), Some(nav::View::Page(page))) = (action, model.nav.popup_mut()) {
            page.scroll(motion, size);
        }
        Vec::new()
    }

    fn draw(&self, model: &Model, _now: Now, _areas: Areas, pen: &mut Pen<'_>) {
        if let nav::View::Page(page) = model.nav.top() {
            page.draw(&first_key(model, Place::Help, Action::App(AppAction::Back)), model.whole(), pen);
        }
    }

    fn back(&self, model: &mut Model, _now: Now) -> Vec<Effect> {
        model.nav.pop();
        Vec::new()
    }

    fn press(&self, model: &mut Model, _at: Position, now: Now) -> Vec<Effect> {
        keys::act(model, Action::App(AppAction::Back), now)
    }

    fn scroll(&self, model: &mut Model, motion: Motion, _at: Position, now: Now) -> Vec<Effect> {
        keys::act(model, Action::Move(motion), now)
    }

    fn wants_mouse(&self) -> bool {
        false
    }
}

/// A link as a picture.
pub(crate) struct PictureScreen;

impl Screen for PictureScreen {
    fn place(&self, _model: &Model) -> Place {
        Place::Help
    }

    fn act(&self, _model: &mut Model, _action: Action, _now: Now) -> Vec<Effect> {
        Vec::new()
    }

    fn draw(&self, model: &Model, _now: Now, _areas: Areas, pen: &mut Pen<'_>) {
        if let nav::View::Picture(picture) = model.nav.top() {
            picture.draw(&first_key(model, Place::Help, Action::App(AppAction::Back)), model.whole(), pen);
        }
    }

    fn back(&self, model: &mut Model, _now: Now) -> Vec<Effect> {
        model.nav.pop();
        Vec::new()
    }

    fn press(&self, model: &mut Model, _at: Position, now: Now) -> Vec<Effect> {
        keys::act(model, Action::App(AppAction::Back), now)
    }

    fn scroll(&self, model: &mut Model, motion: Motion, _at: Position, now: Now) -> Vec<Effect> {
        keys::act(model, Action::Move(motion), now)
    }
}
