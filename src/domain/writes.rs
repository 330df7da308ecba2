//! Whether a request may change something at the provider (safety rule 5). Its method says most of it; a GET may ask for
//! another method in a header or a parameter, and some providers take every procedure by GET.

use super::code::percent;
use super::{RequestDraft, template};

/// Parts of the names of headers by which servers are told another method or another path. As what CGI makes of it,
/// `_` counts as `-`.
const TELLING_HEADERS: [&str; 4] = ["method", "verb", "original-url", "rewrite-url"];

/// Parts of the names of query parameters that are there for another method alone.
const TELLING_PARAMETERS: [&str; 3] = ["method-override", "http-method", "http-verb"];

/// Methods that a parameter called `method` or `verb` may ask for.
const METHODS: [&str; 5] = ["POST", "PUT", "PATCH", "DELETE", "MERGE"];

/// A provider that names what is done in the path and takes it by any method.
struct Procedures {
    /// Its hosts, and those below them.
    host: &'static str,
    /// The last names of procedures that only read, whatever stands before: `list` of `conversations.list`.
    reads: &'static [&'static str],
}

/// What is not known to read there may write. Slack: docs.slack.dev/apis/web-api ("methods accept GET or POST").
const PROCEDURES: [Procedures; 1] = [Procedures {
    host: "slack.com",
    reads: &[
        "all",
        "billableInfo",
        "conversations",
        "files",
        "get",
        "getPermalink",
        "getPresence",
        "history",
        "identity",
        "info",
        "list",
        "lookupByEmail",
        "members",
        "messages",
        "replies",
        "test",
        "userInfo",
    ],
}];

/// Whether a method alone may change something: any but GET, HEAD and OPTIONS.
pub fn by_method(method: &str) -> bool {
    !["GET", "HEAD", "OPTIONS"].iter().any(|safe| method.trim().eq_ignore_ascii_case(safe))
}

impl RequestDraft {
    /// Whether it may change something at the provider (safety rule 5).
    pub fn is_write(&self) -> bool {
        self.write().is_some()
    }

    /// What of it may change something, in a few words: `POST`, `GET with X-HTTP-Method-Override`; None = nothing known.
    pub fn write(&self) -> Option<String> {
        let method = self.method.trim().to_uppercase();
        if by_method(&method) {
            return Some(method);
        }
        let telling_header = |(name, _): &&(String, String)| {
            let plain = plain(name);
            TELLING_HEADERS.iter().any(|part| plain.contains(part))
                && plain != "access-control-request-method"
        };
        if let Some((name, _)) = self.headers.iter().find(telling_header) {
            return Some(format!("{method} with {name}"));
        }
        let url = template::shown(&self.url, &self.path_parameters);
        if let Some(name) = self.telling_parameter(&url) {
            return Some(format!("{method} with {name}="));
        }
        procedure(&url).map(|procedure| format!("{method} of {procedure}"))
    }

    /// The query parameter that asks for another method.
    fn telling_parameter(&self, url: &str) -> Option<String> {
        let own = percent::parts(url).1.unwrap_or_default();
        let in_url = own.split(['&', ';']).map(|piece| {
            let (name, value) = percent::pair(piece);
            let decoded = |text: &str| percent::decode(text, true).unwrap_or_else(|| text.to_owned());
            (decoded(&name), decoded(&value))
        });
        let beside = self.query.iter().flat_map(|(name, value)| {
            let values = value.as_array().map_or(std::slice::from_ref(value), Vec::as_slice);
            values.iter().map(move |value| (name.clone(), value.as_str().unwrap_or_default().to_owned()))
        });
        in_url.chain(beside).find(|(name, value)| asks_for_another(name, value)).map(|(name, _)| name)
    }
}

fn asks_for_another(name: &str, value: &str) -> bool {
    let name = plain(name);
    let is_method = METHODS.iter().any(|method| value.trim().eq_ignore_ascii_case(method));
    name == "-method"
        || TELLING_PARAMETERS.iter().any(|part| name.contains(part))
        || (is_method && (name == "method" || name == "verb"))
}

/// A name as servers compare it.
fn plain(name: &str) -> String {
    name.trim().to_ascii_lowercase().replace('_', "-")
}

