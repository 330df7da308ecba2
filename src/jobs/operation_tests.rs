//! Operations of the sandbox's providers and of backends that lie, through the real client.

use std::sync::atomic::{AtomicU64, Ordering};

use jiff::Timestamp;
use pretty_assertions::assert_eq;
use secrecy::ExposeSecret as _;
use serde_json::{Value, json};

use super::*;
use crate::api::Settings;
use crate::domain::operation::{Place, missing_scopes};
use crate::domain::{GrantId, RowId};
use crate::protocol::BaseUrl;
use crate::sandbox::{self, Options};

fn now() -> Timestamp {
    Timestamp::from_second(1_767_225_600).unwrap()
}

fn client(base_url: &str, key: &str) -> Client {
    let settings = Settings::new(BaseUrl::parse(base_url).unwrap(), key.parse().unwrap(), now);
    Client::new(settings).unwrap()
}

fn grant(kind: GrantKind, provider: &str) -> Grant {
    let id = GrantId::parse("7c1f0a52-0000-4000-8000-000000009e2a").unwrap();
    Grant { kind, provider: Arc::from(provider), ..Grant::blank(RowId::Grant(id)) }
}

#[tokio::test]
async fn every_operation_of_the_sandbox_has_a_form_and_a_body() {
    let options = Options { grants: 5, ..Options::default() };
    let running = sandbox::start(&options, ([127, 0, 0, 1], 0).into(), Arc::new(now)).await.unwrap();
    let client = client(running.base_url(), running.app_key().expose_secret());
    let specs = client.specs(None).await.unwrap();
    let (mut bodies, mut scoped, mut chosen) = (0, 0, 0);
    for spec in &specs {
        let kind = if spec.provider_kind == "managed" { GrantKind::ManagedSecret } else { GrantKind::Oauth };
        let rows = operations(&client, &kind, &spec.provider_id, None).await.unwrap();
        assert_eq!(rows.len() as i64, spec.operation_count, "{}", spec.provider_id);
        let mut grant = grant(kind, &spec.provider_id);
        grant.extra_mut().api_base_url = Origin::parse("https://tenant.example");
        grant.scopes = Arc::from([Arc::from("nothing.that.exists")]);
        for row in rows {
            let found = details(&client, &grant, &row.id).await.unwrap();
            assert_eq!(found.summary, row);
            assert_eq!(found.url, format!("https://tenant.example{}", row.path));
            let places: Vec<&str> = crate::domain::template::places(&found.url, &[]);
            let of_path = found.parameters.iter().filter(|one| one.place == Place::Path);
            assert_eq!(of_path.map(|one| one.name.as_str()).collect::<Vec<_>>(), places, "{}", row.id);
            assert!(!found.url.replace(['{', '}'], "").contains(' '));
            if let Some(body) = &found.body {
                bodies += 1;
                assert!(serde_json::from_str::<Value>(&body.text).unwrap().is_object(), "{}", row.id);
                assert!(body.notes.iter().all(|note| !note.contains("not part of")), "{:?}", body.notes);
                chosen += usize::from(body.notes.iter().any(|note| note.contains("one of")));
            }
            scoped += usize::from(!row.scopes.is_empty());
            let lacks = missing_scopes(&row.scopes, &grant);
            assert_eq!(lacks.len(), if grant.kind == GrantKind::Oauth { row.scopes.len() } else { 0 });
        }
    }
    assert!(specs.len() >= 12 && bodies >= 15 && scoped >= 40 && chosen >= 5, "{bodies} {scoped} {chosen}");

    let grant = grant(GrantKind::Oauth, "google");
    let found = details(&client, &grant, "calendar.events.insert").await.unwrap();
    assert_eq!(found.url, "https://www.googleapis.com/calendar/v3/calendars/{calendarId}/events");
    let body = found.body.unwrap();
    let want = json!({
        "summary": "Weekly planning", "start": { "dateTime": "2026-01-31T09:00:00Z" },
        "end": { "dateTime": "2026-01-31T09:00:00Z" },
    });
    assert_eq!(serde_json::from_str::<Value>(&body.text).unwrap(), want);
    let searched = operations(&client, &GrantKind::Oauth, "google", Some("calendar.events")).await.unwrap();
    assert_eq!(searched.len(), 3);

    let known = self::grant(GrantKind::Oauth, "microsoft");
    let found = operation(&client, &known, "me.drive.ListChildren").await.unwrap();
    assert_eq!(
        found,
        ("GET".to_owned(), "https://graph.microsoft.com/v1.0/me/drive/items/{item_id}/children".to_owned())
    );
    for (kind, provider, id) in [
        (GrantKind::Oauth, "nobody", "x"),
        (GrantKind::Oauth, "google", "nothing"),
        (GrantKind::Oauth, "..", "x"),
        (GrantKind::ManagedSecret, "google", "drive.files.list"),
    ] {
        assert!(details(&client, &self::grant(kind, provider), id).await.is_err(), "{provider} {id}");
    }
}

/// A backend whose pages are computed from their offset, and a count of the requests.
async fn backend(page: fn(u64) -> Vec<String>) -> (String, Arc<AtomicU64>) {
    let asked = Arc::new(AtomicU64::new(0));
    let count = Arc::clone(&asked);
    let answer = move |uri: axum::http::Uri| {
        count.fetch_add(1, Ordering::SeqCst);
        let query = uri.query().unwrap_or_default().to_owned();
        let offset = query.split('&').find_map(|pair| pair.strip_prefix("offset=")).unwrap_or("0");
        let ids = page(offset.parse().unwrap());
        let item = |id: &String| json!({ "operation_id": id, "method": "GET", "path_template": "/" });
        let body = json!({
            "items": ids.iter().map(item).collect::<Vec<_>>(), "total": 1, "limit": 500, "offset": 0, "has_more": true,
            "spec": {
                "provider_kind": "oauth", "provider_id": "p", "version": 1, "provenance": "openapi",
                "content_hash": "x", "operation_count": 1, "fetched_at": "", "changed_at": "",
            },
        });
        let kind = [("content-type", "application/json")];
        async move { (kind, body.to_string()) }
    };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let router = axum::Router::new().fallback(answer);
    tokio::spawn(async move { axum::serve(listener, router).await });
    (format!("http://{address}"), asked)
}

#[tokio::test]
async fn a_list_that_never_ends_is_cut() {
    const KEY: &str = "alter_rk_hjw52w67h7kd7qevze2avf_26kyip";
    type Case = (fn(u64) -> Vec<String>, usize, u64);
    let cases: [Case; 4] = [
        // An endless list.
        (|offset| (0..500).map(|at| format!("{}", offset + at)).collect(), MAX_OPERATIONS, 10),
        // The same page again and again.
        (|_| (0..500).map(|at| at.to_string()).collect(), 500, 10),
        // One by one.
        (|offset| vec![offset.to_string()], 20, 20),
        // More announced, but no rows.
        (|_| Vec::new(), 0, 1),
    ];
    for (page, rows, requests) in cases {
        let (base_url, asked) = backend(page).await;
        let found = operations(&client(&base_url, KEY), &GrantKind::Oauth, "p", None).await.unwrap();
        assert_eq!((found.len(), asked.load(Ordering::SeqCst)), (rows, requests));
    }
}
