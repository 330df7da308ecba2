//! What is typed into the search line: any text is taken apart, parts that were put together come apart again, and a
//! query that is said to narrow another one finds nothing that the other one does not.

use std::fmt::Write as _;

use super::choices::Choices;
use crate::domain::column::Order;
use crate::domain::{Grant, GrantId, GrantKind, Now, RowId, ServerFilter, Status};
use crate::search::query::{Facet, Want, Word};
use crate::search::{Plan, Query, Rows, run, run_within};

const FACETS: &[&str] = &[
    "provider",
    "provider_id",
    "account",
    "label",
    "status",
    "health",
    "kind",
    "principal",
    "access",
    "scope",
    "policy",
    "id",
    "Label",
    "HEALTH",
    "helth",
    "x",
    "https",
    "chat",
];

const VALUES: &[&str] = &[
    "google",
    "goo",
    "slack,google",
    "acme",
    "a",
    "",
    "broken",
    "expired",
    "ok",
    "brokn",
    "secret",
    "oauth",
    "active",
    "user",
    "2a60",
    "2a60b3ed-2485",
    "zz",
    "calendar",
    "approval",
    "é",
    "a:b",
    "//a",
    ",",
    "a,,b",
    "-",
    "OK,revoked",
    "0123456789abcdef0123456789abcdef0",
];

const SIGNS: &[&str] =
    &["\"", ":", "-", " ", ",", "\u{a0}", "\t", "--", "é", "\u{202e}", "health:", "id:", "2a60", "a", "A"];

/// Texts of which it is plain what they mean.
const PLAIN: &[&str] = &["google", "acme", "two words", "é東", "a-b", "x,y", "Upper"];

/// See the module.
pub fn query(data: &[u8]) -> bool {
    let mut choices = Choices::new(data);
    let text = line(&mut choices);
    let query = Query::parse(&text);
    assert_eq!(query.text, text);
    assert!(query.narrows(&query), "{text:?}");
    assert!(query.words.iter().all(|word| !word.text.is_empty()), "{text:?}");
    for mistake in query.mistakes.iter().chain(&query.unknown_filters) {
        assert!(text.contains(mistake.part.as_str()) || text.contains(','), "{mistake} of {text:?}");
        if let Some(suggestion) = &mistake.suggestion {
            assert!(!Query::parse(suggestion).mistakes.contains(mistake), "{suggestion} for {text:?}");
        }
    }
    round(&mut choices);
    let next = if choices.one_in(2) { format!("{text}{}", line(&mut choices)) } else { line(&mut choices) };
    narrows(&query, &Query::parse(&next));
    !query.is_empty()
}

fn line(choices: &mut Choices<'_>) -> String {
    let mut out = String::new();
    for _ in 0..choices.below(6) {
        if choices.one_in(8) {
            out.push_str(&String::from_utf8_lossy(choices.bytes(6)));
        }
        if choices.one_in(4) {
            out.push_str(choices.pick(SIGNS));
        }
        out.push_str(choices.pick(&["", "", "-"]));
        if choices.one_in(2) {
            out.push_str(choices.pick(FACETS));
            out.push(':');
        }
        let quote = choices.pick(&["", "", "\""]);
        out.push_str(quote);
        out.push_str(choices.pick(VALUES));
        out.push_str(quote);
        out.push_str(choices.pick(&[" ", " ", "  ", ""]));
    }
    out
}

/// Parts that are written out come apart as the same parts.
fn round(choices: &mut Choices<'_>) {
    let (mut text, mut words, mut facets) = (String::new(), Vec::new(), Vec::new());
    for _ in 0..choices.below(8) {
        let value = choices.pick(PLAIN);
        let is_quoted = value.contains(' ') || choices.one_in(2);
        let negated = choices.one_in(3);
        let quote = if is_quoted { "\"" } else { "" };
        let sign = if negated { "-" } else { "" };
        let lower = value.to_lowercase();
        let values =
            || if is_quoted { vec![lower.clone()] } else { lower.split(',').map(str::to_owned).collect() };
        let (name, want) = match choices.below(6) {
            0 => ("label", Some(Want::Label(values()))),
            1 => ("account", Some(Want::Account(values()))),
            2 => ("provider", Some(Want::Provider(values()))),
            3 => ("scope", Some(Want::Scope(values()))),
            _ => ("", None),
        };
        match want {
            Some(want) => facets.push(Facet { negated, want }),
            None => words.push(Word { text: value.to_owned(), negated, whole: is_quoted }),
        }
        let colon = if name.is_empty() { "" } else { ":" };
        // Writing to a text cannot fail.
        let _ = write!(text, "{sign}{name}{colon}{quote}{value}{quote} ");
    }
    let read = Query::parse(&text);
    assert_eq!((&read.words, &read.facets), (&words, &facets), "{text:?}");
    assert_eq!(read.mistakes, [], "{text:?}");
}

/// What is found is the same whether all rows are looked at or only those that a wider query found.
fn narrows(last: &Query, next: &Query) {
    let rows = rows();
    let found = |query: &Query| {
        let plan = plan(&rows, query);
        let found = run(&plan, &|| false, &mut |_| ());
        let mut shown: Vec<u32> = found
            .iter()
            .flat_map(|found| (0..found.len(rows.len())).filter_map(|place| found.at(place)))
            .collect();
        shown.sort_unstable();
        shown
    };
    let (wide, all) = (found(last), found(next));
    if !next.narrows(last) {
        return;
    }
    assert!(all.iter().all(|row| wide.contains(row)), "{:?} does not narrow {:?}", next.text, last.text);
    if next.is_empty() {
        return;
    }
    let within = run_within(&plan(&rows, next), &wide, &|| false, &mut |_| ());
    let mut within: Vec<u32> =
        within.and_then(|found| found.order).map(|order| order.to_vec()).unwrap_or_default();
    within.sort_unstable();
    assert_eq!(within, all, "{:?} within {:?}", next.text, last.text);
}

fn plan(rows: &Rows, query: &Query) -> Plan {
    Plan {
        rows: rows.snapshot(),
        server: ServerFilter::default(),
        kind: None,
        health: None,
        query: query.clone(),
        order: Order::AsSent,
        tree: false,
        now: Now { millis: 0, wall: jiff::Timestamp::UNIX_EPOCH },
    }
}

fn rows() -> Rows {
    let mut rows = Rows::default();
    let names = [
        (0x2a60_u128, "google", "work@acme.com", ""),
        (0x2b61, "slack", "acme-hq", "two words"),
        (0x3c62, "github", "octo-acme", "Upper"),
        (0x4d63, "stripe-production", "", "é東"),
        (0x2a6f, "google", "Zoë@example.com", "a-b"),
    ];
    for (at, (id, provider, account, label)) in names.into_iter().enumerate() {
        let mut grant = Grant::blank(RowId::Grant(GrantId(uuid::Uuid::from_u128(id << 112))));
        grant.provider = provider.into();
        grant.account_identifier = (!account.is_empty()).then(|| account.into());
        grant.label = (!label.is_empty()).then(|| label.into());
        grant.scopes = vec!["openid".into(), "https://www.googleapis.com/auth/calendar".into()].into();
        grant.status = if at == 2 { Status::Revoked } else { Status::Active };
        grant.scope_mismatch = at == 1;
        grant.kind = if at == 3 { GrantKind::ManagedSecret } else { GrantKind::Oauth };
        rows.put(grant);
    }
    rows
}
