//! From a name on a command line to the one grant that it means.

use jiff::Timestamp;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::{PageSource, list};
use crate::domain::{
    Code, Diagnosis, Grant, GrantId, ListEvent, ListRequest, Retry, RowId, RowSet, Selector, Spending, Who,
};

/// Candidates that an answer lists at most.
const CANDIDATES: usize = 8;

/// The grant that is meant.
#[derive(Clone, Debug, PartialEq)]
pub struct Selected {
    /// Its id.
    pub id: GrantId,
    /// Its row, where the list was read.
    pub grant: Option<Grant>,
}

/// What must be known of the grant that is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    /// Its id: a whole one is taken at its word.
    Id,
    /// Its row: the list is read in any case.
    Row,
}

/// Finds the grant that is meant, in the list unless its whole id is given and enough.
///
/// # Errors
/// None or several match, or the list cannot be read.
pub async fn select<S: PageSource>(
    source: &S,
    now: &(dyn Fn() -> Timestamp + Send + Sync),
    selector: &Selector,
    need: Need,
) -> Result<Selected, Diagnosis> {
    if let (Selector::Id(id), Need::Id) = (selector, need) {
        return Ok(Selected { id: *id, grant: None });
    }
    let request = ListRequest {
        filter: selector.server_filter(),
        spending: Spending::Everything,
        ..ListRequest::default()
    };
    let (sender, mut events) = mpsc::channel(4);
    let enough = CancellationToken::new();
    let walk = list(source, now, request, enough.clone(), sender);
    let read = async {
        let (mut seen, mut found) = (RowSet::default(), Vec::new());
        while let Some(event) = events.recv().await {
            match event {
                ListEvent::Page { grants, .. } => {
                    let matching = grants.into_iter().filter(|grant| selector.matches(grant));
                    found.extend(matching.filter(|grant| seen.insert(grant.row)));
                    if matches!(selector, Selector::Id(_)) && !found.is_empty() {
                        enough.cancel();
                        break;
                    }
                }
                ListEvent::Failed(diagnosis) => return Err(diagnosis),
                _ => {}
            }
        }
        Ok(found)
    };
    let ((), found) = tokio::join!(walk, read);
    one(selector, found?)
}

/// Finds the grant that is meant among those of a list that was read.
///
/// # Errors
/// None or several match.
pub fn among<'g>(
    selector: &Selector,
    grants: impl IntoIterator<Item = &'g Grant>,
) -> Result<Selected, Diagnosis> {
    one(selector, grants.into_iter().filter(|grant| selector.matches(grant)).cloned().collect())
}

fn one(selector: &Selector, mut found: Vec<Grant>) -> Result<Selected, Diagnosis> {
    let refused =
        |code| Diagnosis::new(code, Who::You, Retry::AfterRemedy).fact("selector", &selector.to_string());
    if found.len() == 1
        && let Some(grant) = found.pop()
        && let RowId::Grant(id) = grant.row
    {
        return Ok(Selected { id, grant: Some(grant) });
    }
    match found.as_slice() {
        [] => Err(refused(Code::GrantNotFound)),
        several => {
            let shown = several.iter().take(CANDIDATES);
            let refused = shown.fold(refused(Code::AmbiguousGrant), |refused, grant| {
                refused.fact("candidate", &in_words(grant))
            });
            let more = several.len().saturating_sub(CANDIDATES);
            Err(if more > 0 { refused.fact("more", &more.to_string()) } else { refused })
        }
    }
}

fn in_words(grant: &Grant) -> String {
    let id = match grant.row {
        RowId::Grant(id) => id.to_string(),
        RowId::Unreadable(_) => String::new(),
    };
    let label = grant.label.as_deref().map(|label| format!("#{label}")).unwrap_or_default();
    format!("{id}  {}:{}{label}", grant.provider, grant.account())
}
