//! A link as a picture that a telephone reads.

use ratatui::layout::{Position, Rect};

use crate::app::action::{Action, AppAction, Motion};
use crate::app::keymap::Place;
use crate::app::nav::View;
use crate::app::screen::Screen;
use crate::app::{Effect, Model};
use crate::domain::{Clean, Now};
use crate::ui::layout::Areas;
use crate::ui::paint::{Pen, Piece};
use crate::ui::{Role, qr, text};

/// A link as a picture that a telephone reads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Picture {
    link: Clean,
    /// The picture; None where the link is too long for one.
    lines: Option<Vec<String>>,
    leads: LeadsTo,
    /// What was to be decided there is, or nobody waits for it any more.
    over: bool,
}

/// What a link leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LeadsTo {
    /// The decision about a held call.
    Approval,
    /// A connection or a sign-in.
    Session,
}

impl LeadsTo {
    fn title(self) -> &'static str {
        match self {
            Self::Approval => "Scan to approve",
            Self::Session => "Scan to open",
        }
    }

    /// What is said once nobody has to open it any more.
    fn over(self) -> &'static str {
        match self {
            Self::Approval => "This call is decided; its answer is behind this window.",
            Self::Session => "The link was used, or is over; the result is behind this window.",
        }
    }
}

impl Picture {
    /// The picture of a link.
    pub fn new(link: &str, leads: LeadsTo) -> Self {
        Self { link: Clean::line(link), lines: qr::qr(link), leads, over: false }
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
        let title = [Piece::new(self.leads.title(), Role::Title)];
        if self.over {
            draw_words((self.leads.over(), ""), whole, (&title, &note), pen);
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

    /// A sentence in place of the picture.
    fn draw_words(&self, message: &str, leave: &str, whole: Rect, pen: &mut Pen<'_>) {
        let note = [Piece::new(format!("{leave} closes"), Role::TextDim)];
        let title = [Piece::new(self.leads.title(), Role::Title)];
        draw_words((message, ""), whole, (&title, &note), pen);
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

/// A link as a picture.
pub(crate) struct PictureScreen;

impl Screen for PictureScreen {
    fn place(&self, _model: &Model) -> Place {
        Place::Help
    }

    fn draw(&self, model: &Model, _now: Now, _areas: Areas, pen: &mut Pen<'_>) {
        let View::Picture(picture) = model.shared.nav.top() else { return };
        let leave = model.shared.keymap.first_key(Place::Help, Action::App(AppAction::Back));
        if model.shared.privacy && !picture.over {
            picture.draw_words("Hidden in privacy mode; z shows it.", &leave, model.shared.whole(), pen);
        } else {
            picture.draw(&leave, model.shared.whole(), pen);
        }
    }

    fn press(&self, model: &mut Model, _at: Position, now: Now) -> Vec<Effect> {
        self.back(model, now)
    }

    fn scroll(&self, model: &mut Model, motion: Motion, _at: Position, now: Now) -> Vec<Effect> {
        model.shared.toasts.leave_behind(now);
        self.act(model, Action::Move(motion), now)
    }
}
