//! Smoke tests on the screen: what is asked, what stands on the board, where its results are found afterwards.

mod board;
mod list;

use std::sync::Arc;
use std::time::Duration;

use grantdeck::app::requests::{RunSmoke, SmokeTargets};
use grantdeck::app::{Answer, Effect, Job, Slot};
use grantdeck::domain::smoke::{
    Before, Caveat, Estimate, Pause, RunId, SmokeEvent, SmokePlan, SmokeResult, SmokeSummary, Tally, Verdict,
};
use grantdeck::domain::{Clean, Code, Diagnosis, Grant, GrantId, RecordId, Retry, Who};
use jiff::SignedDuration;

use super::fixtures;
use super::stage::{Stage, noon};

const SIZES: [(u16, u16); 4] = [(200, 50), (120, 36), (80, 24), (60, 16)];

/// A list of many and one of the company in it.
pub(crate) fn opened(width: u16, height: u16) -> Stage {
    let mut stage = Stage::open(width, height);
    let mut grants = fixtures::company();
    grants.extend(fixtures::crowd(120));
    let total = grants.len() as u64;
    stage.page(grants, total, None);
    stage.done(total);
    stage.names(fixtures::catalog(), fixtures::agents());
    stage
}

pub(crate) fn plan(grants: u32, calls: u32) -> SmokePlan {
    let estimate = Estimate { length: Duration::from_secs(12), per_minute: None };
    let decided = grants - calls;
    SmokePlan { grants, calls, decided, estimate, run: Some(RunId(7)), ..SmokePlan::default() }
}

/// What the run that was asked for last is to test.
pub(crate) fn job(stage: &Stage) -> &SmokeTargets {
    let newest = stage.pending.iter().rev().find_map(|effect| match effect {
        Effect::Start { job: Job::RunSmoke(RunSmoke(job)), .. } => Some(job),
        _ => None,
    });
    newest.expect("no run was asked for")
}

fn runs(stage: &Stage) -> usize {
    stage
        .pending
        .iter()
        .filter(|effect| matches!(effect, Effect::Start { job: Job::RunSmoke(_), .. }))
        .count()
}

pub(crate) fn apply(stage: &mut Stage, events: Vec<SmokeEvent>) {
    stage.answer(Slot::Smoke, Answer::RunSmoke(events));
}

/// A result about a grant; `edit` changes the rest.
pub(crate) fn result(grant: &Grant, verdict: Verdict, edit: impl FnOnce(&mut SmokeResult)) -> SmokeEvent {
    let id = grant.row.grant().unwrap();
    let mut result = SmokeResult {
        latency_ms: Some(142),
        attempts: 1,
        ..SmokeResult::blank(grant, id, verdict, noon().wall)
    };
    edit(&mut result);
    SmokeEvent::Verdict(Arc::new(result))
}

fn why(text: &'static str) -> impl FnOnce(&mut SmokeResult) {
    move |result| result.why = Some(Clean::line(text))
}

fn before(verdict: Verdict) -> Before {
    Before { verdict, at: noon().wall - SignedDuration::from_hours(26) }
}

/// What a run over the whole company and a crowd finds, in the order of answers.
fn found() -> Vec<SmokeEvent> {
    let company = fixtures::company();
    let crowd = fixtures::crowd(120);
    let mut events = vec![
        result(&company[0], Verdict::Works, |result| result.before = Some(before(Verdict::NeedsReconnect))),
        result(&company[1], Verdict::NeedsReconnect, |result| {
            result.why = Some(Clean::line("The provider no longer accepts the stored credential"));
            result.code = Some(Code::CredentialRevoked);
            result.record = Some(RecordId(41));
            result.before = Some(before(Verdict::Works));
        }),
        result(&company[2], Verdict::WorksBut, |result| {
            let (listed, found) = (Clean::line("work@acme.com"), Clean::line("bob@acme.com"));
            result.caveats = vec![Caveat::WrongAccount { listed, found, at: "/email".to_owned() }];
        }),
        result(&company[3], Verdict::Expired, |result| {
            result.why = Some(Clean::line("according to the list; nothing was sent"));
            (result.attempts, result.latency_ms) = (0, None);
        }),
        result(&crowd[0], Verdict::ProviderDown, |result| {
            result.why = Some(Clean::line("the provider answered 503; 200 means it works"));
            (result.latency_ms, result.provider_status, result.attempts) = (Some(2_310), Some(503), 2);
        }),
        result(&crowd[1], Verdict::NoProbe, why("grantdeck knows nothing of this provider")),
    ];
    let latencies = [38, 61, 95, 140, 180, 230, 310, 420, 650, 1_400];
    for (place, grant) in crowd.iter().enumerate().skip(2).take(60) {
        let latency = latencies[place % latencies.len()];
        events.push(result(grant, Verdict::Works, |result| {
            result.latency_ms = Some(latency);
            result.before = Some(before(Verdict::Works));
        }));
    }
    events
}

