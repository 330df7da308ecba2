//! Texts on their way to the clipboard, and how often ids went there.

use std::collections::HashMap;
use std::sync::Arc;

use super::Request;
use crate::app::nav::View;
use crate::app::screens::copy;
use crate::app::screens::page::Page;
use crate::app::{Effect, Model, Ticket};
use crate::body::{Document, TokenId};
use crate::domain::copy::Copies;
use crate::domain::{Clean, Copied, CopyRoute, CopyText, Diagnosis, GrantId, Now};

/// Copy a text.
#[derive(Debug, PartialEq)]
pub struct CopyOut(pub CopyText);

/// Copy the text of a large body.
#[derive(Debug, PartialEq)]
pub struct CopyBody {
    /// The body; what a text must not hold is taken out first.
    pub document: Document,
    /// One value of it; None = all.
    pub token: Option<TokenId>,
    /// What it is.
    pub label: Clean,
}

/// A text was copied, or could not be.
#[derive(Debug)]
pub struct CopyReport {
    /// What it is.
    pub label: Clean,
    /// Which way it went.
    pub result: Result<Copied, Diagnosis>,
    /// The text itself, where no clipboard takes it and it is to be shown.
    pub shown: Option<CopyText>,
    /// The ids in it.
    pub ids: Arc<[GrantId]>,
}

impl CopyReport {
    fn failed(fault: Diagnosis) -> Self {
        Self { label: Clean::line("the text"), result: Err(fault), shown: None, ids: Arc::from([]) }
    }
}

impl Request for CopyOut {
    type Answer = CopyReport;

    fn failed(fault: Diagnosis) -> Option<CopyReport> {
        Some(CopyReport::failed(fault))
    }

    fn answered(model: &mut Model, _: Ticket, report: CopyReport, now: Now) -> Vec<Effect> {
        copied(model, report, now)
    }
}

impl Request for CopyBody {
    type Answer = CopyReport;

    fn failed(fault: Diagnosis) -> Option<CopyReport> {
        Some(CopyReport::failed(fault))
    }

    fn answered(model: &mut Model, _: Ticket, report: CopyReport, now: Now) -> Vec<Effect> {
        copied(model, report, now)
    }
}

fn copied(model: &mut Model, report: CopyReport, now: Now) -> Vec<Effect> {
    let CopyReport { label, result, shown, ids } = report;
    match result {
        Ok(Copied { route: CopyRoute::Shown, note, .. }) => {
            let why = note.map(|note| format!(" {note}.")).unwrap_or_default();
            match shown.as_ref().map(Page::new) {
                Some(_) if model.shared.privacy => {
                    let message = "Not copied: no clipboard, and privacy mode (z) hides it.";
                    model.shared.toasts.warning(message, now);
                }
                Some(Some(page)) => model.shared.nav.push(View::Page(Box::new(page))),
                _ => {
                    let message = format!("Not copied: no clipboard, and {label} is too long to show.{why}");
                    model.shared.toasts.warning(&message, now);
                }
            }
        }
        Ok(copied) => {
            copy::copied(&mut model.copying, &ids, now);
            model.shared.toasts.info(&format!("{}.", copied.words(&label)), now);
        }
        Err(diagnosis) => model.shared.toasts.failure(&diagnosis, now),
    }
    Vec::new()
}

/// How often ids were copied; None where that is not kept.
#[derive(Debug, PartialEq)]
pub struct CountCopies;

impl Request for CountCopies {
    type Answer = Option<HashMap<GrantId, Copies>>;

    fn failed(_: Diagnosis) -> Option<Self::Answer> {
        Some(None)
    }

    fn answered(model: &mut Model, _: Ticket, counts: Self::Answer, _: Now) -> Vec<Effect> {
        model.copying.counts = counts;
        Vec::new()
    }
}
