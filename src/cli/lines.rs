//! What is said of something, a line for each thing.

use crate::domain::describe::{Entry, Span};

/// Cells of a label.
const LABEL: usize = 12;

/// One thing on a line.
pub(super) fn line(entry: &Entry) -> String {
    let text = |spans: &[Span]| spans.iter().map(|span| span.text.as_str()).collect::<String>();
    match entry {
        Entry::Line(spans) => text(spans),
        Entry::Field(label, value) => format!("{label:<LABEL$} {}", text(value)),
        Entry::Under(span) => format!("{:<LABEL$} {}", "", span.text),
        Entry::Indented(by, span) => format!("{:by$}{}", "", span.text),
        Entry::Scope(scope) => format!("  {} {}  {}", scope.sign, scope.name, scope.description),
        Entry::Relative { sign, name, id } => format!("  {} {name:<LABEL$}  {id}", sign.text),
    }
}
