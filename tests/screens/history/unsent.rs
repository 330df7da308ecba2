//! A request that was edited and not sent is never lost to a past call, whatever is done with that.

use super::super::calls;
use super::*;

/// A request for the first grant that was edited and not sent, and the history over it.
fn edited() -> (Stage, String) {
    let mut stage = Stage::open(120, 36);
    stage.page(fixtures::company(), 8, None);
    stage.done(8);
    stage.press("c");
    stage.press("j");
    stage.press("j");
    stage.press("enter");
    stage.type_text("?mine=1");
    stage.press("enter");
    let mine = url(&stage);
    assert!(mine.ends_with("?mine=1"), "{mine}");
    stage.press("ctrl-r");
    stage.answer(Slot::Records, page(summaries()));
    (stage, mine)
}

fn url(stage: &Stage) -> String {
    stage.model.call.as_ref().unwrap().composer.draft().url.clone()
}

/// How many requests the question before leaving the program says would be lost.
fn would_be_lost(stage: &mut Stage) -> usize {
    stage.press("q");
    let count = stage.picture().matches("was edited and not sent").count();
    assert!(!stage.pending.iter().any(|effect| matches!(effect, Effect::Quit(_))), "left without a question");
    stage.press("esc");
    count
}

/// The call that was sent ends, and is left.
fn answer_and_leave(stage: &mut Stage) {
    stage.answer(Slot::Call, calls::answered(200, b"{}"));
    stage.press("esc");
    assert_eq!(stage.model.shared.nav.screen(), Kind::History, "{}", stage.picture());
}

#[test]
fn sending_a_past_call_again_keeps_the_unsent_request() {
    let (mut stage, mine) = edited();
    stage.press("s");
    answer_record(&mut stage, 0);
    assert_eq!(sent(&stage).len(), 1);
    assert_eq!(would_be_lost(&mut stage), 1, "{}", stage.picture());
    answer_and_leave(&mut stage);
    stage.press("esc");
    assert_eq!((stage.model.shared.nav.screen(), url(&stage)), (Kind::Call, mine));
}

#[test]
fn opening_a_past_call_and_sending_it_keeps_the_unsent_request() {
    let (mut stage, mine) = edited();
    looked_at(&mut stage, 0);
    assert_eq!(would_be_lost(&mut stage), 1);
    stage.press("s");
    stage.answer(Slot::Call, calls::answered(200, b"{}"));
    // Once more: it is no past call any more.
    stage.press("s");
    assert_eq!(sent(&stage).len(), 2);
    answer_and_leave(&mut stage);
    assert_eq!(would_be_lost(&mut stage), 1);
    stage.press("esc");
    assert_eq!((stage.model.shared.nav.screen(), url(&stage)), (Kind::Call, mine));
}

#[test]
fn an_unsent_request_is_counted_when_the_profile_is_switched() {
    let (mut stage, _) = edited();
    looked_at(&mut stage, 0);
    stage.press("@");
    stage.press("enter");
    assert!(stage.picture().contains("was edited and not sent"), "{}", stage.picture());
}

#[test]
fn a_past_call_that_was_edited_and_the_request_before_it_are_both_kept() {
    let (mut stage, mine) = edited();
    looked_at(&mut stage, 2);
    edit_url(&mut stage);
    let theirs = url(&stage);
    assert_eq!(would_be_lost(&mut stage), 2);
    stage.press("esc");
    stage.press("esc");
    assert_eq!((stage.model.shared.nav.screen(), url(&stage)), (Kind::Call, mine.clone()));
    stage.press("esc");
    assert_eq!((stage.model.shared.nav.screen(), would_be_lost(&mut stage)), (Kind::Grants, 2));
    // Each is there again at its own grant; nothing has to be discarded for that.
    stage.press("j");
    stage.press("j");
    stage.press("c");
    assert_eq!((stage.model.shared.nav.screen(), url(&stage)), (Kind::Call, theirs), "{}", stage.picture());
    stage.press("esc");
    stage.press("k");
    stage.press("k");
    stage.press("c");
    assert_eq!((stage.model.shared.nav.screen(), url(&stage)), (Kind::Call, mine), "{}", stage.picture());
}

#[test]
fn an_edited_past_call_is_kept_when_the_next_one_is_looked_at() {
    let (mut stage, mine) = edited();
    looked_at(&mut stage, 2);
    edit_url(&mut stage);
    stage.press("tab");
    stage.press("(");
    answer_record(&mut stage, 3);
    assert_eq!(would_be_lost(&mut stage), 2, "{}", stage.picture());
    stage.press("esc");
    stage.press("esc");
    assert_eq!(url(&stage), mine);
}

#[test]
fn a_past_call_that_arrives_while_something_is_typed_does_not_take_its_place() {
    let mut stage = opened(120, 36);
    looked_at(&mut stage, 2);
    stage.press("(");
    stage.press("tab");
    stage.press("g g");
    stage.press("j");
    stage.press("j");
    stage.press("enter");
    stage.type_text("?typed=1");
    answer_record(&mut stage, 3);
    assert!(stage.picture().contains("typed=1"), "{}", stage.picture());
    stage.press("enter");
    assert!(url(&stage).ends_with("?typed=1"));
}

/// Changes the URL of the call on the screen.
fn edit_url(stage: &mut Stage) {
    stage.press("tab");
    stage.press("g g");
    stage.press("j");
    stage.press("j");
    stage.press("enter");
    stage.type_text("?theirs=1");
    stage.press("enter");
    assert!(url(stage).ends_with("?theirs=1"), "{}", url(stage));
}
