//! Calls of our own, with a credential for this one call (protocol: calls.md part A).

use std::sync::atomic::Ordering;
use std::time::Duration;

use super::law::Law;
use super::meter::Meter;
use super::{Left, Run, Tries, beware};
use crate::api::client::USER_AGENT;
use crate::api::error::{Stage, TransportError};
use crate::api::provider::{self, Reach};
use crate::api::proxy;
use crate::domain::log::{Entry, Host, Verb};
use crate::domain::{Body, CallEvent, CallRequest, ClearedDraft, Mode, ProviderAnswer};
use crate::protocol::call::audit::{self, Outcome};
use crate::protocol::call::classify::{self, ScopeSource, Verdict};
use crate::protocol::call::inject;
use crate::protocol::call::{Credential, Redactor, Retrieval, scope_report};

/// How long a row for the audit log may take to leave.
const TELLING: Duration = Duration::from_secs(5);

/// From this size on, in bytes, a body is looked through on a thread of its own.
const LONG: usize = 1 << 20;

/// An answer without the credential that was sent for it. What cannot be looked through is not shown.
async fn without(redactor: Redactor, answer: ProviderAnswer) -> ProviderAnswer {
    if answer.body.len() < LONG {
        return redactor.answer(answer);
    }
    let bare = ProviderAnswer { headers: Vec::new(), body: Body::default(), ..answer.clone() };
    tokio::task::spawn_blocking(move || redactor.answer(answer)).await.unwrap_or(bare)
}

impl Run<'_> {
    pub(super) async fn retrieved(&self, request: CallRequest, cleared: ClearedDraft) -> Result<(), Left> {
        let client = &self.context.client;
        let CallRequest { draft, patience, home, allowed, provider: known, .. } = request;
        let retrieval = match Retrieval::check(&cleared) {
            Ok(retrieval) => retrieval,
            Err(error) => return self.failed(error.diagnose()).await,
        };
        let local = client.settings().base_url.is_loopback();
        let law = |provider: &str| {
            Law { provider, home: home.as_ref(), allowed: &allowed, local }.allows(retrieval.url())
        };
        // Before anything is asked for, where the provider is known by then.
        if let Some(Err(refused)) = known.as_deref().map(law) {
            return self.failed(refused).await;
        }
        let mut tries = Tries::default();
        let credential = loop {
            match client.credential(&retrieval).await {
                Ok(credential) => break credential,
                Err(error) if self.waits(&error, &mut tries).await? => {}
                Err(error) => return self.failed(self.diagnose(error)).await,
            }
        };
        self.recording.knows(self.context, &draft, &credential);
        if let Err(refused) = law(credential.provider()) {
            return self.failed(refused).await;
        }
        let now = (self.context.now)();
        let sent = match inject::request(&retrieval, &credential, USER_AGENT, now) {
            Ok(sent) => sent,
            Err(error) => return self.failed(error.diagnose()).await,
        };
        let reach = match &self.context.simulator {
            Some(base) => Reach::Simulator(base.clone()),
            None => Reach::Network { loopback: local },
        };
        let patience = patience.unwrap_or(proxy::PATIENCE);
        self.recording.begin();
        let began = tokio::time::Instant::now();
        self.tell(CallEvent::Sent).await?;
        let meter = Meter::start(self.events.clone());
        let hear = |arrival| meter.hear(arrival);
        let answered = provider::send(&sent, retrieval.url(), &reach, patience, self.largest, &hear).await;
        self.over.store(true, Ordering::Relaxed);
        self.context.log().write(&entry(retrieval.url().host(), &sent.method, began.elapsed(), &answered));
        let millis = began.elapsed().as_millis() as u64;
        let outcome = match &answered {
            Ok(answer) => Outcome::Answered(answer),
            Err(error) if error.stage == Stage::TimedOut => Outcome::TimedOut(millis),
            Err(_) => Outcome::Unreachable,
        };
        let row = audit::row(&retrieval, &credential, &sent, outcome, millis);
        let report = answered.as_ref().ok().and_then(|answer| self.report(answer, &retrieval, &credential));
        match answered {
            Ok(answer) => {
                let answer = ProviderAnswer { duration_ms: Some(millis), ..answer };
                let answer = without(Redactor::new(&credential), answer).await;
                self.done(Mode::Retrieve, answer, meter.first_byte()).await?;
            }
            Err(error) => {
                let stage = error.stage;
                self.failed(beware(error.diagnose(), &draft, stage)).await?;
            }
        }
        let told = async {
            let reported = async {
                if let Some(body) = report {
                    // As well as it goes: no call fails for the want of it (section A8).
                    let _ = client.report_scopes(credential.grant(), body).await;
                }
            };
            tokio::join!(client.audit(&row, &retrieval), reported).0
        };
        match tokio::time::timeout(TELLING, told).await {
            Ok(Ok(())) => {
                self.recording.audited();
                Ok(())
            }
            Ok(Err(error)) => self.tell(CallEvent::NotAudited(Some(error.diagnose()))).await,
            Err(_) => self.tell(CallEvent::NotAudited(None)).await,
        }
    }

    /// What the backend is told where the provider itself said that permissions are missing.
    fn report(
        &self,
        answer: &ProviderAnswer,
        retrieval: &Retrieval,
        credential: &Credential,
    ) -> Option<Vec<u8>> {
        let Verdict::ScopesMissing { missing, told_by: ScopeSource::Provider } =
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

/// What the log says of a provider's answer.
fn entry(
    host: &str,
    method: &str,
    took: Duration,
    answered: &Result<ProviderAnswer, TransportError>,
) -> Entry {
    let host = Host::new(host);
    match answered {
        Ok(answer) => {
            Entry::ProviderAnswered { method: Verb::new(method), host, status: answer.status, took }
        }
        Err(error) => Entry::Unanswered { endpoint: "provider", host, why: error.stage.into(), took },
    }
}
