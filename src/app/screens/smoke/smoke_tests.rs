use std::time::Duration;

use jiff::Timestamp;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::*;
use crate::domain::smoke::{Estimate, Past, RunId, Verdict};
use crate::domain::{Clean, Grant, RowId};
use crate::ui::paint::Pen;
use crate::ui::theme::{Depth, Theme};

fn id(number: u128) -> GrantId {
    let text = format!("00000000-0000-0000-0000-{number:012x}");
    GrantId::parse(&text).unwrap()
}

fn now(millis: u64) -> Now {
    Now { millis, wall: Timestamp::from_millisecond(1_767_225_600_000 + millis.cast_signed()).unwrap() }
}

fn verdict(number: u128, verdict: Verdict) -> SmokeEvent {
    let grant = Grant { provider: "github".into(), ..Grant::blank(RowId::Grant(id(number))) };
    SmokeEvent::Verdict(Arc::new(SmokeResult {
        account: format!("octo-{number}").into(),
        why: Some(Clean::line("the reason")),
        latency_ms: Some(120),
        attempts: 1,
        ..SmokeResult::blank(&grant, id(number), verdict, now(0).wall)
    }))
}

fn planned(per_minute: Option<u64>) -> Board {
    let mut board = Board::default();
    let estimate = Estimate { length: Duration::from_secs(9), per_minute };
    board.hear(
        SmokeEvent::Planned(SmokePlan { grants: 40, calls: 40, estimate, ..SmokePlan::default() }),
        now(0),
    );
    board
}

fn drawn(board: &Board, at: Now, width: u16, height: u16) -> String {
    let area = Rect::new(0, 0, width, height);
    let mut buffer = Buffer::empty(area);
    board.draw(at, area, true, &mut Pen::new(&mut buffer, &Theme::builtin("dark", Depth::Truecolor)));
    let line = |y: u16| (0..width).map(|x| buffer[(x, y)].symbol().to_owned()).collect::<String>();
    (0..height).map(|y| line(y).trim_end().to_owned() + "\n").collect()
}

#[test]
fn what_is_broken_comes_first_and_the_cursor_stays_on_its_grant() {
    let mut board = planned(None);
    for (number, found) in [(1, Verdict::NoProbe), (2, Verdict::Works), (3, Verdict::Expired)] {
        board.hear(SmokeEvent::Started(id(number)), now(10));
        board.hear(verdict(number, found), now(500));
    }
    let order = |board: &Board| board.notable.iter().map(|result| result.verdict).collect::<Vec<_>>();
    assert_eq!(order(&board), [Verdict::Expired, Verdict::NoProbe]);
    board.go(9);
    assert_eq!(board.selected().unwrap().grant, id(1));
    board.hear(verdict(4, Verdict::NeedsReconnect), now(600));
    assert_eq!(order(&board)[0], Verdict::NeedsReconnect);
    assert_eq!(board.selected().unwrap().grant, id(1), "others came in above it");
    board.go(-1);
    assert_eq!(board.selected().unwrap().verdict, Verdict::Expired);
    assert_eq!(board.failures(), [id(4), id(3)], "what nobody judged is not run again");
    assert_eq!(board.progress(), (4, 40));
}

#[test]
fn the_end_is_foretold_by_the_pace_or_by_the_budget() {
    let mut board = planned(None);
    assert_eq!(board.seconds_left(now(0)), None);
    board.hear(SmokeEvent::Started(id(0)), now(1_000));
    (0..10).for_each(|number| board.hear(verdict(number, Verdict::Works), now(2_000)));
    assert_eq!((board.rate(now(3_000)), board.seconds_left(now(3_000))), (Some(50), Some(6)));
    let mut slow = planned(Some(10));
    slow.hear(SmokeEvent::Started(id(0)), now(1_000));
    (0..10).for_each(|number| slow.hear(verdict(number, Verdict::Works), now(2_000)));
    assert_eq!(slow.seconds_left(now(3_000)), Some(180), "30 calls at 10 a minute");
    slow.hear(SmokeEvent::Done(SmokeSummary::default()), now(4_000));
    assert_eq!(slow.seconds_left(now(5_000)), None);
}

#[test]
fn a_manager_understands_it_in_every_size() {
    let mut board = planned(None);
    board.hear(SmokeEvent::Started(id(0)), now(0));
    for number in 0..18 {
        board.hear(verdict(number, Verdict::Works), now(900));
    }
    board.hear(verdict(18, Verdict::NeedsReconnect), now(1_000));
    board.hear(verdict(19, Verdict::ProviderDown), now(1_000));
    let picture = drawn(&board, now(2_000), 100, 16);
    for part in [
        "Smoke test",
        "20 of 40",
        "2 fail, 10.0 a second, under a minute left",
        "✗ reconnect 1   ✗ provider down 1   ✓ works 18",
        "answers in ≤200 ms 20",
        "▌✗ reconnect     github:octo-18",
        "Have the account connected again",
    ] {
        assert!(picture.contains(part), "{part}\n{picture}");
    }
    for (width, height) in [(200, 50), (80, 24), (60, 16), (20, 5), (3, 1), (0, 0)] {
        drawn(&board, now(2_000), width, height);
    }
    let hostile = "\u{1b}[2J\u{202e}x";
    let SmokeEvent::Verdict(odd) = verdict(20, Verdict::Gone) else { panic!() };
    board.hear(
        SmokeEvent::Verdict(Arc::new(SmokeResult { account: hostile.into(), ..(*odd).clone() })),
        now(3_000),
    );
    assert!(!drawn(&board, now(3_000), 120, 20).contains(['\u{1b}', '\u{202e}']));
}

#[test]
fn an_old_verdict_fades_and_the_last_runs_are_a_picture() {
    let at = now(0).wall;
    let later = |hours: i64| at + jiff::SignedDuration::from_hours(hours);
    let cell = test_cell(Verdict::Works, at, later(2));
    assert_eq!((cell.text.as_str(), cell.faded), ("✓ 2h", Faded(false)));
    assert_eq!(test_cell(Verdict::Gone, at, later(25)).faded, Faded(true));
    let past = |verdict, latency_ms| Past {
        run: RunId(1),
        grant: id(1),
        verdict,
        why: None,
        code: None,
        provider_status: None,
        latency_ms,
        at,
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
