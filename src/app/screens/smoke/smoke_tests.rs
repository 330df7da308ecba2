use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use super::board::{Board, WORKING};
use super::known::Latest;
use super::*;
use crate::app::requests::SmokeTargets;
use crate::domain::smoke::sparkline;
use crate::domain::smoke::{
    Before, Estimate, Past, Pause, RunId, SmokeEvent, SmokePlan, SmokeResult, SmokeSummary, Verdict,
};
use crate::domain::{Clean, Code, Diagnosis, Grant, GrantId, Now, Retry, RowId, Who};
use crate::search::Rows;
use crate::ui::Role;

fn id(number: u128) -> GrantId {
    let text = format!("00000000-0000-0000-0000-{number:012x}");
    GrantId::parse(&text).unwrap()
}

fn now(millis: u64) -> Now {
    Now { millis, wall: Timestamp::from_millisecond(1_767_225_600_000 + millis.cast_signed()).unwrap() }
}

fn result(number: u128, verdict: Verdict) -> SmokeResult {
    let grant = Grant { provider: "github".into(), ..Grant::blank(RowId::Grant(id(number))) };
    SmokeResult {
        account: format!("octo-{number:05}").into(),
        why: Some(Clean::line("the reason")),
        latency_ms: Some(120),
        attempts: 1,
        ..SmokeResult::blank(&grant, id(number), verdict, now(0).wall)
    }
}

fn verdict(number: u128, verdict: Verdict) -> SmokeEvent {
    SmokeEvent::Verdict(Arc::new(result(number, verdict)))
}

fn planned(calls: u32, per_minute: Option<u64>) -> Board {
    let mut board = Board::default();
    let estimate = Estimate { length: Duration::from_secs(9), per_minute };
    let plan = SmokePlan { grants: calls, calls, estimate, ..SmokePlan::default() };
    board.apply(&[SmokeEvent::Planned(plan)], now(0));
    board
}

fn order(board: &Board) -> Vec<Verdict> {
    board.found.iter().map(|result| result.verdict).collect()
}

#[test]
fn what_is_broken_comes_first_and_the_cursor_stays_on_its_grant() {
    let mut board = planned(40, None);
    for (number, found) in [(1, Verdict::NoProbe), (2, Verdict::Works), (3, Verdict::Expired)] {
        board.apply(&[SmokeEvent::Started(id(number))], now(10));
        board.apply(&[verdict(number, found)], now(500));
    }
    assert_eq!(order(&board), [Verdict::Expired, Verdict::NoProbe, Verdict::Works]);
    board.apply(&[verdict(5, Verdict::MissingScopes)], now(550));
    assert_eq!(board.selected().unwrap().verdict, Verdict::MissingScopes, "the first line is what is worst");
    board.go_to(2, 9);
    assert_eq!(board.selected().unwrap().grant, id(1));
    // Many at once, and one alone: either way it stays.
    let many: Vec<SmokeEvent> = (100..150).map(|number| verdict(number, Verdict::Revoked)).collect();
    board.apply(&many, now(600));
    board.apply(&[verdict(4, Verdict::NeedsReconnect)], now(600));
    assert_eq!(order(&board)[0], Verdict::NeedsReconnect);
    assert_eq!((board.selected().unwrap().grant, board.place), (id(1), 53), "others came in above it");
    assert!(board.found.is_sorted_by(|one, other| one.order() <= other.order()));
    assert_eq!(board.failures().len(), 53, "what nobody judged is not run again");
    assert_eq!(board.progress(), (55, 40));
    assert!(board.under_way.is_empty());
}

#[test]
fn what_works_is_listed_up_to_a_bound_and_what_healed_always() {
    let mut board = planned(3_000, None);
    let fine: Vec<SmokeEvent> = (0..2_000).map(|number| verdict(number, Verdict::Works)).collect();
    board.apply(&fine, now(10));
    assert_eq!((board.found.len() as u32, board.unlisted), (WORKING, 1_000));
    let before = Some(Before { verdict: Verdict::Gone, at: now(0).wall });
    let healed = SmokeResult { before, ..result(5_000, Verdict::Works) };
    board.apply(&[SmokeEvent::Verdict(Arc::new(healed)), verdict(6_000, Verdict::Gone)], now(20));
    assert_eq!((board.found.len() as u32, board.unlisted), (WORKING + 2, 1_000));
    assert_eq!((board.tally.healed, board.tally.total()), (1, 2_002));
}

