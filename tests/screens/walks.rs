//! How a list is walked: filters first, once each; what a refresh proves; what a watch may do.

use grantdeck::app::{Answer, Effect, Msg, Slot};
use grantdeck::domain::listing::WalkSummary;
use grantdeck::domain::{Code, Diagnosis, ListEvent, Retry, Spending, Who};

use super::fixtures;
use super::stage::{Stage, loaded};

#[test]
fn a_watch_refreshes_by_itself_and_not_above_five_thousand() {
    let mut stage = loaded();
    stage.press("w");
    let at = stage.model.grants.watch.unwrap();
    assert_eq!(at - stage.now.millis, 60_000);
    stage.now.millis = at;
    stage.send(Msg::Wake);
    assert!(stage.model.grants.walk.is_busy());
    let mut large = Stage::open(120, 36);
    large.page(fixtures::crowd(5_001), 5_001, None);
    large.done(5_001);
    large.press("w");
    assert!(large.model.grants.watch.is_none());
    assert!(large.model.shared.toasts.current().unwrap().headline.as_str().contains("manually"));
}

fn short(unique: u64, total: u64) -> Answer {
    let summary = WalkSummary { unique, total, first_total: total, repeated: 0, complete: false };
    Answer::WalkList(ListEvent::Done(summary))
}

pub(crate) fn walks(stage: &Stage) -> usize {
    stage
        .pending
        .iter()
        .filter(|effect| matches!(effect, Effect::Start { ticket, .. } if ticket.slot == Slot::Walk))
        .count()
}

#[test]
fn a_filter_whose_count_never_agrees_is_walked_once() {
    let mut stage = Stage::open(120, 36);
    stage.page(fixtures::crowd(100), 4_000, Some(100));
    stage.press("p");
    stage.type_text("google");
    stage.press("enter");
    assert_eq!((walks(&stage), stage.walk().spending), (2, Spending::Everything));
    stage.page(vec![fixtures::oauth(9, "google", "one")], 204, None);
    stage.answer(Slot::Walk, short(20, 204));
    assert_eq!((walks(&stage), stage.walk().spending), (3, Spending::LeavesAQuarter));
    assert_eq!(
        (stage.walk().filter.provider.as_deref(), stage.walk().offset),
        (None, 100),
        "the rest goes on"
    );
    stage.page(fixtures::crowd(3_000), 4_000, None);
    stage.answer(Slot::Walk, short(3_000, 4_000));
    // Its parts did not fit together: once more in one go, and then it is enough.
    assert_eq!((walks(&stage), stage.walk().offset), (4, 0));
    stage.page(fixtures::crowd(3_000), 4_000, None);
    stage.answer(Slot::Walk, short(3_000, 4_000));
    assert_eq!(walks(&stage), 4);
    assert!(stage.picture().contains("incomplete"), "{}", stage.picture());
    stage.press("x");
    stage.press("p");
    stage.type_text("google");
    stage.press("enter");
    assert_eq!(walks(&stage), 4, "google was asked for, and had its say");
}

#[test]
fn parts_of_a_list_that_moved_between_them_are_read_again_in_one_go() {
    let mut stage = Stage::open(120, 36);
    stage.page(fixtures::crowd(100), 300, Some(100));
    stage.press("p");
    stage.type_text("slack");
    stage.press("enter");
    stage.done(60);
    assert_eq!(stage.walk().offset, 100);
    // One row of the head went, so one row between the parts was skipped.
    stage.page(fixtures::crowd(300).split_off(101), 299, None);
    stage.done(299);
    assert_eq!((stage.walk().offset, stage.walk().filter.provider.as_deref()), (0, None));
    stage.page(fixtures::crowd(300), 299, None);
    stage.done(299);
    assert!(!stage.model.grants.walk.is_busy());
}

#[test]
fn a_watch_that_meets_a_dead_backend_tries_once_a_minute() {
    let mut stage = loaded();
    stage.press("w");
    for _ in 0..3 {
        stage.now.millis = stage.model.grants.watch.unwrap();
        stage.send(Msg::Wake);
        assert!(stage.model.grants.walk.is_busy());
        let before = walks(&stage);
        stage.fail(Diagnosis::new(Code::ConnectionRefused, Who::Network, Retry::Later(None)));
        stage.send(Msg::Wake);
        assert_eq!(walks(&stage), before);
        assert_eq!(stage.model.grants.watch, Some(stage.now.millis + 60_000));
    }
    stage.now.millis += 60_000;
    stage.send(Msg::Wake);
    stage.press("ctrl-x");
    assert_eq!(stage.model.grants.watch, None, "who stops a refresh does not want the next one");
}

#[test]
fn a_watch_ends_when_the_list_has_grown_too_large() {
    let mut stage = Stage::open(120, 36);
    stage.page(fixtures::crowd(100), 4_000, Some(100));
    stage.press("w");
    assert!(stage.model.grants.watch.is_some());
    stage.page(fixtures::crowd(5_002), 5_002, None);
    stage.done(5_002);
    assert_eq!(stage.model.grants.watch, None);
    let mut message = Stage::open(120, 36);
    message.page(fixtures::crowd(100), 8_000, Some(100));
    message.press("w");
    assert_eq!(message.model.grants.watch, None, "the backend's count is enough to know");
}

#[test]
fn what_was_not_loaded_before_a_refresh_is_not_new() {
    let mut stage = Stage::open(120, 36);
    stage.page(fixtures::crowd(100), 300, Some(100));
    stage.press("r");
    stage.page(fixtures::crowd(300), 300, None);
    stage.done(300);
    assert!(stage.model.grants.changes.is_empty());
    // A refresh that fails takes nothing away from the next one.
    stage.press("r");
    stage.fail(Diagnosis::new(Code::TimedOut, Who::Network, Retry::Later(None)));
    stage.press("r");
    stage.page(fixtures::crowd(299), 299, None);
    stage.done(299);
    assert_eq!(stage.model.grants.changes.len(), 1, "one is gone");
}

#[test]
fn the_cursor_is_on_its_row_after_gone_rows_left_a_sorted_list() {
    let mut stage = loaded();
    stage.press("W");
    stage.press("r");
    let mut later = fixtures::company();
    later.remove(2);
    stage.page(later.clone(), 7, None);
    stage.done(7);
    stage.press("G");
    let row = stage.model.grants.cursor;
    stage.press("r");
    assert_eq!(stage.model.grants.cursor, row);
    assert_eq!(stage.model.grants.at(stage.model.grants.place).map(|grant| grant.row), row);
}
