//! Why an old id cannot be replaced automatically.

use std::collections::{HashMap, HashSet};

use foldhash::fast::RandomState;
use strum::{Display, EnumIter, IntoStaticStr};

use super::{account, is_live};
use crate::{Grant, Health};

/// Why a stale or superseded id is not replaced automatically.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Display, EnumIter, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum Obstacle {
    /// It is a delegated grant.
    Delegated,
    /// The list names no account for it.
    NoAccount,
    /// The live grant of its account has another type of owner.
    OtherOwner,
    /// The live grant of its account is of another kind.
    OtherKind,
    /// All live grants of its account are delegated.
    OnlyDelegated,
    /// Its account has other grants, but none of them is live.
    NoneLive,
    /// Only other accounts at the provider have live grants.
    OtherAccounts,
    /// The provider has no live grant.
    NoneOfProvider,
    /// The only candidate has another label.
    OtherLabel,
    /// The only candidate lacks scopes.
    LacksScopes,
    /// The grant has not ended: somebody may have chosen it deliberately.
    StillGood,
    /// There are several candidates.
    Several,
}

impl Obstacle {
    /// The stable name.
    pub fn name(self) -> &'static str {
        self.into()
    }

    /// The reason, as the end of a sentence.
    pub fn words(self) -> &'static str {
        match self {
            Self::Delegated => "delegated; the list does not say to whom",
            Self::NoAccount => "the list names no account",
            Self::OtherOwner => "the live grant has another kind of owner",
            Self::OtherKind => "the live grant is of another kind",
            Self::OnlyDelegated => "only delegated grants are live",
            Self::NoneLive => "the account has no other live grant",
            Self::OtherAccounts => "only other accounts have live grants",
            Self::NoneOfProvider => "the provider has no live grant",
            Self::OtherLabel => "the live grant has another label",
            Self::LacksScopes => "the live grant lacks scopes",
            Self::StillGood => "it is still active; somebody may have chosen it",
            Self::Several => "several grants could replace it",
        }
    }
}

/// The grants around an id, by provider and account.
pub(super) struct Surroundings<'a> {
    accounts: HashMap<(&'a str, &'a str), Vec<(&'a Grant, Health)>, RandomState>,
    /// Providers with a live grant.
    live: HashSet<&'a str, RandomState>,
}

impl<'a> Surroundings<'a> {
    pub(super) fn new(grants: impl IntoIterator<Item = (&'a Grant, Health)>) -> Self {
        let mut all = Self { accounts: HashMap::default(), live: HashSet::default() };
        for (grant, health) in grants {
            if is_live(health) {
                all.live.insert(&grant.provider);
            }
            if let Some(account) = grant.account_identifier.as_deref() {
                all.accounts.entry((&grant.provider, account)).or_default().push((grant, health));
            }
        }
        all
    }

    /// Why no grant at all can replace this one.
    pub(super) fn nothing_for(&self, grant: &Grant) -> Obstacle {
        if grant.parent_grant_id.is_some() {
            return Obstacle::Delegated;
        }
        let Some(name) = account(grant).map(|(_, name, ..)| name) else { return Obstacle::NoAccount };
        let relatives = self.accounts.get(&(&*grant.provider, name)).map_or(&[][..], Vec::as_slice);
        let others = || {
            relatives
                .iter()
                .map(|(other, health)| (*other, *health))
                .filter(|(other, _)| other.row != grant.row)
        };
        let live = || others().filter(|(_, health)| is_live(*health)).map(|(other, _)| other);
        let roots = || live().filter(|other| other.parent_grant_id.is_none());
        match () {
            () if roots().any(|other| other.kind == grant.kind) => Obstacle::OtherOwner,
            () if roots().next().is_some() => Obstacle::OtherKind,
            () if live().next().is_some() => Obstacle::OnlyDelegated,
            () if others().next().is_some() => Obstacle::NoneLive,
            () if self.live.contains(&*grant.provider) => Obstacle::OtherAccounts,
            () => Obstacle::NoneOfProvider,
        }
    }
}
