//! Copies of ids on their way into the history and back.

use std::collections::HashMap;

use super::Recorder;
use crate::domain::copy::{Copies, IdCopy};
use crate::domain::{Diagnosis, GrantId};
use crate::store::HistoryPolicy;
use crate::store::history::Whose;

impl Recorder {
    /// Hands copies over, where anything is kept at all; nobody waits for the disk.
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

    /// How often each id was copied, and when last; None where that is not kept.
    ///
    /// # Errors
    /// See [`Recorder::list`].
    pub async fn copies(&self, whose: Whose) -> Result<Option<HashMap<GrantId, Copies>>, Diagnosis> {
        if self.keep() == HistoryPolicy::Nothing {
            return Ok(None);
        }
        self.read_if_there(move |history| history.copies(&whose).map(Some)).await
    }
}
