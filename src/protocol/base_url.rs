//! The backend's base URL (docs/protocol/transport.md section 1).

use std::fmt;

use url::{Host, Url};

/// The default backend.
pub const DEFAULT: &str = "https://backend.alterauth.com";

/// A checked base URL: `https`, or `http` on this machine. A path prefix is sent, but never signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BaseUrl {
    text: Box<str>,
    host: Box<str>,
    tls: bool,
    loopback: bool,
}

/// Why a text is not a valid base URL. The messages never contain user information.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BaseUrlError {
    /// An empty text.
    #[error("the base URL is empty")]
    Empty,
    /// Whitespace or control characters in or around it.
    #[error("the base URL has blanks or control characters in or around it")]
    Blanks,
    /// Not a URL with a host.
    #[error("the base URL cannot be read as https://host")]
    Unreadable,
    /// Neither `https` nor `http`.
    #[error("the base URL must begin with https://")]
    Scheme,
    /// `http` to another machine: key and signatures would be sent in clear.
    #[error("the base URL must begin with https:// (http:// is for localhost, 127.0.0.1 and ::1 only)")]
    PlainHttp,
    /// `user:password@`.
    #[error("the base URL must not carry a user name or password")]
    UserInformation,
    /// `?query` or `#fragment`, also empty ones.
    #[error("the base URL must not carry a query or a fragment")]
    QueryOrFragment,
    /// An invalid port.
    #[error("the base URL's port is not a number from 1 to 65535")]
    Port,
}

impl BaseUrl {
    /// Checks and normalises a base URL: trailing slashes are removed, nothing else. Stricter than the official SDK
    /// where the protocol advises against copying its leniency: a bare trailing `?`, an empty port and outer spaces are
    /// refused.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn parse(text: &str) -> Result<Self, BaseUrlError> {
        if text.is_empty() {
            return Err(BaseUrlError::Empty);
        }
        if text
            .chars()
            .any(|character| character.is_whitespace() || character.is_control() || character == '\\')
        {
            return Err(BaseUrlError::Blanks);
        }
        let (scheme, rest) = text.split_once("://").ok_or(BaseUrlError::Unreadable)?;
        let tls = match scheme.to_ascii_lowercase().as_str() {
            "https" => true,
            "http" => false,
            _ => return Err(BaseUrlError::Scheme),
        };
        if rest.contains(['?', '#']) {
            return Err(BaseUrlError::QueryOrFragment);
        }
        let authority = rest.split('/').next().unwrap_or_default();
        if authority.contains('@') {
            return Err(BaseUrlError::UserInformation);
        }
        if authority.is_empty() {
            return Err(BaseUrlError::Unreadable);
        }
        let after_host = authority.rsplit_once(']').map_or(authority, |(_, after)| after);
        if let Some((_, port)) = after_host.split_once(':')
            && port.parse::<u16>().ok().is_none_or(|port| port == 0)
        {
            return Err(BaseUrlError::Port);
        }
        let text = text.trim_end_matches('/');
        let url = Url::parse(text).map_err(|error| match error {
            url::ParseError::InvalidPort => BaseUrlError::Port,
            _ => BaseUrlError::Unreadable,
        })?;
        let loopback = match url.host().ok_or(BaseUrlError::Unreadable)? {
            Host::Domain(name) => name == "localhost",
            // Only the two addresses of the protocol, not all of 127.0.0.0/8, and only in the usual notation.
            Host::Ipv4(address) => address.octets() == [127, 0, 0, 1] && after_host.starts_with("127.0.0.1"),
            Host::Ipv6(address) => address.is_loopback(),
        };
        if !tls && !loopback {
            return Err(BaseUrlError::PlainHttp);
        }
        let name = url.host_str().unwrap_or_default();
        let host = url.port().map_or_else(|| name.into(), |port| format!("{name}:{port}").into());
        Ok(Self { text: text.into(), host, tls, loopback })
    }

    /// The whole URL, without a trailing slash.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The host in lower case, with the port unless it is the scheme's default: how people know the backend.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// Whether the connection is encrypted.
    pub fn is_tls(&self) -> bool {
        self.tls
    }

    /// Whether it is this machine.
    pub fn is_loopback(&self) -> bool {
        self.loopback
    }

    /// Joins base and request target.
    pub fn join(&self, target: &str) -> String {
        format!("{}{target}", self.text)
    }
}

impl Default for BaseUrl {
    fn default() -> Self {
        Self { text: DEFAULT.into(), host: "backend.alterauth.com".into(), tls: true, loopback: false }
    }
}

impl fmt::Display for BaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_is_what_parsing_gives() {
        assert_eq!(BaseUrl::parse(DEFAULT), Ok(BaseUrl::default()));
    }

    #[test]
    fn loopback_is_told_apart() {
        for (text, loopback) in [
            ("http://localhost:8000", true),
            ("http://127.0.0.1:1", true),
            ("http://[::1]:8000/x", true),
            ("https://localhost", true),
            ("https://127.0.0.2", false),
            ("https://localhost.evil.example", false),
        ] {
            assert_eq!(BaseUrl::parse(text).unwrap().is_loopback(), loopback, "{text}");
        }
        // Other notations of the same address are not accepted over http.
        assert_eq!(BaseUrl::parse("http://2130706433"), Err(BaseUrlError::PlainHttp));
    }
}
