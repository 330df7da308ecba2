//! Complete searches over small lists, and properties of any search.

use std::cell::Cell;
use std::collections::HashSet;
use std::sync::Arc;

use proptest::prelude::*;
use strum::IntoEnumIterator;
use uuid::Uuid;

use super::*;
use crate::domain::column::Order;
use crate::domain::{
    Column, Grant, GrantId, GrantKind, HealthGroup, JsonText, ManagedSecret, Moment, Now, Reference, RowId,
    ServerFilter, Status,
};

fn now() -> Now {
    Now { millis: 0, wall: "2026-11-22T10:00:00Z".parse().unwrap() }
}

fn row(id: u128, provider: &str, account: &str) -> Grant {
    let mut grant = Grant::blank(RowId::Grant(GrantId(Uuid::from_u128(id))));
    grant.provider = provider.into();
    grant.account_identifier = (!account.is_empty()).then(|| account.into());
    grant
}

fn plan(rows: Vec<Grant>, query: &str) -> Plan {
    let mut all = Rows::default();
    for grant in rows {
        all.put(grant);
    }
    Plan {
        rows: all.snapshot(),
        server: ServerFilter::default(),
        kind: None,
        health: None,
        query: Query::parse(query),
        order: Order::AsSent,
        tree: false,
        now: now(),
    }
}

fn answer(plan: &Plan) -> Found {
    run(plan, &|| false, &mut |_| ()).unwrap()
}

fn shown(plan: &Plan) -> Vec<u32> {
    let found = answer(plan);
    (0..found.len(plan.rows.len())).map(|place| found.at(place).unwrap()).collect()
}

