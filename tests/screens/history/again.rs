//! A past call looked at and sent again: what was being put together comes back, and nothing is sent unchecked.

use grantdeck::app::requests::ReadRecord;
use grantdeck::domain::{CallEvent, Omitted};

use super::*;

#[test]
fn a_past_read_is_sent_again_by_one_key() {
    let mut stage = opened(120, 36);
    stage.press("s");
    answer_record(&mut stage, 0);
    let calls = sent(&stage);
    assert_eq!((calls.len(), calls[0].draft.url.as_str()), (1, CALENDAR));
    assert_eq!((calls[0].draft.grant, calls[0].permit.is_none()), (fixtures::id(1), true));
}

#[test]
fn a_past_write_asks_before_it_is_sent_again() {
    let mut stage = opened(120, 36);
    stage.press("j");
    stage.press("j");
    stage.press("s");
    answer_record(&mut stage, 2);
    assert!(sent(&stage).is_empty() && stage.picture().contains("may change data?"), "{}", stage.picture());
    stage.press("esc");
    assert!(sent(&stage).is_empty(), "no is no");
    stage.press("s");
    stage.decide("y");
    assert!(sent(&stage)[0].permit.is_some());
    assert_eq!(sent(&stage)[0].draft.mode, Mode::Retrieve);
}

#[test]
fn a_past_call_whose_grant_the_list_does_not_have_is_shown_and_not_sent() {
    let mut stage = opened(120, 36);
    stage.press("enter");
    let (id, mut record) = calls().swap_remove(1);
    record.grant = fixtures::id(77);
    record.profile = "environment".to_owned();
    stage.answer(Slot::Record, Answer::ReadRecord(Ok(Some((id, Box::new(record))))));
    let picture = stage.picture();
    assert!(picture.contains("not in the list") && picture.contains("provider 200"), "{picture}");
    stage.model.shared.toasts.dismiss(stage.now);
    stage.press("s");
    assert!(sent(&stage).is_empty(), "an id that was not checked was used");
    assert!(stage.picture().contains("is no longer in the list"), "{}", stage.picture());
}

#[test]
fn a_past_call_of_another_profile_says_whose_it_is() {
    let mut stage = opened(120, 36);
    stage.press("enter");
    let (id, mut record) = calls().swap_remove(1);
    record.grant = fixtures::id(77);
    stage.answer(Slot::Record, Answer::ReadRecord(Ok(Some((id, Box::new(record))))));
    assert!(
        stage.picture().contains("made with another application, acme-production"),
        "{}",
        stage.picture()
    );
    stage.model.shared.toasts.dismiss(stage.now);
    stage.press("s");
    assert!(sent(&stage).is_empty());
    assert!(stage.picture().contains("@ switches profiles"), "{}", stage.picture());
}

#[test]
fn a_grant_that_a_refresh_lost_is_not_used_again() {
    let mut stage = opened(120, 36);
    stage.press("esc");
    stage.press("r");
    stage.page(fixtures::company().split_off(1), 7, None);
    stage.done(7);
    stage.press("ctrl-r");
    stage.answer(Slot::Records, page(summaries()));
    stage.press("s");
    answer_record(&mut stage, 0);
    assert!(sent(&stage).is_empty(), "{}", stage.picture());
}

#[test]
fn a_secret_that_was_left_out_has_to_be_filled_in_again() {
    let mut stage = opened(120, 36);
    stage.press("enter");
    let (id, mut record) = calls().swap_remove(0);
    record.request_headers = vec![("X-Secret".to_owned(), REDACTED.to_owned())];
    stage.answer(Slot::Record, Answer::ReadRecord(Ok(Some((id, Box::new(record))))));
    stage.press("s");
    assert!(sent(&stage).is_empty(), "the placeholder was sent");
    let message = "A secret was removed from the header “X-Secret”";
    assert!(stage.picture().contains(message), "{}", stage.picture());
    stage.press("tab");
    for _ in 0..4 {
        stage.press("j");
    }
    stage.press("d");
    stage.press("s");
    assert_eq!(sent(&stage).len(), 1, "{}", stage.picture());
    assert!(sent(&stage)[0].draft.headers.is_empty());
}