/// The procedure that a URL names, where it is not known to only read.
fn procedure(url: &str) -> Option<String> {
    let before = percent::parts(url).0;
    let (_, rest) = before.split_once("://")?;
    let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));
    let host = authority.rsplit('@').next().unwrap_or_default();
    let host = host.split(':').next().unwrap_or_default().trim_end_matches('.').to_ascii_lowercase();
    let known = PROCEDURES.iter().find(|known| {
        host.strip_suffix(known.host).is_some_and(|below| below.is_empty() || below.ends_with('.'))
    })?;
    let last = path.rsplit('/').next().unwrap_or_default();
    let name = percent::decode(last, false).unwrap_or_else(|| last.to_owned());
    let does = name.rsplit('.').next().unwrap_or_default();
    let only_reads = name.contains('.') && known.reads.contains(&does);
    (!only_reads).then_some(if name.is_empty() { host } else { name })
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use uuid::Uuid;

    use super::*;
    use crate::domain::GrantId;

    fn draft(method: &str, url: &str) -> RequestDraft {
        RequestDraft::new(GrantId(Uuid::nil()), method, url)
    }

    #[test]
    fn a_method_says_it_first() {
        for (method, wanted) in [
            ("GET", None),
            (" head", None),
            ("options", None),
            ("pOsT", Some("POST")),
            ("PURGE", Some("PURGE")),
        ] {
            assert_eq!(draft(method, "https://api.test/x").write().as_deref(), wanted, "{method}");
        }
        assert!(draft("", "https://api.test/x").is_write());
    }

    #[test]
    fn a_get_may_ask_for_another_method() {
        for name in [
            "X-HTTP-Method-Override",
            "x_http_method_override",
            "X-HTTP-Method",
            "X-Method-Override",
            "X-HTTP-Verb-Override",
            "_method",
            "X-Original-URL",
        ] {
            let headers =
                vec![("Accept".to_owned(), "*/*".to_owned()), (name.to_owned(), "DELETE".to_owned())];
            let told = RequestDraft { headers, ..draft("get", "https://api.test/x") }.write();
            assert_eq!(told, Some(format!("GET with {name}")));
        }
        for url in [
            "https://api.test/x?_method=DELETE",
            "https://api.test/x?a=b&%5Fmethod=delete",
            "https://api.test/x?X-HTTP-Method-Override=PUT#there",
            "https://api.test/x?method=delete",
        ] {
            assert!(draft("GET", url).is_write(), "{url}");
        }
        for (name, value) in [("_method", json!("x")), ("method", json!(["GET", "DELETE"]))] {
            let query = vec![(name.to_owned(), value)];
            assert!(RequestDraft { query, ..draft("GET", "https://api.test/x") }.is_write(), "{name}");
        }
        let places = vec![("q".to_owned(), "_method=DELETE".to_owned())];
        assert!(
            RequestDraft { path_parameters: places, ..draft("GET", "https://api.test/x?{q}") }.is_write()
        );
    }

    #[test]
    fn what_only_sounds_like_it_reads() {
        for url in
            ["https://api.test/method?payment_methods=card", "https://api.test/x?method=search&q=DELETE"]
        {
            assert_eq!(draft("GET", url).write(), None, "{url}");
        }
        let headers = vec![("Access-Control-Request-Method".to_owned(), "DELETE".to_owned())];
        assert!(!RequestDraft { headers, ..draft("OPTIONS", "https://api.test/x") }.is_write());
        let query = vec![("method".to_owned(), json!(1)), ("limit".to_owned(), json!(20))];
        assert!(!RequestDraft { query, ..draft("GET", "https://api.test/x") }.is_write());
    }

    #[test]
    fn a_procedure_that_is_not_known_to_read_may_write() {
        for (url, wanted) in [
            ("https://slack.com/api/conversations.list?limit=1", None),
            ("https://slack.com/api/auth.test", None),
            ("https://slack.com/api/openid.connect.userInfo", None),
            ("https://slack.com/api/chat.postMessage?channel=C1&text=hi", Some("GET of chat.postMessage")),
            ("https://SLACK.com.:443//api/chat%2EpostMessage", Some("GET of chat.postMessage")),
            ("https://www.slack.com/api/auth.revoke", Some("GET of auth.revoke")),
            ("https://slack.com/api/chat.postMessage/", Some("GET of slack.com")),
            ("https://slack.com", Some("GET of slack.com")),
            ("https://notslack.com/api/chat.postMessage", None),
            ("https://api.test/slack.com/chat.postMessage", None),
        ] {
            assert_eq!(draft("GET", url).write().as_deref(), wanted, "{url}");
        }
    }
}
