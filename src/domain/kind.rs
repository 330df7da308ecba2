//! Enumerations of a grant that are open-ended: unknown values of a newer backend are kept and shown
//! (docs/protocol/grants.md section 1).

use std::fmt;
use std::sync::Arc;

macro_rules! wire_word {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $text:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum $name {
            $($(#[$vdoc])* $variant,)+
            /// A value that this version does not know, as received. Untrusted text.
            Other(Arc<str>),
        }

        impl $name {
            /// The known values, in the order of the protocol.
            pub const KNOWN: &'static [&'static str] = &[$($text),+];

            /// Parses a value, case-sensitively; unknown ones are kept.
            pub fn new(text: &str) -> Self {
                match text {
                    $($text => Self::$variant,)+
                    other => Self::Other(other.into()),
                }
            }

            /// The value on the wire.
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$variant => $text,)+
                    Self::Other(text) => text,
                }
            }

            /// Whether this version knows the value.
            pub fn is_known(&self) -> bool {
                !matches!(self, Self::Other(_))
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }
    };
}

wire_word! {
    /// How the credential behind a grant was obtained (`grant_kind`).
    GrantKind {
        /// A user consented at the provider.
        Oauth = "oauth",
        /// A stored key.
        ManagedSecret = "managed_secret",
    }
}

wire_word! {
    /// The raw state of a grant (`status`). It is incomplete: an active grant may need a reconnect; see
    /// [`crate::Health`].
    Status {
        /// Usable, subject to policy.
        Active = "active",
        /// The permission expired.
        Expired = "expired",
        /// Revoked by the user or an operator.
        Revoked = "revoked",
    }
}

wire_word! {
    /// Who owns a grant (`principal_type`).
    PrincipalType {
        /// An end user.
        User = "user",
        /// A group of an identity provider.
        Group = "group",
        /// The application itself.
        System = "system",
        /// An agent: the grant is the child of a delegation.
        Agent = "agent",
    }
}

wire_word! {
    /// How this caller has access to a grant (`access_via`).
    AccessVia {
        /// It belongs to the caller.
        Ownership = "ownership",
        /// An OAuth grant delegated to the caller.
        OauthDelegation = "oauth_delegation",
        /// A managed-secret grant delegated to the caller.
        MsDelegation = "ms_delegation",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_words_round_trip_and_unknown_ones_are_kept() {
        for word in Status::KNOWN {
            assert!(Status::new(word).is_known());
            assert_eq!(Status::new(word).as_str(), *word);
        }
        let odd = Status::new("Deprovisioned");
        assert!(!odd.is_known());
        assert_eq!(odd.to_string(), "Deprovisioned");
    }
}
