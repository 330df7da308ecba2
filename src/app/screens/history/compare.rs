//! What differs between two past calls: what was asked, headers, and the body, JSON by what it says.

use crate::body::{Diff, DiffLine, DiffOptions, Document, PairLine, Sign, diff, diff_pairs};
use crate::domain::describe::outcome;
use crate::domain::{Body, CallRecord, KeptBody, Outcome, RecordId, RecordSummary};

/// Cells of a line of a body at most; what is longer is cut, but compared whole.
const WIDEST: usize = 400;

/// The names under which two requests are compared whose values may name somebody.
pub(super) const URL: &str = "URL";
/// See [`URL`].
pub(super) const PROVIDER: &str = "asked of";

/// The names whose values name nobody. Of all others, headers, parameters and reasons, nobody can say.
pub(super) const HARMLESS: [&str; 6] = ["Alter", "provider", "failed", "ended", "method", "mode"];

/// The comparison of two past calls.
#[derive(Clone, Debug, PartialEq)]
pub struct Comparison {
    /// The call on the left.
    pub left: RecordSummary,
    /// The call on the right.
    pub right: RecordSummary,
    /// What is shown, from top to bottom.
    pub rows: Vec<CompareRow>,
    /// Lines on the right only.
    pub added: usize,
    /// Lines on the left only.
    pub removed: usize,
}

/// A line of a comparison.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CompareRow {
    /// What the lines below are about, and how much of it differs.
    Heading(&'static str, String),
    /// A name with a value.
    Pair(PairLine),
    /// A line of a body.
    Line(DiffLine),
    /// A sentence.
    Note(String),
}

impl Comparison {
    /// Compares two calls. Large bodies take a while: not for the thread that draws. None when asked to stop.
    pub fn of(
        left: (RecordId, &CallRecord),
        right: (RecordId, &CallRecord),
        cancelled: &dyn Fn() -> bool,
    ) -> Option<Self> {
        let mut found = Self {
            left: left.1.summary(left.0),
            right: right.1.summary(right.0),
            rows: Vec::new(),
            added: 0,
            removed: 0,
        };
        let (left, right) = (left.1, right.1);
        found.pairs("Result", &result(left), &result(right));
        found.pairs("Request", &request(left), &request(right));
        let (sent_left, sent_right) = (left.request_body.as_ref(), right.request_body.as_ref());
        if sent_left != sent_right {
            let kind = |record: &CallRecord| record.request_is_json.then_some("application/json");
            found.bodies("Request body", (sent_left, kind(left)), (sent_right, kind(right)), cancelled)?;
        }
        found.pairs("Headers", headers(left), headers(right));
        found.bodies(
            "Body",
            (body(left), content_type(left)),
            (body(right), content_type(right)),
            cancelled,
        )?;
        Some(found)
    }

    fn pairs(&mut self, what: &'static str, left: &[(String, String)], right: &[(String, String)]) {
        if left.is_empty() && right.is_empty() {
            return;
        }
        let pairs = diff_pairs(left, right);
        let count = |sign| pairs.iter().filter(|pair| pair.sign == sign).count();
        let (added, removed) = (count(Sign::Added), count(Sign::Removed));
        if added + removed == 0 {
            self.rows.push(CompareRow::Heading(what, "equal".to_owned()));
            return;
        }
        self.count(what, added, removed);
        let differs = pairs.into_iter().filter(|pair| pair.sign != Sign::Same);
        self.rows.extend(differs.map(CompareRow::Pair));
    }

