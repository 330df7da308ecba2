//! Revoking grants: what is shown before, what is asked, and what becomes of each grant.

mod agents;
mod asked;
mod ended;

use std::collections::HashMap;
use std::sync::Arc;

use grantdeck::app::requests::{PlanRevoke, RunRevoke};
use grantdeck::app::{Answer, Effect, Job, Slot};
use grantdeck::domain::revoke::{PlanEvent, PlanRequest, Planned, RevokeEvent, RevokeOutcome, RevokePlan};
use grantdeck::domain::smoke::Verdict;
use grantdeck::domain::{Code, Diagnosis, Grant, GrantId, Reference, Retry, Who};

use super::fixtures;
use super::stage::{Stage, noon};

/// The list of agents of a grant.
pub(crate) fn at_an_agent() -> Stage {
    let mut grants = family();
    grants[0].extra_mut().delegated_agent_ids = vec![Reference::Id(fixtures::id(40).0)];
    let mut stage = listing(120, 36, grants);
    stage.press("m a");
    stage
}

pub(crate) const SIZES: [(u16, u16); 4] = [(200, 50), (120, 36), (80, 24), (60, 16)];

/// The company, and a sibling of its first grant.
pub(crate) fn family() -> Vec<Grant> {
    let mut grants = fixtures::company();
    let mut sibling = fixtures::oauth(9, "google", "work@acme.com");
    sibling.label = Some("mail".into());
    sibling.credential_id.clone_from(&grants[0].credential_id);
    grants[1].credential_id = Some(Reference::new("credential-2"));
    grants.push(sibling);
    grants
}

/// A list of these grants.
pub(crate) fn listing(width: u16, height: u16, grants: Vec<Grant>) -> Stage {
    let mut stage = Stage::open(width, height);
    let total = grants.len() as u64;
    stage.page(grants, total, None);
    stage.done(total);
    stage.names(fixtures::catalog(), fixtures::agents());
    stage
}

/// What was asked to be planned last.
pub(crate) fn request(stage: &Stage) -> &PlanRequest {
    let newest = stage.pending.iter().rev().find_map(|effect| match effect {
        Effect::Start { job: Job::PlanRevoke(PlanRevoke(request)), .. } => Some(request),
        _ => None,
    });
    newest.expect("no plan was asked for")
}

/// The plan that a list gives, with what the history knows.
pub(crate) fn plan_of(wanted: &[GrantId], list: &[Grant]) -> Planned {
    let plan = RevokePlan::new(wanted, list, None, noon().wall);
    let siblings: Vec<GrantId> =
        plan.targets.iter().flat_map(|target| target.reach.siblings.clone()).collect();
    let is_sibling = |grant: &&Grant| grant.row.grant().is_some_and(|id| siblings.contains(&id));
    let siblings = list.iter().filter(is_sibling).cloned().collect();
    let verdicts = HashMap::from([(fixtures::id(1), Verdict::Works)]);
    Planned { plan, siblings, verdicts, doubt: None }
}

/// The list is read.
pub(crate) fn planned(stage: &mut Stage, list: &[Grant]) {
    let planned = plan_of(&request(stage).wanted.clone(), list);
    stage.answer(Slot::Revoke, Answer::PlanRevoke(PlanEvent::Done(Ok(Box::new(planned)))));
}

/// The plan of the first grant of a family.
pub(crate) fn one(width: u16, height: u16) -> Stage {
    let mut stage = listing(width, height, family());
    stage.press("m r");
    planned(&mut stage, &family());
    stage
}

/// The plan of many marked grants.
pub(crate) fn many(width: u16, height: u16, count: u128) -> Stage {
    let crowd = fixtures::crowd(count);
    let mut stage = listing(width, height, crowd.clone());
    stage.press("*");
    stage.press("m r");
    planned(&mut stage, &crowd);
    stage
}

