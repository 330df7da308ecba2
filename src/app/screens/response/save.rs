//! Saving what is shown: a path to begin with, and what came of it.

use tui_input::Input;

use super::Response;
use crate::app::nav::{self, View};
use crate::app::requests::SaveBody;
use crate::app::screens::call::Call;
use crate::app::screens::confirm::{Confirm, Then};
use crate::app::screens::save_as::SaveAs;
use crate::app::shared::Shared;
use crate::app::{Effect, Slot};
use crate::body::{Document, Kind, Markup};
use crate::domain::describe::diagnosis::Described;
use crate::domain::{Body, CallOutcome, Clean, Diagnosis, Now, RequestDraft, Saved, words};
use crate::ui::Role;
use crate::ui::paint::Piece;

/// The longest name that is made up, in characters.
const LONGEST_NAME: usize = 60;

/// Names of kinds of files by their Content-Type, where that is no part of it.
const KINDS: &[(&str, &str)] = &[
    ("json", "json"),
    ("text/html", "html"),
    ("xml", "xml"),
    ("text/csv", "csv"),
    ("text/markdown", "md"),
    ("text/calendar", "ics"),
    ("image/png", "png"),
    ("image/jpeg", "jpg"),
    ("image/gif", "gif"),
    ("image/webp", "webp"),
    ("application/pdf", "pdf"),
    ("application/zip", "zip"),
    ("gzip", "gz"),
    ("text/", "txt"),
];

/// The person wants to save what is shown.
pub(super) fn ask(current: &mut Option<Call>, shared: &mut Shared) {
    let Some(call) = current else { return };
    let response = &call.response;
    let Some(document) = response.document() else { return };
    let what = match response.narrowed() {
        Some(_) if response.filter.is_cut() => "Beginning of the filter result",
        Some(_) => "Filter result",
        None => "The body",
    };
    let message = format!("{what}, {}, byte for byte.", words::bytes(document.body().len() as u64));
    let mut lines = vec![vec![Piece::new(message, Role::Text)]];
    if response.narrowed().is_some() && response.filter.is_cut() {
        let more = "The filter result was truncated; the file has the first part.";
        lines.push(vec![Piece::new(more, Role::HealthSoon)]);
    }
    lines.push(vec![Piece::new("Only you can read the file.", Role::TextDim)]);
    let save = SaveAs::new(lines, Input::new(response.file_name()), document.body().clone());
    shared.nav.push(View::Save(Box::new(save)));
}

/// Has it written, unless a file is there.
pub(crate) fn write(shared: &mut Shared, now: Now) -> Vec<Effect> {
    let Some(save) = prompt(shared) else { return Vec::new() };
    let path = save.input.value().trim().to_owned();
    if path.is_empty() {
        shared.toasts.refuse("Type a file path; Esc cancels.", now);
        return Vec::new();
    }
    save.begin();
    let job = SaveBody { path, body: save.body.clone(), replace: false };
    vec![shared.slots.ask(job)]
}

/// Has it written over the file that the person was asked about.
pub(crate) fn replace(shared: &mut Shared, path: String, body: Body) -> Vec<Effect> {
    if let Some(save) = prompt(shared) {
        save.begin();
    }
    let job = SaveBody { path, body, replace: true };
    vec![shared.slots.ask(job)]
}

/// The prompt is left: what becomes of a file that is being written is not for the next prompt.
pub(crate) fn leave(shared: &mut Shared, save: &SaveAs, now: Now) -> Vec<Effect> {
    if save.is_busy() {
        shared.toasts.info("Stopped waiting; the file may still be written.", now);
    }
    shared.give_up(Slot::Save).into_iter().collect()
}

/// It was written, or not.
pub(crate) fn saved(shared: &mut Shared, result: Result<Saved, Diagnosis>, now: Now) -> Vec<Effect> {
    match result {
        Ok(Saved::Written { path, bytes }) => {
            shared.nav.close(nav::Kind::Save);
            let size = words::bytes(bytes);
            shared.toasts.info(&format!("Saved {path}, {size}; only you can read it."), now);
        }
        Ok(Saved::Exists { path, bytes }) => {
            if let Some(save) = prompt(shared) {
                save.end(Vec::new());
                let then =
                    Then::Replace { path: save.input.value().trim().to_owned(), body: save.body.clone() };
                shared.nav.push(View::Confirm(Box::new(question(&path, bytes, then))));
            }
        }
        Err(diagnosis) => match prompt(shared) {
            Some(save) => save.end(sentences(&diagnosis)),
            None => shared.toasts.failure(&diagnosis, now),
        },
    }
    Vec::new()
}

