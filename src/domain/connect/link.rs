//! The two secrets of a session: the token that polls it, and the link that gives access to it.

use std::fmt;

use zeroize::Zeroizing;

macro_rules! secret_text {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq)]
        pub struct $name(Zeroizing<String>);

        impl $name {
            /// Wraps a text.
            pub fn new(text: String) -> Self {
                Self(Zeroizing::new(text))
            }

            /// The text itself. Untrusted, and never for a log, a history, a title or an argument of another
            /// program.
            pub fn reveal(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(concat!(stringify!($name), "(…)"))
            }
        }
    };
}

secret_text! {
    /// The page where a user connects an account or signs in (`connect_url`, `auth_url`). A capability: it
    /// contains the session's token. Never printed by accident, and wiped on drop.
    SessionLink
}

secret_text! {
    /// The token to poll a session with (`session_token`). Never printed by accident, and wiped on drop.
    SessionToken
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neither_is_printed_by_accident() {
        let link = SessionLink::new("https://connect.example/#session=s".to_owned());
        assert_eq!(
            format!("{link:?} {:?}", SessionToken::new("s".to_owned())),
            "SessionLink(…) SessionToken(…)"
        );
        assert_eq!(link.reveal(), "https://connect.example/#session=s");
    }
}
