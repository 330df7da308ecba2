//! Records copies of ids in the history, and counts them.

use std::collections::HashMap;

use super::Recorder;
use crate::domain::copy::{Copies, IdCopy};
use crate::domain::{Diagnosis, GrantId};
use crate::store::HistoryPolicy;
use crate::store::history::Whose;

impl Recorder {
    /// Records copies, unless the history is off; never blocks.
    pub fn keep_copies(&self, whose: Whose, copies: Vec<IdCopy>) {
        if self.keep() == HistoryPolicy::Nothing || copies.is_empty() {
            return;
        }
        self.hand_over(move |writer| {
            if let Err(error) = writer.history().and_then(|history| history.keep_copies(&whose, &copies)) {
                writer.note(&error);
            }
        });
    }

    /// How often each id was copied, and when last; `None` if that is not recorded.
    ///
    /// # Errors
    /// As for [`Recorder::list`].
    pub async fn copies(&self, whose: Whose) -> Result<Option<HashMap<GrantId, Copies>>, Diagnosis> {
        if self.keep() == HistoryPolicy::Nothing {
            return Ok(None);
        }
        self.read_if_there(move |history| history.copies(&whose).map(Some)).await
    }
}