fn prompt(shared: &mut Shared) -> Option<&mut SaveAs> {
    shared
        .nav
        .popups_mut()
        .iter_mut()
        .rev()
        .find_map(|popup| if let View::Save(save) = popup { Some(&mut **save) } else { None })
}

fn question(path: &Clean, bytes: u64, then: Then) -> Confirm {
    let lines = vec![
        vec![Piece::new(path.as_str(), Role::TextStrong)],
        vec![Piece::new(format!("already exists ({}).", words::bytes(bytes)), Role::Text)],
        vec![Piece::new("Its current content is lost.", Role::Text)],
    ];
    Confirm::new("Replace the file?", lines, "replace it", then)
}

/// What is wrong and what to do.
fn sentences(diagnosis: &Diagnosis) -> Vec<Clean> {
    let message = Described::new(diagnosis);
    let problem = diagnosis.facts.iter().find(|(label, _)| *label == "problem").map(|(_, problem)| problem);
    let first = match problem {
        Some(problem) => format!("{}: {problem}.", message.headline.trim_end_matches('.')),
        None => message.headline.to_owned(),
    };
    vec![Clean::line(&first), Clean::line(message.remedy)]
}

impl Response {
    /// What the file is called at first.
    fn file_name(&self) -> String {
        let name = if self.name.is_empty() { "response" } else { &self.name };
        if self.narrowed().is_some() {
            return format!("{name}-filtered.json");
        }
        let kind = self.kind();
        if kind.is_empty() { name.to_owned() } else { format!("{name}.{kind}") }
    }

    fn kind(&self) -> &'static str {
        let declared = match &self.outcome {
            Some(CallOutcome::Done(report)) => report.answer.header("content-type"),
            _ => None,
        };
        let declared = declared.unwrap_or_default().to_ascii_lowercase();
        let declared = declared.split(';').next().unwrap_or_default().trim();
        let known = KINDS.iter().find(|(part, _)| declared.contains(part)).map(|(_, kind)| *kind);
        let found = match self.document().map(Document::kind) {
            Some(Kind::Json(_)) => Some("json"),
            Some(Kind::Text(Markup::Html)) => Some("html"),
            Some(Kind::Text(Markup::Xml)) => Some("xml"),
            Some(Kind::Text(Markup::Plain)) => Some("txt"),
            Some(Kind::Binary(Some(format))) => Some(format.ending()),
            _ => None,
        };
        known.or(found).unwrap_or("bin")
    }
}

/// A name for a file from the URL of a call: the last part of its path that has letters, else its host. What a
/// shell or a file system could take for something else is left out.
pub(super) fn name_of(draft: &RequestDraft) -> String {
    let url = draft.url.split(['?', '#']).next().unwrap_or_default();
    let (_, rest) = url.split_once("://").unwrap_or(("", url));
    let mut parts = rest.split('/').map(tame);
    let name = parts.rfind(|part| part.chars().any(char::is_alphanumeric)).unwrap_or_default();
    // The kind is told by the answer.
    match name.rsplit_once('.') {
        Some((stem, ending)) if !stem.is_empty() && KINDS.iter().any(|(_, kind)| *kind == ending) => {
            stem.to_owned()
        }
        _ => name,
    }
}

fn tame(part: &str) -> String {
    let kept = part.chars().map(|c| if c.is_ascii_alphanumeric() || "._-".contains(c) { c } else { '-' });
    let name: String = kept.take(LONGEST_NAME).collect();
    name.trim_matches(['.', '-']).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::GrantId;

    #[test]
    fn a_name_is_made_of_the_url_and_is_harmless() {
        for (url, want) in [
            ("https://api.github.com/user", "user"),
            ("https://api.github.com/user/?page=2#x", "user"),
            ("https://slack.com/api/conversations.list", "conversations.list"),
            ("https://x.example/report.json", "report"),
            ("https://x.example/..%2f..%2fetc", "2f..-2fetc"),
            ("https://x.example/-rf", "rf"),
            ("https://x.example/.ssh/", "ssh"),
            ("https://x.example", "x.example"),
            ("https://x.example/{id}/$`\u{202e}", "id"),
            ("", ""),
        ] {
            let draft = RequestDraft::new(GrantId(uuid::Uuid::nil()), "GET", url);
            assert_eq!(name_of(&draft), want, "{url}");
        }
        let long = format!("https://x.example/{}", "a".repeat(500));
        let draft = RequestDraft::new(GrantId(uuid::Uuid::nil()), "GET", &long);
        assert_eq!(name_of(&draft).len(), LONGEST_NAME);
    }
}
