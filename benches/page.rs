//! How fast a full page of grants becomes rows: `cargo bench --bench page`.

#![allow(missing_docs, clippy::expect_used, reason = "a bench; the macro makes an undocumented function")]

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use grantdeck::protocol::Page;

/// A page of 1,000 OAuth rows of about 780 bytes each.
fn page() -> String {
    let rows: Vec<String> = (0..1000)
        .map(|row| {
            serde_json::json!({
                "grant_kind": "oauth",
                "grant_id": format!("{:08x}-2485-535b-8dd1-9f04e567f3a1", row * 7919),
                "provider_id": (["github", "google", "slack"])[row % 3],
                "scopes": [
                    "https://www.googleapis.com/auth/calendar.readonly",
                    "https://www.googleapis.com/auth/gmail.send",
                    "openid",
                ],
                "account_identifier": format!("user{row}@example.com"),
                "account_display_name": format!("User Number {row}"),
                "api_base_url": null,
                "status": "active",
                "scope_mismatch": false,
                "needs_reconnect": false,
                "expires_at": "2026-01-01T08:00:00Z",
                "grant_expires_at": null,
                "created_at": format!("2025-12-01T00:00:{:02}Z", row % 60),
                "last_used_at": format!("2025-12-0{}T10:00:00Z", 1 + row % 9),
                "principal_type": "user",
                "access_via": "ownership",
                "delegated_at": null,
                "delegated_agent_ids": [],
                "label": "work",
                "credential_id": format!("{row:08x}-58f1-4afa-ae81-d0e1f417a7aa"),
                "grant_policy": null,
                "parent_grant_id": null,
                "depth": 0,
                "delegable": false,
                "scope_constraint": null,
            })
            .to_string()
        })
        .collect();
    let rows = rows.join(",");
    format!("{{\"grants\":[{rows}],\"total\":100000,\"limit\":1000,\"offset\":0,\"has_more\":true}}")
}

fn parse(criterion: &mut Criterion) {
    let text = page();
    let mut group = criterion.benchmark_group("page");
    group.throughput(Throughput::Bytes(text.len() as u64));
    group.bench_function("1000 rows", |bencher| {
        bencher.iter(|| Page::parse(black_box(text.as_bytes())).expect("a page"));
    });
    group.finish();
}

criterion_group!(benches, parse);
criterion_main!(benches);