/// The board of a run that is under way, after a few seconds.
pub(crate) fn running(width: u16, height: u16) -> Stage {
    let mut stage = opened(width, height);
    stage.press("T");
    stage.answer(Slot::Smoke, Answer::PlanSmoke(Ok(plan(128, 100))));
    apply(&mut stage, vec![SmokeEvent::Planned(plan(128, 100))]);
    let asked = fixtures::crowd(120).split_off(116);
    let started = asked.iter().filter_map(|grant| grant.row.grant());
    apply(&mut stage, started.map(SmokeEvent::Started).collect());
    stage.now.millis += 4_000;
    apply(&mut stage, found());
    stage
}

/// The board of a run that is over.
pub(crate) fn with_board(width: u16, height: u16) -> Stage {
    let mut stage = running(width, height);
    done(&mut stage, 0, false);
    stage
}

fn done(stage: &mut Stage, left: u32, cancelled: bool) {
    let tally = stage.model.smoke.board.as_ref().map_or_else(Tally::default, |board| board.tally.clone());
    let elapsed = Duration::from_millis(5_300);
    let summary = SmokeSummary { tally, left, cancelled, elapsed, ..SmokeSummary::default() };
    apply(stage, vec![SmokeEvent::Done(summary)]);
}

fn pause(seconds: i64, host: Option<&str>) -> SmokeEvent {
    let code = if host.is_some() { Code::ProviderFailed } else { Code::KeepingAQuarter };
    SmokeEvent::Paused(Pause {
        until: noon().wall + SignedDuration::from_secs(seconds),
        length: Duration::from_secs(seconds.unsigned_abs()),
        reason: Diagnosis::new(code, Who::You, Retry::Later(None)),
        host: host.map(Clean::line),
    })
}

fn ids(job: &SmokeTargets) -> Vec<GrantId> {
    job.grants().iter().filter_map(|grant| grant.row.grant()).collect()
}

/// Answers what was asked last about smoke tests, in one way or another.
pub(crate) fn answer_any(stage: &mut Stage, which: u8) {
    if stage.model.shared.slots.is_open(Slot::Verdicts) {
        let past = |verdict| list::past(i64::from(which), fixtures::id(1), verdict, 30);
        let read = [(fixtures::id(1), vec![past(Verdict::Gone), past(Verdict::Works)])];
        stage.answer(Slot::Verdicts, Answer::ReadVerdicts(Ok(read.into())));
    }
    if !stage.model.shared.slots.is_open(Slot::Smoke) {
        return;
    }
    let ticket = stage.ticket(Slot::Smoke);
    let previewed = stage.pending.iter().rev().any(
        |effect| matches!(effect, Effect::Start { ticket: of, job: Job::PlanSmoke(_) } if *of == ticket),
    );
    if previewed {
        let calls = if which.is_multiple_of(2) { 50 } else { 500 };
        stage.answer(Slot::Smoke, Answer::PlanSmoke(Ok(plan(600, calls))));
        return;
    }
    let mut events = match which % 4 {
        0 => vec![SmokeEvent::Planned(plan(600, 500)), pause(i64::from(which), None)],
        1 => found(),
        2 => vec![pause(5, Some("api.slack.com")), SmokeEvent::Started(fixtures::id(1))],
        _ => fixtures::hostile().iter().map(|grant| result(grant, Verdict::Unclear, |_| ())).collect(),
    };
    if which > 200 {
        events.push(SmokeEvent::Done(SmokeSummary { left: u32::from(which) % 3, ..SmokeSummary::default() }));
    }
    apply(stage, events);
}
