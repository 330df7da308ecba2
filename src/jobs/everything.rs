//! Reads a whole list, for work that needs all of it.

use jiff::Timestamp;
use tokio::sync::mpsc::{Receiver, channel};
use tokio_util::sync::CancellationToken;

use super::{PageSource, list};
use crate::domain::listing::unreadable;
use crate::domain::{Diagnosis, Grant, ListEvent, ListRequest, RowSet, ServerFilter, Spending};

/// All grants that the key can see and that match a filter.
#[derive(Clone, Debug, PartialEq)]
pub struct Everything {
    /// The rows, without duplicates.
    pub grants: Vec<Grant>,
    /// Why the list may be incomplete; then an id that is not in it may be a grant nonetheless.
    pub not_whole: Option<Diagnosis>,
}

impl Everything {
    /// Why an id that is not in the list may be a grant nonetheless: the list may be incomplete, or has rows with
    /// unreadable ids.
    pub fn doubt(&self) -> Option<Diagnosis> {
        self.not_whole.clone().or_else(|| {
            let rows = self.grants.iter().filter(|grant| grant.row.grant().is_none()).count();
            unreadable(rows as u64)
        })
    }
}

/// Progress of reading a whole list.
#[derive(Clone, Debug, PartialEq)]
pub enum Progress {
    /// Rows read so far, and in total.
    Rows {
        /// Read so far.
        here: u64,
        /// In total, as counted by the backend.
        total: u64,
    },
    /// Reading pauses.
    Waiting {
        /// Why.
        reason: Diagnosis,
        /// For how long.
        millis: u64,
    },
}

/// Reads all grants that match a filter; `reported` is called with rows and pauses.
///
/// # Errors
/// If the list cannot be read to its end.
pub async fn everything<S: PageSource>(
    source: &S,
    now: &(dyn Fn() -> Timestamp + Send + Sync),
    filter: ServerFilter,
    mut reported: impl FnMut(&Progress),
) -> Result<Everything, Diagnosis> {
    let request =
        ListRequest { filter, first_page: 1000, spending: Spending::Everything, ..ListRequest::default() };
    let (sender, mut events): (_, Receiver<ListEvent>) = channel(4);
    let walk = list(source, now, request, CancellationToken::new(), sender);
    let read = async {
        let (mut seen, mut all) = (RowSet::default(), Everything { grants: Vec::new(), not_whole: None });
        while let Some(event) = events.recv().await {
            match event {
                ListEvent::Page { grants, total, .. } => {
                    all.grants.extend(grants.into_iter().filter(|grant| seen.insert(grant.row)));
                    reported(&Progress::Rows { here: all.grants.len() as u64, total });
                }
                ListEvent::Waiting { reason, millis } => reported(&Progress::Waiting { reason, millis }),
                ListEvent::Done(summary) => all.not_whole = summary.not_whole(),
                ListEvent::Failed(diagnosis) => return Err(diagnosis),
                ListEvent::Budget(_) | ListEvent::WalkingAgain { .. } => {}
            }
        }
        Ok(all)
    };
    let ((), all) = tokio::join!(walk, read);
    all
}
