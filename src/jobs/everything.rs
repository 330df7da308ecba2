//! All of a list, for work that needs the whole of it.

use jiff::Timestamp;
use tokio::sync::mpsc::{Receiver, channel};
use tokio_util::sync::CancellationToken;

use super::{PageSource, list};
use crate::domain::listing::unreadable;
use crate::domain::{Diagnosis, Grant, ListEvent, ListRequest, RowSet, ServerFilter, Spending};

/// Every grant that the key sees and a filter lets through.
#[derive(Clone, Debug, PartialEq)]
pub struct Everything {
    /// The rows, each once.
    pub grants: Vec<Grant>,
    /// Why the list is not proven whole; an id that is not among them may be a grant all the same then.
    pub not_whole: Option<Diagnosis>,
}

impl Everything {
    /// Why an id that is not among them may be a grant all the same: the list is not proven whole, or has rows whose id
    /// cannot be read.
    pub fn doubt(&self) -> Option<Diagnosis> {
        self.not_whole.clone().or_else(|| {
            let rows = self.grants.iter().filter(|grant| grant.row.grant().is_none()).count();
            unreadable(rows as u64)
        })
    }
}

/// What is told while a whole list is read.
#[derive(Clone, Debug, PartialEq)]
pub enum Progress {
    /// Rows that are here, and how many there are in all.
    Rows {
        /// Here.
        here: u64,
        /// In all, as the backend counts.
        total: u64,
    },
    /// Nothing is read for a while.
    Waiting {
        /// Why.
        reason: Diagnosis,
        /// For how long.
        millis: u64,
    },
}

/// Reads all of the list that a filter lets through; `reported` hears of rows and of pauses as they come.
///
/// # Errors
/// The list cannot be read to its end.
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