fn some_rows() -> Vec<Grant> {
    let mut rows = vec![
        row(0x2a60 << 112, "google", "work@acme.com"),
        row(0x2b61 << 112, "slack", "acme-hq"),
        row(0x3c62 << 112, "github", "octo-acme"),
        row(0x4d63 << 112, "stripe-production", ""),
        row(0x5e64 << 112, "google", "Zoë@example.com"),
    ];
    rows[0].scopes = vec![Arc::from("https://www.googleapis.com/auth/calendar.readonly")].into();
    rows[1].scope_mismatch = true;
    rows[1].label = Some("Test".into());
    rows[2].status = Status::Revoked;
    rows[3].kind = GrantKind::ManagedSecret;
    rows[3].secret =
        Some(Box::new(ManagedSecret { name: "Acme production".into(), ..ManagedSecret::default() }));
    rows[4].label = Some("later".into());
    let policy = |text: &str| Some(JsonText(text.into()));
    rows[0].extra_mut().grant_policy = policy(r#"{"max_ttl_seconds":9,"requires_approval":null}"#);
    rows[3].extra_mut().grant_policy = policy(r#"{"requires_approval":true}"#);
    rows
}

#[test]
fn queries_find_what_they_say() {
    let cases: [(&str, &[u32]); 27] = [
        ("", &[0, 1, 2, 3, 4]),
        ("provider:google", &[0, 4]),
        ("provider:stripe,slack", &[1, 3]),
        ("-provider:google", &[1, 2, 3]),
        ("account:ACME", &[0, 1, 2, 3]),
        ("label:test", &[1]),
        ("-label:test", &[0, 2, 3, 4]),
        ("status:rev", &[2]),
        ("kind:secret", &[3]),
        ("kind:oauth -health:ok", &[1, 2]),
        ("health:missing_scopes", &[1]),
        ("health:revoked,scopes", &[1, 2]),
        ("principal:user access:own", &[0, 1, 2, 3, 4]),
        ("scope:CALENDAR", &[0]),
        ("policy:approval", &[3]),
        ("-policy:Requires policy:ttl", &[0]),
        ("calendar", &[0]),
        ("-scope:calendar provider:google", &[4]),
        ("id:2", &[0, 1]),
        ("2a60", &[0]),
        ("5e640000-0000", &[4]),
        ("octo", &[2, 3]), // prOduCTiOn
        ("googlework", &[]),
        ("zoe", &[4]),
        ("Zoe", &[4]),
        ("prod -acme", &[]),
        ("provider:nobody", &[]),
    ];
    for (query, want) in cases {
        let mut found = shown(&plan(some_rows(), query));
        found.sort_unstable();
        assert_eq!(found, want, "{query}");
    }
    assert_eq!(answer(&plan(some_rows(), "")), Found::default());
    assert_eq!(answer(&plan(some_rows(), "health:")), Found::default(), "still being typed");
    for nowhere in ["provder:x", "health:nosuch", "id:xyz"] {
        assert_eq!(
            shown(&plan(some_rows(), nowhere)),
            [] as [u32; 0],
            "{nowhere}: showing all would be a lie"
        );
    }
}

#[test]
fn letters_may_be_left_out_but_not_strewn() {
    let strewn = "marcus.oconnor@mossgate.example";
    for (word, account, finds) in [
        ("acme", "work@acme.com", true),
        ("acme", strewn, false),
        ("msgate", strewn, true),
        ("moc", strewn, true),
        ("oconor", strewn, true),
        ("mrcs", strewn, true),
        ("lvogt", "lena.vogt@acme.example", true),
        ("goo", "wang.xiaoming@lumen-robotics.example", false),
        ("bot", "wang.xiaoming@lumen-robotics.example", true),
    ] {
        let found = shown(&plan(vec![row(1, "x", account)], word));
        assert_eq!(!found.is_empty(), finds, "{word} in {account}");
        let shown = Shown { row: RowId::Unreadable(0), account, provider: "x", label: "" };
        let lit = Highlighter::new(&Query::parse(word)).light(&shown);
        assert_eq!(!lit.account.is_empty(), finds, "{word} is lit where it was found, in {account}");
    }
}

#[test]
fn filters_are_applied_with_the_query() {
    let mut plan = plan(some_rows(), "acme");
    plan.kind = Some(GrantKind::Oauth);
    plan.health = HealthGroup::parse("ok");
    assert_eq!(shown(&plan), [0]);
    plan.health = None;
    plan.server.provider = Some("slack".into());
    assert_eq!(shown(&plan), [1]);
}

#[test]
fn the_best_match_comes_first_and_ties_fall_to_the_sound_and_the_used() {
    let mut rows =
        vec![row(9, "x", "g-o-o-g"), row(3, "x", "goog"), row(2, "x", "goog"), row(1, "x", "goog")];
    rows[1].status = Status::Revoked;
    rows[3].last_used_at = Some(Moment::new("2026-01-01T00:00:00Z"));
    rows.push(row(0x9009 << 112, "x", "unrelated"));
    assert_eq!(shown(&plan(rows.clone(), "goog")), [3, 2, 1, 0]);
    // An id match beats any name.
    rows.push(row(7, "x", "9009"));
    assert_eq!(shown(&plan(rows, "9009")), [4, 5]);
}

#[test]
fn columns_sort_with_missing_values_last_in_both_directions() {
    let mut rows = vec![row(4, "b", "beta"), row(3, "a", ""), row(2, "C", "Alpha"), row(1, "c", "alpha")];
    rows[0].last_used_at = Some(Moment::new("2026-01-01T00:00:00Z"));
    rows[2].last_used_at = Some(Moment::new("2025-01-01T00:00:00+00:00"));
    rows[3].last_used_at = Some(Moment::new("not a date"));
    rows[1].depth = -3;
    let cases: [(Column, [u32; 4], [u32; 4]); 5] = [
        (Column::Account, [2, 3, 0, 1], [0, 2, 3, 1]),
        (Column::Provider, [1, 0, 2, 3], [2, 3, 0, 1]),
        (Column::Used, [2, 0, 1, 3], [0, 2, 1, 3]),
        (Column::Id, [3, 2, 1, 0], [0, 1, 2, 3]),
        (Column::Depth, [1, 0, 2, 3], [0, 2, 3, 1]),
    ];
    for (column, up, down) in cases {
        for (descending, want) in [(false, up), (true, down)] {
            let mut plan = plan(rows.clone(), "");
            plan.order = Order::By { column, descending };
            assert_eq!(shown(&plan), want, "{column} descending {descending}");
        }
    }
}

#[test]
fn long_texts_that_begin_alike_are_told_apart() {
    let names = ["the same long beginning b", "the same long beginning a", "the same long be"];
    let mut plan = plan(names.iter().zip(1..).map(|(name, id)| row(id, "x", name)).collect(), "");
    plan.order = Order::By { column: Column::Account, descending: false };
    assert_eq!(shown(&plan), [2, 1, 0]);
}

fn child(id: u128, parent: u128) -> Grant {
    let mut grant = row(id, if id.is_multiple_of(2) { "even" } else { "odd" }, "");
    grant.parent_grant_id = Some(Reference::Id(Uuid::from_u128(parent)));
    grant
}

#[test]
fn children_stand_below_their_nearest_shown_parent() {
    let rows = vec![child(3, 2), row(1, "odd", ""), child(2, 1), child(5, 3), child(4, 99), child(6, 1)];
    let mut plan = plan(rows, "");
    plan.tree = true;
    let found = answer(&plan);
    assert_eq!(found.order.as_deref(), Some(&[1, 2, 0, 3, 5, 4][..]));
    assert_eq!(&*found.depth, [0, 1, 2, 3, 1, 0]);
    // Without 2 (row 2), its child 3 is below 1.
    plan.query = Query::parse("provider:odd");
    let found = answer(&plan);
    assert_eq!(found.order.as_deref(), Some(&[1, 0, 3][..]));
    assert_eq!(&*found.depth, [0, 1, 2]);
}

#[test]
fn circles_of_parents_end() {
    let mut plan = plan(vec![child(1, 2), child(2, 3), child(3, 1), child(4, 4), child(5, 3)], "");
    plan.tree = true;
    let found = answer(&plan);
    let mut seen = found.order.as_deref().unwrap().to_vec();
    seen.sort_unstable();
    assert_eq!(seen, [0, 1, 2, 3, 4]);
    assert_eq!(found.depth.len(), 5);
    plan.query = Query::parse("provider:odd");
    assert_eq!(answer(&plan).len(5), 3);
}

#[test]
fn an_early_answer_comes_once_and_a_cancelled_search_answers_nothing() {
    let rows: Vec<Grant> = (1..5000).map(|id| row(id, "google", &format!("user{id}"))).collect();
    let plan = plan(rows, "goo");
    let mut early = Vec::new();
    let whole = run(&plan, &|| false, &mut |found| early.push(found)).unwrap();
    assert_eq!(early.len(), 1);
    assert!(early[0].len(0) >= run::EARLY_HITS && early[0].len(0) < whole.len(0));
    for looks in 0..6u32 {
        let left = Cell::new(looks);
        let cancelled = || left.replace(left.get().saturating_sub(1)) == 0;
        assert_eq!(run(&plan, &cancelled, &mut |_| ()), None, "after {looks} looks");
    }
}

#[test]
fn matched_characters_are_lit_by_cluster() {
    let id = RowId::Grant(GrantId(Uuid::from_u128(0x2a60 << 112)));
    let light = |query: &str, account: &str| {
        let shown = Shown { row: id, account, provider: "google", label: "main" };
        Highlighter::new(&Query::parse(query)).light(&shown)
    };
    assert_eq!(light("acme", "work@acme.com").account, [5, 6, 7, 8]);
    assert_eq!(
        light("goo main", "x"),
        Lit { provider: vec![0, 1, 2], label: vec![0, 1, 2, 3], ..Lit::default() }
    );
    assert_eq!(light("noe", "e\u{301}x Noe\u{308}l").account, [3, 4, 5]);
    assert_eq!(light("2a60 -goo", "x"), Lit { id: 4, ..Lit::default() });
    assert_eq!(light("id:2a60b", "x").id, 0);
    assert_eq!(light("", "x"), Lit::default());
}

fn any_row() -> impl Strategy<Value = Grant> {
    (0u128..40, "[abgoAÉ é\u{301}0-9]{0,6}", "google|slack|goo", proptest::option::of(0u128..40), 0usize..3)
        .prop_map(|(id, account, provider, parent, state)| {
            let mut grant = row(id << 100, &provider, &account);
            grant.parent_grant_id = parent.map(|parent| Reference::Id(Uuid::from_u128(parent << 100)));
            grant.status = [Status::Active, Status::Expired, Status::Other("odd".into())][state].clone();
            grant.scopes = if state == 0 { [].into() } else { vec![Arc::from("goog.read")].into() };
            grant
        })
}

fn any_query() -> impl Strategy<Value = String> {
    "(-?(goo|a|é|go|0000|provider:go|health:e|id:0|scope:re|account:a|\"a b\"|[a-z]{1,3}:?) ){0,3}"
}

proptest! {
    #[test]
    fn an_answer_is_a_subset_each_row_once(
        rows in proptest::collection::vec(any_row(), 0..60),
        query in any_query(),
        column in 0usize..14,
        descending: bool,
        tree: bool,
    ) {
        let mut plan = plan(rows, &query);
        let count = plan.rows.len();
        let found: HashSet<u32> = shown(&plan).into_iter().collect();
        plan.order = Order::By { column: Column::iter().nth(column).unwrap(), descending };
        plan.tree = tree;
        let sorted = shown(&plan);
        prop_assert!(sorted.iter().all(|row| (*row as usize) < count));
        prop_assert_eq!(sorted.len(), found.len());
        prop_assert_eq!(sorted.into_iter().collect::<HashSet<_>>(), found);
        prop_assert_eq!(answer(&plan).depth.len(), if tree { answer(&plan).len(count) } else { 0 });
    }

    #[test]
    fn a_narrowing_query_needs_the_last_hits_only(
        rows in proptest::collection::vec(any_row(), 0..60),
        query in any_query(),
        more in any_query(),
    ) {
        let last = plan(rows, &query);
        let mut next = last.clone();
        next.query = Query::parse(&format!("{}{more}", query.trim_end()));
        if next.query.narrows(&last.query) {
            let within = shown(&last);
            let narrowed = run_within(&next, &within, &|| false, &mut |_| ()).unwrap();
            let narrowed: Vec<u32> = (0..narrowed.len(0)).map(|place| narrowed.at(place).unwrap()).collect();
            prop_assert_eq!(narrowed, shown(&next));
        }
    }
}

#[test]
fn a_match_that_is_seen_comes_before_one_in_a_name_that_is_not() {
    let mut hidden = row(1, "google", "dana@acme.com");
    hidden.account_display_name = Some("Lumen".into());
    let plan = plan(vec![hidden, row(2, "google", "hello.lumen-robotics@acme.com")], "lumen");
    assert_eq!(shown(&plan), [1, 0]);
}
