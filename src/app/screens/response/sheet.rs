//! A body and how it is looked at: the view, the folds, and where the cursor stands.

use crate::app::discard::Discards;
use crate::app::requests::{FoldBody, WrapBody};
use crate::body::{Document, Fit, FoldStep, Folds, Line, Needle, READ_AT_ONCE, TokenId, View};
use crate::ui::layout;

/// How much work a change of folds may be while the person waits: see [`Folds::work`].
const WORK: usize = 200_000;

/// Lines and cells that a body has on the screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Room {
    pub(super) height: usize,
    pub(super) width: usize,
    /// Long lines of text go on below.
    pub(super) wrap: bool,
}

/// A body that is looked at.
///
/// The cursor is a line and the first byte that the line shows. The byte is what stays when lines are counted in
/// another way: at another width, in another view, under other folds.
#[derive(Debug)]
pub(super) struct Sheet {
    pub(super) document: Document,
    pub(super) view: View,
    folds: Folds,
    /// Changes that are too much work for a key; made elsewhere, the cursor follows then.
    waiting: Vec<FoldStep>,
    /// Some of them were not asked for yet.
    asks: bool,
    /// The width whose rows are being made.
    making: Option<usize>,
    /// The line under the cursor.
    pub(super) line: usize,
    /// The first visible line.
    pub(super) offset: usize,
    /// Where the line begins in the text, or in hex in the body.
    pub(super) byte: usize,
    /// How lines were counted.
    laid: Fit,
    /// Where it goes when it is done with.
    discards: Discards,
}

/// What is large is freed elsewhere.
impl Drop for Sheet {
    fn drop(&mut self) {
        if self.is_large() {
            self.discards.push(self.document.clone(), std::mem::take(&mut self.folds));
        }
    }
}

impl Sheet {
    /// A body that nobody has looked at yet.
    pub(super) fn new(document: Document, discards: &Discards) -> Self {
        Self {
            view: document.views().first().copied().unwrap_or_default(),
            document,
            folds: Folds::default(),
            waiting: Vec::new(),
            asks: false,
            making: None,
            line: 0,
            offset: 0,
            byte: 0,
            laid: Fit::Cut(0),
            discards: discards.clone(),
        }
    }

    /// Whether reading all of it takes longer than a frame may.
    pub(super) fn is_large(&self) -> bool {
        self.document.body().len() > READ_AT_ONCE
    }

    /// What happens to long lines. Rows that would have to be made first are not there yet.
    pub(super) fn fit(&self, room: Room) -> Fit {
        let wrapped = Fit::Wrap(room.width);
        let wraps = room.wrap && self.view == View::Raw && self.document.is_prepared(self.view, wrapped);
        if wraps { wrapped } else { Fit::Cut(room.width) }
    }

    /// The rows that are wanted and not made yet, where `open` tells whether somebody is at some.
    pub(super) fn missing_rows(&mut self, open: bool, room: Room) -> Option<WrapBody> {
        let width = room.width;
        let missing = room.wrap
            && self.view == View::Raw
            && !self.document.is_prepared(self.view, Fit::Wrap(width))
            && !(open && self.making == Some(width));
        if missing {
            self.making = Some(width);
        }
        missing.then(|| WrapBody { document: self.document.clone(), width })
    }

    /// How many lines there are.
    pub(super) fn len(&self, room: Room) -> usize {
        self.document.visible_len(self.view, &self.folds, self.fit(room))
    }

    /// The visible lines.
    pub(super) fn window(&self, room: Room, needle: Option<&Needle>) -> Vec<Line> {
        let fit = self.fit(room);
        self.document.lines(self.view, &self.folds, self.offset, room.height, fit, needle)
    }

    /// Moves the cursor by some lines.
    pub(super) fn step(&mut self, by: isize, room: Room) {
        self.line = self.line.saturating_add_signed(by);
        self.show(room);
        let fit = self.fit(room);
        let line = self.document.lines(self.view, &self.folds, self.line, 1, fit, None);
        self.byte = line.first().map_or(0, |line| line.source.start);
        self.laid = fit;
    }

