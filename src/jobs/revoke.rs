//! Revoking grants: a few at a time within the rate budget, each with its own outcome.

#[cfg(test)]
mod tests;

use std::collections::VecDeque;
use std::time::Duration;

use futures_util::stream::{FuturesUnordered, StreamExt};
use tokio::sync::mpsc::Sender;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

use super::{Context, everything};
use crate::api::error::Stage;
use crate::api::{ApiError, Client};
use crate::domain::revoke::{RevokeOutcome, RevokePlan, RevokeTarget};
use crate::domain::{
    Code, Diagnosis, Grant, GrantId, GrantKind, Health, Retry, ServerFilter, Spending, WriteAct,
    WriteOutcome, WriteRecord,
};

/// Requests under way at once, at most.
pub const AT_ONCE: usize = 4;

/// How often a request that a rate limit refused is sent again.
const TRIES: u32 = 4;

/// After which pauses the list is read again to learn what a lost answer said: it may lag behind.
const LOOKS: [Duration; 3] = [Duration::ZERO, Duration::from_secs(1), Duration::from_secs(3)];

/// What is reported while grants are revoked.
#[derive(Clone, Debug, PartialEq)]
pub enum RevokeEvent {
    /// A grant of the plan is being revoked, by its place among the targets.
    Started {
        /// The place.
        index: usize,
    },
    /// What became of a grant of the plan, by its place among the targets.
    Ended {
        /// The place.
        index: usize,
        /// What became of it.
        outcome: RevokeOutcome,
    },
    /// Nothing is sent for a while.
    Waiting {
        /// Why.
        reason: Diagnosis,
        /// For how long, in milliseconds.
        millis: u64,
    },
}

/// Revokes the targets of a plan and reports each as it ends; with `cancel` no further one is begun, and those that
/// are under way are waited for. Every target is reported exactly once.
pub async fn revoke(
    context: &Context,
    plan: &RevokePlan,
    cancel: CancellationToken,
    events: Sender<RevokeEvent>,
) {
    let mut left: VecDeque<(usize, &RevokeTarget)> = plan.targets.iter().enumerate().collect();
    let mut running = FuturesUnordered::new();
    loop {
        while running.len() < AT_ONCE && !left.is_empty() && !cancel.is_cancelled() {
            if running.is_empty() {
                wait_for_budget(&context.client, &events, &cancel).await;
            } else if !has_budget(&context.client, running.len()) {
                break;
            }
            let Some((index, target)) = left.pop_front().filter(|_| !cancel.is_cancelled()) else { break };
            let _ = events.send(RevokeEvent::Started { index }).await;
            running.push(async move { (index, one(context, target, plan.reason.as_deref()).await) });
        }
        let Some((index, outcome)) = running.next().await else { break };
        // Nobody may listen any more; what is under way is still waited for.
        let _ = events.send(RevokeEvent::Ended { index, outcome }).await;
    }
    for (index, _) in left {
        let _ = events.send(RevokeEvent::Ended { index, outcome: RevokeOutcome::NotTried }).await;
    }
}

/// Whether one more request fits into what is known of the budget, beside those under way.
fn has_budget(client: &Client, running: usize) -> bool {
    let now = (client.settings().now)();
    client
        .reading()
        .is_some_and(|reading| reading.wait(Spending::Everything, running as u64 + 1, now).is_none())
}

async fn wait_for_budget(client: &Client, events: &Sender<RevokeEvent>, cancel: &CancellationToken) {
    let now = (client.settings().now)();
    let wait = client.reading().and_then(|reading| reading.wait(Spending::Everything, 1, now));
    if let Some((pause, reason)) = wait {
        let millis = u64::try_from(pause.as_millis()).unwrap_or(u64::MAX);
        let _ = events.send(RevokeEvent::Waiting { reason, millis }).await;
        tokio::select! {
            () = cancel.cancelled() => {}
            () = sleep(pause) => {}
        }
    }
}

async fn one(context: &Context, target: &RevokeTarget, reason: Option<&str>) -> RevokeOutcome {
    let record = WriteRecord::begin(WriteAct::Revoke, (context.now)()).about(&target.grant);
    let record = WriteRecord { reason: reason.map(str::to_owned), ..record };
    let kept = context.begin_write(record);
    let outcome = sent(context, target, reason).await;
    let ended = match &outcome {
        RevokeOutcome::Revoked { .. } | RevokeOutcome::RevokedByList => WriteOutcome::Done,
        RevokeOutcome::Gone => WriteOutcome::Gone,
        RevokeOutcome::Failed(_) => WriteOutcome::Failed,
        RevokeOutcome::Uncertain(_) => WriteOutcome::Uncertain,
        RevokeOutcome::NotTried => WriteOutcome::Stopped,
    };
    let mut record = kept.record.clone().ended(ended, outcome.why());
    if let RevokeOutcome::Revoked { request_id: Some(id) } = &outcome {
        record.request_id = Some(id.to_string());
    }
    kept.end(record);
    outcome
}

