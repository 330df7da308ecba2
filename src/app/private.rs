//! What privacy mode leaves of a name: enough to tell two rows apart, not enough to tell a customer.

use std::borrow::Cow;

use unicode_segmentation::UnicodeSegmentation;

use super::shared::Shared;
pub(crate) use crate::domain::clean::HIDDEN;
use crate::domain::clean::{BRIEF, head};
use crate::domain::describe::diagnosis::MESSAGE;
use crate::domain::describe::facts::{Tells, tells};
use crate::domain::describe::outcome::REASON;
use crate::domain::describe::{Entry, Section, Span, Tone};
use crate::domain::{Clean, Diagnosis, provider as providers};

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

/// A sentence as it may be shown: ids, addresses and URLs in it are masked.
pub(crate) fn sentence(shared: &Shared, text: &str) -> String {
    if shared.privacy { masked_sentence(text) } else { text.to_owned() }
}

/// A failure as it may be shown. What another side said may name anybody.
pub(crate) fn diagnosis<'a>(shared: &Shared, diagnosis: &'a Diagnosis) -> Cow<'a, Diagnosis> {
    if !shared.privacy {
        return Cow::Borrowed(diagnosis);
    }
    let mut shown = diagnosis.clone();
    shown.said = shown.said.map(|_| Clean::line(HIDDEN));
    for (name, value) in &mut shown.facts {
        match tells(name) {
            Tells::Nothing => {}
            Tells::Mentions => *value = Clean::line(&masked_sentence(value.as_str())),
            Tells::Names => *value = Clean::line(HIDDEN),
        }
    }
    Cow::Owned(shown)
}

/// What is said of a call as it may be shown. A link is there for whoever has it, and another side's message, or the
/// reason of a verdict, may name anybody.
pub(crate) fn section(shared: &Shared, mut section: Section) -> Section {
    if shared.privacy {
        for entry in &mut section {
            match entry {
                Entry::Field(label, spans) => {
                    let hidden = [MESSAGE, REASON].contains(label);
                    for span in spans {
                        mask_span(span, hidden);
                    }
                }
                Entry::Line(spans) => {
                    for span in spans {
                        mask_span(span, false);
                    }
                }
                Entry::Under(span) | Entry::Indented(_, span) => mask_span(span, false),
                Entry::Scope(_) | Entry::Relative { .. } => {}
            }
        }
    }
    section
}

fn mask_span(span: &mut Span, hidden: bool) {
    span.text = if hidden { HIDDEN.to_owned() } else { masked_sentence(&span.text) };
    if span.tone == Tone::Link {
        // Nobody can use what is left of it.
        span.tone = Tone::Dim;
    }
}

/// A pair such as `name=value` with its value masked; what separates the two stays.
pub(crate) fn pair(text: &str, separator: &str) -> String {
    match text.split_once(separator) {
        Some((name, _)) => format!("{name}{separator}{HIDDEN}"),
        None => HIDDEN.to_owned(),
    }
}

/// The fewest characters of a word that may be an id.
const ID: usize = 12;

fn masked_sentence(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for word in text.split_inclusive(char::is_whitespace) {
        let bare = word.trim_matches(|c: char| !c.is_alphanumeric());
        let parts = word.split_once(bare);
        let is_id = bare.len() >= ID
            && bare.contains(|c: char| c.is_ascii_digit())
            && bare.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_'));
        let masked = match parts {
            _ if bare.contains("://") => Some(masked_url(bare)),
            _ if bare.contains('@') => Some(masked_account(bare)),
            _ if is_id => Some(HIDDEN.to_owned()),
            _ => None,
        };
        match (masked, parts) {
            (Some(masked), Some((before, behind))) => {
                shown.push_str(before);
                shown.push_str(&masked);
                shown.push_str(behind);
            }
            (Some(_), None) | (None, _) => shown.push_str(word),
        }
    }
    shown
}

pub(crate) fn masked_url(url: &str) -> String {
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
    fn a_sentence_keeps_its_words_and_loses_ids_and_addresses() {
        for (text, want) in [
            ("No grant of work@acme.com here.", "No grant of w•••@•••.com here."),
            ("id 7c1f0a52-11aa-4c1e-9e2a-0123456789ab, gone", "id •••, gone"),
            ("see https://api.github.com/repos/octo/site.", "see https://api.github.com/repos/•••."),
            ("a well-known-application of 3 of them", "a well-known-application of 3 of them"),
            ("request req_8f3a9c1d2e4b", "request •••"),
            ("  … ", "  … "),
            ("", ""),
        ] {
            assert_eq!(masked_sentence(text), want);
        }
        assert_eq!(masked_sentence(&masked_sentence("of work@acme.com")), "of w•••@•••.com");
    }

    #[test]
    fn a_pair_keeps_its_name() {
        assert_eq!(pair("login=octo", "="), "login=•••");
        assert_eq!(pair("X-User: octo: a", ": "), "X-User: •••");
        assert_eq!(pair("octo", "="), "•••");
    }

    #[test]
    fn a_slug_keeps_the_service_that_everybody_knows() {
        assert!(is_listed("google") && is_listed("stripe"));
        assert!(!is_listed("stripe-acme") && !is_listed("acme"));
    }
}