#[test]
fn what_was_answered_is_not_asked_again_listed_or_not() {
    let mut rows = Rows::default();
    for number in 0..2_010 {
        rows.put(Grant::blank(RowId::Grant(id(number))));
    }
    let mut board = Board::new(Subject::default(), SmokeTargets::all(rows.snapshot()));
    let plan = |grants| SmokeEvent::Planned(SmokePlan { grants, calls: grants, ..SmokePlan::default() });
    board.apply(&[plan(2_010)], now(0));
    let fine: Vec<SmokeEvent> = (0..2_000).map(|number| verdict(number, Verdict::Works)).collect();
    board.apply(&fine, now(9_000));
    assert_eq!(board.go_on(), None, "it is under way");
    board.apply(&[SmokeEvent::Done(SmokeSummary { left: 10, ..SmokeSummary::default() })], now(9_000));
    let left = |job: &SmokeTargets| -> Vec<RowId> { job.grants().iter().map(|grant| grant.row).collect() };
    let job = board.go_on().unwrap();
    assert_eq!(left(&job), (2_000..2_010).map(|number| RowId::Grant(id(number))).collect::<Vec<_>>());
    let some = SmokeTargets { places: Some([3, 2_003, 1_999].into()), ..job };
    assert_eq!(left(&some), [RowId::Grant(id(2_003))]);
    // Hours later: the board tells of all of it.
    board.apply(&[plan(10)], now(9_000_000));
    assert_eq!((board.progress(), board.unlisted, board.is_running()), ((2_000, 2_010), 1_000, true));
    board.apply(&[verdict(2_000, Verdict::Gone)], now(9_001_000));
    assert_eq!(board.rate(), Some(2_001), "the time between the parts does not count");
    board.apply(&[SmokeEvent::Done(SmokeSummary::default())], now(9_001_000));
    assert_eq!((board.go_on(), board.progress().0), (None, 2_001));
}

#[test]
fn what_is_left_is_foretold_and_a_budget_decides() {
    let mut board = planned(40, None);
    board.apply(&[SmokeEvent::Started(id(0))], now(1_000));
    assert_eq!((board.rate(), board.seconds_left()), (None, None), "nothing came back yet");
    let ten: Vec<SmokeEvent> = (0..10).map(|number| verdict(number, Verdict::Works)).collect();
    board.apply(&ten, now(2_000));
    assert_eq!((board.rate(), board.seconds_left()), (Some(50), Some(6)));
    let mut slow = planned(40, Some(10));
    slow.apply(&ten, now(2_000));
    assert_eq!(slow.seconds_left(), Some(180), "30 calls at 10 a minute");
    slow.apply(&[SmokeEvent::Done(SmokeSummary::default())], now(4_000));
    assert_eq!((slow.seconds_left(), slow.is_running()), (None, false));
}

#[test]
fn a_machine_that_slept_changes_neither_pace_nor_pause() {
    let mut board = planned(400, None);
    let hundred =
        |from: u128| (from..from + 100).map(|number| verdict(number, Verdict::Works)).collect::<Vec<_>>();
    board.apply(&hundred(0), now(10_000));
    assert_eq!((board.rate(), board.seconds_left()), (Some(100), Some(30)));
    let pause = Pause {
        until: now(40_000).wall,
        length: Duration::from_secs(30),
        reason: Diagnosis::new(Code::KeepingAQuarter, Who::You, Retry::Later(None)),
        host: None,
    };
    board.apply(&[SmokeEvent::Paused(pause.clone())], now(10_000));
    assert_eq!(board.pause_now(now(12_000)), Some(&pause));
    assert_eq!(board.next_wake(now(12_300)), Some(13_000), "it is counted down");
    // The lid was shut for eight hours; the clock of the program went on or did not.
    let later = Now { millis: 14_000, wall: now(8 * 3_600_000).wall };
    assert_eq!((board.pause_now(later), board.next_wake(later)), (None, None));
    let woken = 8 * 3_600_000;
    board.apply(&hundred(100), now(woken));
    board.apply(&hundred(200), now(woken + 10_000));
    let left = board.seconds_left().unwrap();
    assert!((30..=45).contains(&left), "{left} s for 100 calls, and not hours");
}

