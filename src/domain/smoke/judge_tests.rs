use strum::IntoEnumIterator;
use uuid::Uuid;

use super::*;
use crate::provider::{Table, table};
use crate::smoke::SmokeResult;
use crate::{BodySize, GrantId, Retry, RowId, Who};

fn grant(provider: &str, edit: impl FnOnce(&mut Grant)) -> Grant {
    let mut grant = Grant::blank(RowId::Grant(GrantId(Uuid::nil())));
    grant.provider = provider.into();
    edit(&mut grant);
    grant
}

fn answer(status: u16, body: &str) -> ProviderAnswer {
    ProviderAnswer::new(status, Vec::new(), body)
}

fn now() -> Timestamp {
    "2026-01-01T00:00:00Z".parse().unwrap()
}

fn judged(provider: &str, answer: &ProviderAnswer) -> Judged {
    let probe = table()[provider].probe.as_ref().unwrap();
    of_answer(&grant(provider, |_| ()), probe, answer, None, ReasonDetail::Values, now())
}

#[test]
fn an_answer_is_judged_by_status_and_assertions() {
    use Verdict as V;
    for (provider, status, body, verdict, why) in [
        ("github", 200, r#"{"login":"octo","id":1}"#, V::Works, ""),
        (
            "github",
            200,
            r#"{"message":"hello"}"#,
            V::ProviderRefused,
            "/login is nothing, and must be something",
        ),
        ("github", 200, "<!doctype html><title>Sign in</title>", V::Unclear, "no JSON"),
        ("github", 200, r#"{"login":"oc"#, V::Unclear, "no JSON"),
        ("github", 401, "{}", V::NeedsReconnect, "answered 401"),
        ("github", 403, "{}", V::ProviderRefused, "answered 403"),
        ("github", 404, "{}", V::ProviderRefused, "answered 404; 200 means"),
        ("github", 302, "", V::ProviderRefused, "answered 302"),
        ("github", 429, "{}", V::RateLimited, "answered 429"),
        ("github", 500, "{}", V::ProviderDown, "answered 500"),
        ("github", 503, "not json at all", V::ProviderDown, "answered 503"),
        ("slack", 200, r#"{"ok":true,"team":"acme"}"#, V::Works, ""),
        ("slack", 200, r#"{"ok":false,"error":"token_revoked"}"#, V::NeedsReconnect, "/ok is false"),
        ("slack", 200, r#"{"ok":false,"error":"missing_scope"}"#, V::MissingScopes, "/ok is false"),
        ("slack", 200, r#"{"ok":false,"error":"internal_error"}"#, V::ProviderDown, "/ok is false"),
        ("slack", 200, r#"{"ok":false,"error":"something new"}"#, V::ProviderRefused, "/ok is false"),
        // Other fields do not matter.
        ("slack", 200, r#"{"ok":false,"note":"token_revoked"}"#, V::ProviderRefused, "/ok is false"),
    ] {
        let found = judged(provider, &answer(status, body));
        assert_eq!(found.verdict, verdict, "{provider} {status} {body}");
        assert_eq!(found.provider_status, Some(status));
        assert!(found.why.as_ref().map_or("", Clean::as_str).contains(why), "{:?}", found.why);
        assert_eq!(found.why.is_none(), why.is_empty(), "{:?}", found.why);
    }
}

#[test]
fn a_hint_says_that_the_credential_may_be_fine() {
    let hinted = ProviderAnswer { credential_hint: Some("admin API".into()), ..answer(401, "{}") };
    let found = judged("github", &hinted);
    assert_eq!((found.verdict, found.why.unwrap().as_str()), (Verdict::ProviderRefused, "admin API"));
}

#[test]
fn a_challenge_names_the_scopes() {
    let probe = table()["github"].probe.as_ref().unwrap();
    let refused = answer(403, "{}");
    for (scopes, why) in [
        (&["read:user".to_owned(), "repo".to_owned()][..], "the provider asks for read:user, repo"),
        (&[], "the provider reports missing permissions"),
    ] {
        let found =
            of_answer(&grant("github", |_| ()), probe, &refused, Some(scopes), ReasonDetail::Values, now());
        assert_eq!((found.verdict, found.why.unwrap().as_str()), (Verdict::MissingScopes, why));
    }
}

#[test]
fn half_a_body_and_a_huge_one_prove_nothing() {
    let whole = r#"{"login":"octo"}"#;
    let huge = format!(r#"{{"login":"octo","x":"{}"}}"#, "x".repeat(LARGEST_JUDGED));
    for odd in [
        ProviderAnswer { truncated: true, ..answer(200, whole) },
        ProviderAnswer { cut_here: Some(BodySize::AtLeast(9)), ..answer(200, whole) },
        answer(200, &huge),
    ] {
        assert_eq!(judged("github", &odd).verdict, Verdict::Unclear, "{odd:?}");
    }
    // The largest size that is still evaluated and stored.
    let most = format!("{whole}{}", " ".repeat(LARGEST_JUDGED - whole.len()));
    assert_eq!(judged("github", &answer(200, &most)).verdict, Verdict::Works);
    let probe = table()["github"].probe.as_ref().unwrap();
    assert_eq!(&*kept(probe, &answer(200, &most)).body, br#"{"account":["octo"]}"#);
    // From a truncated answer not even the account is stored, even if it could be read.
    let cut = ProviderAnswer { truncated: true, ..answer(200, whole) };
    assert!(kept(probe, &cut).body.is_empty());
    // For a failure the status is enough.
    let cut = ProviderAnswer { truncated: true, ..answer(401, whole) };
    assert_eq!(judged("github", &cut).verdict, Verdict::NeedsReconnect);
}

#[test]
fn a_refusal_means_what_its_body_says_up_to_the_size_that_is_judged() {
    let whole = r#"{"message":"FORBIDDEN"}"#;
    let most = format!("{whole}{}", " ".repeat(LARGEST_JUDGED - whole.len()));
    assert_eq!(judged("bitly", &answer(403, &most)).verdict, Verdict::NeedsReconnect);
    let plain = judged("bitly", &answer(403, "{}")).verdict;
    assert_ne!(plain, Verdict::NeedsReconnect);
    assert_eq!(judged("bitly", &answer(403, &format!("{most} "))).verdict, plain);
}

type Edit = fn(&mut Grant);

#[test]
fn what_works_may_have_a_caveat() {
    let google = table()["google"].probe.as_ref().unwrap();
    let fine = answer(200, r#"{"sub":"1","email":"ann@acme.example","name":"Ann"}"#);
    let cases: [(Edit, &[&str]); 6] = [
        (|grant| grant.account_identifier = Some("Ann@Acme.example".into()), &[]),
        (
            |grant| grant.account_identifier = Some("bob@acme.example".into()),
            &["it is ann@acme.example, but the list says bob@acme.example"],
        ),
        // An account may have several names: a different one proves nothing.
        (|grant| grant.account_identifier = Some("acme".into()), &[]),
        (|grant| grant.scope_mismatch = true, &["the app needs more permissions than granted"]),
        (
            |grant| grant.grant_expires_at = Some(Moment::new("2026-01-04T00:00:00Z")),
            &["the permission ends at 2026-01-04 00:00 UTC"],
        ),
        (
            |grant| {
                grant.account_identifier = Some("bob@acme.example".into());
                grant.scope_mismatch = true;
            },
            &["it is ann@acme.example", "the app needs more"],
        ),
    ];
    for (edit, caveats) in cases {
        let found = of_answer(&grant("google", edit), google, &fine, None, ReasonDetail::Values, now());
        assert_eq!(found.verdict, if caveats.is_empty() { Verdict::Works } else { Verdict::WorksBut });
        assert_eq!(found.caveats.len(), caveats.len(), "{:?}", found.caveats);
        for (caveat, want) in found.caveats.iter().zip(caveats) {
            assert!(caveat.words().starts_with(want), "{} {want}", caveat.words());
        }
    }
}

#[test]
fn what_to_do_names_the_place_that_was_off() {
    let remedies = |id: &str, edit: Edit, answer: &ProviderAnswer| {
        let grant = grant(id, edit);
        let probe = table()[id].probe.as_ref().unwrap();
        let caveats = of_answer(&grant, probe, answer, None, ReasonDetail::Values, now()).caveats;
        let id = GrantId::parse("00000000-0000-0000-0000-000000000001").unwrap();
        let blank = SmokeResult::blank(&grant, id, Verdict::WorksBut, now());
        SmokeResult { caveats, ..blank }.remedy().into_owned()
    };
    let mail = answer(200, r#"{"sub":"1","email":"ann@acme.example","name":"Ann"}"#);
    let other = remedies("google", |grant| grant.account_identifier = Some("bob@acme.example".into()), &mail);
    assert!(other.starts_with("If the account of /email in the answer is right, reconnect it"), "{other}");
    assert!(!other.contains("acme"), "many have the same remedy: {other}");
    let both = remedies(
        "google",
        |grant| {
            grant.account_identifier = Some("bob@acme.example".into());
            grant.grant_expires_at = Some(Moment::new("2026-01-04T00:00:00Z"));
        },
        &mail,
    );
    assert!(both.contains("the intended account. Connect the account again before"), "{both}");
    let mut wide = answer(200, r#"{"login":"octo"}"#);
    wide.headers.push(("X-OAuth-Scopes".to_owned(), "repo, admin:org".to_owned()));
    let wide = remedies("github", |grant| grant.scopes = ["repo".into()].into(), &wide);
    assert!(wide.contains("X-OAuth-Scopes header") && wide.contains("reconnect"), "{wide}");
}

#[test]
fn a_credential_that_may_do_more_than_the_list_says_is_reported() {
    let github = table()["github"].probe.as_ref().unwrap();
    let reported = |scopes: &str| ProviderAnswer {
        headers: vec![("X-OAuth-Scopes".into(), scopes.into())],
        ..answer(200, r#"{"login":"octo"}"#)
    };
    let holds = |grant: &mut Grant| grant.scopes = ["read:user".into(), "user:email".into()].into();
    for (scopes, beyond) in [
        ("read:user, user:email", &[][..]),
        ("", &[]),
        ("read:user, repo, admin:org", &["repo", "admin:org"]),
        ("read:user, \u{1b}[2Jrepo", &["\u{fffd}[2Jrepo"]),
    ] {
        let found =
            of_answer(&grant("github", holds), github, &reported(scopes), None, ReasonDetail::Values, now());
        let want: Vec<Clean> = beyond.iter().map(|scope| Clean::line(scope)).collect();
        let want = if want.is_empty() { Vec::new() } else { vec![Caveat::ScopesBeyond(want)] };
        assert_eq!(found.caveats, want, "{scopes:?}");
    }
    let found =
        of_answer(&grant("github", |_| ()), github, &reported("repo"), None, ReasonDetail::Values, now());
    assert!(found.caveats.is_empty(), "a list of no scopes says nothing");
}

#[test]
fn no_value_of_an_answer_is_shown_but_the_accounts_and_in_production_none() {
    let probe = table()["slack"].probe.as_ref().unwrap();
    let mut account = probe.clone();
    account.account = vec!["/ok".into()];
    for (body, values, kinds) in [
        (
            r#"{"ok":"ann@acme.example"}"#,
            "/ok is ann@acme.example, and must be true",
            "/ok is a text, and must be true",
        ),
        (r#"{"ok":4711}"#, "/ok is 4711, and must be true", "/ok is a number, and must be true"),
        (
            r#"{"ok":{"name":"Ann"}}"#,
            "/ok is {\"name\":\"Ann\"}, and must be true",
            "/ok is an object, and must be true",
        ),
        (r#"{"ok":["Ann"]}"#, "/ok is [\"Ann\"], and must be true", "/ok is a list, and must be true"),
        // A boolean is not personal.
        (r#"{"ok":false}"#, "/ok is false, and must be true", "/ok is false, and must be true"),
        ("{}", "/ok is nothing, and must be true", "/ok is nothing, and must be true"),
    ] {
        for (probe, detail, why) in [
            (probe, ReasonDetail::Values, kinds),
            (probe, ReasonDetail::Kinds, kinds),
            (&account, ReasonDetail::Values, values),
            (&account, ReasonDetail::Kinds, kinds),
        ] {
            let found = of_answer(&grant("slack", |_| ()), probe, &answer(200, body), None, detail, now());
            assert_eq!(found.why.unwrap().as_str(), why);
        }
    }
}

#[test]
fn nothing_of_a_probes_answer_is_kept_but_who_it_is() {
    let body = r#"{"ok":false,"team":"acme","api_token":"live-1","list":["live-2"]}"#;
    let whole = ProviderAnswer {
        headers: vec![("x-new-key".into(), "live-3".into())],
        credential_hint: Some("live-4".into()),
        ..answer(200, body)
    };
    let probe = table()["slack"].probe.as_ref().unwrap();
    let left = kept(probe, &whole);
    assert_eq!((left.status, &*left.body), (200, &br#"{"account":["acme"]}"#[..]));
    assert_eq!((left.headers, left.credential_hint), (Vec::new(), None));
    for (status, body) in [(401, body), (200, "live-5"), (500, "<html>live-6</html>")] {
        let left = kept(probe, &answer(status, body));
        assert!(!String::from_utf8_lossy(&left.body).contains("live-"), "{status}");
    }
}

#[test]
fn hostile_text_is_cleaned_and_cut() {
    let body = format!(r#"{{"login":null,"x":"{}"}}"#, "y".repeat(5_000));
    assert_eq!(judged("github", &answer(200, &body)).verdict, Verdict::ProviderRefused);
    let reported = Judged::new(Verdict::Unclear).because(&format!("\u{1b}]0;x\u{7}{}", "z".repeat(9_000)));
    let why = reported.why.unwrap();
    assert!(why.as_str().chars().count() <= 301 && !why.as_str().contains('\u{1b}'), "{why}");
    assert!(why.as_str().ends_with('…'), "{why}");
    assert_eq!(Judged::new(Verdict::Unclear).because("short").why.unwrap().as_str(), "short");
}

fn failure(code: Code) -> Diagnosis {
    Diagnosis::new(code, Who::Alter, Retry::No)
}

#[test]
fn a_failure_is_judged_by_its_code() {
    use Verdict as V;
    for (code, want) in [
        (Code::GrantRevoked, Some(V::Revoked)),
        (Code::CredentialRevoked, Some(V::NeedsReconnect)),
        (Code::GrantExpired, Some(V::Expired)),
        (Code::GrantDeleted, Some(V::Gone)),
        (Code::GrantNotFound, Some(V::Gone)),
        (Code::AgentDelegationMissing, Some(V::Gone)),
        (Code::ScopeMismatch, Some(V::MissingScopes)),
        (Code::RestrictedGrantRequiresProxy, Some(V::NeedsOtherMode)),
        (Code::PolicyViolation, Some(V::PolicyDenied)),
        (Code::StepUpRequired, Some(V::PolicyDenied)),
        (Code::BlockedDestination, Some(V::PolicyDenied)),
        (Code::GatewayTimeout, Some(V::AlterFailed)),
        (Code::BadGateway, Some(V::AlterFailed)),
        (Code::ServiceUnavailable, Some(V::AlterFailed)),
        (Code::TokenRefreshInProgress, Some(V::AlterFailed)),
        (Code::RateLimitExceeded, Some(V::RateLimited)),
        (Code::QuotaExceeded, Some(V::RateLimited)),
        (Code::ThrottledOnTheWay, Some(V::RateLimited)),
        (Code::TooManyRequests, Some(V::RateLimited)),
        (Code::TimedOut, Some(V::Network)),
        (Code::NameNotFound, Some(V::Network)),
        (Code::ConnectionLost, Some(V::Network)),
        (Code::ProviderFailed, Some(V::ProviderDown)),
        (Code::ProviderRefused, Some(V::ProviderRefused)),
        (Code::ArgumentRefused, Some(V::Skipped)),
        (Code::MalformedAnswer, Some(V::Unclear)),
        (Code::UnexpectedStatus, Some(V::Unclear)),
        // A problem with the key, not with the grant.
        (Code::InvalidKey, None),
        (Code::KeyRevoked, None),
        (Code::AgentInactive, None),
        (Code::ClockSkew, None),
        (Code::InsufficientScope, None),
    ] {
        assert_eq!(of_failure(&failure(code)).map(|judged| judged.verdict), want, "{code}");
    }
    for (reason, want) in [("upstream_timeout", V::ProviderDown), ("gateway_timeout", V::AlterFailed)] {
        let slow = failure(Code::GatewayTimeout).fact("timeout_reason", reason);
        assert_eq!(of_failure(&slow).unwrap().verdict, want);
    }
}

#[test]
fn no_failure_is_a_success() {
    for code in Code::iter() {
        let Some(judged) = of_failure(&failure(code)) else { continue };
        assert!(!matches!(judged.verdict, Verdict::Works | Verdict::WorksBut | Verdict::NoProbe), "{code}");
        assert!(judged.why.is_some() && judged.code == Some(code));
    }
}

#[test]
fn what_the_other_side_says_stands_in_the_reason_and_decides_nothing() {
    let said = failure(Code::PolicyViolation).said("grant_revoked: this grant was revoked");
    let judged = of_failure(&said).unwrap();
    assert_eq!(judged.verdict, Verdict::PolicyDenied);
    assert!(judged.why.unwrap().as_str().ends_with("grant_revoked: this grant was revoked"));
    let twice = failure(Code::GrantDeleted).said("this grant is gone!");
    assert_eq!(of_failure(&twice).unwrap().why.unwrap().as_str(), "This grant is gone");
    let empty = failure(Code::GrantDeleted).fact("detail", "");
    assert_eq!(of_failure(&empty).unwrap().why.unwrap().as_str(), "This grant is gone");
    let named = failure(Code::ScopeMismatch).fact("missing", "chat:write").said("no");
    assert!(of_failure(&named).unwrap().why.unwrap().as_str().ends_with(": chat:write"));
}

#[test]
fn what_the_table_says_of_refusals_is_never_that_they_work() {
    let means = |table: &Table| -> Vec<Verdict> {
        let probes = table.values().filter_map(|row| row.probe.as_ref());
        probes.flat_map(|probe| probe.means.iter().map(|meaning| meaning.verdict)).collect()
    };
    let all = means(table());
    assert!(!all.is_empty());
    assert!(all.iter().all(|verdict| verdict.standing() != crate::smoke::Standing::Fine));
}
