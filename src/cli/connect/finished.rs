//! What a session brought: the grants as the list has them now, printed for people and programs.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::{Value, json};

use crate::cli::arguments::ManageFormat;
use crate::cli::listing;
use crate::cli::report::Report;
use crate::domain::connect::{AccountCheck, ConnectedGrant, FailedGrant, Operation};
use crate::domain::{
    Catalog, Clean, Code, CopyFormat, Diagnosis, Grant, GrantId, Health, Named, Retry, ServerFilter, Who,
    formats,
};
use crate::jobs::connect::Connected;
use crate::jobs::{self, Context};
use crate::platform::clock::wall;
use crate::session::exit::Exit;

/// A grant that was made or renewed.
pub(in crate::cli) struct FinishedGrant {
    pub(in crate::cli) connected: ConnectedGrant,
    /// Its row, where the list has it already.
    pub(in crate::cli) row: Option<Grant>,
    /// Required scopes that it lacks, as far as the catalog tells.
    missing: Vec<String>,
}

/// The end of a session.
pub(in crate::cli) struct Finished {
    pub(in crate::cli) grants: Vec<FinishedGrant>,
    failed: Vec<FailedGrant>,
    declined: Vec<String>,
    /// The grant that was to be renewed.
    pub(in crate::cli) old: Option<Grant>,
}

impl Finished {
    /// Reads the list again; where that fails, what the session told is all that is known.
    pub(in crate::cli) async fn read(
        context: &Context,
        connected: Connected,
        old: Option<Grant>,
        report: &mut Report,
    ) -> Self {
        let mut rows: BTreeMap<GrantId, Grant> = BTreeMap::new();
        let mut providers: Vec<&str> = connected.grants.iter().map(|grant| grant.provider.as_str()).collect();
        providers.sort_unstable();
        providers.dedup();
        for provider in providers {
            let filter = ServerFilter { provider: Some(provider.into()), ..ServerFilter::default() };
            match jobs::everything(&context.client, &wall, filter, |reading| report.reading(reading)).await {
                Ok(list) => {
                    rows.extend(list.grants.into_iter().filter_map(|row| Some((row.row.grant()?, row))));
                }
                Err(why) => report.hint(&why),
            }
        }
        report.clear();
        let catalog = context.client.catalog().await.unwrap_or_default();
        let grants = connected.grants.into_iter().map(|connected| {
            let row = rows.remove(&connected.id);
            let missing = missing(&catalog, row.as_ref());
            FinishedGrant { connected, row, missing }
        });
        let declined = connected.declined.into_iter().map(|one| one.provider).collect();
        Self { grants: grants.collect(), failed: connected.failed, declined, old }
    }

    /// The id of the renewed grant, and whether it is another one.
    fn changed(&self) -> Option<(GrantId, GrantId)> {
        let (old, new) = (self.old.as_ref()?.row.grant()?, self.grants.first()?.connected.id);
        (old != new).then_some((old, new))
    }

    /// Whether the account is the old grant's.
    pub(in crate::cli) fn account_check(&self) -> AccountCheck {
        match (&self.old, self.grants.first()) {
            (Some(old), Some(new)) => AccountCheck::of(old, &new.connected),
            _ => AccountCheck::Unknown,
        }
    }

    /// Says for people what it came to.
    pub(in crate::cli) fn say(&self, report: &mut Report) {
        for grant in &self.grants {
            let ConnectedGrant { id, provider, account, operation, .. } = &grant.connected;
            let account = account.as_deref().map(|account| format!(":{}", Clean::brief(account)));
            let kept = match operation {
                Operation::Creation => "new id",
                Operation::Reauth => "id kept",
            };
            let health = grant.row.as_ref().map(|row| format!(", {}", Health::of(row, wall()).word()));
            report.remark(&format!(
                "✓ {}{}  {id} ({kept}{})",
                Clean::brief(provider),
                account.unwrap_or_default(),
                health.unwrap_or_default()
            ));
            if !grant.missing.is_empty() {
                report.notice(&format!("still missing: {}", Clean::brief(&grant.missing.join(", "))));
            }
        }
        for failed in &self.failed {
            let (provider, message) = (Clean::brief(&failed.provider), Clean::brief(&failed.message));
            report.notice(&format!("{provider} was not connected: {message}"));
        }
        if let Some((old, new)) = self.changed() {
            report.notice(&format!("the id changed; replace it in files: grantdeck scan --swap {old}={new}"));
        }
    }

    /// A session that was finished without any grant.
    pub(in crate::cli) fn nothing(&self) -> Diagnosis {
        let nothing = Diagnosis::new(Code::SessionFailed, Who::Alter, Retry::AfterRemedy);
        let declined = self.declined.join(", ");
        if declined.is_empty() { nothing } else { nothing.fact("declined", &declined) }
    }

