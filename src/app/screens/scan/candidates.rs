//! The grants to choose from for an id in files that grantdeck cannot replace by itself.

use super::view::{short, whose};
use crate::app::private;
use crate::app::screens::grants::ChangeMark;
use crate::app::screens::grants::Grants;
use crate::app::screens::pick::{Item, Pick, Purpose, Value};
use crate::app::shared::Shared;
use crate::domain::scan::{Finding, Known};
use crate::domain::{Clean, Grant, GrantId, Health, Moment, Now, RowId, words};

/// As many grants are offered at most; those that fit best come first.
const MOST: usize = 2_000;

/// How well a grant fits, best first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Fit {
    /// The list says that it could take the place; the number is its rank among those.
    Replacement(usize),
    /// Of the same account.
    Account,
    /// Of the same provider.
    Provider,
    /// Any other.
    Other,
}

/// The live grants that could be meant, those of the same account and provider first. None where there is none.
pub(crate) fn candidates(grants: &Grants, shared: &Shared, finding: &Finding, now: Now) -> Option<Pick> {
    let is_gone = |row: &RowId| grants.changes.get(row) == Some(&ChangeMark::Gone);
    let mut live: Vec<(Fit, &Grant, GrantId, Health)> = grants
        .rows
        .iter()
        .filter_map(|grant| Some((grant, grant.row.grant()?, Health::of(grant, now.wall))))
        .filter(|(grant, id, health)| {
            let is_over = matches!(health, Health::Revoked | Health::Expired);
            !is_over && id.0 != finding.id && !is_gone(&grant.row)
        })
        .map(|(grant, id, health)| (fit(finding, grant, id), grant, id, health))
        .collect();
    live.sort_by(|(fit, one, ..), (other_fit, other, ..)| {
        (fit, &one.provider, one.account()).cmp(&(other_fit, &other.provider, other.account()))
    });
    let items: Vec<Item> = live
        .into_iter()
        .take(MOST)
        .map(|(_, grant, id, health)| item(shared, grant, id, health, now))
        .collect();
    (!items.is_empty()).then(|| Pick::new(Purpose::Replacement, &title(shared, finding), items))
}

fn fit(finding: &Finding, grant: &Grant, id: GrantId) -> Fit {
    let rank = |known: &Known| known.replacements.iter().position(|one| *one == id);
    if let Some(rank) = finding.known.as_ref().and_then(rank) {
        return Fit::Replacement(rank);
    }
    match &finding.known {
        Some(known) if known.provider == grant.provider && *known.account == *grant.account() => Fit::Account,
        Some(known) if known.provider == grant.provider => Fit::Provider,
        _ => Fit::Other,
    }
}

fn item(shared: &Shared, grant: &Grant, id: GrantId, health: Health, now: Now) -> Item {
    let created = grant.created_at.as_ref().and_then(Moment::at);
    let created = created.map(|at| format!("created {}", words::relative(at, now.wall)));
    let health = (health != Health::Ok).then(|| health.word().to_owned());
    let note: Vec<String> = health.into_iter().chain(created).collect();
    Item {
        value: Value::Grant(id.0),
        label: Clean::line(&named(shared, grant)),
        note: Clean::line(&note.join(", ")),
        right: Clean::line(&short(shared, id)),
        on: None,
        blocked: None,
    }
}

/// A grant by provider, account and label, as it may be shown.
pub(crate) fn named(shared: &Shared, grant: &Grant) -> String {
    let account = private::account(shared, grant.account());
    let account = if account.is_empty() { account } else { format!(" · {account}") };
    let label = grant.label.as_deref().map(|label| format!(" #{}", private::name(shared, label)));
    format!("{}{account}{}", private::provider(shared, &grant.provider), label.unwrap_or_default())
}

fn title(shared: &Shared, finding: &Finding) -> String {
    if finding.known.is_some() {
        return format!("Replace {} with", whose(shared, finding));
    }
    let name = finding.name.as_ref().map(|name| format!(" ({})", private::name(shared, name.as_str())));
    format!("Replace {}{} with", short(shared, GrantId(finding.id)), name.unwrap_or_default())
}
