//! What privacy mode leaves of a name: enough to tell two rows apart, not enough to tell a customer.

use unicode_segmentation::UnicodeSegmentation;

use super::shared::Shared;
pub(crate) use crate::domain::clean::HIDDEN;
use crate::domain::clean::{BRIEF, head};
use crate::domain::{Clean, provider as providers};

/// An account as it may be shown.
pub(crate) fn account(shared: &Shared, account: &str) -> String {
    if shared.privacy { masked_account(account) } else { Clean::brief(account).to_string() }
}

/// A label, or the name of an agent, as it may be shown.
pub(crate) fn name(shared: &Shared, name: &str) -> String {
    if shared.privacy { masked(name) } else { Clean::brief(name).to_string() }
}

/// A provider or slug as it may be shown. Providers that everybody has are no secret; what an application named
/// its own secrets may name a customer.
pub(crate) fn provider(shared: &Shared, id: &str) -> String {
    // What everybody has is not long: a longer text is not even looked up.
    let is_listed_here = || shared.catalog.value().is_some_and(|catalog| catalog.providers.contains_key(id));
    let is_public = || id.len() <= BRIEF && (is_listed(id) || is_listed_here());
    if !shared.privacy || is_public() {
        return Clean::brief(id).to_string();
    }
    let mut head = head(id, 256);
    while let Some((shorter, _)) = head.rsplit_once('-') {
        if is_listed(shorter) {
            return format!("{shorter}-{HIDDEN}");
        }
        head = shorter;
    }
    masked(id)
}

/// A URL as it may be shown: a host that everybody has, and where its path begins. Other hosts may name a customer,
/// and whatever comes later in a path or is asked of it may be an id or a name.
pub(crate) fn url(shared: &Shared, url: &str) -> String {
    if shared.privacy { masked_url(url) } else { Clean::brief(url).to_string() }
}

fn masked_url(url: &str) -> String {
    let clean = Clean::brief(url);
    let (scheme, rest) = clean.as_str().split_once("://").unwrap_or(("https", clean.as_str()));
    let rest = rest.split(['?', '#']).next().unwrap_or_default();
    let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
    let host = shown_host(host);
    let (first, more) = path.split_once('/').unwrap_or((path, ""));
    let is_word = first.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '.');
    let first = if is_word && first.len() < 24 { first } else { HIDDEN };
    let asked = if more.is_empty() && !clean.as_str().contains(['?', '#']) { "" } else { "/•••" };
    format!("{scheme}://{host}/{first}{asked}")
}

/// A host that a provider has for everybody; of one below such a host what is in front may name a customer.
fn shown_host(host: &str) -> String {
    let mut shown = HIDDEN.to_owned();
    for known in providers::table().values().flat_map(|row| &row.hosts) {
        match known.strip_prefix('*') {
            None if host == known => return host.to_owned(),
            Some(tail) if host.ends_with(tail) => shown = format!("{HIDDEN}{tail}"),
            _ => {}
        }
    }
    shown
}

/// Whether the built-in table lists this very id, not only the beginning of it.
fn is_listed(id: &str) -> bool {
    let shorter = id.rsplit_once('-').and_then(|(shorter, _)| providers::known(shorter));
    providers::known(id).is_some_and(|row| shorter.is_none_or(|other| !std::ptr::eq(row, other)))
}

/// An account with only its first character left, and the last part of an address: "w•••@•••.com".
fn masked_account(account: &str) -> String {
    let clean = Clean::brief(account);
    match clean.as_str().rsplit_once('@') {
        Some((name, domain)) => {
            let end = domain.rsplit_once('.').map_or("", |(_, end)| end);
            format!("{}{HIDDEN}@{HIDDEN}.{end}", first(name))
        }
        None => masked(account),
    }
}

fn masked(text: &str) -> String {
    let clean = Clean::brief(text);
    let first = first(clean.as_str());
    if first.is_empty() { String::new() } else { format!("{first}{HIDDEN}") }
}

fn first(text: &str) -> &str {
    text.graphemes(true).next().unwrap_or("")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn masks_hide_all_but_the_shape() {
        for (account, want) in
            [("work@acme.com", "w•••@•••.com"), ("octo", "o•••"), ("", ""), ("山田@例え.jp", "山•••@•••.jp")]
        {
            assert_eq!(masked_account(account), want);
        }
    }

    #[test]
    fn a_url_keeps_a_host_that_everybody_has_and_where_its_path_begins() {
        for (url, want) in [
            ("https://api.github.com/user", "https://api.github.com/user"),
            ("https://api.github.com/repos/octo-acme/site?q=1", "https://api.github.com/repos/•••"),
            ("https://api.github.com/user?login=octo", "https://api.github.com/user/•••"),
            ("https://acme.example.com/work@acme.com", "https://•••/•••"),
            ("https://acme.googleapis.com/v1", "https://•••.googleapis.com/v1"),
            ("", "https://•••/"),
        ] {
            assert_eq!(masked_url(url), want);
        }
    }

    #[test]
    fn a_slug_keeps_the_service_that_everybody_knows() {
        assert!(is_listed("google") && is_listed("stripe"));
        assert!(!is_listed("stripe-acme") && !is_listed("acme"));
    }
}
