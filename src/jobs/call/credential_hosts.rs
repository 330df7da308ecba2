//! Hosts to which a credential may be sent (safety rule 2).

use crate::domain::provider::homes;
use crate::domain::{Code, Diagnosis, Origin, Retry, Who, provider};
use crate::protocol::call::ProviderUrl;

/// Where a grant's credential belongs.
#[derive(Clone, Copy, Debug)]
pub(super) struct CredentialHosts<'a> {
    /// The provider's id, from the list or the backend.
    pub(super) provider: &'a str,
    /// The grant's own origin.
    pub(super) home: Option<&'a Origin>,
    /// Hosts that the user allowed explicitly.
    pub(super) allowed: &'a [String],
    /// Whether the backend runs on this machine.
    pub(super) local: bool,
}

impl CredentialHosts<'_> {
    /// Checks a URL before the provider is known: refuses hosts that no provider's credential may be sent to.
    ///
    /// # Errors
    /// Why not, and how to allow it.
    pub(super) fn may_allow(&self, url: &ProviderUrl) -> Result<(), Diagnosis> {
        let is_somebodys = provider::table().values().any(|known| known.serves(url.host()));
        if url.port().is_none() && is_somebodys { Ok(()) } else { self.allows(url) }
    }

    /// Checks whether the credential may be sent to a URL.
    ///
    /// # Errors
    /// Why not, and how to allow it.
    pub(super) fn allows(&self, url: &ProviderUrl) -> Result<(), Diagnosis> {
        let host = url.host();
        if url.is_loopback() {
            return if self.local {
                Ok(())
            } else {
                Err(Diagnosis::new(Code::ArgumentRefused, Who::You, Retry::AfterRemedy)
                    .fact("origin", &url.origin())
                    .fact("problem", "a credential never goes to this machine"))
            };
        }
        let named = homes::host_named(host, url.port());
        let home = homes::is_home(self.provider, self.home, host, url.port());
        if home || self.allowed.iter().any(|allowed| allowed.eq_ignore_ascii_case(&named)) {
            return Ok(());
        }
        Err(homes::not_home(self.provider, &named))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_credential_goes_home_or_where_it_was_named_on_purpose() {
        let home = Origin::parse("https://acme.my.salesforce.com").unwrap();
        let allowed = ["Api.Acme.example".to_owned(), "acme.example:8443".to_owned()];
        for (provider, url, local, want) in [
            ("github", "https://api.github.com/user", false, true),
            ("github", "https://API.github.com/user", false, true),
            ("github", "https://api.github.com:8443/user", false, false),
            ("github", "https://api.github.com.evil.example/user", false, false),
            ("github", "https://api.slack.com/", false, false),
            ("salesforce", "https://acme.my.salesforce.com/services", false, true),
            ("salesforce", "https://other.my.salesforce.com/services", false, false),
            ("acme", "https://api.acme.example/x", false, true),
            ("acme", "https://acme.example:8443/x", false, true),
            ("acme", "https://acme.example/x", false, false),
            ("", "https://example.com/", false, false),
            ("github", "http://127.0.0.1:9/", true, true),
            ("github", "http://localhost:9/", false, false),
        ] {
            let hosts = CredentialHosts { provider, home: Some(&home), allowed: &allowed, local };
            let (parsed, _) = ProviderUrl::parse(url).unwrap();
            assert_eq!(hosts.allows(&parsed).is_ok(), want, "{provider} {url}");
        }
    }

    #[test]
    fn a_refusal_says_whose_place_it_is_not() {
        let said = |provider: &str| {
            let hosts = CredentialHosts { provider, home: None, allowed: &[], local: false };
            let (url, _) = ProviderUrl::parse("https://evil.example:8443/x").unwrap();
            hosts
                .allows(&url)
                .unwrap_err()
                .facts
                .iter()
                .map(|(_, value)| value.to_string())
                .collect::<Vec<_>>()
        };
        let host = "evil.example:8443";
        assert_eq!(said("github"), [host, "evil.example:8443 is not a known host of github"]);
        assert_eq!(said(""), [host, "evil.example:8443 is not a known host of the provider"]);
    }

    #[test]
    fn what_is_nobodys_is_refused_before_it_is_known_whose_credential_it_is() {
        let allowed = ["api.acme.example".to_owned()];
        let hosts = CredentialHosts { provider: "", home: None, allowed: &allowed, local: false };
        for (url, want) in [
            ("https://api.github.com/user", true),
            ("https://slack.com/api/auth.test", true),
            ("https://api.acme.example/x", true),
            ("https://api.github.com:8443/user", false),
            ("https://api.github.com.evil.example/user", false),
            ("https://evil.example/", false),
            ("http://127.0.0.1:9/", false),
        ] {
            let (parsed, _) = ProviderUrl::parse(url).unwrap();
            assert_eq!(hosts.may_allow(&parsed).is_ok(), want, "{url}");
        }
    }
}