    /// Moves the cursor to the line in which a byte stands.
    pub(super) fn go_to(&mut self, byte: usize, room: Room) {
        self.byte = byte;
        let fit = self.fit(room);
        self.line = self.document.line_of(self.view, &self.folds, fit, byte);
        self.laid = fit;
        self.show(room);
    }

    /// Counts lines as the room demands now; the cursor stays where it is in the body.
    pub(super) fn lay(&mut self, room: Room) {
        if self.fit(room) == self.laid {
            self.show(room);
        } else {
            self.go_to(self.byte, room);
        }
    }

    fn show(&mut self, room: Room) {
        let len = self.len(room);
        self.line = self.line.min(len.saturating_sub(1));
        self.offset = layout::scroll_to(self.offset, self.line, room.height, len, layout::CONTEXT);
    }

    /// The next way to look at it, at the same place.
    pub(super) fn next_view(&mut self, room: Room) {
        let views = self.document.views();
        let at = views.iter().position(|view| *view == self.view).unwrap_or(0);
        if let Some(next) = views.get((at + 1) % views.len().max(1)) {
            self.view = *next;
            self.go_to(self.byte, room);
        }
    }

    /// The entry under the cursor, in pretty JSON.
    pub(super) fn token(&self, room: Room) -> Option<TokenId> {
        if self.view != View::Pretty {
            return None;
        }
        let fit = self.fit(room);
        self.document.lines(self.view, &self.folds, self.line, 1, fit, None).first()?.token
    }

    /// Folds or unfolds what the line opens; inside of something, folds that.
    pub(super) fn fold(&mut self, room: Room) {
        let Some(token) = self.token(room) else { return };
        let Some(tape) = self.document.tape() else { return };
        let open = tape.opening(token);
        let (target, fold) = match (tape.shape(open), tape.parent(token)) {
            (Some(shape), _) if shape.opens() => (open, !self.folds.is_folded(tape, open)),
            (_, Some(parent)) => (parent, true),
            _ => return,
        };
        let byte = tape.value(target).start;
        self.change(FoldStep::Set(target, fold));
        self.go_to(byte, room);
    }

    /// Folds all below the first level, or unfolds everything.
    pub(super) fn fold_all(&mut self, fold: bool, room: Room) {
        // Each of them takes all changes before it back.
        self.waiting.clear();
        self.change(if fold { FoldStep::Below(1) } else { FoldStep::UnfoldAll });
        self.go_to(self.byte, room);
    }

    /// Shows the line in which a byte stands, and opens what hides it.
    pub(super) fn reveal(&mut self, byte: usize, room: Room) {
        if self.view == View::Pretty {
            self.change(FoldStep::Reveal(byte));
        }
        self.go_to(byte, room);
    }

    fn change(&mut self, step: FoldStep) {
        let Some(tape) = self.document.tape() else { return };
        if self.waiting.is_empty() && self.folds.work(tape, step) <= WORK {
            self.folds.apply(tape, step);
        } else {
            self.waiting.push(step);
            self.asks = true;
        }
    }

    /// The changes of folds that are still to be made, where `open` tells whether somebody is at it.
    pub(super) fn missing_folds(&mut self, open: bool) -> Option<FoldBody> {
        let wanted = !self.waiting.is_empty() && (self.asks || !open);
        self.asks = false;
        wanted.then(|| FoldBody {
            document: self.document.clone(),
            folds: self.folds.clone(),
            steps: self.waiting.clone(),
        })
    }

    /// The changes were made.
    pub(super) fn folded(&mut self, folds: Folds) {
        self.waiting.clear();
        // The lines are counted anew.
        self.laid = Fit::Cut(0);
        let before = std::mem::replace(&mut self.folds, folds);
        self.discards.push(self.document.clone(), before);
    }
}
