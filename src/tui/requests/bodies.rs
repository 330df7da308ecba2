//! Work on bodies, each on a blocking thread, abandoned when its result is no longer wanted.

use std::sync::Arc;
use std::time::Duration;

use super::{Run, Running, on_blocking_thread};
use crate::app::requests::{
    FilterBody, Filtered, FoldBody, Folded, OpenBody, SaveBody, SearchBody, Searched, WrapBody, Wrapped,
};
use crate::body::{Document, Fit, Search, View};
use crate::domain::{Body, Clean, Diagnosis, JqProblem, JqRequest, Saved};
use crate::platform::jq::{self, Limits};
use crate::platform::save;
use crate::tui::live::LiveSession;
use crate::tui::tasks::Ending;

/// Bytes to search between two checks for cancellation.
const SLICE_BYTES: usize = 1 << 20;

/// A search reports its matches so far after this many slices.
const REPORT_EVERY: usize = 8;

/// Limits of a filter on the screen: stricter than for a script, as a user is waiting.
const LIMITS: Limits = Limits { memory: 1 << 30, time: Duration::from_secs(10) };

/// Limit for the results, in bytes.
const MAX_RESULTS: usize = 64 << 20;

/// Content type of the results: one value per line.
const RESULTS: &str = "application/x-ndjson";

impl Run for OpenBody {
    const ENDING: Ending = Ending::Itself;

    async fn run(self, _: Arc<LiveSession>, running: Running<Self>) -> Option<Document> {
        let Self { body, content_type } = self;
        on_blocking_thread(move || {
            Document::open(body, content_type.as_deref(), &|| running.cancel.is_cancelled())
        })
        .await
    }
}

impl Run for SearchBody {
    const ENDING: Ending = Ending::Itself;

    async fn run(self, _: Arc<LiveSession>, running: Running<Self>) -> Option<Searched> {
        on_blocking_thread(move || search(&self, &running)).await
    }
}

fn search(request: &SearchBody, running: &Running<SearchBody>) -> Option<Searched> {
    let mut search = Search::start(&request.document, &request.needle, request.view)?;
    let mut slices = 0_usize;
    while !search.step(SLICE_BYTES) {
        if running.cancel.is_cancelled() {
            return None;
        }
        slices += 1;
        if slices == 1 || slices.is_multiple_of(REPORT_EVERY) {
            running.report_blocking(Searched { found: search.found().clone(), last: false });
        }
    }
    Some(Searched { found: search.into_found(), last: true })
}

impl Run for FoldBody {
    const ENDING: Ending = Ending::Itself;

    async fn run(self, _: Arc<LiveSession>, running: Running<Self>) -> Option<Folded> {
        let Self { document, mut folds, steps } = self;
        on_blocking_thread(move || {
            for step in steps {
                if running.cancel.is_cancelled() {
                    return None;
                }
                // Without a tape there is nothing to fold, but the request must still be answered.
                if let Some(tape) = document.tape() {
                    folds.apply(tape, step);
                }
            }
            Some(Folded { document, folds })
        })
        .await
    }
}

impl Run for WrapBody {
    const ENDING: Ending = Ending::Itself;

    async fn run(self, _: Arc<LiveSession>, _: Running<Self>) -> Option<Wrapped> {
        on_blocking_thread(move || self.document.prepare(View::Raw, Fit::Wrap(self.width))).await;
        Some(Wrapped)
    }
}

/// Dropping the future of an unwanted filter kills its process.
impl Run for FilterBody {
    async fn run(self, _: Arc<LiveSession>, _: Running<Self>) -> Option<Result<Filtered, JqProblem>> {
        Some(filtered(self.filter, self.input).await)
    }
}

async fn filtered(filter: String, input: Body) -> Result<Filtered, JqProblem> {
    let request = JqRequest { filter, input, raw: false, pretty: false, most: MAX_RESULTS };
    let output = jq::run(request, LIMITS).await.map_err(|error| error.problem())?;
    let (values, truncated) = (output.values, output.truncated);
    match on_blocking_thread(move || Document::open(output.text.into(), Some(RESULTS), &|| false)).await {
        Some(document) => Ok(Filtered { document, values, truncated }),
        None => Err(JqProblem { message: Clean::line("jq: cancelled"), at: None }),
    }
}

impl Run for SaveBody {
    const ENDING: Ending = Ending::Itself;

    async fn run(self, _: Arc<LiveSession>, _: Running<Self>) -> Option<Result<Saved, Diagnosis>> {
        Some(on_blocking_thread(move || save::save(&self.path, &self.body, self.replace)).await)
    }
}
