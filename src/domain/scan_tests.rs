use super::*;
use crate::{Reference, RowId, Status};

const NOW: &str = "2026-11-22T10:00:00Z";

fn id(number: u128) -> GrantId {
    GrantId(Uuid::from_u128(number))
}

/// A Google grant of this age in days; `state` is a status, or "ends" for one whose end has passed.
fn grant(number: u128, account: &str, label: Option<&str>, age: i64, state: &str) -> Grant {
    let now: Timestamp = NOW.parse().unwrap();
    let ago = |days: i64| Moment::new(&(now - jiff::SignedDuration::from_hours(24 * days)).to_string());
    let mut grant = Grant::blank(RowId::Grant(id(number)));
    grant.provider = "google".into();
    grant.account_identifier = Some(account.into());
    grant.label = label.map(Into::into);
    grant.created_at = Some(ago(age));
    if state == "ends" {
        grant.grant_expires_at = Some(ago(1));
    } else {
        grant.status = Status::new(state);
    }
    grant
}

fn judged(grants: &[Grant]) -> Vec<(Standing, Vec<u128>)> {
    let known = KnownIds::of(grants, NOW.parse().unwrap());
    assert_eq!(known.len(), grants.len());
    let of = |grant: &Grant| {
        let known = known.get(grant.row.grant().unwrap().0).unwrap();
        assert_eq!(known.replacement().is_some(), known.replacements.len() == 1);
        (known.standing, known.replacements.iter().map(|id| id.0.as_u128()).collect())
    };
    grants.iter().map(of).collect()
}

#[test]
fn the_newer_grant_of_an_account_takes_the_place_of_what_is_over() {
    use Standing::{Alive, Stale, Superseded};
    let a = |number, age, state| grant(number, "a", None, age, state);
    let labelled = |number, label, age, state| grant(number, "a", Some(label), age, state);
    let child = |number, age, state| {
        let mut child = a(number, age, state);
        child.parent_grant_id = Some(Reference::new("x"));
        child
    };
    for (what, grants, want) in [
        (
            "each state",
            vec![a(1, 9, "revoked"), a(2, 8, "ends"), a(3, 7, "active"), a(4, 6, "active")],
            vec![(Stale, vec![4, 3]), (Stale, vec![4, 3]), (Superseded, vec![4]), (Alive, vec![])],
        ),
        ("nothing newer", vec![a(1, 9, "revoked")], vec![(Stale, vec![])]),
        (
            "an older one that is alive will do",
            vec![a(1, 1, "expired"), a(2, 9, "active")],
            vec![(Stale, vec![2]), (Alive, vec![])],
        ),
        (
            "another account is nobody's replacement",
            vec![a(1, 9, "revoked"), grant(2, "b", None, 1, "active")],
            vec![(Stale, vec![]), (Alive, vec![])],
        ),
        (
            "siblings live side by side",
            vec![labelled(1, "x", 9, "active"), labelled(2, "y", 1, "active")],
            vec![(Alive, vec![]), (Alive, vec![])],
        ),
        (
            "the one with the same label goes first",
            vec![
                labelled(1, "x", 9, "revoked"),
                labelled(2, "x", 5, "active"),
                labelled(3, "y", 1, "active"),
            ],
            vec![(Stale, vec![2]), (Alive, vec![]), (Alive, vec![])],
        ),
        (
            "somebody has to choose",
            vec![a(1, 9, "revoked"), labelled(2, "x", 5, "active"), labelled(3, "y", 1, "active")],
            vec![(Stale, vec![3, 2]), (Alive, vec![]), (Alive, vec![])],
        ),
        (
            "a delegated grant is no replacement and has none",
            vec![child(1, 9, "revoked"), a(2, 5, "active"), child(3, 1, "active")],
            vec![(Stale, vec![]), (Alive, vec![]), (Alive, vec![])],
        ),
        (
            "what this version does not know replaces nothing",
            vec![a(1, 9, "revoked"), a(2, 1, "deprovisioned")],
            vec![(Stale, vec![]), (Alive, vec![])],
        ),
        (
            "of the same age",
            vec![a(1, 9, "active"), a(2, 9, "active"), a(3, 10, "revoked")],
            vec![(Alive, vec![]), (Alive, vec![]), (Stale, vec![1, 2])],
        ),
    ] {
        assert_eq!(judged(&grants), want, "{what}");
    }
    let mut nameless = [a(1, 9, "revoked"), a(2, 1, "active")];
    for grant in &mut nameless {
        grant.account_identifier = None;
    }
    assert_eq!(judged(&nameless), [(Stale, vec![]), (Alive, vec![])], "no account");
}

