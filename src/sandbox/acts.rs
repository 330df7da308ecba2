//! What a request does to the world, for faults that meet one kind of act.

/// An act: a kind of request that changes something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, strum::EnumString, strum::IntoStaticStr, strum::EnumIter)]
#[strum(serialize_all = "kebab-case")]
pub enum Act {
    /// A Connect session is begun or polled, of either kind.
    Connect,
    /// A sign-in session is begun or polled.
    SignIn,
    /// A grant is revoked.
    Revoke,
    /// An agent loses its access to a grant.
    Undelegate,
    /// A sibling is minted.
    Mint,
    /// A grant is passed on to another agent.
    Delegate,
    /// A grant of a managed secret is issued.
    Issue,
    /// Agents and their keys.
    Agents,
    /// Application keys are derived, rotated or revoked.
    Keys,
}

impl Act {
    /// What a request to this path does (docs/protocol/README.md, endpoints).
    pub(super) fn of(path: &str) -> Option<Self> {
        let segments: Vec<&str> = path.split('/').skip(1).collect();
        match segments.as_slice() {
            ["sdk", "oauth" | "managed-secrets", "connect", "session", ..] => Some(Self::Connect),
            ["sdk", "auth", "session" | "poll"] => Some(Self::SignIn),
            ["sdk", "oauth", "grants", _, "revoke"] => Some(Self::Revoke),
            ["sdk", "grants", _, "delegations", _] => Some(Self::Undelegate),
            ["sdk", "grants", _, "mint"] => Some(Self::Mint),
            ["sdk", "grants", _, "delegate"] => Some(Self::Delegate),
            ["sdk", "managed-secrets", _, "grants"] => Some(Self::Issue),
            ["sdk", "agents", ..] => Some(Self::Agents),
            ["sdk", "keys", ..] => Some(Self::Keys),
            _ => None,
        }
    }

    /// The scope that a key without the right to this act is told to lack.
    pub(super) fn scope(self) -> &'static str {
        match self {
            Self::Connect => "connect:initiate",
            Self::SignIn => "idp_users:write",
            Self::Agents => "agents:write",
            Self::Keys => "keys:admin",
            Self::Revoke | Self::Undelegate | Self::Mint | Self::Delegate | Self::Issue => "grants:write",
        }
    }
}
