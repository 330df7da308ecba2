//! Questions to the history of calls. It has a thread of its own; comparing has a worker.

use super::{Backend, Effects};
use crate::app::screens::history::Comparison;
use crate::app::{Answer, Ticket};
use crate::domain::{CallRecord, Diagnosis, RecordId, RecordPage, RecordQuery, Which};
use crate::jobs::Recorder;

impl<B: Backend> Effects<B> {
    pub(super) fn records(&mut self, ticket: Ticket, query: RecordQuery) {
        let recorder = self.backend.recorder();
        self.ask(ticket, Answer::Records, list(recorder, query));
    }

    pub(super) fn record(&mut self, ticket: Ticket, which: Which) {
        let recorder = self.backend.recorder();
        self.ask(ticket, Answer::Record, get(recorder, which));
    }

    pub(super) fn forget(&mut self, ticket: Ticket, id: Option<RecordId>) {
        let recorder = self.backend.recorder();
        self.ask(ticket, Answer::Forgotten, forget(recorder, id));
    }

    pub(super) fn compare(&mut self, ticket: Ticket, left: RecordId, right: RecordId) {
        let (answers, recorder) = (self.answers.clone(), self.backend.recorder());
        let token = self.take_slot(ticket);
        let work = async move {
            let both = tokio::select! {
                biased;
                () = token.cancelled() => return,
                both = both(recorder, left, right) => both,
            };
            let found = match both {
                Err(why) => Err(why),
                Ok(None) => Ok(None),
                Ok(Some((first, second))) => {
                    let work =
                        move || Comparison::of((left, &first), (right, &second), &|| token.is_cancelled());
                    match tokio::task::spawn_blocking(work).await {
                        Ok(Some(found)) => Ok(Some(Box::new(found))),
                        // Asked to stop: nobody waits for it.
                        Ok(None) => return,
                        Err(error) => std::panic::resume_unwind(error.into_panic()),
                    }
                }
            };
            answers.answer(ticket, Answer::Compared(found)).await;
        };
        let work = self.watched(ticket, Some(Box::new(|why| Answer::Compared(Err(why)))), work);
        self.tasks.spawn(work);
    }
}

async fn list(recorder: Result<Recorder, Diagnosis>, query: RecordQuery) -> Result<RecordPage, Diagnosis> {
    let recorder = recorder?;
    Ok(RecordPage { rows: recorder.list(query).await?, keep: recorder.keep() })
}

type Found = Option<(RecordId, Box<CallRecord>)>;

async fn get(recorder: Result<Recorder, Diagnosis>, which: Which) -> Result<Found, Diagnosis> {
    let recorder = recorder?;
    let id = match which {
        Which::This(id) => Some(id),
        Which::Older(id) => recorder.neighbours(id).await?.older,
        Which::Newer(id) => recorder.neighbours(id).await?.newer,
    };
    let Some(id) = id else { return Ok(None) };
    Ok(recorder.get(id).await?.map(|record| (id, Box::new(record))))
}

async fn both(
    recorder: Result<Recorder, Diagnosis>,
    left: RecordId,
    right: RecordId,
) -> Result<Option<(CallRecord, CallRecord)>, Diagnosis> {
    let recorder = recorder?;
    Ok(recorder.get(left).await?.zip(recorder.get(right).await?))
}

async fn forget(recorder: Result<Recorder, Diagnosis>, id: Option<RecordId>) -> Result<usize, Diagnosis> {
    let recorder = recorder?;
    match id {
        Some(id) => Ok(usize::from(recorder.delete(id).await?)),
        None => recorder.clear().await,
    }
}

#[cfg(test)]
#[path = "history_tests.rs"]
mod tests;
