//! Copies texts to the clipboard, and counts copies of ids.

use std::collections::HashMap;
use std::sync::Arc;

use super::{Run, Running, on_blocking_thread};
use crate::app::requests::{CopyBody, CopyOut, CopyReport, CountCopies};
use crate::app::screens::response::copyable;
use crate::domain::copy::Copies;
use crate::domain::{Clean, Code, CopyRoute, CopyText, Diagnosis, GrantId, Retry, Who};
use crate::tui::delivery::{Answers, Delivery};
use crate::tui::live::LiveSession;

impl Run for CopyOut {
    async fn run(self, live: Arc<LiveSession>, running: Running<Self>) -> Option<CopyReport> {
        let label = self.0.label.clone();
        Some(copied(Ok(self.0), label, &live, &running.answers).await)
    }
}

impl Run for CopyBody {
    async fn run(self, live: Arc<LiveSession>, running: Running<Self>) -> Option<CopyReport> {
        let Self { document, token, label } = self;
        let name = label.clone();
        let text = on_blocking_thread(move || copyable(&document, token, name)).await;
        Some(copied(text.ok_or_else(no_text), label, &live, &running.answers).await)
    }
}

async fn copied(
    text: Result<CopyText, Diagnosis>,
    label: Clean,
    live: &LiveSession,
    answers: &Answers,
) -> CopyReport {
    let refused =
        |why| CopyReport { label: label.clone(), result: Err(why), shown: None, ids: Arc::from([]) };
    let text = match text {
        Ok(text) => text,
        Err(why) => return refused(why),
    };
    match live.copy(text.clone()).await {
        Ok(outcome) => {
            if let Some(bytes) = outcome.sequence {
                answers.send(Delivery::Write(bytes)).await;
            }
            let ids = text.ids.as_ref().map_or_else(|| Arc::from([]), |(ids, _)| Arc::clone(ids));
            let shown = (outcome.copied.route == CopyRoute::Shown).then_some(text);
            CopyReport { label, result: Ok(outcome.copied), shown, ids }
        }
        Err(why) => refused(why),
    }
}

fn no_text() -> Diagnosis {
    Diagnosis::new(Code::ArgumentRefused, Who::You, Retry::No).fact("problem", "the body is binary")
}

impl Run for CountCopies {
    async fn run(self, live: Arc<LiveSession>, _: Running<Self>) -> Option<Option<HashMap<GrantId, Copies>>> {
        Some(counted(&live).await)
    }
}

async fn counted(live: &LiveSession) -> Option<HashMap<GrantId, Copies>> {
    let context = live.context().ok()?;
    let recorder = context.recorder.as_ref()?;
    // Without a history there is nothing to count; the history reports that itself.
    recorder.copies(recorder.whose(&context.backend())).await.ok().flatten()
}
