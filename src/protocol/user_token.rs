//! End users' sign-in tokens, which limit the list to the user's grants (docs/protocol/grants.md section 1).

use std::fmt;

use secrecy::{ExposeSecret, SecretString};

/// A plausible user token. Never printed, wiped on drop.
#[derive(Clone)]
pub struct UserToken(SecretString);

/// Why a text is not a user token; the message never contains it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UserTokenError {
    /// Empty, or only whitespace.
    #[error("the user token is empty")]
    Empty,
    /// Whitespace, quotes or control characters in or around it.
    #[error("the user token has blanks, quotes or control characters in or around it")]
    Blanks,
    /// Over 8192 characters (docs/protocol/grants.md sections 6 and 12).
    #[error("the user token is longer than 8192 characters")]
    TooLong,
    /// An API key by mistake: it must not be sent in a body.
    #[error("this is an API key, not a user token")]
    ApiKey,
}

impl UserToken {
    /// Checks plausibility only; the backend decides whether it is valid.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn new(text: SecretString) -> Result<Self, UserTokenError> {
        let token = text.expose_secret();
        if token.trim().is_empty() {
            return Err(UserTokenError::Empty);
        }
        if token.chars().any(|character| {
            character.is_whitespace() || character.is_control() || matches!(character, '"' | '\'')
        }) {
            return Err(UserTokenError::Blanks);
        }
        if token.chars().count() > 8192 {
            return Err(UserTokenError::TooLong);
        }
        if super::key::check(token).is_ok() {
            return Err(UserTokenError::ApiKey);
        }
        Ok(Self(text))
    }

    /// The token itself: only for request bodies.
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }
}

impl std::str::FromStr for UserToken {
    type Err = UserTokenError;

    fn from_str(text: &str) -> Result<Self, UserTokenError> {
        Self::new(SecretString::from(text))
    }
}

impl fmt::Debug for UserToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("UserToken(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mistakes_are_told_apart() {
        for (text, want) in [
            ("eyJhbGciOiJub25lIn0.eyJzdWIiOiJ1c2VyLTEifQ.", None),
            ("  ", Some(UserTokenError::Empty)),
            ("a b", Some(UserTokenError::Blanks)),
            ("\"a\"", Some(UserTokenError::Blanks)),
            ("alter_rk_hjw52w67h7kd7qevze2avf_26kyip", Some(UserTokenError::ApiKey)),
        ] {
            assert_eq!(text.parse::<UserToken>().err(), want, "{text}");
        }
        assert_eq!("a".repeat(8193).parse::<UserToken>().err(), Some(UserTokenError::TooLong));
        assert_eq!(format!("{:?}", "abc".parse::<UserToken>().unwrap()), "UserToken(…)");
    }
}
