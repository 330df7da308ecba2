//! Health: the state of a grant in one word, derived from the list.

use jiff::{SignedDuration, Timestamp};
use strum::{Display, EnumIter, EnumString, IntoStaticStr};

use super::{Grant, Status};

/// Only a test call proves that a grant works; this is what the list says. Variants are ordered by severity,
/// worst first.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Display, EnumIter, EnumString, IntoStaticStr,
)]
#[strum(serialize_all = "snake_case")]
pub enum Health {
    /// Revoked by the user or an operator.
    Revoked,
    /// The permission has expired.
    Expired,
    /// The provider rejected the stored credential.
    NeedsReconnect,
    /// The app needs scopes that were not granted.
    MissingScopes,
    /// A status that this version does not know; treat as not usable.
    Unknown,
    /// The permission ends within [`EXPIRING_WITHIN`].
    Expiring,
    /// No known problem.
    Ok,
}

/// One health, or a named group of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct HealthGroup {
    /// The name to filter by.
    pub name: &'static str,
    /// Its members, worst first.
    pub members: &'static [Health],
}

/// All of them, worst first; "broken" is a prefix of it.
const WORST_FIRST: [Health; 7] = [
    Health::Revoked,
    Health::Expired,
    Health::NeedsReconnect,
    Health::MissingScopes,
    Health::Unknown,
    Health::Expiring,
    Health::Ok,
];

impl HealthGroup {
    /// Everything that does not work: all but expiring and ok.
    pub const BROKEN: Self = Self { name: "broken", members: WORST_FIRST.split_at(5).0 };

    /// All groups: "broken", then each health alone, worst first.
    pub fn all() -> impl Iterator<Item = Self> + Clone {
        let alone =
            WORST_FIRST.chunks(1).filter_map(|one| Some(Self { name: one.first()?.name(), members: one }));
        std::iter::once(Self::BROKEN).chain(alone)
    }

    /// Parses a name: "broken", the stable name of a health, or the word that the list shows for it.
    pub fn parse(text: &str) -> Option<Self> {
        Self::all().find(|group| {
            group.name == text
                || (group.members.len() == 1 && group.members.first().is_some_and(|one| one.word() == text))
        })
    }

    /// Whether a health belongs to it.
    pub fn accepts(self, health: Health) -> bool {
        self.members.contains(&health)
    }

    /// A short explanation.
    pub fn explained(self) -> &'static str {
        match self.members {
            [one] => one.explained(),
            _ => "all but ok and expiring",
        }
    }
}

/// A permission that ends within this time is "expiring".
pub const EXPIRING_WITHIN: SignedDuration = SignedDuration::from_hours(7 * 24);

impl Health {
    /// Derives the health; the first match wins: revoked, expired, `needs_reconnect`, `missing_scopes`,
    /// expiring, ok; any other status is unknown. A permission whose end has passed counts as expired even if
    /// the backend still says active (docs/protocol/grants.md section 1, "What to tell the user").
    pub fn of(grant: &Grant, now: Timestamp) -> Self {
        let ends = grant.grant_expires_at.as_ref().and_then(super::Moment::at);
        match &grant.status {
            Status::Revoked => Self::Revoked,
            Status::Expired => Self::Expired,
            Status::Other(_) => Self::Unknown,
            Status::Active => match ends {
                Some(end) if end <= now => Self::Expired,
                _ if grant.needs_reconnect => Self::NeedsReconnect,
                _ if grant.scope_mismatch => Self::MissingScopes,
                Some(end) if end.duration_since(now) <= EXPIRING_WITHIN => Self::Expiring,
                _ => Self::Ok,
            },
        }
    }