/// Evaluates a grant with the label `x` among others: its state, possible replacements, and the successor.
fn beside(old: Grant, others: &[Grant]) -> (Standing, Vec<u128>, Option<u128>) {
    let subject = old.row.grant().unwrap();
    let grants: Vec<Grant> = std::iter::once(old).chain(others.iter().cloned()).collect();
    let known = KnownIds::of(&grants, NOW.parse().unwrap());
    let known = known.get(subject.0).unwrap().clone();
    let number = |id: &GrantId| id.0.as_u128();
    (known.standing, known.replacements.iter().map(number).collect(), known.successor.as_ref().map(number))
}

#[test]
fn of_several_live_grants_under_one_label_none_is_taken_unasked() {
    let x = |number, age, state| grant(number, "a", Some("x"), age, state);
    let (old, older, newer) = (x(1, 9, "revoked"), x(2, 8, "active"), x(3, 7, "active"));
    let alone = beside(old.clone(), std::slice::from_ref(&newer));
    assert_eq!(alone, (Standing::Stale, vec![3], Some(3)));
    let both = [older, newer];
    assert_eq!(
        beside(old.clone(), &both),
        (Standing::Stale, vec![3, 2], None),
        "all are offered, the newer one first"
    );
    let all: Vec<Grant> = std::iter::once(old).chain(both).collect();
    let known = KnownIds::of(&all, NOW.parse().unwrap());
    assert_eq!(known.get(id(1).0).unwrap().obstacle, Some(Obstacle::Several));
}

#[test]
fn nothing_gives_way_to_what_is_in_worse_health() {
    use Standing::{Alive, Stale, Superseded};
    let whole = |number, age| grant(number, "a", Some("x"), age, "active");
    let over = |number, age| grant(number, "a", Some("x"), age, "revoked");
    let cut = |number, age| Grant { needs_reconnect: true, ..whole(number, age) };
    let short = |number, age| Grant { scope_mismatch: true, ..whole(number, age) };
    for (what, old, others, want) in [
        ("a newer one to reconnect", whole(1, 9), vec![cut(2, 1)], (Alive, vec![], None)),
        ("a newer one that lacks scopes", whole(1, 9), vec![short(2, 1)], (Alive, vec![], None)),
        ("what is to be reconnected helps nobody", over(1, 9), vec![cut(2, 1)], (Stale, vec![], None)),
        ("nor one like it", cut(1, 9), vec![cut(2, 1)], (Alive, vec![], None)),
        ("what lacks scopes is offered", over(1, 9), vec![short(2, 1)], (Stale, vec![2], None)),
        ("even beside a sound one", over(1, 9), vec![whole(2, 5), short(3, 1)], (Stale, vec![2, 3], None)),
        (
            "a sound and newer one outdoes it",
            over(1, 9),
            vec![short(2, 5), whole(3, 1)],
            (Stale, vec![3], Some(3)),
        ),
        ("better than it was", cut(1, 9), vec![whole(2, 1)], (Superseded, vec![2], None)),
        ("alike", short(1, 9), vec![short(2, 1)], (Superseded, vec![2], None)),
        ("the sound one between", whole(1, 9), vec![whole(2, 5), short(3, 1)], (Superseded, vec![2], None)),
    ] {
        assert_eq!(beside(old, &others), want, "{what}");
    }
}

