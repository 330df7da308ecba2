//! The board.

use grantdeck::app::nav::Kind;
use grantdeck::app::requests::ReadRecord;
use grantdeck::app::{Answer, Effect, Job, Msg, Slot};
use grantdeck::domain::smoke::{Caveat, RunId, SmokeEvent, SmokeSummary, Verdict};
use grantdeck::domain::{Clean, Code, Diagnosis, GrantId, Retry, Which, Who, WritePolicy};
use grantdeck::ui::Depth;
use insta::assert_snapshot;

use super::super::fixtures;
use super::super::history;
use super::super::stage::Stage;
use super::{SIZES, apply, done, found, ids, job, opened, pause, plan, result, running, runs};

fn named(what: &str, (width, height): (u16, u16)) -> String {
    format!("smoke_{what}_{width}x{height}")
}

#[test]
fn a_manager_understands_it_at_every_size() {
    for size in SIZES {
        let mut stage = running(size.0, size.1);
        assert_snapshot!(named("running", size), stage.picture());
        done(&mut stage, 0, false);
        assert_snapshot!(named("done", size), stage.picture());
    }
}

#[test]
fn before_anything_is_found() {
    for size in SIZES {
        let mut stage = opened(size.0, size.1);
        stage.press("T");
        stage.answer(Slot::Smoke, Answer::PlanSmoke(Ok(plan(128, 100))));
        assert_snapshot!(named("empty", size), stage.picture());
    }
}

#[test]
fn a_pause_is_reported_and_counted_down() {
    for size in SIZES {
        let mut stage = running(size.0, size.1);
        stage.now.wall = super::noon().wall;
        apply(&mut stage, vec![pause(43, None)]);
        assert_snapshot!(named("paused", size), stage.picture());
    }
    let mut stage = running(120, 36);
    apply(&mut stage, vec![pause(43, None)]);
    let wake = stage.model.next_wake(stage.now).expect("it is counted down");
    assert!((1..=1_000).contains(&(wake - stage.now.millis)), "{wake}");
    apply(&mut stage, vec![pause(30, Some("api.slack.com")), SmokeEvent::Started(fixtures::id(1))]);
    let picture = stage.picture();
    assert!(picture.contains("pausing calls to api.slack.com for 30 s"), "{picture}");
    assert!(!picture.contains("Waiting"), "{picture}");
    // Asleep for hours: it goes on, and nobody waits.
    stage.now.wall += jiff::SignedDuration::from_hours(9);
    let picture = stage.picture();
    assert!(!picture.contains("left alone") && picture.contains("under a minute left"), "{picture}");
    assert_eq!(stage.model.next_wake(stage.now), None, "at rest");
}

#[test]
fn hostile_texts_stay_texts() {
    for size in SIZES {
        let mut stage = opened(size.0, size.1);
        stage.press("T");
        stage.answer(Slot::Smoke, Answer::PlanSmoke(Ok(plan(128, 100))));
        let events = fixtures::hostile().into_iter().enumerate().map(|(place, grant)| {
            let verdict = if place % 2 == 0 { Verdict::Unclear } else { Verdict::ProviderRefused };
            result(&grant, verdict, |result| {
                result.why = Some("\u{1b}]0;x\u{7}/login is \u{202e}nothing, and must be something".into());
            })
        });
        let mut all = vec![SmokeEvent::Planned(plan(128, 100))];
        all.extend(events);
        apply(&mut stage, all);
        let picture = stage.picture();
        assert!(!picture.contains(['\u{1b}', '\u{202e}', '\u{7}']), "{picture}");
        assert_snapshot!(named("hostile", size), picture);
    }
}

