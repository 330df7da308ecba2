//! Work over bodies, each on a thread that may be long about it, and given up when nobody wants it any more.

use std::time::Duration;

use tokio_util::sync::CancellationToken;

use super::{Backend, Effects, Failed};
use crate::app::msg::Filtered;
use crate::app::screens::response::copyable;
use crate::app::{Answer, Ticket};
use crate::body::{Document, Fit, FoldStep, Folds, Search, TokenId, View};
use crate::domain::{Body, Clean, Code, CopyText, Diagnosis, JqProblem, JqRequest, Retry, Who};
use crate::platform::jq::{self, Limits};
use crate::platform::save;
use crate::tui::delivery::Delivery;

/// Bytes that are searched between two questions whether to stop.
const SLICE: usize = 1 << 20;

/// After so many slices a search tells what it has found so far.
const TELLING: usize = 8;

/// What a filter on the screen may use: less than one of a script, which nobody waits for with a key.
const LIMITS: Limits = Limits { memory: 1 << 30, time: Duration::from_secs(10) };

/// How many bytes of results are kept.
const MOST: usize = 64 << 20;

impl<B: Backend> Effects<B> {
    pub(super) fn open_body(&mut self, ticket: Ticket, body: Body, content_type: Option<String>) {
        self.work(ticket, None, move |token| {
            Some(Answer::Body(Document::open(body, content_type.as_deref(), &|| token.is_cancelled())?))
        });
    }

    pub(super) fn search_body(&mut self, ticket: Ticket, document: Document, needle: String, view: View) {
        let answers = self.answers.clone();
        self.work(ticket, None, move |token| {
            search(&document, &needle, view, token, &|answer| {
                let answer = crate::app::Msg::Answer { ticket, answer: Box::new(answer) };
                answers.send_blocking(Delivery::Msg(answer));
            })
        });
    }

    pub(super) fn fold(
        &mut self,
        ticket: Ticket,
        document: Document,
        mut folds: Folds,
        steps: Vec<FoldStep>,
    ) {
        self.work(ticket, None, move |token| {
            for step in steps {
                if token.is_cancelled() {
                    return None;
                }
                // Without a tape there is nothing to fold, which is an answer too.
                if let Some(tape) = document.tape() {
                    folds.apply(tape, step);
                }
            }
            Some(Answer::Folded { document, folds })
        });
    }

    pub(super) fn wrap(&mut self, ticket: Ticket, document: Document, width: usize) {
        self.work(ticket, None, move |_| {
            document.prepare(View::Raw, Fit::Wrap(width));
            Some(Answer::Wrapped)
        });
    }

    pub(super) fn save(&mut self, ticket: Ticket, path: String, body: Body, replace: bool) {
        let failed = |fault| Answer::Saved(Err(fault));
        self.work(ticket, Some(Box::new(failed)), move |_| {
            Some(Answer::Saved(save::save(&path, &body, replace)))
        });
    }

    pub(super) fn copy_body(
        &mut self,
        ticket: Ticket,
        document: Document,
        token: Option<TokenId>,
        label: Clean,
    ) {
        let told = label.clone();
        let text = async move {
            match tokio::task::spawn_blocking(move || copyable(&document, token, told)).await {
                Ok(text) => text.ok_or_else(no_text),
                Err(error) => std::panic::resume_unwind(error.into_panic()),
            }
        };
        self.copy(ticket, label, text);
    }

    /// A filter that nobody waits for any more is dropped, which ends its process.
    pub(super) fn filter(&mut self, ticket: Ticket, filter: String, input: Body) {
        let answers = self.answers.clone();
        self.spawn(ticket, Some(Box::new(broken_filter)), async move {
            answers.answer(ticket, Answer::Filtered(filtered(filter, input).await)).await;
        });
    }

