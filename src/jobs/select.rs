//! Resolves a selector from the command line to a single grant.

use jiff::Timestamp;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::{PageSource, list};
use crate::domain::code::shell_word;
use crate::domain::listing::{nameless, unreadable};
use crate::domain::selector::{self, Fit};
use crate::domain::{
    Code, Diagnosis, Grant, GrantId, Health, ListEvent, ListRequest, Retry, RowId, RowSet, Selector,
    ServerFilter, Spending, Who,
};

/// Maximum number of candidates listed.
const MAX_CANDIDATES: usize = 8;

/// The selected grant.
#[derive(Clone, Debug, PartialEq)]
pub struct Selected {
    /// Its id.
    pub id: GrantId,
    /// Its row, if the list was read.
    pub grant: Option<Grant>,
    /// Number of ended grants with the same name that were passed over.
    pub passed_by: usize,
}

impl Selected {
    /// A grant known only by its id.
    pub fn unseen(id: GrantId) -> Self {
        Self { id, grant: None, passed_by: 0 }
    }

    /// A note that the live one of several grants was chosen, as the name alone does not say so.
    pub fn words(&self) -> Option<String> {
        let grant = self.grant.as_ref().filter(|_| self.passed_by > 0)?;
        let (head, over) = (self.id.to_string(), self.passed_by);
        let head = head.split('-').next().unwrap_or_default();
        let others = if over == 1 { "another one is".to_owned() } else { format!("{over} others are") };
        Some(format!(
            "{} is {head}…, the live grant of that name; {others} revoked or expired",
            selector::name(grant)
        ))
    }
}

/// What is needed of the selected grant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    /// Its id: a whole id is not looked up.
    Id,
    /// Its row: the list is always read.
    Row,
}

/// Resolves a selector by reading the list, unless it is a whole id and that is enough.
///
/// # Errors
/// If no grant or several match, or the list cannot be read.
pub async fn select<S: PageSource>(
    source: &S,
    now: &(dyn Fn() -> Timestamp + Send + Sync),
    selector: &Selector,
    need: Need,
) -> Result<Selected, Diagnosis> {
    if let (Selector::Id(id), Need::Id) = (selector, need) {
        return Ok(Selected::unseen(*id));
    }
    let filter = selector.server_filter();
    let wide = selector.wide_filter();
    let mut matches = matching(source, now, selector, filter.clone()).await?;
    // A name as shown may differ from the protocol's, which the backend compares.
    if matches.found.is_empty() && wide != filter {
        matches = matching(source, now, selector, wide).await?;
    }
    // If nothing matches, the grant may be one with an unreadable id.
    let hidden = unreadable(matches.without_id).filter(|_| matches.found.is_empty());
    hidden.map_or_else(|| resolve_one(selector, matches.found, now()), |why| Err(named(why, selector)))
}

/// Looks up a grant by id in the filtered list; `None` if it is certainly not there.
///
/// # Errors
/// If the list cannot be read to its end, or has rows with unreadable ids.
pub(super) async fn by_id<S: PageSource>(
    source: &S,
    now: &(dyn Fn() -> Timestamp + Send + Sync),
    id: GrantId,
    filter: ServerFilter,
) -> Result<Option<Grant>, Diagnosis> {
    let Matches { mut found, without_id } = matching(source, now, &Selector::Id(id), filter).await?;
    let found = found.pop();
    unreadable(without_id).filter(|_| found.is_none()).map_or(Ok(found), Err)
}

/// The result of a walk.
struct Matches {
    /// Matching grants.
    found: Vec<Grant>,
    /// Number of rows with unreadable ids.
    without_id: u64,
}

fn named(why: Diagnosis, selector: &Selector) -> Diagnosis {
    why.fact("selector", &selector.to_string())
}

/// The grants that match a backend filter and a selector.
async fn matching<S: PageSource>(
    source: &S,
    now: &(dyn Fn() -> Timestamp + Send + Sync),
    selector: &Selector,
    filter: ServerFilter,
) -> Result<Matches, Diagnosis> {
    let request = ListRequest { filter, spending: Spending::Everything, ..ListRequest::default() };
    let (sender, mut events) = mpsc::channel(4);
    let (enough, is_id) = (CancellationToken::new(), matches!(selector, Selector::Id(_)));
    let walk = list(source, now, request, enough.clone(), sender);
    let read = async {
        let (mut seen, mut found, mut without_id) = (RowSet::default(), Vec::new(), 0);
        while let Some(event) = events.recv().await {
            match event {
                ListEvent::Page { grants, .. } => {
                    for grant in grants.into_iter().filter(|grant| seen.insert(grant.row)) {
                        without_id += u64::from(grant.row.grant().is_none());
                        found.extend(Some(grant).filter(|grant| selector.matches(grant)));
                    }
                    if is_id && !found.is_empty() {
                        enough.cancel();
                        break;
                    }
                }
                ListEvent::Failed(diagnosis) => return Err(diagnosis),
                ListEvent::Done(summary) => {
                    // An unread row may have the same name, or be the one not found.
                    let doubt = summary.not_whole().filter(|_| !is_id || found.is_empty());
                    if let Some(why) = doubt {
                        return Err(named(why, selector));
                    }
                }
                _ => {}
            }
        }
        Ok(Matches { found, without_id })
    };
    let ((), matches) = tokio::join!(walk, read);
    matches
}

/// Resolves a selector among the grants of a list.
///
/// # Errors
/// If no grant or several match.
pub fn find_in<'g>(
    selector: &Selector,
    grants: impl IntoIterator<Item = &'g Grant>,
    now: Timestamp,
) -> Result<Selected, Diagnosis> {
    resolve_one(selector, grants.into_iter().filter(|grant| selector.matches(grant)).cloned().collect(), now)
}

