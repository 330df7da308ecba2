//! Why no grant takes the place of an old id without anybody being asked.

use std::collections::{HashMap, HashSet};

use foldhash::fast::RandomState;
use strum::{Display, EnumIter, IntoStaticStr};

use super::{account, is_live};
use crate::{Grant, Health};

/// What keeps an id that is stale or superseded from being swapped unasked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Display, EnumIter, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum Obstacle {
    /// It is a delegated grant.
    Delegated,
    /// The list names no account for it.
    NoAccount,
    /// The live grant of its account belongs to another sort of owner.
    OtherOwner,
    /// The live grant of its account is of the other kind.
    OtherKind,
    /// Live grants of its account are all delegated ones.
    OnlyDelegated,
    /// Its account has further grants, and none of them is live.
    NoneLive,
    /// Only other accounts of the provider have live grants.
    OtherAccounts,
    /// The provider has no live grant at all.
    NoneOfProvider,
    /// The one that could stands under another label.
    OtherLabel,
    /// The one that could lacks scopes.
    LacksScopes,
    /// The id itself is not over: somebody may have chosen it.
    StillGood,
    /// Several could.
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
    pub(super) fn of(grants: impl IntoIterator<Item = (&'a Grant, Health)>) -> Self {
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

    /// Why nothing at all could take the place of a grant.
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
