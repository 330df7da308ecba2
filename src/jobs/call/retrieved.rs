//! Calls made from here, with a credential for this one call (docs/protocol/calls.md part A).

use std::sync::atomic::Ordering;
use std::time::Duration;

use super::credential_hosts::CredentialHosts;
use super::meter::Meter;
use super::{ReceiverGone, Run, Tries, warn_if_unknown};
use crate::api::client::USER_AGENT;
use crate::api::error::{Stage, TransportError};
use crate::api::provider::{self, Reach, Route};
use crate::domain::log::{Host, LogEntry, Verb};
use crate::domain::provider::ProviderKind;
use crate::domain::{
    CallEvent, CallRequest, ClearedDraft, Diagnosis, Grant, GrantId, Mode, ProviderAnswer, ServerFilter,
    provider as providers,
};
use crate::protocol::call::audit::{self, AuditRow, ExchangeOutcome};
use crate::protocol::call::classify::{self, ScopeSource, Verdict};
use crate::protocol::call::inject;
use crate::protocol::call::{Credential, Redactor, Retrieval, scope_report};
use crate::select;

/// Time limit for sending an audit row.
const AUDIT_LIMIT: Duration = Duration::from_secs(5);

/// How the call to the provider ended.
enum Ended {
    Answered(ProviderAnswer),
    Broken(TransportError),
    Cancelled,
}

impl Ended {
    fn answer(&self) -> Option<&ProviderAnswer> {
        match self {
            Self::Answered(answer) => Some(answer),
            Self::Broken(_) | Self::Cancelled => None,
        }
    }

    /// The outcome for the audit row.
    fn outcome(&self, millis: u64) -> ExchangeOutcome<'_> {
        match self {
            Self::Answered(answer) => ExchangeOutcome::Answered(answer),
            Self::Broken(error) if error.stage == Stage::TimedOut => ExchangeOutcome::TimedOut(millis),
            Self::Broken(_) => ExchangeOutcome::Unreachable,
            Self::Cancelled => ExchangeOutcome::Cancelled,
        }
    }
}

