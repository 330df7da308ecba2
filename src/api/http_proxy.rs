//! HTTP proxies from the environment: `HTTPS_PROXY`, `ALL_PROXY`, `NO_PROXY`, and the system's settings. Their address
//! is the user's choice and is not checked.

use std::fmt;

use hyper_util::client::proxy::matcher::{Intercept, Matcher};
use reqwest::{ClientBuilder, Proxy};

use super::error::{Stage, TransportError};

/// An HTTP proxy for requests to some host.
#[derive(Clone, Debug)]
pub struct HttpProxy(Intercept);

impl HttpProxy {
    /// The proxy for a URL; `None` = no proxy.
    ///
    /// # Errors
    /// [`Stage::ProxySetting`] if a variable names one whose address cannot be parsed: it is never bypassed.
    pub fn on_the_way_to(url: &str) -> Result<Option<Self>, TransportError> {
        let Ok(uri) = url.parse() else { return Ok(None) };
        // In a CGI program, a request could set HTTP_PROXY by its headers, so the library ignores it there.
        if std::env::var_os("REQUEST_METHOD").is_none()
            && let Some(problem) = unreadable(url, process_variable)
        {
            return Err(TransportError::new(Stage::ProxySetting, url, problem));
        }
        Ok(Matcher::from_system().intercept(&uri).map(Self))
    }

    /// Whether requests can be sent through it: it is an HTTP proxy.
    pub fn is_usable(&self) -> bool {
        matches!(self.0.uri().scheme_str(), Some("http" | "https"))
    }

    fn has_user(&self) -> bool {
        self.0.basic_auth().is_some() || self.0.raw_auth().is_some()
    }

    /// Configures a client to send its requests through it.
    pub(super) fn through(
        &self,
        builder: ClientBuilder,
        host: &str,
    ) -> Result<ClientBuilder, TransportError> {
        let failed =
            |detail: &str| TransportError::new(Stage::Proxy, host, detail).by_way_of(Some(self), true);
        if !self.is_usable() {
            return Err(failed("only http:// and https:// proxies can be used"));
        }
        let proxy = Proxy::all(self.0.uri().to_string());
        let proxy = proxy.map_err(|_unreadable| failed("its address cannot be read"))?;
        Ok(builder.proxy(match self.0.basic_auth() {
            Some(user) => proxy.custom_http_auth(user.clone()),
            None => proxy,
        }))
    }
}

fn process_variable(name: &str) -> Option<String> {
    std::env::var_os(name).map(|value| value.to_string_lossy().into_owned())
}