#[test]
fn only_what_ended_is_replaced_unasked_and_only_under_its_label() {
    let labelled = |number, label, age, state| grant(number, "a", Some(label), age, state);
    let grants = [
        labelled(1, "x", 9, "revoked"),
        labelled(2, "x", 5, "active"),
        labelled(3, "x", 1, "active"),
        labelled(4, "y", 9, "revoked"),
        grant(5, "b", None, 9, "ends"),
        grant(6, "b", None, 1, "active"),
        grant(7, "b", Some("z"), 9, "revoked"),
    ];
    let known = KnownIds::of(&grants, NOW.parse().unwrap());
    let findings: Vec<Finding> = (1..=7).chain(1..=7).map(|number| finding(&known, number)).collect();
    let repairs = repairs(&findings);
    let pairs: Vec<_> = repairs.pairs.iter().map(|(old, new)| (old.as_u128(), new.as_u128())).collect();
    assert_eq!(pairs, [(5, 6)]);
    let left: Vec<(u128, usize)> = repairs
        .left
        .iter()
        .map(|one| (one.id.as_u128(), one.known.as_ref().unwrap().replacements.len()))
        .collect();
    assert_eq!(
        left,
        [(1, 2), (2, 1), (4, 2), (7, 1)],
        "one of several, superseded, or of another label: offered, not taken"
    );
}

fn finding(known: &KnownIds, number: u128) -> Finding {
    let known = known.get(Uuid::from_u128(number)).unwrap().clone();
    Finding {
        path: "a".into(),
        line: 1,
        column: 1,
        id: Uuid::from_u128(number),
        standing: known.standing,
        name: None,
        context: Clean::default(),
        known: Some(known),
    }
}

#[test]
fn why_nothing_takes_a_place_is_reported() {
    use Obstacle::{
        Delegated, LacksScopes, NoAccount, NoneLive, NoneOfProvider, OnlyDelegated, OtherAccounts, OtherKind,
        OtherLabel, OtherOwner, Several, StillGood,
    };
    let over = || grant(1, "a", Some("x"), 9, "revoked");
    let live = |number, account, label| grant(number, account, Some(label), 1, "active");
    let child = |grant| Grant { parent_grant_id: Some(Reference::new("x")), ..grant };
    let group = Grant { principal_type: crate::PrincipalType::Group, ..live(2, "a", "x") };
    let stored = Grant { kind: crate::GrantKind::ManagedSecret, ..live(2, "a", "x") };
    let cut = Grant { needs_reconnect: true, ..live(2, "a", "x") };
    let short = Grant { scope_mismatch: true, ..live(2, "a", "x") };
    let elsewhere = Grant { provider: "slack".into(), ..live(2, "a", "x") };
    for (old, others, want) in [
        (over(), vec![], Some(NoneOfProvider)),
        (over(), vec![elsewhere], Some(NoneOfProvider)),
        (over(), vec![live(2, "b", "x")], Some(OtherAccounts)),
        (over(), vec![cut], Some(NoneLive)),
        (over(), vec![child(live(2, "a", "x"))], Some(OnlyDelegated)),
        (over(), vec![stored.clone()], Some(OtherKind)),
        (over(), vec![stored, group], Some(OtherOwner)),
        (child(over()), vec![live(2, "a", "x")], Some(Delegated)),
        (Grant { account_identifier: None, ..over() }, vec![live(2, "a", "x")], Some(NoAccount)),
        (over(), vec![live(2, "a", "y")], Some(OtherLabel)),
        (over(), vec![short], Some(LacksScopes)),
        (over(), vec![live(2, "a", "y"), live(3, "a", "z")], Some(Several)),
        (grant(1, "a", Some("x"), 9, "active"), vec![live(2, "a", "x")], Some(StillGood)),
        (over(), vec![live(2, "a", "x")], None),
        (live(1, "a", "x"), vec![live(2, "a", "y")], None),
    ] {
        let grants: Vec<Grant> = std::iter::once(old).chain(others).collect();
        let known = KnownIds::of(&grants, NOW.parse().unwrap());
        let found = known.get(Uuid::from_u128(1)).unwrap();
        assert_eq!(found.obstacle, want, "{grants:?}");
        assert!(found.successor.is_none() || found.obstacle.is_none());
    }
}
