//! Normalises URLs the way servers read them.

use url::Url;

use crate::percent;

/// Base for URLs without a host of their own.
const PLACEHOLDER_BASE: &str = "https://provider.invalid/";

/// An interpretation of a URL.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Address {
    /// ASCII, lower case, without a trailing dot.
    pub(super) host: String,
    /// The path segments: decoded, without empty ones, `.`, `..` and matrix parameters.
    pub(super) path: Vec<String>,
    /// The parameters of query and path, decoded.
    pub(super) parameters: Vec<(String, String)>,
}

impl Address {
    /// Whether the host is this one, or a subdomain of it.
    pub(super) fn is_at(&self, host: &str) -> bool {
        self.host.strip_suffix(host).is_some_and(|below| below.is_empty() || below.ends_with('.'))
    }

    fn from_url(url: &Url) -> Self {
        let host = url.host_str().unwrap_or_default().trim_end_matches('.').to_ascii_lowercase();
        let mut address = Self { host, path: Vec::new(), parameters: Vec::new() };
        for part in decoded(url.path(), false).split(['/', '\\']) {
            let mut pieces = part.split(';');
            match pieces.next().unwrap_or_default() {
                "" | "." => {}
                ".." => _ = address.path.pop(),
                name => address.path.push(name.to_owned()),
            }
            address.parameters.extend(pieces.map(named));
        }
        // `%3B` is part of a value; `;` may separate parameters or be part of one.
        let query = url.query().unwrap_or_default();
        address.parameters.extend(pairs(query));
        address
    }
}

/// The parameters of a query or form.
pub(super) fn pairs(text: &str) -> impl Iterator<Item = (String, String)> + '_ {
    let whole = text.split('&').filter(|piece| piece.contains(';'));
    text.split(['&', ';']).chain(whole).filter(|piece| !piece.is_empty()).map(named)
}

fn named(piece: &str) -> (String, String) {
    let (name, value) = percent::pair(piece);
    (name.into_owned(), value.into_owned())
}

fn decoded(text: &str, parameter: bool) -> String {
    percent::decode(text, parameter).unwrap_or_else(|| text.to_owned())
}

/// Returns all interpretations of a URL: by the library that sends it, and by others that differ. Empty =
/// there is no host under any of them.
pub(super) fn interpretations(text: &str) -> Vec<Address> {
    let mut found = Vec::new();
    let mut read = |text: &str| {
        let address = parsed(text).map(|url| Address::from_url(&url));
        found.extend(address.filter(|address| !found.contains(address)));
    };
    read(text);
    // Some parsers read a backslash as a slash, others as part of a name.
    if text.contains('\\') {
        read(&text.replace('\\', "%5C"));
    }
    // Without a scheme, the first part may be taken for a host.
    let scheme = text.trim_start().split_once(':').is_some_and(|(scheme, _)| is_web(scheme));
    if !scheme {
        read(&format!("https://{}", text.trim_start().trim_start_matches(['/', '\\'])));
    }
    found
}

fn parsed(text: &str) -> Option<Url> {
    match Url::parse(text) {
        Ok(url) if url.has_host() => Some(url),
        Err(url::ParseError::RelativeUrlWithoutBase) => Url::parse(PLACEHOLDER_BASE).ok()?.join(text).ok(),
        Ok(_) | Err(_) => None,
    }
}

fn is_web(scheme: &str) -> bool {
    ["http", "https"].iter().any(|web| scheme.eq_ignore_ascii_case(web))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_is_the_same_however_it_is_written() {
        for url in [
            "https://slack.com/api",
            "HTTPS://SLACK.COM/api",
            "https://slack。com/api",
            "https://ｓｌａｃｋ．ｃｏｍ/api",
            "https://%73lack.com/api",
            "https://slack.com./api",
            "https://slack.com:443/api",
            "https://slack.com:8443/api",
            "https://user:word@slack.com/api",
            "https://evil.example@slack.com/api",
            "https:slack.com/api",
            "https:/slack.com/api",
            "https:///slack.com/api",
            "https:\\\\slack.com\\api",
            "https://sla\tck.com/api",
            " https://slack.com/api",
            "slack.com/api",
            "slack.com:443/api",
            "//slack.com/api",
            "https://evil.example\\@slack.com/api",
            "https://slack.com\\@evil.example/api",
            "https://slаck.com@slack.com/api",
        ] {
            assert!(
                interpretations(url).iter().any(|address| address.host == "slack.com"),
                "{url}: {:?}",
                interpretations(url)
            );
        }
        for url in [
            "https://slack.com.evil.example/api",
            "https://evil.example/slack.com",
            "https://slаck.com/",
            "/api",
        ] {
            assert!(interpretations(url).iter().all(|address| !address.is_at("slack.com")), "{url}");
        }
    }

    #[test]
    fn a_path_is_the_same_however_it_is_written() {
        for path in [
            "/api/chat.postMessage",
            "/api//chat.postMessage/",
            "/./api/x/../chat.postMessage",
            "/api%2Fchat%2EpostMessage",
            "/api%2Fx%2F..%2Fchat.postMessage",
            "/api/%2e%2E/api/%63hat.postMessage",
            "\\api\\chat.postMessage",
            "/api;a=b/chat.postMessage;c",
        ] {
            let url = format!("https://slack.com{path}");
            assert!(
                interpretations(&url).iter().any(|address| address.path == ["api", "chat.postMessage"]),
                "{url}"
            );
        }
    }

    #[test]
    fn what_has_no_host_is_read_by_nobody() {
        for url in ["https://", "https://:443/x", "https://h:99999/x", "https://[::1/x"] {
            assert_eq!(interpretations(url), [], "{url}");
        }
    }
}