#[test]
fn a_body_that_was_not_kept_whole_is_not_left_out_in_silence() {
    for method in ["GET", "POST"] {
        let mut stage = opened(120, 36);
        stage.press("enter");
        let (id, mut record) = calls().swap_remove(0);
        record.method = method.to_owned();
        record.request_is_json = true;
        record.request_body = Some(KeptBody { omitted: Some(Omitted::Production), ..KeptBody::default() });
        stage.answer(Slot::Record, Answer::ReadRecord(Ok(Some((id, Box::new(record))))));
        assert!(stage.picture().contains("body stored incompletely"), "{}", stage.picture());
        stage.press("s");
        assert!(sent(&stage).is_empty(), "{method}");
        assert!(stage.picture().contains("Its body was not stored"), "{}", stage.picture());
        stage.decide("y");
        assert_eq!(sent(&stage).len(), 1, "{method}");
    }
}

#[test]
fn what_was_being_put_together_comes_back_when_a_past_call_is_left() {
    let mut stage = Stage::open(120, 36);
    stage.page(fixtures::company(), 8, None);
    stage.done(8);
    stage.press("c");
    stage.press("j");
    stage.press("j");
    stage.press("enter");
    stage.type_text("?mine=1");
    stage.press("enter");
    let mine = stage.model.call.as_ref().unwrap().composer.draft().clone();
    stage.press("ctrl-r");
    stage.answer(Slot::Records, page(summaries()));
    looked_at(&mut stage, 1);
    assert_ne!(stage.model.call.as_ref().unwrap().composer.draft(), &mine);
    stage.press("esc");
    assert_eq!(stage.model.shared.nav.screen(), Kind::History);
    stage.press("esc");
    assert_eq!(stage.model.shared.nav.screen(), Kind::Call);
    assert_eq!(stage.model.call.as_ref().unwrap().composer.draft(), &mine);
    stage.press("esc");
    assert_eq!(stage.model.shared.nav.screen(), Kind::Grants);
}

#[test]
fn a_past_call_that_was_changed_or_sent_is_a_call_of_its_own() {
    let mut stage = opened(120, 36);
    stage.press("s");
    answer_record(&mut stage, 0);
    let record = timed_out();
    stage.answer(Slot::Call, record);
    stage.press("esc");
    assert_eq!(stage.model.shared.nav.screen(), Kind::History, "back to where it came from");
    stage.press("esc");
    assert_eq!(stage.model.shared.nav.screen(), Kind::Grants);
    assert!(stage.model.call.is_some(), "what was sent stays");
}

/// The call ends, one way or another.
fn timed_out() -> Answer {
    let failed = Diagnosis::new(Code::TimedOut, Who::Network, Retry::Later(None));
    Answer::SendCall(CallEvent::Failed(failed))
}

#[test]
fn the_calls_before_and_after_are_one_key_away() {
    let mut stage = opened(120, 36);
    looked_at(&mut stage, 1);
    stage.press("(");
    let which =
        jobs(&stage, |job| if let Job::ReadRecord(ReadRecord(which)) = job { Some(*which) } else { None });
    assert_eq!(which.last(), Some(&Which::Older(RecordId(7))));
    answer_record(&mut stage, 2);
    assert!(stage.picture().contains("chat.postMessage"), "{}", stage.picture());
    stage.press(")");
    let which =
        jobs(&stage, |job| if let Job::ReadRecord(ReadRecord(which)) = job { Some(*which) } else { None });
    assert_eq!(which.last(), Some(&Which::Newer(RecordId(6))));
    stage.answer(Slot::Record, Answer::ReadRecord(Ok(None)));
    assert!(stage.picture().contains("No more calls"), "{}", stage.picture());
    stage.press("esc");
    assert_eq!(stage.model.shared.nav.screen(), Kind::History, "they all came from the list");
    assert!(stage.model.call.is_none(), "looking at calls is no call");
}

#[test]
fn from_the_response_of_a_call_one_comes_back_to_it() {
    let mut stage = Stage::open(120, 36);
    stage.page(fixtures::company(), 8, None);
    stage.done(8);
    stage.press("c");
    stage.press("s");
    stage.answer(Slot::Call, Answer::SendCall(CallEvent::Recorded(RecordId(9))));
    stage.press("(");
    assert!(jobs(&stage, |job| matches!(job, Job::ReadRecord(_)).then_some(())).is_empty(), "Executed");
    stage.answer(Slot::Call, timed_out());
    let mine = stage.model.call.as_ref().unwrap().composer.draft().clone();
    stage.press("esc");
    stage.press("c");
    stage.press("tab");
    stage.press("(");
    answer_record(&mut stage, 0);
    stage.press("(");
    answer_record(&mut stage, 1);
    assert!(stage.picture().contains("from the history, 3 min ago"), "{}", stage.picture());
    stage.press("esc");
    assert_eq!(stage.model.shared.nav.screen(), Kind::Call);
    assert_eq!(stage.model.call.as_ref().unwrap().composer.draft(), &mine);
}
