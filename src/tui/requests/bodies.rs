//! Work over bodies, each on a thread that may be long about it, and given up when nobody wants it any more.

use std::sync::Arc;
use std::time::Duration;

use super::{Asked, Run, elsewhere};
use crate::app::requests::{
    FilterBody, Filtered, FoldBody, Folded, OpenBody, SaveBody, SearchBody, Searched, WrapBody, Wrapped,
};
use crate::body::{Document, Fit, Search, View};
use crate::domain::{Body, Clean, Diagnosis, JqProblem, JqRequest, Saved};
use crate::platform::jq::{self, Limits};
use crate::platform::save;
use crate::tui::live::LiveSession;
use crate::tui::tasks::Ending;

/// Bytes that are searched between two questions whether to stop.
const SLICE: usize = 1 << 20;

/// After so many slices a search tells what it has found so far.
const TELLING: usize = 8;

/// What a filter on the screen may use: less than one of a script, which nobody waits for with a key.
const LIMITS: Limits = Limits { memory: 1 << 30, time: Duration::from_secs(10) };

/// How many bytes of results are kept.
const MOST: usize = 64 << 20;

/// What results are: values one after the other.
const RESULTS: &str = "application/x-ndjson";

impl Run for OpenBody {
    const ENDING: Ending = Ending::Itself;

    async fn run(self, _: Arc<LiveSession>, asked: Asked<Self>) -> Option<Document> {
        let Self { body, content_type } = self;
        elsewhere(move || Document::open(body, content_type.as_deref(), &|| asked.cancel.is_cancelled()))
            .await
    }
}

impl Run for SearchBody {
    const ENDING: Ending = Ending::Itself;

    async fn run(self, _: Arc<LiveSession>, asked: Asked<Self>) -> Option<Searched> {
        elsewhere(move || search(&self, &asked)).await
    }
}

fn search(request: &SearchBody, asked: &Asked<SearchBody>) -> Option<Searched> {
    let mut search = Search::start(&request.document, &request.needle, request.view)?;
    let mut slices = 0_usize;
    while !search.step(SLICE) {
        if asked.cancel.is_cancelled() {
            return None;
        }
        slices += 1;
        if slices == 1 || slices.is_multiple_of(TELLING) {
            asked.report_blocking(Searched { found: search.found().clone(), last: false });
        }
    }
    Some(Searched { found: search.into_found(), last: true })
}

impl Run for FoldBody {
    const ENDING: Ending = Ending::Itself;

    async fn run(self, _: Arc<LiveSession>, asked: Asked<Self>) -> Option<Folded> {
        let Self { document, mut folds, steps } = self;
        elsewhere(move || {
            for step in steps {
                if asked.cancel.is_cancelled() {
                    return None;
                }
                // Without a tape there is nothing to fold, which is an answer too.
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

    async fn run(self, _: Arc<LiveSession>, _: Asked<Self>) -> Option<Wrapped> {
        elsewhere(move || self.document.prepare(View::Raw, Fit::Wrap(self.width))).await;
        Some(Wrapped)
    }
}

/// A filter that nobody waits for any more is dropped, which ends its process.
impl Run for FilterBody {
    async fn run(self, _: Arc<LiveSession>, _: Asked<Self>) -> Option<Result<Filtered, JqProblem>> {
        Some(filtered(self.filter, self.input).await)
    }
}

async fn filtered(filter: String, input: Body) -> Result<Filtered, JqProblem> {
    let request = JqRequest { filter, input, raw: false, pretty: false, most: MOST };
    let output = jq::run(request, LIMITS).await.map_err(|error| error.problem())?;
    let (values, truncated) = (output.values, output.truncated);
    match elsewhere(move || Document::open(output.text.into(), Some(RESULTS), &|| false)).await {
        Some(document) => Ok(Filtered { document, values, truncated }),
        None => Err(JqProblem { message: Clean::line("jq: cancelled"), at: None }),
    }
}

impl Run for SaveBody {
    const ENDING: Ending = Ending::Itself;

    async fn run(self, _: Arc<LiveSession>, _: Asked<Self>) -> Option<Result<Saved, Diagnosis>> {
        Some(elsewhere(move || save::save(&self.path, &self.body, self.replace)).await)
    }
}
