//! The agents that may use a grant, and taking it away from one of them.

use grantdeck::app::nav::Kind;
use grantdeck::app::requests::RevokeAccess;
use grantdeck::app::{Answer, Effect, Job, Slot};
use grantdeck::domain::{
    Agent, Code, Diagnosis, Grant, GrantId, Identity, Reference, Retry, RowId, Status, Who,
};
use insta::assert_snapshot;
use uuid::Uuid;

use super::super::stage::Stage;
use super::super::{fixtures, write_policy};
use super::{SIZES, family};

const BILLING: GrantId = GrantId(Uuid::from_u128(0xb1));
const NIGHTLY: GrantId = GrantId(Uuid::from_u128(0xb2));

/// The family; its first grant is delegated to these.
fn delegated(agents: &[GrantId]) -> Vec<Grant> {
    let mut grants = family();
    let mut ids: Vec<Reference> = agents.iter().map(|id| Reference::Id(id.0)).collect();
    ids.push(Reference::new("no id\u{1b}[31m"));
    ids.truncate(if agents.len() > 1 { 3 } else { 1 });
    grants[0].extra_mut().delegated_agent_ids = ids;
    grants
}

fn opened(width: u16, height: u16, agents: &[GrantId]) -> Stage {
    let mut stage = super::listing(width, height, delegated(agents));
    let billing = Agent {
        id: BILLING.to_string().into(),
        name: "billing-agent".into(),
        display_name: None,
        status: "active".into(),
    };
    stage.model.shared.agents.arrive([(billing.id.clone(), billing)].into(), stage.now.millis);
    stage.press("m a");
    stage
}

fn asked(stage: &Stage) -> Vec<(GrantId, GrantId)> {
    let asked = stage.pending.iter().filter_map(|effect| match effect {
        Effect::Start { job: Job::RevokeAccess(RevokeAccess(access)), .. } => Some((access.id, access.agent)),
        _ => None,
    });
    asked.collect()
}

fn agents_of(stage: &Stage) -> Vec<GrantId> {
    let grant = stage.model.grants.rows.find(RowId::Grant(fixtures::id(1))).unwrap();
    grant.delegated_agent_ids().iter().filter_map(Reference::grant).collect()
}

#[test]
fn one_of_several_agents_loses_the_grant_and_the_grant_stays() {
    for (width, height) in SIZES {
        let mut stage = opened(width, height, &[BILLING, NIGHTLY]);
        assert_snapshot!(format!("agents_{width}"), stage.picture());
        stage.press("enter");
        assert_snapshot!(format!("agent_question_{width}"), stage.picture());
        assert!(asked(&stage).is_empty());
        stage.decide("enter");
        assert!(asked(&stage).is_empty(), "Enter changes nothing");
        stage.decide("y");
        assert_eq!(asked(&stage), [(fixtures::id(1), BILLING)]);
        stage.answer(Slot::Access, Answer::RevokeAccess(Ok(())));
        assert!(
            stage.picture().contains("billing-agent lost access; the grant stays."),
            "{}",
            stage.picture()
        );
        assert_eq!(agents_of(&stage), [NIGHTLY]);
        let status = |n| stage.model.grants.rows.find(RowId::Grant(fixtures::id(n))).unwrap().status.clone();
        assert_eq!(
            (status(1), status(2)),
            (Status::Active, Status::Active),
            "nobody knows whose child it is"
        );
    }
}

#[test]
fn what_the_only_agent_passed_on_ends_too() {
    let mut stage = opened(120, 36, &[NIGHTLY]);
    stage.press("enter");
    stage.decide("y");
    stage.answer(Slot::Access, Answer::RevokeAccess(Ok(())));
    assert!(agents_of(&stage).is_empty());
    let status = |n| stage.model.grants.rows.find(RowId::Grant(fixtures::id(n))).unwrap().status.clone();
    assert_eq!((status(1), status(2)), (Status::Active, Status::Revoked));
    stage.press("m a");
    assert!(stage.picture().contains("No agent may use this grant."), "{}", stage.picture());
}

#[test]
fn an_agent_without_a_readable_id_cannot_be_picked() {
    let mut stage = opened(80, 24, &[BILLING, NIGHTLY]);
    stage.press("down");
    stage.press("down");
    stage.press("enter");
    assert!(stage.picture().contains("The id of this agent is unreadable."), "{}", stage.picture());
}

#[test]
fn production_takes_the_name_of_the_profile() {
    let mut stage = Stage::new(120, 36);
    stage.careful(write_policy::write_policy(true, false));
    stage.page(delegated(&[BILLING]), 9, None);
    stage.done(9);
    stage.press("m a");
    stage.press("enter");
    stage.decide("y");
    stage.press("backspace");
    stage.decide("enter");
    assert!(asked(&stage).is_empty());
    stage.type_text("acme-live");
    stage.decide("enter");
    assert_eq!(asked(&stage).len(), 1);
    // Not twice at a time, and leaving asks first.
    stage.press("m a");
    assert!(stage.picture().contains("just being ended"), "{}", stage.picture());
    stage.press("q");
    assert!(stage.picture().contains("An agent is losing a grant"), "{}", stage.picture());
}

#[test]
fn a_refusal_is_shown_and_doubt_is_said() {
    let refused = Diagnosis::new(Code::PolicyViolation, Who::Alter, Retry::No);
    let refused = refused.said("use_self_revoke_path").fact("policy error", "use_self_revoke_path");
    let lost = Diagnosis::new(Code::ConnectionLost, Who::Network, Retry::Unsafe);
    for (why, want) in [(refused, "use_self_revoke_path"), (lost, "may have lost access; r reads the list")] {
        let mut stage = opened(120, 36, &[BILLING]);
        let agent = fixtures::agents().remove(0);
        stage.model.shared.identity.arrive(Identity::Agent(agent), stage.now.millis);
        stage.press("enter");
        stage.decide("y");
        stage.answer(Slot::Access, Answer::RevokeAccess(Err(why)));
        assert!(stage.picture().contains(want), "{}", stage.picture());
        assert_eq!(agents_of(&stage), [BILLING], "nothing is claimed");
        assert_eq!(stage.model.shared.nav.screen(), Kind::Grants);
    }
}
