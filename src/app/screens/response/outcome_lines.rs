//! What came of a call, in lines.

use crate::app::private;
use crate::app::screens::call::beside_or_below;
use crate::app::shared::Shared;
use crate::domain::CallOutcome;
use crate::domain::describe::{Entry, Tone, outcome};
use crate::ui::Role;
use crate::ui::paint::Piece;

type Line = Vec<Piece>;

/// What can be done about a call that stays held.
pub(crate) const HELD: &str = "r checks again. In a shell: grantdeck approvals.";

/// The lines above the body, or in place of one.
pub(super) fn lines(shared: &Shared, outcome: &CallOutcome, body: Option<&str>, cells: usize) -> Vec<Line> {
    let entries = match outcome {
        CallOutcome::Failed(why) => {
            let shown = CallOutcome::Failed(private::diagnosis(shared, why).into_owned());
            outcome::entries(&shown, body)
        }
        CallOutcome::Done(_) | CallOutcome::Kept(_) | CallOutcome::Cancelled { .. } => {
            outcome::entries(outcome, body)
        }
    };
    let mut lines = laid(&private::section(shared, entries), cells);
    if matches!(outcome, CallOutcome::Kept(_)) {
        lines.extend([Line::new(), vec![Piece::new(HELD, Role::TextDim)]]);
    }
    lines
}

/// What is said, in lines that may be too long; a link in one that it fits in.
pub(crate) fn laid(entries: &[Entry], cells: usize) -> Vec<Line> {
    let line = |entry: &Entry| match entry {
        Entry::Field(label, value) => {
            let label = Piece::new(format!("{label:<11} "), Role::Head);
            match &value[..] {
                [link] if link.tone == Tone::Link => beside_or_below(vec![label], link.into(), cells),
                value => vec![std::iter::once(label).chain(value.iter().map(Piece::from)).collect()],
            }
        }
        Entry::Line(spans) => vec![spans.iter().map(Piece::from).collect()],
        Entry::Under(span) | Entry::Indented(_, span) => vec![vec![span.into()]],
        Entry::Scope(_) | Entry::Relative { .. } => Vec::new(),
    };
    entries.iter().flat_map(line).collect()
}