impl Run<'_> {
    pub(super) async fn retrieved(
        &self,
        request: CallRequest,
        cleared: ClearedDraft,
    ) -> Result<(), ReceiverGone> {
        let client = &self.context.client;
        let CallRequest { draft, mut home, allowed, provider: mut known, .. } = request;
        let retrieval = match Retrieval::check(&cleared) {
            Ok(retrieval) => retrieval,
            Err(error) => return self.failed(error.diagnose()).await,
        };
        let local = client.settings().base_url.is_loopback();
        // Before any request: a refused host costs no credential.
        if known.is_none() {
            let anybodys = CredentialHosts { provider: "", home: home.as_ref(), allowed: &allowed, local };
            if let Err(refused) = anybodys.may_allow(retrieval.url()) {
                return self.failed(refused).await;
            }
            // The host is some provider's; whether it is the right one depends on the grant.
            if anybodys.allows(retrieval.url()).is_err()
                && let Some(grant) = self.listed(draft.grant, retrieval.url().host()).await
            {
                self.recording.set_grant(&draft, &grant);
                (known, home) = (Some(grant.provider.clone()), grant.api_base_url().cloned());
            }
        }
        let hosts = |provider: &str| {
            CredentialHosts { provider, home: home.as_ref(), allowed: &allowed, local }
                .allows(retrieval.url())
        };
        if let Some(Err(refused)) = known.as_deref().map(hosts) {
            return self.failed(refused).await;
        }
        let reach = match &self.context.simulator {
            Some(base) => Reach::Simulator(base.clone()),
            None => Reach::Network { loopback: local },
        };
        let route = match Route::find(retrieval.url(), reach, self.bounds()).await {
            Ok(route) => route,
            Err(error) => return self.failed(error.diagnose()).await,
        };
        let mut tries = Tries::default();
        let credential = loop {
            match client.credential(&retrieval, self.bounds()).await {
                Ok(credential) => break credential,
                Err(error) if self.retries(&error, &mut tries).await? => {}
                Err(error) => return self.failed(self.diagnose(error)).await,
            }
        };
        self.recording.set_credential(self.context, &draft, &credential);
        if let Err(refused) = hosts(credential.provider()) {
            return self.failed(refused).await;
        }
        let now = (self.context.now)();
        let sent = match inject::request(&retrieval, &credential, USER_AGENT, now) {
            Ok(sent) => sent,
            Err(error) => return self.failed(error.diagnose()).await,
        };
        self.recording.begin();
        let began = tokio::time::Instant::now();
        self.emit(CallEvent::Sent).await?;
        // From here on the provider may have been called: the audit row is sent, whatever happens.
        self.over.store(true, Ordering::Relaxed);
        let meter = Meter::start(self.events.clone());
        let observe = |arrival| meter.observe(arrival);
        let sending = provider::send(&sent, retrieval.url(), &route, self.bounds(), self.largest, &observe);
        let ended = tokio::select! {
            biased;
            () = self.cancel.cancelled() => Ended::Cancelled,
            answered = sending => answered.map_or_else(Ended::Broken, Ended::Answered),
        };
        self.context.log().write(&entry(retrieval.url().host(), &sent.method, began.elapsed(), &ended));
        let millis = began.elapsed().as_millis() as u64;
        // Redact the answer before anything else: what is shown, recorded and reported must not contain the credential.
        let ended = match ended {
            Ended::Answered(answer) => {
                let answer = ProviderAnswer { duration_ms: Some(millis), ..answer };
                let redactor = Redactor::for_call(&credential, &sent);
                Ended::Answered(client.without_secrets(redactor, answer).await)
            }
            ended => ended,
        };
        let row = audit::row(&retrieval, &credential, &sent, ended.outcome(millis), millis);
        let report = ended.answer().and_then(|answer| self.report(answer, &retrieval, &credential));
        // The audit row is sent even if the receiver is gone.
        let received = match ended {
            Ended::Answered(answer) => self.done(Mode::Retrieve, answer, meter.first_byte()).await,
            Ended::Broken(error) => {
                let stage = error.stage;
                self.failed(warn_if_unknown(error.diagnose(), &draft, stage)).await
            }
            Ended::Cancelled => self.emit(CallEvent::Cancelled { may_have_happened: true }).await,
        };
        match self.audited(&row, &retrieval, report.map(|body| (credential.grant(), body))).await {
            Ok(()) => received,
            Err(why) => {
                received?;
                self.emit(CallEvent::NotAudited(why)).await
            }
        }
    }

    /// Sends the audit row, and reports scopes that the provider found missing.
    ///
    /// # Errors
    /// Why the audit row could not be sent, if that is known.
    async fn audited(
        &self,
        row: &AuditRow,
        retrieval: &Retrieval,
        missed: Option<(GrantId, Vec<u8>)>,
    ) -> Result<(), Option<Diagnosis>> {
        let client = &self.context.client;
        let reported = async {
            if let Some((grant, body)) = missed {
                // Best effort: the call does not fail if this does (section A8).
                let _ = client.report_scopes(grant, body).await;
            }
        };
        let message = async { tokio::join!(client.audit(row, retrieval), reported).0 };
        match tokio::time::timeout(AUDIT_LIMIT, message).await {
            Ok(Ok(())) => {
                self.recording.audited();
                Ok(())
            }
            Ok(Err(error)) => Err(Some(error.diagnose())),
            Err(_) => Err(None),
        }
    }

    /// Looks up the row of a grant known only by its id. Grants of the provider with this host are searched first,
    /// which takes one request in nearly all cases. `None` if the list cannot tell: then the backend does, with the
    /// credential.
    async fn listed(&self, id: GrantId, host: &str) -> Option<Grant> {
        let context = self.context;
        let clock = || (context.now)();
        let owners: Vec<_> = providers::table().iter().filter(|(_, known)| known.serves(host)).collect();
        // Managed secrets may have names of their own.
        let likely = match owners.as_slice() {
            [(owner, row)] if row.kind == ProviderKind::Oauth => Some(owner.as_str()),
            _ => None,
        };
        let filters = likely.map(Some).into_iter().chain([None]);
        let look = async {
            for provider in filters {
                let filter = ServerFilter { provider: provider.map(Into::into), ..ServerFilter::default() };
                if let Some(grant) = select::by_id(&context.client, &clock, id, filter).await.ok()? {
                    return Some(grant);
                }
            }
            None
        };
        match self.bounds {
            Some(bounds) => tokio::time::timeout(bounds.left(), look).await.ok().flatten(),
            None => look.await,
        }
    }

    /// The body of the report, if the provider itself said that scopes are missing.
    fn report(
        &self,
        answer: &ProviderAnswer,
        retrieval: &Retrieval,
        credential: &Credential,
    ) -> Option<Vec<u8>> {
        let Verdict::ScopesMissing { missing, reported_by: ScopeSource::Provider } =
            classify::classify(answer, credential.scope_mismatch())
        else {
            return None;
        };
        Some(scope_report::body(
            missing.as_deref(),
            classify::challenge(answer).as_deref(),
            retrieval.url().as_str(),
            (self.context.client.settings().nonce)(),
            &Redactor::new(credential),
        ))
    }
}

/// The log entry for a call to a provider.
fn entry(host: &str, method: &str, took: Duration, ended: &Ended) -> LogEntry {
    let host = Host::new(host);
    let why = match ended {
        Ended::Answered(answer) => {
            return LogEntry::ProviderAnswered {
                method: Verb::new(method),
                host,
                status: answer.status,
                took,
            };
        }
        Ended::Broken(error) => error.stage.into(),
        Ended::Cancelled => "cancelled",
    };
    LogEntry::Unanswered { endpoint: "provider", host, why, took }
}
