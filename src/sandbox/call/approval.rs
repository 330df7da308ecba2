//! A held call and the people who decide about it (docs/protocol/calls.md B3, B4).
//!
//! Nothing runs in the background: what has happened by an instant is worked out when somebody looks. After the last
//! approval a call is `approved` for a second and `executing` for another, so that each status can be seen; how long
//! the backend takes is not stated.

use jiff::Timestamp;
use serde_json::{Value, json};
use uuid::Uuid;

use super::proxy::{Call, Outcome};
use crate::keys::Holder;
use crate::world::World;

const SECOND: i64 = 1000;
/// How long a call stays `approved`, then `executing`, in milliseconds.
const STEP: i64 = SECOND;
const TWO_STEPS: i64 = 2 * STEP;

/// What a person says about a held call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// Go ahead.
    Approve,
    /// No.
    Deny,
}

/// A held call, as a test sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held {
    /// The id to poll; also that of the first gate.
    pub approval: Uuid,
    /// The id of all gates together.
    pub group: Uuid,
    /// The id of each person's decision.
    pub gates: Vec<Uuid>,
    /// The grant to be used.
    pub grant: Uuid,
    /// The method.
    pub method: String,
    /// The URL.
    pub url: String,
    /// The reason given.
    pub reason: Option<String>,
    /// The status: `pending`, `approved`, `executing`, `denied`, `expired`, `executed`, `failed`.
    pub status: &'static str,
}

/// One person's decision. Instants are Unix milliseconds.
#[derive(Debug)]
pub(super) struct Gate {
    pub(super) id: Uuid,
    pub(super) expires_at: i64,
    /// What will be decided by itself, and when.
    pub(super) plan: Option<(i64, Decision)>,
    pub(super) decided: Option<(i64, Decision)>,
}

#[derive(Debug)]
pub(super) struct Approval {
    pub(super) group: Uuid,
    /// Who asked: only they may look.
    pub(super) holder: Holder,
    pub(super) gates: Vec<Gate>,
    pub(super) call: Call,
    /// Whether executing will fail.
    pub(super) fails: bool,
    pub(super) reason: Option<String>,
    /// What executing gave; the error is a sentence.
    pub(super) outcome: Option<Result<Outcome, String>>,
}

/// Where a held call stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stage {
    Pending,
    Denied(i64),
    Expired(i64),
    /// Everybody approved, the last one at this instant.
    Approved(i64),
    Executing(i64),
    Done(i64),
}

impl Approval {
    pub(super) fn id(&self) -> Uuid {
        self.gates.first().map_or(self.group, |gate| gate.id)
    }

    pub(super) fn is(&self, id: Uuid) -> bool {
        self.gates.iter().any(|gate| gate.id == id)
    }

    /// Let happen what was planned until now, in its order; nothing happens after the end.
    pub(super) fn catch_up(&mut self, now: i64) {
        loop {
            let due = self.gates.iter().enumerate().filter(|(_, gate)| gate.decided.is_none()).filter_map(
                |(at, gate)| gate.plan.filter(|(when, _)| *when <= now).map(|(when, what)| (when, at, what)),
            );
            let Some((when, at, what)) = due.min_by_key(|(when, at, _)| (*when, *at)) else { return };
            let Some(gate) = self.gates.get_mut(at) else { return };
            gate.plan = None;
            if self.stage(when) == Stage::Pending
                && let Some(gate) = self.gates.get_mut(at)
            {
                gate.decided = Some((when, what));
                if what == Decision::Deny && self.reason.is_none() {
                    self.reason = Some("Not now, please.".to_owned());
                }
            }
        }
    }

    pub(super) fn stage(&self, now: i64) -> Stage {
        let said = |wanted: Decision| {
            self.gates.iter().filter_map(move |gate| gate.decided).filter(move |(_, what)| *what == wanted)
        };
        if let Some((when, _)) = said(Decision::Deny).min_by_key(|(when, _)| *when) {
            return Stage::Denied(when);
        }
        let open = self.gates.iter().filter(|gate| gate.decided.is_none());
        match open.map(|gate| gate.expires_at).min() {
            Some(end) if end <= now => return Stage::Expired(end),
            Some(_) => return Stage::Pending,
            None => {}
        }
        let last = said(Decision::Approve).map(|(when, _)| when).max().unwrap_or(now);
        match now - last {
            ..STEP => Stage::Approved(last),
            STEP..TWO_STEPS => Stage::Executing(last),
            _ => Stage::Done(last),
        }
    }

