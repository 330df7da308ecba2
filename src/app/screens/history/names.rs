//! What a row names, as it may be shown: what was called or done, with whose account.

use crate::app::private;
use crate::app::screens::grants::Grants;
use crate::app::shared::Shared;
use crate::domain::{Clean, Grant, GrantId, HistoryRow, RecordSummary, RowId, WriteRecord};

/// Bytes that are shown of a reason at most.
const LONGEST_REASON: usize = 2 << 10;

/// What was called. Where things are hidden, the places stay empty: the first one may be a name.
pub(super) fn called(shared: &Shared, call: &RecordSummary) -> String {
    private::url(shared, if shared.privacy { &call.url } else { &call.called })
}

/// What was done, with the agent that it was about.
pub(super) fn done(shared: &Shared, write: &WriteRecord) -> String {
    match write.agent.as_deref() {
        Some(id) => format!("{} ({})", write.act.word(), agent(shared, id)),
        None => write.act.word().to_owned(),
    }
}

/// An agent by its name, where that is known.
pub(super) fn agent(shared: &Shared, id: &str) -> String {
    let agent = shared.agents.value().and_then(|agents| agents.get(id));
    private::name(shared, agent.map_or(id, |agent| agent.display_name.as_deref().unwrap_or(&agent.name)))
}

/// Provider and account of a row.
pub(super) fn account(grants: &Grants, shared: &Shared, row: &HistoryRow) -> String {
    match row {
        HistoryRow::Call(call) => account_of_call(grants, shared, call),
        HistoryRow::Write(write) => {
            let write = &write.record;
            let named = (write.provider.as_deref(), write.account.as_deref());
            provider_and_account(grants, shared, write.latest_grant(), named)
        }
    }
}

/// Provider and account of a call.
pub(super) fn account_of_call(grants: &Grants, shared: &Shared, call: &RecordSummary) -> String {
    let named = (call.provider.as_deref(), call.account.as_deref());
    provider_and_account(grants, shared, Some(call.grant), named)
}

/// Provider and account. What was stored with a bare id has none of its own; then those of the list.
fn provider_and_account(
    grants: &Grants,
    shared: &Shared,
    grant: Option<GrantId>,
    (provider, account): (Option<&str>, Option<&str>),
) -> String {
    let listed = grant.filter(|_| provider.is_none() || account.is_none());
    let listed = listed.and_then(|grant| grants.rows.find(RowId::Grant(grant)));
    let provider = provider.or_else(|| Some(&*listed?.provider));
    let provider = private::provider(shared, provider.unwrap_or("?"));
    let account = account.or_else(|| listed.map(Grant::account));
    match account.filter(|account| !account.is_empty()) {
        Some(account) => format!("{provider} · {}", private::account(shared, account)),
        None => provider,
    }
}

/// An id, or that there is one.
pub(super) fn id(shared: &Shared, id: &str) -> String {
    if shared.privacy { private::HIDDEN.to_owned() } else { Clean::brief(id).to_string() }
}

/// The beginning of a grant's id: enough to tell two accounts of one name apart.
pub(super) fn short_id(shared: &Shared, grant: GrantId) -> String {
    let whole = id(shared, &grant.to_string());
    whole.split('-').next().unwrap_or_default().to_owned()
}

/// A reason as it may be shown: free text may name anybody.
pub(super) fn reason(shared: &Shared, reason: &str) -> String {
    if shared.privacy { private::HIDDEN.to_owned() } else { Clean::cut(reason, LONGEST_REASON).to_string() }
}
