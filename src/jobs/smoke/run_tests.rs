//! Runs under all kinds of faults.

use std::sync::atomic::Ordering;

use tokio::sync::mpsc;

use super::scripted::*;
use super::*;
use crate::domain::{Code, Retry, RowId, Who};
use crate::smoke::source::Ended;

#[tokio::test(start_paused = true)]
async fn each_grant_is_asked_once_and_no_more_at_a_time_than_allowed() {
    let mut twice = grants(60);
    twice.extend(grants(60));
    twice.push(Grant::blank(RowId::Unreadable(1)));
    let source = Scripted::new(|_| fine());
    let found = ran(&source, SmokeRequest::new(twice)).await;
    let plan = found.plan();
    assert_eq!((plan.grants, plan.calls, plan.decided, plan.unreadable), (60, 60, 0, 1));
    let mut asked: Vec<u128> = source.calls().into_iter().map(|(_, grant)| grant).collect();
    asked.sort_unstable();
    assert_eq!(asked, (0..60).collect::<Vec<_>>());
    assert_eq!((found.count(Verdict::Works), found.summary().left), (60, 0), "{:?}", found.verdicts()[0]);
    // Two per provider, as each call may be held.
    assert_eq!(source.most_at_once(), 6);
    let order: Vec<&str> = found
        .events
        .iter()
        .map(|event| match event {
            SmokeEvent::Planned(_) => "planned",
            SmokeEvent::Started(_) => "started",
            SmokeEvent::Verdict(_) => "verdict",
            SmokeEvent::Done(_) => "done",
            _ => "other",
        })
        .collect();
    assert_eq!((order[0], order[121], order.len()), ("planned", "done", 122));
    assert!(found.verdicts().iter().all(|result| result.latency_ms == Some(200) && result.attempts == 1));
}

#[tokio::test(start_paused = true)]
async fn ten_thousand_grants_under_sixty_a_minute_take_as_long_as_was_said() {
    let source = Scripted { limit: Some(60), ..Scripted::new(|_| fine()) };
    // The budget according to the list.
    assert!(source.meter().is_none());
    let found = ran(&source, SmokeRequest::new(grants(10_000))).await;
    let estimate = found.plan().estimate;
    assert_eq!(estimate.per_minute, Some(45), "a quarter is left to others");
    let took = source.start.elapsed();
    let (said, was) = (estimate.length.as_secs_f64(), took.as_secs_f64());
    assert!((was - said).abs() / said < 0.1, "said {said}, was {was}");
    assert!(said > 3.5 * 3_600.0);
    assert_eq!(found.count(Verdict::Works), 10_000);
    assert_eq!(source.calls().len(), 10_000, "nothing was refused, so that nothing was asked twice");
    let calls = source.calls();
    let in_a_minute =
        |first: u64| calls.iter().filter(|(second, _)| (first..first + 60).contains(second)).count();
    assert!((0..12_000).step_by(7).all(|first| in_a_minute(first) <= 46), "never more than is to be spent");
    let pauses = found.pauses();
    assert!(pauses.len() > 200 && pauses.iter().all(|(code, ..)| *code == Code::KeepingAQuarter));
}

