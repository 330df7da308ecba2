//! URLs of retrieve mode: where a credential may be sent (docs/protocol/calls.md sections A3 and A4).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use secrecy::SecretString;
use url::{Host, Url};
use zeroize::Zeroizing;

use super::draft::{DraftError, LONGEST_URL};
use crate::domain::Origin;
use crate::domain::percent;

/// A checked URL: `https`, or `http` to this machine; without user information and fragment.
///
/// Private and link-local addresses are checked on connecting, as any name may resolve to one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProviderUrl {
    text: String,
    url: Url,
    loopback: bool,
}

impl ProviderUrl {
    /// Checks a URL whose placeholders are filled. User information becomes a Basic `Authorization` value, as in the
    /// official SDK, but is removed from all texts; the SDK sends it to the backend, twice.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn parse(text: &str) -> Result<(Self, Option<SecretString>), DraftError> {
        if text.is_empty() {
            return Err(DraftError::UrlEmpty);
        }
        let odd = |character: char| character.is_control() || character == '\\';
        // Parsers disagree about these characters, and must not disagree about the host.
        if text.trim() != text || text.contains(odd) {
            return Err(DraftError::UrlCharacters);
        }
        if text.chars().count() > LONGEST_URL {
            return Err(DraftError::UrlTooLong { have: text.chars().count() });
        }
        let (scheme, rest) = text.split_once("://").ok_or(DraftError::UrlUnreadable)?;
        let tls = match scheme.to_ascii_lowercase().as_str() {
            "https" => true,
            "http" => false,
            _ => return Err(DraftError::Scheme),
        };
        let authority_end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
        let (authority, path) = rest.split_at_checked(authority_end).unwrap_or((rest, ""));
        let (user, place) = match authority.rsplit_once('@') {
            Some((user, place)) => (Some(user), place),
            None => (None, authority),
        };
        if place.is_empty() {
            return Err(DraftError::UrlUnreadable);
        }
        if has_dots(path) {
            return Err(DraftError::UrlDots);
        }
        let text = format!("{scheme}://{place}{path}");
        let mut url = Url::parse(&text).map_err(|error| match error {
            url::ParseError::InvalidPort => DraftError::Port,
            _ => DraftError::UrlUnreadable,
        })?;
        url.set_fragment(None);
        let loopback = match url.host().ok_or(DraftError::UrlUnreadable)? {
            Host::Domain(name) => name == "localhost",
            // Only the address of the protocol, in the usual notation.
            Host::Ipv4(address) => address.octets() == [127, 0, 0, 1] && place.starts_with("127.0.0.1"),
            Host::Ipv6(address) => address.is_loopback(),
        };
        if !tls && !loopback {
            return Err(DraftError::PlainHttp);
        }
        let checked = Self { text, url, loopback };
        checked.with_query(&[], true)?;
        Ok((checked, user.map(basic)))
    }

    /// As written, without user information.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// `https://host`, with the port unless it is the scheme's default: the receiver of the credential.
    pub fn origin(&self) -> String {
        self.url.origin().ascii_serialization()
    }

    /// Whether the URL has this origin, including the port.
    pub fn is_at(&self, origin: &Origin) -> bool {
        self.origin() == origin.as_str()
    }

    /// The host, in lower case.
    pub fn host(&self) -> &str {
        self.url.host_str().unwrap_or_default()
    }

    /// The port, unless it is the scheme's default.
    pub fn port(&self) -> Option<u16> {
        self.url.port()
    }

    /// Whether it is this machine.
    pub fn is_loopback(&self) -> bool {
        self.loopback
    }

    /// The path as sent.
    pub(super) fn path(&self) -> &str {
        self.url.path()
    }

    /// The URL as sent, with parameters merged into its own query: one of the same name is replaced, the others stay.
    ///
    /// The official SDK drops the URL's own query if there is any parameter or injected one, though only in retrieve
    /// mode without AWS. All modes merge here: a call that differs from what is shown is not a useful test.
    ///
    /// # Errors
    /// [`DraftError::UrlTooLong`].
    pub(super) fn with_query(
        &self,
        parameters: &[(&str, &str)],
        plus: bool,
    ) -> Result<Zeroizing<String>, DraftError> {
        let mut base = self.url.clone();
        base.set_query(None);
        let mut query = Zeroizing::new(String::new());
        for piece in self.url.query().into_iter().flat_map(|query| query.split('&')) {
            let name = piece.split_once('=').map_or(piece, |(name, _)| name);
            let name = percent::decode_bytes(name.replace('+', " ").as_bytes());
            if !parameters.iter().any(|(known, _)| known.as_bytes() == name) {
                separate(&mut query);
                query.push_str(piece);
            }
        }
        for (name, value) in parameters {
            separate(&mut query);
            percent::encode_into(&mut query, name.as_bytes(), plus);
            query.push('=');
            percent::encode_into(&mut query, value.as_bytes(), plus);
        }
        let asked = self.url.query().is_some() || !parameters.is_empty();
        let mark = if asked { "?" } else { "" };
        let whole = Zeroizing::new(format!("{base}{mark}{}", query.as_str()));
        if whole.len() > LONGEST_URL { Err(DraftError::UrlTooLong { have: whole.len() }) } else { Ok(whole) }
    }
}

/// Whether a path segment is `.` or `..`, encoded or not.
fn has_dots(path: &str) -> bool {
    let path = path.split(['?', '#']).next().unwrap_or_default();
    path.split('/').any(|part| matches!(part.to_ascii_lowercase().replace("%2e", ".").as_str(), "." | ".."))
}

fn separate(query: &mut String) {
    if !query.is_empty() {
        query.push('&');
    }
}

/// Encodes `user:password` as a header value.
fn basic(user: &str) -> SecretString {
    let decoded = Zeroizing::new(percent::decode_bytes(user.as_bytes()));
    let colon: &[u8] = if decoded.contains(&b':') { b"" } else { b":" };
    let joined = Zeroizing::new([decoded.as_slice(), colon].concat());
    let encoded = Zeroizing::new(STANDARD.encode(joined.as_slice()));
    SecretString::from(format!("Basic {}", encoded.as_str()))
}
