use super::*;
use crate::domain::{Reference, RowId, Status};

const NOW: &str = "2026-11-22T10:00:00Z";

fn id(number: u128) -> GrantId {
    GrantId(Uuid::from_u128(number))
}

/// A grant of google, this old in days; `state` is a status, or "ends" for one whose end has passed.
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
            vec![(Stale, vec![4]), (Stale, vec![4]), (Superseded, vec![4]), (Alive, vec![])],
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
            vec![(Stale, vec![2, 3]), (Alive, vec![]), (Alive, vec![])],
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