    /// Runs work on a thread of its own; no answer where nobody waits for it. `failed`: the answer where it panics; None
    /// where the screen would only ask for the same again.
    fn work(
        &mut self,
        ticket: Ticket,
        failed: Option<Failed>,
        work: impl FnOnce(&CancellationToken) -> Option<Answer> + Send + 'static,
    ) {
        let token = self.take_slot(ticket);
        let answers = self.answers.clone();
        let work = async move {
            match tokio::task::spawn_blocking(move || work(&token)).await {
                Ok(Some(answer)) => answers.answer(ticket, answer).await,
                // Asked to stop.
                Ok(None) => {}
                Err(error) => std::panic::resume_unwind(error.into_panic()),
            }
        };
        let work = self.watched(ticket, failed, work);
        self.tasks.spawn(work);
    }

    /// Copies a text that comes in its time.
    pub(super) fn copy(
        &mut self,
        ticket: Ticket,
        label: Clean,
        text: impl Future<Output = Result<CopyText, Diagnosis>> + Send + 'static,
    ) {
        let (answers, backend) = (self.answers.clone(), std::sync::Arc::clone(&self.backend));
        self.spawn(ticket, Some(Box::new(not_copied)), async move {
            let mut ids = std::sync::Arc::from([]);
            let (result, shown) = match text.await {
                Ok(text) => match backend.copy(text.clone()).await {
                    Ok(outcome) => {
                        if let Some((of, _)) = &text.ids {
                            ids = std::sync::Arc::clone(of);
                        }
                        let shown = outcome.copied.route == crate::domain::CopyRoute::Shown;
                        if let Some(bytes) = outcome.sequence {
                            answers.send(Delivery::Write(bytes)).await;
                        }
                        (Ok(outcome.copied), shown.then_some(text))
                    }
                    Err(diagnosis) => (Err(diagnosis), None),
                },
                Err(diagnosis) => (Err(diagnosis), None),
            };
            answers.answer(ticket, Answer::Copied { label, result, shown, ids }).await;
        });
    }
}

fn search(
    document: &Document,
    needle: &str,
    view: View,
    token: &CancellationToken,
    tell: &dyn Fn(Answer),
) -> Option<Answer> {
    let mut search = Search::start(document, needle, view)?;
    let mut slices = 0_usize;
    while !search.step(SLICE) {
        if token.is_cancelled() {
            return None;
        }
        slices += 1;
        if slices == 1 || slices.is_multiple_of(TELLING) {
            tell(Answer::Searched { found: search.found().clone(), last: false });
        }
    }
    Some(Answer::Searched { found: search.into_found(), last: true })
}

async fn filtered(filter: String, input: Body) -> Result<Filtered, JqProblem> {
    let request = JqRequest { filter, input, raw: false, pretty: false, most: MOST };
    let output = jq::run(request, LIMITS).await.map_err(|error| error.problem())?;
    let (values, truncated) = (output.values, output.truncated);
    let read = move || Document::open(output.text.into(), Some(RESULTS), &|| false);
    match tokio::task::spawn_blocking(read).await {
        Ok(Some(document)) => Ok(Filtered { document, values, truncated }),
        Ok(None) => Err(JqProblem { message: Clean::line("jq: cancelled"), at: None }),
        Err(error) => std::panic::resume_unwind(error.into_panic()),
    }
}

/// What results are: values one after the other.
const RESULTS: &str = "application/x-ndjson";

fn broken_filter(_fault: Diagnosis) -> Answer {
    Answer::Filtered(Err(JqProblem { message: Clean::line("jq: the filter could not be run"), at: None }))
}

fn not_copied(fault: Diagnosis) -> Answer {
    let label = Clean::line("the text");
    Answer::Copied { label, result: Err(fault), shown: None, ids: std::sync::Arc::from([]) }
}

fn no_text() -> Diagnosis {
    Diagnosis::new(Code::ArgumentRefused, Who::You, Retry::No).fact("problem", "the body is no text")
}