#[tokio::test(start_paused = true)]
async fn an_unknown_budget_is_met_with_one_call_and_then_as_asked() {
    let source = Scripted::new(|_| fine());
    let request = SmokeRequest {
        limits: Limits { concurrency: 32, ..Limits::default() },
        ..SmokeRequest::new(grants_of(90, 40))
    };
    assert_eq!(ran(&source, request).await.count(Verdict::Works), 90);
    let at_first = source.calls().iter().filter(|(second, _)| *second == 0).count();
    assert!(source.most_at_once() == 32 && at_first >= 33, "{at_first}");
    let source = Scripted { latency: Duration::from_secs(3), ..Scripted::new(|_| fine()) };
    ran(&source, SmokeRequest::new(grants(30))).await;
    assert_eq!(source.calls().iter().filter(|(second, _)| *second < 3).count(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_provider_that_is_out_for_a_moment_costs_no_verdict() {
    let source = Scripted::new(|asked: &Asked| {
        let out = asked.host == HOSTS[0] && (1..20).contains(&asked.second);
        if out { answered(503, "<html>", &[]) } else { fine() }
    });
    let found = ran(&source, SmokeRequest::new(grants(600))).await;
    assert_eq!(found.count(Verdict::Works), 600, "{:?}", found.summary().tally.sentence());
    assert_eq!(found.pauses(), [(Code::ProviderFailed, 30, Some(HOSTS[0]))]);
}

#[tokio::test(start_paused = true)]
async fn a_provider_that_stays_out_is_left_alone_and_holds_nobody_up() {
    let source = Scripted::new(|asked: &Asked| {
        let out = asked.host == HOSTS[0] && asked.second >= 2;
        if out { answered(500, "", &[]) } else { fine() }
    });
    let found = ran(&source, SmokeRequest::new(grants(900))).await;
    let (works, down) = (found.count(Verdict::Works), found.count(Verdict::ProviderDown));
    assert_eq!(works + down, 900);
    assert!(down > 200 && works >= 600, "{works} {down}");
    let theirs = |verdict: Verdict, provider: &str| {
        found.verdicts().iter().any(|result| result.verdict == verdict && &*result.provider == provider)
    };
    assert!(!theirs(Verdict::ProviderDown, "gitlab") && !theirs(Verdict::ProviderDown, "google"));
    let in_vain = source.calls().iter().filter(|(second, grant)| grant % 3 == 0 && *second >= 2).count();
    assert!(in_vain < 30, "{in_vain} calls to a provider that is known to be down");
    let not_asked = found.verdicts().into_iter().filter(|result| result.attempts == 0).collect::<Vec<_>>();
    assert!(not_asked.len() > 100 && not_asked.iter().all(|result| result.reason().starts_with("skipped")));
}

#[tokio::test(start_paused = true)]
async fn a_provider_that_asks_for_a_pause_gets_it_while_others_go_on() {
    let source = Scripted::new(|asked: &Asked| {
        let busy = asked.host == HOSTS[0] && (1..41).contains(&asked.second);
        if busy { answered(429, "{}", &[("Retry-After", "40")]) } else { fine() }
    });
    let found = ran(&source, SmokeRequest::new(grants(300))).await;
    assert_eq!(found.count(Verdict::Works), 300);
    let calls = source.calls();
    let asked_meanwhile = calls.iter().filter(|(second, grant)| grant % 3 == 0 && (2..40).contains(second));
    assert_eq!(asked_meanwhile.count(), 0);
    assert!(calls.iter().any(|(second, grant)| grant % 3 == 1 && (2..40).contains(second)));
    // A host that asks for hours is not waited for.
    let source = Scripted::new(|asked: &Asked| {
        let shut = asked.host == HOSTS[1];
        if shut { answered(429, "{}", &[("Retry-After", "7200")]) } else { fine() }
    });
    let found = ran(&source, SmokeRequest::new(grants(300))).await;
    assert_eq!((found.count(Verdict::Works), found.count(Verdict::RateLimited)), (200, 100));
    assert!(source.start.elapsed() < Duration::from_mins(2));
}

#[tokio::test(start_paused = true)]
async fn alter_asks_for_a_pause_and_nothing_is_sent_meanwhile() {
    let source = Scripted::new(|asked: &Asked| {
        if (1..26).contains(&asked.second) {
            let later = Retry::Later(Some(Duration::from_secs(25)));
            return Ended::Failed(Diagnosis::new(Code::RateLimitExceeded, Who::Alter, later));
        }
        fine()
    });
    let found = ran(&source, SmokeRequest::new(grants(300))).await;
    assert_eq!(found.count(Verdict::Works), 300);
    assert_eq!(source.calls().iter().filter(|(second, _)| (2..26).contains(second)).count(), 0);
    assert_eq!(found.pauses(), [(Code::RateLimitExceeded, 25, None)], "told once");
    let source = Scripted::new(|asked: &Asked| {
        if asked.second < 1 {
            return fine();
        }
        let hours = Retry::Later(Some(Duration::from_hours(1)));
        Ended::Failed(Diagnosis::new(Code::RateLimitExceeded, Who::Alter, hours))
    });
    let found = ran(&source, SmokeRequest::new(grants(300))).await;
    let summary = found.summary();
    assert_eq!(summary.stopped.as_ref().unwrap().code, Code::RateLimitExceeded, "an hour is not waited for");
    assert!(summary.left > 200 && summary.tally.total() + summary.left == 300);
}

#[tokio::test(start_paused = true)]
async fn approvers_are_not_bothered_by_the_hundred() {
    // If the list says so, nothing is sent, and the others are tested.
    let mut listed = grants(600);
    for grant in listed.iter_mut().step_by(2) {
        let policy = r#"{"requires_approval":{"approvers_count":1}}"#;
        grant.extra_mut().grant_policy = Some(crate::domain::JsonText(policy.into()));
    }
    let source =
        Scripted::new(|asked: &Asked| if asked.grant.is_multiple_of(2) { Ended::Held } else { fine() });
    let found = ran(&source, SmokeRequest::new(listed)).await;
    assert_eq!((found.plan().calls, found.plan().decided), (300, 300));
    assert_eq!((found.count(Verdict::NeedsApproval), found.count(Verdict::Works)), (300, 300));
    assert!(source.calls().iter().all(|(_, grant)| grant % 2 == 1));
}

#[tokio::test(start_paused = true)]
async fn a_moment_of_trouble_is_tried_again_and_lasting_trouble_is_reported() {
    let source = Scripted::new(|asked: &Asked| match asked.grant {
        7 if asked.second < 1 => failed(Code::ConnectionLost, Who::Network),
        8 => failed(Code::BadGateway, Who::Alter),
        9 => failed(Code::TimedOut, Who::Network),
        _ => fine(),
    });
    let found = ran(&source, SmokeRequest::new(grants(30))).await;
    let of = |grant: u128| {
        let verdicts = found.verdicts();
        let result = verdicts.iter().find(|result| result.grant.0.as_u128() == grant).unwrap();
        (result.verdict, result.attempts)
    };
    assert_eq!(of(7), (Verdict::Works, 2));
    assert_eq!(of(8), (Verdict::AlterFailed, 3));
    assert_eq!(of(9), (Verdict::Network, 1), "one that took all of the time is not tried again");
    assert_eq!(found.count(Verdict::Works), 28);
}

#[tokio::test(start_paused = true)]
async fn a_dead_network_ends_the_run_and_keeps_what_is_known() {
    let source =
        Scripted::new(
            |asked: &Asked| {
                if asked.second < 2 { fine() } else { failed(Code::ConnectionRefused, Who::Network) }
            },
        );
    let found = ran(&source, SmokeRequest::new(grants(900))).await;
    let summary = found.summary();
    assert_eq!(summary.stopped.as_ref().unwrap().code, Code::ConnectionRefused);
    assert!(summary.tally.count(Verdict::Works) > 40 && summary.left > 700);
    assert!(source.start.elapsed() < Duration::from_mins(2), "{:?}", source.start.elapsed());
    // A host that recovers in time is waited for.
    let source = Scripted::new(|asked: &Asked| {
        if (2..25).contains(&asked.second) { failed(Code::ConnectionRefused, Who::Network) } else { fine() }
    });
    let found = ran(&source, SmokeRequest::new(grants(900))).await;
    assert_eq!((found.count(Verdict::Works), found.summary().stopped.is_none()), (900, true));
}

#[tokio::test(start_paused = true)]
async fn a_key_that_is_refused_ends_the_run_at_once() {
    let source = Scripted::new(|asked: &Asked| {
        if asked.second < 1 {
            return fine();
        }
        Ended::Failed(Diagnosis::new(Code::KeyRevoked, Who::Alter, Retry::No))
    });
    let found = ran(&source, SmokeRequest::new(grants(900))).await;
    assert_eq!(found.summary().stopped.as_ref().unwrap().code, Code::KeyRevoked);
    assert!(source.calls().len() < 60, "{}", source.calls().len());
    assert_eq!(found.summary().tally.total() as usize, found.verdicts().len());
}

#[tokio::test(start_paused = true)]
async fn a_machine_that_sleeps_in_the_middle_loses_nothing() {
    // For some minutes, every connection opened before is dead.
    let source = Arc::new(Scripted::new(|_| fine()));
    let asleep = Arc::clone(&source);
    let rule: Rule = Box::new(move |asked: &Asked| {
        if asked.grant == 40 && asleep.slept.swap(3 * 3_600, Ordering::Relaxed) == 0 {
            return failed(Code::ConnectionLost, Who::Network);
        }
        fine()
    });
    let sleeper = Scripted::new(rule);
    let now = || {
        let slept = source.slept.load(Ordering::Relaxed);
        Timestamp::from_second(1_767_225_600 + (source.start.elapsed().as_secs() + slept).cast_signed())
            .unwrap()
    };
    let (sender, mut events) = mpsc::channel(1_000);
    run(
        &sleeper,
        &now,
        SmokeRequest::new(grants(90)),
        RunHistory::default(),
        CancellationToken::new(),
        sender,
    )
    .await;
    let events: Vec<SmokeEvent> = std::iter::from_fn(|| events.try_recv().ok()).collect();
    let found = Ran { events };
    assert_eq!(found.count(Verdict::Works), 90);
    assert!(found.verdicts().iter().all(|result| result.attempts == 1), "a sleep counts as no try");
    assert_eq!(sleeper.calls().iter().filter(|(_, grant)| *grant == 40).count(), 2);
    assert!(found.summary().elapsed > Duration::from_hours(3), "by the clock on the wall");
}

#[tokio::test(start_paused = true)]
async fn a_run_that_is_cancelled_says_what_is_left() {
    let source = Scripted { latency: Duration::from_secs(1), ..Scripted::new(|_| fine()) };
    let cancel = CancellationToken::new();
    let stop = cancel.clone();
    let later = async move {
        tokio::time::sleep(Duration::from_millis(10_500)).await;
        stop.cancel();
    };
    let (found, ()) = tokio::join!(ran_until(&source, SmokeRequest::new(grants(900)), cancel), later);
    let summary = found.summary();
    assert!(summary.cancelled && summary.stopped.is_none());
    assert_eq!(summary.tally.total() + summary.left, 900);
    assert!((50..90).contains(&summary.tally.total()), "{}", summary.tally.total());
    assert!(source.start.elapsed() < Duration::from_secs(12));
}
