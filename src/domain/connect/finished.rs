//! What a session brought: its grants, as the list has them afterwards.

use super::{AccountCheck, ConnectedGrant, FailedGrant};
use crate::{Code, Diagnosis, Grant, GrantId, Named, Reference, Retry, Status, Who, formats};

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
    /// The old and the new id, if a renewed grant got another one. A session reports the grant of the user; that of
    /// the agent below it is looked for in the list.
    pub fn changed(&self) -> Option<(GrantId, GrantId)> {
        let old = self.old.as_ref()?;
        let (before, connected) = (old.row.grant()?, self.grants.first()?.connected.id);
        let after = if old.is_agents() { self.agents_grant(before, connected)? } else { connected };
        (before != after).then_some((before, after))
    }

    /// The live grant of an agent: its old one, else the only one below the grant that was connected.
    fn agents_grant(&self, before: GrantId, connected: GrantId) -> Option<GrantId> {
        let live = self.rows.iter().filter(|row| row.status == Status::Active);
        if live.clone().any(|row| row.row.grant() == Some(before)) {
            return Some(before);
        }
        let parent = Reference::Id(connected.0);
        let mut below = live.filter(|row| row.parent_grant_id.as_ref() == Some(&parent));
        let only = below.next()?;
        if below.next().is_some() { None } else { only.row.grant() }
    }

    /// Whether a renewed grant kept its id but has another account now.
    pub fn has_other_account(&self) -> bool {
        let is_other = self.account_check() == AccountCheck::Another;
        is_other && self.changed().is_none()
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
        let effect = if self.has_other_account() {
            "the same id leads to the other account now"
        } else {
            "the old grant is as it was"
        };
        Diagnosis::new(Code::AnotherAccount, Who::You, Retry::AfterRemedy)
            .fact("expected", old)
            .fact("connected", new)
            .fact("effect", effect)
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
