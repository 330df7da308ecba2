//! What a test found, said where its call is looked at.

use super::Smoke;
use crate::domain::describe::outcome::REASON;
use crate::domain::describe::{Entry, Section, Span, Tone};
use crate::domain::words::sentence;
use crate::domain::{Clean, RecordId};

/// Why a grant works with a warning, where this call was its test in the run on the board.
pub(crate) fn caveat(smoke: &Smoke, id: RecordId) -> Section {
    let found = smoke.board.iter().flat_map(|board| &board.found);
    let Some(result) = found.into_iter().find(|result| result.record == Some(id)) else {
        return Section::new();
    };
    if result.caveats.is_empty() {
        return Section::new();
    }
    let verdict = format!("{} {}", result.verdict.sign(), result.verdict.word());
    let reason = sentence(Clean::brief(&result.reason()).as_str());
    vec![
        Entry::Field("Test", vec![Span::new(verdict, result.verdict.into())]),
        Entry::field(REASON, reason, Tone::Plain),
    ]
}