/// What is wrong with the variable that names the proxy for a URL: its name, nothing of its value.
fn unreadable(url: &str, variable: impl Fn(&str) -> Option<String>) -> Option<String> {
    let first = |names: [&'static str; 2]| names.into_iter().find_map(|name| Some((name, variable(name)?)));
    let excepted = first(["NO_PROXY", "no_proxy"]).map(|(_, hosts)| hosts).unwrap_or_default();
    // Hosts in NO_PROXY need no proxy.
    Matcher::builder().all("http://proxy.example").no(excepted).build().intercept(&url.parse().ok()?)?;
    let is_plain = url.starts_with("http://");
    let own = if is_plain { ["HTTP_PROXY", "http_proxy"] } else { ["HTTPS_PROXY", "https_proxy"] };
    let set = |names| first(names).filter(|(_, value)| !value.is_empty());
    let (name, value) = set(own).or_else(|| set(["ALL_PROXY", "all_proxy"]))?;
    if is_readable(url, &value) {
        return None;
    }
    let encode =
        if value.contains('@') { "; special characters of user and password are written %XX" } else { "" };
    Some(format!("{name} is not the address of a proxy, such as http://proxy.example:3128{encode}"))
}

/// Whether a value names a proxy and was parsed completely: a `#`, `/` or `?` in a password would end the address
/// early, and the part before it would be taken for the host.
fn is_readable(url: &str, value: &str) -> bool {
    let Ok(url) = url.parse() else { return false };
    let Some(proxy) = Matcher::builder().all(value.to_owned()).build().intercept(&url).map(HttpProxy) else {
        return false;
    };
    let uri = proxy.0.uri();
    let host = uri.host().unwrap_or_default();
    let after_host = uri.authority().and_then(|authority| authority.as_str().strip_prefix(host));
    let is_port_readable = after_host.is_some_and(|port| port.is_empty() || uri.port_u16().is_some());
    !host.is_empty() && is_port_readable && value.matches('@').count() == usize::from(proxy.has_user())
}

/// Prints scheme, host and port, and `***` for a user and password.
impl fmt::Display for HttpProxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let uri = self.0.uri();
        let user = if self.has_user() { "***@" } else { "" };
        write!(f, "{}://{user}{}", uri.scheme_str().unwrap_or("http"), uri.host().unwrap_or_default())?;
        uri.port_u16().map_or(Ok(()), |port| write!(f, ":{port}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn proxy(all: &str) -> HttpProxy {
        let matcher = Matcher::builder().all(all.to_owned()).build();
        HttpProxy(matcher.intercept(&"https://api.github.com/user".parse().unwrap()).unwrap())
    }

    #[test]
    fn a_proxy_is_shown_without_its_user() {
        for (named, shown, usable) in [
            ("http://corpproxy:3128", "http://corpproxy:3128", true),
            ("localhost:3128", "http://localhost:3128", true),
            ("https://ann:s3cr3t@corpproxy:3128/x", "https://***@corpproxy:3128", true),
            ("http://ann@[::1]:3128", "http://***@[::1]:3128", true),
            ("socks5h://ann:s3cr3t@corpproxy:1080", "socks5h://***@corpproxy:1080", false),
        ] {
            let proxy = proxy(named);
            assert_eq!((proxy.to_string().as_str(), proxy.is_usable()), (shown, usable));
            assert!(!format!("{proxy:?}").contains("s3cr3t"));
            assert_eq!(proxy.through(reqwest::Client::builder(), "h").is_ok(), usable, "{named}");
        }
    }

    #[test]
    fn a_value_that_names_no_proxy_is_refused_by_its_variable() {
        let url = "https://api.github.com/user";
        let problem = |set: &[(&str, &str)]| {
            unreadable(url, |name| {
                set.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).into())
            })
        };
        for bad in [
            "htp://127.0.0.1:1",
            "http://[bad",
            "not a url",
            "http://proxy:port",
            "http://proxy:99999",
            "http://corp:hunter2#rest@proxy.corp:3128",
            "http://corp:hunter2/rest@proxy.corp:3128",
            "http://corp:hunter2?rest@proxy.corp:3128",
            "http://corp:hunter2@rest@proxy.corp:3128",
            "http://corp:12#hunter2@proxy.corp:3128",
            "http://corp:hunter2@",
            "corp:hunter2@proxy.corp:3128 ",
        ] {
            for name in ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"] {
                let problem = problem(&[(name, bad)]).unwrap_or_else(|| panic!("{bad} is taken"));
                assert!(problem.starts_with(&format!("{name} is not")), "{problem}");
                assert!(!problem.contains("hunter2") && !problem.contains("rest"), "{problem}");
            }
            // The variable is for another scheme, or another one takes precedence.
            assert_eq!(problem(&[("HTTP_PROXY", bad)]), None);
            assert_eq!(problem(&[("HTTPS_PROXY", bad), ("NO_PROXY", ".github.com")]), None);
            assert_eq!(problem(&[("HTTPS_PROXY", "http://proxy:3128"), ("ALL_PROXY", bad)]), None);
        }
        for good in [
            "",
            "proxy",
            "localhost:3128",
            "http://[::1]:3128/",
            "https://ann:a%23b@proxy",
            "socks5://ann@proxy:1080",
        ] {
            assert_eq!(problem(&[("HTTPS_PROXY", good)]), None, "{good}");
        }
    }
}
