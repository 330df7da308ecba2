//! What the detail says about one grant.

use std::sync::Arc;

use grantdeck::domain::{Agent, Grant, Reference, RowId, Status};

use super::fixtures;
use super::stage::Stage;

/// A screen wide enough for whole sentences, with these grants, on the nth of them.
fn on(grants: Vec<Grant>, nth: usize) -> Stage {
    let mut stage = Stage::open(120, 50);
    let total = grants.len() as u64;
    stage.page(grants, total, None);
    stage.done(total);
    let mut agents = fixtures::agents();
    agents.push(Agent { id: "agent-2".into(), name: "archiver".into(), ..agents[0].clone() });
    agents[1].display_name = None;
    stage.names(fixtures::catalog(), agents);
    for _ in 0..nth {
        stage.press("j");
    }
    stage.press("enter");
    stage
}

fn shows(stage: &Stage, text: &str) -> bool {
    stage.picture().contains(text)
}

fn list(scopes: &[&str]) -> Arc<[Arc<str>]> {
    scopes.iter().map(|scope| Arc::from(*scope)).collect()
}

/// A grant, its child and the child's child.
fn chain() -> Vec<Grant> {
    let mut family: Vec<Grant> = (1..4).map(|n| fixtures::oauth(n, "github", "mossgate-ci")).collect();
    for (n, grant) in family.iter_mut().enumerate() {
        grant.depth = n as i32;
        grant.scopes = list(&["repo", "gist", "read:org"]);
        grant.parent_grant_id = (n > 0).then(|| Reference::Id(fixtures::id(n as u128).0));
        if n < 2 {
            grant.extra_mut().delegated_agent_ids = vec![Reference::new(&format!("agent-{}", n + 1))];
        }
    }
    family[2].extra_mut().scope_constraint = Some(list(&["repo"]));
    family
}

#[test]
fn a_delegated_grant_names_who_passed_it_on_where_that_is_known() {
    let stage = on(chain(), 2);
    assert_eq!(stage.model.grants.cursor, Some(RowId::Grant(fixtures::id(3))));
    assert!(
        shows(&stage, "Delegated   from github · mossgate-ci, held by agent Scheduler"),
        "{}",
        stage.picture()
    );
    let stage = on(chain(), 1);
    assert!(
        shows(&stage, "Delegated   from github · mossgate-ci "),
        "its parent is no agent's: {}",
        stage.picture()
    );
    let mut two = chain();
    two[0].extra_mut().delegated_agent_ids.push(Reference::new("agent-2"));
    assert!(!shows(&on(two, 2), "held by"), "which of the two agents it was, the list does not say");
}

#[test]
fn a_narrowed_grant_says_what_of_it_can_be_used() {
    let stage = on(chain(), 2);
    assert!(shows(&stage, "3 held, 1 usable here"), "{}", stage.picture());
    assert!(shows(&stage, "· not delegated"), "{}", stage.picture());
    assert!(shows(&stage, "✓ repo") && shows(&stage, "· gist"), "{}", stage.picture());
    let stage = on(chain(), 1);
    assert!(shows(&stage, "3 held ") && !shows(&stage, "outside of"), "{}", stage.picture());
}

#[test]
fn a_grant_that_is_over_holds_nothing() {
    for status in [Status::Revoked, Status::Expired] {
        let mut grants = fixtures::company();
        grants[0].status = status;
        let stage = on(grants, 0);
        assert!(shows(&stage, "had 3 ") && shows(&stage, "· openid"), "{}", stage.picture());
        assert!(!shows(&stage, "✓") && !shows(&stage, "missing"), "{}", stage.picture());
    }
}

#[test]
fn a_rejected_credential_does_not_refresh_itself() {
    let stage = on(fixtures::company(), 2);
    assert!(shows(&stage, "Token       was rejected by the provider"), "{}", stage.picture());
    assert!(!shows(&stage, "refreshes itself"), "{}", stage.picture());
}
