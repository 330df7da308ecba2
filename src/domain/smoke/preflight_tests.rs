use uuid::Uuid;

use super::*;
use crate::provider::{merge, table};
use crate::{GrantId, JsonText, Moment, Origin, Reference, RowId, Status};

type Edit = fn(&mut Grant);

fn decide(provider: &str, mode: Mode, edit: Edit) -> Result<RequestDraft, Judged> {
    let mut grant = Grant::blank(RowId::Grant(GrantId(Uuid::nil())));
    grant.provider = provider.into();
    edit(&mut grant);
    match preflight(&grant, table(), mode, "2026-01-01T00:00:00Z".parse().unwrap()) {
        Preflight::Decided(judged) => Err(judged),
        Preflight::Ask { draft, .. } => Ok(*draft),
    }
}

fn policy(grant: &mut Grant, text: &str) {
    grant.extra_mut().grant_policy = Some(JsonText(text.into()));
}

#[test]
fn what_the_list_says_needs_no_call() {
    use Verdict as V;
    let cases: [(&str, Mode, Edit, V, &str); 16] = [
        ("github", Mode::Proxy, |grant| grant.status = Status::Revoked, V::Revoked, "according to the list"),
        ("github", Mode::Proxy, |grant| grant.status = Status::Expired, V::Expired, "according to the list"),
        (
            "github",
            Mode::Proxy,
            |grant| grant.grant_expires_at = Some(Moment::new("2025-12-31T00:00:00Z")),
            V::Expired,
            "according to the list",
        ),
        ("github", Mode::Proxy, |grant| grant.row = RowId::Unreadable(7), V::Skipped, "unreadable"),
        ("warehouse-readonly", Mode::Proxy, |_| (), V::NoProbe, "knows nothing of this provider"),
        // If no probe is possible, the list decides.
        (
            "warehouse-readonly",
            Mode::Proxy,
            |grant| grant.needs_reconnect = true,
            V::NeedsReconnect,
            "could not be tested",
        ),
        (
            "zendesk",
            Mode::Proxy,
            |grant| grant.scope_mismatch = true,
            V::MissingScopes,
            "could not be tested",
        ),
        // The API's host depends on the account.
        ("zendesk", Mode::Proxy, |_| (), V::NoProbe, "comes with the grant"),
        (
            "google",
            Mode::Proxy,
            |grant| grant.scopes = ["https://www.googleapis.com/auth/calendar".into()].into(),
            V::NoProbe,
            "the probe needs openid or",
        ),
        (
            "google",
            Mode::Proxy,
            |grant| {
                grant.scopes = ["openid".into(), "x".into()].into();
                grant.extra_mut().scope_constraint = Some(["x".into()].into());
            },
            V::NoProbe,
            "which this grant lacks",
        ),
        (
            "github",
            Mode::Proxy,
            |grant| policy(grant, r#"{"requires_approval":{"methods":["GET"]}}"#),
            V::NeedsApproval,
            "nobody was asked",
        ),
        (
            "github",
            Mode::Proxy,
            |grant| policy(grant, r#"{"requires_approval":{"paths":["/user"]}}"#),
            V::NeedsApproval,
            "nobody was asked",
        ),
        (
            "github",
            Mode::Retrieve,
            |grant| policy(grant, r#"{"restrictions":{"methods":["GET"]}}"#),
            V::NeedsOtherMode,
            "never hands out its credential",
        ),
        (
            "github",
            Mode::Retrieve,
            |grant| grant.parent_grant_id = Some(Reference::new("x")),
            V::NeedsOtherMode,
            "delegated",
        ),
        (
            "github",
            Mode::Retrieve,
            |grant| grant.extra_mut().scope_constraint = Some(["read:user".into()].into()),
            V::NeedsOtherMode,
            "restricted",
        ),
        // The worst problem comes first.
        ("nobody", Mode::Retrieve, |grant| grant.status = Status::Revoked, V::Revoked, "nothing was sent"),
    ];
    for (provider, mode, edit, verdict, why) in cases {
        let judged = decide(provider, mode, edit).expect_err(why);
        assert_eq!(judged.verdict, verdict, "{provider} {why}");
        assert!(judged.why.as_ref().unwrap().as_str().contains(why), "{:?}", judged.why);
    }
}

#[test]
fn whatever_asking_can_answer_is_asked() {
    let cases: [(&str, Mode, Edit); 7] = [
        ("github", Mode::Proxy, |_| ()),
        ("github", Mode::Retrieve, |_| ()),
        ("github", Mode::Proxy, |grant| grant.needs_reconnect = true),
        ("github", Mode::Proxy, |grant| grant.scope_mismatch = true),
        ("github", Mode::Proxy, |grant| grant.status = Status::new("deprovisioned")),
        ("github", Mode::Proxy, |grant| policy(grant, r#"{"requires_approval":{"methods":["POST"]}}"#)),
        ("github", Mode::Proxy, |grant| policy(grant, r#"{"restrictions":{"paths":["/user"]}}"#)),
    ];
    for (provider, mode, edit) in cases {
        let draft = decide(provider, mode, edit).expect("a call");
        assert_eq!((draft.mode, draft.url.as_str()), (mode, "https://api.github.com/user"));
        assert_eq!(draft.reason.as_deref(), Some(REASON));
        assert!(!draft.is_write());
    }
    let own = decide("zendesk", Mode::Proxy, |grant| {
        grant.extra_mut().api_base_url = Origin::parse("https://acme.zendesk.com");
    });
    assert!(own.expect("a call").url.starts_with("https://acme.zendesk.com/"));
    assert!(decide("stripe-production", Mode::Proxy, |_| ()).is_ok(), "the head of a slug is enough");
}

#[test]
fn a_probe_of_ones_own_counts() {
    let own = merge::merge(
        table(),
        "[warehouse-readonly]\nname = \"Warehouse\"\nbase = \"https://warehouse.acme.example\"\nprobe = { path = \"/me\" }\n",
    );
    assert_eq!(own.mistakes, []);
    let mut grant = Grant::blank(RowId::Grant(GrantId(Uuid::nil())));
    grant.provider = "warehouse-readonly".into();
    let now = "2026-01-01T00:00:00Z".parse().unwrap();
    let Preflight::Ask { draft, .. } = preflight(&grant, &own.table, Mode::Proxy, now) else {
        panic!("decided")
    };
    assert_eq!(draft.url, "https://warehouse.acme.example/me");
}