/// Goes on, and answers the question.
pub(crate) fn confirm(stage: &mut Stage, word: Option<&str>) {
    stage.press("enter");
    match word {
        Some(word) => {
            stage.type_text(word);
            stage.decide("enter");
        }
        None => stage.decide("y"),
    }
}

pub(crate) fn apply(stage: &mut Stage, events: Vec<RevokeEvent>) {
    stage.answer(Slot::Revoke, Answer::RunRevoke(events));
}

pub(crate) fn revoked(index: usize) -> RevokeEvent {
    RevokeEvent::Ended { index, outcome: RevokeOutcome::Revoked { request_id: Some("req-1".into()) } }
}

pub(crate) fn failed(index: usize) -> RevokeEvent {
    let why = Diagnosis::new(Code::InsufficientScope, Who::Alter, Retry::AfterRemedy);
    let why = why.said("The key lacks a scope.").fact("missing", "grants:revoke");
    RevokeEvent::Ended { index, outcome: RevokeOutcome::Failed(why) }
}

pub(crate) fn lost() -> Diagnosis {
    let why = Diagnosis::new(Code::ConnectionLost, Who::Network, Retry::Unsafe);
    why.fact("list", "still shows the grant as live")
}

pub(crate) const DONE: RevokeEvent = RevokeEvent::Done { failed: None };

/// What was confirmed, plan by plan.
pub(crate) fn runs(stage: &Stage) -> Vec<Arc<RevokePlan>> {
    let runs = stage.pending.iter().filter_map(|effect| match effect {
        Effect::Start { job: Job::RunRevoke(RunRevoke(plan)), .. } => Some(Arc::clone(plan)),
        _ => None,
    });
    runs.collect()
}

/// Answers what was asked last about a revocation, in one way or another.
pub(crate) fn answer_any(stage: &mut Stage, which: u8) {
    if stage.model.shared.slots.is_open(Slot::Access) {
        let answer = if which.is_multiple_of(2) { Ok(()) } else { Err(lost()) };
        stage.answer(Slot::Access, Answer::RevokeAccess(answer));
    }
    if !stage.model.shared.slots.is_open(Slot::Revoke) {
        return;
    }
    let ticket = stage.ticket(Slot::Revoke);
    let of = |effect: &&Effect| matches!(effect, Effect::Start { ticket: of, .. } if *of == ticket);
    let targets = stage.pending.iter().rev().find(of).and_then(|effect| match effect {
        Effect::Start { job: Job::RunRevoke(RunRevoke(plan)), .. } => Some(plan.targets.len()),
        _ => None,
    });
    let pause = Diagnosis::new(Code::RateLimitExceeded, Who::Alter, Retry::Later(None));
    let millis = u64::from(which) * 97;
    let Some(targets) = targets else {
        let event = match which % 4 {
            0 => PlanEvent::Reading { here: u64::from(which), total: 500 },
            1 => PlanEvent::Waiting { reason: pause, millis },
            2 => PlanEvent::Done(Err(lost())),
            _ => {
                let mut list = fixtures::crowd(60);
                list.extend(family());
                list.extend(fixtures::hostile());
                let wanted = request(stage).wanted.clone();
                PlanEvent::Done(Ok(Box::new(plan_of(&wanted, &list))))
            }
        };
        stage.answer(Slot::Revoke, Answer::PlanRevoke(event));
        return;
    };
    let index = usize::from(which) % (targets + 1);
    let uncertain = RevokeEvent::Ended { index, outcome: RevokeOutcome::Uncertain(lost()) };
    let mut events = match which % 5 {
        0 => vec![RevokeEvent::Started { index }],
        1 => vec![RevokeEvent::Waiting { reason: pause, millis }],
        2 => vec![revoked(index)],
        3 => vec![failed(index)],
        _ => vec![uncertain],
    };
    if which > 200 {
        events.push(RevokeEvent::Done { failed: (which > 230).then(lost) });
    }
    apply(stage, events);
}