async fn sent(context: &Context, target: &RevokeTarget, reason: Option<&str>) -> RevokeOutcome {
    let mut tries = 0;
    loop {
        tries += 1;
        let error = match context.client.revoke_grant(target.id, reason).await {
            Ok((revoked, request_id)) if revoked.success => return RevokeOutcome::Revoked { request_id },
            Ok((revoked, _)) => {
                let why = Diagnosis::new(Code::Conflict, crate::domain::Who::Alter, Retry::No);
                return RevokeOutcome::Failed(why.said(&revoked.message));
            }
            Err(error) => error,
        };
        let failed = error.diagnose();
        // What a rate limit refuses was not carried out.
        if let (Retry::Later(pause), Code::RateLimitExceeded | Code::ThrottledOnTheWay) =
            (failed.retry, failed.code)
            && tries < TRIES
        {
            sleep(pause.unwrap_or(Duration::from_secs(1))).await;
            continue;
        }
        return match doubt(&error) {
            Doubt::None => RevokeOutcome::Failed(failed),
            Doubt::Gone => decided(context, target, failed, false).await,
            Doubt::Lost => decided(context, target, failed, true).await,
        };
    }
}

/// What a failure leaves open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Doubt {
    /// It was not carried out.
    None,
    /// There is no such live grant, or not for this key.
    Gone,
    /// It may have been carried out.
    Lost,
}

fn doubt(error: &ApiError) -> Doubt {
    match error {
        ApiError::Alter(refusal) => match refusal.status {
            404 | 410 => Doubt::Gone,
            500.. => Doubt::Lost,
            _ => Doubt::None,
        },
        ApiError::Transport(error) => match error.stage {
            Stage::Lost | Stage::TimedOut | Stage::Encoding | Stage::Other => Doubt::Lost,
            Stage::Name
            | Stage::Refused
            | Stage::Tls
            | Stage::Forbidden
            | Stage::Proxy
            | Stage::ProxySetting
            | Stage::Building => Doubt::None,
        },
        ApiError::Malformed(_) | ApiError::TooLarge { .. } => Doubt::Lost,
        ApiError::Unsupported { .. } | ApiError::Session(_) | ApiError::Spec(_) | ApiError::Draft(_) => {
            Doubt::None
        }
    }
}

/// The list decides. A lost answer whose grant the list still shows as live stays uncertain: the list may lag behind.
async fn decided(context: &Context, target: &RevokeTarget, failed: Diagnosis, lost: bool) -> RevokeOutcome {
    let unsafe_to_repeat =
        |why: Diagnosis| RevokeOutcome::Uncertain(Diagnosis { retry: Retry::Unsafe, ..why });
    let looks = if lost { &LOOKS[..] } else { &LOOKS[..1] };
    let mut still_live = false;
    for pause in looks {
        sleep(*pause).await;
        match look(context, target).await {
            Some(false) if lost => return RevokeOutcome::RevokedByList,
            Some(false) => return RevokeOutcome::Gone,
            Some(true) => still_live = true,
            None => {}
        }
    }
    match (lost, still_live) {
        (true, true) => unsafe_to_repeat(failed.fact("list", "still shows the grant as live")),
        (true, false) => unsafe_to_repeat(failed.fact("list", "does not tell whether it is revoked")),
        (false, _) => RevokeOutcome::Failed(elsewhere(target, failed)),
    }
}

/// A live managed secret's grant that the backend does not find may not be revocable by this call at all.
fn elsewhere(target: &RevokeTarget, failed: Diagnosis) -> Diagnosis {
    if target.grant.kind != GrantKind::ManagedSecret {
        return failed;
    }
    failed.fact("instead", &format!("the Alter portal, or: alter grants revoke {}", target.id))
}

/// Whether the list shows a grant as live; None where it cannot be read to its end.
async fn look(context: &Context, target: &RevokeTarget) -> Option<bool> {
    let filter = ServerFilter { provider: Some(target.grant.provider.clone()), ..ServerFilter::default() };
    let now = || (context.now)();
    let list = everything(&context.client, &now, filter, |_| {}).await.ok()?;
    let found: Option<&Grant> = list.grants.iter().find(|grant| grant.row.grant() == Some(target.id));
    match found {
        Some(grant) => Some(!matches!(Health::of(grant, now()), Health::Revoked | Health::Expired)),
        None => list.doubt().is_none().then_some(false),
    }
}

/// Takes an agent's access to a grant away; None = the caller's own.
///
/// # Errors
/// It was not done, or nobody knows ([`Retry::Unsafe`]): the list is then to be read.
pub async fn revoke_delegation(
    context: &Context,
    grant: &Grant,
    id: GrantId,
    agent: Option<GrantId>,
) -> Result<(), Diagnosis> {
    let record = WriteRecord::begin(WriteAct::RevokeDelegation, (context.now)()).about(grant);
    let agent_text = agent.map_or_else(|| "own".to_owned(), |agent| agent.to_string());
    let kept = context.begin_write(WriteRecord { agent: Some(agent_text), ..record });
    // Asking twice does no more than asking once, so a lost answer is asked for again, once.
    let mut answer = context.client.revoke_delegation(id, agent).await;
    if answer.as_ref().is_err_and(|error| doubt(error) == Doubt::Lost) {
        answer = context.client.revoke_delegation(id, agent).await;
    }
    let (outcome, why) = match &answer {
        Ok(_) => (WriteOutcome::Done, None),
        Err(error) if doubt(error) == Doubt::Lost => {
            (WriteOutcome::Uncertain, Some(Diagnosis { retry: Retry::Unsafe, ..error.diagnose() }))
        }
        Err(error) => (WriteOutcome::Failed, Some(error.diagnose())),
    };
    let mut record = kept.record.clone().ended(outcome, why.as_ref());
    if let Ok(Some(id)) = &answer {
        record.request_id = Some(id.to_string());
    }
    kept.end(record);
    why.map_or(Ok(()), Err)
}
