//! Sessions with a link: planned, begun, waited for.

use std::sync::Arc;

use tokio::sync::mpsc;

use super::{Run, Running, budget};
use crate::app::requests::{ChangeUser, LinkEvent, LinkShown, PlanSession, RunSession, SignIn};
use crate::domain::connect::PlannedSession;
use crate::domain::{Clean, Code, Diagnosis, Retry, RowId, ServerFilter, Who};
use crate::jobs::{self, connect, sign_in};
use crate::tui::live::LiveSession;

/// Declined providers that wait to be reported.
const EVENTS: usize = 8;

impl Run for PlanSession {
    async fn run(
        self,
        live: Arc<LiveSession>,
        running: Running<Self>,
    ) -> Option<Result<Box<PlannedSession>, Diagnosis>> {
        let planned = async { Ok(Box::new(plan(&live, self).await?)) };
        let planned = planned.await;
        budget::report(&live, &running.answers, &mut None).await;
        Some(planned)
    }
}

async fn plan(live: &LiveSession, wanted: PlanSession) -> Result<PlannedSession, Diagnosis> {
    let has_user = live.context()?.client.is_narrowed();
    // The list of somebody who signed in has no grants of agents, nor those of others.
    let context = &live.own_context()?;
    match wanted {
        PlanSession::New { provider, options } => {
            connect::plan_connection(context, &[provider], &options, has_user, |_| {}).await
        }
        PlanSession::Renewal { id, provider, switch_account } => {
            let filter = ServerFilter { provider: Some(provider.into()), ..ServerFilter::default() };
            let list = jobs::everything(&context.client, &|| (context.now)(), filter, |_| {}).await?;
            let Some(grant) = list.grants.iter().find(|grant| grant.row == RowId::Grant(id)).cloned() else {
                let gone = Diagnosis::new(Code::GrantNotFound, Who::You, Retry::No);
                let hint = "the list no longer has this grant: connect its account anew";
                return Err(list.doubt().unwrap_or_else(|| gone.fact("instead", hint)));
            };
            connect::plan_renewal(context, grant, list.grants, None, switch_account, has_user).await
        }
    }
}

impl Run for RunSession {
    async fn run(self, live: Arc<LiveSession>, running: Running<Self>) -> Option<LinkEvent> {
        let context = match live.context() {
            Ok(context) => context,
            Err(why) => return Some(LinkEvent::Failed(why)),
        };
        let PlannedSession { plan, about, before } = *self.0;
        let begun = match connect::begin(&context, &plan, about.as_ref()).await {
            Ok(begun) => begun,
            Err(why) => return Some(LinkEvent::Failed(why)),
        };
        let shown = LinkShown {
            link: begun.link.clone(),
            lives: begun.lives,
            path: begun.path,
            warnings: begun.warnings.iter().map(|warning| Clean::brief(warning)).collect(),
        };
        running.report(LinkEvent::Begun(shown)).await;
        let (sender, mut declined) = mpsc::channel(EVENTS);
        let heard = |one: &crate::domain::connect::DeclinedProvider| {
            // Whoever reads is never so far behind.
            let _ = sender.try_send(Clean::brief(&one.provider));
        };
        let connected = {
            let waited = connect::wait(&context, begun, &plan, &before, None, heard);
            tokio::pin!(waited);
            loop {
                tokio::select! {
                    biased;
                    Some(provider) = declined.recv() => running.report(LinkEvent::Declined(provider)).await,
                    connected = &mut waited => break connected,
                }
            }
        };
        let event = match connected {
            Ok(connected) => {
                let finished = connect::finish(&context, connected, about, |_| {}).await;
                LinkEvent::Connected(Box::new(finished))
            }
            Err(why) => LinkEvent::Failed(why),
        };
        budget::report(&live, &running.answers, &mut None).await;
        Some(event)
    }
}

impl Run for SignIn {
    async fn run(self, live: Arc<LiveSession>, running: Running<Self>) -> Option<LinkEvent> {
        let signed_in = async {
            let context = live.context()?;
            let begun = sign_in::begin(&context.client, None).await?;
            let (link, lives) = (begun.link.clone(), begun.pace.limit);
            let shown = LinkShown { link, lives, path: None, warnings: Vec::new() };
            running.report(LinkEvent::Begun(shown)).await;
            begun.wait(&context.client).await
        };
        Some(match signed_in.await {
            Ok(signed_in) => {
                live.offer_user(signed_in.token);
                LinkEvent::SignedIn(signed_in.name.as_deref().map(Clean::brief))
            }
            Err(why) => LinkEvent::Failed(why),
        })
    }
}

/// The screen decides whether a sign-in still counts: only then is its token used.
impl Run for ChangeUser {
    async fn run(self, live: Arc<LiveSession>, _: Running<Self>) -> Option<Result<Option<Clean>, Diagnosis>> {
        live.become_user(self.0.is_some());
        Some(Ok(self.0))
    }
}