    /// The status as the wire names it.
    pub(super) fn status(&self, now: i64) -> &'static str {
        match self.stage(now) {
            Stage::Pending => "pending",
            Stage::Denied(_) => "denied",
            Stage::Expired(_) => "expired",
            Stage::Approved(_) => "approved",
            Stage::Executing(_) => "executing",
            Stage::Done(_) => match &self.outcome {
                Some(Err(_)) => "failed",
                _ => "executed",
            },
        }
    }

    /// When the status changes next, if nobody decides anything.
    pub(super) fn next_change(&self, now: i64) -> Option<i64> {
        match self.stage(now) {
            Stage::Pending => {
                let open = self.gates.iter().filter(|gate| gate.decided.is_none());
                open.flat_map(|gate| gate.plan.map(|(when, _)| when).into_iter().chain([gate.expires_at]))
                    .min()
            }
            Stage::Approved(last) => Some(last + STEP),
            Stage::Executing(last) => Some(last + TWO_STEPS),
            Stage::Denied(_) | Stage::Expired(_) | Stage::Done(_) => None,
        }
    }

    /// B4 of docs/protocol/calls.md.
    pub(super) fn show(&self, now: i64) -> Value {
        let stage = self.stage(now);
        let gates: Vec<Value> = self
            .gates
            .iter()
            .map(|gate| {
                let status = match gate.decided {
                    Some((_, Decision::Approve)) => "approved",
                    Some((_, Decision::Deny)) => "denied",
                    None if gate.expires_at <= now => "expired",
                    None => "pending",
                };
                json!({
                    "approval_id": gate.id, "status": status, "expires_at": stamp(gate.expires_at),
                    "decided_at": gate.decided.map(|(when, _)| stamp(when)),
                })
            })
            .collect();
        let decided = match stage {
            Stage::Pending => None,
            Stage::Denied(at)
            | Stage::Expired(at)
            | Stage::Approved(at)
            | Stage::Executing(at)
            | Stage::Done(at) => Some(stamp(at)),
        };
        let executed = if let Stage::Done(at) = stage { Some(stamp(at + TWO_STEPS)) } else { None };
        let (has_result, error) = match (&self.outcome, executed.is_some()) {
            (Some(Ok(_)), true) => (true, None),
            (Some(Err(error)), true) => (false, Some(error.as_str())),
            _ => (false, None),
        };
        json!({
            "approval_id": self.id(), "approval_group_id": self.group, "status": self.status(now),
            "gates": gates, "expires_at": stamp(self.expires_at()), "decided_at": decided,
            "decision_reason": self.reason, "executed_at": executed, "execution_error": error,
            "has_result": has_result,
        })
    }

    /// The earliest end of a gate is that of all.
    pub(super) fn expires_at(&self) -> i64 {
        self.gates.iter().map(|gate| gate.expires_at).min().unwrap_or_default()
    }
}

/// Milliseconds as the wire writes instants; fractions only where there are some.
pub(crate) fn stamp(milliseconds: i64) -> String {
    Timestamp::from_millisecond(milliseconds).map_or_else(|_| String::new(), |instant| instant.to_string())
}

impl World {
    /// The calls that were held, oldest first.
    pub fn held(&mut self, now: Timestamp) -> Vec<Held> {
        self.settle(now);
        let now = now.as_millisecond();
        let show = |approval: &Approval| Held {
            approval: approval.id(),
            group: approval.group,
            gates: approval.gates.iter().map(|gate| gate.id).collect(),
            grant: self.grants.get(approval.call.grant).map(|grant| grant.id).unwrap_or_default(),
            method: approval.call.method.clone(),
            url: approval.call.url.to_string(),
            reason: approval.call.reason.clone(),
            status: approval.status(now),
        };
        self.calls.approvals.iter().map(show).collect()
    }

    /// Decide as a person would: about one gate by its id, about all that are open by the group's.
    ///
    /// False where there is nothing to decide any more.
    pub fn decide(&mut self, id: Uuid, decision: Decision, reason: Option<&str>, now: Timestamp) -> bool {
        self.settle(now);
        let at = now.as_millisecond();
        let found = self.calls.approvals.iter_mut().find(|approval| approval.group == id || approval.is(id));
        let Some(approval) = found.filter(|approval| approval.stage(at) == Stage::Pending) else {
            return false;
        };
        let all = approval.group == id;
        let mut done = false;
        for gate in &mut approval.gates {
            if gate.decided.is_none() && (all || gate.id == id) {
                (gate.decided, gate.plan) = (Some((at, decision)), None);
                done = true;
            }
        }
        if let Some(reason) = reason.filter(|_| done) {
            approval.reason = Some(reason.to_owned());
        }
        self.calls.news.send_replace(());
        done
    }

    /// Let every held call come to where it is by now; execute those whose time has come.
    pub(super) fn settle(&mut self, now: Timestamp) {
        let at = now.as_millisecond();
        for position in 0..self.calls.approvals.len() {
            let Some(approval) = self.calls.approvals.get_mut(position) else { return };
            approval.catch_up(at);
            let Stage::Done(last) = approval.stage(at) else { continue };
            if approval.outcome.is_some() {
                continue;
            }
            let fails = approval.fails;
            let call = approval.call.clone();
            let then = Timestamp::from_millisecond(last + TWO_STEPS).unwrap_or(now);
            let outcome = if fails {
                Err("The provider could not be reached.".to_owned())
            } else {
                self.execute_held(&call, then)
            };
            if let Some(approval) = self.calls.approvals.get_mut(position) {
                approval.outcome = Some(outcome);
            }
        }
    }

    /// The grant of a held call.
    pub(super) fn held_by(&self, id: Uuid) -> Option<usize> {
        self.calls.approvals.iter().find(|approval| approval.is(id)).map(|approval| approval.call.grant)
    }
}