    /// How the command ends: some of what was asked for may be missing.
    pub(in crate::cli) fn exit(&self) -> Exit {
        if self.failed.is_empty() && self.declined.is_empty() { Exit::Ok } else { Exit::Found }
    }

    /// The grants with names, for formats and files.
    pub(in crate::cli) fn named(&self) -> Vec<Named> {
        let each = self.grants.iter().map(|grant| {
            grant.row.as_ref().and_then(Named::from_grant).unwrap_or_else(|| {
                let ConnectedGrant { id, provider, account, .. } = &grant.connected;
                let account = account.clone().unwrap_or_default();
                Named {
                    name: formats::suggest(provider, &account),
                    id: *id,
                    provider: provider.clone(),
                    account,
                }
            })
        });
        each.collect()
    }

    /// Prints the ids, or all of it as an object.
    pub(in crate::cli) fn print(
        &self,
        output: Option<ManageFormat>,
        format: Option<CopyFormat>,
        name: Option<&str>,
        report: &Report,
    ) -> std::io::Result<()> {
        if output.is_some() {
            return listing::write(&(listing::line(&self.object(report)) + "\n"));
        }
        let mut named = self.named();
        if let (Some(name), [one]) = (name, named.as_mut_slice()) {
            name.clone_into(&mut one.name);
        }
        let mut text = formats::render(format.unwrap_or_default(), &named);
        if !text.ends_with('\n') {
            text.push('\n');
        }
        listing::write(&text)
    }

    fn object(&self, report: &Report) -> Value {
        let mut object = match self.grants.as_slice() {
            [one] => one.object(),
            several => json!({ "grants": several.iter().map(FinishedGrant::object).collect::<Vec<_>>() }),
        };
        let failed = self.failed.iter().map(|failed| {
            json!({ "provider": failed.provider, "reason": failed.reason, "message": failed.message })
        });
        object["failed"] = failed.collect();
        object["declined"] = json!(self.declined);
        if let Some(old) = &self.old {
            let check = match self.account_check() {
                AccountCheck::Same => "same",
                AccountCheck::Another => "another",
                AccountCheck::Unknown => "unknown",
            };
            object["old_grant_id"] = json!(old.row.to_string());
            object["old_account"] = json!(old.account());
            object["account_check"] = json!(check);
            if self.account_check() == AccountCheck::Another {
                object["error"] = report.fields(&self.another_account());
            }
        }
        object
    }

    /// Another account was connected than the old grant's.
    pub(in crate::cli) fn another_account(&self) -> Diagnosis {
        let old = self.old.as_ref().map(Grant::account).unwrap_or_default();
        let new =
            self.grants.first().and_then(|grant| grant.connected.account.as_deref()).unwrap_or_default();
        Diagnosis::new(Code::AnotherAccount, Who::You, Retry::AfterRemedy)
            .fact("expected", old)
            .fact("connected", new)
    }
}

impl FinishedGrant {
    fn object(&self) -> Value {
        let ConnectedGrant { id, provider, account, scopes, operation, delegation, .. } = &self.connected;
        let delegation = delegation.as_ref().map(|delegation| {
            json!({
                "agent_id": delegation.agent.to_string(),
                "delegable": delegation.delegable,
                "policy_refused": delegation.policy_refused,
            })
        });
        json!({
            "grant_id": id.to_string(),
            "operation": operation.as_str(),
            "provider": provider,
            "account": account,
            "scopes": scopes,
            "label": self.row.as_ref().and_then(|row| row.label.clone()),
            "missing_scopes": self.missing,
            "health": self.row.as_ref().map(|row| Health::of(row, wall()).name()),
            "delegation": delegation,
        })
    }
}

fn missing(catalog: &Catalog, row: Option<&Grant>) -> Vec<String> {
    let missing = row.map(|row| catalog.missing(row)).unwrap_or_default();
    missing.into_iter().map(str::to_owned).collect()
}

/// The scopes that the application requires of a provider, as far as the catalog tells.
pub(in crate::cli) fn required(catalog: &Catalog, provider: &str) -> Vec<String> {
    let Some(entry) = catalog.providers.get(provider) else { return Vec::new() };
    let flagged = entry.scopes.iter().filter(|(_, scope)| scope.required).map(|(name, _)| name);
    let mut all: Vec<&Arc<str>> = entry.required_scopes.iter().chain(flagged).collect();
    all.sort();
    all.dedup();
    all.into_iter().map(ToString::to_string).collect()
}
