//! The page that belongs to a grant, where one is known.

use crate::domain::{Grant, provider};

/// An `https` link: the grant's own origin at the provider (an instance such as Salesforce's), else the page
/// where a person manages their connections there. `api_base_url` comes from outside: only the bare origin that
/// the protocol allows counts (protocol: grants.md section 1).
pub(super) fn of(grant: &Grant) -> Option<String> {
    if let Some(origin) = grant.api_base_url().filter(|origin| is_bare_origin(origin)) {
        return Some(origin.to_owned());
    }
    provider::known(&grant.provider)?.console.clone()
}

fn is_bare_origin(text: &str) -> bool {
    text.strip_prefix("https://").is_some_and(|host| {
        !host.is_empty()
            && host.len() <= 262
            && host
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'.' | b'-'))
    })
}
