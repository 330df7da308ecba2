//! Runs that were interrupted and resumed.

use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::tests::{listed, ran};
use super::*;
use crate::domain::smoke::{SmokeResult, SmokeSummary, Verdict};
use crate::record::tests::Rig;
use crate::store::HistoryPolicy;

fn one_at_a_time(grants: Vec<Grant>) -> SmokeRequest {
    SmokeRequest { limits: Limits { concurrency: 1, ..Limits::default() }, ..SmokeRequest::new(grants) }
}

/// A run that is cancelled after this many calls.
async fn interrupted(rig: &Rig, request: SmokeRequest, calls: u32) -> (RunId, SmokeSummary) {
    let cancel = CancellationToken::new();
    let (sender, mut events) = mpsc::channel(1);
    let work = smoke(&rig.context, request, cancel.clone(), sender);
    let listen = async {
        let (mut called, mut run, mut last) = (0, None, None);
        while let Some(event) = events.recv().await {
            match &event {
                SmokeEvent::Planned(plan) => run = plan.run,
                SmokeEvent::Verdict(result) => called += u32::from(result.attempts > 0),
                _ => {}
            }
            if called == calls {
                cancel.cancel();
            }
            last = Some(event);
        }
        (run.unwrap(), last)
    };
    let ((), (run, last)) = tokio::join!(work, listen);
    let Some(SmokeEvent::Done(summary)) = last else { panic!("{last:?}") };
    assert!(summary.cancelled && summary.left > 20, "{summary:?}");
    (run, summary)
}

fn resumed(found: &[SmokeResult]) -> usize {
    found.iter().filter(|result| result.resumed).count()
}

#[tokio::test]
async fn the_run_that_is_meant_is_gone_on_with_and_no_other() {
    let rig = Rig::new(HistoryPolicy::WithoutBodies).await;
    let request = one_at_a_time(listed(&rig).await);
    let (first, seven) = interrupted(&rig, request.clone(), 7).await;
    let (second, two) = interrupted(&rig, request.clone(), 2).await;
    assert!(second > first && two.left > seven.left);
    let of = |resume| SmokeRequest { resume, ..request.clone() };
    let (found, _) = ran(&rig, of(Resume::Run(first))).await;
    assert_eq!(resumed(&found), 40 - seven.left as usize, "not the latest");
    let (found, _) = ran(&rig, of(Resume::Run(first))).await;
    assert_eq!(resumed(&found), 0, "it is over, and a new one began");
    let (found, _) = ran(&rig, of(Resume::Run(second))).await;
    assert_eq!(resumed(&found), 40 - two.left as usize);
}

#[tokio::test]
async fn a_run_that_is_still_going_is_not_taken_for_an_interrupted_one() {
    let rig = Rig::new(HistoryPolicy::WithoutBodies).await;
    let request = one_at_a_time(listed(&rig).await);
    let cancel = CancellationToken::new();
    let (sender, mut events) = mpsc::channel(1);
    let work = smoke(&rig.context, request.clone(), cancel.clone(), sender);
    let listen = async {
        let mut other = None;
        while let Some(event) = events.recv().await {
            if let SmokeEvent::Verdict(result) = &event
                && result.attempts > 0
                && other.is_none()
            {
                let same = request.grants.iter().filter(|grant| grant.row.grant() == Some(result.grant));
                let same = SmokeRequest::new(same.cloned().collect());
                other = Some(ran(&rig, SmokeRequest { resume: Resume::Latest, ..same }).await.0);
                cancel.cancel();
            }
        }
        other.unwrap()
    };
    let ((), other) = tokio::join!(work, listen);
    assert_eq!((other.len(), resumed(&other)), (1, 0));
}

#[tokio::test]
async fn an_interrupted_run_is_gone_on_with() {
    let rig = Rig::new(HistoryPolicy::WithoutBodies).await;
    let request = one_at_a_time(listed(&rig).await);
    let (_, summary) = interrupted(&rig, request.clone(), 7).await;
    let asked =
        || rig.backend.journal().iter().filter(|entry| entry.target.starts_with("/sdk/proxy")).count();
    let before = asked();

    let (found, done) = ran(&rig, SmokeRequest { resume: Resume::Latest, ..request.clone() }).await;
    assert_eq!((found.len(), done.left), (40, 0), "the report is whole");
    assert_eq!(resumed(&found), 40 - summary.left as usize);
    let called = done.tally.called as usize;
    assert_eq!((asked() - before, called), (called, called), "nobody was asked twice");
    let works = found.iter().filter(|result| result.verdict == Verdict::Works).count();
    assert!(works > 20, "{works}");

    let (found, _) = ran(&rig, SmokeRequest { resume: Resume::Latest, ..request }).await;
    assert!(found.iter().all(|result| !result.resumed), "a run that ended is not gone on with");
}
