//! The grants that play in the pictures.

use std::sync::Arc;

use grantdeck::domain::grant::{JsonText, ManagedSecret, Oddity};
use grantdeck::domain::{
    AccessVia, Agent, Catalog, CatalogProvider, CatalogScope, Grant, GrantId, GrantKind, Moment,
    PrincipalType, Reference, RowId, Status,
};
use uuid::Uuid;

/// The id of the nth grant.
pub(crate) fn id(n: u128) -> GrantId {
    GrantId(Uuid::from_u128(0x7c1f_0a52_4d11_4e0b_9a3e_0000_0000_0000 + n))
}

/// An OAuth grant that is well.
pub(crate) fn oauth(n: u128, provider: &str, account: &str) -> Grant {
    let mut grant = Grant::blank(RowId::Grant(id(n)));
    grant.provider = provider.into();
    grant.account_identifier = Some(account.into());
    grant.created_at = Some(Moment::new("2026-07-01T08:00:00Z"));
    grant.last_used_at = Some(Moment::new("2026-11-22T11:58:00Z"));
    grant.expires_at = Some(Moment::new("2026-11-22T12:43:00Z"));
    grant.credential_id = Some(Reference::new(&format!("credential-{n}")));
    grant
}

fn scopes(list: &[&str]) -> Arc<[Arc<str>]> {
    list.iter().map(|scope| Arc::from(*scope)).collect()
}

/// One of each kind that a person meets.
pub(crate) fn company() -> Vec<Grant> {
    let mut google = oauth(1, "google", "work@acme.com");
    google.account_display_name = Some("Acme Work".into());
    google.grant_expires_at = Some(Moment::new("2026-12-04T12:30:00Z"));
    google.scopes = scopes(&["https://www.googleapis.com/auth/calendar.readonly", "openid", "email"]);
    google.scope_mismatch = true;
    google.label = Some("calendar".into());
    google.delegable = true;
    google.extra_mut().delegated_agent_ids = vec![Reference::new("agent-1")];
    let mut child = oauth(2, "google", "work@acme.com");
    child.parent_grant_id = Some(Reference::Id(id(1).0));
    child.depth = 1;
    child.principal_type = PrincipalType::Agent;
    child.credential_id.clone_from(&google.credential_id);
    child.extra_mut().scope_constraint = Some(scopes(&["openid"]));
    let mut slack = oauth(3, "slack", "acme-hq");
    slack.needs_reconnect = true;
    slack.scopes = scopes(&["chat:write", "channels:read"]);
    let mut github = oauth(4, "github", "octo-acme");
    github.status = Status::Expired;
    github.grant_expires_at = Some(Moment::new("2026-11-02T00:00:00Z"));
    github.last_used_at = None;
    let mut stripe = Grant::blank(RowId::Grant(id(5)));
    stripe.kind = GrantKind::ManagedSecret;
    stripe.provider = "stripe-production".into();
    stripe.principal_type = PrincipalType::System;
    stripe.created_at = Some(Moment::new("2025-12-01T00:00:00Z"));
    stripe.secret = Some(Box::new(ManagedSecret {
        id: "9a452d72-5dbc-5665-8479-5d5233a1ea9c".into(),
        name: "Stripe production".into(),
        credential_kind: Some("developer".into()),
        credential_label: Some("main".into()),
        agent_id: None,
    }));
    stripe.extra_mut().grant_policy =
        Some(JsonText(r#"{"restrictions":{"allowed_methods":["GET"]},"requires_approval":true}"#.into()));
    let mut tanaka = oauth(6, "notion", "田中 太郎");
    tanaka.grant_expires_at = Some(Moment::new("2026-11-25T12:00:00Z"));
    let mut gone = oauth(7, "linear", "dana@acme.com");
    gone.status = Status::Revoked;
    let mut odd = oauth(8, "figma", "design@acme.com");
    odd.status = Status::new("deprovisioned");
    odd.access_via = AccessVia::new("telepathy");
    odd.extra_mut().unknown_fields = vec![("risk_score".into(), JsonText("0.7".into()))];
    odd.extra_mut().oddities =
        vec![Oddity { field: "scopes".into(), problem: "expected a list of texts, found null".into() }];
    vec![google, child, slack, github, stripe, tanaka, gone, odd]
}

/// Names that try to be more than names.
pub(crate) fn hostile() -> Vec<Grant> {
    let names = [
        "\u{1b}]52;c;aGFja2Vk\u{7}clipboard",
        "\u{1b}[2J\u{1b}[1;1Hwiped",
        "admin\u{202e}moc.elgoog@",
        "pay\u{200b}pal@acme.com",
        "line\nbreak\rreturn\ttab",
        "👨\u{200d}👩\u{200d}👧 family 日本語日本語日本語日本語日本語日本語日本語",
        "Z̸̡̢̛͙̯̱̝̺̎̈́̓̄͗a̷l̶g̴o̵",
        &"long".repeat(60),
        "",
    ];
    let hostile = |(n, name): (usize, &&str)| {
        let mut grant = oauth(100 + n as u128, "evil\u{1b}[31m", name);
        grant.label = Some(Arc::from("\u{202e}label\u{7f}"));
        grant.status = Status::new("act\u{1b}ive");
        grant.scopes = scopes(&["scope\u{1b}]0;title\u{7}"]);
        grant
    };
    names.iter().enumerate().map(hostile).collect()
}

/// Many plain grants.
pub(crate) fn crowd(count: u128) -> Vec<Grant> {
    let providers = ["google", "slack", "github", "microsoft", "notion"];
    (0..count)
        .map(|n| {
            let provider = providers[(n * n) as usize % providers.len()];
            let mut grant = oauth(1_000 + n, provider, &format!("person{n:05}@acme.com"));
            grant.needs_reconnect = n % 17 == 3;
            grant
        })
        .collect()
}

/// What the scopes mean.
pub(crate) fn catalog() -> Catalog {
    let scope = |description: &str, required: bool| CatalogScope {
        description: description.into(),
        required,
        requires: Vec::new(),
    };
    let mut google = CatalogProvider { display_name: "Google".into(), ..CatalogProvider::default() };
    for (name, words, required) in [
        (
            "https://www.googleapis.com/auth/calendar.readonly",
            "See your calendars and the events on them",
            false,
        ),
        ("https://www.googleapis.com/auth/gmail.send", "Send e-mail on your behalf", true),
        ("openid", "Know who you are", false),
    ] {
        google.scopes.insert(name.into(), scope(words, required));
    }
    let mut catalog = Catalog::default();
    catalog.providers.insert("google".into(), google);
    catalog.providers.insert(
        "dropbox".into(),
        CatalogProvider { display_name: "Dropbox".into(), ..CatalogProvider::default() },
    );
    catalog
}

/// Who may be delegated to.
pub(crate) fn agents() -> Vec<Agent> {
    vec![Agent {
        id: "agent-1".into(),
        name: "scheduler".into(),
        display_name: Some("Scheduler".into()),
        status: "active".into(),
    }]
}
