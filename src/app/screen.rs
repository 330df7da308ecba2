//! What a view does: the one that is on top is asked, and no other.

use ratatui::layout::{Position, Rect};

use super::action::{Action, Motion};
use super::availability::Availability;
use super::input::{Key, Mouse, MouseKind};
use super::keymap::Place;
use super::nav::{Kind, View};
use super::{Effect, Model};
use crate::domain::Now;
use crate::ui::layout::Areas;
use crate::ui::paint::Pen;

/// Lines per notch of the wheel.
pub(crate) const NOTCH: usize = 3;

/// How a view behaves. Its state is in the model or in its [`super::nav::View`]; this has none.
///
/// Everything but [`Screen::place`] and [`Screen::draw`] has an answer that is right for a view without
/// anything of that sort.
pub(crate) trait Screen {
    /// Where the keys go.
    fn place(&self, model: &Model) -> Place;

    /// Carries an action out. What means nothing here does nothing.
    fn act(&self, _model: &mut Model, _action: Action, _now: Now) -> Vec<Effect> {
        Vec::new()
    }

    /// Draws it: a screen into its areas, a popup over all of them.
    fn draw(&self, model: &Model, now: Now, areas: Areas, pen: &mut Pen<'_>);

    /// Leaves the innermost thing that is open in it, at last itself. A notice is gone already: it goes with the key.
    fn back(&self, model: &mut Model, _now: Now) -> Vec<Effect> {
        // A popup comes before the screen.
        if model.shared.nav.pop().is_none() {
            model.shared.nav.leave();
        }
        Vec::new()
    }

    /// Whether there is nothing to leave, so that the key does no more than close a notice.
    fn back_only_closes(&self, _model: &Model, _now: Now) -> bool {
        false
    }

    /// Whether an action makes sense; None where that does not depend on this view.
    fn availability(&self, _model: &Model, _action: Action) -> Option<Availability> {
        None
    }

    /// Says why an action cannot be done now.
    fn refuse(&self, model: &mut Model, _action: Action, reason: &'static str, now: Now) {
        model.shared.toasts.refuse(reason, now);
    }

    /// Carries out an action of this screen that works on every screen; None where it is none.
    fn act_anywhere(&self, _model: &mut Model, _action: Action, _now: Now) -> Option<Vec<Effect>> {
        None
    }

    /// Opens it by its action, where nothing pops up.
    fn open(&self, model: &mut Model, kind: Kind, _now: Now) -> Vec<Effect> {
        if let Some(view) = View::bare(kind) {
            model.shared.nav.open(view);
        }
        Vec::new()
    }

    /// Whether its action can open it now.
    fn can_open(&self, _model: &Model) -> Availability {
        Availability::Ready
    }

    /// The key that leaves the program was pressed. None: that is what it does.
    fn quit(&self, _model: &mut Model, _now: Now) -> Option<Vec<Effect>> {
        None
    }

    /// Whether printable keys are text.
    fn takes_text(&self, model: &Model) -> bool {
        self.place(model).takes_text()
    }

    /// A key came that is no action here, or text.
    fn typed(&self, _model: &mut Model, _key: Key, _now: Now) -> Vec<Effect> {
        Vec::new()
    }

    /// A text was pasted.
    fn paste(&self, _model: &mut Model, _text: &str, _now: Now) -> Vec<Effect> {
        Vec::new()
    }

    /// The mouse was pressed.
    fn press(&self, _model: &mut Model, _at: Position, _now: Now) -> Vec<Effect> {
        Vec::new()
    }

    /// The wheel was turned at a point of the screen.
    fn scroll(&self, model: &mut Model, motion: Motion, _at: Position, now: Now) -> Vec<Effect> {
        (0..NOTCH).flat_map(|_| self.act(model, Action::Move(motion), now)).collect()
    }

    /// Whether presses and the wheel are the program's. While a text is to be selected they are the terminal's own.
    fn wants_mouse(&self) -> bool {
        true
    }

    /// Where the terminal's cursor stands while something is typed.
    fn text_cursor(&self, _model: &Model, _areas: Areas) -> Option<Position> {
        None
    }

    /// Which keys the footer tells.
    fn hints(&self, _model: &Model) -> Hints {
        Hints::All
    }

    /// What the footer calls an action now, where that is not what the table calls it.
    fn label(&self, _model: &Model, _action: Action) -> Option<&'static str> {
        None
    }

    /// A hint that would be true and of no use.
    fn is_noise(&self, _model: &Model, _action: Action) -> bool {
        false
    }

    /// Whether a line is typed into the footer.
    fn types_in_footer(&self, _model: &Model) -> bool {
        false
    }

    /// Draws the line that is typed into the footer, up to a column.
    fn draw_typed(&self, _model: &Model, _now: Now, _area: Rect, _right: u16, _pen: &mut Pen<'_>) {}

    /// Whether the rows of the list of grants are shown, or the one under the cursor.
    fn shows_grants(&self) -> bool {
        false
    }

    /// What follows from a message, whichever it was.
    fn catch_up(&self, _model: &mut Model, _now: Now) -> Vec<Effect> {
        Vec::new()
    }

    /// What is wrong with its state, asked by tests after each message: nothing ever is.
    fn flaw(&self, _model: &Model) -> Option<&'static str> {
        None
    }

    /// The terminal has another size.
    fn resized(&self, _model: &mut Model) {}

    /// When the picture changes by itself, in [`Now::millis`].
    fn next_wake(&self, _model: &Model, _now: Now) -> Option<u64> {
        None
    }
}

/// Which keys the footer tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Hints {
    /// Those of the place, and of the program.
    All,
    /// Those that type no character: a key that does would be text here.
    NoCharacters,
    /// None: the view says itself which keys answer it.
    None,
}

/// Something happened under the mouse.
pub(super) fn mouse(model: &mut Model, mouse: Mouse, now: Now) -> Vec<Effect> {
    let at = Position::new(mouse.column, mouse.row);
    match mouse.kind {
        MouseKind::Press => model.top().press(model, at, now),
        MouseKind::ScrollDown => model.top().scroll(model, Motion::Down, at, now),
        MouseKind::ScrollUp => model.top().scroll(model, Motion::Up, at, now),
    }
}
