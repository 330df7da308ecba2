//! Revokes grants, a few at a time within the rate budget, with one outcome per grant.

mod plan;
#[cfg(test)]
mod tests;

use std::collections::VecDeque;
use std::time::Duration;

use futures_util::stream::{FuturesUnordered, StreamExt};
use tokio::sync::mpsc::Sender;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

pub use plan::plan;

use super::{Context, everything};
use crate::api::error::Stage;
use crate::api::{ApiError, Client};
use crate::domain::revoke::{RevokeEvent, RevokeOutcome, RevokePlan, RevokeTarget};

use crate::domain::{
    Code, Diagnosis, Grant, GrantId, GrantKind, Health, Retry, ServerFilter, Spending, WriteAct,
    WriteOutcome, WriteRecord,
};

/// Maximum number of concurrent requests.
pub const AT_ONCE: usize = 4;

/// Maximum number of attempts for a request refused by a rate limit.
const TRIES: u32 = 4;

/// Pauses before each re-read of the list after a lost response: the list may lag behind.
const READ_PAUSES: [Duration; 3] = [Duration::ZERO, Duration::from_secs(1), Duration::from_secs(3)];

/// Revokes the targets of a plan and reports each one as it ends. After `cancel` no new request starts, but running
/// ones are awaited. Every target is reported exactly once, then the end.
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
                wait_for_budget(&context.client, Waits { events: &events, cancel: &cancel }).await;
            } else if !has_budget(&context.client, running.len()) {
                break;
            }
            let Some((index, target)) = left.pop_front().filter(|_| !cancel.is_cancelled()) else { break };
            let _ = events.send(RevokeEvent::Started { index }).await;
            let (reason, waits) = (plan.reason.as_deref(), Waits { events: &events, cancel: &cancel });
            running.push(async move { (index, revoke_one(context, target, reason, waits).await) });
        }
        let Some((index, outcome)) = running.next().await else { break };
        // The receiver may be gone; running requests are still awaited.
        let _ = events.send(RevokeEvent::Ended { index, outcome }).await;
    }
    for (index, _) in left {
        let _ = events.send(RevokeEvent::Ended { index, outcome: RevokeOutcome::NotTried }).await;
    }
    let _ = events.send(RevokeEvent::Done { failed: None }).await;
}

/// Where pauses are reported, and what ends them.
#[derive(Clone, Copy)]
struct Waits<'a> {
    events: &'a Sender<RevokeEvent>,
    cancel: &'a CancellationToken,
}

impl Waits<'_> {
    /// Waits; false if cancelled.
    async fn wait(self, reason: Diagnosis, pause: Duration) -> bool {
        let millis = u64::try_from(pause.as_millis()).unwrap_or(u64::MAX);
        let _ = self.events.send(RevokeEvent::Waiting { reason, millis }).await;
        tokio::select! {
            biased;
            () = self.cancel.cancelled() => false,
            () = sleep(pause) => true,
        }
    }
}

/// Whether the known budget has room for one more request beside the running ones.
fn has_budget(client: &Client, running: usize) -> bool {
    let now = (client.settings().now)();
    client
        .reading()
        .is_some_and(|reading| reading.wait(Spending::Everything, running as u64 + 1, now).is_none())
}

async fn wait_for_budget(client: &Client, waits: Waits<'_>) {
    let now = (client.settings().now)();
    let wait = client.reading().and_then(|reading| reading.wait(Spending::Everything, 1, now));
    if let Some((pause, reason)) = wait {
        waits.wait(reason, pause).await;
    }
}

