//! Test calls (docs/protocol/calls.md), pure: what is sent, how answers are parsed, what comes next.
//!
//! Proxy mode: [`proxy`], [`stream`], [`approval`]. Retrieve mode, in order of use: [`retrieve`], [`token`], [`inject`]
//! (with [`aws`]), [`audit`], [`classify`], [`scope_report`]. Both: [`draft`], [`template`], [`json`], [`redact`] (with
//! `encoded`), [`keep`].

pub mod approval;
pub mod audit;
pub mod aws;
mod aws_hosts;
pub mod classify;
pub mod draft;
mod echo;
mod encoded;
pub mod inject;
pub mod json;
pub mod keep;
pub mod provider_url;
pub mod proxy;
pub mod redact;
pub mod retrieve;
pub mod scope_report;
mod scrub;
pub mod stream;
pub mod template;
pub mod token;
mod token_rules;

pub use draft::DraftError;
pub use encoded::SecretForms;
pub use inject::{InjectError, ProviderRequest};
pub use provider_url::ProviderUrl;
pub use redact::Redactor;
pub use retrieve::Retrieval;
pub use token::Credential;

use crate::AlterError;
use crate::domain::Code;

/// Reinterprets a refusal of `/sdk/token` or `/sdk/proxy` for an agent: a grant that it cannot find was not delegated
/// to it (docs/protocol/errors.md, main surface, 404). Not for approvals.
#[must_use]
pub fn refused_to_agent(mut error: AlterError) -> AlterError {
    if error.status == 404 && matches!(error.code, Code::GrantNotFound | Code::NotFound) {
        error.code = Code::AgentDelegationMissing;
    }
    error
}
