//! The table of sessions for broken grants, row by row.

use uuid::Uuid;

use super::*;
use crate::{ManagedSecret, Moment, Reference, RowId, Status};

const NOW: &str = "2026-11-22T10:00:00Z";

fn id() -> GrantId {
    GrantId(Uuid::from_u128(7))
}

/// A person's live grant.
fn grant() -> Grant {
    let mut grant = Grant::blank(RowId::Grant(id()));
    grant.provider = "github".into();
    grant.label = Some("work".into());
    grant
}

fn applications(grant: Grant) -> Grant {
    Grant { principal_type: PrincipalType::System, ..grant }
}

fn secret(kind: Option<&str>) -> Grant {
    let secret = ManagedSecret { credential_kind: kind.map(Into::into), ..ManagedSecret::default() };
    Grant { kind: GrantKind::ManagedSecret, secret: Some(Box::new(secret)), ..grant() }
}

fn child(grant: Grant) -> Grant {
    let parent = Some(Reference::Id(Uuid::from_u128(1)));
    Grant { parent_grant_id: parent, principal_type: PrincipalType::Agent, ..grant }
}

fn signed_in() -> ReconnectOptions {
    ReconnectOptions { has_user: true, ..ReconnectOptions::default() }
}

fn planned(grant: &Grant, options: &ReconnectOptions) -> Result<ConnectPlan, NoReconnect> {
    reconnect(grant, options, NOW.parse().unwrap())
}

/// The OAuth session and the forecast of a plan.
fn oauth(plan: Result<ConnectPlan, NoReconnect>) -> (ConnectRequest, Forecast) {
    match plan.unwrap() {
        ConnectPlan { session: SessionPlan::Oauth(request), forecast, .. } => (request, forecast),
        other => panic!("{other:?}"),
    }
}

#[test]
fn an_active_grant_is_repaired_and_keeps_its_id() {
    let broken = Grant { needs_reconnect: true, ..grant() };
    let nobody = ReconnectOptions::default();
    for (grant, options, owner) in [
        (&broken, &signed_in(), Owner::User),
        (&applications(broken.clone()), &nobody, Owner::Application),
        (&applications(grant()), &nobody, Owner::Application),
    ] {
        assert_eq!(planned(grant, options).unwrap().owner, owner);
        let (request, forecast) = oauth(planned(grant, options));
        assert_eq!((request.repair, forecast), (Some(id()), Forecast::Kept(id())));
        assert_eq!(request.check(options.has_user), Ok(()));
    }
}

#[test]
fn missing_scopes_are_asked_for_in_a_plain_session() {
    let narrow = Grant { scope_mismatch: true, ..grant() };
    let options = ReconnectOptions { required: vec!["repo".to_owned()], ..signed_in() };
    let (request, forecast) = oauth(planned(&narrow, &options));
    assert_eq!((request.repair, forecast), (None, Forecast::UsuallyKept(id())));
    assert_eq!(request.required_scopes["github"], ["repo"]);
    let (request, _) = oauth(planned(&narrow, &signed_in()));
    assert!(request.required_scopes.is_empty(), "what the catalog does not tell is not asked for");
}

#[test]
fn a_persons_grant_is_never_made_the_applications_in_silence() {
    let nobody = ReconnectOptions::default();
    for grant in [
        Grant { needs_reconnect: true, ..grant() },
        Grant { scope_mismatch: true, ..grant() },
        Grant { status: Status::Revoked, ..grant() },
        Grant { principal_type: PrincipalType::Group, ..grant() },
        secret(Some("end_user")),
    ] {
        assert_eq!(planned(&grant, &nobody), Err(NoReconnect::UserNeeded), "{grant:?}");
    }
}

#[test]
fn what_is_over_is_connected_anew_under_its_old_label() {
    let past = Some(Moment::new("2026-11-01T00:00:00Z"));
    for over in [
        Grant { status: Status::Expired, ..grant() },
        Grant { status: Status::Revoked, ..grant() },
        Grant { status: Status::new("deprovisioned"), ..grant() },
        Grant { grant_expires_at: past, ..grant() },
    ] {
        let (request, forecast) = oauth(planned(&over, &signed_in()));
        assert_eq!((request.repair, forecast), (None, Forecast::New));
        assert_eq!(request.requested_grant.unwrap().label, "work");
    }
    let nameless = Grant { status: Status::Revoked, label: None, ..grant() };
    assert_eq!(oauth(planned(&nameless, &signed_in())).0.requested_grant, None);
}

#[test]
fn a_users_stored_key_is_replaced_by_that_user() {
    for grant in [secret(Some("end_user")), Grant { status: Status::Expired, ..secret(Some("end_user")) }] {
        let plan = planned(&grant, &signed_in()).unwrap();
        assert_eq!((plan.repairs(), plan.forecast), (Some(id()), Forecast::Kept(id())), "an expired one too");
        let SessionPlan::Secret(request) = plan.session else { panic!("a managed secret's session") };
        assert_eq!(request.check(true), Ok(()));
    }
}

#[test]
fn a_developers_stored_key_is_replaced_in_the_portal() {
    for kind in [Some("developer"), None] {
        assert_eq!(planned(&secret(kind), &signed_in()), Err(NoReconnect::DeveloperKey));
    }
}

#[test]
fn an_agents_grant_is_renewed_by_the_user_who_owns_it() {
    let named = |has_user| ReconnectOptions {
        has_user,
        agent: Some("billing-agent".to_owned()),
        ..ReconnectOptions::default()
    };
    let (request, forecast) = oauth(planned(&child(grant()), &named(true)));
    assert_eq!(request.agent.as_deref(), Some("billing-agent"));
    assert_eq!((request.check(true), forecast), (Ok(()), Forecast::MayChange(id())));
    assert_eq!(planned(&child(grant()), &named(false)), Err(NoReconnect::UserNeeded));
    assert_eq!(planned(&child(grant()), &signed_in()), Err(NoReconnect::AgentUnknown));
    let mut stored = child(secret(Some("developer")));
    stored.secret.as_mut().unwrap().agent_id = Some(Reference::new("billing-agent"));
    let SessionPlan::Secret(request) = planned(&stored, &signed_in()).unwrap().session else {
        panic!("secret")
    };
    assert_eq!(request.agent.as_deref(), Some("billing-agent"), "a managed secret says whose it is");
}

#[test]
fn another_account_is_never_a_repair() {
    let options = ReconnectOptions { switch_account: true, ..signed_in() };
    let (request, forecast) = oauth(planned(&Grant { needs_reconnect: true, ..grant() }, &options));
    assert!(request.switch_account && request.repair.is_none());
    assert_eq!((request.check(true), forecast), (Ok(()), Forecast::UsuallyKept(id())));
}

#[test]
fn a_row_without_an_id_is_refused_and_a_repair_has_its_alternative() {
    let nameless = Grant { row: RowId::Unreadable(1), ..grant() };
    assert_eq!(planned(&nameless, &signed_in()), Err(NoReconnect::NoId));
    let plan = instead_of_repair(&grant(), true);
    assert_eq!((plan.repairs(), plan.forecast, plan.owner), (None, Forecast::New, Owner::User));
}
