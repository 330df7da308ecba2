//! What a session brought: its grants, as the list has them afterwards.

use super::{AccountCheck, ConnectedGrant, FailedGrant};
use crate::{Code, Diagnosis, Grant, GrantId, Named, Retry, Who, formats};

/// A grant that a session made or renewed.
#[derive(Clone, Debug, PartialEq)]
pub struct FinishedGrant {
    /// What the session reported.
    pub connected: ConnectedGrant,
    /// Its row, if the list has it already.
    pub row: Option<Grant>,
    /// Required scopes that it lacks, as far as the catalog tells.
    pub missing: Vec<String>,
}

/// The end of a session.
#[derive(Clone, Debug, PartialEq)]
pub struct Finished {
    /// The grants that it made or renewed.
    pub grants: Vec<FinishedGrant>,
    /// Those that it could not make.
    pub failed: Vec<FailedGrant>,
    /// Providers that the user declined.
    pub declined: Vec<String>,
    /// The grant that was to be renewed.
    pub old: Option<Grant>,
    /// The rows of the providers concerned, read afterwards.
    pub rows: Vec<Grant>,
    /// Why they could not be read.
    pub unread: Option<Diagnosis>,
}

impl Finished {
    /// The old and the new id, if a renewed grant got another one.
    pub fn changed(&self) -> Option<(GrantId, GrantId)> {
        let (old, new) = (self.old.as_ref()?.row.grant()?, self.grants.first()?.connected.id);
        (old != new).then_some((old, new))
    }

    /// Whether the account is that of the renewed grant.
    pub fn account_check(&self) -> AccountCheck {
        match (&self.old, self.grants.first()) {
            (Some(old), Some(new)) => AccountCheck::of(old, &new.connected),
            _ => AccountCheck::Unknown,
        }
    }

    /// The failure of a session that was finished without any grant.
    pub fn nothing(&self) -> Diagnosis {
        let nothing = Diagnosis::new(Code::SessionFailed, Who::Alter, Retry::AfterRemedy);
        let declined = self.declined.join(", ");
        if declined.is_empty() { nothing } else { nothing.fact("declined", &declined) }
    }

    /// The failure of a session in which another account was connected than that of the renewed grant.
    pub fn another_account(&self) -> Diagnosis {
        let old = self.old.as_ref().map(Grant::account).unwrap_or_default();
        let new =
            self.grants.first().and_then(|grant| grant.connected.account.as_deref()).unwrap_or_default();
        Diagnosis::new(Code::AnotherAccount, Who::You, Retry::AfterRemedy)
            .fact("expected", old)
            .fact("connected", new)
    }

    /// Whether something that was asked for is missing.
    pub fn is_partial(&self) -> bool {
        !self.failed.is_empty() || !self.declined.is_empty()
    }

    /// The grants with names, for formats and files.
    pub fn named(&self) -> Vec<Named> {
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
}
