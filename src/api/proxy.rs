//! Calls that Alter carries out, and what becomes of those that are held (docs/protocol/calls.md part B).

use std::fmt;
use std::time::Duration;

use bytes::Bytes;

use super::arrival::{Ended, Patience, Sink, Take, Watch, Whole, unwatched};
use super::client::{Answered, Call};
use super::{ApiError, Client};
use crate::domain::{Approval, ApprovalId, ClearedDraft, ProviderAnswer};
use crate::protocol::call::proxy::ProxyReply;
use crate::protocol::call::stream::{AnswerStream, LARGEST_BODY};
use crate::protocol::call::{Redactor, approval, draft, proxy};
use crate::protocol::error::Surface;
use crate::protocol::identity::Context;

/// How long a carried-out call may take. The backend gives up after 90 s and says which side was slow; asking for
/// less would lose that answer (docs/protocol/transport.md section 6).
pub const PATIENCE: Duration = Duration::from_secs(95);

/// The largest answer that says that a call is held.
const MAX_HELD: usize = 1 << 20;

/// How much more is read of one answer than is kept of the provider's body: for its size and for what stands behind
/// the body, but not for ever.
const READ_ON: u64 = 4;

/// A checked call, ready to be sent. Wiped once the last owner is done with it.
#[derive(Clone)]
pub struct ProxyCall {
    body: Bytes,
    context: Option<Context>,
}

/// The body may hold a user token.
impl fmt::Debug for ProxyCall {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ProxyCall").finish_non_exhaustive()
    }
}

/// An answer that is wrapped, or held, or neither.
struct Answering {
    stream: AnswerStream,
    held: Whole,
    is_held: bool,
    received: u64,
    longest: u64,
}

impl Answering {
    fn new(stream: AnswerStream, largest: usize) -> Self {
        let longest = (largest as u64).saturating_mul(READ_ON);
        let stream = stream.keeping(largest);
        Self { stream, held: Whole::new(MAX_HELD), is_held: false, received: 0, longest }
    }
}

impl Sink for Answering {
    fn begin(&mut self, status: u16, announced: Option<u64>) -> bool {
        self.is_held = status == 202;
        !self.is_held || self.held.begin(status, announced)
    }

    fn take(&mut self, piece: &[u8]) -> Take {
        if self.is_held {
            return self.held.take(piece);
        }
        self.received += piece.len() as u64;
        match self.stream.feed(piece) {
            Err(_) => Take::TooLarge,
            Ok(()) if self.received > self.longest => Take::Enough,
            Ok(()) => Take::More,
        }
    }

    fn arrived(&self) -> u64 {
        if self.is_held { self.held.arrived() } else { self.stream.decoded() }
    }
}

impl Client {
    async fn answered(&self, answering: Answering, ended: Ended) -> Result<ProviderAnswer, ApiError> {
        let answer = if ended == Ended::Enough {
            let limit = usize::try_from(answering.longest).unwrap_or(usize::MAX);
            answering.stream.leave().ok_or(ApiError::TooLarge { endpoint: proxy::ENDPOINT, limit })?
        } else {
            self.read(answering.stream.finish())?
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

    /// Has a call carried out. Never repeated: it may have happened even where no answer came.
    ///
    /// # Errors
    /// See [`ApiError`]. A refusal of the provider is none: it is the answer.
    pub async fn proxy(&self, draft: &ClearedDraft, patience: Duration) -> Result<ProxyReply, ApiError> {
        self.send_proxy(&self.proxy_call(draft)?, Patience::new(patience), LARGEST_BODY, &unwatched).await
    }

    /// The same with a call that was checked before, and another bound for what is kept of the provider's body.
    ///
    /// # Errors
    /// As [`proxy`](Self::proxy).
    pub async fn send_proxy(
        &self,
        call: &ProxyCall,
        bounds: Patience,
        largest: usize,
        watch: Watch<'_>,
    ) -> Result<ProxyReply, ApiError> {
        let ProxyCall { body, context } = call.clone();
        let call = Call::post_bytes(proxy::ENDPOINT, proxy::TARGET, body)
            .on(Surface::Proxy)
            .with_context(context)
            .bounded(bounds)
            .accepting(proxy::is_success);
        let mut answering = Answering::new(AnswerStream::of_proxy(), largest);
        let Answered { status, ended, .. } = self.exchange_into(call, &mut answering, watch).await?;
        if answering.is_held {
            return self.read(proxy::parse(status, &answering.held.into_bytes()));
        }
        self.answered(answering, ended).await.map(ProxyReply::Done)
    }

    /// How a held call stands. The backend may keep the question for `wait`, until something changes.
    ///
    /// # Errors
    /// See [`ApiError`].
    pub async fn approval(
        &self,
        id: ApprovalId,
        wait: Duration,
        bounds: Patience,
    ) -> Result<Approval, ApiError> {
        let call = Call::get(approval::STATUS, approval::status_target(id, wait))
            .on(Surface::Approval)
            .bounded(bounds);
        self.read(approval::parse_status(&self.send(call).await?))
    }

    /// What the provider answered to a call that was held and then carried out.
    ///
    /// # Errors
    /// See [`ApiError`].
    pub async fn approval_result(
        &self,
        id: ApprovalId,
        bounds: Patience,
        watch: Watch<'_>,
    ) -> Result<ProviderAnswer, ApiError> {
        let call = Call::get(approval::RESULT, approval::result_target(id))
            .on(Surface::Proxy)
            .bounded(bounds)
            .accepting(|status| status == 200);
        let mut answering = Answering::new(AnswerStream::of_approval(), LARGEST_BODY);
        let Answered { ended, .. } = self.exchange_into(call, &mut answering, watch).await?;
        self.answered(answering, ended).await
    }
}