#[test]
fn escape_stops_at_once_and_keeps_what_comes_back() {
    let mut stage = running(120, 36);
    stage.press("esc");
    assert!(stage.pending.iter().any(|effect| matches!(effect, Effect::Cancel(Slot::Smoke))));
    assert!(stage.picture().contains("stopping"), "{}", stage.picture());
    // What was answered by then still counts.
    apply(&mut stage, vec![result(&fixtures::crowd(120)[90], Verdict::Gone, |_| ())]);
    assert!(stage.picture().contains("✗ gone"), "{}", stage.picture());
    done(&mut stage, 61, true);
    let picture = stage.picture();
    assert!(picture.contains("stopped after 5.3 s") && picture.contains("61 not tested"), "{picture}");
    assert_eq!(stage.model.shared.nav.screen(), Kind::Smoke, "the board stays");
    stage.press("esc");
    assert_eq!(stage.model.shared.nav.screen(), Kind::Grants);
    stage.press("b");
    assert!(stage.picture().contains("61 not tested"), "it is not lost");
    // Those that are left, whether the history keeps what is known of the others or not.
    stage.press("c");
    assert_eq!(job(&stage).resume, Some(RunId(7)), "this run, and not whichever is the latest");
    let left = ids(job(&stage));
    let known: Vec<GrantId> = found().iter().filter_map(decided).collect();
    assert_eq!((left.len(), known.len()), (61, 66));
    assert!(known.iter().all(|id| !left.contains(id)), "what was answered is not asked again");
    apply(&mut stage, vec![SmokeEvent::Planned(plan(61, 50))]);
    let picture = stage.picture();
    assert!(picture.contains("67 of 128") && picture.contains("✗ gone"), "{picture}");
    let crowd = fixtures::crowd(120);
    apply(&mut stage, vec![result(&crowd[91], Verdict::Works, |_| ())]);
    done(&mut stage, 60, true);
    assert!(stage.picture().contains("stopped after 10.6 s"), "both parts of it: {}", stage.picture());
    stage.press("c");
    assert!(!ids(job(&stage)).contains(&crowd[91].row.grant().unwrap()));
    assert_eq!(ids(job(&stage)).len(), 60);
}

fn decided(event: &SmokeEvent) -> Option<GrantId> {
    match event {
        SmokeEvent::Verdict(result) => Some(result.grant),
        _ => None,
    }
}

#[test]
fn a_run_goes_on_behind_the_list_and_reports_its_end() {
    let mut stage = running(120, 36);
    stage.press("b");
    assert_eq!(stage.model.shared.nav.screen(), Kind::Grants);
    assert!(stage.picture().contains("testing 66 of 128, 3 fail"), "{}", stage.picture());
    stage.press("t");
    assert!(stage.picture().contains("A smoke test is running"), "{}", stage.picture());
    assert_eq!(runs(&stage), 1);
    stage.press("q");
    assert!(stage.picture().contains("66 of 128 grants tested."), "{}", stage.picture());
    stage.press("esc");
    done(&mut stage, 0, false);
    let picture = stage.picture();
    assert!(picture.contains("Smoke test: 3 of 66 fail") && picture.contains("b shows it"), "{picture}");
    stage.press("b");
    assert!(stage.picture().contains("done in 5.3 s"), "{}", stage.picture());
}

#[test]
fn what_failed_is_tested_again_and_nothing_else() {
    let mut stage = running(120, 36);
    done(&mut stage, 0, false);
    stage.press("r");
    stage.answer(Slot::Smoke, Answer::PlanSmoke(Ok(plan(3, 3))));
    let company = fixtures::company();
    let want = [company[1].row, company[3].row, fixtures::crowd(1)[0].row].map(|row| row.grant().unwrap());
    let mut tested = ids(job(&stage));
    tested.sort();
    let mut want = want.to_vec();
    want.sort();
    assert_eq!(tested, want);
    assert!(stage.picture().contains("Smoke test of 3 grants that failed"), "{}", stage.picture());
}

#[test]
fn a_run_that_is_given_up_says_why_and_what_to_do() {
    let mut stage = running(120, 36);
    let stopped = Some(Diagnosis::new(Code::KeyRevoked, Who::Alter, Retry::AfterRemedy));
    let summary = SmokeSummary { left: 62, stopped, ..SmokeSummary::default() };
    apply(&mut stage, vec![SmokeEvent::Done(summary)]);
    stage.model.shared.toasts.dismiss(stage.now);
    let picture = stage.picture();
    assert!(picture.contains("aborted after") && picture.contains("This API key was revoked"), "{picture}");
}

#[test]
fn a_result_opens_its_exchange_and_the_way_back_leads_to_the_board() {
    let mut stage = running(120, 36);
    assert_eq!(
        stage.model.smoke.board.as_ref().unwrap().selected().unwrap().verdict,
        Verdict::NeedsReconnect
    );
    stage.press("enter");
    let asked = stage.pending.iter().rev().find_map(|effect| match effect {
        Effect::Start { job: Job::ReadRecord(ReadRecord(which)), .. } => Some(*which),
        _ => None,
    });
    assert_eq!(asked, Some(Which::This(grantdeck::domain::RecordId(41))));
    stage.answer(
        Slot::Record,
        Answer::ReadRecord(Ok(Some((grantdeck::domain::RecordId(41), Box::new(history::refused()))))),
    );
    assert_eq!(stage.model.shared.nav.screen(), Kind::Call);
    stage.press("esc");
    stage.press("esc");
    assert_eq!(stage.model.shared.nav.screen(), Kind::Smoke);
    // Where nothing was sent, the grant itself.
    stage.press("j");
    stage.press("enter");
    assert_eq!(stage.model.shared.nav.screen(), Kind::Detail);
    assert!(stage.picture().contains("✗ expired"), "{}", stage.picture());
    stage.press("esc");
    assert_eq!(stage.model.shared.nav.screen(), Kind::Smoke);
    stage.press("g g");
    assert!(stage.picture().contains("▌ ✗ reconnect"), "{}", stage.picture());
}