    /// The stable name, as in `--output json` and in searches (`health:missing_scopes`).
    pub fn name(self) -> &'static str {
        self.into()
    }

    /// One or two words for the list.
    pub fn word(self) -> &'static str {
        match self {
            Self::Revoked => "revoked",
            Self::Expired => "expired",
            Self::NeedsReconnect => "reconnect",
            Self::MissingScopes => "scopes",
            Self::Unknown => "unknown",
            Self::Expiring => "expiring",
            Self::Ok => "ok",
        }
    }

    /// A short explanation.
    pub fn explained(self) -> &'static str {
        match self {
            Self::Revoked => "ended by the user or an operator",
            Self::Expired => "permission expired",
            Self::NeedsReconnect => "the provider rejected the stored credential",
            Self::MissingScopes => "the app needs scopes that were not granted",
            Self::Unknown => "a status that this version does not know",
            Self::Expiring => "the permission ends within 7 days",
            Self::Ok => "no known problem",
        }
    }

    /// What to do about it, in a sentence; empty if nothing (docs/protocol/grants.md section 1, "What to tell
    /// the user").
    pub fn remedy(self) -> &'static str {
        match self {
            Self::Revoked => {
                "A revoked grant cannot be restored; connect the account again for a new grant id."
            }
            Self::Expired => "Connect the account again for a new grant id.",
            Self::NeedsReconnect => "Reconnect the account to repair this grant; its id stays.",
            Self::MissingScopes => "Reconnect with the missing scopes.",
            Self::Unknown => "Treat it as unusable until you know what this status means.",
            Self::Expiring => "Reconnect before the permission ends.",
            Self::Ok => "",
        }
    }

    /// A symbol that distinguishes the states without colour.
    pub fn sign(self) -> &'static str {
        match self {
            Self::Revoked => "⊘",
            Self::Expired => "○",
            Self::NeedsReconnect => "✗",
            Self::MissingScopes => "◐",
            Self::Unknown => "?",
            Self::Expiring => "◔",
            Self::Ok => "●",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{GrantId, Moment, RowId};
    use uuid::Uuid;

    fn grant(edit: impl FnOnce(&mut Grant)) -> Grant {
        let mut grant = Grant::blank(RowId::Grant(GrantId(Uuid::nil())));
        edit(&mut grant);
        grant
    }

    #[test]
    fn first_match_wins() {
        let now: Timestamp = "2026-01-01T00:00:00Z".parse().unwrap();
        let end = |text: &str| Some(Moment::new(text));
        let cases: [(&str, Grant, Health); 11] = [
            ("plain", grant(|_| ()), Health::Ok),
            (
                "revoked beats all",
                grant(|g| {
                    g.status = Status::Revoked;
                    g.needs_reconnect = true;
                }),
                Health::Revoked,
            ),
            ("expired", grant(|g| g.status = Status::Expired), Health::Expired),
            (
                "end passed",
                grant(|g| {
                    g.grant_expires_at = end("2025-12-31T23:59:59Z");
                    g.needs_reconnect = true;
                }),
                Health::Expired,
            ),
            ("end now", grant(|g| g.grant_expires_at = end("2026-01-01T00:00:00Z")), Health::Expired),
            (
                "reconnect",
                grant(|g| {
                    g.needs_reconnect = true;
                    g.scope_mismatch = true;
                }),
                Health::NeedsReconnect,
            ),
            (
                "scopes beat expiring",
                grant(|g| {
                    g.scope_mismatch = true;
                    g.grant_expires_at = end("2026-01-02T00:00:00Z");
                }),
                Health::MissingScopes,
            ),
            ("seven days", grant(|g| g.grant_expires_at = end("2026-01-08T00:00:00Z")), Health::Expiring),
            ("over seven days", grant(|g| g.grant_expires_at = end("2026-01-08T00:00:01Z")), Health::Ok),
            ("token expiry is no end", grant(|g| g.expires_at = end("2025-01-01T00:00:00Z")), Health::Ok),
            (
                "other status",
                grant(|g| {
                    g.status = Status::new("deprovisioned");
                    g.needs_reconnect = true;
                }),
                Health::Unknown,
            ),
        ];
        for (name, grant, want) in cases {
            assert_eq!(Health::of(&grant, now), want, "{name}");
        }
    }

    #[test]
    fn groups_are_asked_for_by_name_or_word() {
        assert_eq!(HealthGroup::parse("broken"), Some(HealthGroup::BROKEN));
        assert!(
            HealthGroup::BROKEN.accepts(Health::Unknown) && !HealthGroup::BROKEN.accepts(Health::Expiring)
        );
        for text in ["needs_reconnect", "reconnect"] {
            assert_eq!(HealthGroup::parse(text).unwrap().members, [Health::NeedsReconnect]);
        }
        assert_eq!(HealthGroup::parse("brokn"), None);
        assert_eq!(HealthGroup::all().count(), 8);
    }

    #[test]
    fn names_round_trip() {
        use strum::IntoEnumIterator;
        for health in Health::iter() {
            assert_eq!(health.name().parse::<Health>().unwrap(), health);
        }
        assert_eq!(Health::NeedsReconnect.name(), "needs_reconnect");
    }
}
