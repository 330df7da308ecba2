//! Describes the two clocks of a grant: when the permission ends, and what happens to the provider's token.

use jiff::Timestamp;

use super::{Grant, Health, words};

/// How long the permission lasts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Permission {
    /// "ends in 12 days", "until it is revoked", "ended 3 hours ago".
    pub words: String,
    /// The day on which it ends, if any: "4 Dec".
    pub day: Option<String>,
    /// Whether it has ended.
    pub is_over: bool,
}

/// Describes when the permission ends or ended.
pub fn permission(grant: &Grant, health: Health, now: Timestamp) -> Permission {
    let plain = |words: &str, is_over| Permission { words: words.to_owned(), day: None, is_over };
    let end = match (&grant.grant_expires_at, health) {
        (_, Health::Revoked) => return plain("was revoked", true),
        (None, Health::Expired) => return plain("is over", true),
        (None, _) => return plain("until it is revoked", false),
        (Some(end), _) => end,
    };
    let Some(at) = end.at() else {
        return plain(&format!("ends {}", end.brief()), false);
    };
    let (is_over, relative) = (at <= now, words::relative(at, now));
    let words = format!("{} {relative}", if is_over { "ended" } else { "ends" });
    Permission { words, day: Some(words::day(at, now)), is_over }
}

/// Describes the provider's token. Returns `None` if it does not expire, or if the permission has expired and
/// nothing refreshes the token any more.
pub fn token(grant: &Grant, health: Health, now: Timestamp) -> Option<String> {
    let is_over = matches!(health, Health::Revoked | Health::Expired);
    let token = grant.expires_at.as_ref().filter(|_| !is_over)?;
    Some(match token.at() {
        // Nothing is refreshed until the account is reconnected.
        _ if health == Health::NeedsReconnect => "was rejected by the provider".to_owned(),
        None => token.brief().to_string(),
        Some(at) if at <= now => "refreshed on the next use".to_owned(),
        Some(at) => format!("refreshes itself, {} left", words::length(at.duration_since(now))),
    })
}