#[test]
fn privacy_masks_the_board() {
    let mut stage = running(200, 50);
    for _ in 0..9 {
        stage.press("j");
    }
    stage.press("k");
    apply(&mut stage, vec![pause(30, Some("acme.atlassian.net"))]);
    stage.press("z");
    for key in ["g g", "j", "j", "j", "j"] {
        let picture = stage.picture();
        assert!(picture.contains("pausing calls to"), "{picture}");
        for hidden in ["work@acme.com", "bob@acme.com", "person0", "acme.atlassian"] {
            assert!(!picture.contains(hidden), "{hidden}\n{picture}");
        }
        stage.press(key);
    }
}

#[test]
fn both_themes_report_the_verdicts_apart_without_colour() {
    for (theme, depth) in [("light", Depth::Truecolor), ("mono", Depth::Mono)] {
        let mut stage = Stage::themed(120, 36, theme, depth);
        stage.careful(WritePolicy { read_only: true, production: true, profile: Some("acme".into()) });
        stage.page(fixtures::company(), 8, None);
        stage.done(8);
        stage.press("T");
        stage.answer(Slot::Smoke, Answer::PlanSmoke(Ok(plan(8, 8))));
        let mut events = vec![SmokeEvent::Planned(plan(8, 8))];
        events.extend(found().into_iter().take(4));
        apply(&mut stage, events);
        let picture = stage.picture();
        for sign in ["✗ reconnect", "✗ expired", "! warning", "✓ works"] {
            assert!(
                picture.contains(sign),
                "a probe only reads, so that a read-only profile allows it: {picture}"
            );
        }
    }
}

#[test]
fn the_mouse_and_the_keys_move_the_cursor() {
    let mut stage = running(120, 36);
    stage.press("G");
    let board = |stage: &Stage| {
        let board = stage.model.smoke.board.as_ref().unwrap();
        (board.place, board.offset)
    };
    assert_eq!(board(&stage).0, 65);
    stage.press("g g");
    assert_eq!(board(&stage), (0, 0));
    let press = |column, row| {
        Msg::Mouse(grantdeck::app::input::Mouse {
            column,
            row,
            kind: grantdeck::app::input::MouseKind::Press,
        })
    };
    stage.send(press(5, 16));
    assert_eq!(board(&stage).0, 2, "{}", stage.picture());
    stage.send(press(5, 1));
    assert_eq!(board(&stage).0, 2);
    let wheel = grantdeck::app::input::MouseKind::ScrollDown;
    stage.send(Msg::Mouse(grantdeck::app::input::Mouse { column: 5, row: 20, kind: wheel }));
    assert_eq!(board(&stage).0, 5);
}

#[test]
fn a_warning_is_repeated_where_its_call_is_looked_at() {
    let id = grantdeck::domain::RecordId(57);
    let mut stage = running(120, 36);
    let company = fixtures::company();
    let warned = result(&company[4], Verdict::WorksBut, |result| {
        let (listed, found) = (Clean::line("work@acme.com"), Clean::line("bob@acme.com"));
        result.caveats = vec![Caveat::WrongAccount { listed, found, at: "/email".to_owned() }];
        result.record = Some(id);
    });
    apply(&mut stage, vec![warned]);
    let found = &stage.model.smoke.board.as_ref().unwrap().found;
    let at = found.iter().position(|result| result.record == Some(id)).unwrap();
    for _ in 0..at {
        stage.press("j");
    }
    stage.press("enter");
    stage.answer(Slot::Record, Answer::ReadRecord(Ok(Some((id, Box::new(history::refused()))))));
    let picture = stage.picture();
    assert!(picture.contains("! warning") && picture.contains("bob@acme.com"), "{picture}");
    stage.press("z");
    let picture = stage.picture();
    assert!(picture.contains("! warning") && !picture.contains("bob@acme.com"), "{picture}");
}