/// Chooses among the matching grants. A reconnected account has a live grant and ended ones: its name means the live
/// one. The beginning of an id must match a single grant.
fn resolve_one(selector: &Selector, mut found: Vec<Grant>, now: Timestamp) -> Result<Selected, Diagnosis> {
    let refused =
        |code| Diagnosis::new(code, Who::You, Retry::AfterRemedy).fact("selector", &selector.to_string());
    let best = found.iter().filter_map(|grant| selector.fit(grant)).max();
    if best == Some(Fit::Named) {
        found.retain(|grant| selector.fit(grant) == best);
    }
    let is_over = |grant: &Grant| matches!(Health::of(grant, now), Health::Revoked | Health::Expired);
    // Live grants first, in list order.
    found.sort_by_key(is_over);
    let live = found.iter().filter(|grant| !is_over(grant)).count();
    let fitting = found.len();
    if fitting == 1 || live == 1 && best != Some(Fit::Id) {
        let meant = found.swap_remove(0);
        return match meant.row {
            RowId::Grant(id) => Ok(Selected { id, grant: Some(meant), passed_by: fitting - 1 }),
            RowId::Unreadable(_) => Err(named(nameless(), selector)),
        };
    }
    if found.is_empty() {
        return Err(refused(Code::GrantNotFound));
    }
    let shown = found.iter().take(MAX_CANDIDATES);
    let refused = shown.fold(refused(Code::AmbiguousGrant), |refused, grant| {
        refused.fact("candidate", &candidate(grant, now))
    });
    let more = fitting.saturating_sub(MAX_CANDIDATES);
    let refused = if more > 0 { refused.fact("more", &more.to_string()) } else { refused };
    Err(refused.fact("live", &format!("{live} of {fitting}")))
}

/// A candidate: its id, its name as a shell word, and its health.
fn candidate(grant: &Grant, now: Timestamp) -> String {
    let id = match grant.row {
        RowId::Grant(id) => id.to_string(),
        RowId::Unreadable(_) => String::new(),
    };
    format!("{id}  {}  {}", shell_word(&selector::name(grant)), Health::of(grant, now).word())
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::domain::Status;

    fn grant(number: u128, label: Option<&str>, status: &str) -> Grant {
        let mut grant = Grant::blank(RowId::Grant(GrantId(Uuid::from_u128(number))));
        grant.provider = "google".into();
        grant.account_identifier = Some("a b".into());
        (grant.label, grant.status) = (label.map(Into::into), Status::new(status));
        grant
    }

    fn chosen(text: &str, grants: &[Grant]) -> Result<u128, Diagnosis> {
        Ok(find_in(&text.parse().unwrap(), grants, Timestamp::UNIX_EPOCH)?.id.0.as_u128())
    }

    #[test]
    fn a_name_means_one_grant_or_lists_the_candidates() {
        let beef = 0xbeef << 112;
        let (old, older) = (grant(beef, None, "revoked"), grant(beef + 1, Some("x"), "expired"));
        let (live, other) = (grant(beef + 2, None, "active"), grant(beef + 3, Some("x"), "active"));
        let both = [old.clone(), live.clone()];
        assert_eq!(chosen("google", std::slice::from_ref(&live)), Ok(beef + 2));
        assert_eq!(
            chosen("google:a b", std::slice::from_ref(&old)),
            Ok(beef),
            "the only one, whatever it is"
        );
        let taken = |text: &str, grants: &[Grant]| {
            let selected = find_in(&text.parse().unwrap(), grants, Timestamp::UNIX_EPOCH).unwrap();
            (selected.id.0.as_u128(), selected.words().unwrap_or_default())
        };
        let (id, words) = taken("google:a b", &both);
        assert_eq!(id, beef + 2, "the live one of an account that was connected again");
        assert_eq!(
            words,
            "google:a b is beef0000…, the live grant of that name; another one is revoked or expired"
        );
        let (id, words) = taken("google", &[older.clone(), live.clone(), old.clone()]);
        assert!(id == beef + 2 && words.ends_with("2 others are revoked or expired"), "{words}");
        assert_eq!(taken("google", std::slice::from_ref(&live)).1, "", "nothing to say of the only one");
        for (text, grants, want) in [
            ("beef", &both[..], "1 of 2"),
            ("google", &[live.clone(), old.clone(), other.clone()], "2 of 3"),
            ("google", &[older.clone(), old.clone()], "0 of 2"),
        ] {
            let refused = chosen(text, grants).unwrap_err();
            assert_eq!(refused.code, Code::AmbiguousGrant);
            let (label, value) = refused.facts.last().unwrap();
            assert_eq!((*label, value.as_str()), ("live", want), "{text}");
        }
        let refused = chosen("google", &[old, live, other]).unwrap_err();
        let candidates: Vec<&str> = refused
            .facts
            .iter()
            .filter(|(label, _)| *label == "candidate")
            .map(|(_, one)| one.as_str())
            .collect();
        assert!(candidates[0].ends_with("  'google:a b'  ok"), "live ones first: {candidates:?}");
        assert!(candidates[1].ends_with("  'google:a b#x'  ok"), "ready for a shell: {candidates:?}");
        assert!(candidates[2].ends_with("  'google:a b'  revoked"), "{candidates:?}");
        assert_eq!(chosen("google:nobody", &[]).unwrap_err().code, Code::GrantNotFound);
    }
}