#[test]
fn hosts_that_rest_are_reported_and_hold_nobody_up() {
    let mut board = planned(40, None);
    let pause = |host: &str, second: u64| {
        SmokeEvent::Paused(Pause {
            until: now(second * 1_000).wall,
            length: Duration::from_secs(second),
            reason: Diagnosis::new(Code::ProviderFailed, Who::Provider, Retry::Later(None)),
            host: Some(Clean::line(host)),
        })
    };
    board.apply(&[pause("api.a.com", 30), pause("api.b.com", 9), pause("api.a.com", 60)], now(0));
    let hosts = |at| board.resting_now(now(at)).map(|(host, _)| host.as_str()).collect::<Vec<_>>();
    assert_eq!(hosts(1), ["api.b.com", "api.a.com"]);
    assert_eq!(hosts(10_000), ["api.a.com"]);
    assert!(hosts(61_000).is_empty() && board.pause_now(now(1)).is_none());
}

#[test]
fn an_old_verdict_fades_and_a_narrow_cell_says_what_matters() {
    let at = now(0).wall;
    let later = |hours: i64| at + SignedDuration::from_hours(hours);
    let of = |verdict, latency_ms| Latest { verdict, latency_ms, at };
    for (latest, cells, hours, text, role) in [
        (of(Verdict::Works, Some(142)), 20, 2, "✓ works 142ms", Role::HealthOk),
        (of(Verdict::Works, Some(142)), 8, 2, "✓ 142ms", Role::HealthOk),
        (of(Verdict::Works, Some(142)), 20, 25, "✓ works 1d", Role::TextDim),
        (of(Verdict::Works, Some(142)), 8, 25, "✓ 1d", Role::TextDim),
        (of(Verdict::NeedsReconnect, Some(1_250)), 20, 2, "✗ reconnect 1.2s", Role::HealthBroken),
        (of(Verdict::NeedsReconnect, Some(1_250)), 11, 2, "✗ reconnect", Role::HealthBroken),
        (of(Verdict::Revoked, None), 20, 2, "✗ revoked", Role::HealthBroken),
        (of(Verdict::WorksBut, Some(90)), 14, 2, "! warning 90ms", Role::HealthSoon),
        (of(Verdict::WorksBut, Some(90)), 10, 2, "! warning", Role::HealthSoon),
        (of(Verdict::WorksBut, Some(90)), 8, 2, "!warning", Role::HealthSoon),
        (of(Verdict::NeedsReconnect, None), 10, 2, "✗ re-auth", Role::HealthBroken),
        (of(Verdict::ProviderDown, None), 11, 2, "✗ down", Role::HealthBroken),
        (of(Verdict::NoProbe, None), 14, 2, "– no probe", Role::HealthUnknown),
    ] {
        assert_eq!(test_cell(&latest, cells, later(hours)), (text.to_owned(), role));
    }
}

#[test]
fn the_last_runs_are_a_picture() {
    let past = |verdict, latency_ms| Past {
        run: RunId(1),
        grant: id(1),
        verdict,
        why: None,
        code: None,
        provider_status: None,
        latency_ms,
        at: now(0).wall,
    };
    let runs = [
        past(Verdict::Works, Some(700)),
        past(Verdict::ProviderDown, Some(90_000)),
        past(Verdict::NoProbe, None),
        past(Verdict::Works, Some(100)),
    ];
    assert_eq!(sparkline(&runs), "▂·×█");
    assert_eq!(sparkline(&[]), "");
}

#[test]
fn no_verdict_is_cut_in_the_narrowest_column() {
    let (least, _) = crate::domain::Column::Test.facts().width;
    for verdict in <Verdict as strum::IntoEnumIterator>::iter() {
        for (latency_ms, hours) in [(Some(142), 2), (Some(99_000), 2), (None, 2), (None, 30)] {
            let at = now(0).wall;
            let latest = Latest { verdict, latency_ms, at };
            let (message, _) = test_cell(&latest, usize::from(least), at + SignedDuration::from_hours(hours));
            assert!(crate::ui::text::width(&message) <= usize::from(least), "{message}");
        }
    }
}
