//! Hosts that a grant's credential may be sent to (safety rule 2): those of the built-in table, and the
//! grant's own origin.

use super::known;
use crate::{Code, Diagnosis, Origin, Retry, Who};

/// Whether a host is known to be the provider's. `host` is in lower case; `port` is `None` for the default
/// port.
pub fn is_home(provider: &str, home: Option<&Origin>, host: &str, port: Option<u16>) -> bool {
    let own = || known(provider).is_some_and(|known| known.serves(host));
    let grants = || home.is_some_and(|origin| origin.as_str().strip_prefix("https://") == Some(host));
    port.is_none() && (own() || grants())
}

/// A host as a person allows it.
pub fn host_named(host: &str, port: Option<u16>) -> String {
    port.map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
}

/// The refusal to send a credential to a host that is not known to be the provider's.
pub fn not_home(provider: &str, named: &str) -> Diagnosis {
    let provider = if provider.is_empty() { "the provider" } else { provider };
    Diagnosis::new(Code::HostNotAllowed, Who::You, Retry::AfterRemedy)
        .fact("host", named)
        .fact("problem", &format!("{named} is not a known host of {provider}"))
}