    fn bodies(
        &mut self,
        what: &'static str,
        (left, left_type): (Option<&KeptBody>, Option<&str>),
        (right, right_type): (Option<&KeptBody>, Option<&str>),
        cancelled: &dyn Fn() -> bool,
    ) -> Option<()> {
        let bytes = |kept: Option<&KeptBody>| kept.map_or_else(Body::default, |kept| kept.bytes.clone());
        let left_document = Document::open(bytes(left), left_type, cancelled)?;
        let right_document = Document::open(bytes(right), right_type, cancelled)?;
        if cancelled() {
            return None;
        }
        let options = DiffOptions { width: WIDEST, ..DiffOptions::default() };
        let Diff { lines, added, removed, json, too_large } = diff(&left_document, &right_document, options);
        let omitted = [left, right].map(|side| side.and_then(|kept| kept.omitted));
        if too_large {
            self.rows.push(CompareRow::Heading(what, "not compared: too many lines".to_owned()));
        } else if added + removed > 0 {
            self.count(what, added, removed);
        } else if omitted == [None, None] {
            let empty = left_document.body().is_empty();
            let message = if empty { "none" } else { "equal" };
            self.rows.push(CompareRow::Heading(what, message.to_owned()));
        } else {
            self.rows.push(CompareRow::Heading(what, "not compared".to_owned()));
        }
        for (side, why) in ["before", "after"].into_iter().zip(omitted) {
            if let Some(why) = why {
                self.rows.push(CompareRow::Note(format!("{side}: {}", outcome::omitted(why))));
            }
        }
        if [left, right].into_iter().flatten().any(|kept| kept.cut) {
            self.rows.push(CompareRow::Note(
                "Only the beginning of a long body is stored and compared.".to_owned(),
            ));
        }
        if json && !lines.is_empty() {
            self.rows.push(CompareRow::Note(
                "JSON compared by value (key order and whitespace ignored).".to_owned(),
            ));
        }
        self.rows.extend(lines.into_iter().map(CompareRow::Line));
        Some(())
    }

    fn count(&mut self, what: &'static str, added: usize, removed: usize) {
        self.added += added;
        self.removed += removed;
        self.rows.push(CompareRow::Heading(what, format!("+{added} −{removed}")));
    }
}

/// How a call ended, by name.
fn result(record: &CallRecord) -> Vec<(String, String)> {
    let mut pairs = Vec::new();
    let mut add = |name: &str, value: String| pairs.push((name.to_owned(), value));
    match &record.outcome {
        Outcome::Answered { alter_status, provider_status, .. } => {
            add("Alter", alter_status.to_string());
            add("provider", provider_status.to_string());
        }
        Outcome::Failed { code, headline, said, .. } => {
            add("failed", code.replace('_', " "));
            add("told", said.clone().unwrap_or_else(|| headline.clone()));
        }
        Outcome::Held { .. } | Outcome::Unfinished | Outcome::Cancelled { .. } => {
            add("ended", record.outcome.ending().to_string());
        }
    }
    pairs
}

/// What was asked, by name; the body aside.
fn request(record: &CallRecord) -> Vec<(String, String)> {
    let mut pairs = Vec::new();
    let mut add = |name: String, value: String| pairs.push((name, value));
    add("method".to_owned(), record.method.to_uppercase());
    add(URL.to_owned(), record.url.clone());
    add("mode".to_owned(), record.mode.to_string());
    add(PROVIDER.to_owned(), record.provider.clone().unwrap_or_default());
    record.path_parameters.iter().for_each(|(name, value)| add(format!("{{{name}}}"), value.clone()));
    for (name, value) in &record.query {
        add(format!("?{name}"), value.as_str().map_or_else(|| value.to_string(), str::to_owned));
    }
    record.request_headers.iter().for_each(|(name, value)| add(name.clone(), value.clone()));
    record.reason.iter().for_each(|reason| add("reason".to_owned(), reason.clone()));
    pairs
}

fn headers(record: &CallRecord) -> &[(String, String)] {
    match &record.outcome {
        Outcome::Answered { headers, .. } => headers,
        Outcome::Unfinished | Outcome::Held { .. } | Outcome::Failed { .. } | Outcome::Cancelled { .. } => {
            &[]
        }
    }
}

fn content_type(record: &CallRecord) -> Option<&str> {
    let header = headers(record).iter().find(|(name, _)| name.eq_ignore_ascii_case("content-type"));
    header.map(|(_, value)| value.as_str())
}

fn body(record: &CallRecord) -> Option<&KeptBody> {
    match &record.outcome {
        Outcome::Answered { body, .. } => body.as_ref(),
        Outcome::Unfinished | Outcome::Held { .. } | Outcome::Failed { .. } | Outcome::Cancelled { .. } => {
            None
        }
    }
}

#[cfg(test)]
#[path = "compare_tests.rs"]
mod tests;
