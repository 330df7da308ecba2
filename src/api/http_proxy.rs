//! The HTTP proxy between this machine and a host, where the surroundings name one: `HTTPS_PROXY`, `ALL_PROXY`, `NO_PROXY`,
//! and what the system has set. Its address is the user's choice, and nothing here judges it.

use std::fmt;

use hyper_util::client::proxy::matcher::{Intercept, Matcher};
use reqwest::{ClientBuilder, Proxy};

use super::error::{Stage, TransportError};

/// A proxy that requests to some host go through.
#[derive(Clone, Debug)]
pub struct HttpProxy(Intercept);

impl HttpProxy {
    /// The proxy on the way to a URL; None = there is none.
    pub fn on_the_way_to(url: &str) -> Option<Self> {
        Matcher::from_system().intercept(&url.parse().ok()?).map(Self)
    }

    /// Whether requests can go through it: it speaks HTTP.
    pub fn is_usable(&self) -> bool {
        matches!(self.0.uri().scheme_str(), Some("http" | "https"))
    }

    /// A builder of a client whose requests go through it.
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

/// Scheme, host and port; of a user and a password only that there are some.
impl fmt::Display for HttpProxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let uri = self.0.uri();
        let user = if self.0.basic_auth().is_some() || self.0.raw_auth().is_some() { "***@" } else { "" };
        let place = uri.authority().map_or("", |authority| authority.as_str());
        write!(
            f,
            "{}://{user}{}",
            uri.scheme_str().unwrap_or("http"),
            place.rsplit('@').next().unwrap_or_default()
        )
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
}
