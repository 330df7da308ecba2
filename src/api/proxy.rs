//! Calls that Alter carries out, and what becomes of those that are held (protocol: calls.md part B).

use std::time::Duration;

use bytes::Bytes;

use super::client::Call;
use super::{ApiError, Client};
use crate::domain::{Approval, ApprovalId, ProviderAnswer, RequestDraft};
use crate::protocol::call::proxy::ProxyReply;
use crate::protocol::call::{approval, draft, proxy};
use crate::protocol::error::Surface;

/// How long a carried-out call may take. The backend gives up after 90 s and says which side was slow; asking for
/// less would lose that answer (protocol: transport.md section 6).
pub const PATIENCE: Duration = Duration::from_secs(95);

/// The largest answer: a provider's body of 100 MiB and more, in base64.
const MAX_BYTES: usize = 160 << 20;

impl Client {
    /// Has a call carried out. Never repeated: it may have happened even where no answer came.
    ///
    /// # Errors
    /// See [`ApiError`]. A refusal of the provider is none: it is the answer.
    pub async fn proxy(&self, draft: &RequestDraft, patience: Duration) -> Result<ProxyReply, ApiError> {
        let body = proxy::request(draft, self.settings().user_token.as_ref())?;
        let context = draft::context(&draft.context)?;
        // Wiped once the last owner is done with it.
        let body = Bytes::from_owner(body);
        let call = Call::post_bytes(proxy::ENDPOINT, proxy::TARGET, body)
            .on(Surface::Proxy)
            .told(context)
            .within(patience)
            .at_most(MAX_BYTES)
            .accepting(proxy::is_success);
        let (status, answer) = self.exchange(call).await?;
        Ok(proxy::parse(status, &answer)?)
    }

    /// How a held call stands. The backend may keep the question for `wait`, until something changes.
    ///
    /// # Errors
    /// See [`ApiError`].
    pub async fn approval(&self, id: ApprovalId, wait: Duration) -> Result<Approval, ApiError> {
        let call = Call::get(approval::STATUS, approval::status_target(id, wait))
            .on(Surface::Approval)
            .within(approval::patience(wait));
        Ok(approval::parse_status(&self.send(call).await?)?)
    }

    /// What the provider answered to a call that was held and then carried out.
    ///
    /// # Errors
    /// See [`ApiError`].
    pub async fn approval_result(&self, id: ApprovalId) -> Result<ProviderAnswer, ApiError> {
        let call = Call::get(approval::RESULT, approval::result_target(id))
            .on(Surface::Proxy)
            .within(PATIENCE)
            .at_most(MAX_BYTES)
            .accepting(|status| status == 200);
        Ok(approval::parse_result(&self.send(call).await?)?)
    }
}
