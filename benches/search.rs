//! Searching 100,000 grants: `cargo bench --bench search`. The bar: a whole answer within 250 ms.
#![allow(missing_docs, reason = "criterion's macros make items without docs")]

use std::hint::black_box;
use std::sync::Arc;

use criterion::{Criterion, criterion_group, criterion_main};
use grantdeck::domain::column::Order;
use grantdeck::domain::{Column, Grant, GrantId, Moment, Now, Reference, RowId, ServerFilter};
use grantdeck::search::{Plan, Query, Rows, run};
use jiff::Timestamp;
use uuid::Uuid;

const ROWS: usize = 100_000;
const PROVIDERS: [&str; 8] =
    ["google", "slack", "github", "stripe-production", "notion", "salesforce", "microsoft", "hubspot"];
const NAMES: [&str; 10] = [
    "maria",
    "john.smith",
    "wang.wei",
    "o.connor",
    "søren",
    "fatima",
    "ops",
    "billing",
    "google.admin",
    "deploy",
];
const HOSTS: [&str; 6] =
    ["acme.com", "example.org", "globex.co.uk", "initech.io", "goods.example", "müller.example"];

fn rows() -> Rows {
    let mut random = fastrand::Rng::with_seed(1);
    let pick = |random: &mut fastrand::Rng, from: &[&str]| {
        from.get(random.usize(..from.len())).map_or("", |t| *t).to_owned()
    };
    let scopes: Vec<Arc<[Arc<str>]>> = (0..200)
        .map(|set| {
            (0..6).map(|n| Arc::from(format!("https://www.googleapis.com/auth/scope{set}.{n}"))).collect()
        })
        .collect();
    let providers: Vec<Arc<str>> = PROVIDERS.iter().map(|id| Arc::from(*id)).collect();
    let mut rows = Rows::default();
    let mut parent = Uuid::nil();
    for number in 0..ROWS {
        let id = Uuid::from_u128(random.u128(..));
        let mut grant = Grant::blank(RowId::Grant(GrantId(id)));
        grant.provider = providers.get(random.usize(..providers.len())).cloned().unwrap_or(grant.provider);
        let (name, host) = (pick(&mut random, &NAMES), pick(&mut random, &HOSTS));
        grant.account_identifier = Some(format!("{name}+{number}@{host}").into());
        grant.account_display_name = Some(format!("{name} of {host} {number}").into());
        grant.label = random.bool().then(|| "production".into());
        grant.scopes = scopes.get(random.usize(..scopes.len())).cloned().unwrap_or(grant.scopes);
        grant.last_used_at =
            Timestamp::from_second(1_700_000_000 + random.i64(..90_000_000)).ok().map(Moment::At);
        grant.parent_grant_id = (number % 4 == 3).then_some(Reference::Id(parent));
        parent = id;
        rows.put(grant);
    }
    rows
}

fn search(criterion: &mut Criterion) {
    let rows = rows().snapshot();
    let by = |column| Order::By { column, descending: true };
    let cases = [
        ("one_character", "g", Order::AsSent, false),
        ("worst_fuzzy", "goo", Order::AsSent, false),
        ("long_fuzzy", "google", Order::AsSent, false),
        ("two_words", "goo mar", Order::AsSent, false),
        ("selective", "wangwei4242", Order::AsSent, false),
        ("no_hit", "qqqq", Order::AsSent, false),
        ("id_prefix", "2a60", Order::AsSent, false),
        ("facets", "provider:google -label:prod health:ok", Order::AsSent, false),
        ("scope", "scope:scope17", Order::AsSent, false),
        ("sort_by_account", "", by(Column::Account), false),
        ("sort_by_used", "", by(Column::Used), false),
        ("tree", "", Order::AsSent, true),
    ];
    for (name, query, order, tree) in cases {
        let plan = Plan {
            rows: rows.clone(),
            server: ServerFilter::default(),
            kind: None,
            health: None,
            query: Query::parse(query),
            order,
            tree,
            now: Now { millis: 0, wall: Timestamp::UNIX_EPOCH },
        };
        criterion.bench_function(&format!("search_100k/{name}"), |bencher| {
            bencher.iter(|| black_box(run(&plan, &|| false, &mut |_| ())));
        });
    }
}

criterion_group! {
    name = benches;
    config = Criterion::default().sample_size(20);
    targets = search
}
criterion_main!(benches);
