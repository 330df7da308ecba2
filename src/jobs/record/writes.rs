//! Records writes to grants in the history, and reads them back.

use std::sync::{Arc, OnceLock};

use super::Recorder;
use crate::Context;
use crate::domain::{Diagnosis, HistoryQuery, HistorySlice, StoredWrite, WriteId, WriteRecord};
use crate::store::HistoryPolicy;

/// A write handed to the recorder.
pub struct WriteHandle {
    recorder: Option<Recorder>,
    /// The recording thread sets it before it processes any update.
    id: Arc<OnceLock<WriteId>>,
    /// The write as begun.
    pub record: WriteRecord,
}

impl WriteHandle {
    /// Records the outcome of the write.
    pub fn end(self, record: WriteRecord) {
        let Some(recorder) = self.recorder else { return };
        recorder.hand_over(move |writer| {
            let kept = match self.id.get() {
                Some(id) => writer.history().and_then(|history| history.end_write(*id, &record)),
                // Inserting failed at the beginning of the write; try again.
                None => writer.history().and_then(|history| history.keep_write(&record)).map(drop),
            };
            if let Err(error) = kept {
                writer.note(&error);
            }
        });
    }
}

impl Context {
    /// Hands a write to the recorder before it is sent, if the policy keeps any history. Never waits for the disk.
    pub fn begin_write(&self, record: WriteRecord) -> WriteHandle {
        let recorder = self.recorder.clone().filter(|recorder| recorder.keep() != HistoryPolicy::Nothing);
        let profile = recorder.as_ref().map_or_else(String::new, |recorder| recorder.profile().to_owned());
        let record = WriteRecord { profile, backend: self.client.host().to_owned(), ..record };
        let id = Arc::new(OnceLock::new());
        if let Some(recorder) = &recorder {
            let (known, begun) = (Arc::clone(&id), record.clone());
            recorder.hand_over(move |writer| {
                match writer.history().and_then(|history| history.keep_write(&begun)) {
                    Ok(id) => drop(known.set(id)),
                    Err(error) => drop(writer.note(&error)),
                }
                writer.prune(begun.at);
            });
        }
        WriteHandle { recorder, id, record }
    }
}

impl Recorder {
    /// Returns the calls and writes that match a query, latest first.
    ///
    /// # Errors
    /// See [`Recorder::list`].
    pub async fn page(&self, query: HistoryQuery) -> Result<HistorySlice, Diagnosis> {
        self.read(move |history| history.page(&query)).await
    }

    /// Returns the writes that match a query, latest first.
    ///
    /// # Errors
    /// See [`Recorder::list`].
    pub async fn writes(&self, query: HistoryQuery) -> Result<Vec<StoredWrite>, Diagnosis> {
        self.read_if_there(move |history| history.writes(&query)).await
    }
}
