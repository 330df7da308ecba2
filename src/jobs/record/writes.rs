//! Writes to grants on their way into the history and back.

use std::sync::{Arc, OnceLock};

use super::Recorder;
use crate::Context;
use crate::domain::{Diagnosis, WriteRecord};
use crate::store::HistoryPolicy;

/// A write that was handed over.
pub struct WriteHandle {
    recorder: Option<Recorder>,
    /// Known to the thread before any change reaches it.
    id: Arc<OnceLock<i64>>,
    /// As it was begun.
    pub record: WriteRecord,
}

impl WriteHandle {
    /// What became of it.
    pub fn end(self, record: WriteRecord) {
        let Some(recorder) = self.recorder else { return };
        recorder.hand_over(move |writer| {
            let kept = match self.id.get() {
                Some(id) => writer.history().and_then(|history| history.end_write(*id, &record)),
                // It could not be kept before; perhaps it can now.
                None => writer.history().and_then(|history| history.keep_write(&record)).map(drop),
            };
            if let Err(error) = kept {
                writer.note(&error);
            }
        });
    }
}

impl Context {
    /// Hands a write over before it is sent, where anything is kept at all; nobody waits for the disk.
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
            });
        }
        WriteHandle { recorder, id, record }
    }
}

impl Recorder {
    /// The latest writes of this profile, so many at most.
    ///
    /// # Errors
    /// See [`Recorder::list`].
    pub async fn writes(&self, limit: usize) -> Result<Vec<WriteRecord>, Diagnosis> {
        let profile = self.profile().to_owned();
        self.read_if_there(move |history| history.writes(&profile, limit)).await
    }
}
