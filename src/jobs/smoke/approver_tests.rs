//! Calls that need approval: how many are sent, and that none is sent twice.

use std::collections::BTreeMap;

use uuid::Uuid;

use super::scripted::*;
use super::*;
use crate::domain::{ApprovalId, Code, GrantId, Retry, Who};
use crate::smoke::source::Ended;
use crate::store::history::HeldCall;

fn at_once(concurrency: usize, grants: Vec<Grant>) -> SmokeRequest {
    SmokeRequest { limits: Limits { concurrency, ..Limits::default() }, ..SmokeRequest::new(grants) }
}

/// Number of held calls per provider.
fn held(found: &Ran) -> BTreeMap<String, usize> {
    let mut held = BTreeMap::new();
    for result in found.verdicts().iter().filter(|result| result.verdict == Verdict::NeedsApproval) {
        *held.entry(result.provider.to_string()).or_default() += 1;
    }
    held
}

#[tokio::test(start_paused = true)]
async fn no_more_calls_are_held_than_promised_at_any_concurrency() {
    for concurrency in [1, 2, 3, 8, 32, 64] {
        for every in [1, 2, 3, 7] {
            let what = format!("{concurrency} at once, every {every}.");
            let source = Scripted::new(
                move |asked: &Asked| {
                    if asked.grant.is_multiple_of(every) { Ended::Held } else { fine() }
                },
            );
            let found = ran(&source, at_once(concurrency, grants(600))).await;
            let held = held(&found);
            assert!(held.values().all(|count| *count == 2), "{what}: {held:?}");
            assert_eq!(held.len(), if every == 3 { 1 } else { 3 }, "{what}");
            assert_eq!(found.verdicts().len(), 600, "{what}");
            let (skipped, works) = (found.count(Verdict::Skipped), found.count(Verdict::Works));
            assert_eq!(skipped + works, 600 - 2 * held.len() as u32, "{what}");
            // A provider whose calls are not held is tested completely.
            assert!(every != 3 || works >= 400, "{what}: {works}");
            let why = |result: &&&SmokeResult| result.reason().contains("ask an approver");
            let reported = found.verdicts();
            assert_eq!(reported.iter().filter(why).count(), skipped as usize, "{what}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn held_calls_of_some_providers_end_no_run() {
    // 30 of 40 providers hold every call.
    let source = Scripted::new(|asked: &Asked| if asked.grant % 40 < 30 { Ended::Held } else { fine() });
    let found = ran(&source, at_once(64, grants_of(2_000, 40))).await;
    assert_eq!(found.count(Verdict::NeedsApproval), 60);
    assert_eq!((found.count(Verdict::Works), found.count(Verdict::Skipped)), (500, 1_440));
    assert_eq!(source.calls().len(), 560, "who is not asked costs no call");
}

/// The calls of these grants of GitHub, held by an earlier run.
fn earlier(grants: &[u128]) -> RunHistory {
    let call = |number: u128| HeldCall {
        approval: ApprovalId(Uuid::from_u128(number)),
        grant: GrantId(Uuid::from_u128(number)),
        method: "GET".to_owned(),
        url: "https://api.github.com/user".to_owned(),
    };
    RunHistory::remembering(grants.iter().copied().map(call).collect())
}

fn of(found: &Ran, grant: u128) -> (Verdict, String) {
    let verdicts = found.verdicts();
    let result = verdicts.iter().find(|result| result.grant.0.as_u128() == grant).unwrap();
    (result.verdict, result.reason())
}

fn is_sent(source: &Scripted, grant: u128) -> bool {
    source.calls().iter().any(|(_, sent)| *sent == grant)
}

#[tokio::test(start_paused = true)]
async fn nobody_is_asked_again_while_an_approval_is_open() {
    for concurrency in [1, 8, 64] {
        let source = Scripted::new(|_| fine());
        let cancel = CancellationToken::new();
        let found = ran_with(&source, at_once(concurrency, grants(30)), earlier(&[0, 3]), cancel).await;
        for grant in [0, 3] {
            let (verdict, why) = of(&found, grant);
            assert!(verdict == Verdict::NeedsApproval && why.contains("earlier run"), "{verdict} {why}");
        }
        // Two are held already: no other call to this provider is sent, and the other providers are tested.
        assert!(source.calls().iter().all(|(_, grant)| grant % 3 != 0), "{concurrency}");
        assert_eq!((found.count(Verdict::Works), found.count(Verdict::Skipped)), (20, 8), "{concurrency}");
        assert_eq!(source.asked_about.lock().unwrap().len(), 2);
    }
}

#[tokio::test(start_paused = true)]
async fn what_became_of_an_approval_is_the_verdict() {
    let ended = |code, who| Ended::Failed(Diagnosis::new(code, who, Retry::No));
    let cases: [(&str, Earlier, Verdict, bool); 5] = [
        ("approved", Box::new(|_| fine()), Verdict::Works, false),
        ("refused by the provider", Box::new(|_| answered(401, "{}", &[])), Verdict::NeedsReconnect, false),
        ("lapsed", Box::new(move |_| ended(Code::ApprovalExpired, Who::Alter)), Verdict::Works, true),
        ("forgotten", Box::new(move |_| ended(Code::NotFound, Who::Alter)), Verdict::Works, true),
        ("denied", Box::new(move |_| ended(Code::ApprovalDenied, Who::Alter)), Verdict::NeedsApproval, false),
    ];
    for (what, earlier_call, verdict, sent) in cases {
        let source = Scripted { earlier: earlier_call, ..Scripted::new(|_| fine()) };
        let cancel = CancellationToken::new();
        let found = ran_with(&source, at_once(8, grants(30)), earlier(&[0, 3]), cancel).await;
        for grant in [0, 3] {
            assert_eq!((of(&found, grant).0, is_sent(&source, grant)), (verdict, sent), "{what}");
        }
        // Nothing is held any more: the rest of this provider is tested.
        let rest = (0..30).filter(|grant| ![0, 3].contains(grant));
        assert!(rest.clone().all(|grant| of(&found, grant).0 == Verdict::Works), "{what}");
        assert!(rest.into_iter().all(|grant| is_sent(&source, grant)), "{what}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_held_call_that_was_another_one_stops_nothing() {
    for (method, url) in
        [("POST", "https://api.github.com/user"), ("GET", "https://api.github.com/user/repos")]
    {
        let other = RunHistory::remembering(vec![HeldCall {
            approval: ApprovalId(Uuid::nil()),
            grant: GrantId(Uuid::from_u128(0)),
            method: method.to_owned(),
            url: url.to_owned(),
        }]);
        let source = Scripted::new(|_| fine());
        let found = ran_with(&source, SmokeRequest::new(grants(6)), other, CancellationToken::new()).await;
        assert_eq!((found.count(Verdict::Works), source.asked_about.lock().unwrap().len()), (6, 0));
    }
}

#[tokio::test(start_paused = true)]
async fn a_header_that_the_provider_objects_to_is_left_out_and_reported() {
    const OURS: &str = "X-GitHub-Api-Version";
    let source = Scripted::new(|asked: &Asked| {
        let twice = asked.headers.iter().any(|name| name == OURS);
        if twice {
            answered(400, r#"{"message":"x-github-api-version was sent twice"}"#, &[])
        } else {
            fine()
        }
    });
    let found = ran(&source, SmokeRequest::new(grants(60))).await;
    assert_eq!(found.count(Verdict::Works), 60, "{:?}", found.summary().tally.sentence());
    for result in found.verdicts() {
        let noted = result.found().is_some_and(|found| found.contains(&format!("sent without {OURS}")));
        assert_eq!(noted, &*result.provider == "github", "{result:?}");
    }
    assert!(
        source.calls().len() <= 62,
        "{}: only those under way by then are sent twice",
        source.calls().len()
    );
    // A provider that objects again is not called a third time.
    let source = Scripted::new(|asked: &Asked| {
        let github = asked.host == HOSTS[0];
        if github { answered(400, r#"{"message":"X-GitHub-Api-Version or Accept"}"#, &[]) } else { fine() }
    });
    let found = ran(&source, SmokeRequest::new(grants(60))).await;
    assert_eq!(found.count(Verdict::ProviderRefused), 20);
    assert!(found.verdicts().iter().all(|result| result.attempts <= 2));
    assert!(source.calls().len() <= 62, "{}", source.calls().len());
}
