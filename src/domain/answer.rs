//! What a provider answered to a test call.

use super::ApprovalId;

/// A provider's answer, whichever mode brought it (protocol: calls.md section B2). Everything in it is untrusted.
#[derive(Clone, PartialEq, Eq)]
pub struct ProviderAnswer {
    /// The held call that this is the result of.
    pub approval: Option<ApprovalId>,
    /// The provider's status; a refusal of the provider is an answer too.
    pub status: u16,
    /// Headers in the order received.
    pub headers: Vec<(String, String)>,
    /// The body, decoded.
    pub body: Vec<u8>,
    /// There was more of the body.
    pub truncated: bool,
    /// How long the provider took, where the backend measured it.
    pub duration_ms: Option<u64>,
    /// Why a 401 or 403 may mean a wrong API surface rather than a bad credential.
    pub credential_hint: Option<String>,
}

impl ProviderAnswer {
    /// The first header of that name, in any case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }
}

/// Bodies and headers of providers may hold anything, also secrets: neither belongs into a log.
impl std::fmt::Debug for ProviderAnswer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ProviderAnswer")
            .field("status", &self.status)
            .field("headers", &self.headers.len())
            .field("bytes", &self.body.len())
            .field("truncated", &self.truncated)
            .finish_non_exhaustive()
    }
}
