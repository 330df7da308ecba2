//! Calls made by Alter, and the approval of held ones (docs/protocol/calls.md part B).

use std::fmt;
use std::time::Duration;

use bytes::Bytes;

use super::arrival::{Deadline, Ended, Feed, Sink, Watch, WholeBody, unwatched};
use super::client::{Answered, Call};
use super::{ApiError, Client};
use crate::domain::{Approval, ApprovalId, ClearedDraft, ProviderAnswer};
use crate::protocol::call::proxy::ProxyReply;
use crate::protocol::call::stream::{AnswerStream, LARGEST_BODY};
use crate::protocol::call::{Redactor, approval, draft, proxy};
use crate::protocol::error::Surface;
use crate::protocol::identity::Context;

/// Time limit for a call made by Alter. The backend gives up after 90 s and says which side was slow; a shorter limit
/// would lose that answer (docs/protocol/transport.md section 6).
pub const PATIENCE: Duration = Duration::from_secs(95);

/// The largest answer about a held call, in bytes.
const MAX_HELD: usize = 1 << 20;

/// The limit for reading an answer, as a multiple of the limit for keeping the provider's body: enough to learn its
/// size and what follows it, but bounded.
const READ_FACTOR: u64 = 4;

/// A checked call, ready to be sent. Its memory is wiped when the last owner drops it.
#[derive(Clone)]
pub struct ProxyCall {
    body: Bytes,
    context: Option<Context>,
}

/// Prints nothing of the body, which may contain a user token.
impl fmt::Debug for ProxyCall {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ProxyCall").finish_non_exhaustive()
    }
}

/// Reads an answer to a call: wrapped, held, or neither.
struct AnswerSink {
    stream: AnswerStream,
    held: WholeBody,
    is_held: bool,
    received: u64,
    longest: u64,
}

impl AnswerSink {
    fn new(stream: AnswerStream, largest: usize) -> Self {
        let longest = (largest as u64).saturating_mul(READ_FACTOR);
        let stream = stream.keeping(largest);
        Self { stream, held: WholeBody::new(MAX_HELD), is_held: false, received: 0, longest }
    }
}

impl Sink for AnswerSink {
    fn begin(&mut self, status: u16, announced: Option<u64>) -> bool {
        self.is_held = status == 202;
        !self.is_held || self.held.begin(status, announced)
    }

    fn feed(&mut self, piece: &[u8]) -> Feed {
        if self.is_held {
            return self.held.feed(piece);
        }
        self.received += piece.len() as u64;
        match self.stream.feed(piece) {
            Err(_) => Feed::TooLarge,
            Ok(()) if self.received > self.longest => Feed::Enough,
            Ok(()) => Feed::More,
        }
    }

    fn arrived(&self) -> u64 {
        if self.is_held { self.held.arrived() } else { self.stream.decoded() }
    }
}

impl Client {
    async fn answered(&self, sink: AnswerSink, ended: Ended) -> Result<ProviderAnswer, ApiError> {
        let answer = if ended == Ended::Enough {
            let limit = usize::try_from(sink.longest).unwrap_or(usize::MAX);
            sink.stream.leave().ok_or(ApiError::TooLarge { endpoint: proxy::ENDPOINT, limit })?
        } else {
            self.read(sink.stream.finish())?
        };
        Ok(self.without_secrets(Redactor::without_credential(), answer).await)
    }

    /// Checks a call.
    ///
    /// # Errors
    /// What is wrong with the draft; nothing was sent.
    pub fn proxy_call(&self, draft: &ClearedDraft) -> Result<ProxyCall, ApiError> {
        let draft = draft.as_draft();
        let body = proxy::request(draft, self.user_token())?;
        Ok(ProxyCall { body: Bytes::from_owner(body), context: draft::context(&draft.context)? })
    }

    /// Sends a call for Alter to make. Never repeated: it may have been made even if no answer arrived.
    ///
    /// # Errors
    /// See [`ApiError`]. A refusal by the provider is an answer, not an error.
    pub async fn proxy(&self, draft: &ClearedDraft, patience: Duration) -> Result<ProxyReply, ApiError> {
        self.send_proxy(&self.proxy_call(draft)?, Deadline::new(patience), LARGEST_BODY, &unwatched).await
    }

    /// Like [`proxy`](Self::proxy), with a call that was checked before and another limit for the provider's body.
    ///
    /// # Errors
    /// As for [`proxy`](Self::proxy).
    pub async fn send_proxy(
        &self,
        call: &ProxyCall,
        bounds: Deadline,
        largest: usize,
        watch: Watch<'_>,
    ) -> Result<ProxyReply, ApiError> {
        let ProxyCall { body, context } = call.clone();
        let call = Call::post_bytes(proxy::ENDPOINT, proxy::TARGET, body)
            .on(Surface::Proxy)
            .with_context(context)
            .bounded(bounds)
            .accepting(proxy::is_success);
        let mut sink = AnswerSink::new(AnswerStream::of_proxy(), largest);
        let Answered { status, ended, .. } = self.exchange_into(call, &mut sink, watch).await?;
        if sink.is_held {
            return self.read(proxy::parse(status, &sink.held.into_bytes()));
        }
        self.answered(sink, ended).await.map(ProxyReply::Done)
    }

    /// The state of a held call. The backend may delay the answer for `wait`, until something changes.
    ///
    /// # Errors
    /// See [`ApiError`].
    pub async fn approval(
        &self,
        id: ApprovalId,
        wait: Duration,
        bounds: Deadline,
    ) -> Result<Approval, ApiError> {
        let call = Call::get(approval::STATUS, approval::status_target(id, wait))
            .on(Surface::Approval)
            .bounded(bounds);
        self.read(approval::parse_status(&self.send(call).await?))
    }

    /// The provider's answer to a held call that was approved and made.
    ///
    /// # Errors
    /// See [`ApiError`].
    pub async fn approval_result(
        &self,
        id: ApprovalId,
        bounds: Deadline,
        watch: Watch<'_>,
    ) -> Result<ProviderAnswer, ApiError> {
        let call = Call::get(approval::RESULT, approval::result_target(id))
            .on(Surface::Proxy)
            .bounded(bounds)
            .accepting(|status| status == 200);
        let mut sink = AnswerSink::new(AnswerStream::of_approval(), LARGEST_BODY);
        let Answered { ended, .. } = self.exchange_into(call, &mut sink, watch).await?;
        self.answered(sink, ended).await
    }
}
