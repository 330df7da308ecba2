//! Where a grant's credential belongs (safety rule 2): hosts of the catalog, and the grant's own origin.

use super::known;
use crate::{Code, Diagnosis, Origin, Retry, Who};

/// Whether somebody vouches that a host is the provider's. `host` is in lower case; `port` is None for the scheme's own.
pub fn is_home(provider: &str, home: Option<&Origin>, host: &str, port: Option<u16>) -> bool {
    let own = || known(provider).is_some_and(|known| known.serves(host));
    let grants = || home.is_some_and(|origin| origin.as_str().strip_prefix("https://") == Some(host));
    port.is_none() && (own() || grants())
}

/// A host as a person allows it.
pub fn host_named(host: &str, port: Option<u16>) -> String {
    port.map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
}

/// That a credential does not go to a host that nobody vouches for.
pub fn not_home(provider: &str, named: &str) -> Diagnosis {
    let provider = if provider.is_empty() { "the provider" } else { provider };
    Diagnosis::new(Code::HostNotAllowed, Who::You, Retry::AfterRemedy)
        .fact("host", named)
        .fact("problem", &format!("{named} is not a known host of {provider}"))
}