async fn revoke_one(
    context: &Context,
    target: &RevokeTarget,
    reason: Option<&str>,
    waits: Waits<'_>,
) -> RevokeOutcome {
    let record = WriteRecord::begin(WriteAct::Revoke, (context.now)()).about(&target.grant);
    let record = WriteRecord { reason: reason.map(str::to_owned), ..record };
    let kept = context.begin_write(record);
    let outcome = send(context, target, reason, waits).await;
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

async fn send(
    context: &Context,
    target: &RevokeTarget,
    reason: Option<&str>,
    waits: Waits<'_>,
) -> RevokeOutcome {
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
        // A request refused by a rate limit was not carried out.
        if let (Retry::Later(pause), Code::RateLimitExceeded | Code::ThrottledOnTheWay) =
            (failed.retry, failed.code)
            && tries < TRIES
        {
            if waits.wait(failed, pause.unwrap_or(Duration::from_secs(1))).await {
                continue;
            }
            return RevokeOutcome::NotTried;
        }
        return match doubt(&error) {
            Doubt::None => RevokeOutcome::Failed(failed),
            Doubt::Gone => settle(context, target, failed, false).await,
            Doubt::Lost => settle(context, target, failed, true).await,
        };
    }
}

/// What a failure leaves uncertain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Doubt {
    /// Nothing: it was not carried out.
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

/// Settles an uncertain outcome by reading the list. After a lost response, a grant that the list still shows as live
/// stays uncertain: the list may lag behind.
async fn settle(context: &Context, target: &RevokeTarget, failed: Diagnosis, lost: bool) -> RevokeOutcome {
    let unsafe_to_repeat =
        |why: Diagnosis| RevokeOutcome::Uncertain(Diagnosis { retry: Retry::Unsafe, ..why });
    let pauses = if lost { &READ_PAUSES[..] } else { &READ_PAUSES[..1] };
    let mut still_live = false;
    for pause in pauses {
        sleep(*pause).await;
        match is_live(context, target, lost).await {
            Some(false) if lost => return RevokeOutcome::RevokedByList,
            Some(false) => return RevokeOutcome::Gone,
            Some(true) => still_live = true,
            None => {}
        }
    }
    match (lost, still_live) {
        (true, true) => unsafe_to_repeat(failed.fact("list", "still shows the grant as live")),
        (true, false) => unsafe_to_repeat(failed.fact("list", "does not tell whether it is revoked")),
        (false, _) => RevokeOutcome::Failed(with_alternative(target, failed)),
    }
}

/// Adds where else to revoke a managed secret's grant: if the backend does not find a live one, this call may be unable
/// to revoke it.
fn with_alternative(target: &RevokeTarget, failed: Diagnosis) -> Diagnosis {
    if target.grant.kind != GrantKind::ManagedSecret {
        return failed;
    }
    failed.fact("instead", &format!("the Alter portal, or: alter grants revoke {}", target.id))
}

/// Whether the list shows a grant as live; None if the list cannot be read to its end. `lost`: it tells whether the
/// grant was revoked, of which that it has expired says nothing.
async fn is_live(context: &Context, target: &RevokeTarget, lost: bool) -> Option<bool> {
    let filter = ServerFilter { provider: Some(target.grant.provider.clone()), ..ServerFilter::default() };
    let now = || (context.now)();
    let all = everything(&context.client, &now, filter, |_| {}).await.ok()?;
    let found: Option<&Grant> = all.grants.iter().find(|grant| grant.row.grant() == Some(target.id));
    match found {
        Some(grant) => match Health::of(grant, now()) {
            Health::Expired if lost => None,
            Health::Revoked | Health::Expired => Some(false),
            _ => Some(true),
        },
        None => all.doubt().is_none().then_some(false),
    }
}

/// Revokes an agent's delegated access to a grant; for None, the caller's own.
///
/// # Errors
/// Fails if it was not done, or if that is unknown ([`Retry::Unsafe`]): then read the list.
pub async fn revoke_delegation(
    context: &Context,
    grant: &Grant,
    id: GrantId,
    agent: Option<GrantId>,
) -> Result<(), Diagnosis> {
    let record = WriteRecord::begin(WriteAct::RevokeDelegation, (context.now)()).about(grant);
    let agent_text = agent.map_or_else(|| "own".to_owned(), |agent| agent.to_string());
    let kept = context.begin_write(WriteRecord { agent: Some(agent_text), ..record });
    // The request is idempotent, so it is repeated once after a lost response.
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
