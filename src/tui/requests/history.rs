//! Queries of the history of calls and writes. The history has its own thread; comparisons run on a blocking thread.

use std::sync::Arc;

use super::{Run, Running, on_blocking_thread};
use crate::app::requests::{CompareRecords, ForgetRecords, ListRecords, ReadRecord};
use crate::app::screens::history::Comparison;
use crate::domain::{CallRecord, Diagnosis, HistoryPage, RecordId, Which};
use crate::tui::live::LiveSession;
use crate::tui::tasks::Ending;

impl Run for ListRecords {
    async fn run(self, live: Arc<LiveSession>, _: Running<Self>) -> Option<Result<HistoryPage, Diagnosis>> {
        let page = async {
            let recorder = live.recorder()?;
            Ok(HistoryPage { slice: recorder.page(self.0).await?, keep: recorder.keep() })
        };
        Some(page.await)
    }
}

type Found = Option<(RecordId, Box<CallRecord>)>;

impl Run for ReadRecord {
    async fn run(self, live: Arc<LiveSession>, _: Running<Self>) -> Option<Result<Found, Diagnosis>> {
        Some(get(&live, self.0).await)
    }
}

async fn get(live: &LiveSession, which: Which) -> Result<Found, Diagnosis> {
    let recorder = live.recorder()?;
    let id = match which {
        Which::This(id) => Some(id),
        Which::Older(id) => recorder.neighbours(id).await?.older,
        Which::Newer(id) => recorder.neighbours(id).await?.newer,
    };
    let Some(id) = id else { return Ok(None) };
    Ok(recorder.get(id).await?.map(|record| (id, Box::new(record))))
}

impl Run for CompareRecords {
    const ENDING: Ending = Ending::Itself;

    async fn run(
        self,
        live: Arc<LiveSession>,
        running: Running<Self>,
    ) -> Option<Result<Option<Box<Comparison>>, Diagnosis>> {
        let Self(left, right) = self;
        let both = tokio::select! {
            biased;
            () = running.cancel.cancelled() => return None,
            both = both(&live, left, right) => both,
        };
        let (first, second) = match both {
            Ok(Some(both)) => both,
            Ok(None) => return Some(Ok(None)),
            Err(why) => return Some(Err(why)),
        };
        let stopped = move || running.cancel.is_cancelled();
        let found =
            on_blocking_thread(move || Comparison::of((left, &first), (right, &second), &stopped)).await;
        found.map(|found| Ok(Some(Box::new(found))))
    }
}

async fn both(
    live: &LiveSession,
    left: RecordId,
    right: RecordId,
) -> Result<Option<(CallRecord, CallRecord)>, Diagnosis> {
    let recorder = live.recorder()?;
    Ok(recorder.get(left).await?.zip(recorder.get(right).await?))
}

impl Run for ForgetRecords {
    async fn run(self, live: Arc<LiveSession>, _: Running<Self>) -> Option<Result<usize, Diagnosis>> {
        let forgotten = async {
            let recorder = live.recorder()?;
            match self.0 {
                Some(id) => Ok(usize::from(recorder.delete(id).await?)),
                None => recorder.clear().await,
            }
        };
        Some(forgotten.await)
    }
}

#[cfg(test)]
#[path = "history_tests.rs"]
mod tests;
