//! What a client asks about a held call (docs/protocol/calls.md B4, B5).

use std::time::Duration;

use jiff::Timestamp;
use serde_json::json;
use tokio::sync::watch;
use uuid::Uuid;

use super::CallError;
use super::approval::{Approval, Stage, stamp};
use super::state::About;
use crate::faults::Fault;
use crate::message::{Awaited, Hold, Reply};
use crate::tamper;
use crate::world::{Caller, World};

/// The longest a client may ask to be held (docs/protocol/calls.md B4).
const LONGEST_WAIT: u64 = 25;

/// Where the approval stands that this caller may look at.
/// The approval as it stands now.
fn find<'w>(
    world: &'w mut World,
    caller: Caller,
    id: &str,
    now: Timestamp,
) -> Result<&'w Approval, Box<Reply>> {
    world.settle(now);
    let found = Uuid::try_parse(id).ok().and_then(|id| {
        world.calls.approvals.iter().find(|approval| approval.is(id) && caller.holder.sees(approval))
    });
    found.ok_or_else(|| Box::new(Reply::refusal(404, "approval_not_found", "There is no such approval.")))
}

impl crate::keys::Holder {
    /// An app key sees every approval of the app, an agent's key the agent's own.
    fn sees(self, approval: &Approval) -> bool {
        self == Self::App || self == approval.holder
    }
}

/// `GET /sdk/approvals/{id}[?wait=n]`
pub(crate) fn status(
    world: &mut World,
    caller: Caller,
    id: &str,
    wait: Option<&str>,
    now: Timestamp,
    faults: &[Fault],
) -> Reply {
    let wait = match wait.map(str::parse::<u64>) {
        None => 0,
        Some(Ok(seconds @ 0..=LONGEST_WAIT)) => seconds,
        Some(_) => {
            let message = format!("Input should be a whole number from 0 to {LONGEST_WAIT}");
            return Reply::invalid("query", "wait", "less_than_equal", &message);
        }
    };
    let approval = match find(world, caller, id, now) {
        Ok(approval) => approval,
        Err(refusal) => return *refusal,
    };
    let at = now.as_millisecond();
    let mut reply = Reply::json(200, &approval.show(at));
    let over = matches!(approval.stage(at), Stage::Denied(_) | Stage::Expired(_) | Stage::Done(_));
    if wait > 0 && !over {
        reply.hold = Some(Hold {
            awaited: Awaited::Approval(approval.id()),
            at_most: Duration::from_secs(wait),
            seen: approval.status(at),
            faults: faults.to_vec(),
        });
    }
    reply
}

/// `GET /sdk/approvals/{id}/result`
///
/// Which statuses it has before there is a result, and whether a result can be read twice, is not stated: 409, and yes.
pub(crate) fn result(world: &mut World, caller: Caller, id: &str, now: Timestamp) -> Reply {
    let approval = match find(world, caller, id, now) {
        Ok(approval) => approval,
        Err(refusal) => return *refusal,
    };
    let at = now.as_millisecond();
    let with = |error: CallError, message: Option<&str>| {
        let message = message.map_or_else(|| json!({}), |message| json!({ "message": message }));
        error.with(&About::default(), &message)
    };
    match (approval.stage(at), &approval.outcome) {
        (Stage::Denied(_), _) => with(CallError::ApprovalDenied, approval.reason.as_deref()),
        (Stage::Expired(_), _) => with(CallError::ApprovalExpired, None),
        (Stage::Done(_), Some(Err(error))) => with(CallError::ApprovalExecutionFailed, Some(error)),
        (Stage::Done(_), Some(Ok(outcome))) => Reply::bytes(outcome.write(Some(approval.id()))),
        _ => Reply::refusal(409, "approval_not_ready", "The call has no result yet."),
    }
}

/// The answer to a held call (docs/protocol/calls.md B3). `base` is the address of the approval page.
pub(super) fn pending(approval: &Approval, base: &str, now: i64) -> Reply {
    let link = |id: Uuid| format!("{base}/wallet/approvals/{id}");
    let left = |until: i64| (until - now) / 1000;
    let gates: Vec<_> = approval
        .gates
        .iter()
        .map(|gate| {
            json!({
                "approval_id": gate.id, "expires_at": stamp(gate.expires_at),
                "expires_in": left(gate.expires_at), "approval_url": link(gate.id),
            })
        })
        .collect();
    let end = approval.expires_at();
    let body = json!({
        "approval_id": approval.id(), "approval_group_id": approval.group, "status": "pending",
        "expires_at": stamp(end), "expires_in": left(end), "approval_url": link(approval.id()), "gates": gates,
    });
    Reply::json(202, &body)
}

impl World {
    /// Tells whenever somebody decides.
    pub(crate) fn news(&self) -> watch::Receiver<()> {
        self.calls.news.subscribe()
    }

    /// Write a held answer again. True when it need not be held any longer; else when to look again at the latest.
    pub(crate) fn look_again(&mut self, reply: &mut Reply, now: Timestamp) -> Result<(), Option<Duration>> {
        let Some(hold) = reply.hold.take() else { return Ok(()) };
        let id = match hold.awaited {
            Awaited::Approval(id) => id,
            Awaited::SignIn(place) => return self.look_at_sign_in_again(place, hold, reply, now),
        };
        self.settle(now);
        let at = now.as_millisecond();
        let Some(approval) = self.calls.approvals.iter().find(|approval| approval.is(id)) else {
            return Ok(());
        };
        if approval.status(at) == hold.seen {
            let next = approval.next_change(at).map(|next| next.saturating_sub(at).max(1));
            reply.hold = Some(hold);
            return Err(next.and_then(|wait| u64::try_from(wait).ok()).map(Duration::from_millis));
        }
        reply.body = approval.show(at).to_string().into();
        tamper::spoil_body(reply, &hold.faults);
        Ok(())
    }
}
